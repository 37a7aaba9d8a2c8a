"""Divisions through time, what became of them, and sets of divisions across the tree."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored


class Division(Stored):
    """A division under one name and one parent, from ``since`` until before ``until`` (empty: still). A change ends one row and begins another.

    ``code`` is its code as published, a prefix of the codes below it; ``level`` follows from its length: 2 province, 4 prefecture, 6 county,
    9 township, 12 village, 15 grid.
    """

    code = models.CharField(max_length=15, db_index=True)
    parent = models.CharField(max_length=15, blank=True, db_index=True)
    name = models.CharField(max_length=60)
    full_name = models.CharField(max_length=200, blank=True)
    level = models.SmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("code", "since"), name="division_once_a_day"),)


class Succession(Stored):
    """On ``on`` the division ``before`` became ``after`` (renamed, merged, moved, split): several rows where there are several."""

    before = models.CharField(max_length=15, db_index=True)
    after = models.CharField(max_length=15, db_index=True)
    on = models.DateField()
    kind = models.CharField(max_length=10)


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
