"""What is done from the machine itself, where nobody can sign in yet or any more."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from doudi.server.accounts.actions.officials import make_official, reset_password
from doudi.server.accounts.actions.posts import give_post
from doudi.server.accounts.actions.second_factors import reset_second_factor
from doudi.server.accounts.passwords import generated
from doudi.server.accounts.selectors import administrators
from doudi.server.lib.actor import Actor
from doudi.server.lib.alone import alone
from doudi.server.lib.refusals import Refused


def first_administrator(*, by: Actor, username: str, name: str, area: str, on: date) -> tuple[int, str]:
    """Opens an account that looks after ``area`` (empty: the whole country) and everything below; gives its id and the temporary password.
    Refused where somebody looks after it already: they give the posts from there on.
    """
    with transaction.atomic():
        alone("accounts")
        if administrators(area, on):
            raise Refused(
                "has-administrator",
                "这里已有管理员，请由其安排其他人；管理员无法登录时用 doudi officials reset。",
                "There is an administrator here already, who gives posts to others; where they cannot sign in, use doudi officials reset.",
            )
        password = generated()
        official = make_official(by=by, username=username, name=name, password=password, area=area)
        give_post(by=by, official=official, role="administrator", area=area, since=on)
        return official, password


def recover(*, by: Actor, official: int, on: date, why: str) -> str:
    """For who can no longer sign in: gives a temporary password, and takes the lock and the one-time codes away."""
    with transaction.atomic():
        password = generated()
        reset_password(by=by, official=official, password=password, on=on, why=why)
        reset_second_factor(by=by, official=official, on=on, why=why)
        return password
