"""The answer: every programme with yes, no or open, for whom, how much, why, what would settle it, where to apply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from doudi.packs.questions import Desk, Said
from doudi.rules.declared import Citation
from doudi.rules.explain import Words, words_for
from doudi.rules.nodes import Compare
from doudi.rules.ruleset import ProgrammePlan
from doudi.rules.scalar import Decision, Missing, Outcome
from doudi.rules.scalar.decide import Bounds
from doudi.rules.types import Kind
from doudi.screening.reasons import yuan
from doudi.server.decisions.asking.asks import Standing, asked_of, is_open, tables_to
from doudi.server.decisions.asking.wording import filled, row_name

State = Literal["yes", "open", "no"]


@dataclass(frozen=True)
class Wanted:
    """A question that would settle something; ``declined``: they would rather not say."""

    id: str
    said: Said
    declined: bool


@dataclass(frozen=True)
class Line:
    """One programme for the household or one member. ``alone``: as a household of one. ``paid`` in fen, None where the programme pays nothing by
    itself; ``why`` is what holds, or the one thing that does not; ``lacks`` is what no answer of theirs can settle (a standard that nobody set)."""

    who: Said
    alone: bool
    state: State
    paid: Bounds | None
    why: tuple[Said, ...]
    wanted: tuple[Wanted, ...] = ()
    lacks: tuple[Said, ...] = ()
    boundless: bool = False
    """The most that ``paid`` says is near what the programme could pay anybody: it tells this family nothing."""


@dataclass(frozen=True)
class Result:
    """One programme. ``state`` is that of its best line, and ``lines`` are those of that state. ``says_where`` is what
    the pack cites for where to apply."""

    programme: str
    said: Said
    group: str
    period: Said
    state: State
    lines: tuple[Line, ...]
    cites: tuple[Said, ...]
    desk: Desk | None
    says_where: tuple[Said, ...] = ()

    @property
    def reasons(self) -> tuple[Said, ...]:
        """Why, each reason once."""
        return tuple(dict.fromkeys(w for line in self.lines for w in line.why))


@dataclass
class _Gathered:
    plan: ProgrammePlan
    lines: list[Line] = field(default_factory=list)


_FAR = 4
"""A most that is above this part of what anybody could be paid is not worth telling."""
_RANK: dict[State, int] = {"yes": 0, "open": 1, "no": 2}
_PERIOD = {"月": Said("每月", "a month"), "年": Said("每年", "a year"), "次": Said("一次性", "once")}


def results(standing: Standing) -> tuple[Result, ...]:
    """Every programme in force, those that are granted first, then in the pack's order."""
    work = _Work(standing)
    gathered = {p.name: _Gathered(p) for p in sorted(standing.ruleset.programmes, key=lambda p: p.rank) if p.in_force}
    for alone, outcome in _outcomes(standing.decision):
        if outcome.programme in gathered:
            found = gathered[outcome.programme]
            found.lines.append(work.line(found.plan, outcome, alone=alone))
    made = [_result(standing, g) for g in gathered.values()]
    return tuple(sorted(made, key=lambda r: _RANK[r.state]))


def _outcomes(decision: Decision) -> Iterable[tuple[bool, Outcome]]:
    """Those of the household and its members; and of a household of one, told of by its person, what the household itself does not have."""
    root = decision.ruleset.root
    for o in decision.programmes:
        yield False, o
    for split in decision.derived:
        for o in split.decision.programmes:
            if o.entity == root and (o.granted == "是" or (o.granted == "未知" and split.when.lo == 1)):
                yield True, replace(o, path=split.path)


