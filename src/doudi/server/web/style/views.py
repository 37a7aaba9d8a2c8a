"""Every part that pages are built of, as it looks now: for whoever builds pages, on screen, on a phone and on paper."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.server.lib.refusals import Refused
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.words import T

FIELDS = (
    Field("name", "姓名", "Name", required=True, hint=T("与身份证一致", "As on the identity card")),
    Field("born", "出生日期", "Date of birth", "date"),
    Field("sum", "月收入", "Income a month", "money", unit=T("元", "yuan")),
    Field("kind", "来源", "Source", "choice", options=(Option("a", "核对", "checked"), Option("b", "申报", "declared"))),
    Field("able", "能自己吃饭吗？", "Can eat without help?", "radio", options=(
        Option("yes", "能", "Yes"), Option("no", "不能", "No"), Option("", "不知道", "Not known"))),
    Field("papers", "带来的材料", "Papers brought", "choices", options=(Option("id", "身份证", "Identity card"), Option("book", "户口簿", "Household register"))),
    Field("sure", "已当面核实", "Checked in person", "check"),
    Field("why", "说明", "Why", "textarea"),
)  # fmt: skip


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    wrong = Refused(
        "sum-wrong",
        "“月收入”要填数字，例如 1200 或 1200.50。",
        "Income is a number such as 1200 or 1200.50.",
        field="sum",
    )
    jobs: list[Any] = [
        SimpleNamespace(id=0, kind_zh="筛查", kind_en="Screening", state=state, done=done, total=100, share=done / 100, remaining=left,
                        cancelling=False, ended=True, zh="第 12 行读不出来。", en="Row 12 cannot be read.")
        for state, done, left in (("waiting", 0, None), ("running", 40, 95), ("done", 100, None), ("failed", 12, None))
    ]  # fmt: skip
    page = {
        "fields": filled(FIELDS, {"sum": "一千二", "able": "no"}, wrong),
        "refused": wrong,
        "jobs": jobs,
        "steps": [T("选文件", "Choose"), T("对表头", "Map"), T("预览", "Preview"), T("导入", "Import")],
        "way": [("/", T("首页", "Home")), ("/style", T("样式", "Style"))],
        "colours": ["ink", "quiet", "accent", "good", "open", "bad", "line", "soft"],
    }
    return render(request, "web/style/style.html", page)
