"""What changed standards would do: scenarios made, watched, read, compared, named and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.screening.simulate import AreaEffect, ProgrammeEffect
from doudi.server.areas.selectors import names_of
from doudi.server.decisions.actions import begin_simulation, drop_simulation, name_simulation
from doudi.server.decisions.selectors import simulation, simulations, snapshots
from doudi.server.decisions.views import SimulationView
from doudi.server.jobs.selectors import job as job_of
from doudi.server.jobs.views import JobView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.policybook.browse import Shelf, shelf
from doudi.server.policybook.browse.programmes import PERIODS
from doudi.server.policybook.browse.standards import value_at
from doudi.server.policybook.naming import Names, Said
from doudi.server.policybook.selectors import policy
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.figures.charts import SIZES
from doudi.server.web.policy.frame import area_name, place, short
from doudi.server.web.signed_in import signed_in, status_of, today
from doudi.server.web.simulation.book import written
from doudi.server.web.simulation.charts import KINDS, drawn
from doudi.server.web.standards import lines
from doudi.server.web.words import T, english, said

TOP = ("/simulation", T("测算", "Simulation"))
NOW = "now"
SIZE = 30


@dataclass(frozen=True)
class Area:
    """A township's effect with its name."""

    name: str
    effect: AreaEffect

    @property
    def change(self) -> int:
        return self.effect.cost_after - self.effect.cost_before


@dataclass(frozen=True)
class Pair:
    """Two scenarios at one place; None where one has no such place."""

    name: str
    first: AreaEffect | None
    second: AreaEffect | None


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """Kept scenarios of the reader's areas; two can be chosen to be set side by side."""
    before = request.GET.get("before", "")
    found = simulations(by, limit=SIZE + 1, before=int(before) if before.isdigit() and len(before) < 18 else None)
    names, words = names_of({s.area for s in found if s.area}, today()), policy(today()).names
    page = {
        "rows": [(s, names.get(s.area, s.area) or said("全国", "the whole country"), _standards(s, words)) for s in found[:SIZE]],
        "makes": by.allows("screening.run"), "forward": f"/simulation?before={found[SIZE - 1].id}" if len(found) > SIZE else "",
    }  # fmt: skip
    return render(request, "web/simulation/list.html", page)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, by: Actor) -> HttpResponse:
    """A form for what would change and on whose facts; sent, it is worked out in the background."""
    by.require("screening.run")
    s = _shelf(by)
    if request.method != "POST":
        typed, count = lines.started(s, request.GET.get("standard", ""), place("", by, s))
        return _form(request, by, s, typed, count)
    typed = {k: str(v)[:5_000] for k, v in request.POST.dict().items() if k != "csrfmiddlewaretoken"}
    if "add" in typed or "again" in typed:
        return _form(request, by, s, typed, lines.count_of(typed) + ("add" in typed))
    try:
        chosen = typed.get("snapshot", NOW)
        given = lines.read(s, typed)
        made = begin_simulation(
            by, given, name=typed.get("name", "").strip() or _title(s, given), area=_home(by), as_of=today(),
            snapshot=int(chosen) if chosen.isdigit() and len(chosen) < 18 else None,
        )  # fmt: skip
    except Refused as refused:
        if isinstance(refused, NotFound) or (isinstance(refused, NotAllowed) and refused.code != "outside"):
            raise
        return _form(request, by, s, typed, lines.count_of(typed), refused)
    return redirect(f"/simulation/{made.id}")


