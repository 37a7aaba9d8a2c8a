"""The chained record: one sentence an act, and the head of the chain."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act, or one batch of acts with its ``digest`` and ``count``. Never changed, never deleted.

    ``mac`` is HMAC-SM3 over the canonical JSON of all other columns and the ``mac`` before; ``seq`` counts from 1 without a gap.
    Who and which post are values, so that the record outlives accounts.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    official = models.BigIntegerField(null=True, db_index=True)
    name = models.CharField(max_length=80)
    post = models.CharField(max_length=160, blank=True)
    address = models.CharField(max_length=80, blank=True)
    verb = models.CharField(max_length=60, db_index=True)
    zh = models.TextField()
    en = models.TextField()
    why = models.TextField(blank=True)
    household = models.BigIntegerField(null=True, db_index=True)
    person = models.BigIntegerField(null=True, db_index=True)
    area = models.CharField(max_length=15, blank=True, db_index=True)
    params = models.JSONField(default=dict)
    count = models.IntegerField(default=1)
    digest = models.CharField(max_length=64, blank=True)
    mac = models.BinaryField()


class Head(models.Model):
    """The single row that says how long the chain is; locked by every append. ``mac`` seals ``seq`` and the last entry's mac."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    last = models.BinaryField(default=bytes)
    mac = models.BinaryField(default=bytes)
