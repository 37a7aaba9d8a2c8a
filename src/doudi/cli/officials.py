"""``doudi officials``: accounts, from the machine itself: the first administrator, and whoever cannot sign in any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.table import Table

from doudi.cli.common import console, lang_option, refused, said, show

if TYPE_CHECKING:
    from doudi.server.lib.actor import Actor


@click.group("officials")
def command() -> None:
    """账号：首个管理员、名单、解锁、重设 / Accounts: the first administrator, a list, unlocking, resetting"""


@contextmanager
def _started(lang: str, what: str) -> Iterator[Actor]:
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.lib.actor import system

        yield system(f"doudi officials {what}")


@command.command("first")
@click.argument("username")
@click.option("--name", required=True, help="姓名 / the person's name")
@click.option(
    "--area",
    default="",
    help="管辖的行政区划代码，不写为全国 / code of the division to look after; the whole country where not given",
)
@lang_option
def first(username: str, name: str, area: str, lang: str) -> None:
    """开立首个管理员账号，显示一次临时密码；首次登录时须改密码、绑定动态码。

    Open the account of the first administrator and show its temporary password once; at the first sign-in it is changed, and one-time
    codes are set up.
    """
    with _started(lang, "first") as by:
        from django.utils.timezone import localdate

        from doudi.server.accounts.actions import first_administrator

        _, password = first_administrator(by=by, username=username, name=name, area=area, on=localdate())
    _password(username, password, lang)


@command.command("list")
@click.option("--text", default="", help="账号或姓名的一部分 / part of a username or name")
@lang_option
def listed(text: str, lang: str) -> None:
    """账号、姓名、现任岗位、状态 / Usernames, names, present posts, state"""
    table = Table(*[said(zh, en, lang) for zh, en in _HEADS], box=None)
    with _started(lang, "list") as by:
        from django.utils.timezone import localdate

        from doudi.server.accounts.selectors import officials

        today, after = localdate(), ""
        while page := officials(by, text=text, after=after, limit=200):
            for each in page:
                after = each.username
                posts = "；".join(p.said for p in each.posts if p.holds(today))
                flags = {
                    "stopped": not each.active,
                    "locked": each.locked,
                    "temporary": each.temporary,
                    "codes": each.codes,
                }
                state = [said(*_STATES[flag], lang) for flag, on in flags.items() if on]
                table.add_row(each.username, each.name, posts, "、".join(state))
    show(table)


_HEADS = (("账号", "username"), ("姓名", "name"), ("现任岗位", "present posts"), ("状态", "state"))
_STATES = {
    "stopped": ("停用", "stopped"),
    "locked": ("锁定", "locked"),
    "temporary": ("临时密码", "temporary password"),
    "codes": ("已绑定动态码", "one-time codes"),
}


@command.command("unlock")
@click.argument("username")
@click.option("--why", default="", help="理由，记入操作记录 / the reason, for the record of acts")
@lang_option
def unlock(username: str, why: str, lang: str) -> None:
    """解除输错密码造成的锁定 / Take away the lock of wrong passwords"""
    with _started(lang, "unlock") as by:
        from doudi.server.accounts import actions
        from doudi.server.accounts.selectors import by_username

        actions.unlock(by=by, official=by_username(by, username).id, why=why)
    console.print(said(f"{username} 可以登录了。", f"{username} can sign in.", lang), highlight=False)


@command.command("reset")
@click.argument("username")
@click.option("--why", required=True, help="理由，记入操作记录 / the reason, for the record of acts")
@lang_option
def reset(username: str, why: str, lang: str) -> None:
    """重设密码并解除动态码绑定和锁定，显示一次临时密码。

    Set a temporary password, shown once, and take one-time codes and any lock away.
    """
    with _started(lang, "reset") as by:
        from django.utils.timezone import localdate

        from doudi.server.accounts.actions import recover
        from doudi.server.accounts.selectors import by_username

        password = recover(by=by, official=by_username(by, username).id, on=localdate(), why=why)
    _password(username, password, lang)


def _password(username: str, password: str, lang: str) -> None:
    zh = f"{username} 的临时密码（只显示这一次，首次登录须修改）：{password}"
    en = f"Temporary password of {username} (shown this once, changed at the first sign-in): {password}"
    console.print(said(zh, en, lang), highlight=False, markup=False, soft_wrap=True)
