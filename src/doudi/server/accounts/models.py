"""Officials, the posts they hold, their second factor, the relatives they declared, and the tokens of their programs."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django_otp.models import Device, ThrottlingMixin

from doudi.server.lib.stored import Stored


class Officials(BaseUserManager["Official"]):
    """Accounts are made by ``accounts.actions``; this serves sign-in."""


class Official(AbstractBaseUser):
    """An account of one person, or of one partner's or department's system.

    ``area`` is where the account is kept: administrators of that division, or of one above, look after it. ``temporary`` says that the password was
    set by somebody else and must be changed. The id number, where given, is sealed; its blind index lets nobody have two accounts.
    """

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    area = models.CharField(max_length=15, blank=True, db_index=True)
    is_active = models.BooleanField(default=True)
    temporary = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    blind = models.BinaryField(max_length=32, null=True, unique=True)
    cipher = models.BinaryField(null=True)
    shown = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()

    objects = Officials()
    USERNAME_FIELD = "username"


class Post(Stored):
    """``role`` (a code of roles.yaml) over the subtree ``area``, from ``since`` until before ``until``; equal days are a post never taken up."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40)
    area = models.CharField(max_length=15, blank=True, db_index=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="post_ends_after"),
        )


class Relative(Stored):
    """A relative whom the official declared. ``blind`` is the blind index of the id number."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="relatives")
    name = models.CharField(max_length=80)
    relation = models.CharField(max_length=20)
    blind = models.BinaryField(max_length=32, db_index=True)
    cipher = models.BinaryField()
    shown = models.CharField(max_length=40)
    declared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("official", "blind"), condition=Q(withdrawn_at=None), name="relative_declared_once"
            ),
        )


class SecondFactor(ThrottlingMixin, Device):  # type: ignore[misc]
    """A one-time code by time (RFC 6238). The secret is sealed: who reads the database cannot make codes.

    ``last`` is the time step of the last code taken, so that no code is taken twice; after a wrong code the next is looked at only after a wait
    that doubles each time.
    """

    user = models.OneToOneField(Official, models.CASCADE, related_name="second_factor")
    cipher = models.BinaryField()
    last = models.BigIntegerField(default=-1)
    made_at = models.DateTimeField()

    def get_throttle_factor(self) -> int:
        """Seconds to wait after the first wrong code."""
        return 1

    def verify_token(self, token: str) -> bool:
        """For django-otp, which finds devices of any kind by this name."""
        from doudi.server.accounts.codes import take
        from doudi.server.lib.moments import now

        return take(self, token, now())

    def wait_until(self) -> datetime | None:
        """Until when no code is looked at, or None."""
        allowed, why = self.verify_is_allowed()
        return None if allowed else why["locked_until"]


class Token(Stored):
    """What a program shows to act in an official's post. Of the token itself only the hash is kept, and ``ends``, the last characters, by which its
    owner knows it again.

    ``permissions`` (None: all of the post) and ``areas`` (none: all of the post) narrow the post and never widen it. ``second_factor``: it was made
    in a session in which a one-time code had been given.
    """

    official = models.ForeignKey(Official, models.PROTECT, related_name="tokens")
    post = models.ForeignKey(Post, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    hash = models.BinaryField(max_length=32, unique=True)
    ends = models.CharField(max_length=8)
    permissions = models.JSONField(null=True)
    areas = models.JSONField(default=list)
    second_factor = models.BooleanField(default=False)
    once = models.CharField(max_length=80, null=True, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
