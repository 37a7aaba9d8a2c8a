"""Spans of days with open ends: overlap and what is left when others are cut out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

FIRST = date.min.toordinal()
LAST = date.max.toordinal()

Span = tuple[int, int]
"""First and last day, both counted, as ordinals; FIRST and LAST stand for open ends."""


def span(since: date | None, until: date | None) -> Span:
    return (FIRST if since is None else since.toordinal(), LAST if until is None else until.toordinal())


def dates(of: Span) -> tuple[date | None, date | None]:
    """Back to (since, until); an open end is None."""
    return (None if of[0] == FIRST else date.fromordinal(of[0]), None if of[1] == LAST else date.fromordinal(of[1]))


def meet(a: Span, b: Span) -> Span | None:
    """The days in both."""
    lo, hi = max(a[0], b[0]), min(a[1], b[1])
    return (lo, hi) if lo <= hi else None


def cut(of: Span, others: Iterable[Span]) -> list[Span]:
    """The days of ``of`` in none of ``others``, as spans in order."""
    left = [of]
    for other in others:
        left = [part for piece in left for part in _without(piece, other)]
    return left


def _without(piece: Span, other: Span) -> list[Span]:
    if meet(piece, other) is None:
        return [piece]
    out = []
    if piece[0] < other[0]:
        out.append((piece[0], other[0] - 1))
    if other[1] < piece[1]:
        out.append((other[1] + 1, piece[1]))
    return out


def said(of: Span, lang: str = "zh") -> str:
    """The span in words."""
    since, until = dates(of)
    if since is None and until is None:
        return "一直" if lang == "zh" else "always"
    if since is None:
        return f"{until} 以前" if lang == "zh" else f"until {until}"
    if until is None:
        return f"{since} 起" if lang == "zh" else f"from {since}"
    return f"{since} 至 {until}" if lang == "zh" else f"{since} to {until}"
