"""An official in a post, as everything else wants to know who acts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Q

from doudi.server.accounts.models import Official, Post, SecondFactor
from doudi.server.accounts.roles import Role, roles
from doudi.server.accounts.said import post_over, posts_said
from doudi.server.accounts.shapes import PostView
from doudi.server.areas.selectors import became, formerly
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound
from doudi.server.lib.scope import Scope, common


def actor(official_id: int, post_id: int, *, on: date, address: str = "", second_factor: bool = False) -> Actor:
    """The official in that post, on that day. ``second_factor`` says whether a one-time code was given in this session. Raises NotFound for a post
    that is not theirs, and NotAllowed: a stopped account, a password still to be changed, a post not held on that day, a second factor missing.

    The scope is the post's area, and those of the other posts of the same role held on that day: who reviews in two townships reviews in both at
    once, and is then so named. Each area is as it is today, whatever became of it since the post began, and with it the codes that it had before:
    so that old records stay in the hands of those who have the place now.
    """
    row = Post.objects.select_related("official").filter(pk=post_id, official_id=official_id).first()
    if row is None:
        raise NotFound("no-post", "没有这个岗位。", "There is no such post.")
    others = Post.objects.filter(_held(on), official_id=official_id, role=row.role).exclude(pk=row.pk)
    return _acting(row, list(others.order_by("since", "id")), on, address, second_factor=second_factor)


def chosen_actor(
    official_id: int, chosen: int | None, *, on: date, address: str = "", second_factor: bool = False
) -> Actor | None:
    """As ``actor``, in the post ``chosen`` where it is held on that day, else in the only one; None where there are several, or none: then one must
    be chosen. Asks the database little, for every page begins with it. Raises NotAllowed."""
    rows = list(
        Post.objects.filter(_held(on), official_id=official_id).select_related("official").order_by("since", "id")
    )
    row = next((r for r in rows if r.pk == chosen), rows[0] if len(rows) == 1 else None)
    if row is None:
        return None
    others = [r for r in rows if r.role == row.role and r.pk != row.pk]
    return _acting(row, others, on, address, second_factor=second_factor)


def _acting(row: Post, others: list[Post], on: date, address: str, *, second_factor: bool) -> Actor:
    role = roles().roles[row.role]
    _check_account(row.official)
    _check_days(row, on)
    held = [row, *others]
    if demands_second_factor(role) and not second_factor:
        said = posts_said([(role, row.area, on)])[0]
        raise NotAllowed(
            "second-factor",
            f"“{said}”要求动态码验证，请先输入动态码（没有绑定的先绑定）。",
            f"The post “{said}” demands a one-time code; give it first, or set codes up.",
        )
    places = [places_of(each.area, each.since, on) for each in held]
    scope = Scope.of(code for now, before in places for code in (*now, *before))
    office = common(code for now, _ in places for code in now)
    said = post_over(role, [each.area for each in held], on)
    return Actor(row.official_id, row.official.name, said, scope, role.permissions, address, role.code, office)


def must_still_act(official_id: int, role: str, scope: Scope, *, on: date) -> None:
    """For work that goes on without its official. Raises NotAllowed where the account was stopped, or where no post of the role that is held on
    ``on`` reaches all of ``scope`` any more. An actor of no account, or in no post, is not one of ours to stop."""
    row = Official.objects.filter(pk=official_id).first()
    if row is None:
        return
    if not row.is_active:
        raise NotAllowed(
            "stopped", f"{row.name}的账号已停用，任务没有继续；需要的话请由在岗的人重新发起。",
            f"The account of {row.name} was stopped and the job did not go on; somebody in office may begin it again.",
        )  # fmt: skip
    held = Post.objects.filter(_held(on), official_id=official_id, role=role)
    reached = Scope.of(code for post in held for code in scope_of(post.area, post.since, on).prefixes)
    if role and not scope.within(reached):
        raise NotAllowed(
            "post-ended", f"{row.name}已不担任发起时的岗位，任务没有继续；需要的话请由在岗的人重新发起。",
            f"{row.name} no longer holds the post in which the job was begun, and it did not go on; somebody in office may begin it again.",
        )  # fmt: skip


def oneself(official_id: int, *, address: str = "") -> Actor:
    """An official in no post, who may do nothing but what everybody may with the own account. Raises NotFound."""
    row = Official.objects.filter(pk=official_id, is_active=True).first()
    if row is None:
        raise NotFound("no-account", "没有这个账号，或已停用。", "There is no such account, or it was stopped.")
    return Actor(row.pk, row.name, "", Scope.nothing(), frozenset(), address, office=row.area)


def posts_of(official_id: int, *, on: date | None = None) -> tuple[PostView, ...]:
    """The posts of an official, of one day or all, the latest first."""
    rows = Post.objects.filter(official_id=official_id)
    if on is not None:
        rows = rows.filter(_held(on))
    return post_views(rows.order_by("-since", "-id"), on)


def next_step(official_id: int, *, on: date) -> str:
    """What is to be asked of somebody who gave the right password: ``password`` (it is a temporary one), ``code``, ``enrol`` (a post demands codes
    and none are set up), or nothing."""
    if Official.objects.filter(pk=official_id, temporary=True).exists():
        return "password"
    if SecondFactor.objects.filter(user_id=official_id, confirmed=True).exists():
        return "code"
    return "enrol" if any(demands_second_factor(p.role) for p in posts_of(official_id, on=on)) else ""


def demands_second_factor(role: Role) -> bool:
    """Not in the demonstration."""
    return role.second_factor and not settings.ENVIRONMENT.demo


def post_views(rows: Iterable[Post], on: date | None) -> tuple[PostView, ...]:
    """With the names of ``on``, or else of the day that each began."""
    rows = list(rows)
    known = [(roles().roles[row.role], row.area, on or row.since) for row in rows]
    return tuple(
        PostView(row.pk, row.official_id, role, row.area, said, row.since, row.until)
        for row, (role, _, _), said in zip(rows, known, posts_said(known), strict=True)
    )


def scope_of(area: str, since: date, on: date) -> Scope:
    """What a post over ``area``, given on ``since``, reaches on ``on``."""
    now, before = places_of(area, since, on)
    return Scope.of([*now, *before])


def places_of(area: str, since: date, on: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What ``area`` is on ``on``, and the codes that had before."""
    if not area:
        return ("",), ()
    now = became(area, since, on)
    return now, formerly(now, on)


def _held(on: date) -> Q:
    return Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))


def _check_account(official: Official) -> None:
    if not official.is_active:
        raise NotAllowed("stopped", "这个账号已停用，请联系管理员。", "This account was stopped; ask an administrator.")
    if official.temporary:
        raise NotAllowed(
            "temporary-password",
            "这是管理员设的临时密码，请先修改密码。",
            "The password is a temporary one; change it first.",
        )


def _check_days(row: Post, on: date) -> None:
    begun, ended = row.since <= on, row.until is not None and on >= row.until
    if begun and not ended:
        return
    said = posts_said([(roles().roles[row.role], row.area, on)])[0]
    if not begun:
        raise NotAllowed(
            "post-not-begun",
            f"“{said}”从 {row.since.isoformat()} 起才担任。",
            f"The post “{said}” begins on {row.since.isoformat()}.",
        )
    if row.until is not None:
        raise NotAllowed(
            "post-ended",
            f"“{said}”已于 {row.until.isoformat()} 结束。",
            f"The post “{said}” ended on {row.until.isoformat()}.",
        )