class _Work:
    """What one answer page needs again and again is worked out once: hundreds of outcomes miss the same few dozen things."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.zh, self.en = words_for(standing.ruleset, "zh"), words_for(standing.ruleset, "en")
        self._wanted: dict[Missing, Wanted | Said | None] = {}
        self._names: dict[tuple[int, ...], Said] = {}
        membership = standing.ruleset.membership
        self.people = tables_to(standing.policy, membership[0]) if membership else ()

    def line(self, plan: ProgrammePlan, o: Outcome, *, alone: bool) -> Line:
        path = tuple(int(p) for p in o.path)
        tables = self.people if alone else tables_to(self.standing.policy, o.entity)
        state: State = "yes" if o.granted == "是" else "no" if o.granted == "否" else "open"
        wanted, lacks = self.missing(o) if is_open(o) else ((), ())
        why = self.failed(plan, o) if state == "no" else self.conditions(plan) if state == "yes" else ()
        most = self.standing.ruleset.variables[plan.entity, plan.paid].hi if plan.paid else 0
        boundless = o.paid is not None and o.paid[0] < o.paid[1] and o.paid[1] * _FAR > most
        return Line(
            self.name(tables, path), alone, state, o.paid if state != "no" else None, why, wanted, lacks, boundless
        )

    def name(self, tables: tuple[str, ...], path: tuple[int, ...]) -> Said:
        if not path:
            return Said()
        if path not in self._names:
            self._names[path] = row_name(self.standing, tables, path)
        return self._names[path]

    def conditions(self, plan: ProgrammePlan) -> tuple[Said, ...]:
        return tuple(self.said_of(plan, name) for name in plan.conditions)

    def said_of(self, plan: ProgrammePlan, name: str) -> Said:
        key = (plan.entity, name)
        return Said(self.zh.label(key), self.en.label(key))

    def failed(self, plan: ProgrammePlan, o: Outcome) -> tuple[Said, ...]:
        if o.failing is not None:
            said = self.said_of(plan, plan.conditions[o.failing])
            node = self.standing.ruleset.variables[plan.entity, plan.conditions[o.failing]].node
            if o.margin and isinstance(node, Compare) and node.a.type.kind is Kind.MONEY:
                far = abs(int(o.margin))
                return (Said(f"{said.zh}（相差 {yuan(far)}）", f"{said.en} (off by {yuan(far, 'en')})"),)
            return (said,)
        kind, _, name = o.reason.partition(":")
        if kind == "conflict":
            zh = f"条件都符合，但不能和别的待遇同时享受（{name}）"
            return (
                Said(zh, f"All conditions hold, but it does not go together with other help ({self.en.name(name)})"),
            )
        return ()

    def missing(self, o: Outcome) -> tuple[tuple[Wanted, ...], tuple[Said, ...]]:
        wanted: dict[str, Wanted] = {}
        lacks: dict[Said, None] = {}
        for m in o.missing:
            if m not in self._wanted:
                self._wanted[m] = self.want(m)
            found = self._wanted[m]
            if isinstance(found, Wanted):
                wanted.setdefault(found.id, found)
            elif found is not None:
                lacks[found] = None
        return tuple(wanted.values()), tuple(lacks)

    def want(self, m: Missing) -> Wanted | Said | None:
        """The question that would settle it; or in words what no question can."""
        found = asked_of(self.standing.policy, self.standing.answers.told, m)
        if found is None:
            return None if m.leaf.kind in ("fact", "table") else Said(self.zh.missing(m), self.en.missing(m))
        question, tables, row = found
        path = tuple(int(p) for p in m.path)
        together = bool(question.who) and question.key[1] not in row.ticked and question.key[1] not in row.said
        name = ".".join(question.key)
        text = question.who if together else question.said
        said = filled(self.standing, question, text, self.name(tables, path) if not together else Said())
        return Wanted(name if together else f"{name}@{'.'.join(map(str, path))}", said, question.key[1] in row.kept)


def _result(standing: Standing, g: _Gathered) -> Result:
    plan = g.plan
    best: State = min((line.state for line in g.lines), key=lambda s: _RANK[s], default="no")
    lines = tuple(line for line in g.lines if line.state == best)
    cites = standing.ruleset.variables[plan.entity, plan.eligible].cites
    zh, en = words_for(standing.ruleset, "zh"), words_for(standing.ruleset, "en")
    desk = _desk(standing, plan.name)
    return Result(
        plan.name, Said(plan.name, plan.en), plan.group, _PERIOD[plan.period], best, lines,
        _cited(zh, en, cites), desk, _cited(zh, en, desk.cites if desk else ()),
    )  # fmt: skip


def _cited(zh: Words, en: Words, cites: Iterable[Citation]) -> tuple[Said, ...]:
    return tuple(dict.fromkeys(Said(zh.cite(c), en.cite(c)) for c in cites))


def _desk(standing: Standing, programme: str) -> Desk | None:
    """As the pack's where.yaml says; else as the programme itself says, which names no clause for it."""
    found = standing.policy.pack.desk(programme)
    if found is not None:
        return found
    declared = next(p for p in standing.policy.pack.book.programmes if p.name == programme)
    if not declared.apply_zh:
        return None
    return Desk(Said(declared.apply_zh, declared.apply_en), tuple(Said(zh, en) for zh, en in declared.papers), ())
