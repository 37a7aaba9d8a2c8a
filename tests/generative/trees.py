"""Wilder formulas than the reference evaluator needs for its laws: fractions left unrounded, divisors of either sign, standards of every kind looked
up from every entity, so that the block evaluator's denominators and look-ups are put to work."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from doudi.rules.calendar import month_start, to_day
from doudi.rules.declared import Book, StandardDecl
from doudi.rules.nodes import Arith, Compare, Const, Node, Read, Round, Scale, Standard, Table
from doudi.rules.ranges import Overflow, settle
from doudi.rules.ruleset import Key, Ruleset, StandardTable, Variable
from doudi.rules.storage import stored_bounds
from doudi.rules.types import AREA, DATE, INTEGER, MONEY, RATIO, TRUTH, Kind, Type
from tests.unit.rules.scalar import little
from tests.unit.rules.scalar.little import AS_OF, BANDS, DAHUA, FACTS, PLAIN, SLICES, TOWN, XIAMEN, bands, line
from tests.unit.rules.scalar.trees import CATEGORY, ENTITIES, FALLING, Maker

THIRD = StandardDecl(
    "三分", "Thirds", RATIO, "plain",
    (
        line(Fraction(1, 3), 450000_000_000),
        line(Fraction(2, 3), DAHUA, since=date(2024, 1, 1)),
        line(Fraction(1, 7), TOWN, until=date(2024, 6, 30)),
        line(1, 0, until=date(2023, 12, 31)),
    ),
    0, 10_000, area=("户", "户籍地"),
)  # fmt: skip
EXACT = StandardDecl(
    "本县", "Of the county", MONEY, "plain",
    (line(100, DAHUA), line(200, XIAMEN, review_by=date(2024, 3, 31)), line(300, XIAMEN // 10**8 * 10**8)),
    0, 1_000, area=("户", "户籍地"), match="exact", level=6,
)  # fmt: skip
SWITCH = StandardDecl(
    "启动", "Started", TRUTH, "plain", (line(1, DAHUA, since=date(2024, 2, 1)), line(0, XIAMEN)), 0, 1, area=("户", "户籍地")
)  # fmt: skip
KEYED = StandardDecl(
    "分档", "By key", MONEY, "bands",
    (
        line(bands({10: 5, 20: 3, 40: 90}, 7), DAHUA, "城市"),
        line(bands({15: 50}, 0), DAHUA, "农村"),
        line(bands({0: Fraction(1, 2), 60: 2}), 0, "城市"),
    ),
    0, 1_000, area=("户", "户籍地"), by=("户", "城乡"), x=INTEGER,
)  # fmt: skip
UNEVEN = StandardDecl(
    "各档", "Uneven slices", RATIO, "slices",
    (
        line(bands({Fraction(1, 2): Fraction(1, 3), 70: Fraction(3, 4)}, Fraction(1, 7)), DAHUA),  # type: ignore[dict-item, arg-type]
        line(bands({-30: Fraction(-1, 2), 500: 1}), XIAMEN),
    ),
    -10_000, 10_000, area=("户", "户籍地"), x=MONEY,
)  # fmt: skip
PLAINS = {MONEY: ("标准", "本县"), RATIO: ("三分",), TRUTH: ("启动",)}
BOOK: Book = little.book(standards=(PLAIN, BANDS, SLICES, FALLING, THIRD, EXACT, SWITCH, KEYED, UNEVEN))
DECLS = {s.name: s for s in BOOK.standards}
SMALL = Type(Kind.INTEGER)

RESULTS: tuple[tuple[str, Type], ...] = (
    ("收入", MONEY), ("财产", TRUTH), ("收入", RATIO), ("人", TRUTH), ("人", MONEY), ("人", CATEGORY), ("人", DATE), ("户", RATIO),
    ("户", AREA), ("户", INTEGER), ("户", TRUTH), ("户", MONEY), ("户", DATE), ("户", TRUTH),
)  # fmt: skip


class Wild(Maker):
    def compound(self, wanted: Type, entity: str) -> list[Any]:
        out = super().compound(wanted, entity)
        if wanted == RATIO:
            out += [self.share, self.by_number, self.standard, self.times]
            if any(e.of == entity for e in ENTITIES.values()):
                out += [self.sum, self.pick]
        if wanted == TRUTH:
            out += [self.standard, self.near]
        if wanted == MONEY:
            out += [self.keyed, self.divide, self.times]
        return out

    def rounded(self, x: Node) -> Node:
        """Left as it is more often than not: what is stored or summed is rounded in the end."""
        if self.draw(st.integers(0, 2)):
            return x
        return self.whole(x)

    def whole(self, x: Node) -> Node:
        unit = st.sampled_from([Fraction(1, 10_000), Fraction(1, 100)] if x.type == RATIO else [1, 10, 100])
        mode = st.sampled_from(["half-up", "down", "up"])
        return Round(type=x.type, mode=self.draw(mode), unit=self.draw(unit), x=x)

    def times(self, wanted: Type, entity: str, depth: int) -> Node:
        by = RATIO if wanted == RATIO else self.draw(st.sampled_from([RATIO, INTEGER]))
        a, b = self.node(wanted, entity, depth), self.node(by, entity, depth)
        return self.rounded(Arith(type=wanted, op="*", a=a, b=b))

    def divide(self, wanted: Type, entity: str, depth: int) -> Node:
        by = self.draw(st.sampled_from([RATIO, INTEGER]))
        a, b = self.node(MONEY, entity, depth), self.node(by, entity, depth)
        return self.rounded(Arith(type=MONEY, op="/", a=a, b=b))

    def share(self, wanted: Type, entity: str, depth: int) -> Node:
        a, b = self.node(MONEY, entity, depth), self.node(MONEY, entity, depth)
        return self.rounded(Arith(type=RATIO, op="/", a=a, b=b))

    def by_number(self, wanted: Type, entity: str, depth: int) -> Node:
        a, b = self.node(RATIO, entity, depth), self.node(INTEGER, entity, depth)
        return self.rounded(Arith(type=RATIO, op="/", a=a, b=b))

    def near(self, wanted: Type, entity: str, depth: int) -> Node:
        """A comparison that fractions decide."""
        of = self.draw(st.sampled_from([MONEY, RATIO]))
        op = self.draw(st.sampled_from(["<", "<=", ">", ">=", "=", "!="]))
        a = self.divide(MONEY, entity, depth) if of == MONEY else self.share(RATIO, entity, depth)
        return Compare(op=op, a=a, b=self.node(of, entity, depth))

    def standard(self, wanted: Type, entity: str, depth: int) -> Node:
        decl = DECLS[self.draw(st.sampled_from(PLAINS[wanted]))]
        area, key, at = self._asked(decl, entity, depth)
        return Standard(type=wanted, name=decl.name, area=area, key=key, at=at)

    def keyed(self, wanted: Type, entity: str, depth: int) -> Node:
        decl = DECLS[self.draw(st.sampled_from(["分档", "各档"]))]
        area, key, at = self._asked(decl, entity, depth)
        progressive = decl.form == "slices"
        x = self.node(MONEY if progressive else self.draw(st.sampled_from([INTEGER, RATIO])), entity, depth)
        return self.rounded(Scale(type=MONEY, name=decl.name, x=x, area=area, key=key, at=at, progressive=progressive))

    def _asked(self, decl: StandardDecl, entity: str, depth: int) -> tuple[Node, Node | None, Node]:
        draw = self.draw
        at: Node = Const(type=DATE, value=to_day(AS_OF))
        if draw(st.booleans()):
            at = self.node(DATE, entity, depth)
        area = Read(type=AREA, entity="户", name="户籍地") if draw(st.booleans()) else self.node(AREA, entity, depth)
        key = None if decl.by is None else self.node(CATEGORY, entity, depth)
        return area, key, at

    def sum(self, wanted: Type, entity: str, depth: int) -> Node:
        of, where, kinds = self.table(entity, depth)
        return Table(type=wanted, op="sum", entity=of, where=where, value=self.fit(wanted, of, depth), kinds=kinds)

    def pick(self, wanted: Type, entity: str, depth: int) -> Node:
        of, where, kinds = self.table(entity, depth)
        op, value = self.draw(st.sampled_from(["max", "min", "latest"])), self.fit(wanted, of, depth)
        by = self.node(DATE, of, depth) if op == "latest" else None
        return Table(type=wanted, op=op, entity=of, where=where, value=value, by=by, kinds=kinds)

    def fit(self, wanted: Type, entity: str, depth: int) -> Node:
        """Rows must have one denominator; rounding gives them one."""
        node = self.node(wanted, entity, depth)
        return self.whole(node) if wanted in (MONEY, RATIO) else node


@st.composite
def rulesets(draw: Any, assuming: bool) -> Ruleset:
    """A few rules, each over the facts and the rules before it."""
    variables = {(f.entity, f.name): Variable(f.entity, f.name, f.en, f.type, f.lo, f.hi, "fact") for f in FACTS}
    lapsed = Variable("户", "失效", "", MONEY, 0, 70_000, "rule", in_force=False)
    variables[lapsed.key] = lapsed
    order: list[Key] = []
    for i, (entity, wanted) in enumerate(RESULTS):
        if draw(st.booleans()):
            continue
        maker = Wild(draw, dict(variables), assuming)
        node = maker.node(wanted, entity, draw(st.integers(1, 4)))
        if wanted in (MONEY, RATIO):
            node = maker.whole(node)
        try:
            settle(node, lambda e, n: (variables[e, n].lo, variables[e, n].hi), ENTITIES, DECLS)
            lo, hi = stored_bounds(wanted, node)
        except Overflow:
            continue
        made = Variable(entity, f"果{i}", "", wanted, lo, hi, "rule", node)
        variables[made.key] = made
        order.append(made.key)
    return Ruleset(
        BOOK, AS_OF, month_start(AS_OF), "户", ENTITIES, variables, tuple(order),
        {name: StandardTable(decl) for name, decl in DECLS.items()}, (), (), None, "",
    )  # fmt: skip
