"""How a household stands month by month: back as far as asked, and ahead by what is known today. What is coming up is read off the same rules: an age
reached, a statement that ends, a standard that changes all show as a month that answers otherwise than the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from doudi.server.decisions.selectors.household import HouseholdDecision, decided
from doudi.server.decisions.selectors.preview import Change, changes, on
from doudi.server.decisions.verbs import COURSE_SEEN
from doudi.server.lib.actor import Actor
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors.policies import policies_on
from doudi.server.registry.selectors import showing
from doudi.server.registry.selectors.through import Through, through


@dataclass(frozen=True)
class Turn:
    """From ``on`` the household is answered otherwise than before. ``was`` and ``now`` are its classes, empty where not settled; totals are bounds
    in fen a month."""

    on: date
    was: str
    now: str
    total_before: tuple[int, int]
    total_after: tuple[int, int]
    changes: tuple[Change, ...]

    @property
    def class_changes(self) -> bool:
        return self.was != self.now


@dataclass(frozen=True, eq=False)
class Course:
    """``back`` and ``ahead`` are the months in which something turned, the earliest first. ``since``: the month from which the class has been as it is
    on ``as_of``; None: for as long as was looked back, which is to ``first``. ``ends``: (day, whose, source, facts) of statements that end."""

    as_of: date
    policy: Policy
    first: date
    household_class: str
    since: date | None
    back: tuple[Turn, ...]
    ahead: tuple[Turn, ...]
    ends: tuple[tuple[date, int | None, str, tuple[str, ...]], ...]


def course(
    reader: Actor, household: int, *, as_of: date, knowing: datetime | None = None, back: int = 12, ahead: int = 12
) -> Course:
    """The household on the first of each of ``back`` months before ``as_of``, on that day, and on the first of ``ahead`` months after, by what was
    known at ``knowing`` (None: now). Raises NotAllowed, NotFound outside the reader's areas."""
    with showing(reader, COURSE_SEEN, household=household, as_of=as_of.isoformat()):
        return course_known(reader, through(reader, household, knowing=knowing), as_of=as_of, back=back, ahead=ahead)


def course_known(reader: Actor, known: Through, *, as_of: date, back: int = 12, ahead: int = 12) -> Course:
    """As ``course``, for a household of which all has been read already."""
    reader.require("decisions.read")
    with showing(reader, COURSE_SEEN, household=known.household, as_of=as_of.isoformat()) as shown:
        shown.area = known.area
    begun = _begun(known)
    before = [d for d in (_month(as_of, -n) for n in range(back, 0, -1)) if begun is not None and d >= begun]
    first = as_of.replace(day=1)
    before += [first] if first < as_of and begun is not None and first >= begun else []
    days = [*before, as_of, *(_month(as_of, n) for n in range(1, ahead + 1))]
    texts = policies_on(days)
    found = [decided(on(known, day, texts[day]), texts[day]) for day in days]
    at = len(before)
    turns = [_turn(a, b) for a, b in pairwise(found)]
    real = [t for t in turns if t.class_changes or t.changes]
    last = next((t for t in reversed(turns[:at]) if t.class_changes), None)
    return Course(
        as_of, texts[as_of], days[0], found[at].household_class, last.on if last else None, tuple(t for t in real if t.on <= as_of),
        tuple(t for t in real if t.on > as_of), _ends(known, as_of, days[-1]),
    )  # fmt: skip


def _turn(a: HouseholdDecision, b: HouseholdDecision) -> Turn:
    return Turn(b.as_of, a.household_class, b.household_class, a.total, b.total, changes(a, b))


def _begun(known: Through) -> date | None:
    """The first day on which somebody belonged to the household."""
    return min((b.since for b in known.belonging), default=None)


def _ends(known: Through, after: date, last: date) -> tuple[tuple[date, int | None, str, tuple[str, ...]], ...]:
    return tuple(
        (day, whose, s.source, (*s.values, *s.tables))
        for day, whose, s in known.turns(after)
        if day <= last and not _followed(known, day, whose, s.id)
    )


def _followed(known: Through, day: date, whose: int | None, statement: int) -> bool:
    """Whether another statement of the same subject takes over on that very day."""
    return any(s.since == day and s.id != statement for s in known.said.get(whose, ()))


def _month(day: date, n: int) -> date:
    """The first of the ``n``-th month after that of ``day``."""
    months = day.year * 12 + day.month - 1 + n
    return date(months // 12, months % 12 + 1, 1)
