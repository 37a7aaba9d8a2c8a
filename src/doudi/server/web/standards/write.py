"""Drafting a standard, and changing a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from doudi.server.areas.selectors import name_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused
from doudi.server.policybook import actions
from doudi.server.policybook.actions import Draft
from doudi.server.policybook.browse import Shelf, shelf
from doudi.server.policybook.selectors import proposal, proposals
from doudi.server.policybook.shapes import ProposalView
from doudi.server.web.dates import typed_day_or_none
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.policy.frame import place
from doudi.server.web.signed_in import signed_in, status_of, today
from doudi.server.web.standards import lines
from doudi.server.web.standards.life import TOP
from doudi.server.web.words import T, english


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, by: Actor) -> HttpResponse:
    """An empty draft, or one that begins with a standard's present values."""
    by.require("standards.draft")
    s = _shelf(by)
    if request.method != "POST":
        typed, count = lines.started(s, request.GET.get("standard", ""), place("", by, s))
        typed |= {"proposed_by": _departments(by), "since": _next_month().isoformat()}
        return _form(request, by, s, typed, count)
    typed = _typed(request)
    if "add" in request.POST or "again" in request.POST:
        return _form(request, by, s, typed, lines.count_of(typed) + ("add" in request.POST))
    try:
        made = actions.draft(by, read(s, typed), token=request.POST.get("once", "")[:64])
    except Refused as refused:
        return _refused(request, by, s, typed, refused)
    messages.success(request, str(T("草案已保存。", "The draft is kept.")))
    return redirect(f"/standards/{made.id}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, by: Actor, proposal_id: int) -> HttpResponse:
    """A draft that nobody has approved yet."""
    by.require("standards.draft")
    p = proposal(by, proposal_id)
    s = _shelf(by)
    if request.method != "POST":
        if p.state != "drafted":
            return redirect(f"/standards/{p.id}")
        return _form(request, by, s, _of(s, p), len(p.lines), p)
    typed = _typed(request)
    if "add" in request.POST or "again" in request.POST:
        return _form(request, by, s, typed, lines.count_of(typed) + ("add" in request.POST), p)
    version = typed.get("version", "")
    try:
        actions.redraft(
            by, p.id, read(s, typed), version=int(version) if version.isdigit() and len(version) < 10 else 0
        )
    except Refused as refused:
        return _refused(request, by, s, typed, refused, p)
    messages.success(request, str(T("草案已修改。", "The draft is changed.")))
    return redirect(f"/standards/{p.id}")


def read(s: Shelf, typed: Mapping[str, str]) -> Draft:
    """What was typed as a draft. Raises Refused for a day that is none."""
    since = typed_day_or_none(typed.get("since", ""), "since")
    if since is None:
        raise Refused("empty", "请填写施行日期。", "Say from which day.", field="since")
    replaces = typed.get("replaces", "")
    return Draft(
        typed.get("title", ""), lines.read(s, typed), since, typed.get("basis", ""), typed.get("measured_by", ""),
        tuple(x.strip() for x in typed.get("proposed_by", "").replace("、", "\n").splitlines() if x.strip()), typed_day_or_none(typed.get("until", ""), "until"),
        int(replaces) if replaces.isdigit() and len(replaces) < 18 else None,
    )  # fmt: skip


def _form(
    request: HttpRequest,
    by: Actor,
    s: Shelf,
    typed: Mapping[str, str],
    count: int,
    p: ProposalView | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    rows = lines.rows_of(by, s, typed, count, refused)
    fields = filled(_fields(by), typed, refused)
    page: dict[str, Any] = {
        "rows": rows, "fields": fields, "p": p, "refused": refused, "all_fields": [*fields, *(f for r in rows for f in r.fields)],
        "version": typed.get("version", str(p.version) if p else ""), "more": len(rows) < lines.MOST, "way": [TOP],
    }  # fmt: skip
    return render(request, "web/standards/form.html", page, status=status_of(refused) if refused else 200)


def _refused(
    request: HttpRequest, by: Actor, s: Shelf, typed: Mapping[str, str], refused: Refused, p: ProposalView | None = None
) -> HttpResponse:
    if isinstance(refused, Changed | NotFound) or (isinstance(refused, NotAllowed) and refused.code != "outside"):
        raise refused
    return _form(request, by, s, typed, lines.count_of(typed), p, refused)


def _fields(by: Actor) -> list[Field]:
    published = proposals(by, state="published", limit=40)
    replaceable = [p for p in published if p.replaced_by is None and by.scope.covers(p.area)]
    return [
        Field("title", "名称", "Title", required=True, hint=T("例如 大化县2027年农村低保标准", "as the document will be called")),
        Field("since", "自哪天起施行", "In force from", "date", required=True),
        Field("until", "到哪天为止（空：另行通知）", "Until (empty: further notice)", "date"),
        Field("basis", "依据和测算", "Basis and measurement", "textarea", required=True, hint=T("凭什么文件、按什么方法算出来的", "By which document, measured how")),
        Field("measured_by", "测算单位", "Measured by", required=True),
        Field("proposed_by", "提出单位，一行一个", "Proposed by, one a line", "textarea", required=True,
              hint=T("民政和财政部门共同提出", "Civil affairs and finance, jointly")),
        Field("replaces", "替换哪一份", "Replaces", "choice", options=(
            Option("", "不替换", "None"), *(Option(str(p.id), f"{p.id} {p.title}", f"{p.id} {p.title}") for p in replaceable))),
    ]  # fmt: skip


def _of(s: Shelf, p: ProposalView) -> dict[str, str]:
    return {
        **lines.typed_of(s, p.lines), "title": p.title, "since": p.since.isoformat(), "until": p.until.isoformat() if p.until else "",
        "basis": p.basis, "measured_by": p.measured_by, "proposed_by": "\n".join(p.proposed_by), "replaces": str(p.replaces or ""),
        "version": str(p.version),
    }  # fmt: skip


def _typed(request: HttpRequest) -> dict[str, str]:
    return {k: str(v)[:20_000] for k, v in request.POST.dict().items() if k != "csrfmiddlewaretoken"}


def _shelf(by: Actor) -> Shelf:
    return shelf(by, today(), "en" if english() else "zh")


def _departments(by: Actor) -> str:
    """The two departments of the reader's own division."""
    own = by.scope.prefixes
    name = name_of(own[0], today()) if len(own) == 1 and own[0] else ""
    return f"{name}民政部门\n{name}财政部门"


def _next_month() -> date:
    on = today()
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)
