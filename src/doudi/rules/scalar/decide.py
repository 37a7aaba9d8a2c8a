"""Deciding one household: what each programme answers, what it pays, which condition failed and by how much, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from doudi.rules.nodes import Compare, Firm, Node
from doudi.rules.ruleset import ProgrammePlan, Ruleset
from doudi.rules.scalar.evaluate import Run
from doudi.rules.scalar.households import Split, households, union
from doudi.rules.scalar.missing import Finder, Missing
from doudi.rules.scalar.program import Program, program_for
from doudi.rules.scalar.rows import Live, Path, Row, RowId
from doudi.rules.scalar.values import V, Value
from doudi.rules.types import Kind

Answer = Literal["符合", "不符合", "无法判定"]
Granted = Literal["是", "否", "未知"]
Bounds = tuple[int, int]

ANSWERS: dict[tuple[int, int], Answer] = {(1, 1): "符合", (0, 0): "不符合", (0, 1): "无法判定"}
GRANTED: dict[tuple[int, int], Granted] = {(1, 1): "是", (0, 0): "否", (0, 1): "未知"}


@dataclass(frozen=True)
class Outcome:
    """What one programme answers on one row. ``outcome`` is before conflicts, ``granted`` after them.

    ``amount`` (before conflicts) and ``paid`` (after) are bounds in fen; None where the programme has no amount. ``failing`` is the
    index of the first condition that is certainly false, ``margin`` how far its two sides are apart (left less right, in stored
    units; None where it is no comparison of two known amounts). ``missing`` is empty when outcome, granted and paid are all known.
    ``reason``: "", ``conflict:<name>`` which takes the programme away, ``lapsed`` where no version of it is in force,
    ``derived:<name>`` where a household of one decides it, ``derived?:<name>`` where one may.
    """

    programme: str
    entity: str
    path: Path
    outcome: Answer
    granted: Granted
    amount: Bounds | None = None
    paid: Bounds | None = None
    failing: int | None = None
    margin: Fraction | None = None
    missing: tuple[Missing, ...] = ()
    reason: str = ""


@dataclass(frozen=True, eq=False)
class DerivedDecision:
    """A household of one that was tried for ``person``. ``when``: whether its conditions hold; ``settles``: whether it takes the
    person's own programmes over. In ``decision`` the household's programmes hold only so far as ``when`` does."""

    name: str
    person: RowId
    path: Path
    when: Value
    settles: Value
    decision: Decision


@dataclass(frozen=True, eq=False)
class Decision:
    """One household decided; every value of every row can be asked for. ``first`` is the household before anybody was split off
    from it (the same as ``finder`` unless a household of one takes somebody out)."""

    household: Row
    programmes: tuple[Outcome, ...]
    derived: tuple[DerivedDecision, ...]
    finder: Finder
    first: Finder

    @property
    def ruleset(self) -> Ruleset:
        return self.finder.run.program.ruleset

    def value(self, entity: str, name: str, path: Path = ()) -> Value:
        """The value of a variable in stored units. Raises KeyError for a name or row that is not there."""
        run = self.finder.run
        return run.value((entity, name), run.find(entity, path))

    def missing(self, entity: str, name: str, path: Path = ()) -> tuple[Missing, ...]:
        """What is missing for a variable; empty where it is known and rests on no assumption."""
        return self.finder.missing(((entity, name), self.finder.run.find(entity, path)))

    @property
    def answers(self) -> tuple[Outcome, ...]:
        """``programmes``, and what households of one are granted of the household's or may be: at the path of their person, with the reason
        ``derived:<name>`` where there is no other."""
        found: dict[tuple[str, Path], Outcome] = {}
        for d in self.derived:
            for o in d.decision.programmes:
                if not o.path and o.granted != "否":
                    found.setdefault(
                        (o.programme, d.path), replace(o, path=d.path, reason=o.reason or f"derived:{d.name}")
                    )
        return (*self.programmes, *found.values())

    def alone(self, programme: str, path: Path) -> DerivedDecision | None:
        """The household of one of the person at ``path``, where a programme of the household is asked about there: one that is granted it before
        one that is not."""
        own = [d for d in self.derived if path and d.path == path and (programme, ()) in d.decision.of]
        return min(own, key=lambda d: d.decision.outcome(programme).granted == "否", default=None)

    @cached_property
    def of(self) -> dict[tuple[str, Path], Outcome]:
        """``programmes`` by programme and path."""
        return {(o.programme, o.path): o for o in self.programmes}

    def outcome(self, programme: str, path: Path = ()) -> Outcome:
        """Raises KeyError where the programme is not decided on that row."""
        return self.of[programme, path]


def decide(ruleset: Ruleset, household: Row) -> Decision:
    """Decide one household. Raises FactError where its facts do not fit what the ruleset declares."""
    return decide_with(program_for(ruleset), household)


def decide_with(program: Program, household: Row, only: frozenset[str] | None = None) -> Decision:
    """``decide`` with a program at hand, which may have a formula changed (see ``Program.changed``). ``only`` names the programmes
    that are asked for, where not all are: telling what is missing for each takes most of the time."""
    found = households(program, household)
    outcomes = _outcomes(found.last, only)
    derived = []
    for split in found.splits:
        theirs = _outcomes(split.finder, only)
        outcomes = [_person(o, split, theirs) for o in outcomes]
        derived.append(_derived(split, theirs))
    return Decision(household, tuple(outcomes), tuple(derived), found.last, found.first)


def _outcomes(finder: Finder, only: frozenset[str] | None) -> list[Outcome]:
    run = finder.run
    plans = (p for p in run.program.ruleset.programmes if only is None or p.name in only)
    return [_outcome(finder, plan, r) for plan in plans for r in run.rows[plan.entity]]


def _outcome(finder: Finder, plan: ProgrammePlan, r: Live) -> Outcome:
    run, entity = finder.run, plan.entity
    eligible, granted = run.v((entity, plan.eligible), r), run.v((entity, plan.granted), r)
    amount = _bounds(run, entity, plan.amount, r)
    paid = _bounds(run, entity, plan.paid, r)
    failing = margin = None
    if not eligible[1]:
        failing, margin = _failing(run, plan, r)
    # A refusal that rests on an assumption is an answer, and lacks nothing.
    asked = [name for name in (plan.eligible, plan.granted, plan.paid) if name and _open(run.v((entity, name), r))]
    missing = finder.missing(*(((entity, name), r) for name in asked)) if asked else ()
    reason = "" if plan.in_force else "lapsed"
    if eligible[0] and not granted[1]:
        reason = next((f"conflict:{name}" for name, blocker in plan.blockers if run.v((entity, blocker), r)[0]), "")
    return Outcome(
        plan.name, entity, r.path, _answer(eligible), _granted(granted), amount, paid, failing, margin, missing, reason
    )


def _open(v: V) -> bool:
    return v[0] != v[1]


def _answer(v: V) -> Answer:
    return ANSWERS[int(v[0]), int(v[1])]


def _granted(v: V) -> Granted:
    return GRANTED[int(v[0]), int(v[1])]


def _bounds(run: Run, entity: str, name: str, r: Live) -> Bounds | None:
    if not name:
        return None
    lo, hi, _ = run.value((entity, name), r)
    return lo, hi


def _failing(run: Run, plan: ProgrammePlan, r: Live) -> tuple[int | None, Fraction | None]:
    for i, name in enumerate(plan.conditions):
        key = (plan.entity, name)
        if not run.v(key, r)[1]:
            node = run.program.ruleset.variables[key].node
            return i, (None if node is None else margin_of(run, node, r))
    return None, None


def margin_of(run: Run, node: Node, r: Live) -> Fraction | None:
    """Left side less right side of a comparison of two known amounts or dates, in stored units; None of anything else."""
    while isinstance(node, Firm):
        node = node.x
    if not isinstance(node, Compare) or not (node.a.type.numeric or node.a.type.kind is Kind.DATE):
        return None
    alo, ahi, _ = run.of_node(node.a, r)
    blo, bhi, _ = run.of_node(node.b, r)
    if alo != ahi or blo != bhi:
        return None
    return Fraction(alo - blo) * node.a.type.store_scale


def _person(own: Outcome, split: Split, theirs: list[Outcome]) -> Outcome:
    """A person's programme, where the person was also tried as a household of one."""
    if (
        own.entity != split.plan.entity
        or own.path != split.path
        or split.decided_here
        or own.reason.startswith("derived:")
    ):
        return own
    there = next(o for o in theirs if o.programme == own.programme and o.path == own.path)
    if split.decided_there:
        return replace(there, reason=f"derived:{split.plan.name}")
    alike = (own.outcome, own.granted, own.amount, own.paid) == (there.outcome, there.granted, there.amount, there.paid)
    # Two that are both open are alike only so far: what one lacks is not what the other does.
    if alike and not own.missing and not there.missing:
        return own
    same_failing = (own.failing, own.margin) == (there.failing, there.margin)
    return Outcome(
        own.programme,
        own.entity,
        own.path,
        own.outcome if own.outcome == there.outcome else "无法判定",
        own.granted if own.granted == there.granted else "未知",
        _hull(own.amount, there.amount),
        _hull(own.paid, there.paid),
        own.failing if same_failing else None,
        own.margin if same_failing else None,
        union(own.missing, there.missing, split.missing),
        f"derived?:{split.plan.name}",
    )


