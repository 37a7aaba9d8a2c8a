"""A programme tried on a household that somebody makes up: a form of the facts that its answer can rest on, and what the rules say to them.

Nothing is kept. Fields are named by where they stand: ``h:户籍地``, ``p2:出生日期`` (the second person), ``p2:收入:1:金额`` (the first row of a table
of hers), and ``p2:收入:all`` says that all its rows are listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from doudi.packs.literals import BadLiteral, natural, to_stored
from doudi.packs.say import say
from doudi.rules.declared import Entity
from doudi.rules.explain import to_html, why
from doudi.rules.ruleset import ProgrammePlan, Variable
from doudi.rules.scalar import Decision, Path, Row, decide
from doudi.rules.types import Kind
from doudi.server.policybook.browse.programmes import missing
from doudi.server.policybook.browse.refs import Ref
from doudi.server.policybook.browse.shelf import Shelf
from doudi.server.policybook.naming import Said

MOST_PEOPLE = 8
MOST_ROWS = 8
ALL = "all"
_CONTROLS = {
    Kind.TRUTH: "truth", Kind.CATEGORY: "choice", Kind.MONEY: "money", Kind.RATIO: "ratio", Kind.INTEGER: "number", Kind.DATE: "date",
    Kind.AREA: "area",
}  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """One field. ``kind``: truth, choice, money, ratio, number, date or area; ``wanted``: the answer still waits for it."""

    field: str
    ref: Ref
    kind: str
    unit: str
    options: tuple[tuple[str, str], ...]
    value: str
    help: str
    wanted: bool
    error: Said | None


@dataclass(frozen=True)
class TableAsk:
    field: str
    ref: Ref
    complete: bool
    rows: tuple[tuple[Ask, ...], ...]
    wanted: bool
    filled: bool


@dataclass(frozen=True)
class Section:
    """The household (``number`` 0) or one of its people."""

    number: int
    asks: tuple[Ask, ...]
    tables: tuple[TableAsk, ...]


@dataclass(frozen=True)
class Answer:
    """What the programme answers for the household (``number`` 0) or a person. Sums are bounds in fen."""

    number: int
    outcome: str
    granted: str
    paid: tuple[int, int] | None
    missing: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Trial:
    """``other`` are programmes that this household enjoys besides: (link, how many rows)."""

    programme: Ref
    people: int
    sections: tuple[Section, ...]
    answers: tuple[Answer, ...]
    other: tuple[Ref, ...]
    wrong: tuple[Ask, ...]


def trial(s: Shelf, programme: str, typed: Mapping[str, str], people: int, *, answer: bool) -> Trial:
    """The form with what was typed and, where asked for and nothing is wrong, the answers. Raises NotFound."""
    plan = next((p for p in s.ruleset.programmes if p.name == programme), None)
    if plan is None:
        raise missing("项目", "programme", programme)
    people = max(1, min(people, MOST_PEOPLE))
    form = _Form(s, plan, typed, people)
    row = form.household()
    decision = decide(s.ruleset, row) if answer and not form.errors else None
    outcomes = () if decision is None else tuple(o for o in decision.programmes if o.programme == programme)
    wanted = {((leaf.entity, leaf.name), path) for o in outcomes for leaf, path in o.missing}
    sections = tuple(form.section(n, wanted) for n in range(people + 1))
    other: list[Ref] = []
    if decision is not None:
        names = dict.fromkeys(
            o.programme for o in decision.programmes if o.granted == "是" and o.programme != programme
        )
        other = [s.ref("programme", n) for n in names]
    return Trial(
        s.ref("programme", programme), people, sections,
        () if decision is None else tuple(_answer(s, decision, plan, o.path) for o in outcomes), tuple(other),
        tuple(a for x in sections for a in _asks(x) if a.error),
    )  # fmt: skip


def typed_of(s: Shelf, row: Row) -> tuple[dict[str, str], int]:
    """A household as if it had been typed into the form, and how many people it has. What is known as an interval only is left open."""
    words = s.pack.state.words
    out: dict[str, str] = {}

    def put(prefix: str, entity: str, r: Row) -> None:
        for name, value in r.facts.items():
            v = s.ruleset.variables.get((entity, name))
            if v is not None and isinstance(value, int):
                out[f"{prefix}:{name}"] = say(value, v.type, words).removesuffix(" 元").split(" ")[0]
        for table, marked in r.complete.items():
            if marked is True:
                out[f"{prefix}:{table}:{ALL}"] = "on"
        for table, rows in r.rows.items():
            if s.ruleset.entities[table].file != "person":
                for i, child in enumerate(rows[:MOST_ROWS], 1):
                    put(f"{prefix}:{table}:{i}", table, child)

    put("h", s.ruleset.root, row)
    person = _person(s)
    listed = row.rows.get(person.name, [])[:MOST_PEOPLE]
    for n, one in enumerate(listed, 1):
        put(f"p{n}", person.name, one)
    return out, len(listed)


class _Form:
    def __init__(self, s: Shelf, plan: ProgrammePlan, typed: Mapping[str, str], people: int) -> None:
        self.s, self.typed, self.people = s, typed, people
        self.errors: dict[str, Said] = {}
        found = s.uses.in_the_end(plan)
        variables = s.ruleset.variables
        self.facts: dict[str, list[Variable]] = {}
        for key in s.ruleset.variables:
            if key in found.variables and variables[key].origin == "fact":
                self.facts.setdefault(key[0], []).append(variables[key])
        self.person = _person(s)
        self.tables = found.tables

    def household(self) -> Row:
        row = self._row("h", self.s.ruleset.root, 1)
        row.complete[self.person.name] = True
        row.rows[self.person.name] = [self._row(f"p{n}", self.person.name, n) for n in range(1, self.people + 1)]
        return row

    def section(self, number: int, wanted: set[tuple[tuple[str, str], Path]]) -> Section:
        entity = self.person.name if number else self.s.ruleset.root
        prefix, path = (f"p{number}", (number,)) if number else ("h", ())
        asks = tuple(self._ask(f"{prefix}:{v.name}", v, (v.key, path) in wanted) for v in self.facts.get(entity, ()))
        tables = []
        for child in self._linked(entity):
            at = f"{prefix}:{child.name}"
            filled = self._filled(at, child)
            rows = tuple(
                tuple(
                    self._ask(f"{at}:{i}:{v.name}", v, (v.key, (*path, i)) in wanted)
                    for v in self.facts.get(child.name, ())
                )
                for i in range(1, min(filled + 1, MOST_ROWS) + 1)
            )
            said = self.s.names.name(child.table or child.name)
            ref = Ref("table", child.table or child.name, "", self.s.pick(said.zh, said.en))
            complete = bool(self.typed.get(f"{at}:{ALL}"))
            open_ = ((entity, child.name), path) in wanted or any(a.wanted or a.error for r in rows for a in r)
            tables.append(TableAsk(f"{at}:{ALL}", ref, complete, rows, open_, bool(filled) or complete))
        return Section(number, asks, tuple(tables))

    def _linked(self, entity: str) -> Iterable[Entity]:
        """Tables of an entity that the programme goes through, people left out: they have sections of their own."""
        return (
            c
            for c in self.s.ruleset.children(entity)
            if c.file != "person" and c.name in self.tables and self.facts.get(c.name)
        )

    def _filled(self, at: str, child: Entity) -> int:
        """The number of the last row in which anything stands."""
        names = [v.name for v in self.facts.get(child.name, ())]
        rows = range(1, min(MOST_ROWS, child.max_rows) + 1)
        return max((i for i in rows if any(self.typed.get(f"{at}:{i}:{n}", "").strip() for n in names)), default=0)

    def _row(self, prefix: str, entity: str, number: int) -> Row:
        row = Row(number)
        for v in self.facts.get(entity, ()):
            value = self._value(f"{prefix}:{v.name}", v)
            if value is not None:
                row.facts[v.name] = value
        for child in self._linked(entity):
            at = f"{prefix}:{child.name}"
            if self.typed.get(f"{at}:{ALL}"):
                row.complete[child.name] = True
            row.rows[child.name] = [
                self._row(f"{at}:{i}", child.name, i) for i in range(1, self._filled(at, child) + 1)
            ]
        return row

    def _value(self, field: str, v: Variable) -> int | None:
        text = self.typed.get(field, "").strip()
        if not text:
            return None
        written = text
        if v.type.kind is Kind.MONEY and text[-1:].isdigit():
            written = f"{text} 元"
        elif v.type.kind is Kind.RATIO and text[-1:].isdigit():
            written = f"{text}%"
        try:
            value = to_stored(natural(written, v.type, self.s.pack.state.words), v.type, written)
        except BadLiteral as bad:
            self.errors[field] = Said(f"{bad.zh}。", f"{bad.en}.")
            return None
        if not v.lo <= value <= v.hi:
            least, most = (self.s.words.value(v.type, x, x) for x in (v.lo, v.hi))
            self.errors[field] = Said(f"应在 {least} 与 {most} 之间。", f"It must be between {least} and {most}.")
            return None
        return value

    def _ask(self, field: str, v: Variable, wanted: bool) -> Ask:
        options: tuple[tuple[str, str], ...] = ()
        if v.type.kind is Kind.CATEGORY:
            options = tuple((x.zh, self.s.pick(x.zh, x.en)) for x in self.s.names.values_of(v.key))
        elif v.type.kind is Kind.TRUTH:
            options = (("是", self.s.pick("是", "yes")), ("否", self.s.pick("否", "no")))
        declared = self.s.policy.declared.get(v.key)
        unit = {Kind.MONEY: self.s.pick("元", "CNY"), Kind.RATIO: "%"}.get(v.type.kind, self.s.words.unit(v.type.unit))
        return Ask(
            field, self.s.ref("term", v.name, v.entity), _CONTROLS[v.type.kind], unit, options, self.typed.get(field, ""),
            self.s.pick(declared.help, declared.help_en) if declared else "", wanted, self.errors.get(field),
        )  # fmt: skip


def _answer(s: Shelf, decision: Decision, plan: ProgrammePlan, path: Path) -> Answer:
    o = decision.outcome(plan.name, path)
    return Answer(
        int(path[0]) if path else 0, o.outcome, o.granted, o.paid, tuple(s.words.missing(m) for m in o.missing),
        to_html(why(decision, plan.name, path, s.lang)),
    )  # fmt: skip


def _asks(section: Section) -> Iterable[Ask]:
    yield from section.asks
    for table in section.tables:
        for row in table.rows:
            yield from row


def _person(s: Shelf) -> Entity:
    return next(e for e in s.ruleset.entities.values() if e.file == "person")


__all__ = ["ALL", "MOST_PEOPLE", "Answer", "Ask", "Section", "TableAsk", "Trial", "trial", "typed_of"]
