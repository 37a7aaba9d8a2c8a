"""A household comes on record, all at once; who may be on record already is shown while names and numbers are typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from doudi.server.areas.selectors import names_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.selectors import policy
from doudi.server.registry.actions import NewMember, register_household
from doudi.server.registry.duplicates.core.evidence import sentence
from doudi.server.registry.duplicates.entry import Candidate, Entered, on_entry
from doudi.server.registry.selectors.through import Through
from doudi.server.registry.selectors.views import HouseholdView
from doudi.server.web.fields import Field, filled
from doudi.server.web.record.acts.form import Ctx, Typed, evidence_field, on_field, why_field
from doudi.server.web.record.acts.homes import place_fields
from doudi.server.web.record.acts.people import new_member, person_fields
from doudi.server.web.record.asked import day, gone_to, number, once_of
from doudi.server.web.record.place import near, place
from doudi.server.web.record.telling import Teller
from doudi.server.web.signed_in import signed_in, status_of, today
from doudi.server.web.words import T, english

MOST = 30
"""People that one form takes."""
AT_FIRST, MORE = 3, 3
NOBODY = Through(0, None, (), (), {}, {}, "", "")


@dataclass(frozen=True)
class Row:
    """The questions for one member; ``on_record`` is set where the form says that it is somebody on record."""

    n: int
    fields: list[Field]
    on_record: str


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def register_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """All that is known at the counter: where, who, how they are related. The first is the head unless another is ticked."""
    by.require("registry.change")
    ctx = _ctx(by, request)
    form = Typed(request.POST)
    if request.method != "POST":
        return _shown(request, ctx, None, count=AT_FIRST, status=200)
    rows = min(max(number(form.text("rows")) or AT_FIRST, 1), MOST)
    if "more" in request.POST:
        return _shown(request, ctx, form, min(rows + MORE, MOST), 200)
    try:
        on = form.on()
        members = _members(ctx, form, rows)
        if not members:
            raise Refused("no-members", "请至少填写一名成员。", "Give at least one member.", field="m0-name")
        done = register_household(
            by=by, area=place(by, form.text("area"), on, "area"), members=members, on=on, number=form.text("number"),
            other_area=place(by, form.text("other_area"), on, "other_area"), address=form.text("address"), why=form.text("why"), once=once_of(request),
        )  # fmt: skip
    except Refused as refused:
        return _shown(request, ctx, form, rows, status_of(refused), _of_one(refused, form, rows))
    return gone_to(done)


@signed_in
@require_POST
def entry_part(request: HttpRequest, by: Actor) -> HttpResponse:
    """Who on record may be the person whose row is being typed (``row``: the prefix of its fields)."""
    form = Typed(request.POST)
    prefix = form.text("row")
    name, typed_number = form.text(f"{prefix}name"), form.text(f"{prefix}id")
    found: list[Candidate] = []
    if len(name) > 1 or len(typed_number) >= 15:
        contacts = {"phone": form.text(f"{prefix}phone")} if form.text(f"{prefix}phone") else {}
        area = form.text("area").split(" ", 1)[0]
        entered = Entered(
            name, form.text(f"{prefix}sex"), day(form.text(f"{prefix}born")), typed_number, area if area.isdigit() else "", contacts=contacts
        )  # fmt: skip
        found = on_entry(by, entered, on=today(), limit=5)
    names = names_of({c.area for c in found}, today())
    told = [(c, [sentence(e.stored(), "en" if english() else "zh") for e in c.evidence]) for c in found]
    return render(
        request,
        "web/record/part_entry.html",
        {"found": told, "names": names, "prefix": prefix, "household": number(form.text("household"))},
    )


def _ctx(by: Actor, request: HttpRequest) -> Ctx:
    nobody = HouseholdView(
        0, "", "", "", "", closed=False, version=0, members=(), enrolments=(), as_of=today(), knowing=None
    )
    return Ctx(by, nobody, NOBODY, today(), Teller(policy(today()), today()), Typed(request.GET))


def _members(ctx: Ctx, form: Typed, rows: int) -> list[NewMember]:
    head = form.text("head")
    found = []
    for n in range(rows):
        prefix = f"m{n}-"
        if form.text(f"{prefix}name") or form.key(f"{prefix}person"):
            try:
                found.append(new_member(ctx, form, prefix, head=head == str(n)))
            except Refused as refused:
                raise _in_row(refused, prefix) from None
    return found


def _in_row(refused: Refused, prefix: str) -> Refused:
    if refused.field and not refused.field.startswith(prefix):
        refused.field = prefix + refused.field
    return refused


def _of_one(refused: Refused, form: Typed, rows: int) -> Refused:
    """What is wrong with somebody's number or relation stands in their row, where one row alone can be meant."""
    named = (
        [n for n in range(rows) if form.text(f"m{n}-{refused.field}")]
        if refused.field in ("id", "phone", "relation", "name")
        else []
    )
    return _in_row(refused, f"m{named[0]}-") if len(named) == 1 else refused


def _rows(ctx: Ctx, form: Typed | None, count: int) -> list[Row]:
    out = []
    for n in range(count):
        prefix = f"m{n}-"
        asked = [replace(f, required=f.required and n == 0) for f in person_fields(ctx, prefix)]
        asked.append(
            Field(f"{prefix}relation", "与户主的关系", "Relation to the head", "choice", options=ctx.relation_options())
        )
        out.append(Row(n, asked, form.text(f"{prefix}person") if form is not None else ""))
    return out


def _shown(
    request: HttpRequest, ctx: Ctx, form: Typed | None, count: int, status: int, refused: Refused | None = None
) -> HttpResponse:
    where: list[Field] = [
        *place_fields(), on_field("从哪一天起", "From which day", _today(ctx.today)),
        Field("number", "户编号", "Household number", "text", hint=T("空着就自动编号", "empty: one is given"), attrs={"autocomplete": "off"}),
    ]  # fmt: skip
    also: list[Field] = [ctx.source_field(), evidence_field(), why_field()]
    rows = _rows(ctx, form, count)
    if form is not None:
        where, also = filled(where, form.data, refused), filled(also, form.data, refused)
        rows = [replace(r, fields=filled(r.fields, form.data, refused)) for r in rows]
    every = [*where, *(f for r in rows for f in r.fields), *also]
    page: dict[str, Any] = {
        "where": where, "rows": rows, "also": also, "every": every, "refused": refused, "count": count, "head": form.text("head") if form else "0",
        "places": near(ctx.by, ctx.today),
    }  # fmt: skip
    return render(request, "web/record/register.html", page, status=status)


def _today(on: date) -> str:
    return on.isoformat()
