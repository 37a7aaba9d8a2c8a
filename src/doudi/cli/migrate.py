"""``doudi migrate``: bring the database up to this version."""

from __future__ import annotations

import click

from doudi.cli.common import console, lang_option, refused, said


@click.command()
@lang_option
def command(lang: str) -> None:
    """把数据库升级到本版本（PostgreSQL 上用 DOUDI_DATABASE_OWNER 的身份）。

    Bring the database up to this version (on PostgreSQL as the role of DOUDI_DATABASE_OWNER).
    """
    with refused(lang):
        from doudi.server.config.installation import bring_up

        names = bring_up()
    if names:
        console.print(said(f"升级了 {len(names)} 步。", f"Applied {len(names)} migrations.", lang))
    else:
        console.print(said("已经是最新的。", "Nothing to do.", lang))
