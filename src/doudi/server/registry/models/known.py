"""Acts, and rows that are known between two of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from doudi.server.lib.stored import Stored


class Act(Stored):
    """One thing an official did to the registry: a birth, a move, a correction, an import's batch.

    ``on`` is the day in the world from which it holds. ``recorded_at`` is the order of recording: it never runs backwards, even where the
    machine's clock does, no two acts share it, and an act becomes visible only after every act recorded before it. ``once`` is the key under
    which the same act, sent again, is known to be done.
    """

    kind = models.CharField(max_length=30, db_index=True)
    on = models.DateField()
    recorded_at = models.DateTimeField(db_index=True)
    official = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    post = models.CharField(max_length=160, blank=True)
    why = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    once = models.CharField(max_length=120, null=True, unique=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")


class ActOn(Stored):
    """A household, or a person, that an act touched: the timeline. ``version`` is the household's after the act."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="touched")
    household = models.BigIntegerField(null=True, db_index=True)
    person = models.BigIntegerField(null=True, db_index=True)
    version = models.IntegerField(null=True)


class Known(Stored):
    """A row that is true in the world from ``since`` until before ``until`` (empty: still), as far as we knew from the act that brought it
    (``act``) until the act that withdrew it (``withdrawn``, empty: still known). Rows are never deleted and change only in ``withdrawn``.

    A row that merely ends is withdrawn and brought again with its end: so what was known on any day can be read back. ``again`` is set on a
    row that an undo brought back: the row that it repeats.
    """

    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    withdrawn = models.ForeignKey(Act, models.PROTECT, null=True, related_name="+", db_index=False)
    again = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        abstract = True
        # Few rows are ever withdrawn, so their indexes are small and cost an import nothing.
        indexes: ClassVar[tuple[models.Index, ...]] = (
            models.Index(
                fields=("withdrawn",), condition=models.Q(withdrawn__isnull=False), name="%(class)s_withdrawn"
            ),
            models.Index(fields=("again",), condition=models.Q(again__isnull=False), name="%(class)s_again"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")), name="%(class)s_span"
            ),
        )
