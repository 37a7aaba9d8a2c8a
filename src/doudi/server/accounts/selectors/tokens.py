"""Programs that act in an official's post, known by a token."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from doudi.server.accounts.access import managed
from doudi.server.accounts.models import Post, Token
from doudi.server.accounts.selectors.acting import actor, places_of, post_views
from doudi.server.accounts.shapes import TokenView
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of
from doudi.server.lib.refusals import NotAllowed
from doudi.server.lib.scope import Scope, common

PREFIX = "doudi_"
"""Before every token, so that one left lying in a file is recognised for what it is."""
_NOTED = timedelta(minutes=5)
"""How exactly it is noted when a token was last used: a row written at each request would cost more than it tells."""


@dataclass(frozen=True)
class Bearer:
    """Who acts by a token, and which. ``narrow``: it has less than its post has."""

    actor: Actor
    token: int
    name: str
    expires_at: datetime
    post: int
    narrow: bool


def hashed(secret: str) -> bytes:
    """A token has 256 random bits: nobody finds one by trying, and a plain hash is enough."""
    return sha256(secret.encode("utf-8", "replace")).digest()


def by_token(secret: str, *, at: datetime, address: str = "") -> Bearer:
    """The official in the token's post as of ``at``, with no more than the token allows. Raises NotAllowed: a token that there is not, revoked or
    expired, an account that was stopped, a post that ended, a second factor that the post demands and the token was made without.
    """
    row = Token.objects.filter(hash=hashed(secret)).first() if secret.startswith(PREFIX) else None
    if row is None:
        raise NotAllowed(
            "token-unknown",
            "没有这个接口令牌，请核对后重试。",
            "There is no such token; check that it was copied whole.",
        )
    if row.revoked_at is not None:
        raise NotAllowed("token-revoked", "这个接口令牌已被撤销。", "This token was revoked.")
    if at >= row.expires_at:
        raise NotAllowed("token-expired", "这个接口令牌已过期，请另开一个。", "This token has expired; make another.")
    on = day_of(at)
    whole = actor(row.official_id, row.post_id, on=on, address=address, second_factor=row.second_factor)
    if row.last_used_at is None or at - row.last_used_at >= _NOTED:
        Token.objects.filter(pk=row.pk).update(last_used_at=at)
    narrow = row.permissions is not None or bool(row.areas)
    said = f"{address} token {row.pk}".strip()
    return Bearer(
        replace(narrowed(whole, row, on), address=said), row.pk, row.name, row.expires_at, row.post_id, narrow
    )


def narrowed(whole: Actor, row: Token, on: date) -> Actor:
    """What of the post is left: the permissions and areas that both have. An area is as it is on ``on``, whatever became of it since the token was
    made, and with it the codes that it had before, as the post's own are."""
    may = whole.may if row.permissions is None else whole.may & frozenset(row.permissions)
    if not row.areas:
        return replace(whole, may=may)
    made = day_of(row.made_at)
    places = [places_of(area, made, on) for area in row.areas]
    now = _both(whole, (code for codes, _ in places for code in codes))
    before = _both(whole, (code for _, codes in places for code in codes))
    return replace(whole, may=may, scope=Scope.of([*now, *before]), office=common(now))


def _both(whole: Actor, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(prefix for code in codes for prefix in whole.scope.narrowed(code).prefixes)


def tokens_of(reader: Actor, official: int) -> tuple[TokenView, ...]:
    """All tokens of an official, the newest first: for the official, and for who looks after the account. Raises NotAllowed, NotFound."""
    if reader.official != official:
        managed(reader, official)
    return token_views(Token.objects.filter(official=official).order_by("-id"))


def token_views(rows: Iterable[Token]) -> tuple[TokenView, ...]:
    rows = list(rows)
    said = {p.id: p.said for p in post_views(Post.objects.filter(id__in={row.post_id for row in rows}), None)}
    return tuple(
        TokenView(
            row.pk, row.official_id, row.post_id, said[row.post_id], row.name, row.ends,
            None if row.permissions is None else tuple(row.permissions), tuple(row.areas), row.made_at, row.expires_at, row.revoked_at,
            row.last_used_at,
        )
        for row in rows
    )  # fmt: skip
