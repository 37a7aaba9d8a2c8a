"""Households that the rules split off: who is tried as a household of one, what that household comes to, and who then still counts in the
household they came from."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.rules.ruleset import DerivedPlan
from doudi.rules.scalar.evaluate import Fixed, Run, evaluate
from doudi.rules.scalar.missing import Finder, Missing
from doudi.rules.scalar.program import Program
from doudi.rules.scalar.rows import Live, Path, Row
from doudi.rules.scalar.values import FALSE, TRUE, V, firm


@dataclass(frozen=True, eq=False)
class Split:
    """One person tried as a household of their own. ``when`` and ``settles`` are truths that no assumption can make true; ``missing`` is what is
    missing for either."""

    plan: DerivedPlan
    path: Path
    when: V
    settles: V
    finder: Finder
    missing_when: tuple[Missing, ...]
    missing: tuple[Missing, ...]

    @property
    def decided_there(self) -> bool:
        """The person's own programmes are certainly decided in this household."""
        return bool(self.when[0] and self.settles[0])

    @property
    def decided_here(self) -> bool:
        """They are certainly decided in the household that the person comes from."""
        return not (self.when[1] and self.settles[1])


@dataclass(frozen=True, eq=False)
class Households:
    """``first``: the household as it came; ``last``: the one that decides, where some may no longer count; ``splits``: all that were tried."""

    first: Finder
    last: Finder
    splits: tuple[Split, ...]


def households(program: Program, household: Row) -> Households:
    """Evaluate a household and every household of one that its rules split off. Raises FactError."""
    first = Finder(evaluate(program, household))
    splits = [
        _split(program, first, plan, live)
        for plan in program.ruleset.derived
        for live in first.run.rows[plan.entity]
        if firm(first.run.v((plan.entity, plan.when), live))[1]
    ]
    fixed = _no_longer_counting(program, first, splits)
    last = Finder(Run(program, household, fixed)) if fixed else first
    return Households(first, last, tuple(splits))


def _split(program: Program, first: Finder, plan: DerivedPlan, live: Live) -> Split:
    household, membership = first.run.household, program.ruleset.membership
    alone = Row(
        household.id,
        household.facts,
        {**household.complete, plan.entity: True},
        {**household.rows, plan.entity: [live.row]},
        household.sources,
    )
    fixed = {} if membership is None else {(membership, live.path): Fixed(TRUE[0])}
    finder = Finder(Run(program, alone, fixed, plan.flag))
    when_key, settles_key = (plan.entity, plan.when), (program.ruleset.root, plan.settles)
    missing_when = first.missing((when_key, live))
    return Split(
        plan,
        live.path,
        firm(first.run.v(when_key, live)),
        firm(finder.run.v(settles_key, finder.run.root)),
        finder,
        missing_when,
        union(missing_when, finder.missing((settles_key, finder.run.root))),
    )


def _no_longer_counting(
    program: Program, first: Finder, splits: list[Split]
) -> dict[tuple[tuple[str, str], Path], Fixed]:
    """Who is split off does not count; who may be may still count. They stay listed as candidates either way."""
    membership = program.ruleset.membership
    fixed: dict[tuple[tuple[str, str], Path], Fixed] = {}
    for split in splits:
        if membership is None or split.plan.counts_in_original or split.decided_here:
            continue
        place = (membership, split.path)
        live = first.run.find(membership[0], split.path)
        _, hi, assumed = first.run.v(membership, live)
        if split.decided_there or not hi:
            fixed[place] = Fixed(FALSE[0])
        elif place not in fixed or fixed[place].v[1]:
            held = fixed[place].missing if place in fixed else first.missing((membership, live))
            fixed[place] = Fixed((0, 1, assumed), union(held, split.missing))
    return fixed


def union(*found: tuple[Missing, ...]) -> tuple[Missing, ...]:
    """All of them, each once, in order."""
    return tuple(dict.fromkeys(m for part in found for m in part))
