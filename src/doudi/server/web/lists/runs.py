"""Screenings: begun for an area and a month, watched, looked at, compared with one another."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.server.areas.selectors import names_of
from doudi.server.decisions.running.differences import KINDS
from doudi.server.decisions.selectors import difference, run, runs, snapshot
from doudi.server.decisions.selectors.differences import Differences
from doudi.server.decisions.views import RunView
from doudi.server.jobs.actions import start
from doudi.server.jobs.selectors import jobs
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.registry.selectors.rolls import households_by_id, people_by_id
from doudi.server.rolls.selectors import office
from doudi.server.web.area_choice import area_field, near_names
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.lists.names import Names
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import T

_LIMIT = 50
_FIRST = date(2000, 1, 1)
_RECEIPTS = T(
    "请先导入这个月的领取记录；没有领取记录时，应享的都会列为应保未保。",
    "Import that month's receipts first: without them all who are due stand as missed.",
)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, by: Actor) -> HttpResponse:
    """The screenings there are, what runs now, and the form to begin one."""
    by.require("screening.read")
    on = today()
    refused: Refused | None = None
    if request.method == "POST":
        by.require("screening.run")
        try:
            month = _month(request.POST.get("month", ""), on)
            area = request.POST.get("area", "") or office(by)
            start(by, "screening", params={"as_of": month.isoformat()}, area=area)
        except NotFound:
            raise
        except Refused as error:
            if type(error) is not Refused:
                raise
            refused = error
        else:
            return _see("/lists/runs")
    typed = {} if refused is None else request.POST
    fields = filled(
        [
            area_field(by, "", on),
            Field("month", "哪个月", "Which month", kind="month", value=f"{on:%Y-%m}", hint=_RECEIPTS),
        ],
        typed,
        refused,
    )
    found = runs(by, before=_number(request.GET.get("before", "")), limit=_LIMIT + 1)
    more, found = len(found) > _LIMIT, found[:_LIMIT]
    under_way = [j for j in jobs(by, kind="screening", limit=10) if not j.ended or j.state == "failed"]
    page: dict[str, Any] = {
        "runs": [(r, _before(r, found), *_size(r)) for r in found], "fields": fields if by.allows("screening.run") else [],
        "refused": refused,
        "jobs": [j for j in under_way if not j.ended or j.id == max(x.id for x in under_way)], "names": _areas({r.area for r in found}, on),
        "forward": f"?before={found[-1].id}" if more else "", "choices": _choices(found, on),
    }  # fmt: skip
    return render(request, "web/lists/runs.html", page, status=422 if refused else 200)


@signed_in
@require_safe
def run_page(request: HttpRequest, by: Actor, run_id: int) -> HttpResponse:
    """One screening: of whom, when, under what policy, how many, and under which digest its answers stand."""
    one = run(by, run_id)
    others = [r for r in runs(by, limit=_LIMIT) if r.id != one.id]
    households, people = _size(one)
    page = {
        "run": one, "snapshot": snapshot(by, one.snapshot), "names": _areas({one.area}, today()), "earlier": _before(one, others),
        "choices": _choices(others, today()), "households": households, "people": people, "own": one.rows is not None,
    }  # fmt: skip
    return render(request, "web/lists/run.html", page)


@signed_in
@require_safe
def compare(request: HttpRequest, by: Actor) -> HttpResponse:
    """What changed from one screening to another, summed up by division and answer by answer."""
    by.require("screening.read")
    on, words = today(), request.GET
    area = words.get("area", "")
    chooser = area_field(by, area, on)
    before, after = (_number(words.get(k, "")) for k in ("before", "after"))
    found = runs(by, limit=_LIMIT)
    page: dict[str, Any] = {
        "chooser": chooser,
        "choices": _choices(found, on),
        "before": before,
        "after": after,
        "area": area,
    }
    if before is not None and after is not None:
        offset = min(_number(words.get("from", "")) or 0, 1_000_000)
        told = difference(by, before, after, area=area, level=_level(by, area), limit=_LIMIT, offset=offset)
        page |= _told(by, told, on)
        query = {"before": before, "after": after} | ({"area": area} if area else {})
        page |= {
            "found": told, "one": run(by, before), "other": run(by, after), "from": offset,
            "back": f"?{urlencode(query | {'from': max(0, offset - _LIMIT)})}" if offset else "",
            "forward": f"?{urlencode(query | {'from': offset + _LIMIT})}" if offset + _LIMIT < told.count else "",
        }  # fmt: skip
    return render(request, "web/lists/compare.html", page)


def _told(by: Actor, told: Differences, on: date) -> dict[str, Any]:
    names = Names.of(on)
    homes = households_by_id(by, sorted({d.household for d in told.rows}), on=on)
    people = people_by_id(by, sorted({d.person for d in told.rows if d.person}))
    kinds = {zh: T(zh, en) for zh, en in KINDS.items()}
    answers = {0: T("不享受", "no"), 1: T("享受", "yes"), 2: T("未定", "not settled"), -1: T("不在册", "not there")}
    return {
        "sums": [(s, kinds.get(s.kind, T(s.kind, s.kind)), names.programmes.get(s.programme, T("家庭类别", "class"))) for s in told.sums],
        "rows": [
            {
                "d": d, "home": homes.get(d.household), "person": people.get(d.person or 0), "kind": kinds.get(d.kind, T(d.kind, d.kind)),
                "programme": names.programmes.get(d.programme, T("家庭类别", "class")), "was": answers[d.granted_before], "now": answers[d.granted_after],
            }
            for d in told.rows
        ],
        "names": near_names({d.area for d in told.rows} | {s.area for s in told.sums}, on),
    }  # fmt: skip


def _size(one: RunView) -> tuple[int | None, int | None]:
    """Households and people screened; None where the reader answers for a part of them only."""
    rows = one.rows or {}
    return rows.get("household"), rows.get("person")


def _before(one: RunView, found: list[RunView]) -> RunView | None:
    """The screening of the same area that came before."""
    earlier = [r for r in found if r.area == one.area and r.id < one.id]
    return max(earlier, key=lambda r: r.id) if earlier else None


def _choices(found: list[RunView], on: date) -> tuple[Option, ...]:
    names = _areas({r.area for r in found}, on)
    return tuple(
        Option(str(r.id), f"{r.as_of} {names[r.area].zh}（筛查 {r.id}）", f"{r.as_of} {names[r.area].en} (run {r.id})")
        for r in found
    )


def _areas(codes: set[str], on: date) -> dict[str, T]:
    names = names_of({c for c in codes if c}, on)
    return {c: T(names[c], names[c]) if c else T("全部地区", "everywhere") for c in codes}


def _level(by: Actor, area: str) -> int:
    """Sums are given by the divisions below the one that is looked at."""
    return {0: 2, 2: 4, 4: 6, 6: 9, 9: 12, 12: 15}.get(len(area or office(by)), 15)


def _month(text: str, on: date) -> date:
    try:
        found = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        found = None
    if found is None or not _FIRST <= found <= on:
        raise Refused(
            "bad-month",
            "请选本月或以前的月份，写成 2024-07 这样。",
            "Choose this month or an earlier one, written like 2024-07.",
            field="month",
        )
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _see(where: str) -> HttpResponse:
    response = HttpResponseRedirect(where)
    response.status_code = 303
    return response
