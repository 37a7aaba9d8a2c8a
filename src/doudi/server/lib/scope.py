"""The areas an official may see: a set of subtrees of the division tree, by code prefix. Knows nothing of the tree but how long its codes are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

LENGTHS = (0, 2, 4, 6, 9, 12, 15)
"""Digits of a code at each level, from the whole country down to the grid."""


def common(codes: Iterable[str]) -> str:
    """The nearest division above all of ``codes``, or the one they all are; empty: the whole country."""
    ordered = sorted(codes) or [""]
    first, last = ordered[0], ordered[-1]
    return next(first[:n] for n in reversed(LENGTHS) if n <= len(first) and last.startswith(first[:n]))


def after(prefix: str) -> str:
    """The least code that sorts after every code with ``prefix``: ``4512`` -> ``4513``; empty where there is none."""
    stem = prefix.rstrip("9")
    return stem[:-1] + str(int(stem[-1]) + 1) if stem else ""


@dataclass(frozen=True)
class Scope:
    """Subtrees by their codes' prefixes, none within another, sorted. The empty prefix is everything; no prefix is nothing."""

    prefixes: tuple[str, ...]

    @classmethod
    def of(cls, prefixes: Iterable[str]) -> Scope:
        """Raises ValueError for a prefix that is not all digits."""
        kept: list[str] = []
        for prefix in sorted(set(prefixes)):
            if prefix and not (prefix.isascii() and prefix.isdigit()):
                raise ValueError(f"not a division code: {prefix!r}")
            if not any(prefix.startswith(k) for k in kept):
                kept.append(prefix)
        return cls(tuple(kept))

    @classmethod
    def everything(cls) -> Scope:
        return cls(("",))

    @classmethod
    def nothing(cls) -> Scope:
        return cls(())

    def covers(self, *codes: str) -> bool:
        """Whether any of ``codes`` lies in the scope; an empty code lies only in everything."""
        return any(code.startswith(prefix) for prefix in self.prefixes for code in codes if code or not prefix)

    def within(self, other: Scope) -> bool:
        """Whether all of this scope lies in ``other``."""
        return all(other.covers(p) if p else "" in other.prefixes for p in self.prefixes)

    def narrowed(self, prefix: str) -> Scope:
        """The part of the scope inside ``prefix``: what a filter by area may show."""
        inside = [p for p in self.prefixes if p.startswith(prefix)]
        return Scope.of([prefix] if self.covers(prefix) and prefix else inside)

    def q(self, *columns: str) -> Q:
        """Rows of which any of ``columns`` (division codes) lies in the scope, as ranges that an ordinary index serves."""
        if "" in self.prefixes:
            # Not an empty Q: joined by OR that would vanish, and with it everything.
            return Q(pk__isnull=False)
        found = Q(pk__in=[])
        for prefix in self.prefixes:
            end = after(prefix)
            for column in columns:
                here = Q(**{f"{column}__gte": prefix})
                found |= here & Q(**{f"{column}__lt": end}) if end else here
        return found
