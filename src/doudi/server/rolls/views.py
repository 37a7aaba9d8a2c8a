"""Saved views: a filter kept under a name, shared within an office."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from doudi.server.audit.actions import record
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Refused
from doudi.server.registry.selectors.record import READ
from doudi.server.rolls import verbs
from doudi.server.rolls.asked import Asked
from doudi.server.rolls.models import SavedView
from doudi.server.rolls.selectors import no_view, office, offices

MOST_VIEWS = 50


def save_view(*, by: Actor, asked: Asked, name: str, shared: bool) -> int:
    """Keeps the filter under ``name``; one of the same name is replaced. What was searched for as text is not kept. Gives its number.

    Raises Refused without a name, or where there are too many.
    """
    by.require(READ)
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused("bad-name", "请起一个名称，不超过 60 字。", "Give a name of at most 60 characters.", field="name")
    if by.official is None or not by.scope.prefixes:
        raise Refused("no-office", "没有岗位，不能保存。", "Without a post nothing is kept.")
    words = {
        "of": asked.of,
        "query": asked.query(text=False),
        "shared": shared,
        "by_name": by.name[:80],
        "made_at": now(),
    }
    with acting(by), transaction.atomic():
        mine = SavedView.objects.filter(official=by.official, area__in=offices(by))
        found = mine.filter(name=name).first()
        if found is None:
            if mine.count() >= MOST_VIEWS:
                raise Refused(
                    "too-many-views", f"已有 {MOST_VIEWS} 个常用筛选，请先删去不用的。",
                    f"There are {MOST_VIEWS} saved views already; delete some first.", field="name",
                )  # fmt: skip
            try:
                with transaction.atomic():
                    found = SavedView.objects.create(official=by.official, area=office(by), name=name, **words)
            except IntegrityError:
                # Pressed twice: the first has made it.
                found = mine.get(name=name)
        SavedView.objects.filter(pk=found.pk).update(**words)
        record(by, verbs.VIEW_SAVED, area=office(by), view=found.pk)
        return found.pk


def drop_view(*, by: Actor, view: int) -> None:
    """Deletes one of the actor's own. Raises NotFound."""
    by.require(READ)
    if by.official is None:
        raise no_view(view)
    with acting(by), transaction.atomic():
        mine = SavedView.objects.filter(official=by.official, area__in=offices(by), id=view)
        if not mine.delete()[0]:
            raise no_view(view)
        record(by, verbs.VIEW_DROPPED, area=office(by), view=view)
