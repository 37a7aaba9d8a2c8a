"""The parts of a household's story: who belongs to it, what they receive, what is unknown and how much hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.http import urlencode

from doudi.rules.scalar import Missing, Outcome
from doudi.server.decisions.rows import Where
from doudi.server.decisions.selectors import HouseholdDecision
from doudi.server.registry.checks import PERSON, RELATION, SEX
from doudi.server.registry.facts import Candidate
from doudi.server.registry.selectors.views import HouseholdView, MemberView
from doudi.server.web.record.telling import Teller
from doudi.server.web.words import T

GRANTED, REFUSED = "是", "否"
PERIODS = {"月": T("每月", "a month"), "年": T("每年", "a year"), "次": T("一次性", "once")}


@dataclass(frozen=True)
class Member:
    """Somebody of the household as the page shows them."""

    view: MemberView
    age: int | None
    relation: str
    sex: str

    @property
    def name(self) -> str:
        return self.view.name


def members(view: HouseholdView, tell: Teller) -> list[Member]:
    """The head first; ages in whole years on the day of the page, or when they died."""
    return [
        Member(m, age(m.born, min(filter(None, (m.died, view.as_of)))), tell.member_value(RELATION, m.relation), tell.member_value(SEX, m.sex))
        for m in view.members
    ]  # fmt: skip


def age(born: date | None, on: date) -> int | None:
    """In whole years; None where the birth date is not known or lies ahead."""
    if born is None or born > on:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def names_of_members(view: HouseholdView) -> dict[int, str]:
    return {m.person: m.name for m in view.members if not m.elsewhere}


@dataclass(frozen=True)
class Line:
    """One answer, of the household (``person`` None) or of a person. ``why`` is the address of its explanation."""

    outcome: Outcome
    person: int | None
    who: str
    why: str

    @property
    def paid(self) -> tuple[int, int] | None:
        return self.outcome.paid


@dataclass(frozen=True)
class Group:
    """The answers of one programme. ``paid``: their sum, as bounds in fen; None where the programme pays nothing."""

    programme: str
    name: str
    period: T
    lines: tuple[Line, ...]

    @property
    def either(self) -> bool:
        """Answers of the household and of somebody who may have it alone: not both of them come to be."""
        return len({x.person is None for x in self.lines}) > 1

    @property
    def paid(self) -> tuple[int, int] | None:
        if self.either:
            return None
        sums = [x.paid for x in self.lines if x.paid is not None]
        return (sum(p[0] for p in sums), sum(p[1] for p in sums)) if sums else None

    @property
    def each(self) -> tuple[int, int] | None:
        """What each gets, where all get the same."""
        sums = {x.paid for x in self.lines}
        return next(iter(sums)) if len(sums) == 1 else None


def groups(
    decided: HouseholdDecision, who: Mapping[int, str], tell: Teller, granted: str | None, query: str = ""
) -> list[Group]:
    """The programmes answered so (``granted``: yes, no, or None: not known yet), in the order of the pack."""
    found: dict[str, list[Line]] = {}
    for o in decided.outcomes:
        answer = o.granted if o.granted in (GRANTED, REFUSED) else None
        if answer == granted:
            person = int(o.path[0]) if o.path else None
            found.setdefault(o.programme, []).append(
                Line(o, person, who.get(person, "") if person else "", why_link(decided.household, o.programme, person, query))
            )  # fmt: skip
    plans = {p.name: p for p in decided.decision.ruleset.programmes}
    return [
        Group(name, tell.name(name), PERIODS.get(plans[name].period, T("", "")), tuple(lines))
        for name, lines in found.items()
    ]


def why_link(household: int, programme: str, person: int | None, query: str) -> str:
    asked = {"programme": programme} | ({"person": str(person)} if person else {})
    return f"/household/{household}/why?{urlencode(asked)}" + (f"&{query[1:]}" if query else "")


@dataclass(frozen=True)
class Unknown:
    """Something that is not known and that answers wait for. ``edit`` is where it can be stated, empty where stating it is not for this page:
    ``standard`` then says that a standard of the office is meant. ``rivals``: the words of equals that disagree."""

    label: str
    who: str
    person: int | None
    edit: str
    kind: str
    detail: str
    programmes: tuple[str, ...]
    at_stake: int
    help: str = ""
    rivals: tuple[tuple[str, Candidate], ...] = field(default=())


def unknowns(decided: HouseholdDecision, who: Mapping[int, str], tell: Teller) -> list[Unknown]:
    """What answers that are still open wait for, what most hangs on first."""
    waits: dict[Missing, list[Outcome]] = {}
    for o in decided.outcomes:
        if o.granted not in (GRANTED, REFUSED) or (
            o.granted == GRANTED and o.paid is not None and o.paid[0] != o.paid[1]
        ):
            for m in o.missing:
                waits.setdefault(m, []).append(o)
    found = [_unknown(decided, m, outcomes, who, tell) for m, outcomes in waits.items()]
    return sorted(_together(found), key=lambda u: (-u.at_stake, -len(u.programmes)))


def _unknown(
    decided: HouseholdDecision, m: Missing, outcomes: Sequence[Outcome], who: Mapping[int, str], tell: Teller
) -> Unknown:
    leaf = m.leaf
    name, person = _where(m, tell)
    label = tell.fact(leaf.entity, leaf.name) if leaf.kind == "fact" else tell.name(leaf.name)
    if leaf.kind == "fact" and name != leaf.name:
        label = f"{tell.name(leaf.entity)} · {label}"
    fact = tell.policy.declared.get((leaf.entity, leaf.name))
    return Unknown(
        label, who.get(person, "") if person else "", person, edit_link(decided.household, person, name) if name else "", leaf.kind, leaf.detail,
        tuple(dict.fromkeys(tell.name(o.programme) for o in outcomes)),
        sum((o.paid[1] - o.paid[0]) for o in outcomes if o.paid is not None), tell.help(fact) if fact else "", tuple(_rivals(decided, m, tell)),
    )  # fmt: skip


def _where(m: Missing, tell: Teller) -> tuple[str, int | None]:
    """The fact or table that would have to be stated, and of whom (None: of the household); empty where no statement settles it."""
    leaf, first = m.leaf, int(m.path[0]) if m.path else None
    root = tell.policy.schema.root.entity.name
    if leaf.kind in ("table", "empty"):
        return leaf.name, None if leaf.entity == root else first
    if leaf.kind != "fact":
        return "", None
    if leaf.entity in (root, PERSON):
        return leaf.name, first
    # A fact of a linked row is stated with its table.
    return leaf.entity, first if leaf.entity in tell.tables(PERSON) else None


def _rivals(decided: HouseholdDecision, m: Missing, tell: Teller) -> Iterable[tuple[str, Candidate]]:
    leaf = m.leaf
    found = decided.made.disputed.get(Where(leaf.entity, m.path, leaf.name), ())
    column = tell.columns(leaf.entity).get(leaf.name) if leaf.kind == "fact" else None
    for c in found:
        yield (tell.value(column, c.value) if column else tell.source(c.source)), c


def _together(found: Iterable[Unknown]) -> list[Unknown]:
    """One entry for each place in which something is to be stated: rows of one table are stated together."""
    kept: dict[tuple[str, str, int | None, str], Unknown] = {}
    for u in found:
        key = (u.edit or u.label, u.label, u.person, u.detail)
        before = kept.get(key)
        if before is None:
            kept[key] = u
        else:
            kept[key] = Unknown(
                u.label, u.who, u.person, u.edit, u.kind, u.detail, tuple(dict.fromkeys((*before.programmes, *u.programmes))),
                max(before.at_stake, u.at_stake), u.help, before.rivals or u.rivals,
            )  # fmt: skip
    return list(kept.values())


def edit_link(household: int, person: int | None, name: str) -> str:
    asked = {"name": name} | ({"of": str(person)} if person else {})
    return f"/household/{household}/fact?{urlencode(asked)}"
