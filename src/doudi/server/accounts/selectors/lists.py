"""Lists of officials and of declared relatives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from doudi.server.accounts import locks
from doudi.server.accounts.access import MANAGE, kept_by, managed, plain_username
from doudi.server.accounts.models import Official, Post, Relative, SecondFactor
from doudi.server.accounts.selectors.acting import post_views
from doudi.server.accounts.shapes import OfficialView, PostView, RelativeMatch, RelativeView
from doudi.server.areas.levels import above
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now

CHUNK = 5000


def officials(reader: Actor, *, text: str = "", after: str = "", limit: int = 50) -> tuple[OfficialView, ...]:
    """The accounts that the reader looks after, by username from ``after`` on; ``text`` is part of a name or of a username."""
    reader.require(MANAGE)
    rows = kept_by(reader).filter(username__gt=after)
    if text.strip():
        rows = rows.filter(Q(username__contains=text.strip().lower()) | Q(name__contains=text.strip()))
    return _views(list(rows.order_by("username")[:limit]))


def official(reader: Actor, official_id: int) -> OfficialView:
    """Raises NotFound for an account that is not the reader's to look after."""
    return _views([managed(reader, official_id)])[0]


def by_username(reader: Actor, username: str) -> OfficialView:
    """Raises NotFound for an account that is not the reader's to look after."""
    row = Official.objects.filter(username=plain_username(username)).values_list("pk", flat=True).first()
    return official(reader, row or 0)


def administrators(area: str, on: date) -> int:
    """How many administrators look after ``area`` (empty: the whole country) on that day."""
    rows = Post.objects.filter(
        Q(until=None) | Q(until__gt=on),
        role="administrator",
        since__lte=on,
        area__in=["", *above(area), area],
        official__is_active=True,
    )
    return rows.values("official").distinct().count()


def relatives_of(reader: Actor, official_id: int) -> tuple[RelativeView, ...]:
    """What an official has declared and not withdrawn: for the official, and for who looks after the account."""
    if reader.official != official_id:
        managed(reader, official_id)
    rows = Relative.objects.filter(official_id=official_id, withdrawn_at=None).order_by("id")
    return tuple(RelativeView(r.pk, r.official_id, r.name, r.relation, r.shown) for r in rows)


def relatives_match(blinds: Iterable[bytes], *, officials: Iterable[int] | None = None) -> tuple[RelativeMatch, ...]:
    """Officials related to people with these blind indexes of id numbers, or being them; all officials, or some. For deciding who may handle a
    case: it names officials and their relation, and nothing of the relative.
    """
    wanted = list({bytes(b) for b in blinds})
    only = None if officials is None else list(officials)
    found: list[RelativeMatch] = []
    for i in range(0, len(wanted), CHUNK):
        part = wanted[i : i + CHUNK]
        declared = Relative.objects.filter(blind__in=part, withdrawn_at=None).select_related("official")
        themselves = Official.objects.filter(blind__in=part)
        if only is not None:
            declared, themselves = declared.filter(official__in=only), themselves.filter(pk__in=only)
        found += [RelativeMatch(bytes(r.blind), r.official.pk, r.official.name, r.relation) for r in declared]
        found += [RelativeMatch(bytes(o.blind or b""), o.pk, o.name, "本人") for o in themselves]
    return tuple(sorted(found, key=lambda m: (m.official, m.blind)))


def _views(rows: list[Official]) -> tuple[OfficialView, ...]:
    ids = [row.pk for row in rows]
    coded = set(SecondFactor.objects.filter(user_id__in=ids, confirmed=True).values_list("user_id", flat=True))
    locked = locks.accounts_locked([row.username for row in rows], now())
    posts: dict[int, list[PostView]] = {}
    for post in post_views(Post.objects.filter(official__in=ids).order_by("-since", "-id"), None):
        posts.setdefault(post.official, []).append(post)
    return tuple(
        OfficialView(
            row.pk, row.username, row.name, row.area, row.is_active, row.temporary, row.pk in coded, row.username in locked,
            tuple(posts.get(row.pk, ())),
        )
        for row in rows
    )  # fmt: skip
