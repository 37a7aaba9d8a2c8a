"""Divisions changed: everybody who lives in one of them gets the codes of what it became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from hashlib import sha256

from django.db.models import Q

from doudi.server.areas.levels import is_code
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, Refused
from doudi.server.lib.scope import common
from doudi.server.registry.actions.carried import follow_codes, follow_divisions
from doudi.server.registry.actions.current import chunks
from doudi.server.registry.actions.kernel import Done, Work, work
from doudi.server.registry.actions.rows import fresh
from doudi.server.registry.models import Household, Pair, Person, Residence, Term
from doudi.server.registry.terms import rewrite_terms

_COLUMNS = (
    (Household, "area"),
    (Household, "other_area"),
    (Person, "area"),
    (Person, "other_area"),
    (Pair, "area_a"),
    (Pair, "area_b"),
)


def recode(*, by: Actor, moves: Iterable[tuple[str, str]], on: date, why: str = "", once: str = "") -> Done:
    """From ``on`` whoever is in a division ``before``, or below it, is in ``after``, or below that; a move of a village counts before that of its
    township. What was before ``on`` keeps the old codes. Set-based: a county takes seconds. Safe to repeat: who has moved is not moved again.

    Raises Refused where one division became several (say village by village where each went), NotAllowed outside the actor's areas.
    """
    by.require("areas.change")
    became = _became(by, moves)
    if set(became) & set(became.values()):
        # Codes change places: done twice, everybody would be back where they were.
        once = once or f"recode {on} {sha256(repr(sorted(became.items())).encode()).hexdigest()[:32]}"
    with work(by, "recode", on=on, why=why, once=once, permission="areas.change") as w:
        if w.repeated:
            return w.repeated
        inside = Q()
        for before in became:
            inside |= Q(area__startswith=before) | Q(other_area__startswith=before)
        rows = (
            Residence.objects.filter(Q(until=None) | Q(until__gt=on), inside, withdrawn=None)
            if became
            else Residence.objects.none()
        )
        count = 0
        exact: dict[str, str] = {}
        for ids in chunks(list(rows.order_by("id").values_list("id", flat=True)), 1_000):
            count += _residences(w, ids, became, exact)
        if on <= w.today:
            _today(exact)
            for part in chunks(sorted(exact)):
                follow_codes(part)
            follow_divisions(became, partial(recoded, became=became))
        w.moved.clear()
        w.tell(count=count, area=common([*became, *became.values()]))
        return w.done()


def _became(by: Actor, moves: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for before, after in moves:
        if not by.scope.covers(before):
            raise NotAllowed(
                "area-not-yours", f"{before} 不在您的辖区内。", f"{before} is not among your areas.", field="moves"
            )
        for code in (before, after):
            if not is_code(code):
                raise Refused("area-wrong", f"“{code}”不是区划代码。", f"“{code}” is no division code.", field="moves")
        if found.setdefault(before, after) != after:
            raise Refused(
                "recode-unclear", f"{before} 变成了不止一个区划；请逐村说明去向。", f"{before} became several divisions; say village by village where each went.",
                field="moves",
            )  # fmt: skip
    return {b: a for b, a in found.items() if a != b}


def recoded(code: str, became: Mapping[str, str]) -> str:
    """The code that ``code`` became: that of the nearest division above, or of itself, that changed."""
    for n in range(len(code), 1, -1):
        if code[:n] in became:
            return became[code[:n]] + code[n:]
    return code


def _residences(w: Work, ids: list[int], became: dict[str, str], exact: dict[str, str]) -> int:
    rows = list(Residence.objects.filter(pk__in=ids))
    made = []
    for row in rows:
        codes = {c: recoded(c, became) for c in (row.area, row.other_area)}
        exact.update((b, a) for b, a in codes.items() if a != b)
        if row.since < w.on:
            made.append(fresh(row, until=w.on))
        made.append(fresh(row, since=max(row.since, w.on), area=codes[row.area], other_area=codes[row.other_area]))
    w.withdraw_all(Residence, rows)
    w.bring_all(Residence, made)
    return len({row.household_id for row in rows})


def _today(exact: dict[str, str]) -> None:
    """What is known today follows. Village for village: no code is both left and come to, or the sets would be moved twice."""
    both = {
        p.id
        for p in Person.objects.filter(Q(area__in=exact) | Q(other_area__in=exact)).exclude(other_area="").only("id")
    }
    if set(exact) & set(exact.values()):
        for model, column in _COLUMNS:
            for i, code in model._default_manager.filter(**{f"{column}__in": exact}).values_list("id", column):
                model._default_manager.filter(pk=i).update(**{column: exact[code]})
        everybody = Person.objects.filter(Q(area__in=exact.values()) | Q(other_area__in=exact.values()))
        rewrite_terms(everybody.values_list("id", flat=True))
        return
    for before, after in exact.items():
        for model, column in _COLUMNS:
            model._default_manager.filter(**{column: before}).update(**{column: after})
        Term.objects.filter(area=before).update(area=after)
    rewrite_terms(both)
