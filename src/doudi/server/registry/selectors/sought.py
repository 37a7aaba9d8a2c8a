"""The people whom a text in the filter of a list may mean: as a set, which an index gives, or asked person by person.

Of a rare name the set is small and the list is made from it. A surname that every tenth person bears would give a set of a hundred thousand for
the fifty lines of a page: there the lines are read in their order, and each is asked whether it is meant, until the page is full or too many have
been asked.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from doudi.server.lib.blind import blind, normal
from doudi.server.lib.scope import Scope
from doudi.server.registry.models import Term
from doudi.server.registry.pinyin import plain
from doudi.server.registry.selectors.finding import _AFTER, _LONGEST, NUMBERS

FEW = 8_000
"""Entries of the index up to which the set is taken at once: as many cost less than the lines that would have to be asked."""


def matching(scope: Scope, text: str) -> QuerySet[Any]:
    """The people in the scope whom ``text`` may mean, as a query of their keys, in the order of the index."""
    kinds, query = _kinds(text)
    here = Term.objects.filter(scope.q("area"))
    if not kinds:
        wanted = {blind(kind, normal(kind, typed(text))).hex() for kind in NUMBERS}
        return here.filter(kind="b", term__in=wanted).values("person")
    return (
        here.filter(term__gte=query, term__lt=query + _AFTER, kind__in=kinds)
        .order_by("kind", "term", "area", "person")
        .values("person")
    )


def are_many(scope: Scope, text: str) -> bool:
    """Whether the set is larger than is worth taking."""
    kinds, _ = _kinds(text)
    return bool(kinds) and matching(scope, text)[FEW : FEW + 1].exists()


def meant(scope: Scope, text: str, person: str) -> QuerySet[Any]:
    """Something of the person that the outer query calls ``person``, where ``text`` may mean them; else nothing.

    The beginning is compared as a pattern, so that only the index by person can serve: by that of terms, all who are meant would be read for each.
    """
    kinds, query = _kinds(text)
    said = Q(pk__in=[])
    for kind in kinds:
        said |= Q(kind__startswith=kind)
    return Term.objects.filter(scope.q("area"), said, person=OuterRef(person), term__startswith=query).values("kind")[
        :1
    ]


def typed(text: str) -> str:
    """The text as either database takes it: without nulls and halves of surrogate pairs."""
    return text.strip()[:_LONGEST].replace("\0", "").encode("utf-8", "ignore").decode()


def _kinds(text: str) -> tuple[tuple[str, ...], str]:
    """In which kinds of terms the beginning is looked for, and which; none for a number, which is found whole."""
    query = plain(typed(text))
    if len(re.findall(r"\d", query)) >= 5:
        return (), query
    if query.isascii() and query.isalpha():
        # One letter begins the pinyin of every tenth person: only initials answer it.
        return (("p", "i") if len(query) > 1 else ("i",)), query
    return ("n",), query
