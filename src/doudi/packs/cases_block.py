"""The cases of one moment once more, all in one batch, on the block evaluator: it must answer what the scalar one
answered, in everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from doudi.packs.case import Case
from doudi.packs.differences import Difference, leaf_name
from doudi.rules import Ruleset
from doudi.rules.block import FactsError, Laid, decide_tables, lay_out
from doudi.rules.calendar import to_day
from doudi.rules.ruleset import Key
from doudi.rules.scalar import Decision, Outcome

_OUTCOME = {"不符合": 0, "符合": 1, "无法判定": 2}
_GRANTED = {"否": 0, "是": 1, "未知": 2}

Answer = tuple[int, int, int | None, int | None, int | None, int, int | None, str]
"""outcome, granted, amount, paid from, paid to, failing condition, margin, reason."""


def run_block(ruleset: Ruleset, decided: list[tuple[Case, Decision]]) -> list[Difference]:
    """What the block evaluator answers differently from the decisions at hand."""
    if not decided:
        return []
    shown = sorted({key for case, _ in decided for key in _variables(ruleset, case)})
    laid = lay_out(ruleset, [case.household for case, _ in decided])
    try:
        tables = decide_tables(ruleset, laid.tables, show=shown).tables
    except FactsError as error:
        case = decided[0][0]
        return [Difference(case.name, case.where, "block", error.zh, error.en)]
    answers = _Answers(ruleset, laid, tables)
    out: list[Difference] = []
    for i, (case, decision) in enumerate(decided):
        for zh, scalar, block in [*answers.programmes(i, decision), *answers.derived(i, decision)]:
            out.append(_difference(case, zh, scalar, block))
        for zh, scalar, block in answers.variables(i, case, decision):
            out.append(_difference(case, zh, scalar, block))
    return out


def _difference(case: Case, what: str, scalar: object, block: object) -> Difference:
    return Difference(
        case.name,
        case.where,
        "block",
        f"案例“{case.name}”：{what}，两种求值不一致：scalar {scalar}，block {block}",
        f"Case “{case.name}”: {what}: the evaluators differ: scalar {scalar}, block {block}",
    )


def _variables(ruleset: Ruleset, case: Case) -> Iterator[Key]:
    """The plain variables that a case asks for outside households of one."""
    planned = {(p.entity, n) for p in ruleset.programmes for n in (p.eligible, p.granted, p.amount, p.paid)}
    for e in case.expect:
        key = (e.entity, e.name)
        if e.asked == "value" and not e.derived and key not in planned and key in ruleset.variables:
            yield key


Told = tuple[str, object, object]


class _Answers:
    """The result tables by row, and the same things read from decisions."""

    def __init__(self, ruleset: Ruleset, laid: Laid, tables: dict[str, Any]) -> None:
        self.ruleset, self.laid = ruleset, laid
        self.rows = {e.name: _columns(tables[e.file]) for e in ruleset.entities.values() if e.file in tables}
        self.at = {name: {row: i for i, row in enumerate(columns["id"])} for name, columns in self.rows.items()}
        self.missing = self._missing(tables["missing"])
        self.derived_rows = _columns(tables["derived"])

    def _missing(self, table: Any) -> dict[tuple[int, str], set[str]]:
        """(row id, programme) to the names of what is missing; a programme is of one entity, so that the row id is
        enough."""
        out: dict[tuple[int, str], set[str]] = defaultdict(set)
        columns = _columns(table)
        for row, programme, entity, name in zip(
            columns["entity_row"], columns["programme"], columns["leaf_entity"], columns["leaf_name"], strict=True
        ):
            out[row, programme].add(f"{entity}.{name}" if entity else name)
        return out

    def programmes(self, household: int, decision: Decision) -> Iterator[Told]:
        for o in decision.programmes:
            row = self.laid.id(o.entity, household, o.path)
            columns = self.rows[o.entity]
            yield from self._compare(o, columns, self.at[o.entity][row])
            ours, theirs = {leaf_name(m) for m in o.missing}, self.missing.get((row, o.programme), set())
            if ours != theirs:
                yield f"{o.programme} 所缺", sorted(ours), sorted(theirs)

    def derived(self, household: int, decision: Decision) -> Iterator[Told]:
        rows = self.derived_rows
        for d in decision.derived:
            entity = next(p.entity for p in self.ruleset.derived if p.name == d.name)
            person = self.laid.id(entity, household, d.path)
            at = next(
                (
                    i
                    for i, (row, name) in enumerate(zip(rows["entity_row"], rows["derived"], strict=True))
                    if (row, name) == (person, d.name)
                ),
                None,
            )
            if at is None:
                yield d.name, "有", "无"
                continue
            for o in d.decision.programmes:
                if o.entity == self.ruleset.root:
                    yield from self._compare(o, rows, at, f"{d.name} ")

    def _compare(self, o: Outcome, columns: dict[str, list[Any]], at: int, before: str = "") -> Iterator[Told]:
        ours, theirs = _scalar(o), _block(o, columns, at)
        if ours != theirs:
            yield f"{before}{o.programme}", ours, theirs

    def variables(self, household: int, case: Case, decision: Decision) -> Iterator[Told]:
        for e in case.expect:
            if e.asked != "value" or e.derived or e.name not in self.rows.get(e.entity, {}):
                continue
            value = decision.value(e.entity, e.name, e.path)
            ours = int(value.lo) if value.lo == value.hi else None
            row = self.laid.id(e.entity, household, e.path)
            theirs = self._stored((e.entity, e.name), self.rows[e.entity][e.name][self.at[e.entity][row]])
            if ours != theirs:
                yield f"{e.entity}.{e.name}", ours, theirs

    def _stored(self, key: Key, shown: Any) -> int | None:
        if isinstance(shown, date):
            return to_day(shown)
        if isinstance(shown, str):
            category = self.ruleset.variables[key].type.category
            return next(c for c in self.ruleset.book.categories if c.name == category).code(shown)
        return None if shown is None else int(shown)


def _columns(table: Any) -> dict[str, list[Any]]:
    return {name: table[name].to_pylist() for name in table.column_names}


def _scalar(o: Outcome) -> Answer:
    amount = o.amount[0] if o.amount is not None and o.amount[0] == o.amount[1] else None
    paid = o.paid if o.paid is not None else (None, None)
    margin = None if o.margin is None else o.margin.__floor__()
    failing = -1 if o.failing is None else o.failing
    return _OUTCOME[o.outcome], _GRANTED[o.granted], amount, *paid, failing, margin, o.reason


def _block(o: Outcome, columns: dict[str, list[Any]], at: int) -> Answer:
    def of(part: str) -> Any:
        return columns[f"{o.programme}.{part}"][at]

    paid = (of("paid_lo"), of("paid_hi")) if o.paid is not None else (None, None)
    margin = of("margin")
    return of("outcome"), of("granted"), of("amount"), *paid, of("failing"), margin, of("reason")
