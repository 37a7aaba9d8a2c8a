"""Filtered lists that an official keeps, and what was chosen of one to be done to many at once."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored, code_field

CHOSEN, UNDER_WAY, DONE = "chosen", "under-way", "done"
"""States of a choice: not confirmed yet; being carried out, perhaps in the background; carried out."""


class SavedView(Stored):
    """A filter under a name. ``area`` is the office in which it was made; ``shared``: whoever acts for that office sees it too. ``query`` holds no
    text that was searched for: it would be somebody's name."""

    official = models.BigIntegerField(db_index=True)
    by_name = models.CharField(max_length=80)
    area = code_field(db_index=True)
    of = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    query = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("official", "area", "name"), name="saved_view_once"),)


class Choice(Stored):
    """Rows of a list, by their keys, to which one act is to be done: what was shown when it was asked for is what it is done to. ``act`` is one of
    ``acts.ACTS``, ``params`` what it needs. ``result`` tells how many it was done to, how many were so already, and which were refused and why."""

    official = models.BigIntegerField(db_index=True)
    area = code_field()
    of = models.CharField(max_length=10)
    act = models.CharField(max_length=10)
    params = models.JSONField(default=dict)
    ids = models.JSONField(default=list)
    on = models.DateField()
    why = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=CHOSEN)
    job = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    made_at = models.DateTimeField()
