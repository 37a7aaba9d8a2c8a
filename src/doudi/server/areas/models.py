"""Divisions through time, what became of them, and sets of divisions across the tree."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from doudi.server.lib.stored import Stored


class Division(Stored):
    """A division under one name and one parent, from ``since`` until before ``until`` (empty: still). A change ends one row and begins another.

    ``code`` is its code as published, a prefix of the codes below it; ``parent`` is the nearest division above it (a county may stand directly
    under its province), empty where there is none. ``level`` is the length of the code: 2 province, 4 prefecture, 6 county, 9 township,
    12 village, 15 grid. ``sounds`` is the name in pinyin and its initials, for search.
    """

    code = models.CharField(max_length=15, db_index=True)
    parent = models.CharField(max_length=15, blank=True, db_index=True)
    name = models.CharField(max_length=60)
    sounds = models.CharField(max_length=400, blank=True)
    level = models.SmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("code", "since"), name="division_once_a_day"),
            models.UniqueConstraint(fields=("code",), condition=Q(until=None), name="division_open_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="division_ends_after"),
        )


class Succession(Stored):
    """On ``on`` the division ``before`` became ``after``: several rows where there are several, and one, recoded, for each division below.

    ``kind`` is recoded (a new code, so also moved), merged, or split; where the old one goes on beside what was split off, one row has it as
    both. A new name under the same code is only a new row of the division.
    """

    before = models.CharField(max_length=15, db_index=True)
    after = models.CharField(max_length=15, db_index=True)
    on = models.DateField()
    kind = models.CharField(max_length=10)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("before", "after", "on"), name="succession_once"),)


class DivisionSet(Stored):
    """Divisions taken together across the tree: a contiguous poor area, a resettlement site, an old revolutionary base area."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "name"), name="division_set_name"),)


class DivisionSetMember(Stored):
    """``code`` belongs to the set from ``since`` until before ``until``."""

    of = models.ForeignKey(DivisionSet, models.CASCADE, related_name="members")
    code = models.CharField(max_length=15, db_index=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("of", "code"), condition=Q(until=None), name="set_member_open_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="set_member_ends_after"),
        )
