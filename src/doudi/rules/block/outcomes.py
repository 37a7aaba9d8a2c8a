"""What each programme answers on every row of a block: outcome, grant, sums, the condition that failed and by how much."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from doudi.rules.block.column import Array, Column, as_array, nought, positions, spread, times, wide
from doudi.rules.block.layout import Block, View
from doudi.rules.block.plan import Margin, Plan
from doudi.rules.ruleset import ProgrammePlan

NO, YES, OPEN = 0, 1, 2
"""不符合, 符合, 无法判定; likewise not granted, granted, unknown."""


SUMS = (("amount_lo", "amount_hi"), ("paid_lo", "paid_hi"))
TOLD = ("outcome", "granted", "failing", "margin", "measured", "reason")


@dataclass(frozen=True)
class Answer:
    """One programme on some rows. Sums are bounds in fen. ``failing`` is -1 where no condition is certainly false; ``margin`` holds only where
    ``measured``. ``reason`` is a position in ``reasons(...)``."""

    outcome: Array
    granted: Array
    amount_lo: Array
    amount_hi: Array
    paid_lo: Array
    paid_hi: Array
    failing: Array
    margin: Array
    measured: Array
    reason: Array
    own: frozenset[str] = frozenset()
    """The sums that are nobody else's and may be written to."""

    def take(self, rows: Array) -> Answer:
        amount, paid = self.amount_lo.take(rows), self.paid_lo.take(rows)
        return Answer(
            self.outcome.take(rows), self.granted.take(rows),
            amount, amount if self.amount_hi is self.amount_lo else self.amount_hi.take(rows),
            paid, paid if self.paid_hi is self.paid_lo else self.paid_hi.take(rows),
            self.failing.take(rows), self.margin.take(rows), self.measured.take(rows), self.reason.take(rows),
        )  # fmt: skip

    def put(self, rows: Array, other: Answer) -> Answer:
        """This answer with ``other`` in place of it on ``rows``. Sums are shared with the block's columns and so are copied where they change; all
        else is written to."""
        for name in TOLD:
            mine = getattr(self, name)
            # What is one value for all rows cannot be written to, and is the same in both.
            if mine.flags.writeable:
                mine[rows] = getattr(other, name)
        copied: dict[str, Array] = {}
        for low, high in SUMS:
            mine, upper = getattr(self, low), getattr(self, high)
            theirs, above = getattr(other, low), getattr(other, high)
            one, joined = mine is upper, mine is upper and theirs is above
            if not (mine.take(rows) == theirs).all():
                copied[low] = out = mine if low in self.own and (joined or not one) else mine.copy()
                out[rows] = theirs
                if joined:
                    # Both ends are one and the same column, and stay so.
                    copied[high] = out
            if not joined and not (upper.take(rows) == above).all():
                copied[high] = out = upper if high in self.own and not one else upper.copy()
                out[rows] = above
        return replace(self, own=self.own.union(copied), **copied)

    def same(self, other: Answer) -> Array:
        """Where both say the same in outcome, grant and sums."""
        out = (self.outcome == other.outcome) & (self.granted == other.granted)
        for name in (name for ends in SUMS for name in ends):
            out &= getattr(self, name) == getattr(other, name)
        return as_array(out)

    def settled(self) -> Array:
        """Where outcome, grant and what is paid are known."""
        return as_array((self.outcome != OPEN) & (self.granted != OPEN) & (self.paid_lo == self.paid_hi))


def reasons(plan: Plan, programme: ProgrammePlan) -> list[str]:
    """The words that ``Answer.reason`` counts: nothing, no version in force, the conflicts, then for every kind of derived household
    that it decides and that it may decide."""
    derived = [word for d in plan.ruleset.derived for word in (f"derived:{d.name}", f"derived?:{d.name}")]
    return ["", "lapsed", *(f"conflict:{name}" for name, _ in programme.blockers), *derived]


