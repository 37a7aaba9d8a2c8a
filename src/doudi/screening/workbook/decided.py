"""The good households decided, and for each household and person what that comes to: enjoyed, refused and why, open and for want of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from doudi.packs.screening_plan import ScreeningPlan
from doudi.rules.block import decide_tables
from doudi.rules.nodes import Compare, Read
from doudi.rules.ruleset import Key, ProgrammePlan, Ruleset
from doudi.rules.types import Kind
from doudi.screening.facts import ID
from doudi.screening.workbook.columns import PERSON
from doudi.screening.workbook.ledger import Ledger
from doudi.screening.workbook.tables import batches
from doudi.screening.workbook.words import Words

NO, YES, OPEN = 0, 1, 2
REASONS = 3
"""So many refusals are told of a household; more would hide the first."""


@dataclass
class Said:
    """What the decisions come to for one household or person. Money in fen; ``unsettled`` where part of a sum is not known."""

    enjoyed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    monthly: int = 0
    other: int = 0
    unsettled: bool = False

    def add(self, other: Said) -> None:
        """Take in what ``other`` comes to, before one's own."""
        self.enjoyed[:0] = other.enjoyed
        self.refused += other.refused
        self.undecided[:0] = other.undecided
        self.monthly += other.monthly
        self.other += other.other
        self.unsettled |= other.unsettled


@dataclass(frozen=True)
class Mismatch:
    """Who receives what they are not due, or is due what they do not receive. ``person`` is None for a household's programme."""

    kind: str
    plan: ProgrammePlan
    home: int
    person: int | None
    paid: int | None
    received: int
    why: str


@dataclass(frozen=True)
class Tally:
    """Of one programme: how many were found eligible, not, undecided, how many enjoy it and what that costs (fen, settled amounts only).

    ``as_one`` names the kind of household of one that is counted here, "" for households and people as they came.
    """

    plan: ProgrammePlan
    as_one: str
    yes: int
    no: int
    open: int
    enjoyed: int
    paid: int


