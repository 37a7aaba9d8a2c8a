"""Workbooks that came in, headers that were mapped, lists of other bodies compared with ours."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored, code_field


class Import(Stored):
    """A ledger handed in. ``digest`` is the SHA-256 of the file; ``cipher`` holds it sealed until it is imported or given up, then nothing.

    ``state``: reading, previewed, importing, done, refused (the file as a whole is faulty), given-up. ``counts``: fresh, people, changed, same, held. ``since`` is
    the day from which what it says holds; ``area`` the division that handed it in; ``report`` the workbook of faults, by its name in the data folder.
    """

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, db_index=True)
    cipher = models.BinaryField(default=bytes)
    report = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    source = models.CharField(max_length=20)
    area = code_field(db_index=True)
    state = models.CharField(max_length=12, default="reading", db_index=True)
    counts = models.JSONField(default=dict)
    strangers = models.JSONField(default=list)
    job = models.BigIntegerField(null=True)
    official = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)


class Header(Stored):
    """In workbooks of ``area`` the header ``written`` of the sheet for ``entity`` stands for the ledger's column ``meant``; empty: left out."""

    area = code_field(db_index=True)
    entity = models.CharField(max_length=40)
    written = models.CharField(max_length=80)
    meant = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("area", "entity", "written"), name="header_once"),)


class Comparison(Stored):
    """A list of another body held against one of our ledgers on a day, within an area."""

    name = models.CharField(max_length=120)
    body = models.CharField(max_length=80)
    ledger = models.CharField(max_length=30)
    area = code_field(db_index=True)
    on = models.DateField()
    digest = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    official = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()


class Difference(Stored):
    """One person on whom the two lists do not agree. ``kind``: here (only ours), there (only theirs), differs, likely (theirs looks like ours
    with a slip in the number). What theirs says of somebody unknown to us is kept sealed (``cipher``) but for name and masked number."""

    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=8, db_index=True)
    person = models.BigIntegerField(null=True, db_index=True)
    area = code_field(db_index=True)
    name = models.CharField(max_length=80, blank=True)
    shown = models.CharField(max_length=40, blank=True)
    cipher = models.BinaryField(default=bytes)
    fields = models.JSONField(default=dict)
    row = models.IntegerField(null=True)
    state = models.CharField(max_length=10, default="open", db_index=True)
    why = models.TextField(blank=True)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
