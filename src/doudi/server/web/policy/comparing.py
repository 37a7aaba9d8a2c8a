"""Two days, or two places, side by side."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from doudi.server.lib.actor import Actor
from doudi.server.policybook.browse import shelf
from doudi.server.policybook.browse.compare import compared
from doudi.server.web.dates import typed_day_or_none
from doudi.server.web.policy.frame import area_field, area_name, asked, code, day_field, places, shown
from doudi.server.web.signed_in import signed_in


@signed_in
@require_safe
def page(request: HttpRequest, by: Actor) -> HttpResponse:
    """What differs between (``on``, ``area``) and (``on2``, ``area2``); without the second, a year before at the same place."""
    first = asked(request, by)
    other_day = typed_day_or_none(request.GET.get("on2", ""), "on2") or _year_before(first.on)
    said = request.GET.get("area2", "")
    other_area = first.area if not said else "" if said == "0" else code(said, "area2")
    before = shelf(by, other_day, first.shelf.lang, first.carry.get("pack", ""))
    found = compared(before, other_area, first.shelf, first.area)
    s = first.shelf
    options = places(by, s, {other_area, first.area}, first.on)
    fields = [
        day_field(other_day, "on2", "哪一天", "On"), area_field(by, s, other_area, other_day, "area2", "哪里", "At", options=options),
        day_field(first.on, "on", "与哪一天比", "Against the day"), area_field(by, s, first.area, first.on, "area", "与哪里比", "Against the place", options=options),
    ]  # fmt: skip
    return shown(
        request, "compare", first,
        {
            "c": found, "fields": fields, "before": (other_day, area_name(s, other_area, other_day)),
            "after": (first.on, first.area_name),
        },
    )  # fmt: skip


def _year_before(on: date) -> date:
    return on.replace(year=on.year - 1, day=min(on.day, 28))