class Decided:
    """Everything decided about a ledger. Positions are those of the ledger's sheets."""

    def __init__(self, ledger: Ledger, ruleset: Ruleset, plan: ScreeningPlan | None) -> None:
        self.ledger, self.ruleset, self.plan = ledger, ruleset, plan
        self.figures = _figures(ruleset)
        show = (*_shown(ruleset, plan), *self.figures)
        parts: dict[str, list[pa.Table]] = defaultdict(list)
        for batch in batches(ledger):
            for name, table in decide_tables(ruleset, batch, show=show).tables.items():
                parts[name].append(table)
        self.tables = {name: pa.concat_tables(t).unify_dictionaries() for name, t in parts.items()}
        root = ruleset.entities[ruleset.root]
        self._files = {ruleset.root: root.file, PERSON: ruleset.entities[PERSON].file}
        self.programmes = sorted((p for p in ruleset.programmes if p.entity in self._files), key=lambda p: p.rank)

    def of(self, entity: str) -> pa.Table:
        return self.tables[self._files[entity]]

    def ids(self, entity: str) -> list[int]:
        """Positions in the ledger of the rows of ``of(entity)``."""
        ids: list[int] = self.of(entity)[ID].to_pylist()
        return ids

    def numbers(self, entity: str, column: str) -> npt.NDArray[np.int64]:
        """A column of whole numbers, unknown as -1."""
        found: npt.NDArray[np.int64] = pc.fill_null(self.of(entity)[column].cast(pa.int64()), -1).to_numpy()
        return found

    def values(self, key: Key | None) -> list[Any]:
        """A shown variable row by row, None where unknown, and where there is no such variable."""
        if key is None:
            return []
        table = self.of(key[0])
        found: list[Any] = table[key[1]].to_pylist() if key[1] in table.column_names else [None] * table.num_rows
        return found

    # --- what it comes to -------------------------------------------------------------------------------------------

    def said(self, entity: str, words: Words) -> list[Said]:
        """For each row of ``of(entity)``, its own programmes in order of rank; for people also what they have as a household of one."""
        out = [Said() for _ in range(self.of(entity).num_rows)]
        for plan in self.programmes:
            if plan.entity == entity:
                self._say(plan, out, words)
        if entity == PERSON:
            place = {person: i for i, person in enumerate(self.ids(PERSON))}
            for person, said in self.alone(words):
                out[place[person]].add(said)
        return out

    def _say(self, plan: ProgrammePlan, out: list[Said], words: Words) -> None:
        entity = plan.entity
        outcome, granted = (self.numbers(entity, f"{plan.name}.{x}") for x in ("outcome", "granted"))
        if plan.paid:
            lo, hi = (self.numbers(entity, f"{plan.name}.paid_{x}") for x in ("lo", "hi"))
            for i in np.flatnonzero(lo != hi).tolist():
                out[i].unsettled = True
            # What is not settled adds nothing: the sum says what is certain.
            for i in np.flatnonzero((lo == hi) & (lo > 0)).tolist():
                if plan.period == "月":
                    out[i].monthly += int(lo[i])
                else:
                    out[i].other += int(lo[i])
            for i in np.flatnonzero(granted == YES).tolist():
                out[i].enjoyed.append(words.due(plan, int(lo[i]) if lo[i] == hi[i] else None))
        else:
            for i in np.flatnonzero(granted == YES).tolist():
                out[i].enjoyed.append(words.programme(plan))
        for i in np.flatnonzero((outcome == OPEN) | ((outcome == YES) & (granted == OPEN))).tolist():
            out[i].undecided.append(words.programme(plan))
        reasons = self.of(entity)[f"{plan.name}.reason"].to_pylist()
        for i in np.flatnonzero((outcome == YES) & (granted == NO)).tolist():
            out[i].refused.append(words.excluded(plan, reasons[i]))
        failing, margin = self._failing(plan)
        first = next((p for p in self.programmes if p.entity == self.ruleset.root and p.in_force), None)
        for i in np.flatnonzero((outcome == NO) & (failing >= 0)).tolist():
            index = int(failing[i])
            # Why a household does not have the first programme is always told; of the rest, what can be measured: few ask after a flood that
            # they never had.
            at_home = entity == self.ruleset.root and (plan is first or margin[i] is not None)
            if (at_home or words.near(plan, index, margin[i])) and len(out[i].refused) < REASONS:
                out[i].refused.append(words.refusal(plan, index, margin[i]))

    def alone(self, words: Words) -> Iterator[tuple[int, Said]]:
        """People decided as a household of one, each with what that household comes to."""
        table = self.tables["derived"]
        people, kinds = table["entity_row"].to_pylist(), table["derived"].to_pylist()
        out = [Said() for _ in people]
        for plan in self.programmes:
            if plan.entity != self.ruleset.root:
                continue
            granted = table[f"{plan.name}.granted"].to_numpy()
            lo, hi = table[f"{plan.name}.paid_lo"].to_numpy(), table[f"{plan.name}.paid_hi"].to_numpy()
            for i in np.flatnonzero(granted == YES).tolist():
                settled = lo[i] == hi[i]
                out[i].enjoyed.append(words.due(plan, int(lo[i]) if settled else None, as_one=kinds[i]))
                out[i].monthly += int(lo[i]) if settled and plan.period == "月" else 0
                out[i].other += int(lo[i]) if settled and plan.period != "月" else 0
                out[i].unsettled |= not settled
            for i in np.flatnonzero(granted == OPEN).tolist():
                out[i].undecided.append(words.programme(plan, as_one=kinds[i]))
                out[i].unsettled |= bool(lo[i] != hi[i])
        return zip(people, out, strict=True)

    def _failing(self, plan: ProgrammePlan) -> tuple[npt.NDArray[np.int64], list[int | None]]:
        table = self.of(plan.entity)
        return self.numbers(plan.entity, f"{plan.name}.failing"), table[f"{plan.name}.margin"].to_pylist()

    def tallies(self) -> list[Tally]:
        """In order of rank; households of one follow the programme where any of them is eligible or open."""
        out = []
        for plan in self.programmes:
            out.append(_tally(plan, self.of(plan.entity)))
            if plan.entity == self.ruleset.root:
                for kind in self.ruleset.derived:
                    table = self.tables["derived"]
                    tally = _tally(
                        plan, table.filter(pc.equal(table["derived"].cast(pa.string()), kind.name)), kind.name
                    )
                    if tally.yes or tally.open:
                        out.append(tally)
        return out

    def mismatches(self, words: Words) -> Iterator[Mismatch]:
        """Where the ledger says what is received today and that is not what is due."""
        for plan in self.programmes:
            if not plan.received or plan.received not in self.of(plan.entity).column_names:
                continue
            received, granted = (
                self.numbers(plan.entity, plan.received),
                self.numbers(plan.entity, f"{plan.name}.granted"),
            )
            lo, hi = (
                (self.numbers(plan.entity, f"{plan.name}.paid_{x}") for x in ("lo", "hi"))
                if plan.paid
                else (received, received)
            )
            failing, margin = self._failing(plan)
            ids = self.ids(plan.entity)
            settled, due = lo == hi, lo > 0
            kinds = (
                ("应保未保", (granted == YES) & (received == 0) & (~settled | due)),
                ("应退未退", (granted == NO) & (received > 0)),
                ("金额变动", (granted == YES) & (received > 0) & settled & (lo != received)),
            )
            for kind, mask in kinds:
                for i in np.flatnonzero(mask).tolist():
                    person = ids[i] if plan.entity == PERSON else None
                    home = ids[i] if person is None else self.ledger.household_of[person]
                    why = words.refusal(plan, int(failing[i]), margin[i]) if kind == "应退未退" else ""
                    yield Mismatch(
                        kind, plan, home or 0, person, int(lo[i]) if settled[i] else None, int(received[i]), why
                    )


def _tally(plan: ProgrammePlan, table: pa.Table, as_one: str = "") -> Tally:
    outcome, granted = (table[f"{plan.name}.{x}"].to_numpy() for x in ("outcome", "granted"))
    lo, hi = (table[f"{plan.name}.paid_{x}"].to_numpy() for x in ("lo", "hi"))
    paid = int(lo[lo == hi].sum()) if plan.paid else 0
    yes, no, undecided = (int((outcome == x).sum()) for x in (YES, NO, OPEN))
    return Tally(plan, as_one, yes, no, undecided, int((granted == YES).sum()), paid)


def _shown(ruleset: Ruleset, plan: ScreeningPlan | None) -> Sequence[Key]:
    keys: list[Key] = [] if plan is None else [plan.household_class, plan.person_class, plan.area, plan.headcount]
    for p in ruleset.programmes:
        keys += [(p.entity, p.received)] if p.received else []
    return tuple(dict.fromkeys(keys))


def _figures(ruleset: Ruleset) -> tuple[Key, ...]:
    """The two sums that the first programme of households compares (income a head, the line): what everybody asks for first."""
    plans = sorted((p for p in ruleset.programmes if p.entity == ruleset.root and p.in_force), key=lambda p: p.rank)
    for name in plans[0].conditions if plans else ():
        node = ruleset.variables[ruleset.root, name].node
        if isinstance(node, Compare) and node.a.type.kind is Kind.MONEY:
            return tuple(
                (x.entity, x.name) for x in (node.a, node.b) if isinstance(x, Read) and x.entity == ruleset.root
            )
    return ()
