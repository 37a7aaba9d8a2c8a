"""What is owed to people, and what was overpaid, since a standard or the record of the past was corrected."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.server.areas.selectors import names_of
from doudi.server.decisions.selectors import repricing_ledger, repricings
from doudi.server.lib.actor import Actor
from doudi.server.policybook.naming import Names
from doudi.server.policybook.selectors import policy
from doudi.server.web.fields import Field, Option
from doudi.server.web.policy.frame import code
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.standards.life import TOP
from doudi.server.web.words import T

LIST = ("/standards/ledgers", T("补发和追回", "Back-pay and recovery"))
KINDS = {
    "新增": T("新增", "newly granted"), "停发": T("停发", "stopped"), "金额变动": T("金额变动", "amount changed"),
    "结论变动": T("结论变动", "answer changed"),
}  # fmt: skip
SIZE = 50


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every repricing of the reader's areas, the newest first."""
    found = repricings(by)
    names = names_of({r.area for r in found if r.area}, today())
    return render(
        request,
        "web/standards/ledgers.html",
        {"found": [(r, by.scope.covers(r.area)) for r in found], "names": names, "way": [TOP]},
    )


@signed_in
@require_safe
def one(request: HttpRequest, by: Actor, repricing: int) -> HttpResponse:
    """Its sums, by division, and its lines: one month of one programme of one household or person each."""
    said = request.GET.get("area", "")
    area = code(said) if said else ""
    after = request.GET.get("after", "")
    r, places, lines, more = repricing_ledger(
        by, repricing, area=area, after=int(after) if after.isdigit() and len(after) < 18 else None, limit=SIZE
    )
    codes = {p.area for p in places} | {x.area for x in lines} | ({r.area} if r.area else set())
    names = names_of(codes, today())
    words = policy(r.until).names
    rows = [
        (x, _said(words, x.programme), KINDS.get(x.kind, T(x.kind, x.kind)), names.get(x.area, x.area)) for x in lines
    ]
    options = (
        Option("", "全部", "All"),
        *(Option(p.area, names.get(p.area, p.area), names.get(p.area, p.area)) for p in places),
    )
    query = {k: v for k, v in (("area", area), ("after", str(more or ""))) if v}
    page = {
        "r": r, "rows": rows, "places": [(p, names.get(p.area, p.area)) for p in places], "names": names,
        "fields": [Field("area", "哪里", "Where", "choice", value=area, options=options)],
        "forward": f"/standards/ledger/{repricing}?{urlencode(query)}" if more else "", "way": [TOP, LIST],
        "back": sum(p.back_pay for p in places), "over": sum(p.recovery for p in places),
        # Of a county's ledger a township is told its own part only.
        "months": [(month, told["items"]) for month, told in sorted(r.months.items())] if by.scope.covers(r.area) else [],
    }  # fmt: skip
    return render(request, "web/standards/ledger.html", page)


def _said(words: Names, programme: str) -> T:
    found = words.name(programme)
    return T(found.zh, found.en)
