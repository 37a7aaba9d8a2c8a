"""What a ledger says anew of households that are on record already: one act for a batch, each household whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from doudi.server.lib.actor import Actor
from doudi.server.registry.actions.inputs import NewMember, NewStatement, bring_statement, the_name
from doudi.server.registry.actions.kernel import Done, Work, work
from doudi.server.registry.actions.moves import rehouse
from doudi.server.registry.actions.places import stay_at, the_place
from doudi.server.registry.actions.register import join
from doudi.server.registry.models import PersonName, Statement


@dataclass(frozen=True)
class Word:
    """A statement on one person (``person``) or on the household (None). ``instead_of``: an earlier one of the same source and day, withdrawn."""

    said: NewStatement
    person: int | None = None
    instead_of: int | None = None


@dataclass(frozen=True)
class Update:
    """What is new of ``household``, which must still be at ``version``. ``renamed``: person -> the name from the act's day; one that follows later
    stays. ``area``: the division where the household lives from the act's day (empty: where it does)."""

    household: int
    version: int
    words: Sequence[Word] = ()
    newcomers: Sequence[NewMember] = ()
    renamed: Sequence[tuple[int, str]] = ()
    area: str = ""


def absorb(
    *,
    by: Actor,
    updates: Sequence[Update],
    on: date,
    why: str = "",
    once: str = "",
    permission: str = "registry.change",
) -> Done:
    """Brings all that ``updates`` say on record from ``on``, or nothing of it.

    Raises Refused, NotFound, or Changed where a household was changed since it was read.
    """
    with work(by, "absorb", on=on, why=why, once=once, permission=permission) as w:
        if w.repeated:
            return w.repeated
        w.household_each([u.household for u in updates], {u.household: u.version for u in updates})
        people = {x.person for u in updates for x in u.words if x.person is not None} | {
            p for u in updates for p, _ in u.renamed
        }
        known = [m.person for u in updates for m in u.newcomers if m.person is not None]
        if people or known:
            w.person_each(sorted(people | set(known)))
        for update in updates:
            _one(w, update)
        w.tell(count=len(updates))
        return w.done()


def _one(w: Work, update: Update) -> None:
    for word in update.words:
        if word.instead_of is not None:
            w.withdraw(Statement.objects.get(pk=word.instead_of))
        if word.person is None:
            bring_statement(w, word.said, household=update.household)
        else:
            bring_statement(w, word.said, person=word.person)
    for person, name in update.renamed:
        for names in PersonName.objects.filter(_on(w.on), person=person, withdrawn=None):
            w.recast(names, w.on, None, name=the_name(name))
    if update.area:
        lived = stay_at(update.household, w.on)
        if lived:
            rehouse(w, lived, w.on, area=the_place(update.area, w.on), address="")
    for new in update.newcomers:
        join(w, update.household, new, head=False)


def _on(day: date) -> Q:
    """Rows that hold on ``day``."""
    return Q(since__lte=day) & (Q(until=None) | Q(until__gt=day))
