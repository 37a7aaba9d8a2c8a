"""Officials, the posts they hold, and the relatives they declared."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from doudi.server.lib.stored import Stored


class Officials(BaseUserManager["Official"]):
    """Accounts are made by ``accounts.actions``; this serves sign-in."""


class Official(AbstractBaseUser):
    """An account of one person, or of one partner's or department's system."""

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    made_at = models.DateTimeField()

    objects = Officials()
    USERNAME_FIELD = "username"


class Post(Stored):
    """``role`` (a code of roles.yaml) over the subtree ``area``, from ``since`` until before ``until``."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40)
    area = models.CharField(max_length=15, blank=True, db_index=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)


class Relative(Stored):
    """A relative whom the official declared. ``blind`` is the blind index of the id number; ``person`` is found by it."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="relatives")
    name = models.CharField(max_length=80)
    relation = models.CharField(max_length=20)
    blind = models.BinaryField(max_length=32, db_index=True)
    cipher = models.BinaryField()
    shown = models.CharField(max_length=30)
    declared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
