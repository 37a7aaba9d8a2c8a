"""Random formulas over a little world, made backwards from the wanted type, and random facts for them.

Every node type is drawn somewhere (``test_laws`` checks that none is left out).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from doudi.rules.calendar import month_start, to_day
from doudi.rules.declared import Book, StandardDecl
from doudi.rules.nodes import (
    Among,
    And,
    Arith,
    Between,
    Compare,
    Const,
    DateCalc,
    Default,
    Extreme,
    Firm,
    If,
    Inside,
    Known,
    Node,
    Not,
    Or,
    Read,
    Round,
    Scale,
    Standard,
    Table,
)
from doudi.rules.ranges import Overflow, settle
from doudi.rules.ruleset import Key, Ruleset, StandardTable, Variable
from doudi.rules.scalar import Row
from doudi.rules.types import AREA, DATE, INTEGER, MONEY, RATIO, TRUTH, Kind, Type
from tests.unit.rules.scalar.little import (
    AS_OF,
    BANDS,
    DAHUA,
    FACTS,
    PLAIN,
    SLICES,
    TOWN,
    TYPES,
    XIAMEN,
    bands,
    book,
    day,
    line,
)

CATEGORY = TYPES["城乡"]
FALLING = StandardDecl(
    "升降", "Up and down", RATIO, "slices", (line(bands({100: 1, 5_000: -1})),), -10_000, 10_000, x=MONEY
)
WORLD: Book = book(standards=(PLAIN, BANDS, SLICES, FALLING))
ENTITIES = {e.name: e for e in WORLD.entities}
DECLS = {s.name: s for s in WORLD.standards}
AREAS = (0, DAHUA, TOWN, XIAMEN, 110000_000_000)
NUMBERS = (MONEY, INTEGER, RATIO, DATE)

Draw = Any


@dataclass
class Maker:
    """Draws nodes of a wanted type. ``variables`` are those that a formula may read; ``assuming`` lets 缺省 and 已知 in."""

    draw: Draw
    variables: dict[Key, Variable]
    assuming: bool

    def node(self, wanted: Type, entity: str, depth: int) -> Node:
        draw = self.draw
        simple = [self.read, self.const] if depth <= 0 else []
        makers = simple or [self.read, self.const, *self.compound(wanted, entity)]
        made: Node = draw(st.sampled_from(makers))(wanted, entity, depth - 1)
        return made

    def compound(self, wanted: Type, entity: str) -> list[Any]:
        out: list[Any] = [self.choice, self.firm, self.default] if self.assuming else [self.choice, self.firm]
        below = [e for e in ENTITIES.values() if e.of == entity]
        if wanted == TRUTH:
            out += [self.not_, self.and_, self.or_, self.compare, self.compare, self.among, self.inside, self.between]
            out += [self.known] if self.assuming else []
            out += [self.truth_table] * 2 if below else []
        elif wanted == MONEY:
            out += [self.plus, self.times, self.divide, self.extreme, self.standard, self.bands, self.slices]
            out += [self.sum, self.pick] if below else []
        elif wanted == INTEGER:
            out += [self.plus, self.extreme, self.span]
            out += [self.count, self.sum, self.pick] if below else []
        elif wanted == DATE:
            out += [self.extreme, self.moved]
            out += [self.pick] if below else []
        elif wanted == RATIO:
            out += [self.plus, self.extreme]
        return out

    # --- leaves

    def read(self, wanted: Type, entity: str, depth: int) -> Node:
        seen = {entity}
        while ENTITIES[entity].of:
            entity = ENTITIES[entity].of
            seen.add(entity)
        fitting = sorted(v.key for v in self.variables.values() if v.entity in seen and fits(v.type, wanted))
        if not fitting:
            return self.const(wanted, entity, depth)
        owner, name = self.draw(st.sampled_from(fitting))
        return Read(type=wanted, entity=owner, name=name)

    def const(self, wanted: Type, entity: str, depth: int) -> Node:
        return Const(type=wanted, value=self.draw(values(wanted)))

    # --- truths

    def not_(self, wanted: Type, entity: str, depth: int) -> Node:
        return Not(x=self.node(TRUTH, entity, depth))

    def and_(self, wanted: Type, entity: str, depth: int) -> Node:
        return And(xs=self.some(TRUTH, entity, depth))

    def or_(self, wanted: Type, entity: str, depth: int) -> Node:
        return Or(xs=self.some(TRUTH, entity, depth))

    def compare(self, wanted: Type, entity: str, depth: int) -> Node:
        of = self.draw(st.sampled_from([*NUMBERS, CATEGORY]))
        op = self.draw(st.sampled_from(["=", "!="] if of == CATEGORY else ["<", "<=", ">", ">=", "=", "!="]))
        return Compare(op=op, a=self.node(of, entity, depth), b=self.node(of, entity, depth))

    def among(self, wanted: Type, entity: str, depth: int) -> Node:
        return Among(x=self.node(CATEGORY, entity, depth), codes=self.draw(st.sampled_from([(0,), (1,), (0, 1)])))

    def inside(self, wanted: Type, entity: str, depth: int) -> Node:
        ranges = self.draw(st.sampled_from([((DAHUA, DAHUA + 999_999),), ((0, TOWN), (XIAMEN, XIAMEN))]))
        return Inside(x=self.node(AREA, entity, depth), ranges=ranges, label="大化")

    def between(self, wanted: Type, entity: str, depth: int) -> Node:
        x, a, b = (self.node(DATE, entity, depth) for _ in range(3))
        return Between(x=x, start=a, end=b)

    def known(self, wanted: Type, entity: str, depth: int) -> Node:
        return Known(x=self.node(self.draw(st.sampled_from([MONEY, TRUTH])), entity, depth), reason="r")

    def truth_table(self, wanted: Type, entity: str, depth: int) -> Node:
        of, where, kinds = self.table(entity, depth)
        if self.draw(st.booleans()):
            where = where or self.node(TRUTH, of, depth)
            return Table(type=TRUTH, op="any", entity=of, where=where, kinds=kinds)
        return Table(type=TRUTH, op="all", entity=of, where=where, value=self.node(TRUTH, of, depth), kinds=kinds)

    # --- numbers

    def plus(self, wanted: Type, entity: str, depth: int) -> Node:
        op = self.draw(st.sampled_from(["+", "-"]))
        return Arith(type=wanted, op=op, a=self.node(wanted, entity, depth), b=self.node(wanted, entity, depth))

    def times(self, wanted: Type, entity: str, depth: int) -> Node:
        by = self.draw(st.sampled_from([RATIO, INTEGER]))
        product = Arith(type=MONEY, op="*", a=self.node(MONEY, entity, depth), b=self.node(by, entity, depth))
        return self.rounded(product)

    def divide(self, wanted: Type, entity: str, depth: int) -> Node:
        a, b = self.node(MONEY, entity, depth), self.node(INTEGER, entity, depth)
        return self.rounded(Arith(type=MONEY, op="/", a=a, b=b))

    def rounded(self, x: Node) -> Node:
        mode, unit = self.draw(st.sampled_from(["half-up", "down", "up"])), self.draw(st.sampled_from([1, 10, 100]))
        return Round(type=MONEY, mode=mode, unit=unit, x=x)

    def extreme(self, wanted: Type, entity: str, depth: int) -> Node:
        return Extreme(type=wanted, greatest=self.draw(st.booleans()), xs=self.some(wanted, entity, depth))

    def standard(self, wanted: Type, entity: str, depth: int) -> Node:
        at = Const(type=DATE, value=to_day(AS_OF)) if self.draw(st.booleans()) else self.node(DATE, entity, depth)
        area, key = self.node(AREA, entity, depth), self.node(CATEGORY, entity, depth)
        return Standard(type=MONEY, name="标准", area=area, key=key, at=at)

    def bands(self, wanted: Type, entity: str, depth: int) -> Node:
        x, at = self.node(INTEGER, entity, depth), Const(type=DATE, value=to_day(AS_OF))
        return Scale(type=MONEY, name="津贴", x=x, area=None, key=None, at=at, progressive=False)

    def slices(self, wanted: Type, entity: str, depth: int) -> Node:
        x, at = self.node(MONEY, entity, depth), Const(type=DATE, value=to_day(AS_OF))
        name = self.draw(st.sampled_from(["报销", "升降"]))
        return self.rounded(Scale(type=MONEY, name=name, x=x, area=None, key=None, at=at, progressive=True))

    def span(self, wanted: Type, entity: str, depth: int) -> Node:
        op = self.draw(st.sampled_from(["age", "months"]))
        return DateCalc(type=INTEGER, op=op, a=self.node(DATE, entity, depth), b=self.node(DATE, entity, depth))

    def moved(self, wanted: Type, entity: str, depth: int) -> Node:
        a, op = (
            self.node(DATE, entity, depth),
            self.draw(st.sampled_from(["month_start", "next_month_start", "add_months"])),
        )
        by = Const(type=INTEGER, value=self.draw(st.integers(-30, 30))) if op == "add_months" else None
        return DateCalc(type=DATE, op=op, a=a, b=by)

    # --- tables

    def table(self, entity: str, depth: int) -> tuple[str, Node | None, tuple[int, ...] | None]:
        of = self.draw(st.sampled_from(sorted(e.name for e in ENTITIES.values() if e.of == entity)))
        where = self.node(TRUTH, of, depth) if self.draw(st.booleans()) else None
        if ENTITIES[of].kind and self.draw(st.booleans()):
            code = self.draw(st.integers(0, 1))
            only = Among(x=Read(type=CATEGORY, entity=of, name=ENTITIES[of].kind), codes=(code,))
            return of, only if where is None else And(xs=(only, where)), (code,)
        return of, where, None

    def count(self, wanted: Type, entity: str, depth: int) -> Node:
        of, where, kinds = self.table(entity, depth)
        return Table(type=INTEGER, op="count", entity=of, where=where, kinds=kinds)

    def sum(self, wanted: Type, entity: str, depth: int) -> Node:
        of, where, kinds = self.table(entity, depth)
        value = self.node(wanted, of, depth)
        return Table(type=wanted, op="sum", entity=of, where=where, value=value, kinds=kinds)

    def pick(self, wanted: Type, entity: str, depth: int) -> Node:
        of, where, kinds = self.table(entity, depth)
        op, value = self.draw(st.sampled_from(["max", "min", "latest"])), self.node(wanted, of, depth)
        by = self.node(DATE, of, depth) if op == "latest" else None
        return Table(type=wanted, op=op, entity=of, where=where, value=value, by=by, kinds=kinds)

    # --- anything

    def some(self, wanted: Type, entity: str, depth: int) -> tuple[Node, ...]:
        return tuple(self.node(wanted, entity, depth) for _ in range(self.draw(st.integers(2, 3))))

    def choice(self, wanted: Type, entity: str, depth: int) -> Node:
        c, a, b = (self.node(t, entity, depth) for t in (TRUTH, wanted, wanted))
        return If(type=wanted, c=c, a=a, b=b)

    def default(self, wanted: Type, entity: str, depth: int) -> Node:
        x, value = self.node(wanted, entity, depth), self.node(wanted, entity, depth)
        return Default(type=wanted, x=x, value=value, reason="r")

    def firm(self, wanted: Type, entity: str, depth: int) -> Node:
        return Firm(type=wanted, x=self.node(wanted, entity, depth))


def fits(have: Type, wanted: Type) -> bool:
    return have == wanted or (have.kind is wanted.kind is Kind.INTEGER)


def values(of: Type) -> st.SearchStrategy[int | Fraction]:
    match of.kind:
        case Kind.TRUTH | Kind.CATEGORY:
            return st.integers(0, 1)
        case Kind.MONEY:
            return st.sampled_from([-100, 0, 1, 50, 99, 100, 500_00, 600_00])
        case Kind.RATIO:
            return st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(3, 10), Fraction(1)])
        case Kind.DATE:
            return st.sampled_from([day("1964-02-29"), day("2023-12-31"), day("2024-01-31"), day("2024-07-01")])
        case Kind.AREA:
            return st.sampled_from(AREAS)
        case _:
            return st.integers(-2, 90)


RESULTS: tuple[tuple[str, str, Type], ...] = (
    ("收入", "果", MONEY),
    ("人", "真", TRUTH),
    ("人", "额", MONEY),
    ("户", "中", INTEGER),
    ("户", "真", TRUTH),
    ("户", "额", MONEY),
    ("户", "日", DATE),
)


@st.composite
def rulesets(draw: Draw, assuming: bool) -> Ruleset:
    """A few rules, each over the facts and the rules before it."""
    variables = {(f.entity, f.name): Variable(f.entity, f.name, f.en, f.type, f.lo, f.hi, "fact") for f in FACTS}
    order: list[Key] = []
    for entity, name, wanted in RESULTS:
        node = Maker(draw, dict(variables), assuming).node(wanted, entity, draw(st.integers(1, 3)))
        try:
            settle(node, lambda e, n: (variables[e, n].lo, variables[e, n].hi), ENTITIES, DECLS)
        except Overflow:
            continue
        # a rule is stored whole
        if node.lo.denominator != 1 or node.hi.denominator != 1:
            continue
        made = Variable(entity, f"{name}果", "", wanted, int(node.lo), int(node.hi), "rule", node)
        variables[made.key] = made
        order.append(made.key)
    return Ruleset(
        WORLD, AS_OF, month_start(AS_OF), "户", ENTITIES, variables, tuple(order),
        {name: StandardTable(decl) for name, decl in DECLS.items()}, (), (), None, "",
    )  # fmt: skip


def likely(fact: Variable) -> st.SearchStrategy[int]:
    if fact.type.kind is Kind.AREA:
        return st.sampled_from(AREAS)
    near = [
        v
        for v in (0, 1, 100, 50_000, day("1964-02-29"), day("2024-01-31"), day("2024-07-01"))
        if fact.lo <= v <= fact.hi
    ]
    return st.one_of(st.sampled_from(near or [fact.lo]), st.integers(fact.lo, fact.hi))


@st.composite
def rows(draw: Draw, ruleset: Ruleset, entity: str = "户", id_: int = 0, known: bool = False) -> Row:
    """A row and all under it; each fact known, an interval, or left out (``known``: all known, all tables complete)."""
    row = Row(id_)
    for (owner, name), variable in ruleset.variables.items():
        if owner != entity or variable.origin != "fact":
            continue
        how = "known" if known else draw(st.sampled_from(["known", "known", "interval", "left out"]))
        if how == "known":
            row.facts[name] = draw(likely(variable))
        elif how == "interval":
            ends = sorted((draw(likely(variable)), draw(likely(variable))))
            row.facts[name] = (ends[0], ends[1])
    for child in ruleset.children(entity):
        n = draw(st.integers(0, min(2, child.max_rows)))
        row.rows[child.name] = [draw(rows(ruleset, child.name, i, known)) for i in range(n)]
        if known or draw(st.booleans()):
            row.complete[child.name] = True
        elif child.kind:
            row.complete[child.name] = frozenset(draw(st.sets(st.integers(0, 1))))
    return row
