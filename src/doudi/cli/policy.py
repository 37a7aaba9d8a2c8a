"""``doudi policy``: which pack is in force, keeping another, and putting it in force from a day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from doudi.cli.common import lang_option, refused, said


@click.group("policy")
def command() -> None:
    """政策：施行中的规则包及其版本 / Policy: the packs in force and their versions"""


@command.command("list")
@lang_option
def listed(lang: str) -> None:
    """列出保存过的规则包，哪一个从哪一天起施行。

    List the packs that were kept, and which is in force from which day.
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.lib.actor import system
        from doudi.server.lib.moments import day_of
        from doudi.server.policybook.selectors import editions, in_force

        reader = system("doudi policy")
        days = in_force(reader)
        for e in editions(reader):
            since = [d.since.isoformat() if d.since else said("最初", "ever", lang) for d in days if d.edition == e]
            note = said("，自 ", ", in force from ", lang) + said("、", ", ", lang).join(since) if since else ""
            title = e.zh if lang == "zh" else e.en
            click.echo(f"{e.digest[:16]}  {e.name}  {title}  {day_of(e.made_at)}{note}")


@command.command("install")
@click.argument("what", metavar="PATH_OR_NAME")
@lang_option
def install(what: str, lang: str) -> None:
    """保存一个规则包连同它的各级上级，有错误的不保存；保存后用 in-force 施行。

    Keep a pack with all its parents; one with faults is not kept. ``in-force`` then lets it decide.
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.lib.actor import system
        from doudi.server.policybook.actions import install as keep

        origin = str(Path(what).resolve()) if Path(what).exists() else what
        kept = keep(system("doudi policy"), what, origin=origin)
    zh, en = f"已保存“{kept.name}”：{kept.digest[:16]}", f"Kept “{kept.name}”: {kept.digest[:16]}"
    click.echo(said(zh, en, lang))


@command.command("in-force")
@click.argument("digest")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="自哪一天起，如 2026-12-01 / from which day"
)
@click.option("--why", default="", help="理由 / why")
@lang_option
def in_force(digest: str, since: datetime, why: str, lang: str) -> None:
    """使保存过的规则包自某日起施行；DIGEST 是 list 里的摘要，可只写开头几位。

    Put a kept pack in force from a day. DIGEST is what ``list`` shows, or its beginning.
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.lib.actor import system
        from doudi.server.policybook.actions import put_in_force

        day: date = since.date()
        kept = put_in_force(system("doudi policy"), _whole(digest), since=day, why=why)
    zh, en = f"“{kept.name}”自 {day} 起施行。", f"“{kept.name}” is in force from {day}."
    click.echo(said(zh, en, lang))


def _whole(digest: str) -> str:
    """The digest that begins so. Raises Refused where none does, or several do."""
    from doudi.server.lib.actor import system
    from doudi.server.lib.refusals import Refused
    from doudi.server.policybook.selectors import editions

    found = [e.digest for e in editions(system("doudi policy")) if e.digest.startswith(digest.lower())]
    if len(found) == 1:
        return found[0]
    raise Refused(
        "which-pack",
        f"以“{digest}”开头的规则包有 {len(found)} 个；请用 doudi policy list 查看，写得长一些。",
        f"{len(found)} kept packs begin with “{digest}”; see doudi policy list and write more of it.",
    )
