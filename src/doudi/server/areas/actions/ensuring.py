"""Divisions entered in bulk: those that are known already stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from doudi.rules.declared import Area
from doudi.screening.generate.places import VILLAGE, Place
from doudi.server.areas import timeline, verbs
from doudi.server.areas.access import CHANGE, TREE, may_change, proper_name
from doudi.server.areas.actions.sets import put_set
from doudi.server.areas.levels import COUNTY, above, level_above
from doudi.server.areas.models import Division
from doudi.server.areas.shapes import BEGINNING, Ensured, NewDivision
from doudi.server.audit.actions import record
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.alone import alone
from doudi.server.lib.refusals import Refused
from doudi.server.lib.scope import common

_COMMUNITY, _RESETTLED = 1, 51
"""How generated places number urban communities and, in a county's seat, the communities of the resettled."""


def ensure(by: Actor, divisions: Iterable[NewDivision], on: date = BEGINNING) -> Ensured:
    """Adds the divisions of which nothing is known; ``on`` is since when, where one does not say. Names of known ones are not touched, and
    what was merged or ended is not brought back. Raises Refused for a code, a name, or a division above that is not there.
    """
    wanted: dict[str, NewDivision] = {}
    for division in divisions:
        wanted.setdefault(division.code, division)
    with acting(by), transaction.atomic():
        alone(TREE)
        may_change(by, wanted)
        known = ever(wanted)
        new = [d for code, d in sorted(wanted.items()) if code not in known]
        if new:
            begin({d.code: (proper_name(d.name), d.since or on, None) for d in new})
            record(by, verbs.ENSURED, area=common(d.code for d in new), count=len(new), since=on.isoformat())
        return Ensured(len(new), len(known))


def begin(new: dict[str, tuple[str, date, date | None]]) -> None:
    """Stores divisions by code, with name, since and until, that were not there; whoever calls has looked at permissions."""
    upper = ever({c for code in new for c in above(code)}) | set(new)
    for code in new:
        over = level_above(code)
        if over not in upper and len(code) > COUNTY:
            raise Refused(
                "no-parent",
                f"{code} 的上级 {over} 还没有登记，请先登记上级。",
                f"The division above {code}, {over}, is not there yet; enter it first.",
                field="code",
            )
    rows = [
        timeline.row(code, name, timeline.nearest(code, upper), since, until)
        for code, (name, since, until) in new.items()
    ]
    Division.objects.bulk_create(rows, batch_size=timeline.CHUNK)
    timeline.adopt({code: new[code][1] for code in new if len(code) < COUNTY})


def ever(codes: Iterable[str]) -> set[str]:
    """Those of ``codes`` that are or were divisions."""
    return {
        code
        for part in timeline.chunks(set(codes))
        for code in Division.objects.filter(code__in=part).values_list("code", flat=True)
    }


def from_policy(by: Actor, areas: Iterable[Area], places: Sequence[Place] = (), on: date = BEGINNING) -> Ensured:
    """The divisions and sets of divisions that packs name, and the numbered villages and communities of ``places`` (as people are generated
    there). Of several names of one code the longest is taken: 大化瑶族自治县 before 大化. Counties are not demanded to have what is above them.
    """
    by.require(CHANGE)
    areas = list(areas)
    names: dict[str, str] = {}
    for area in areas:
        code = short(area.code)
        if area.code > 0 and len(area.name) > len(names.get(code, "")):
            names[code] = area.name
    resettled: dict[str, list[str]] = {}
    counties: set[int] = set()
    for place in places:
        for number, name in _below(place, seat=place.code // 1_000_000 not in counties):
            code = short(place.code + number)
            names[code] = name
            if "安置" in name:
                resettled.setdefault(short(place.code // 1_000_000 * 1_000_000), []).append(code)
        counties.add(place.code // 1_000_000)
    with acting(by), transaction.atomic():
        alone(TREE)
        done = ensure(by, [NewDivision(code, name) for code, name in names.items()], on)
        for area in areas:
            if area.members:
                kind = "poor-area" if area.name.endswith("片区") else "other"
                put_set(by, kind, area.name, [short(code) for code in area.members], on)
        for county, codes in resettled.items():
            put_set(by, "resettlement", f"{names.get(county, county)}易地搬迁安置点", codes, on)
        return done


def _below(place: Place, *, seat: bool) -> Iterable[tuple[int, str]]:
    for n in range(place.villages):
        yield VILLAGE + n, f"第{n + 1}村"
    for n in range(place.communities):
        yield _COMMUNITY + n, f"第{n + 1}社区"
    for n in range(3 if seat else 0):
        yield _RESETTLED + n, f"第{n + 1}安置社区"


def short(code: int) -> str:
    """A pack's code of twelve digits as ours: without the zeros that fill it up."""
    text = f"{code:012d}"
    for length, zeros in ((12, "000"), (9, "000"), (6, "00"), (4, "00")):
        if not text[:length].endswith(zeros):
            return text[:length]
    return text[:2]
