"""Parts of a household's page that are fetched when they are looked at; each is also a page of its own, for who has no script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from doudi.screening.lists import KINDS
from doudi.server.decisions.selectors.course import Course, Turn, course_known
from doudi.server.decisions.selectors.listed import Listed, listed
from doudi.server.decisions.selectors.preview import decide_known
from doudi.server.decisions.views import WorkView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Changed, NotFound
from doudi.server.policybook.selectors import policy
from doudi.server.registry.checks import HOUSEHOLD, PERSON
from doudi.server.registry.facts import Resolved
from doudi.server.registry.selectors import Happened, HouseholdView
from doudi.server.registry.selectors.around import OnLedger
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.through import acts_on, whole
from doudi.server.registry.selectors.verbs import HOUSEHOLD_SEEN
from doudi.server.registry.selectors.views import PersonView
from doudi.server.web.record.asked import asked, number
from doudi.server.web.record.deeds import deed
from doudi.server.web.record.effect import changed_words
from doudi.server.web.record.facts import facts_of_subject
from doudi.server.web.record.story import REFUSED, groups, names_of_members, unknowns
from doudi.server.web.record.telling import Teller
from doudi.server.web.signed_in import signed_in
from doudi.server.web.words import T, english

MOST = 100
BATCHES = ("load", "absorb", "recode", "import")
"""Kinds of acts on many households: they are not undone from the page of one."""
_PERSON = re.compile(r"(\d+)号人员|人#(\d+)|\bperson (\d+)")
_HOUSEHOLD = re.compile(r"(\d+)号家庭户|户#(\d+)|\bhousehold (\d+)")


@dataclass(frozen=True)
class Event:
    """One entry of the timeline. ``kind``: act, list, ledger or class. ``act`` is what can be undone, where it is ``single``."""

    on: date
    kind: str
    text: str
    by: str = ""
    why: str = ""
    act: int | None = None
    undone: bool = False
    single: bool = True
    recorded: Any = None
    turn: Any = None


@signed_in
@require_safe
def why_part(request: HttpRequest, by: Actor, household_id: int) -> HttpResponse:
    """Why a programme is answered as it is, in words, with its clauses."""
    when = asked(request)
    person, programme = number(request.GET.get("person", "")), request.GET.get("programme", "")
    chosen = policy(when.as_of)
    with showing(by, HOUSEHOLD_SEEN, household=household_id):
        view, known = whole(by, household_id, as_of=when.as_of, knowing=when.knowing, numbers=False)
        decided = decide_known(by, known, as_of=when.as_of, under=chosen)
    path = (person,) if person else ()
    try:
        outcome, told = decided.outcome(programme, path), decided.html(programme, path, "en" if english() else "zh")
    except KeyError:
        raise NotFound("no-answer", "没有这个项目的判定。", "There is no such answer.") from None
    tell = Teller(chosen, when.as_of)
    who = names_of_members(view)
    page = {
        "view": view, "when": when, "why": mark_safe(told), "programme": tell.name(programme), "who": who.get(person, "") if person else "",
        "outcome": outcome,
    }  # fmt: skip
    return _part(request, "why", page)


@signed_in
@require_safe
def refused_part(request: HttpRequest, by: Actor, household_id: int) -> HttpResponse:
    """What is not granted, each with its reason a click away."""
    when = asked(request)
    chosen = policy(when.as_of)
    with showing(by, HOUSEHOLD_SEEN, household=household_id):
        view, known = whole(by, household_id, as_of=when.as_of, knowing=when.knowing, numbers=False)
        decided = decide_known(by, known, as_of=when.as_of, under=chosen)
    found = groups(decided, names_of_members(view), Teller(chosen, when.as_of), REFUSED, when.query)
    return _part(request, "refused", {"view": view, "when": when, "groups": found})


@signed_in
@require_safe
def open_part(request: HttpRequest, by: Actor, household_id: int) -> HttpResponse:
    """Everything that is not known and bears on an answer, and every answer that is open for it."""
    when = asked(request)
    chosen = policy(when.as_of)
    with showing(by, HOUSEHOLD_SEEN, household=household_id):
        view, known = whole(by, household_id, as_of=when.as_of, knowing=when.knowing, numbers=False)
        decided = decide_known(by, known, as_of=when.as_of, under=chosen)
    who, tell = names_of_members(view), Teller(chosen, when.as_of)
    page = {
        "view": view, "when": when, "unknowns": unknowns(decided, who, tell), "may_change": by.allows("registry.change"),
        "unsettled": groups(decided, who, tell, None, when.query), "skip": number(request.GET.get("skip", "")) or 0,
    }  # fmt: skip
    return _part(request, "open", page)


@signed_in
@require_safe
def facts_part(request: HttpRequest, by: Actor, household_id: int) -> HttpResponse:
    """Every fact of one member (``of``), or of the household, with source, time and all that was said."""
    when, person = asked(request), number(request.GET.get("of", ""))
    with showing(by, HOUSEHOLD_SEEN, household=household_id):
        view, known = whole(by, household_id, as_of=when.as_of, knowing=when.knowing, numbers=False)
    chosen = policy(when.as_of)
    facts = known.on(when.as_of, {s.code: s.rank for s in chosen.sources})
    people: dict[int | None, Resolved] = {m.person: m.facts for m in facts.members if not m.elsewhere}
    if person is not None and person not in people:
        raise NotFound("not-a-member", "此人不在本户。", "The person is not of the household.")
    resolved = facts.facts if person is None else people[person]
    tell = Teller(chosen, when.as_of)
    entity = HOUSEHOLD if person is None else PERSON
    shown = facts_of_subject(household_id, person, entity, resolved, known.said.get(person, ()), tell)
    page = {
        "view": view, "when": when, "facts": shown, "of": person, "who": names_of_members(view).get(person, "") if person else "", "tell": tell,
        "changes": by.allows("registry.change") and when.now, "corrects": by.allows("registry.correct") and when.now,
    }  # fmt: skip
    return _part(request, "facts", page)


@signed_in
@require_safe
def course_part(request: HttpRequest, by: Actor, household_id: int) -> HttpResponse:
    """What is due next and what happened: acts, lists, ledgers and changes of class in one timeline; since when the class has been as it is."""
    when, before = asked(request), number(request.GET.get("before", ""))
    with showing(by, HOUSEHOLD_SEEN, household=household_id):
        view, known = whole(by, household_id, as_of=when.as_of, knowing=when.knowing, numbers=False)
        acts = acts_on(known, before=before, limit=MOST)
        found = course_known(by, known, as_of=when.as_of) if by.allows("decisions.read") and view.members else None
        lists = listed(by, household_id) if by.allows("screening.read") else ()
    who = names_of_members(view)
    tell = Teller(found.policy if found else policy(when.as_of), when.as_of)
    events = [
        _told(h, named(deed(h, tell), view, who)) for h in acts if when.knowing is None or h.recorded_at <= when.knowing
    ]
    more = acts[-1].act if len(acts) == MOST else None
    if before is None:
        events += [
            *_lists(lists, who, tell),
            *_ledgers(known.ledgers, who, tell),
            *(_class(t, who, tell) for t in (found.back if found else ()) if t.class_changes),
        ]
    events.sort(key=lambda e: (e.on, e.act or 0), reverse=True)
    page = {
        "view": view, "when": when, "events": events, "more": more, "course": found, "undoes": by.allows("registry.undo") and when.now,
        "waiting": [(x.item, list_name(x.item, tell)) for x in lists if x.item.state == "open"], "who": who,
        "since": _since(found), "ahead": [(t, _classes(t, tell), changed_words(t, who, tell)) for t in found.ahead] if found else [],
        "ends": [
            (day, who.get(whose, "") if whose else "", tell.origin(source), str(T("、", ", ")).join(tell.fact(PERSON if whose else HOUSEHOLD, n) for n in names[:6]))
            for day, whose, source, names in (found.ends if found else ())
        ],
    }  # fmt: skip
    return _part(request, "course", page)


def _since(found: Course | None) -> T | None:
    if found is None or not found.household_class:
        return None
    if found.since is not None:
        return T(f"自 {found.since:%Y-%m} 起", f"since {found.since:%Y-%m}")
    return T(f"至少自 {found.first:%Y-%m} 起", f"since {found.first:%Y-%m} at least")


def _told(h: Happened, text: str) -> Event:
    by = h.official + (f" · {h.post}" if h.post and h.post != h.official else "")
    return Event(h.on, "act", text, by, h.why, h.act, h.undone, h.kind not in BATCHES, h.recorded_at)


def named(text: str, view: HouseholdView, who: Mapping[int, str]) -> str:
    """A sentence of the record, which names nobody, with the names that the reader has before them anyway."""

    def person(m: re.Match[str]) -> str:
        key = int(next(g for g in m.groups() if g))
        return who.get(key) or m[0]

    def home(m: re.Match[str]) -> str:
        key = int(next(g for g in m.groups() if g))
        return str(T("本户", "this household")) if key == view.id else m[0]

    return _HOUSEHOLD.sub(home, _PERSON.sub(person, text))


def since_then(changed: Changed | None, view: HouseholdView) -> list[str]:
    """What others did to the household in between, each a sentence in the reader's language."""
    who = names_of_members(view)
    return [named(told.en if english() else told.zh, view, who) for told in changed.since] if changed else []


