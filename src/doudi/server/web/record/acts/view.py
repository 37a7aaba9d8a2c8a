"""The page of an act: its form, what would follow, and that it is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Changed, NotFound, Refused
from doudi.server.policybook.selectors import policy
from doudi.server.registry.actions.again import done_before
from doudi.server.registry.selectors.through import whole
from doudi.server.registry.selectors.views import HouseholdView
from doudi.server.web.fields import Field, filled
from doudi.server.web.record.acts import PAGES
from doudi.server.web.record.acts.form import ActPage, Ctx, Rows, Typed
from doudi.server.web.record.asked import gone_to, number, once_of
from doudi.server.web.record.effect import Effect, tried
from doudi.server.web.record.parts import since_then
from doudi.server.web.record.place import near
from doudi.server.web.record.story import names_of_members
from doudi.server.web.record.telling import Teller
from doudi.server.web.signed_in import signed_in, status_of, today


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def act_page(request: HttpRequest, by: Actor, household_id: int, slug: str) -> HttpResponse:
    """One form. Sent with ``try`` it shows what would follow; else the act is done, once, if the household is still as it was seen."""
    page = PAGES[slug]
    by.require(page.permission)
    once = once_of(request)
    before = done_before(by, once) if once and not _trying(request) else None
    if before is not None:
        return gone_to(before, household_id)
    view, known = whole(by, household_id, as_of=today(), numbers=page.numbers)
    ctx = Ctx(by, view, known, today(), Teller(policy(today()), today()), Typed(request.GET))
    fields, rows = page.fields(ctx), page.rows(ctx)
    if request.method != "POST":
        return _shown(request, by, page, view, fields, 200, rows=rows)
    form = Typed(request.POST)
    if _trying(request):
        return _tried(request, page, ctx, fields, rows, form)
    try:
        done = page.do(ctx, form, number(form.text("version")), once)
    except NotFound:
        raise
    except Refused as refused:
        if isinstance(refused, Changed):
            view, _ = whole(by, household_id, as_of=today(), numbers=page.numbers)
        shown = filled(fields, request.POST, refused)
        return _shown(request, by, page, view, shown, status_of(refused), refused, rows=rows)
    return gone_to(done, household_id)


def _trying(request: HttpRequest) -> bool:
    """Whether only what would follow is asked."""
    return "try" in request.POST or bool(request.htmx)  # type: ignore[attr-defined] # set by a middleware


def _tried(
    request: HttpRequest, page: ActPage, ctx: Ctx, fields: list[Field], rows: Rows | None, form: Typed
) -> HttpResponse:
    """What would follow, as a part of the page for a script that asks, else the whole page with it."""
    found: Effect | Refused | None = None
    if page.suppose is not None and ctx.by.allows("decisions.read"):
        try:
            supposed = dict(page.suppose(ctx, form))
            on = supposed.pop("on")
            found = tried(ctx.by, ctx.known, on=on, today=ctx.today, who=names_of_members(ctx.view), **supposed)
        except Refused as refused:
            found = refused
    told: dict[str, Any] = {
        "effect": found if isinstance(found, Effect) else None,
        "cannot": found if isinstance(found, Refused) else None,
    }
    if request.htmx:  # type: ignore[attr-defined] # set by a middleware
        return render(request, "web/record/effect.html", told)
    return _shown(request, ctx.by, page, ctx.view, filled(fields, request.POST), 200, rows=rows, **told)


def _shown(
    request: HttpRequest, by: Actor, page: ActPage, view: HouseholdView, fields: list[Field], status: int, refused: Refused | None = None,
    rows: Rows | None = None, **more: Any
) -> HttpResponse:  # fmt: skip
    changed = refused if isinstance(refused, Changed) else None
    own = [replace(f, attrs=dict(f.attrs)) for f in fields]
    in_rows = {name for row in rows.names for name in row} if rows else set()
    told = {
        "page": page, "view": view, "fields": own, "plain": [f for f in own if f.name not in in_rows],
        "rows": rows.filled({f.name: f for f in own}) if rows else None, "refused": None if changed else refused,
        "changed": changed, "since": since_then(changed, view),
        "tries": page.suppose is not None, "places": near(by, today()) if any("list" in f.attrs for f in fields) else [], **more,
    }  # fmt: skip
    return render(request, "web/record/act.html", told, status=status)