def derived_reason(programme: ProgrammePlan, derived: int, *, certain: bool) -> int:
    return 2 + len(programme.blockers) + 2 * derived + (0 if certain else 1)


def truth_code(x: Column) -> Array:
    """0 false, 1 true, 2 unknown."""
    if x.hi is x.lo:
        return as_array(x.lo.astype(np.int8))
    return as_array(2 * x.hi.view(np.int8) - x.lo.view(np.int8))


def answer(plan: Plan, programme: ProgrammePlan, block: Block, *, reasons: bool = True) -> Answer:
    """Without ``reasons`` the condition that failed, the margin and the reason are not looked for."""
    entity, columns = programme.entity, block.columns
    n = block.n(entity)
    eligible, granted = columns[entity, programme.eligible], columns[entity, programme.granted]
    if reasons:
        failing, margin, measured = _failing(plan, programme, block, eligible)
        reason = _reason(programme, block, eligible, granted)
    else:
        reason = np.zeros(n, dtype=np.int8)
        failing, margin, measured = np.broadcast_to(np.int8(-1), n), nought(n, np.int64), nought(n, bool)
    return Answer(
        truth_code(eligible),
        truth_code(granted),
        *_ends(columns, entity, programme.amount, n),
        *_ends(columns, entity, programme.paid, n),
        failing,
        margin,
        measured,
        reason,
    )


def _reason(programme: ProgrammePlan, block: Block, eligible: Column, granted: Column) -> Array:
    reason = np.zeros(block.n(programme.entity), dtype=np.int8)
    if not programme.in_force:
        reason += 1
    lost = eligible.lo & ~granted.hi
    if lost.any():
        reason[lost] = 0
        for i, (_, blocker) in reversed(list(enumerate(programme.blockers))):
            reason[lost & block.columns[programme.entity, blocker].lo] = 2 + i
    return reason


def _ends(columns: Any, entity: str, name: str, n: int) -> tuple[Array, Array]:
    if not name:
        none = nought(n, np.int64)
        return none, none
    x = columns[entity, name]
    return x.lo, x.hi


def _failing(plan: Plan, programme: ProgrammePlan, block: Block, eligible: Column) -> tuple[Array, Array, Array]:
    entity = programme.entity
    n = block.n(entity)
    refused = ~eligible.hi
    # Counted for those refused: how many conditions, from the first on, are not certainly false.
    failing, still = np.zeros(n, dtype=np.int8), refused.copy()
    for name in programme.conditions:
        still &= block.columns[entity, name].hi
        failing += still.view(np.int8)
    failing += 1
    failing *= (refused ^ still).view(np.int8)
    failing -= 1
    sides = [(i, plan.margins.get((entity, name))) for i, name in enumerate(programme.conditions)]
    measurable = [(i, m) for i, m in sides if m is not None]
    if not measurable:
        return failing, nought(n, np.int64), nought(n, bool)
    margin, measured = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    for i, m in measurable:
        rows = positions(failing == i)
        if len(rows):
            margin[rows], measured[rows] = _distance(m, View(block, entity, rows), len(rows))
    return failing, margin, measured


def _distance(sides: Margin, view: View, n: int) -> tuple[Array, Array]:
    """Left less right in stored units, rounded down, and where both are known."""
    a, b = sides.a.value(view), sides.b.value(view)
    known = np.ones(n, dtype=bool)
    for x in (a, b):
        k = x.known()
        known = known if k is None else known & k
    left, right, den = a.lo, b.lo, times(a.dlo, b.dlo)
    if not sides.fits:
        # Python's integers where even the comparison's room might not do for the difference in stored units.
        left, right, den = (
            spread(left, n).astype(object),
            spread(right, n).astype(object),
            spread(den, n).astype(object),
        )
    distance = times(times(wide(left), b.dlo) - times(wide(right), a.dlo), sides.scale)
    return as_array(distance if isinstance(den, int) and den == 1 else distance // den).astype(
        np.int64, copy=False
    ), known
