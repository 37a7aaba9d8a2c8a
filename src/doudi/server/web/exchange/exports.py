"""Lists to take away: asking for one, watching it being made, fetching it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.server.areas.selectors import names_of
from doudi.server.exchange.exporting import DAYS, PERMISSION, WHOLE, ask_export, export_of, exports_of, fetch_export
from doudi.server.exchange.exports import COLUMNS, TITLES, What
from doudi.server.exchange.views import ExportView
from doudi.server.jobs.selectors import job, states
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.rolls.asked import asked
from doudi.server.web.exchange import forms
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.ledgers.roll import address, words_of
from doudi.server.web.signed_in import signed_in, status_of, today
from doudi.server.web.words import T, english

PART = 30
_OFFERED: tuple[What, ...] = ("households", "people", "ledger")


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """The reader's own exports."""
    found = exports_of(by, limit=PART + 1, before=forms.number_of(request.GET.get("before", "")))
    more = found[PART - 1].id if len(found) > PART else None
    page = {
        "found": found[:PART], "names": names_of({e.area for e in found if e.area}, today()), "days": DAYS,
        "running": states([e.job for e in found if e.job is not None and e.rows is None]),
        "forward": forms.page_of(request, before=more) if more else "",
    }  # fmt: skip
    return render(request, "web/exchange/exports.html", page)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, by: Actor) -> HttpResponse:
    """First what, then where, when and which columns."""
    by.require(PERMISSION)
    given = request.POST or request.GET
    what: What | None = next((w for w in _OFFERED if w == given.get("what")), None)
    if what is None:
        choices = [(w, *TITLES[w]) for w in _OFFERED]
        return render(request, "web/exchange/export_what.html", {"choices": choices})
    refused: Refused | None = None
    if request.method == "POST":
        try:
            made = ask_export(
                by=by, what=what, on=forms.day_of(given.get("on", ""), "on"), area=given.get("area", ""), ledger=given.get("ledger", ""),
                columns=_columns(request), unmasked=given.get("unmasked") == "on", why=given.get("why", ""), lang="en" if english() else "zh",
                once=given.get("once", ""),
            )  # fmt: skip
            return HttpResponseRedirect(f"/exports/{made.id}", status=303)
        except Refused as error:
            refused = error
    offered = {k: str(v) for k, v in request.GET.items() if k in ("ledger", "area", "on")}
    fields = [replace(f, value=offered.get(f.name, f.value)) for f in _fields(by, what)]
    page = {
        "fields": filled(fields, request.POST, refused), "what": what, "title": T(*TITLES[what]), "refused": refused, "days": DAYS,
    }  # fmt: skip
    return render(request, "web/exchange/export_new.html", page, status=status_of(refused) if refused else 200)


@signed_in
@require_POST
def of_roll(request: HttpRequest, by: Actor) -> HttpResponse:
    """Exactly the lines that a roll lists, made in the background: one step from the list."""
    words = words_of(request)
    made = ask_export(
        by=by, what="roll", on=today(), area=words.get("area", ""), roll=asked(words.get("of", ""), words), lang="en" if english() else "zh",
        once=words.get("once", ""),
    )  # fmt: skip
    return HttpResponseRedirect(f"/exports/{made.id}", status=303)


@signed_in
@require_safe
def one(request: HttpRequest, by: Actor, export_id: int) -> HttpResponse:
    """Whose it is, until when it is kept, and the way to fetch it; how far it is while it is being made."""
    found = export_of(by, export_id)
    working = None
    if found.job is not None and found.rows is None:
        try:
            working = job(by, found.job)
        except NotFound:
            working = None
    columns = [c for c in COLUMNS[found.what] if not found.columns or c.code in found.columns]  # type: ignore[index]
    page = {
        "e": found, "job": working, "place": names_of([found.area], today())[found.area] if found.area else "", "days": DAYS,
        "columns": [str(T(c.zh, c.en)) for c in columns], "again": _again(found),
    }  # fmt: skip
    return render(request, "web/exchange/export.html", page)


@signed_in
@require_safe
def file(request: HttpRequest, by: Actor, export_id: int) -> HttpResponse:  # noqa: ARG001
    """The workbook itself."""
    return forms.workbook(*fetch_export(by=by, export_id=export_id))


def _again(e: ExportView) -> str:
    """Where the same can be asked for anew."""
    if e.filter:
        return address(asked(e.filter["of"], e.filter))
    return f"/exports/new?{urlencode({'what': e.what, 'ledger': e.ledger, 'area': e.area})}"


def _columns(request: HttpRequest) -> tuple[str, ...]:
    chosen = tuple(request.POST.getlist("columns"))
    if not chosen:
        raise Refused("no-columns", "请至少选一列。", "Choose at least one column.", field="columns")
    return chosen


def _fields(by: Actor, what: What) -> list[Field]:
    columns = COLUMNS[what]
    found = [Field("what", "", "", "hidden", what)]
    if what == "ledger":
        choose = Option("", "（请选择）", "(choose)")
        found.append(
            Field(
                "ledger",
                "哪一本台账",
                "Which ledger",
                "choice",
                options=(choose, *forms.ledger_options()),
                required=True,
            )
        )
    found += [
        Field("area", "哪里的", "Where", "choice", options=forms.area_options(by), required=True),
        Field("on", "哪一天的", "As of", "date", today().isoformat(), required=True),
        Field(
            "columns", "要哪些列", "Which columns", "choices", values=tuple(c.code for c in columns), options=tuple(Option(c.code, c.zh, c.en) for c in columns)
        ),
    ]  # fmt: skip
    if any(c.code == "id" for c in columns) and by.allows(WHOLE):
        found += [
            Field(
                "unmasked", "带出完整的身份证号（不遮盖）", "With whole id numbers (not masked)", "check",
                hint=T("谁、为什么、多少人，都记入操作记录。", "Who, why and how many people goes into the record of acts."),
            ),
            Field("why", "为什么要完整号码", "Why whole numbers are needed", hint=T("如：送银行开卡", "such as: for the bank to open accounts")),
        ]  # fmt: skip
    return found
