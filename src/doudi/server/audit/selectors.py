"""Reading the record, for the auditor: what was done, by whom, to whom, when, where."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from doudi.server.audit.models import Entry
from doudi.server.audit.verbs import Verb
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import midnight
from doudi.server.lib.refusals import NotFound, Refused

READ = "audit.read"
PAGE_AT_MOST = 500
COUNTED_AT_MOST = 10_000


@dataclass(frozen=True)
class Search:
    """What is asked for; all of it together. ``verb`` is a code or its beginning (``registry.`` is all of the registry); ``since`` and ``until``
    are days of the office's calendar, both included; every word of ``text`` stands in the sentence; ``area`` is a division code and all within it.
    """

    official: int | None = None
    name: str = ""
    household: int | None = None
    person: int | None = None
    verb: str = ""
    since: date | None = None
    until: date | None = None
    area: str = ""
    text: str = ""

    def said(self) -> str:
        """As it is put on record; what was typed freely stays out of it."""
        given = ((f.name, getattr(self, f.name)) for f in fields(self))
        return " ".join(f"{n}={'…' if n in ('name', 'text') else v}" for n, v in given if v not in (None, "")) or "*"


@dataclass(frozen=True)
class EntryView:
    seq: int
    at: datetime
    official: int | None
    name: str
    post: str
    address: str
    verb: str
    zh: str
    en: str
    why: str
    household: int | None
    person: int | None
    area: str
    params: dict[str, Any]
    count: int
    digest: str


@dataclass(frozen=True)
class Page:
    """Latest first. ``older`` is what to ask for next as ``before``; None on the last page."""

    entries: tuple[EntryView, ...]
    older: int | None


def search(reader: Actor, what: Search, *, before: int | None = None, limit: int = 50) -> Page:
    """One page of the acts within the reader's areas; acts of no area are for readers of everything. Raises Refused, NotAllowed."""
    limit = max(1, min(limit, PAGE_AT_MOST))
    found = _found(reader, what)
    if before is not None:
        found = found.filter(seq__lt=before)
    rows = [_view(e) for e in found.order_by("-seq")[: limit + 1]]
    return Page(tuple(rows[:limit]), rows[limit - 1].seq if len(rows) > limit else None)


def count(reader: Actor, what: Search) -> tuple[int, bool]:
    """How many there are, and whether that is all: counting stops at COUNTED_AT_MOST."""
    n = _found(reader, what)[: COUNTED_AT_MOST + 1].count()
    return min(n, COUNTED_AT_MOST), n <= COUNTED_AT_MOST


def entry(reader: Actor, seq: int) -> EntryView:
    """One act by its number. Raises NotFound outside the reader's areas, too."""
    reader.require(READ)
    found = Entry.objects.filter(reader.scope.q("area"), seq=seq).first()
    if found is None:
        raise NotFound("no-such-entry", f"没有第 {seq} 条操作记录。", f"There is no entry {seq} in the record.")
    return _view(found)


_LAST = "(SELECT seq FROM audit_entry WHERE verb = %s ORDER BY seq DESC LIMIT 1)"


def last_of(*verbs: Verb) -> Hashable:
    """What moves with every act that one of ``verbs`` is said of. It names nobody, so it asks for no reader."""
    # Each goes down the index of its verb from the end, however long the record is. Most pages ask: written out it costs a tenth.
    ends = ", ".join([_LAST] * len(verbs))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, at FROM audit_entry WHERE seq IN ({ends}) ORDER BY seq DESC LIMIT 1", [v.code for v in verbs]
        )
        found: Hashable = cursor.fetchone()
        return found


def _found(reader: Actor, what: Search) -> QuerySet[Entry]:
    reader.require(READ)
    if what.since and what.until and what.until < what.since:
        raise Refused(
            "dates-turned", f"截止日期 {what.until} 早于开始日期 {what.since}。", f"The last day {what.until} is before the first, {what.since}.",
            field="until",
        )  # fmt: skip
    if what.area and not (what.area.isascii() and what.area.isdigit()):
        raise Refused(
            "no-division-code", "区划代码应全为数字。", "A division code is all digits.", field="area",
        )  # fmt: skip
    asked = reader.scope.narrowed(what.area).q("area") if what.area else reader.scope.q("area")
    for column, value in (("official", what.official), ("household", what.household), ("person", what.person)):
        if value is not None:
            asked &= Q(**{column: value})
    if what.verb:
        asked &= Q(verb__startswith=what.verb) if what.verb.endswith(".") else Q(verb=what.verb)
    if what.name:
        asked &= Q(name=_clean(what.name))
    if what.since:
        asked &= Q(at__gte=midnight(what.since))
    if what.until:
        asked &= Q(at__lt=midnight(what.until) + timedelta(days=1))
    for word in _clean(what.text).split():
        # Case is looked past only where there is any: for Chinese that would be work for nothing, on every sentence.
        how = "contains" if word.upper() == word.lower() else "icontains"
        asked &= Q(**{f"zh__{how}": word}) | Q(**{f"en__{how}": word})
    return Entry.objects.filter(asked)


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _view(found: Entry) -> EntryView:
    values = {f.name: getattr(found, f.name) for f in fields(EntryView)}
    return EntryView(**{**values, "params": json.loads(found.params)})
