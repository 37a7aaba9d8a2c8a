"""Tokens by which an official's programs act in a post: made, and revoked."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction

from doudi.server.accounts import verbs
from doudi.server.accounts.access import managed, proper_name
from doudi.server.accounts.models import Official, Post, Token
from doudi.server.accounts.roles import roles
from doudi.server.accounts.said import post_said
from doudi.server.accounts.selectors.acting import actor
from doudi.server.accounts.selectors.tokens import PREFIX, hashed, token_views
from doudi.server.accounts.shapes import NewToken
from doudi.server.areas.levels import is_code
from doudi.server.audit.actions import record
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused

LONGEST = 366
"""Days that a token may live."""
MOST = 20
"""Live tokens of one official."""


def make_token(
    *, by: Actor, post: int, name: str, days: int, on: date, permissions: Collection[str] | None = None, areas: Collection[str] = (),
    second_factor: bool = False, once: str = "",
) -> NewToken:  # fmt: skip
    """A token for one's own ``post``, good for ``days``; what it is, is told this once. ``permissions`` (None: all) and ``areas`` (none: all) are
    some of the post's. ``second_factor``: a one-time code was given in this session; a post that demands one gives no token without.

    Under the same ``once`` the same token is given again, without its secret. Raises NotAllowed, NotFound, Refused.
    """
    if by.official is None:
        raise NotAllowed("no-account", "只有账号本人可以开立接口令牌。", "Only an account's owner makes tokens for it.")
    whole = actor(by.official, post, on=on, address=by.address, second_factor=second_factor)
    label = proper_name(name)
    if not 1 <= days <= LONGEST:
        raise Refused(
            "bad-days", f"有效期应为 1 到 {LONGEST} 天。", f"A token lives 1 to {LONGEST} days.", field="days"
        )
    given = None if permissions is None else sorted(set(permissions))
    _check_within(whole, given, areas)
    with transaction.atomic():
        # One at a time for each official, so that the most is never passed and one request makes one token.
        Official.objects.select_for_update().get(pk=by.official)
        key = f"{by.official}:{once}"[:80] if once else None
        before = Token.objects.filter(once=key).first() if key else None
        if before is not None:
            return NewToken(token_views([before])[0], "")
        at = now()
        if Token.objects.filter(official=by.official, revoked_at=None, expires_at__gt=at).count() >= MOST:
            raise Refused(
                "too-many-tokens",
                f"一个账号最多有 {MOST} 个有效令牌，请先撤销不用的。",
                f"An account has at most {MOST} live tokens; revoke one that is not used.",
            )
        secret = PREFIX + secrets.token_urlsafe(32)
        row = Token.objects.create(
            official_id=by.official, post_id=post, name=label, hash=hashed(secret), ends=secret[-4:], permissions=given,
            areas=sorted(set(areas)), second_factor=second_factor, once=key, made_at=at, expires_at=at + timedelta(days=days),
        )  # fmt: skip
        of = Post.objects.get(pk=post)
        record(
            by, verbs.TOKEN_MADE, area=of.area, account=verbs.account(by.official), post=post_said(roles().roles[of.role], of.area, on),
            token=row.pk, until=day_of(row.expires_at).isoformat(),
        )  # fmt: skip
        return NewToken(token_views([row])[0], secret)


def revoke_token(*, by: Actor, token: int, why: str = "") -> None:
    """From now on the token is good for nothing; revoked before: nothing is done. One's own, or of an account that one looks after.

    Raises NotFound for any other.
    """
    with transaction.atomic():
        row = Token.objects.select_for_update().select_related("official").filter(pk=token).first()
        if row is None:
            raise _missing()
        if row.official_id != by.official:
            try:
                managed(by, row.official_id)
            except (NotAllowed, NotFound):
                raise _missing() from None
        if row.revoked_at is None:
            row.revoked_at = now()
            row.save(update_fields=["revoked_at"])
            record(
                by, verbs.TOKEN_REVOKED, area=row.official.area, why=why, account=verbs.account(row.official_id), token=row.pk
            )  # fmt: skip


def _check_within(whole: Actor, permissions: Collection[str] | None, areas: Collection[str]) -> None:
    for code in permissions or ():
        if code not in whole.may:
            raise Refused(
                "beyond-post",
                f"“{whole.post}”没有权限 {code}，令牌也不能有。",
                f"The post “{whole.post}” does not carry {code}, and no token of it can.",
                field="permissions",
            )
    for area in areas:
        if not is_code(area) or not whole.scope.covers(area):
            raise Refused(
                "beyond-post",
                f"“{area}”不在“{whole.post}”的管辖范围内，令牌也不能到那里。",
                f"{area} lies outside the areas of “{whole.post}”, and no token of it reaches there.",
                field="areas",
            )


def _missing() -> NotFound:
    return NotFound(
        "no-token", "没有这个接口令牌，或不归您管理。", "There is no such token, or it is not yours to manage."
    )
