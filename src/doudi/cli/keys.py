"""``doudi keys``: making, checking and changing the keys."""

from __future__ import annotations

import click

from doudi.cli.common import console, lang_option, refused, said
from doudi.cli.progress import bar_to


@click.group("keys")
def command() -> None:
    """密钥：生成、核对、更换 / The keys: make, check and change them"""


@command.command("make")
@lang_option
def make(lang: str) -> None:
    """在 DOUDI_KEYS 指的目录生成一套新密钥；已有的不会被覆盖。请把这个目录另抄一份，与备份分开保管。

    Make new keys in the folder that DOUDI_KEYS names; none there is ever overwritten. Keep a copy of that folder, apart from the backups.
    """
    with refused(lang):
        from doudi.server.config.start import set_up
        from doudi.server.lib.environment import read

        set_up()
        from doudi.server.lib.keys import make as made

        folder = read().keys
        made(folder)
    console.print(
        said(
            f"密钥已生成：{folder}。请另抄一份，与备份分开保管：丢了它，加密的证件号、卡号、电话就打不开了。",
            f"The keys were made: {folder}. Keep a copy apart from the backups: without it no sealed id number, card or phone opens again.", lang,
        ),
        highlight=False,
    )  # fmt: skip


@command.command("check")
@lang_option
def check(lang: str) -> None:
    """核对密钥是不是这个数据库的，并数出每把字段密钥加密着多少值 / Whether the keys are this database's, and how much each of them seals."""
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.audit.rotation import held
        from doudi.server.lib.actor import system
        from doudi.server.lib.keys import keys

        counted_by_column = held(system("doudi keys check"))
        current = keys().current
    console.print(said("密钥与数据库相符。", "The keys are this database's.", lang))
    for column, numbers in counted_by_column.items():
        for number, n in sorted(numbers.items()):
            mark = "" if number == current else said("（旧）", " (old)", lang)
            click.echo(f"{column}\tfield-{number}.key{mark}\t{n}")


@command.command("rotate")
@lang_option
def rotate(lang: str) -> None:
    """换一把新的字段密钥，并把所有加密的值改用它加密。可以随时中断、再次执行；上次没做完的先做完，不再换新的。

    Change the field key, and seal everything anew with it. May be stopped at any time and run again: what an earlier run left is finished
    first, without yet another key.
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.audit.rotation import SETTLED, add_key, left, reseal
        from doudi.server.lib.actor import system
        from doudi.server.lib.keys import keys

        by = system("doudi keys rotate")
        if left(by):
            console.print(said("接着做上次没做完的。", "Going on with what was left.", lang))
        else:
            add_key(by)
        number = keys().current
        with bar_to(said("改用新密钥", "Sealing anew", lang), left(by)) as progress:
            n = reseal(by, progress=progress, settle=SETTLED)
    console.print(
        said(
            f"{n} 个值已改用 field-{number}.key 加密。请把密钥目录重新抄一份；旧密钥还要用来打开旧备份。",
            f"{n} values are now sealed with field-{number}.key. Copy the folder of keys again; the old keys still open old backups.", lang,
        ),
        highlight=False,
    )  # fmt: skip


@command.command("retire")
@click.argument("number", type=click.IntRange(1))
@lang_option
def retire(number: int, lang: str) -> None:
    """停用第 NUMBER 把字段密钥：没有值再用它加密，它的文件就可以拿走 / Retire field key NUMBER once nothing is sealed with it."""
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.audit.rotation import file_of
        from doudi.server.audit.rotation import retire as retired
        from doudi.server.lib.actor import system

        retired(system("doudi keys retire"), number)
        path = file_of(number)
    console.print(
        said(
            f"field-{number}.key 已停用，可以把 {path} 移走；只要还留着用它的备份，就要留着它。",
            f"field-{number}.key is retired and {path} may be taken away; keep it as long as any backup was made with it.", lang,
        ),
        highlight=False,
    )  # fmt: skip
