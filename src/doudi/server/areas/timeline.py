"""Rows of divisions on a day, and how they end and begin. For this app alone: no scope is looked at here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from django.db.models import Q
from pypinyin import Style, lazy_pinyin

from doudi.server.areas.levels import above
from doudi.server.areas.models import Division, Succession
from doudi.server.areas.shapes import DivisionView
from doudi.server.lib.scope import Scope

CHUNK = 5000
"""Values in one ``IN``: below what SQLite allows."""


def alive(on: date) -> Q:
    return Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))


def below(code: str, column: str = "code") -> Q:
    """``code`` itself and everything under it."""
    return Scope.of([code]).q(column)


def chunks(codes: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(codes)
    while part := list(islice(rest, CHUNK)):
        yield part


def rows_on(codes: Collection[str], on: date) -> dict[str, Division]:
    """The rows of ``codes`` that hold on ``on``."""
    return {row.code: row for part in chunks(codes) for row in Division.objects.filter(alive(on), code__in=part)}


def named(codes: Collection[str], on: date) -> dict[str, str]:
    """Names on ``on``; where a division was not there on that day, the name it had last before, or else first afterwards. Unknown codes are
    left out."""
    found: dict[str, tuple[tuple[int, int], str]] = {}
    for part in chunks(set(codes)):
        for code, name, since, until in Division.objects.filter(code__in=part).values_list(
            "code", "name", "since", "until"
        ):
            if since > on:
                rank = (2, (since - on).days)
            elif until is not None and until <= on:
                rank = (1, (on - until).days)
            else:
                rank = (0, 0)
            if code not in found or rank < found[code][0]:
                found[code] = rank, name
    return {code: name for code, (_, name) in found.items()}


def full_names(codes: Collection[str], on: date) -> dict[str, str]:
    """Names with those of all divisions above in front."""
    names = named({c for code in codes for c in (*above(code), code)}, on)
    return {code: "".join(names[c] for c in (*above(code), code) if c in names) for code in codes if code in names}


def views(rows: Sequence[Division], on: date) -> tuple[DivisionView, ...]:
    names = full_names({row.code for row in rows}, on)
    return tuple(
        DivisionView(row.code, row.name, names[row.code], row.level, row.parent, row.since, row.until) for row in rows
    )


def sounds(name: str) -> str:
    """``岩滩镇`` -> ``yantanzhen ytz``."""
    return f"{''.join(lazy_pinyin(name))} {''.join(lazy_pinyin(name, style=Style.FIRST_LETTER))}".lower()[:400]


def row(code: str, name: str, parent: str, since: date, until: date | None = None) -> Division:
    """Not yet stored."""
    return Division(code=code, name=name, sounds=sounds(name), parent=parent, level=len(code), since=since, until=until)


def nearest(code: str, known: Collection[str]) -> str:
    """The lowest of ``known`` above ``code``; empty where there is none."""
    return next((c for c in reversed(above(code)) if c in known), "")


def replace(old: Iterable[Division], new: Iterable[Division], on: date) -> None:
    """Ends ``old`` on ``on`` and stores ``new``. A row that begins on that very day is taken away: it never held."""
    ids = [r.pk for r in old]
    Division.objects.filter(pk__in=ids, since__gte=on).delete()
    Division.objects.filter(pk__in=ids).update(until=on)
    Division.objects.bulk_create(list(new), batch_size=CHUNK)


def succeeded(pairs: Iterable[tuple[str, str]], kind: str, on: date) -> None:
    Succession.objects.bulk_create(
        [Succession(before=b, after=a, on=on, kind=kind) for b, a in pairs], batch_size=CHUNK
    )


def adopt(new: Mapping[str, date]) -> None:
    """Counties that stood directly under a province, or prefectures under nothing, go under the division now there between."""
    for code, on in new.items():
        orphans = list(
            Division.objects.filter(alive(on), below(code), parent__in=["", *above(code)]).exclude(code=code)
        )
        replace(orphans, [row(o.code, o.name, code, max(on, o.since), o.until) for o in orphans], on)
