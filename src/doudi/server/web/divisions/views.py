"""The tree of divisions: one division, what lies below it, what it was, and the changes that can be made to it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.server.areas.actions import RowsRefused, ensure, preview, rename
from doudi.server.areas.selectors import children, history, path, search, sets_of
from doudi.server.areas.shapes import NewDivision, Preview
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.operations.divisions import end, load_workbook, merge, recode, split
from doudi.server.policybook.selectors import unsettled
from doudi.server.web.dates import typed_day
from doudi.server.web.fields import Field, filled
from doudi.server.web.places import typed_place
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import T, said

CHANGE = "areas.change"
_ON = Field("on", "从哪天起", "From", "date", required=True)
_WHY = Field("why", "依据", "Why", hint=T("批复文号等", "Such as the approval's number"))
FORMS: dict[str, tuple[T, tuple[Field, ...]]] = {
    "rename": (T("改名", "Rename"), (Field("name", "新名称", "New name", required=True), _ON, _WHY)),
    "add": (T("在下面新设", "Add below"), (
        Field("new_code", "代码", "Code", "number", required=True), Field("name", "名称", "Name", required=True), _ON)),
    "merge": (T("并入另一个", "Merge into another"), (
        Field("into", "并入哪里", "Into which", required=True, hint=T("代码或名称", "Code or name")), _ON, _WHY)),
    "split": (T("分出一个", "Split one off"), (
        Field("new_code", "新区划的代码", "Code of the new one", "number", required=True), Field("name", "新区划的名称", "Its name", required=True),
        Field("assign", "划给它的下级", "What goes to it", hint=T("下级代码，用空格分开", "Codes of divisions below, with blanks between")), _ON, _WHY)),
    "recode": (T("换代码", "New code"), (Field("new_code", "新代码", "New code", "number", required=True), _ON, _WHY)),
    "end": (T("撤销", "End"), (_ON, _WHY)),
}  # fmt: skip
"""What can be done to a division, and what is asked for it."""


@signed_in
@require_safe
def tree(request: HttpRequest, by: Actor) -> HttpResponse:
    """A division of the scope; none chosen: those with which the scope begins."""
    by.require(CHANGE)
    return _shown(request, by, request.GET.get("code", ""))


@signed_in
@require_POST
def act(request: HttpRequest, by: Actor, act: str) -> HttpResponse:
    """One of ``FORMS`` to the division ``code``. People who live in what changed move with it, in the same act."""
    by.require(CHANGE)
    code = request.POST.get("code", "")
    if act not in ACTS:
        raise NotFound("no-act", "没有这项操作。", "There is no such act.")
    try:
        where = ACTS[act](by, code, request.POST, today())
    except NotFound:
        raise
    except Refused as error:
        return _shown(request, by, code, error, act)
    messages.success(
        request,
        said("已办理，住在那里的人和户一起跟过去了。", "Done; people and households moved with it."),
        extra_tags="good",
    )
    if act == "merge":
        _to_settle(request, by, where, _day(request.POST, today()))
    return redirect(f"/divisions?code={where}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def workbook(request: HttpRequest, by: Actor) -> HttpResponse:
    """A workbook of divisions: looked at first, loaded when told to."""
    by.require(CHANGE)
    refused: Refused | None = None
    faults: tuple[Any, ...] = ()
    plan = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Refused("no-file", "请选择一个 xlsx 文件。", "Choose an xlsx file.", field="file")
            with tempfile.TemporaryDirectory(prefix="doudi-") as folder:
                kept = Path(folder) / "divisions.xlsx"
                with kept.open("wb") as out:
                    for part in file.chunks():
                        out.write(part)
                on = typed_day(request.POST.get("on", ""), "on", today())
                load = request.POST.get("do") == "load"
                plan = (load_workbook if load else preview)(by=by, path=kept, on=on)
                faults = plan.faults
                if load:
                    messages.success(request, said("已导入。", "Loaded."), extra_tags="good")
                    return redirect("/divisions")
        except RowsRefused as error:
            refused, faults = error, error.preview.faults
        except Refused as error:
            refused = error
    fields = filled(
        (
            Field(
                "file",
                "工作簿",
                "Workbook",
                "file",
                required=True,
                hint=T("列：代码、名称", "Columns 代码 (code) and 名称 (name)"),
            ),
            _ON,
        ),
        request.POST,
        refused,
    )
    page = {
        "fields": fields,
        "refused": refused,
        "faults": faults,
        "plan": None if faults else plan,
        "kinds": _counted(plan),
        "way": [("/divisions", T("区划", "Divisions"))],
    }
    return render(request, "web/divisions/import.html", page, status=422 if refused else 200)


def _counted(plan: Preview | None) -> list[tuple[T, int]]:
    """What a workbook would do, by kind."""
    kinds = (("add", T("新设", "New")), ("rename", T("改名", "Renamed")), ("end", T("撤销", "Ended")))
    return (
        [*((said, plan.count(kind)) for kind, said in kinds), (T("不变", "Unchanged"), plan.unchanged)] if plan else []
    )


def _rename(by: Actor, code: str, given: QueryDict, on: date) -> str:
    rename(by=by, code=code, name=given.get("name", ""), on=_day(given, on), why=given.get("why", ""))
    return code


def _add(by: Actor, code: str, given: QueryDict, on: date) -> str:
    new = given.get("new_code", "").strip()
    if not new.startswith(code) or new == code:
        raise Refused("not-below", f"新代码要以 {code} 开头。", f"The new code begins with {code}.", field="new_code")
    ensure(by, [NewDivision(new, given.get("name", ""))], _day(given, on))
    return code


def _merge(by: Actor, code: str, given: QueryDict, on: date) -> str:
    into = typed_place(by, given.get("into", ""), on, "into")
    merge(by=by, codes=[code], into=into, on=_day(given, on), why=given.get("why", ""))
    return into


def _to_settle(request: HttpRequest, by: Actor, into: str, on: date) -> None:
    """Says what was not the same in the divisions that are one now: nothing is picked of it, somebody has to decide."""
    left = list(dict.fromkeys(f"{x.name}（{x.key}）" if x.key else x.name for x in unsettled(by, into, on)))
    if left:
        zh = f"合并前各地的这些标准或片区不一样，系统不替您选：{'、'.join(left)}。请由政策岗为 {into} 另行确定；确定以前，按 {into} 查不到的标准算作未知。"
        en = (
            f"These standards or named areas were not the same before the merger, and none is picked for you: {', '.join(left)}. A policy officer "
            f"has to settle them for {into}; until then a standard that {into} does not have is unknown."
        )
        messages.warning(request, said(zh, en), extra_tags="open")


def _split(by: Actor, code: str, given: QueryDict, on: date) -> str:
    new = given.get("new_code", "").strip()
    split(
        by=by, code=code, into=[NewDivision(new, given.get("name", ""))], assign=dict.fromkeys(given.get("assign", "").split(), new),
        on=_day(given, on), why=given.get("why", ""),
    )  # fmt: skip
    return code


def _recode(by: Actor, code: str, given: QueryDict, on: date) -> str:
    new = given.get("new_code", "").strip()
    recode(by=by, code=code, new_code=new, on=_day(given, on), why=given.get("why", ""))
    return new


def _end(by: Actor, code: str, given: QueryDict, on: date) -> str:
    end(by=by, code=code, on=_day(given, on), why=given.get("why", ""))
    return ""


ACTS: dict[str, Callable[[Actor, str, QueryDict, date], str]] = {
    "rename": _rename, "add": _add, "merge": _merge, "split": _split, "recode": _recode, "end": _end,
}  # fmt: skip


def _day(given: QueryDict, on: date) -> date:
    return typed_day(given.get("on", ""), "on", on)


def _shown(request: HttpRequest, by: Actor, code: str, refused: Refused | None = None, act: str = "") -> HttpResponse:
    on, text = today(), request.GET.get("text", "")
    upper = path(code, on) if code else ()
    forms = [
        (
            name,
            title,
            filled(fields, request.POST if name == act else {}, refused if name == act else None),
            name == act,
        )
        for name, (title, fields) in FORMS.items()
    ]
    page = {
        "here": upper[-1] if upper else None, "below": children(by, code, on), "found": search(by, text, on) if text else (), "text": text,
        "history": history(code) if code else (), "sets": sets_of(code, on) if code else (), "forms": forms, "refused": refused, "today": on,
        "way": [("/divisions", T("区划", "Divisions")), *((f"/divisions?code={d.code}", d.name) for d in upper[:-1] if by.scope.covers(d.code))],
    }  # fmt: skip
    return render(request, "web/divisions/tree.html", page, status=422 if refused else 200)