def _hull(a: Bounds | None, b: Bounds | None) -> Bounds | None:
    return None if a is None or b is None else (min(a[0], b[0]), max(a[1], b[1]))


def _derived(split: Split, theirs: list[Outcome]) -> DerivedDecision:
    finder = split.finder
    root = finder.run.program.ruleset.root
    outcomes = tuple(_so_far_as(split, o) if o.entity == root else o for o in theirs)
    decision = Decision(finder.run.household, outcomes, (), finder, finder)
    return DerivedDecision(
        split.plan.name, split.path[-1], split.path, _truth(split.when), _truth(split.settles), decision
    )


def _so_far_as(split: Split, found: Outcome) -> Outcome:
    """A programme of the household of one, which there may not be at all."""
    if split.when[0]:
        return found
    nothing = (0, 0)
    return replace(
        found,
        outcome="不符合" if found.outcome == "不符合" else "无法判定",
        granted="否" if found.granted == "否" else "未知",
        amount=None if found.amount is None else _hull(found.amount, nothing),
        paid=None if found.paid is None else _hull(found.paid, nothing),
        missing=found.missing if found.outcome == "不符合" else union(found.missing, split.missing_when),
    )


def _truth(v: V) -> Value:
    return Value(int(v[0]), int(v[1]), v[2])
