"""Standards by place and day, each with its history as a chart and a table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.server.lib.actor import Actor
from doudi.server.policybook.browse.documents import implements
from doudi.server.policybook.browse.standards import KINDS, StandardPage, current, standard
from doudi.server.policybook.selectors import proposals
from doudi.server.web.policy.charts import SIZES, steps
from doudi.server.web.policy.frame import Asked, area_field, area_name, asked, day_field, short, shown, way
from doudi.server.web.signed_in import signed_in
from doudi.server.web.words import T

LIST = ("/policy/standards", T("标准", "Standards"))


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every standard at the place on the day."""
    page = asked(request, by)
    rows = current(page.shelf, page.area)
    named = _places(page, [r.area for r in rows])
    shelves: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for r in rows:
        shelves[r.kind].append((r, named.get(r.area, "")))
    missing = sum(1 for r in rows if r.kind == "standard" and r.why != "found")
    return shown(
        request, "standards", page,
        {
            "shelves": [(T(*KINDS[kind]), found) for kind, found in shelves.items() if found], "missing": missing,
            "fields": [day_field(page.on), area_field(by, page.shelf, page.area, page.on)],
        },
    )  # fmt: skip


@signed_in
@require_safe
def one(request: HttpRequest, by: Actor) -> HttpResponse:
    """A standard through the years at the place."""
    page = asked(request, by)
    found = standard(page.shelf, request.GET.get("name", ""), page.area)
    named = _places(page, [x.area for x in found.spans])
    query = urlencode({**page.carry, "name": found.zh})
    by_key = [
        (label, [(x, named.get(x.area, "")) for x in reversed(found.spans) if x.key == key])
        for key, label in _keys(found)
    ]
    coming = [p for p in proposals(by, standard=found.zh, limit=10) if p.state in ("drafted", "approved")]
    return shown(
        request, "standard", page,
        {
            "x": found, "by_key": by_key, "now": [(label, x) for label, spans in by_key for x, _ in spans if x.now],
            "drawn": drawn(found), "chart": f"/policy/standard/chart.svg?{query}",
            "clauses": implements(page.shelf, found.ref), "coming": coming, "way": way(page, LIST),
            "fields": [day_field(page.on), area_field(by, page.shelf, page.area, page.on)],
            "drafts": by.allows("standards.draft") and found.looked_up,
        },
    )  # fmt: skip


@signed_in
@require_safe
def chart(request: HttpRequest, by: Actor) -> HttpResponse:
    """The same as a picture."""
    page = asked(request, by)
    found = standard(page.shelf, request.GET.get("name", ""), page.area)
    size = request.GET.get("size", "wide")
    picture = steps(
        [(label, [x for x in found.spans if x.key == key]) for key, label in _keys(found)], found.ref.text, page.on,
        size if size in SIZES else "wide",
    )  # fmt: skip
    return HttpResponse(picture, content_type="image/svg+xml")


def drawn(found: StandardPage) -> bool:
    """Whether there is anything to draw: a number that has changed, or two to set beside each other."""
    return sum(1 for x in found.spans if x.number is not None) > 1


def _keys(found: StandardPage) -> list[tuple[str, str]]:
    return list(found.keys) or [("", "")]


def _places(page: Asked, codes: list[int]) -> dict[int, str]:
    return {c: area_name(page.shelf, short(c), page.on) for c in set(codes)}
