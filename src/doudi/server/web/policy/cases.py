"""Worked cases: what proves the rules."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.browse import cases as worked
from doudi.server.web.fields import Field, Option
from doudi.server.web.policy.frame import asked, shown, way
from doudi.server.web.signed_in import signed_in
from doudi.server.web.words import T

LIST = ("/policy/cases", T("案例", "Cases"))
SIZE = 40


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """All cases, or those of a pack or about a programme; ``name`` opens the one of that name."""
    page = asked(request, by)
    programme, pack, name = (request.GET.get(n, "") for n in ("programme", "pack", "name"))
    found = worked.cases(page.shelf, programme=programme, pack=pack)
    found = [c for c in found if c.name == name] if name else found
    start = min(_whole(request.GET.get("from", "0")), max(len(found) - 1, 0))
    s = page.shelf
    fields = [
        Field("programme", "项目", "Programme", "choice", value=programme, options=(
            Option("", "全部项目", "All programmes"), *(Option(p.name, p.name, p.en) for p in s.book.programmes))),
        Field("pack", "规则包", "Pack", "choice", value=pack, options=(
            Option("", "全部规则包", "All packs"), *(Option(p.name, p.info.zh, p.info.en) for p in worked.packs(s)))),
    ]  # fmt: skip
    rows = [(c, [s.ref("programme", n) for n in c.about]) for c in found[start : start + SIZE]]

    def at(n: int) -> str:
        asked_ = {"programme": programme, "pack": pack, **page.carry, "from": str(n)}
        return f"/policy/cases?{urlencode({k: v for k, v in asked_.items() if v})}"

    return shown(
        request, "cases", page,
        {
            "rows": rows, "total": len(found), "fields": fields, "forward": at(start + SIZE) if start + SIZE < len(found) else "",
            "back": at(max(0, start - SIZE)) if start else "",
        },
    )  # fmt: skip


@signed_in
@require_safe
def one(request: HttpRequest, by: Actor) -> HttpResponse:
    """A case: its facts, what must come out with the arithmetic, and why the rules say so."""
    page = asked(request, by)
    found = worked.case(page.shelf, request.GET.get("pack", ""), request.GET.get("name", ""))
    why = [(page.shelf.ref("programme", name), html) for name, html in found.explained]
    return shown(request, "case", page, {"c": found, "why": why, "way": way(page, LIST)})


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Refused("no-number", "页码不对。", "That is no page.")
    return int(text)
