"""One search box: a person by name or part of it, pinyin, initials, id number, phone, card, or a village and a name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from doudi.server.areas.selectors import search as search_divisions
from doudi.server.lib.actor import Actor
from doudi.server.lib.blind import blind, normal
from doudi.server.lib.moments import now
from doudi.server.lib.scope import Scope
from doudi.server.registry.models import Identifier, Membership, Person, Term
from doudi.server.registry.pinyin import plain
from doudi.server.registry.selectors import views
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.verbs import FOUND

NUMBERS = ("id", "phone", "card", "disability")
MOST = 100
_LONGEST = 120
_DIVISION = re.compile(r"(.{1,20}?(?:村|社区|居委会|屯|寨|镇|乡|街道|县|市))(.+)")
_AFTER = "\U0010ffff"
"""Sorts after every character that a term may hold."""
_FEW = 200
"""People in a scope, a grid's, up to which their own terms are read. Above it the index is read in the order of terms until enough are found: that
reads about ``wanted`` entries over the scope's share of all people, some tens of thousands for a village in a million, and no more than match."""


@dataclass(frozen=True)
class _Hit:
    person: int
    kind: str
    term: str
    exact: bool


def find(reader: Actor, text: str, *, limit: int = 20, area: str = "", on: date | None = None) -> list[views.Found]:
    """The people in the reader's areas (inside ``area``) whom ``text`` may mean, the likeliest first, at most ``limit`` (100). Recorded as shown.

    An exact number finds by its blind index. A name finds whole names before beginnings, beginnings before what stands inside. ``on`` is the day
    whose divisions and households are meant (None: today).
    """
    limit, on = max(1, min(limit, MOST)), on or localdate(now())
    with showing(reader, FOUND, area=area, how="") as shown:
        scope = reader.scope.narrowed(area)
        # Neither database takes a null, nor half of a surrogate pair.
        typed = text[:_LONGEST].replace("\0", "").encode("utf-8", "ignore").decode()
        hits, how = _hits(reader, scope, typed, limit, on)
        found = _told(scope, hits, limit, on)
        shown.params["how"] = how
        shown.count = len(found)
        shown.keep = bool(found)
        return found


def _hits(reader: Actor, scope: Scope, text: str, limit: int, on: date) -> tuple[list[_Hit], str]:
    """And what was searched by, as the record says it: never the text itself, which is personal data."""
    query = plain(text)
    if not query:
        return [], "name"
    if len(re.findall(r"\d", query)) >= 5:
        return _by_number(scope, text), "number"
    words = text.split()
    if len(words) > 1:
        places = _places(reader, scope, " ".join(words[:-1]), on)
        if places is not None:
            return _by_word(places, plain(words[-1]), limit), "place and name"
    hits = _by_word(scope, query, limit)
    if not hits and (parts := _DIVISION.fullmatch(query)):
        places = _places(reader, scope, parts[1], on)
        if places is not None:
            return _by_word(places, parts[2], limit), "place and name"
    return hits, "name"


def _places(reader: Actor, scope: Scope, words: str, on: date) -> Scope | None:
    """The part of the scope that the words name as divisions; None where they name none."""
    prefixes = {
        p for place in search_divisions(reader, words, on, limit=MOST) for p in scope.narrowed(place.code).prefixes
    }
    return Scope.of(prefixes) if prefixes else None


def _by_number(scope: Scope, text: str) -> list[_Hit]:
    wanted = {blind(kind, normal(kind, text)).hex() for kind in NUMBERS}
    rows = (
        Term.objects.filter(scope.q("area"), kind="b", term__in=wanted)
        .order_by("person_id")
        .values_list("person_id", "term")
    )
    return [_Hit(person, "b", term, exact=True) for person, term in rows[:MOST]]


def _by_word(scope: Scope, query: str, limit: int) -> list[_Hit]:
    few = _few(scope)
    wanted = limit * 2
    hits = []
    if query.isascii() and query.isalpha():
        # One letter begins the pinyin of every tenth person: only initials answer it.
        if len(query) > 1:
            hits = _range(scope, few, "p", query, wanted)
        hits += _range(scope, few, "i", query, wanted)
    return hits or _range(scope, few, "n", query, wanted)


def _few(scope: Scope) -> list[int] | None:
    """Everybody in the scope where they are few, else None."""
    if "" in scope.prefixes:
        return None
    here = Person.objects.filter(scope.q("area", "other_area"))
    return None if here.values_list("id")[_FEW : _FEW + 1] else list(here.values_list("id", flat=True))


def _range(scope: Scope, few: list[int] | None, kind: str, query: str, wanted: int) -> list[_Hit]:
    """The first of those whose terms begin with ``query``, in the order of the index: the term that is all of it first."""
    rows = Term.objects.filter(scope.q("area"), kind=kind, term__gte=query, term__lt=query + _AFTER)
    if few is not None:
        rows = rows.filter(person__in=few)
    found = rows.order_by("term", "area", "person_id").values_list("person_id", "term")[:wanted]
    return [_Hit(person, kind, term, exact=term == query) for person, term in found]


def _told(scope: Scope, hits: Iterable[_Hit], limit: int, on: date) -> list[views.Found]:
    best: dict[int, _Hit] = {}
    for hit in sorted(hits, key=lambda h: not h.exact):
        best.setdefault(hit.person, hit)
    people = {p.id: p for p in Person.objects.filter(scope.q("area", "other_area"), id__in=best).exclude(name="")}

    def order(person: int) -> tuple[int, bool, int, str, int]:
        p, hit = people[person], best[person]
        whole = hit.kind != "n" or plain(p.name).startswith(hit.term)
        return (not hit.exact) * 2 + (not whole), p.died is not None, len(p.name), p.name, person

    chosen = sorted(people, key=order)[:limit]
    belong: dict[int, Membership] = {}
    for m in Membership.objects.filter(held(on, None), person__in=chosen).select_related("household").order_by("id"):
        if scope.covers(m.household.area, m.household.other_area):
            belong[m.person_id] = m
    masked: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for one in (
        Identifier.objects.filter(held(on, None), person__in=chosen)
        .order_by("kind", "id")
        .only("person_id", "kind", "shown")
    ):
        masked[one.person_id].append((one.kind, one.shown))
    return [_view(people[i], best[i], belong.get(i), masked[i]) for i in chosen]


def _view(p: Person, hit: _Hit, membership: Membership | None, masked: list[tuple[str, str]]) -> views.Found:
    home = membership.household if membership else None
    return views.Found(
        p.id, p.name, p.sex, p.born, p.died, p.area, p.other_area, home.id if home else None, home.number if home else "",
        membership.relation if membership else "", tuple(masked), hit.kind, hit.exact,
    )  # fmt: skip
