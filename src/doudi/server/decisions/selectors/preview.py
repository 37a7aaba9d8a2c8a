"""What would follow for a household if something more were stated, or somebody came or went: decided on the facts as they would be, nothing written.

Through ──.suppose(…)──> Through ──.on(day)──> facts ──decided──> after
   └──────────────.on(day)──> facts ──decided──> before            └── changes(before, after)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack

from doudi.rules.scalar import Outcome
from doudi.server.decisions.running.differences import AMOUNT, ANSWER, NEW, STOPPED
from doudi.server.decisions.selectors.household import HouseholdDecision, decided
from doudi.server.decisions.verbs import DECISION_SEEN, PREVIEWED
from doudi.server.lib.actor import Actor
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy
from doudi.server.registry.facts import Decided, Resolved
from doudi.server.registry.selectors import HouseholdFacts, showing
from doudi.server.registry.selectors.through import SUPPOSED, Belonging, Supposing, Through, said_of_person, through

GRANTED = "是"


class Supposed(TypedDict, total=False):
    """What would be different: statements made, statements (by id) withdrawn or ended on a day, people gone from a day on, people come."""

    stated: Sequence[Supposing]
    withdrawn: Collection[int]
    ended: Mapping[int, date]
    left: Mapping[int, date]
    joined: Sequence[Belonging]


@dataclass(frozen=True)
class Change:
    """One programme, of the household or of ``person``, that is answered otherwise. ``kind`` is one of ``running.differences.KINDS``; an answer or a
    sum of None: the programme is not decided on that side, for the person is not there. Sums are bounds in fen, ``period`` what they are for."""

    programme: str
    person: int | None
    kind: str
    period: str
    granted_before: str | None
    granted_after: str | None
    paid_before: tuple[int, int] | None
    paid_after: tuple[int, int] | None


@dataclass(frozen=True)
class Weighed:
    """What became of one fact, or table, that was supposed. ``counts``: it is what would count. Else ``over`` says which word stands above it, or
    ``disputed`` that an equal one disagrees, which leaves the fact unknown."""

    person: int | None
    name: str
    counts: bool
    disputed: bool
    over: Decided | None


@dataclass(frozen=True, eq=False)
class Preview:
    before: HouseholdDecision
    after: HouseholdDecision
    changes: tuple[Change, ...]
    weighed: tuple[Weighed, ...]

    @property
    def class_changes(self) -> bool:
        return self.before.household_class != self.after.household_class

    @property
    def same(self) -> bool:
        """Whether the rules answer as before in everything that a page shows."""
        return not self.changes and not self.class_changes and self.before.total == self.after.total


def preview(
    reader: Actor,
    household: int,
    *,
    as_of: date,
    today: date,
    merged: tuple[int, date] | None = None,
    **supposed: Unpack[Supposed],
) -> Preview:
    """The household as of ``as_of`` by all that is known now, and as it would be; ``merged``: with another household merged into it on a day.
    Writes nothing but that it was shown.

    Raises NotAllowed, NotFound outside the reader's areas, FactsRefused for what the pack in force on the statement's day does not allow.
    """
    with showing(reader, PREVIEWED, household=household, as_of=as_of.isoformat()):
        known = through(reader, household)
        return preview_known(reader, known, as_of=as_of, today=today, merged=merged, **supposed)


def preview_known(
    reader: Actor,
    known: Through,
    *,
    as_of: date,
    today: date,
    under: Policy | None = None,
    merged: tuple[int, date] | None = None,
    **supposed: Unpack[Supposed],
) -> Preview:
    """As ``preview``, for a household of which all has been read already."""
    reader.require("decisions.read")
    would = known
    with showing(reader, PREVIEWED, household=known.household, as_of=as_of.isoformat()) as shown:
        shown.area = known.area
        for b in supposed.get("joined", ()):
            if b.person > 0 and b.person not in known.people:
                would = would.knowing_of(b.person, *said_of_person(reader, b.person))
        if merged is not None:
            would = would.merged(through(reader, merged[0]), merged[1])
    would = would.suppose(today=today, **supposed)
    chosen = under or policy(as_of)
    before, after = (decided(on(t, as_of, chosen), chosen) for t in (known, would))
    return Preview(before, after, changes(before, after), tuple(_weighed(after.facts, supposed.get("stated", ()))))


def on(known: Through, as_of: date, chosen: Policy) -> HouseholdFacts:
    """The facts on a day, the sources weighed as the policy of that day weighs them."""
    return known.on(as_of, {s.code: s.rank for s in chosen.sources})


def changes(before: HouseholdDecision, after: HouseholdDecision) -> tuple[Change, ...]:
    """Programmes that are granted, ended, paid otherwise or answered otherwise, in the order of the programmes."""
    was, now = ({(o.programme, o.path): o for o in d.outcomes} for d in (before, after))
    periods = {p.name: p.period for d in (before, after) for p in d.decision.ruleset.programmes}
    found = []
    for key in dict.fromkeys([*was, *now]):
        a, b = was.get(key), now.get(key)
        kind = _kind(a, b)
        if kind:
            programme, path = key
            found.append(
                Change(
                    programme, int(path[0]) if path else None, kind, periods[programme], a.granted if a else None, b.granted if b else None,
                    a.paid if a else None, b.paid if b else None,
                )
            )  # fmt: skip
    return tuple(found)


def _kind(a: Outcome | None, b: Outcome | None) -> str:
    granted = tuple(o is not None and o.granted == GRANTED for o in (a, b))
    if granted == (False, True):
        return NEW
    if granted == (True, False):
        return STOPPED
    if a is None or b is None:
        # A person who is not there on one side and has nothing on the other.
        return ""
    if a.granted != b.granted:
        return ANSWER
    return AMOUNT if a.paid != b.paid else ""


def _weighed(facts: HouseholdFacts, stated: Sequence[Supposing]) -> list[Weighed]:
    people: dict[int | None, Resolved] = {m.person: m.facts for m in facts.members}
    people[None] = facts.facts
    found = []
    for s in stated:
        resolved = people.get(s.person, Resolved())
        parts: tuple[tuple[Mapping[str, Any], Mapping[str, Decided]], ...] = (
            (s.values, resolved.values), (s.tables, resolved.tables),
        )  # fmt: skip
        for given, of in parts:
            for name in given:
                d = of.get(name)
                counts = d is not None and not d.disputed and _from_supposed(d)
                disputed = d is not None and d.disputed and any(c.statement == SUPPOSED for c in d.rivals)
                found.append(Weighed(s.person, name, counts, disputed, None if counts else d))
    return found


def _from_supposed(d: Decided) -> bool:
    """Whether what is supposed counts, or agrees with what counts."""
    return any(c.statement == SUPPOSED and (c.rank, c.since) == (d.by.rank, d.by.since) for c in d.candidates)


def decide_known(reader: Actor, known: Through, *, as_of: date, under: Policy) -> HouseholdDecision:
    """As ``decide``, for a household of which all has been read already. Raises NotAllowed."""
    reader.require("decisions.read")
    with showing(reader, DECISION_SEEN, household=known.household, as_of=as_of.isoformat()) as shown:
        shown.area = known.area
    return decided(on(known, as_of, under), under)
