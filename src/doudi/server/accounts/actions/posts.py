"""Posts given and ended, by date."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F, Q

from doudi.server.accounts import verbs
from doudi.server.accounts.access import managed
from doudi.server.accounts.models import Post
from doudi.server.accounts.roles import Role, roles
from doudi.server.accounts.said import post_said
from doudi.server.areas.levels import LEVELS
from doudi.server.areas.selectors import division
from doudi.server.audit.actions import record
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused


def give_post(
    *, by: Actor, official: int, role: str, area: str, since: date, until: date | None = None, why: str = ""
) -> int:
    """From ``since`` until before ``until`` the official holds ``role`` over ``area`` and all below; gives the post's id. The same post asked for
    again is the same. Refused: a post for oneself, a level at which the role cannot be held, a post at the same time that one person may not hold
    together with it, an area beyond the actor's.
    """
    with transaction.atomic():
        row = managed(by, official, lock=True)
        if by.official == row.pk:
            raise NotAllowed(
                "own-post",
                "不能给自己安排岗位，请另一位管理员办理。",
                "Nobody gives a post to themself; ask another administrator.",
            )
        what = _role(role)
        _check_place(by, what, area, since)
        if until is not None and until <= since:
            raise Refused("bad-days", "岗位的止期应在起期之后。", "A post must end after it begins.", field="until")
        same = Post.objects.filter(official=row, role=role, area=area, since=since, until=until).first()
        if same is not None:
            return same.pk
        _check_others(row.pk, what, area, since, until)
        post = Post.objects.create(official=row, role=role, area=area, since=since, until=until)
        record(
            by, verbs.POST_GIVEN, area=area, why=why, account=verbs.account(row.pk), post=post_said(what, area, since), number=post.pk,
            since=since.isoformat(), until=until.isoformat() if until else "另行通知",
        )  # fmt: skip
        return post.pk


def end_post(*, by: Actor, post: int, on: date, why: str = "") -> None:
    """From ``on`` on the post is not held; one that has not begun is then never taken up. Ended on that day already: nothing is done."""
    with transaction.atomic():
        row = Post.objects.select_for_update().filter(pk=post).first()
        if row is None:
            raise NotFound(
                "no-post", "没有这个岗位，或不归您管理。", "There is no such post, or it is not yours to manage."
            )
        managed(by, row.official_id)
        if not (by.scope.covers(row.area) if row.area else "" in by.scope.prefixes):
            raise NotFound(
                "no-post", "没有这个岗位，或不归您管理。", "There is no such post, or it is not yours to manage."
            )
        on = max(on, row.since)
        if row.until == on:
            return
        if row.until is not None and row.until < on:
            raise Refused(
                "ended-before",
                f"这个岗位在 {row.until.isoformat()} 已经结束。",
                f"The post ended on {row.until.isoformat()} already.",
                field="on",
            )
        row.until = on
        row.save(update_fields=["until"])
        record(
            by, verbs.POST_ENDED, area=row.area, why=why, account=verbs.account(row.official_id),
            post=post_said(_role(row.role), row.area, on), number=row.pk, until=on.isoformat(),
        )  # fmt: skip


def _role(code: str) -> Role:
    found = roles().roles.get(code)
    if found is None:
        raise Refused("no-role", f"没有“{code}”这种岗位。", f"There is no role {code!r}.", field="role")
    return found


def _check_place(by: Actor, role: Role, area: str, since: date) -> None:
    if not (by.scope.covers(area) if area else "" in by.scope.prefixes):
        raise NotFound(
            "no-division",
            "没有这个行政区划，或不在您的管辖范围内。",
            "There is no such division, or none in your areas.",
        )
    if area:
        division(area, since)
    if len(area) not in role.levels:
        zh, en = "、".join(LEVELS[n].zh for n in role.levels), ", ".join(LEVELS[n].en for n in role.levels)
        raise Refused(
            "wrong-level",
            f"“{role.zh}”只能设在：{zh}。",
            f"The role “{role.en}” can only be held at the level of: {en}.",
            field="area",
        )


def _check_others(official: int, role: Role, area: str, since: date, until: date | None) -> None:
    """Posts held at any time of the new one; one that was never taken up is none."""
    at_once = Post.objects.filter(Q(until=None) | Q(until__gt=since), official=official).exclude(until=F("since"))
    if until is not None:
        at_once = at_once.filter(since__lt=until)
    for other in at_once.order_by("since", "id"):
        if other.role == role.code and other.area == area:
            raise Refused(
                "has-post",
                f"这个账号自 {other.since.isoformat()} 起已担任这个岗位。",
                f"The account holds this post already, since {other.since.isoformat()}.",
            )
        if roles().clash(role.code, other.role):
            held = roles().roles[other.role]
            raise Refused(
                "posts-apart",
                f"“{role.zh}”和“{held.zh}”不能由同一人同时担任；请先免去后者，或安排另一人。",
                f"“{role.en}” and “{held.en}” may not be held by one person at the same time; end the latter first, or choose someone else.",
                field="role",
            )
