"""Imports, a step a page: what and which file, what strange headers mean, what would change, how far it is, what came of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.rules.faults import nearest
from doudi.server.areas.selectors import names_of
from doudi.server.exchange.imports import confirm, give_up, look_again, map_headers, receive
from doudi.server.exchange.kept import alone
from doudi.server.exchange.receiving import PERMISSION, most
from doudi.server.exchange.returned import returned
from doudi.server.exchange.selectors import headers_of, import_of, imports, lines
from doudi.server.exchange.templates import write_blank
from doudi.server.exchange.views import ImportView, What
from doudi.server.jobs.actions import cancel
from doudi.server.jobs.selectors import job, states
from doudi.server.jobs.views import JobView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.web.exchange import forms
from doudi.server.web.exchange.uploads import uploaded
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.fields import options as choices
from doudi.server.web.signed_in import signed_in, status_of, today
from doudi.server.web.words import T, english

STEPS = (
    T("上传", "Hand in"),
    T("对应表头", "Headers"),
    T("预览", "Look at it"),
    T("导入", "Import"),
    T("结果", "Result"),
)
STATES = {
    "reading": ("open", T("正在读取", "being read")), "refused": ("bad", T("文件不能用", "cannot be used")),
    "previewed": ("open", T("等待确认", "to be confirmed")), "importing": ("open", T("导入中", "being imported")),
    "done": ("good", T("已导入", "imported")), "given-up": ("quiet", T("已放弃", "given up")),
}  # fmt: skip
PART = 30


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """Imports to finish, and those that have ended."""
    before = forms.number_of(request.GET.get("before", ""))
    open_ = [] if before else imports(by, unfinished=True, limit=100)
    ended = imports(by, unfinished=False, limit=PART + 1, before=before)
    more = ended[PART - 1].id if len(ended) > PART else None
    live = states([i.job for i in open_ if i.job is not None])
    page = {
        "open": [(i, _state(i, live.get(i.job or 0, ""))) for i in open_], "ended": ended[:PART], "names": names_of({i.area for i in [*open_, *ended]}, today()),
        "states": STATES,
        "ledgers": forms.ledger_names(), "later": bool(before), "forward": forms.page_of(request, before=more) if more else "",
    }  # fmt: skip
    return render(request, "web/exchange/imports.html", page)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, by: Actor) -> HttpResponse:
    """Step 1: what is handed in, for where and from when, and the file."""
    by.require(PERMISSION)
    what: What = "list" if (request.POST or request.GET).get("what") == "list" else "households"
    refused: Refused | None = None
    if request.method == "POST":
        try:
            since = forms.day_of(request.POST.get("since", ""), "since")
            with uploaded(request) as (path, name):
                kept = receive(
                    by=by, path=path, name=name, area=request.POST.get("area", ""), since=since, source=request.POST.get("source", ""),
                    what=what, ledger=request.POST.get("ledger", ""),
                )  # fmt: skip
            return HttpResponseRedirect(f"/imports/{kept.id}", status=303)
        except Refused as error:
            refused = error
    fields = filled(_fields(by, what), request.POST, refused)
    page = {"what": what, "fields": fields, "refused": refused, "steps": STEPS, "most": most() >> 20}
    return render(request, "web/exchange/new.html", page, status=status_of(refused) if refused else 200)


@signed_in
@require_safe
def template(request: HttpRequest, by: Actor) -> HttpResponse:
    """The blank workbook to fill in."""
    by.require(PERMISSION)
    what: What = "list" if request.GET.get("what") == "list" else "households"
    with alone(name="blank.xlsx") as path:
        name = write_blank(path, what, on=today(), lang="en" if english() else "zh")
        return forms.workbook(name, path.read_bytes())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, by: Actor, import_id: int) -> HttpResponse:
    """Where an import is, and what can be done with it now. All acts are sent to this very address: who must sign in first comes back to it."""
    refused: Refused | None = None
    if request.method == "POST":
        try:
            _act(request.POST.get("do", ""), by, import_id)
            return HttpResponseRedirect(f"/imports/{import_id}", status=303)
        except NotFound:
            raise
        except Refused as error:
            refused = error
    found = import_of(by, import_id)
    working = _job(by, found)
    page: dict[str, Any] = {
        "i": found, "refused": refused, "steps": STEPS, "step": _step(found), "job": working, "chip": _state(found, working.state if working else ""),
        "place": names_of([found.area], today())[found.area], "ledger": forms.ledger_names().get(found.ledger) if found.ledger else None,
        "something": bool(found.counts.get("fresh") or found.counts.get("changed")),
        "source": next((s for s in (forms.source_options() if found.source else ()) if s.value == found.source), None),
    }  # fmt: skip
    if found.state in ("previewed", "refused", "done", "importing"):
        page |= _lines(request, by, found)
    return render(request, "web/exchange/import.html", page, status=status_of(refused) if refused else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def headers(request: HttpRequest, by: Actor, import_id: int) -> HttpResponse:
    """Step 2: what headers that nobody knows stand for; said once, it is remembered for the division."""
    found = import_of(by, import_id)
    there = headers_of(by, import_id)
    columns, known = there.columns, there.known
    asked = list(dict.fromkeys([*found.strangers, *(k for k in known if k[0] in columns)]))
    refused: Refused | None = None
    if request.method == "POST":
        sent = {key: request.POST[f"h{n}"] for n, key in enumerate(asked) if f"h{n}" in request.POST}
        meant = {key: "" if column == "-" else column for key, column in sent.items() if column}
        try:
            map_headers(by=by, import_id=import_id, meant=meant)
            return HttpResponseRedirect(f"/imports/{import_id}", status=303)
        except Refused as error:
            refused = error
    rows = []
    for n, (entity, written) in enumerate(asked):
        said = known.get((entity, written))
        guess = said or nearest(written, columns.get(entity, ())) if said != "" else "-"
        value = request.POST.get(f"h{n}", "-" if said == "" else guess or "")
        options = (_choose(), Option("-", "不读取这一列", "leave this column out"), *choices(columns.get(entity, ())))
        field = Field(f"h{n}", f"“{written}”对应", f"“{written}” stands for", "choice", value, options=options)
        rows.append((there.titles.get(entity, entity), field, said is not None))
    page = {"i": found, "rows": rows, "refused": refused, "steps": STEPS, "step": 2}
    return render(request, "web/exchange/headers.html", page, status=status_of(refused) if refused else 200)


@signed_in
@require_safe
def marked(request: HttpRequest, by: Actor, import_id: int) -> HttpResponse:  # noqa: ARG001
    """Their own workbook with the faults marked."""
    return forms.workbook(*returned(by=by, import_id=import_id, which="marked"))


@signed_in
@require_safe
def faults(request: HttpRequest, by: Actor, import_id: int) -> HttpResponse:  # noqa: ARG001
    """The list of faults."""
    return forms.workbook(*returned(by=by, import_id=import_id, which="report"))


def _act(do: str, by: Actor, import_id: int) -> None:
    if do == "confirm":
        confirm(by=by, import_id=import_id)
    elif do == "give-up":
        give_up(by=by, import_id=import_id)
    elif do == "again":
        look_again(by=by, import_id=import_id)
    elif do == "cancel":
        found = import_of(by, import_id)
        if found.job is not None and found.state in ("reading", "importing"):
            cancel(by, found.job)
    else:
        raise Refused("no-act", "没有这种操作。", "There is no such act.")


def _fields(by: Actor, what: str) -> list[Field]:
    place = Field(
        "area", "交来的地区", "Handed in by", "choice", options=forms.area_options(by), required=True,
        hint=T("没有写明居住地的家庭，就当住在这里。", "Households that do not say where they live are taken to live here."),
    )  # fmt: skip
    since = Field(
        "since", "自哪一天起", "Holds from", "date", today().isoformat(), required=True,
        hint=T("文件里说的情况从这一天起算。", "The day from which what the file says holds."),
    )  # fmt: skip
    file = Field(
        "file", "文件（.xlsx）", "File (.xlsx)", "file", required=True, attrs={"accept": ".xlsx,.xlsm"},
        hint=T(f"最大 {most() >> 20} MB。", f"At most {most() >> 20} MB."),
    )  # fmt: skip
    if what == "list":
        ledger = Field(
            "ledger",
            "哪一本台账的名单",
            "Of which ledger",
            "choice",
            options=(_choose(), *forms.ledger_options()),
            required=True,
        )
        return [Field("what", "", "", "hidden", "list"), ledger, place, since, file]
    source = Field(
        "source", "数据来源", "Where it is from", "choice", options=(_choose(), *forms.source_options()), required=True,
        hint=T("同一件事说法不一时，排在前面的来源算数。", "Where two differ, the source that stands first counts."),
    )  # fmt: skip
    return [Field("what", "", "", "hidden", "households"), source, place, since, file]


def _choose() -> Option:
    return Option("", "（请选择）", "(choose)")


def _state(i: ImportView, job: str) -> tuple[str, T]:
    """Its state in a word; work whose job has ended without it has stopped."""
    if i.state in ("reading", "importing") and job not in ("waiting", "running"):
        return "bad", T("停下了", "stopped")
    return STATES[i.state]


def _step(i: ImportView) -> int:
    return {"reading": 3, "refused": 2 if i.strangers else 1, "previewed": 3, "importing": 4}.get(i.state, 5)


def _job(by: Actor, i: ImportView) -> JobView | None:
    """The job that works on it, or that should have."""
    if i.job is None or i.state not in ("reading", "importing"):
        return None
    try:
        return job(by, i.job)
    except NotFound:
        return None


def _lines(request: HttpRequest, by: Actor, i: ImportView) -> dict[str, Any]:
    first = "fault" if i.kinds else "changed" if i.counts.get("changed") else "fresh"
    show = request.GET.get("show", first)
    show = show if show in ("fault", "fresh", "changed") else first
    found, after = lines(by, i.id, kind=show, after=forms.number_of(request.GET.get("after", "")), limit=PART)
    return {"show": show, "lines": found, "forward": forms.page_of(request, show=show, after=after) if after else ""}
