"""Long work that can be watched, left, found again, cancelled, and taken up where it stopped."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored


class Job(Stored):
    """``cursor`` is how far the work is safely done, written in the same transaction as that work; ``result`` is what it leaves."""

    kind = models.CharField(max_length=40, db_index=True)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting", db_index=True)  # waiting running done failed cancelled
    total = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    official = models.BigIntegerField(null=True, db_index=True)
    actor = models.JSONField(default=dict)
    area = models.CharField(max_length=15, blank=True)
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
