"""Whom an administrator looks after, and how officials, posts and passwords are found or refused."""

from __future__ import annotations

import re
from datetime import date
from unicodedata import category, normalize

from django.db.models import Q, QuerySet

from doudi.server.accounts.models import Official, Post
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused

MANAGE = "accounts.manage"
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def kept_by(by: Actor) -> QuerySet[Official]:
    """The accounts that are kept in the actor's areas."""
    return Official.objects.filter(by.scope.q("area"))


def managed(by: Actor, official: int, *, lock: bool = False) -> Official:
    """The account, when the actor looks after it. Raises NotAllowed without the permission and NotFound for one kept elsewhere."""
    by.require(MANAGE)
    found = kept_by(by).filter(pk=official)
    row = (found.select_for_update() if lock else found).first()
    if row is None:
        raise NotFound(
            "no-account", "没有这个账号，或不归您管理。", "There is no such account, or it is not yours to manage."
        )
    return row


def mastered(by: Actor, official: int, on: date) -> Official:
    """As ``managed``, locked, for what would let the actor sign in as that person: refused where any post, present or to come, reaches beyond
    the actor's areas, and for the actor's own account."""
    row = managed(by, official, lock=True)
    if by.official == row.pk:
        raise Refused(
            "own-account",
            "不能对自己的账号办理这件事，请另一位管理员办理。",
            "This cannot be done to one's own account; ask another administrator.",
        )
    for area in Post.objects.filter(Q(until=None) | Q(until__gt=on), official=row).values_list("area", flat=True):
        if not (by.scope.covers(area) if area else "" in by.scope.prefixes):
            raise Refused(
                "higher-post",
                "这个账号担任的岗位超出您的管辖范围，请上级管理员办理。",
                "This account holds a post beyond your areas; ask an administrator of a higher level.",
            )
    return row


def proper_username(text: str) -> str:
    """Lower case. Raises Refused."""
    username = plain_username(text)
    if not username:
        raise Refused(
            "bad-username",
            "账号应为 3 到 40 个小写字母、数字或 . _ -，以字母或数字开头。",
            "A username has 3 to 40 small letters, digits or . _ -, and begins with a letter or a digit.",
            field="username",
        )
    return username


def plain_username(text: str) -> str:
    """A username as it is kept; empty for what cannot be one."""
    username = normalize("NFKC", text).strip().lower()
    return username if _USERNAME.fullmatch(username) else ""


def proper_name(text: str, longest: int = 80) -> str:
    name = normalize("NFKC", text).strip()
    if not name or len(name) > longest or any(category(c)[0] == "C" for c in name):
        raise Refused(
            "bad-name",
            f"姓名应为 1 到 {longest} 个字，不能有换行等控制字符。",
            f"A name has 1 to {longest} characters, and no line breaks or other control characters.",
            field="name",
        )
    return name
