"""The chained record: one sentence an act, the head of the chain, and what tells the right keys from wrong ones."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """One act, or one batch of acts with its ``digest`` and ``count``. Never changed, never deleted.

    ``mac`` is HMAC-SM3 over the ``mac`` before and the canonical JSON of all other columns; ``seq`` counts from 1 without a gap.
    Who and which post are values, so that the record outlives accounts. ``params`` is canonical JSON kept as text: the database must give back
    the very bytes that were sealed.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    official = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    post = models.CharField(max_length=160, blank=True)
    address = models.CharField(max_length=80, blank=True)
    verb = models.CharField(max_length=60)
    zh = models.TextField()
    en = models.TextField()
    why = models.TextField(blank=True)
    household = models.BigIntegerField(null=True)
    person = models.BigIntegerField(null=True)
    area = models.CharField(max_length=15, blank=True)
    params = models.TextField(default="{}")
    count = models.IntegerField(default=1)
    digest = models.CharField(max_length=64, blank=True)
    mac = models.BinaryField()

    class Meta:
        indexes = (
            models.Index(fields=["at"], name="entry_at"),
            models.Index(fields=["verb", "seq"], name="entry_verb"),
            models.Index(fields=["area", "seq"], name="entry_area"),
            models.Index(fields=["official", "seq"], name="entry_official", condition=Q(official__isnull=False)),
            models.Index(fields=["household", "seq"], name="entry_household", condition=Q(household__isnull=False)),
            models.Index(fields=["person", "seq"], name="entry_person", condition=Q(person__isnull=False)),
        )


class Head(models.Model):
    """The single row that says how long the chain is; locked by every append. ``mac`` seals ``chain``, ``seq`` and ``last``, the last entry's
    mac. ``chain`` is drawn at the first append and tells this record from that of any other database."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    chain = models.CharField(max_length=32, blank=True)
    seq = models.BigIntegerField(default=0)
    last = models.BinaryField(default=bytes)
    mac = models.BinaryField(default=bytes)


class KeyCheck(models.Model):
    """A fixed text's HMAC under each key that this database was written with. ``retired_at``: nothing is sealed with it any more."""

    name = models.CharField(max_length=20, primary_key=True)
    mac = models.BinaryField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
