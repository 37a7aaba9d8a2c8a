"""Signing in and out."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils.timezone import localdate, localtime

from doudi.server.accounts import locks, verbs
from doudi.server.accounts.access import plain_username
from doudi.server.accounts.addresses import address_of
from doudi.server.accounts.models import Official
from doudi.server.accounts.selectors import next_step, oneself
from doudi.server.accounts.shapes import SignedIn
from doudi.server.audit.actions import record
from doudi.server.audit.verbs import Verb
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotAllowed
from doudi.server.lib.scope import Scope

_NOBODY = "?"
"""Counted for whatever cannot be a username: what is typed there may be a password."""


def sign_in(request: HttpRequest, *, username: str, password: str) -> SignedIn:
    """Begins a session, and says what is to be asked next. Raises NotAllowed: a wrong username or password (which of them is not told), or
    locked, until when. Each try is recorded but those while it is locked: they are not looked at, and are not to fill the record.
    """
    asked = plain_username(username) or _NOBODY
    address = address_of(request)
    known = Official.objects.filter(username=asked).first()
    until = locks.locked_until(asked, address, now())
    if until is not None:
        raise _locked(until)
    user = authenticate(request, username=asked, password=password)
    if not isinstance(user, Official):
        until = locks.locked_until(asked, address, now())
        stranger = Actor(
            known.pk if known else None, known.name if known else "未登录者", "", Scope.nothing(), address=address or "",
            office=known.area if known else "",
        )  # fmt: skip
        _note(stranger, verbs.FAILED, account=verbs.account(stranger.official))
        if until is not None:
            _note(stranger, verbs.LOCKED, account=verbs.account(stranger.official))
            raise _locked(until)
        left = locks.tries_left(asked, now())
        raise NotAllowed(
            "wrong-sign-in",
            f"账号或密码不对；再错 {left} 次将锁定 {_minutes()} 分钟。",
            f"The username or the password is wrong; after {left} more wrong tries sign-in is locked for {_minutes()} minutes.",
        )
    login(request, user)
    _note(oneself(user.pk, address=address or ""), verbs.SIGNED_IN)
    return SignedIn(user.pk, user.name, next_step(user.pk, on=localdate(now())))


def sign_out(request: HttpRequest, *, by: Actor) -> None:
    """Ends the session."""
    logout(request)
    if by.official is not None:
        _note(by, verbs.SIGNED_OUT)


def _note(by: Actor, verb: Verb, **params: object) -> None:
    with transaction.atomic():
        record(by, verb, **params)  # type: ignore[arg-type]


def _locked(until: datetime) -> NotAllowed:
    when = localtime(until).strftime("%H:%M")
    return NotAllowed(
        "locked",
        f"输错密码次数太多，已锁定到 {when}；请到时再试，或联系管理员解锁。",
        f"Too many wrong passwords: locked until {when} (Beijing time). Try again then, or ask an administrator to unlock.",
    )


def _minutes() -> int:
    return int(locks.cool_off().total_seconds() // 60)
