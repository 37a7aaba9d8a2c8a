"""What must be true of the registry after every act, on every day of the world.

1. A person belongs to at most one household.
2. A household with members has exactly one head, and is somewhere; it is in one place at a time.
3. A person has one name at a time, and whoever anything is known of has one; of a household anything is known of, a place is known.
4. A household or person stands on one ledger at most once; a person has one id number at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions.current import chunks
from doudi.server.registry.models import Enrolment, Identifier, Membership, PersonName, Residence, Statement

FOREVER = date.max
Span = tuple[date, date]


@dataclass(frozen=True)
class Breach:
    """A law that would be broken, said whole; of which household or person."""

    code: str
    zh: str
    en: str
    household: int | None = None
    person: int | None = None


class LawBroken(Refused):
    """An act that was not done, for it would break a law."""

    def __init__(self, breaches: list[Breach]) -> None:
        self.breaches = breaches
        super().__init__(breaches[0].code, "".join(b.zh for b in breaches[:5]), " ".join(b.en for b in breaches[:5]))


def obey(households: Collection[int], people: Collection[int]) -> None:
    """Raises LawBroken where ``households`` and ``people``, as they now are, break a law."""
    found: list[Breach] = []
    for part in chunks(sorted(households)):
        found += _households(part)
    for part in chunks(sorted(people)):
        found += _people(part)
    if found:
        raise LawBroken(found)


def _end(until: date | None) -> date:
    return until or FOREVER


def _days(span: Span, language: str) -> str:
    since, last = span[0], span[1] - timedelta(days=1)
    if span[1] == FOREVER:
        return f"{since} 起" if language == "zh" else f"from {since} on"
    if since == last:
        return f"{since} 这天" if language == "zh" else f"on {since}"
    return f"{since} 至 {last}" if language == "zh" else f"from {since} to {last}"


def overlaps(spans: Iterable[Span]) -> list[Span]:
    """The days on which two or more of ``spans`` hold, for each pair of neighbours."""
    ordered = sorted(spans)
    found, reach = [], date.min
    for since, until in ordered:
        if since < reach:
            found.append((since, min(reach, until)))
        reach = max(reach, until)
    return found


def uncovered(wanted: Iterable[Span], given: Iterable[Span]) -> list[Span]:
    """The days of ``wanted`` that no span of ``given`` holds."""
    cover = sorted(given)
    found = []
    for since, until in wanted:
        at = since
        for a, b in cover:
            if b <= at or a >= until:
                continue
            if a > at:
                found.append((at, a))
            at = max(at, b)
        if at < until:
            found.append((at, until))
    return sorted(set(found))


def _households(ids: list[int]) -> list[Breach]:
    lived: dict[int, list[Span]] = defaultdict(list)
    headed: dict[int, list[Span]] = defaultdict(list)
    placed: dict[int, list[Span]] = defaultdict(list)
    rows = Membership.objects.filter(household__in=ids, withdrawn=None)
    for h, since, until, head in rows.values_list("household_id", "since", "until", "head"):
        lived[h].append((since, _end(until)))
        if head:
            headed[h].append((since, _end(until)))
    for h, since, until in Residence.objects.filter(household__in=ids, withdrawn=None).values_list(
        "household_id", "since", "until"
    ):
        placed[h].append((since, _end(until)))
    found = []
    for h in ids:
        for days in overlaps(headed[h]):
            found.append(
                Breach(
                    "two-heads",
                    f"{_days(days, 'zh')}，户#{h} 会有两个户主。",
                    f"{_days(days, 'en')}, household {h} would have two heads.",
                    household=h,
                )
            )
        for days in uncovered(lived[h], headed[h])[:1]:
            found.append(
                Breach(
                    "head-needed",
                    f"{_days(days, 'zh')}，户#{h} 还有成员却没有户主；请指定户主。",
                    f"{_days(days, 'en')}, household {h} would have members but no head; name a head.",
                    household=h,
                )
            )
        for days in overlaps(placed[h]):
            found.append(
                Breach(
                    "two-places",
                    f"{_days(days, 'zh')}，户#{h} 会同时在两处。",
                    f"{_days(days, 'en')}, household {h} would be in two places.",
                    household=h,
                )
            )
        for days in uncovered(lived[h], placed[h])[:1]:
            found.append(
                Breach(
                    "no-place",
                    f"{_days(days, 'zh')}，户#{h} 有成员却没有住址；日期不能早于该户登记的日子。",
                    f"{_days(days, 'en')}, household {h} would have members but no residence; no date may come before the household began.",
                    household=h,
                )
            )
    enrolled = _enrolments("household", ids)
    said = _stated("household", ids) | {h for h, _ in enrolled}
    found += [
        Breach(
            "household-gone",
            f"户#{h} 没有住址，却还有记录。",
            f"Household {h} would have records but no residence.",
            household=h,
        )
        for h in sorted(said)
        if not placed[h]
    ]
    return found + _twice("household", enrolled)


def _people(ids: list[int]) -> list[Breach]:
    lived: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    rows = Membership.objects.filter(person__in=ids, withdrawn=None).values_list(
        "person_id", "since", "until", "household_id"
    )
    for p, since, until, h in rows:
        lived[p].append((since, _end(until), h))
    names: dict[int, list[Span]] = defaultdict(list)
    for p, since, until in PersonName.objects.filter(person__in=ids, withdrawn=None).values_list(
        "person_id", "since", "until"
    ):
        names[p].append((since, _end(until)))
    numbers: dict[int, list[Span]] = defaultdict(list)
    known = Identifier.objects.filter(person__in=ids, withdrawn=None).values_list("person_id", "kind", "since", "until")
    carded = set()
    for p, kind, since, until in known:
        carded.add(p)
        if kind == "id":
            numbers[p].append((since, _end(until)))
    found = []
    for p in ids:
        for days in overlaps((s, u) for s, u, _ in lived[p]):
            homes = sorted({h for s, u, h in lived[p] if s < days[1] and days[0] < u})
            zh, en = "、".join(f"户#{h}" for h in homes), " and ".join(str(h) for h in homes)
            found.append(
                Breach(
                    "two-households",
                    f"{_days(days, 'zh')}，人#{p} 会重复属于{zh}；请先办理迁出，或改日期。",
                    f"{_days(days, 'en')}, person {p} would belong twice, to household {en}; let the person leave first, or change the date.",
                    person=p,
                )
            )
        for days in overlaps(names[p]):
            found.append(
                Breach(
                    "two-names",
                    f"{_days(days, 'zh')}，人#{p} 会有两个姓名。",
                    f"{_days(days, 'en')}, person {p} would have two names.",
                    person=p,
                )
            )
        for days in overlaps(numbers[p]):
            found.append(
                Breach(
                    "two-ids",
                    f"{_days(days, 'zh')}，人#{p} 会有两个身份证号。",
                    f"{_days(days, 'en')}, person {p} would have two id numbers.",
                    person=p,
                )
            )
    enrolled = _enrolments("person", ids)
    said = _stated("person", ids) | {p for p, _ in enrolled} | carded | {p for p, rows in lived.items() if rows}
    found += [
        Breach("person-gone", f"人#{p} 没有姓名，却还有记录。", f"Person {p} would have records but no name.", person=p)
        for p in sorted(said)
        if not names[p]
    ]
    return found + _twice("person", enrolled)


def _enrolments(column: str, ids: list[int]) -> dict[tuple[int, str], list[Span]]:
    """(household or person, ledger) -> the days on it."""
    spans: dict[tuple[int, str], list[Span]] = defaultdict(list)
    rows = Enrolment.objects.filter(**{f"{column}__in": ids, "withdrawn": None})
    for of, ledger, since, until in rows.values_list(f"{column}_id", "ledger", "since", "until"):
        spans[of, ledger].append((since, _end(until)))
    return spans


def _stated(column: str, ids: list[int]) -> set[int]:
    rows = Statement.objects.filter(**{f"{column}__in": ids, "withdrawn": None})
    return set(rows.values_list(f"{column}_id", flat=True))


def _twice(column: str, spans: dict[tuple[int, str], list[Span]]) -> list[Breach]:
    sign = {"household": "户", "person": "人"}[column]
    return [
        Breach(
            "twice-on-ledger",
            f"{_days(days, 'zh')}，{sign}#{of} 会在“{ledger}”台账上出现两次。",
            f"{_days(days, 'en')}, {column} {of} would stand on the ledger “{ledger}” twice.",
            **{column: of},
        )
        for (of, ledger), listed in spans.items()
        for days in overlaps(listed)
    ]
