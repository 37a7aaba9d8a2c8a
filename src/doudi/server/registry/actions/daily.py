"""A new day: what was recorded ahead of its time begins to hold, what was to end has ended. Nothing new is known, so this is no act."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.db import transaction
from django.db.models import Q

from doudi.server.areas.selectors import codes_changed
from doudi.server.audit.actions import record
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.registry.actions.carried import follow_divisions
from doudi.server.registry.actions.current import chunks, members_ever, refresh
from doudi.server.registry.actions.recode import recoded
from doudi.server.registry.duplicates.following import follow
from doudi.server.registry.models import Household, Membership, Person, PersonName, Residence, Statement
from doudi.server.registry.terms import rewrite_terms
from doudi.server.registry.verbs import TURNED


def turn(*, by: Actor, last: date, today: date) -> int:
    """Brings up to ``today`` what is known today of everybody for whom a day after ``last`` mattered; gives how many people that was.

    For the system, once a day; safe to repeat, and after days missed ``last`` is simply the last day on which it was done.
    Every step of it is on record, so that whoever keeps counts knows that these may be others.
    """
    by.require("operations.manage")
    days = Q(since__gt=last, since__lte=today) | Q(until__gt=last, until__lte=today)
    with acting(by):
        homes = {
            h
            for model in (Residence, Membership)
            for h in model._default_manager.filter(days, withdrawn=None).values_list("household_id", flat=True)
        }
        people = {
            p
            for model in (PersonName, Membership)
            for p in model._default_manager.filter(days, withdrawn=None).values_list("person_id", flat=True)
        }
        stated = Statement.objects.filter(days, withdrawn=None, person__isnull=False)
        people |= set(stated.values_list("person_id", flat=True))
    people |= _all_of(by, homes)
    for part in chunks(sorted(homes)):
        with acting(by), transaction.atomic():
            list(Household.objects.filter(id__in=part).order_by("id").select_for_update(no_key=True).values_list("id"))
            refresh(part, (), today)
            record(by, TURNED, count=0, day=today.isoformat())
    for part in chunks(sorted(people)):
        with acting(by), transaction.atomic():
            list(Person.objects.filter(id__in=part).order_by("id").select_for_update(no_key=True).values_list("id"))
            changed = refresh((), part, today)
            rewrite_terms(changed)
            follow(changed)
            record(by, TURNED, count=len(part), day=today.isoformat())
    for became in codes_changed(last, today):
        with acting(by), transaction.atomic():
            follow_divisions(became, partial(recoded, became=became))
    return len(people)


def _all_of(by: Actor, homes: set[int]) -> set[int]:
    with acting(by):
        return members_ever(homes)
