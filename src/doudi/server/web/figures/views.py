"""The page of an area, the list behind a figure, charts, the workbook, and counting an older screening."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.server.areas.levels import LEVELS
from doudi.server.areas.selectors import names_of
from doudi.server.decisions.selectors.behind import After, behind
from doudi.server.decisions.selectors.figures import READ, uncounted_run
from doudi.server.decisions.selectors.runs import run as seen_run
from doudi.server.jobs.actions import start
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.policybook.selectors import policy, policy_of
from doudi.server.registry.selectors.named import named_households, named_people
from doudi.server.web.figures import page
from doudi.server.web.figures.book import workbook
from doudi.server.web.figures.charts import SIZES
from doudi.server.web.figures.tables import said_area
from doudi.server.web.figures.targets import facts
from doudi.server.web.figures.telling import MEASURES, figure_name, told_of
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import said

ROWS = 50
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
@require_safe
def mine(_request: HttpRequest, by: Actor) -> HttpResponse:
    """The figures of the reader's own area, the first of several."""
    by.require(READ)
    if not by.scope.prefixes:
        raise NotFound("no-area", "您没有管辖的地区。", "You have no areas.")
    return redirect(f"/figures/{said_area(by.scope.prefixes[0])}")


@signed_in
@require_safe
def area_page(request: HttpRequest, by: Actor, area: str) -> HttpResponse:
    on, of = today(), request.GET.get("of", "")
    d = page.dashboard(by, area, _month(request), on, of=of)
    tables = page.tables(d)
    shown = {
        "d": d,
        "tables": tables,
        "headlines": page.headlines(d),
        "places": page.below(by, d, of, on),
        "charts": {key: page.described(d, t) for key, t in tables.items() if page.drawable(t)},
        "most": page.most(tables["classes"]) if tables else None,
        "said_area": said_area(area),
        "unpaid": list(names_of(d.now.unpaid, on).values()) if d.now and d.now.unpaid else [],
        "may_count": d.uncounted is not None and by.allows("screening.run"),
        "of": of,
    }
    return render(request, "web/figures/area.html", shown)


@signed_in
@require_safe
def list_page(request: HttpRequest, by: Actor, area: str) -> HttpResponse:
    """Who stands behind a figure, as of the month of its screening."""
    asked = request.GET
    run = int(asked["run"]) if asked.get("run", "").isdigit() else 0
    measure, key = asked.get("measure", ""), asked.get("key", "")
    exact = asked.get("exact") == "1"
    # Few digits: a number that no run has is refused as such, not by the database.
    if not 0 < run < 10**15:
        raise NotFound("no-run", "没有这次筛查。", "There is no such screening.")
    found = behind(by, area, run, measure, key, exact=exact, after=_after(asked.get("after", "")), limit=ROWS)
    told = found.run
    words = policy_of(told.policy)
    homes = named_households(by, {r.household for r in found.rows}, on=told.as_of)
    persons = {r.person for r in found.rows if r.person is not None}
    people = named_people(by, persons) if persons else {}
    onward = ""
    if found.after is not None:
        onward = f"?{urlencode({**{k: v for k, v in asked.items() if k != 'after'}, 'after': '-'.join(map(str, found.after))})}"
    shown = {
        "run": told,
        "area": area,
        "said_area": said_area(area),
        "name": names_of([area], told.as_of)[area] if area else str(page.EVERYWHERE),
        "title": figure_name(words, measure, key),
        "rows": [
            (r, homes.get(r.household), people.get(r.person) if r.person else None, words.names.name(r.programme))
            for r in found.rows
        ],
        "told": told_of(
            found.total, claims=measure in MEASURES and not key, of_people=any(r.person is not None for r in found.rows)
        ),
        "of_people": any(r.person is not None for r in found.rows),
        "of_programmes": not key and any(r.programme for r in found.rows),
        "total": found.total,
        "onward": onward,
        "where": _where({r.area for r in found.rows}, area, told.as_of),
    }
    return render(request, "web/figures/list.html", shown)


@signed_in
@require_safe
def chart_image(request: HttpRequest, by: Actor, area: str, name: str) -> HttpResponse:
    size = request.GET.get("size", "wide")
    d = page.dashboard(by, area, _month(request), today())
    table = page.tables(d).get(name)
    if size not in SIZES or name not in page.CHARTS or table is None or not page.drawable(table):
        raise NotFound("no-chart", "没有这张图。", "There is no such chart.")
    return HttpResponse(page.chart(d, name, size), content_type="image/svg+xml; charset=utf-8")


@signed_in
@require_safe
def workbook_file(request: HttpRequest, by: Actor, area: str) -> HttpResponse:
    on = today()
    d = page.dashboard(by, area, _month(request), on)
    if d.now is None:
        raise NotFound(
            "no-figures",
            "这里还没有筛查过，没有数字可以带走。",
            "Nothing was screened here: there are no figures to take away.",
        )
    places = page.below(by, d, "", on)
    tables = [*([places.table] if places else []), *page.tables(d).values()]
    name = said(f"数据 {d.name} {d.now.run.month:%Y-%m}.xlsx", f"figures {area or 'all'} {d.now.run.month:%Y-%m}.xlsx")
    answer = HttpResponse(workbook(d, tables, on, by.name), content_type=_XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


@signed_in
@require_safe
def targets_page(request: HttpRequest, by: Actor, area: str) -> HttpResponse:
    """What the policies want reached beside what the screening found."""
    d = page.dashboard(by, area, _month(request), today())
    shown = {
        "d": d,
        "said_area": said_area(area),
        # What was wanted that day, also where it was written down after the screening.
        "facts": facts(d.now, policy(d.now.run.as_of), d.links) if d.now else [],
        "way": (*d.way, (d.links.figures(area), d.name)),
    }
    return render(request, "web/figures/targets.html", shown)


@signed_in
@require_POST
def count_again(_request: HttpRequest, by: Actor, area: str) -> HttpResponse:
    """Begins to count the newest screening that never was, in the background."""
    run = uncounted_run(by, area)
    if run is None:
        raise NotFound("no-run", "没有等着汇总的筛查。", "No screening waits to be counted.")
    start(by, "figures", params={"run": run}, area=seen_run(by, run).area)
    answer = redirect(f"/figures/{said_area(area)}")
    answer.status_code = 303
    return answer


def _where(codes: Collection[str], area: str, on: date) -> dict[str, str]:
    """Where each division lies within ``area``: township and village for a county."""
    steps = {code: [code[:n] for n in LEVELS if len(area) < n <= len(code)] or [code] for code in codes}
    names = names_of({part for parts in steps.values() for part in parts}, on)
    return {code: " ".join(names[part] for part in parts) for code, parts in steps.items()}


def _month(request: HttpRequest) -> date | None:
    """A month as ``2024-07``; what is none is taken for none."""
    year, _, month = request.GET.get("month", "").partition("-")
    if year.isdigit() and month.isdigit() and len(year) == 4 and 1 <= int(month[:3]) <= 12 and int(year):
        return date(int(year), int(month[:3]), 1)
    return None


def _after(text: str) -> After | None:
    household, _, rest = text.partition("-")
    person, _, programme = rest.partition("-")
    if household.isdigit() and person.isdigit() and len(household) < 19 and len(person) < 19:
        return int(household), int(person), programme
    return None