@signed_in
@require_safe
def one(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """A scenario: how far it is, or what came of it."""
    s = simulation(by, number)
    page: dict[str, Any] = {
        "s": s, "job": _job(by, s.job) if s.effects is None else None, "changes": _changes(by, s), "way": [TOP], "makes": by.allows("screening.run"),
        "place": area_name(_shelf(by), s.area, today()),
        "others": [x for x in simulations(by, limit=12) if x.id != s.id and x.effects is not None],
    }  # fmt: skip
    if s.effects is not None:
        names, periods = _names(by, s), _periods(by)
        page |= {
            "areas": [Area(names.get(a.area, str(a.area)), a) for a in s.effects.areas], "total": Area("", s.effects.total),
            "programmes": [(p, periods.get(p.programme, "")) for p in s.effects.programmes if _moved(p)], "moves": _moves(by, s),
        }  # fmt: skip
    return render(request, "web/simulation/one.html", page)


@signed_in
@require_safe
def compare(request: HttpRequest, by: Actor) -> HttpResponse:
    """Two scenarios side by side."""
    chosen = [x for x in request.GET.getlist("of") if x.isdigit() and len(x) < 18][:2]
    if len(chosen) != 2:
        raise Refused("two", "请选两个方案来比较。", "Choose two scenarios to compare.")
    both = [simulation(by, int(x)) for x in chosen]
    if any(s.effects is None for s in both):
        raise Refused("not-yet", "有一个方案还没有算完。", "One of them is not worked out yet.")
    effects = [s.effects for s in both if s.effects is not None]
    names = _names(by, both[0]) | _names(by, both[1])
    sides = [{a.area: a for a in e.areas} for e in effects]
    pairs = [
        Pair(names.get(c, str(c)), sides[0].get(c), sides[1].get(c)) for c in sorted(sides[0].keys() | sides[1].keys())
    ]
    totals = Pair(said("合计", "Total"), effects[0].total, effects[1].total)
    programmes: list[tuple[T, ProgrammeEffect | None, ProgrammeEffect | None]] = []
    ours = [{p.programme: p for p in e.programmes} for e in effects]
    for name in dict.fromkeys([*ours[0], *ours[1]]):
        a, b = ours[0].get(name), ours[1].get(name)
        some = a or b
        if some is not None and any(p is not None and _moved(p) for p in (a, b)):
            programmes.append((T(name, some.en), a, b))
    page = {
        "both": [(s, _changes(by, s)) for s in both], "pairs": pairs, "totals": totals, "programmes": programmes, "way": [TOP],
        "same": both[0].snapshot == both[1].snapshot,
    }  # fmt: skip
    return render(request, "web/simulation/compare.html", page)


@signed_in
@require_POST
def rename(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Gives it another name."""
    name_simulation(by, number, request.POST.get("name", ""))
    messages.success(request, str(T("已改名。", "Renamed.")))
    return redirect(f"/simulation/{number}")


@signed_in
@require_POST
def delete(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Removes it."""
    drop_simulation(by, number)
    messages.success(request, str(T("方案已删除。", "The scenario is deleted.")))
    return redirect("/simulation")


@signed_in
@require_safe
def chart(request: HttpRequest, by: Actor, number: int, what: str) -> HttpResponse:
    """Townships as bars."""
    s = simulation(by, number)
    if s.effects is None or what not in KINDS:
        raise NotFound("no-chart", "没有这张图。", "There is no such chart.")
    size = request.GET.get("size", "wide")
    picture = drawn(s.effects, _names(by, s), what, size if size in SIZES else "wide")
    return HttpResponse(picture, content_type="image/svg+xml")


@signed_in
@require_safe
def book(_: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """The same as a workbook to take away."""
    s = simulation(by, number)
    if s.effects is None:
        raise NotFound("no-book", "还没有算完。", "It is not worked out yet.")
    words = _shelf(by).policy
    changes = [(str(name), str(key), where, before, after) for name, key, where, before, after in _changes(by, s)]
    found = written(
        s,
        s.effects,
        changes,
        _names(by, s),
        lambda v: str(_class(words.said_class(v).zh, words.said_class(v).en)),
        today(),
    )
    answer = HttpResponse(found, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="simulation-{s.id}.xlsx"'
    return answer


def _form(
    request: HttpRequest, by: Actor, s: Shelf, typed: Mapping[str, str], count: int, refused: Refused | None = None
) -> HttpResponse:
    taken = [x for x in snapshots(by, limit=50) if x.state == "whole" and by.scope.covers(x.area)][:12]
    names = names_of({x.area for x in taken if x.area}, today())
    options = [
        Option(
            str(x.id),
            f"{x.as_of} {names.get(x.area, '')} {x.households:,} 户",
            f"{x.as_of} {names.get(x.area, '')} {x.households:,} households",
        )
        for x in taken
    ]
    options.append(Option(NOW, "留一份今天的", "Take a new one of today"))
    fields = filled(
        [
            Field("name", "方案名称（空：按改动起名）", "Name (empty: after what is changed)"),
            Field("snapshot", "用哪一份档案", "On which facts", "choice", value=options[0].value, options=tuple(options)),
        ],
        typed, refused,
    )  # fmt: skip
    rows = lines.rows_of(by, s, typed, count, refused)
    page = {
        "rows": rows, "fields": fields, "refused": refused, "all_fields": [*fields, *(f for r in rows for f in r.fields)], "way": [TOP],
        "more": len(rows) < lines.MOST,
    }  # fmt: skip
    return render(request, "web/simulation/form.html", page, status=status_of(refused) if refused else 200)


def _changes(by: Actor, s: SimulationView) -> list[tuple[T, T, str, str, str]]:
    """Standard, kind, place, what held on its day, what it was changed to."""
    book_ = shelf(by, s.as_of, "en" if english() else "zh")
    decls = {d.name: d for d in book_.book.standards}
    out = []
    for x in s.lines:
        decl = decls.get(x.standard)
        name = book_.names.name(x.standard)
        key = book_.names.value_of(decl.by, x.key) if decl is not None and decl.by is not None and x.key else None
        out.append(
            (
                T(name.zh, name.en), T(key.zh, key.en) if key else T(x.key, x.key), area_name(book_, x.area, s.as_of),
                value_at(book_, decl, x.area, x.key) if decl is not None else "", lines.told(book_, x),
            )
        )  # fmt: skip
    return out


def _names(by: Actor, s: SimulationView) -> dict[int, str]:
    """The divisions of a scenario by their twelve-digit codes, as the office calls them; in English where the pack knows how."""
    if s.effects is None:
        return {}
    codes = {a.area: short(a.area) for a in s.effects.areas}
    known = names_of(list(codes.values()), today())
    book_ = _shelf(by).book
    english_names = {a.code: a.en for a in book_.areas} if english() else {}
    return {code: english_names.get(code) or known.get(prefix, prefix) for code, prefix in codes.items()}


def _moves(by: Actor, s: SimulationView) -> list[tuple[T, T, int]]:
    words = _shelf(by).policy
    out = []
    for a, b, n in s.effects.moves if s.effects is not None else ():
        first, second = words.said_class(a), words.said_class(b)
        out.append((_class(first.zh, first.en), _class(second.zh, second.en), n))
    return out


def _periods(by: Actor) -> dict[str, str]:
    """What each programme's sums are for: a month, a year, once."""
    s = _shelf(by)
    return {p.name: s.pick(*PERIODS[p.period]) for p in s.book.programmes}


def _class(zh: str, en: str) -> T:
    return T("未定", "not settled") if zh == "?" else T(zh, en)


def _moved(p: ProgrammeEffect) -> bool:
    return bool(p.newly or p.no_longer or p.cost_before != p.cost_after)


def _standards(s: SimulationView, words: Names) -> list[Said]:
    return [words.name(x) for x in dict.fromkeys(x.standard for x in s.lines)]


def _title(s: Shelf, given: tuple[Any, ...]) -> str:
    parts = [f"{x.standard}{x.key and f'（{x.key}）'} {lines.told(s, x)}" for x in given[:3]]
    return "；".join(parts)[:110]


def _home(by: Actor) -> str:
    own = by.scope.prefixes
    return own[0] if len(own) == 1 else ""


def _job(by: Actor, number: int | None) -> JobView | None:
    try:
        return job_of(by, number) if number is not None else None
    except NotFound:
        return None


def _shelf(by: Actor) -> Shelf:
    return shelf(by, today(), "en" if english() else "zh")
