"""A fact stated where it stands: the question, what would follow while it is typed, and that it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from doudi.screening.facts import Column, EntityFacts
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of
from doudi.server.lib.refusals import Changed, NotFound, Refused
from doudi.server.policybook.selectors import policy
from doudi.server.registry.actions import state
from doudi.server.registry.checks import HOUSEHOLD, PERSON
from doudi.server.registry.facts import Decided, Said
from doudi.server.registry.selectors.through import Supposing, Through, whole
from doudi.server.registry.selectors.views import HouseholdView
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.record.acts.form import Typed, evidence_field, why_field
from doudi.server.web.record.asked import gone_to, number, once_of
from doudi.server.web.record.effect import Effect, tried
from doudi.server.web.record.parts import since_then
from doudi.server.web.record.story import names_of_members
from doudi.server.web.record.telling import Teller
from doudi.server.web.record.values import (
    MORE,
    at_field,
    completeness_field,
    read_table,
    read_value,
    table_rows,
    value_fields,
)
from doudi.server.web.signed_in import signed_in, status_of, today
from doudi.server.web.words import T


@dataclass(frozen=True)
class Asking:
    """One fact, or one linked table, of the household (``person`` None) or a member, that is to be stated."""

    view: HouseholdView
    known: Through
    person: int | None
    name: str
    column: Column | None
    child: EntityFacts | None
    now: Decided | None
    tell: Teller
    slip: Said | None = None
    """What the same official took down today of this alone: very likely what is to be put right."""

    @property
    def label(self) -> str:
        return self.tell.fact(self.column.fact.entity, self.name) if self.column else self.tell.name(self.name)

    @property
    def who(self) -> str:
        return names_of_members(self.view).get(self.person, "") if self.person else ""

    @property
    def table(self) -> Mapping[str, Any] | None:
        """The rows to begin with; where words disagree those that were taken down last, so that nobody types them again."""
        if self.now is None:
            return None
        rows = self.now.by.value if self.now.disputed else self.now.value
        return rows if isinstance(rows, Mapping) else None

    def instead_of(self, form: Typed) -> int | None:
        """The statement that what is typed takes the place of, if it is to. What another source says stands beside it."""
        same = self.slip is not None and form.text("source") == self.slip.source
        return self.slip.id if self.slip is not None and same and form.text("instead") else None

    def read(self, form: Typed) -> dict[str, Any]:
        """``values`` or ``tables`` of the statement to be. Raises Refused."""
        if self.column is not None:
            return {"values": {self.name: read_value(self.column, form)}}
        assert self.child is not None
        return {"tables": {self.name: read_table(self.child, form)}}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def fact_page(request: HttpRequest, by: Actor, household_id: int) -> HttpResponse:
    """The question for one fact; what is sent is stated by one act, if the household is still as it was seen, and can be undone."""
    by.require("registry.change")
    asking = _asking(by, household_id, request)
    if request.method != "POST":
        return _shown(request, asking, None, 200)
    form = Typed(request.POST)
    if "try" in request.POST:
        return _shown(request, asking, form, 200, found=_tried(by, asking, form))
    if "more" in request.POST:
        return _shown(request, asking, form, 200, more=MORE)
    try:
        done = state(
            by=by, source=form.text("source"), on=form.on("since"), until=form.day("until", needed=False), evidence=form.text("evidence"),
            household=None if asking.person else household_id, person=asking.person, version=number(form.text("version")),
            why=form.text("why"), once=once_of(request), instead_of=asking.instead_of(form), **asking.read(form),
        )  # fmt: skip
    except NotFound:
        raise
    except Refused as refused:
        if isinstance(refused, Changed):
            asking = _asking(by, household_id, request)
        return _shown(request, asking, form, status_of(refused), refused=at_field(refused, asking.name))
    return gone_to(replace(done, household=household_id))


@signed_in
@require_POST
def fact_preview(request: HttpRequest, by: Actor, household_id: int) -> HttpResponse:
    """What would follow from what is typed so far. Nothing is kept."""
    by.require("registry.change")
    asking = _asking(by, household_id, request)
    found = _tried(by, asking, Typed(request.POST))
    told = {
        "effect": found if isinstance(found, Effect) else None,
        "cannot": found if isinstance(found, Refused) else None,
    }
    return render(request, "web/record/effect.html", told)


def _asking(by: Actor, household_id: int, request: HttpRequest) -> Asking:
    """Raises NotFound for a fact that the pack does not declare, or somebody who is not of the household."""
    given = request.POST if request.method == "POST" else request.GET
    person, name = number(given.get("of", "")), given.get("name", "")
    view, known = whole(by, household_id, as_of=today(), numbers=False)
    chosen = policy(today())
    facts = known.on(today(), {s.code: s.rank for s in chosen.sources})
    tell = Teller(chosen, today())
    entity = HOUSEHOLD if person is None else PERSON
    column, child = tell.columns(entity).get(name), tell.tables(entity).get(name)
    of = next((m for m in facts.members if m.person == person and not m.elsewhere), None)
    if (column is None and child is None) or (person is not None and of is None):
        raise NotFound(
            "no-fact", "没有这一项，或此人不在本户。", "There is no such fact, or the person is not of the household."
        )
    resolved = facts.facts if of is None else of.facts
    now = (resolved.values if column else resolved.tables).get(name)
    return Asking(view, known, person, name, column, child, now, tell, _slip(by, known, now, name))


def _slip(by: Actor, known: Through, now: Decided | None, name: str) -> Said | None:
    if now is None or by.official is None:
        return None
    for word in now.rivals or (now.by,):
        _, said = known.statement(word.statement) or (None, None)
        if said is None or {*said.values, *said.tables} != {name}:
            continue
        if said.official == by.official and day_of(said.recorded) == today():
            return said
    return None


def _tried(by: Actor, asking: Asking, form: Typed) -> Effect | Refused:
    if not by.allows("decisions.read"):
        return Refused("not-allowed", "您的岗位看不到判定。", "Your post does not see decisions.")
    try:
        since = form.on("since")
        said = Supposing(
            form.text("source"), since, asking.person, form.day("until", needed=False), **asking.read(form)
        )
    except Refused as refused:
        return refused
    slip = asking.instead_of(form)
    gone = [slip] if slip is not None else []
    return tried(
        by, asking.known, on=since, today=today(), who=names_of_members(asking.view), stated=[said], withdrawn=gone
    )


def _fields(asking: Asking, on: date) -> list[Field]:
    slip, tell = asking.slip, asking.tell
    value: Any = asking.now.value if asking.now else None
    asked = (
        value_fields(asking.column, value, tell, said=asking.now is not None and not asking.now.disputed)
        if asking.column
        else []
    )
    sources = tell.policy.sources
    listed = tuple(Option(s.code, s.zh, s.en) for s in sources)
    rank = T("排在前面的更可信，两个来源不一致时以它为准", "The first is trusted most and counts where two differ")
    mend = Field(
        "instead", "来源相同时，改正您今天记的那一条", "Of the same source: put right what you took down today", "check", "on"
    )  # fmt: skip
    least = sources[-1].code if sources else ""
    return [
        *asked, *([mend] if slip else []),
        Field("source", "来源", "Source", "choice", slip.source if slip else least, options=listed, hint=rank),
        Field("since", "从哪一天起", "From which day", "date", (slip.since if slip else on).isoformat(), required=True),
        Field("until", "到哪一天为止（不含；没有就空着）", "Until before (empty: no end)", "date"), evidence_field(), why_field(),
    ]  # fmt: skip


def _shown(
    request: HttpRequest, asking: Asking, form: Typed | None, status: int, *, refused: Refused | None = None, found: Effect | Refused | None = None,
    more: int = 0,
) -> HttpResponse:  # fmt: skip
    changed = refused if isinstance(refused, Changed) else None
    fields = _fields(asking, today())
    rows: list[list[Field]] = []
    complete = None
    if asking.child is not None:
        rows = table_rows(asking.child, asking.table, asking.tell, form)
        if form is not None and more:
            rows += table_rows(asking.child, None, asking.tell, None, len(rows) + more)[len(rows) :]
        complete = completeness_field(asking.child, asking.table, asking.tell)
    if form is not None:
        fields = filled(fields, form.data, refused)
        rows = [filled(row, form.data, refused) for row in rows]
        complete = next(iter(filled([complete], form.data, refused)), None) if complete else None
    page = {
        "asking": asking, "view": asking.view, "fields": fields, "rows": rows, "complete": complete, "refused": None if changed else refused,
        "changed": changed, "since": since_then(changed, asking.view),
        "effect": found if isinstance(found, Effect) else None, "cannot": found if isinstance(found, Refused) else None,
        "heads": [asking.tell.fact(asking.child.entity.name, c.fact.name) for c in asking.child.columns] if asking.child else [],
        "part": bool(request.htmx),  # type: ignore[attr-defined] # set by a middleware
    }  # fmt: skip
    return render(request, "web/record/editor.html" if page["part"] else "web/record/fact.html", page, status=status)
