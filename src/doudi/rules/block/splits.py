"""Households that the rules split off: persons tried as a household of one, what that comes to, and who then still counts in the original."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from doudi.rules.block.column import Array, Column, as_array, positions
from doudi.rules.block.demand import Demand
from doudi.rules.block.layout import Block, Fixed, Gathered
from doudi.rules.block.outcomes import NO, OPEN, Answer, answer, derived_reason
from doudi.rules.block.plan import Plan
from doudi.rules.ruleset import DerivedPlan, Key, ProgrammePlan


@dataclass(frozen=True)
class Truth:
    """A truth on some rows that no assumption can settle."""

    lo: Array
    hi: Array

    @staticmethod
    def of(x: Column, rows: Array | None = None) -> Truth:
        lo, hi = (x.lo, x.hi) if x.assumed is None else (x.lo & ~x.assumed, x.hi | x.assumed)
        return Truth(lo, hi) if rows is None else Truth(lo.take(rows), hi.take(rows))


@dataclass(frozen=True, eq=False)
class Split:
    """All persons of a block tried as households of one under one plan: ``rows`` are their rows in the original block, ``made`` the block of their
    own households, one row each, in the same order."""

    number: int
    plan: DerivedPlan
    rows: Array
    made: Gathered
    when: Truth
    settles: Truth

    @property
    def block(self) -> Block:
        return self.made.block

    @property
    def decided_there(self) -> Array:
        """The person's own programmes are certainly decided in the household of one."""
        return as_array(self.when.lo & self.settles.lo)

    @property
    def decided_here(self) -> Array:
        """They are certainly decided in the original household."""
        return as_array(~(self.when.hi & self.settles.hi))


@dataclass(frozen=True, eq=False)
class Households:
    """``first``: the block as it came; ``last``: those of its households in which somebody may no longer count, decided again (``again`` None: no
    household); ``maybe``: the persons (rows of ``first``) of whom that is not certain."""

    first: Block
    splits: tuple[Split, ...]
    again: Gathered | None
    maybe: Array


def households(plan: Plan, demand: Demand, first: Block, facts: list[Key], *, whole: bool) -> Households:
    """Evaluate what ``first``, evaluated already, splits off. ``facts`` are the columns to copy; unless ``whole``, only what is read."""
    # Nothing is shown of a household of one but the answers.
    answers = plan.demand(())
    found = (_split(plan, answers, first, facts, i, d, whole=whole) for i, d in enumerate(plan.ruleset.derived))
    splits = [s for s in found if s is not None]
    again, maybe = _again(plan, demand, first, facts, splits)
    return Households(first, tuple(splits), again, maybe)


def _split(
    plan: Plan, demand: Demand, first: Block, facts: list[Key], number: int, derived: DerivedPlan, *, whole: bool
) -> Split | None:
    root, membership = plan.tree.root, plan.ruleset.membership
    when = first.columns[derived.entity, derived.when]
    rows = positions(Truth.of(when).hi)
    n = len(rows)
    if not n:
        return None
    given = frozenset(key for key in plan.alike[derived.name] if key in first.columns)
    copied = given.union(facts) if whole else demand.read(given).intersection(given.union(facts))
    made = first.gather(first.up(derived.entity, root).take(rows), copied, (derived.entity, rows))
    yes, no = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    made.block.columns[root, derived.flag] = Column(yes, yes)
    if membership is not None and membership[0] == derived.entity:
        made.block.fixed[membership] = Fixed(np.arange(n), yes, yes, no)
    plan.evaluate(made.block, demand, given)
    settles = made.block.columns[root, derived.settles]
    return Split(number, derived, rows, made, Truth.of(when, rows), Truth.of(settles))


def _again(
    plan: Plan, demand: Demand, first: Block, facts: list[Key], splits: list[Split]
) -> tuple[Gathered | None, Array]:
    """Who is split off does not count; who may be may still count. They stay listed as candidates either way."""
    membership = plan.ruleset.membership
    nobody = np.zeros(0, dtype=np.int64)
    leaving = [s for s in splits if not s.plan.counts_in_original and not s.decided_here.all()]
    if membership is None or not leaving:
        return None, nobody
    entity = membership[0]
    counted = first.columns[membership]
    out, perhaps = np.zeros(first.n(entity), dtype=bool), np.zeros(first.n(entity), dtype=bool)
    for s in leaving:
        certain = s.decided_there | ~counted.hi.take(s.rows)
        out[s.rows] |= certain & ~s.decided_here
        perhaps[s.rows] |= ~certain & ~s.decided_here
    perhaps &= ~out
    rows = positions(out | perhaps)
    made = first.gather(np.unique(first.up(entity, plan.tree.root).take(rows)), facts)
    maybe = perhaps.take(rows)
    assumed = maybe & counted.assumed.take(rows) if counted.assumed is not None else np.zeros(len(rows), dtype=bool)
    place = np.searchsorted(made.origin[entity], rows)
    made.block.fixed[membership] = Fixed(place, np.zeros(len(rows), dtype=bool), maybe, assumed)
    plan.evaluate(made.block, demand)
    return made, positions(perhaps)


