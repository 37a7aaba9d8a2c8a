"""Acts, and rows that are known between two of them."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored


class Act(Stored):
    """One thing an official did to the registry: a birth, a move, a correction, an import's batch. Its ``id`` is the order of recording.

    ``on`` is the day in the world from which it holds; ``recorded_at`` never runs backwards, even where the machine's clock does.
    """

    kind = models.CharField(max_length=30, db_index=True)
    on = models.DateField()
    recorded_at = models.DateTimeField(db_index=True)
    official = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    post = models.CharField(max_length=160, blank=True)
    why = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")


class ActOn(Stored):
    """A household, or a person, that an act touched: the timeline."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="touched")
    household = models.BigIntegerField(null=True, db_index=True)
    person = models.BigIntegerField(null=True, db_index=True)


class Known(Stored):
    """A row that is true in the world from ``since`` until before ``until`` (empty: still), as far as we knew from the act that brought it
    (``act``) until the act that withdrew it (``withdrawn``, empty: still known). Rows are never deleted and change only in ``withdrawn``.

    A row that merely ends is withdrawn and brought again with its end: so what was known on any day can be read back.
    """

    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    withdrawn = models.ForeignKey(Act, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True
