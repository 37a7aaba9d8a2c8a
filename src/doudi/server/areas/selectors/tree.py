"""The tree on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from doudi.server.areas import timeline
from doudi.server.areas.access import absent
from doudi.server.areas.levels import above
from doudi.server.areas.models import Division
from doudi.server.areas.shapes import DivisionView
from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope

_MOST_ABOVE = 200
"""Divisions that one word may name where another is sought in them; a word that names more narrows nothing worth narrowing."""


def division(code: str, on: date) -> DivisionView:
    """The division on that day. Raises NotFound. It says nothing of people, so it asks for no reader."""
    rows = timeline.rows_on([code], on)
    if code not in rows:
        raise absent(code)
    return timeline.views([rows[code]], on)[0]


def name_of(code: str, on: date) -> str:
    """The name on that day; of a division that was not there on that day the nearest before, else after; an unknown code itself."""
    return timeline.named([code], on).get(code, code)


def names_of(codes: Collection[str], on: date) -> dict[str, str]:
    """As ``name_of``, for many at once; every code is in it."""
    names = timeline.named(codes, on)
    return {code: names.get(code, code) for code in codes}


def full_name_of(code: str, on: date) -> str:
    """The name with those of all above in front, as ``name_of`` gives them."""
    return timeline.full_names([code], on).get(code, code)


def path(code: str, on: date) -> tuple[DivisionView, ...]:
    """The divisions that ``code`` lies in, the province first, itself last: names to show, also above a reader's scope."""
    rows = timeline.rows_on([*above(code), code], on)
    return timeline.views(sorted(rows.values(), key=lambda r: r.level), on)


def children(reader: Actor, code: str, on: date) -> tuple[DivisionView, ...]:
    """The divisions directly below ``code``; below "" those with which the reader's scope begins. Raises NotFound for a code outside it."""
    seen = _seen(reader, on)
    if not code:
        rows = seen.filter(parent="") if "" in reader.scope.prefixes else seen.exclude(reader.scope.q("parent"))
    elif reader.scope.covers(code) and (code in timeline.rows_on([code], on)):
        rows = seen.filter(parent=code)
    else:
        raise absent(code)
    return timeline.views(list(rows.order_by("code")), on)


def below(reader: Actor, code: str, on: date) -> dict[str, str]:
    """The codes and names of ``children``, without what stands above them: for choosing one. Raises NotFound for a code outside the scope."""
    seen = _seen(reader, on)
    if code and not reader.scope.covers(code):
        raise absent(code)
    top = not code and "" not in reader.scope.prefixes
    rows = seen.exclude(reader.scope.q("parent")) if top else seen.filter(parent=code)
    return dict(rows.order_by("code").values_list("code", "name"))


def count(reader: Actor, level: int, on: date, *, within: str = "") -> int:
    """How many divisions of a level (a length of codes) the reader's scope has, inside ``within``."""
    rows = _seen(reader, on).filter(level=level)
    return (rows.filter(timeline.below(within)) if within else rows).count()


def search(reader: Actor, text: str, on: date, *, limit: int = 20) -> tuple[DivisionView, ...]:
    """Divisions in the scope by code, name, pinyin or initials; words with blanks between narrow from above: ``大化 岩滩``. The higher first."""
    words = text.split()
    if not words:
        return ()
    rows = _seen(reader, on).filter(_match(words[-1]))
    for word in words[:-1]:
        over = Division.objects.filter(timeline.alive(on), _match(word), level__lt=15).order_by("level", "code")
        rows = rows.filter(Scope.of(over.values_list("code", flat=True)[:_MOST_ABOVE]).q("code"))
    return timeline.views(list(rows.order_by("level", "code")[:limit]), on)


def _match(word: str) -> Q:
    found = Q(name__contains=word)
    if word.isascii():
        found |= Q(sounds__startswith=word.lower()) | Q(sounds__contains=f" {word.lower()}")
        if word.isdigit():
            found |= Q(code__startswith=word)
    return found


def _seen(reader: Actor, on: date) -> QuerySet[Division]:
    return Division.objects.filter(timeline.alive(on), reader.scope.q("code"))
