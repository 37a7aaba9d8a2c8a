"""The documents behind the text: clauses with what implements them, and the measures that are open to a class."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from doudi.server.lib.actor import Actor
from doudi.server.policybook.browse.documents import DONE, IDLE, OPEN, document, documents, measures
from doudi.server.web.fields import Field, Option
from doudi.server.web.policy.frame import asked, shown, way
from doudi.server.web.signed_in import signed_in
from doudi.server.web.words import T

LIST = ("/policy/documents", T("文件和条款", "Documents"))
STATES = (
    Option("", "全部", "All"), Option(OPEN, "未落实", "Not yet"), Option(DONE, "已落实", "Implemented"),
    Option(IDLE, "只作陈述", "States something only"), Option("unclear", "原文不明", "Unclear in the document"),
)  # fmt: skip


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every document that is cited, those with their clauses first."""
    page = asked(request, by)
    return shown(request, "documents", page, {"found": documents(page.shelf)})


@signed_in
@require_safe
def one(request: HttpRequest, by: Actor) -> HttpResponse:
    """A document, clause by clause."""
    page = asked(request, by)
    found = document(page.shelf, request.GET.get("name", ""))
    state = request.GET.get("state", "")
    clauses = [c for c in found.clauses if state in ("", c.state) or (state == "unclear" and c.unclear)]
    field = Field("state", "落实", "State", "choice", value=state, options=STATES)
    return shown(request, "document", page, {"d": found, "clauses": clauses, "fields": [field], "way": way(page, LIST)})


@signed_in
@require_safe
def measures_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """What is open to whom, decided elsewhere."""
    page = asked(request, by)
    groups: dict[str, list[object]] = {}
    for m in measures(page.shelf):
        groups.setdefault(m.group, []).append(m)
    return shown(request, "measures", page, {"groups": list(groups.items())})
