"""Lists of other bodies held against our ledgers: handing one in, what does not agree, settling it row by row."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.rules.faults import nearest
from doudi.server.areas.selectors import names_of
from doudi.server.exchange.comparing import comparison, comparisons, sheet
from doudi.server.exchange.comparisons import (
    compare_again,
    drop_comparison,
    hold_against,
    map_list_headers,
    settle_many,
)
from doudi.server.exchange.exporting import ask_export
from doudi.server.exchange.headers import LIST_COLUMNS
from doudi.server.exchange.receiving import PERMISSION, most
from doudi.server.exchange.views import ComparisonView
from doudi.server.jobs.actions import cancel
from doudi.server.jobs.selectors import job
from doudi.server.jobs.views import JobView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.web.exchange import forms
from doudi.server.web.exchange.uploads import uploaded
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.signed_in import signed_in, status_of, today
from doudi.server.web.words import T, english

PART = 40
KINDS = {
    "here": (T("只在我方", "Only here"), T("在我方台账上，对方名单里没有", "on our ledger, not on their list")),
    "there": (T("只在对方", "Only there"), T("在对方名单上，我方台账里没有", "on their list, not on our ledger")),
    "differs": (T("内容不同", "They differ"), T("两边都有，有的列写得不一样", "on both, and some columns differ")),
    "likely": (T("疑似写错号码", "A slip?"), T("姓名和出生日期相同，号码不同", "the same name and birth date, another number")),
}  # fmt: skip
STATES = {
    "open": ("open", T("未办", "open")), "done": ("good", T("已办结", "done")), "dismissed": ("quiet", T("不是差异", "no difference")),
}  # fmt: skip


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """Comparisons of the reader's areas."""
    found = comparisons(by, limit=PART + 1, before=forms.number_of(request.GET.get("before", "")))
    more = found[PART - 1].id if len(found) > PART else None
    page = {
        "found": found[:PART], "names": names_of({c.area for c in found}, today()), "ledgers": forms.ledger_names(), "kinds": KINDS,
        "forward": forms.page_of(request, before=more) if more else "",
    }  # fmt: skip
    return render(request, "web/exchange/comparisons.html", page)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, by: Actor) -> HttpResponse:
    """A list of another body is handed in."""
    by.require(PERMISSION)
    refused: Refused | None = None
    if request.method == "POST":
        asked = request.POST
        try:
            on = forms.day_of(asked.get("on", ""), "on")
            with uploaded(request) as (path, name):
                made = hold_against(
                    by=by, path=path, name=name, body=asked.get("body", ""), ledger=asked.get("ledger", ""), area=asked.get("area", ""), on=on,
                    key=asked.get("key", ""),
                )  # fmt: skip
            return HttpResponseRedirect(f"/imports/comparisons/{made.id}", status=303)
        except Refused as error:
            refused = error
    page = {"fields": filled(_fields(by), request.POST, refused), "refused": refused}
    return render(request, "web/exchange/comparison_new.html", page, status=status_of(refused) if refused else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, by: Actor, comparison_id: int) -> HttpResponse:
    """How the lists differ. All acts are sent to this very address."""
    refused: Refused | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_act(request, by, comparison_id), status=303)
        except NotFound:
            raise
        except Refused as error:
            refused = error
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "open")
    kind, state = kind if kind in KINDS else "", state if state in STATES else ""
    there = sheet(
        by, comparison_id, kind=kind, state=state, after=forms.number_of(request.GET.get("after", "")), limit=PART
    )
    found, counts = there.comparison, there.counts
    page = {
        "c": found, "refused": refused, "job": _job(by, found), "kinds": KINDS, "ledger": forms.ledger_names().get(found.ledger), "rows": there.rows,
        "names": names_of({found.area, *(d.area for d in there.rows if d.area)}, today()), "kind": kind, "state": state, "states": STATES,
        "fields": _headers(found, request) if found.state == "refused" else [],
        "all": {k: sum(n for (x, _), n in counts.items() if x == k) for k in KINDS},
        "settled": sum(n for (_, s), n in counts.items() if s != "open"),
        "forward": forms.page_of(request, after=there.after) if there.after else "",
    }  # fmt: skip
    return render(request, "web/exchange/comparison.html", page, status=status_of(refused) if refused else 200)


def _act(request: HttpRequest, by: Actor, comparison_id: int) -> str:
    """Gives where to go on."""
    here = f"/imports/comparisons/{comparison_id}"
    asked = request.POST
    match asked.get("do", ""):
        case "settle":
            chosen = [n for n in map(forms.number_of, asked.getlist("rows")) if n is not None]
            settle_many(
                by=by, comparison=comparison_id, differences=chosen, state=asked.get("state", ""), why=asked.get("why", "")
            )  # fmt: skip
            return f"{here}?{request.GET.urlencode()}" if request.GET else here
        case "headers":
            found = comparison(by, comparison_id)
            meant = {h: asked.get(f"h{n}", "") for n, h in enumerate(found.strangers)}
            map_list_headers(by=by, comparison=comparison_id, meant=meant)
        case "again":
            compare_again(by=by, comparison=comparison_id)
        case "cancel":
            found = comparison(by, comparison_id)
            if found.state == "reading" and found.job is not None:
                cancel(by, found.job)
        case "drop":
            drop_comparison(by=by, comparison=comparison_id)
            return "/imports/comparisons"
        case "export":
            found = comparison(by, comparison_id)
            made = ask_export(
                by=by, what="comparison", on=found.on, area=found.area, ledger=found.ledger, comparison=found.id, once=asked.get("once", ""),
                lang="en" if english() else "zh",
            )  # fmt: skip
            return f"/exports/{made.id}"
        case _:
            raise Refused("no-act", "没有这种操作。", "There is no such act.")
    return here


def _fields(by: Actor) -> list[Field]:
    choose = Option("", "（请选择）", "(choose)")
    keys = (
        Option("id", "身份证号", "Id number"), Option("name", "姓名和出生日期（名单上没有号码时）", "Name and birth date (where the list has no numbers)")
    )  # fmt: skip
    return [
        Field("body", "名单来自", "The list is from", required=True, hint=T("如：县残联、医保局", "such as the federation of disabled people")),
        Field("ledger", "与哪一本台账比", "Compared with", "choice", options=(choose, *forms.ledger_options()), required=True),
        Field("key", "按什么认人", "People are the same by", "radio", "id", options=keys, required=True),
        Field("area", "比哪里的人", "People of", "choice", options=forms.area_options(by), required=True),
        Field("on", "以哪一天的台账为准", "The ledger as of", "date", today().isoformat(), required=True),
        Field(
            "file", "名单（.xlsx）", "List (.xlsx)", "file", required=True, attrs={"accept": ".xlsx,.xlsm"},
            hint=T(f"最大 {most() >> 20} MB。", f"At most {most() >> 20} MB."),
        ),
    ]  # fmt: skip


def _headers(c: ComparisonView, request: HttpRequest) -> list[Field]:
    options = (Option("", "保留原来的列名", "keep its own name"), *(Option(x, x, x) for x in LIST_COLUMNS))
    return [
        Field(f"h{n}", f"“{h}”是", f"“{h}” is", "choice", request.POST.get(f"h{n}", nearest(h, LIST_COLUMNS) or ""), options=options)
        for n, h in enumerate(c.strangers)
    ]  # fmt: skip


def _job(by: Actor, c: ComparisonView) -> JobView | None:
    if c.job is None or c.state != "reading":
        return None
    try:
        return job(by, c.job)
    except NotFound:
        return None
