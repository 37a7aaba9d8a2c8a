"""Accounts opened, stopped and unlocked; passwords."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from doudi.server.accounts import locks, verbs
from doudi.server.accounts.access import MANAGE, managed, mastered, proper_name, proper_username
from doudi.server.accounts.identity import identified
from doudi.server.accounts.models import Official
from doudi.server.accounts.passwords import checked
from doudi.server.areas.selectors import division
from doudi.server.audit.actions import record
from doudi.server.lib.actor import Actor
from doudi.server.lib.alone import alone
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused


def make_official(
    *, by: Actor, username: str, name: str, password: str, area: str = "", id_number: str = "", language: str = "zh-hans",
    temporary: bool = True,
) -> int:  # fmt: skip
    """Opens an account, kept in ``area`` (empty: the whole country), and gives its id. The password is ``temporary``: to be changed at the first
    sign-in. Who has an account already, by username or id number, is refused: two accounts could hold posts that one person may not.
    """
    by.require(MANAGE)
    username, name = proper_username(username), proper_name(name)
    if not (by.scope.covers(area) if area else "" in by.scope.prefixes):
        raise NotFound(
            "no-division",
            "没有这个行政区划，或不在您的管辖范围内。",
            "There is no such division, or none in your areas.",
        )
    with transaction.atomic():
        alone("accounts")
        at = now()
        if area:
            division(area, day_of(at))
        if Official.objects.filter(username=username).exists():
            raise Refused(
                "username-taken",
                f"账号 {username} 已有人使用，请换一个。",
                f"The username {username} is taken; choose another.",
                field="username",
            )
        new = Official(username=username, name=name, area=area, language=language, temporary=temporary, made_at=at)
        if id_number:
            blind, new.cipher, new.shown = identified(id_number, table="accounts_official", on=day_of(at))
            if Official.objects.filter(blind=blind).exists():
                raise Refused(
                    "person-has-account",
                    "这个身份证号的人已有账号；一人只能有一个账号，请在原账号上安排岗位。",
                    "The person with this id number has an account already, and may have only one: give the post to that one.",
                    field="id_number",
                )
            new.blind = blind
        new.set_password(checked(password, new))
        new.save()
        record(by, verbs.MADE, area=area, account=verbs.account(new.pk))
        return new.pk


def change_password(*, by: Actor, old: str, new: str) -> None:
    """One's own. Raises NotAllowed where ``old`` is wrong, Refused for a ``new`` one that may not be used."""
    with transaction.atomic():
        row = Official.objects.select_for_update().filter(pk=by.official or 0, is_active=True).first()
        if row is None or not row.check_password(old):
            raise NotAllowed("wrong-password", "现在的密码不对。", "The present password is wrong.")
        row.set_password(checked(new, row))
        row.temporary = False
        row.save(update_fields=["password", "temporary"])
        record(by, verbs.PASSWORD_CHANGED)


def reset_password(*, by: Actor, official: int, password: str, on: date, why: str = "") -> None:
    """A temporary password for somebody who forgot theirs; also takes the lock away. All their sessions end."""
    with transaction.atomic():
        row = mastered(by, official, on)
        row.set_password(checked(password, row))
        row.temporary = True
        row.save(update_fields=["password", "temporary"])
        locks.forget(username=row.username)
        record(by, verbs.PASSWORD_RESET, area=row.area, why=why, account=verbs.account(row.pk))


def stop(*, by: Actor, official: int, why: str = "") -> None:
    """Nobody signs in with the account any more; who is in is out. Posts and records stay."""
    _switch(by, official, why, active=False)


def resume(*, by: Actor, official: int, why: str = "") -> None:
    _switch(by, official, why, active=True)


def _switch(by: Actor, official: int, why: str, *, active: bool) -> None:
    with transaction.atomic():
        row = managed(by, official, lock=True)
        if row.is_active != active:
            row.is_active = active
            row.save(update_fields=["is_active"])
            record(
                by, verbs.RESUMED if active else verbs.STOPPED, area=row.area, why=why, account=verbs.account(row.pk)
            )


def unlock(*, by: Actor, official: int, why: str = "") -> None:
    """Takes the lock of wrong passwords from an account."""
    with transaction.atomic():
        row = managed(by, official)
        if locks.forget(username=row.username):
            record(by, verbs.UNLOCKED, area=row.area, why=why, account=verbs.account(row.pk))


def unlock_address(*, by: Actor, address: str, why: str = "") -> None:
    """Takes the lock from an address, behind which an office may sit."""
    by.require(MANAGE)
    with transaction.atomic():
        if locks.forget(address=address):
            record(by, verbs.UNLOCKED, why=why, account=address)