@dataclass
class Merged:
    """One programme of persons after their households of one: ``own`` marks the rows whose own answer still counts towards what is missing; by
    split, ``there`` the rows whose answer in the household of one does and ``unsure`` those of which it is not known where they are decided."""

    answer: Answer
    own: Array
    there: dict[int, Array]
    unsure: dict[int, Array]


def merge(programme: ProgrammePlan, own: Answer, splits: tuple[Split, ...], plan: Plan) -> Merged:
    """The answers that hold, where persons were also tried as households of one."""
    out = Merged(own, np.ones(len(own.outcome), dtype=bool), {}, {})
    derived_from = derived_reason(programme, 0, certain=True)
    for s in splits:
        if s.plan.entity != programme.entity:
            continue
        mine, theirs = out.answer.take(s.rows), answer(plan, programme, s.block)
        gone = (mine.reason >= derived_from) & ((mine.reason - derived_from) % 2 == 0)
        moving = ~s.decided_here & ~gone
        there = moving & s.decided_there
        # Two that are both open are alike only so far: what one lacks is not what the other does.
        unsure = moving & ~there & ~(mine.same(theirs) & mine.settled())
        out.there[s.number], out.unsure[s.number] = there | unsure, unsure
        if there.any():
            places = positions(there)
            for earlier in splits[: splits.index(s)]:
                if earlier.number in out.there:
                    moved = np.isin(earlier.rows, s.rows[places])
                    out.there[earlier.number] &= ~moved
                    out.unsure[earlier.number] &= ~moved
            out.own[s.rows[places]] = False
            held = theirs.take(places)
            held.reason[:] = derived_reason(programme, s.number, certain=True)
            out.answer = out.answer.put(s.rows[places], held)
        if unsure.any():
            places = positions(unsure)
            both = _either(mine.take(places), theirs.take(places))
            both.reason[:] = derived_reason(programme, s.number, certain=False)
            out.answer = out.answer.put(s.rows[places], both)
    return out


def _either(a: Answer, b: Answer) -> Answer:
    """What can be said when one of two answers holds and nobody knows which."""
    alike = (a.failing == b.failing) & (a.measured == b.measured) & (a.margin == b.margin)
    return Answer(
        as_array(np.where(a.outcome == b.outcome, a.outcome, OPEN).astype(np.int8)),
        as_array(np.where(a.granted == b.granted, a.granted, OPEN).astype(np.int8)),
        np.minimum(a.amount_lo, b.amount_lo),
        np.maximum(a.amount_hi, b.amount_hi),
        np.minimum(a.paid_lo, b.paid_lo),
        np.maximum(a.paid_hi, b.paid_hi),
        as_array(np.where(alike, a.failing, -1).astype(np.int8)),
        as_array(np.where(alike, a.margin, 0)),
        a.measured & alike,
        a.reason.copy(),
    )


def so_far_as(found: Answer, when: Truth) -> Answer:
    """A programme of households of one that may not be there at all: it holds only so far as ``when`` does."""
    doubt = ~when.lo
    zero = np.zeros(len(doubt), dtype=np.int64)
    return replace(
        found,
        outcome=as_array(np.where(doubt & (found.outcome != NO), OPEN, found.outcome).astype(np.int8)),
        granted=as_array(np.where(doubt & (found.granted != NO), OPEN, found.granted).astype(np.int8)),
        amount_lo=np.where(doubt, np.minimum(found.amount_lo, zero), found.amount_lo),
        amount_hi=np.where(doubt, np.maximum(found.amount_hi, zero), found.amount_hi),
        paid_lo=np.where(doubt, np.minimum(found.paid_lo, zero), found.paid_lo),
        paid_hi=np.where(doubt, np.maximum(found.paid_hi, zero), found.paid_hi),
    )
