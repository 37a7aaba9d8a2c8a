"""Where households may be: divisions that are there on the day, and the codes that they get when these change later on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from django.db.models import Q

from doudi.server.areas.levels import COUNTY, LEVELS, is_code
from doudi.server.areas.selectors import formerly, lineage_of, names_of
from doudi.server.areas.shapes import BEGINNING
from doudi.server.lib.refusals import Refused
from doudi.server.registry.models import Residence

Part = tuple[date, str, str]
"""From which day, in which area and other area."""


def the_area(code: str, field: str = "area") -> str:
    """The code of the village or township that manages a household. Raises Refused for what is no code."""
    if not is_code(code) or len(code) < COUNTY:
        raise Refused(
            "area-wrong", f"区划代码“{code}”不对：应是县级以下的代码，{'、'.join(str(n) for n in LEVELS if n >= COUNTY)} 位数字。",
            f"“{code}” is no code of a county or a division below: 6, 9, 12 or 15 digits.", field=field,
        )  # fmt: skip
    return code


def the_place(code: str, on: date, field: str = "area") -> str:
    """As ``Places.at``, of one code."""
    return Places([code]).at(code, on, field)


class Places:
    """The divisions with these codes through time, read once for as many households as there are. Of a county that is not on file nothing is known
    and nothing is demanded."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._told: dict[tuple[str, date], str | Refused] = {}
        self._line = lineage_of({c for code in codes for c in (code, code[:COUNTY]) if code})

    def at(self, code: str, on: date, field: str = "area") -> str:
        """The code on ``on`` of the division: ``code`` itself where it was there, else the one that became it later. Raises Refused for what is no
        code, or for a division that was not there on ``on``."""
        county = the_area(code, field)[:COUNTY]
        if county not in self._line.spans or self._end(code, on) is not None:
            return code
        if (code, on) not in self._told:
            self._told[code, on] = self._before(code, on) or self._wrong(code, on)
        told = self._told[code, on]
        if isinstance(told, Refused):
            raise Refused(told.code, told.zh, told.en, field=field)
        return told

    def _before(self, code: str, on: date) -> str:
        """What was there on ``on`` and got the code later; empty where there is not just one."""
        begun = self._begun(code, on)
        former = formerly([code], begun) if begun else ()
        self._line = self._line | lineage_of(former)
        found = [c for c in former if any(a == code for _, a in self._course(c, on, date.max))]
        return found[0] if len(found) == 1 else ""

    def _wrong(self, code: str, on: date) -> Refused:
        """Why nobody can be there on ``on``."""
        names = names_of([code, code[:COUNTY]], on)
        name, county = names[code], names[code[:COUNTY]]
        if code not in self._line.spans:
            return Refused(
                "area-unknown", f"{county}没有代码为“{code}”的区划；请核对，或先在区划里登记。",
                f"{county} has no division with the code “{code}”; check it, or add the division first.",
            )  # fmt: skip
        begun, now = self._begun(code, on), self._line.became(code, on, on)
        zh = f"它从 {begun} 起才有" if begun else f"现为 {'、'.join(now)}" if now else "它已撤销"
        en = f"it begins on {begun}" if begun else f"it is {', '.join(now)} now" if now else "it has ended"
        return Refused(
            "area-not-there", f"{on} 这天没有“{name}”（{code}）：{zh}；请换区划，或改日期。",
            f"On {on} there was no {name} ({code}): {en}; choose another division, or change the date.",
        )  # fmt: skip

    def _begun(self, code: str, on: date) -> date | None:
        """When the code came into use after ``on``; None where it did not."""
        return min((since for since, _ in self._line.spans.get(code, ()) if since > on), default=None)

    def parts(self, area: str, other_area: str, since: date, until: date | None) -> list[Part]:
        """The residence from ``since`` until before ``until``, with the codes of each day: cut where one of them became another. Where a division
        became several, or ended, it is for people to say where a household went: the code stays."""
        last = until or date.max
        here, there = self._then(area, since), self._then(other_area, since)
        found = [(since, here, there)]
        courses = [dict(self._course(code, since, last)) for code in (here, there)]
        for day in sorted({*courses[0], *courses[1]}):
            found.append((day, courses[0].get(day, found[-1][1]), courses[1].get(day, found[-1][2])))
        return found

    def _then(self, code: str, on: date) -> str:
        """What the division, where it had ended by ``on``, had become by then; ``code`` itself where that is not one."""
        became = self._line.became(code, on, on) if self._end(code, on) is None else ()
        return became[0] if len(became) == 1 else code

    def _course(self, code: str, since: date, until: date) -> Iterator[tuple[date, str]]:
        """The later days before ``until`` on which the code became just one other, and that one."""
        while (end := self._end(code, since)) is not None and end < until:
            after = {a for (day, _), a in self._line.onward.get(code, ()) if day == end}
            if len(after) != 1 or code in after:
                return
            code, since = after.pop(), end
            yield since, code

    def _end(self, code: str, on: date) -> date | None:
        """Until when the code is in use without a break from ``on`` on; None where it is not in use on that day. A new name is no break."""
        day = max(on, BEGINNING)
        found: date | None = None
        for since, until in sorted(self._line.spans.get(code, ()), key=lambda s: s[0]):
            if (since <= day if found is None else since == found) and (until is None or until > day):
                found = until or date.max
        return found


def stay_at(household: int, on: date) -> list[Residence]:
    """The household's residence that holds on ``on``, and those after it that it has only because a division got another code: one stay in one
    place. None where it had no residence on that day."""
    rows = list(
        Residence.objects.filter(Q(until=None) | Q(until__gt=on), household=household, withdrawn=None).order_by("since")
    )
    if not rows or rows[0].since > on:
        return []
    first = rows[0]
    codes = Places([first.area, first.other_area]).parts(first.area, first.other_area, first.since, None)
    found = [first]
    for row in rows[1:]:
        if (
            row.since != found[-1].until
            or row.address != first.address
            or (row.since, row.area, row.other_area) not in codes
        ):
            break
        found.append(row)
    return found


def outdated(households: Collection[int]) -> Iterator[tuple[Residence, list[Part]]]:
    """Residences on record whose divisions have other codes on some of their days, with what they are from each such day on."""
    rows = list(Residence.objects.filter(household__in=households, withdrawn=None))
    if not rows:
        return
    places = Places({code for row in rows for code in (row.area, row.other_area)})
    for row in rows:
        first, *later = places.parts(row.area, row.other_area, row.since, row.until)
        changed = later if first == (row.since, row.area, row.other_area) else [first, *later]
        if changed:
            yield row, changed
