"""The record of acts: searched, read, and verified in the background."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.server.areas.selectors import names_of
from doudi.server.audit.actions import look_up
from doudi.server.audit.chain import length
from doudi.server.audit.selectors import READ, Page, Search, count, entry
from doudi.server.jobs.actions import start
from doudi.server.jobs.selectors import jobs
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.operations.chain_state import chain_state
from doudi.server.web.dates import typed_day_or_none
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import T

KINDS = (
    Option("", "全部", "All"), Option("registry.", "档案", "Registry"), Option("duplicates.", "查重", "Duplicates"),
    Option("decisions.", "认定和筛查", "Decisions"), Option("exchange.", "导入导出", "Import and export"),
    Option("policybook.", "政策和标准", "Policy"), Option("accounts.", "账号和岗位", "Accounts"), Option("areas.", "区划", "Divisions"),
    Option("jobs.", "任务", "Jobs"), Option("audit.", "操作记录", "The record itself"), Option("keys.", "密钥", "Keys"),
)  # fmt: skip
"""Beginnings of the verbs' codes: the apps that write."""
FIELDS = (
    Field("since", "从", "From", "date"),
    Field("until", "到", "To", "date"),
    Field("verb", "哪一类", "What kind", "choice", options=KINDS),
    Field("name", "经办人", "Who acted"),
    Field("household", "户的系统号", "Household (system number)", "number"),
    Field("person", "人的系统号", "Person (system number)", "number"),
    Field("area", "区划代码", "Division code", "number"),
    Field("text", "句子里的词", "Words in the sentence"),
)


@signed_in
@require_safe
def search(request: HttpRequest, by: Actor) -> HttpResponse:
    """A page of acts, the latest first. Looking is itself on record."""
    by.require(READ)
    refused: Refused | None = None
    page, total = Page((), None), (0, True)
    try:
        what = asked(request.GET)
        page = look_up(by, what, before=_number("before", request.GET))
        total = count(by, what)
    except Refused as error:
        refused = error
    names = names_of({e.area for e in page.entries if e.area}, today())
    shown = {
        "fields": filled(FIELDS, request.GET, refused), "refused": refused, "page": page, "total": total, "names": names,
        "older": _with(request.GET, before=page.older) if page.older else "", "state": chain_state(today()), "entries": length(),
        "verifying": next((j for j in jobs(by, kind="audit-verify", limit=5)), None),
    }  # fmt: skip
    return render(request, "web/audit/search.html", shown, status=422 if refused else 200)


@signed_in
@require_safe
def one(request: HttpRequest, by: Actor, seq: int) -> HttpResponse:
    """One act with all that was kept of it."""
    found = entry(by, seq)
    names = names_of({found.area} - {""}, today())
    return render(
        request,
        "web/audit/entry.html",
        {"entry": found, "names": names, "way": [("/audit", T("操作记录", "Record of acts"))]},
    )


@signed_in
@require_POST
def verify(_: HttpRequest, by: Actor) -> HttpResponse:
    """Begins to read the whole record in the background."""
    by.require(READ)
    return redirect(f"/jobs/{start(by, 'audit-verify', total=length()).id}")


def asked(given: QueryDict) -> Search:
    """What the form asks for. Raises Refused for dates and numbers that are none."""
    return Search(
        name=given.get("name", "").strip(), household=_number("household", given), person=_number("person", given),
        verb=given.get("verb", "") if given.get("verb", "") in {k.value for k in KINDS} else "", since=typed_day_or_none(given.get("since", ""), "since"),
        until=typed_day_or_none(given.get("until", ""), "until"), area=given.get("area", "").strip(), text=given.get("text", "").strip(),
    )  # fmt: skip


def _number(name: str, given: QueryDict) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Refused("no-number", "这里要填系统号，全是数字。", "This is a system number, all digits.", field=name)
    return int(text)


def _with(given: QueryDict, **more: Any) -> str:
    """The same question for another page."""
    query = given.copy()
    for name, value in more.items():
        query[name] = str(value)
    return f"/audit?{query.urlencode()}"
