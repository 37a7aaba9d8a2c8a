"""Long work that can be watched, left, found again, cancelled, and taken up where it stopped."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored


class Job(Stored):
    """``cursor`` is how far the work is safely done, written in the same transaction as that work; ``result`` is what it leaves.

    ``token`` belongs to whoever runs it now: with any other nothing can be written, so that of two who believe to run it only one does.
    ``beat_at`` says that they live. ``single`` is a digest of what the job is about, empty where many may run at once and once it has ended.
    ``taken_at`` and ``taken_done`` are when, and how far on, it was last taken up; ``moved_at`` is when it last got on: the pace follows.
    ``queued`` is its row in the queue. ``tries`` counts how often it was taken up since it last got on.
    """

    kind = models.CharField(max_length=40, db_index=True)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting", db_index=True)  # waiting running done failed cancelled
    single = models.CharField(max_length=64, null=True, unique=True)
    total = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    official = models.BigIntegerField(null=True, db_index=True)
    actor = models.JSONField(default=dict)
    area = models.CharField(max_length=15, blank=True, db_index=True)
    queued = models.UUIDField(null=True)
    token = models.CharField(max_length=32, blank=True)
    tries = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken_done = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
