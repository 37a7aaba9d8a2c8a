"""What the API has to remember: answers to be given again, and how much each token has asked."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored


class Answer(Stored):
    """What a request under an Idempotency-Key was answered, to be given again.

    ``key`` is a blind index of the token and the key (a sender may make keys of personal data), ``request`` one of all that was asked;
    ``cipher`` the sealed answer, which may tell of people.
    """

    token = models.BigIntegerField(db_index=True)
    key = models.BinaryField(max_length=32, unique=True)
    request = models.BinaryField(max_length=32)
    cipher = models.BinaryField(null=True)
    made_at = models.DateTimeField(db_index=True)


class Spent(Stored):
    """How many requests a token has made in the minute ``since`` (minutes since 1970)."""

    token = models.BigIntegerField(unique=True)
    since = models.BigIntegerField()
    requests = models.BigIntegerField()