def named_person(h: Happened, view: PersonView, tell: Teller) -> Event:
    """An act on a person, with their name."""

    def who(m: re.Match[str]) -> str:
        return view.name if int(next(g for g in m.groups() if g)) == view.id else m[0]

    return _told(h, _PERSON.sub(who, deed(h, tell)))


def list_name(item: WorkView, tell: Teller) -> str:
    """The list, and the programme that it is about."""
    code = KINDS.get(item.code, tell.name(item.code)) if english() else item.code
    return " · ".join(p for p in (code, tell.name(item.programme) if item.programme else "") if p)


def _lists(lists: Iterable[Listed], who: Mapping[int, str], tell: Teller) -> Iterable[Event]:
    for x in lists:
        name = who.get(x.item.person, "") if x.item.person else ""
        of = " · ".join(p for p in (list_name(x.item, tell), name) if p)
        yield Event(x.first, "list", str(T(f"筛查列入名单 {of}", f"on a list of the screening: {of}")))
        if x.item.state == "closed":
            yield Event(x.last, "list", str(T(f"筛查不再列入 {of}", f"no longer on the list: {of}")))


def _ledgers(ledgers: Iterable[OnLedger], who: Mapping[int, str], tell: Teller) -> Iterable[Event]:
    for e in ledgers:
        name, ledger = who.get(e.person, "") if e.person else "", tell.ledger(e.ledger)
        at = f" {name}" if name else ""
        if not e.told:
            yield Event(e.since, "ledger", str(T(f"列入台账“{ledger}”{at}", f"on the ledger “{ledger}”{at}")))
        if e.until is not None and not e.told:
            yield Event(e.until, "ledger", str(T(f"移出台账“{ledger}”{at}", f"off the ledger “{ledger}”{at}")))


def _class(t: Turn, who: Mapping[int, str], tell: Teller) -> Event:
    was, now = _classes(t, tell)
    return Event(
        t.on,
        "class",
        str(T(f"类别由“{was}”变为“{now}”", f"class from “{was}” to “{now}”")),
        turn=changed_words(t, who, tell),
    )


def _classes(t: Turn, tell: Teller) -> tuple[str, str]:
    """What the household's class was, and what it is from then on."""
    none = str(T("未定", "not settled"))
    return tell.said_class(t.was) if t.was else none, tell.said_class(t.now) if t.now else none


def _part(request: HttpRequest, name: str, page: dict[str, Any]) -> HttpResponse:
    """The part alone for a script that asks, else as a page."""
    alone = bool(request.htmx)  # type: ignore[attr-defined] # set by a middleware
    if alone:
        return render(request, f"web/record/part_{name}.html", {**page, "alone": True})
    return render(
        request, "web/record/part.html", {**page, "part": f"web/record/part_{name}.html", "name": name, "alone": False}
    )
