"""``doudi audit``: whether the record of acts is whole, its head written down outside the database, and what it says."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from doudi.cli.common import console, lang_option, refused, said
from doudi.cli.progress import bar_to

if TYPE_CHECKING:
    from doudi.server.audit.chain import Report
    from doudi.server.audit.selectors import EntryView

BROKEN = 1
"""Exit code where the record is not what was written."""
OLD = 2
"""Days after which an anchor is old."""


@click.group("audit")
def command() -> None:
    """操作记录：校验、锚定、查阅 / The record of acts: verify it, anchor it, search it"""


@command.command("verify")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / write JSON")
@lang_option
def verify(as_json: bool, lang: str) -> None:
    """逐条校验操作记录链和锚点，不改任何东西；发现不符时退出码为 1。

    Check every entry of the record, its head and its anchors, changing nothing; exits with 1 where anything is not as it was written.
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.audit.chain import length
        from doudi.server.audit.chain import verify as verified

        if as_json:
            report = verified()
        else:
            with bar_to(said("校验", "Verifying", lang), length()) as progress:
                report = verified(progress=progress)
    if as_json:
        click.echo(json.dumps({"whole": report.whole, **asdict(report)}, ensure_ascii=False, indent=1))
    else:
        _tell(report, lang)
    if not report.whole:
        raise SystemExit(BROKEN)


def _tell(report: Report, lang: str) -> None:
    for fault in report.faults:
        click.echo(fault.zh if lang == "zh" else fault.en, err=True)
    if report.found > len(report.faults):
        more = report.found - len(report.faults)
        click.echo(said(f"另有 {more} 处不符。", f"There are {more} more faults.", lang), err=True)
    for line in report.restored:
        zh = f"{line.at[:10]} 恢复过备份，从第 {line.seq} 条接续（{line.why or '未写理由'}）。"
        en = f"On {line.at[:10]} a backup was put back and the record goes on after entry {line.seq} ({line.why or 'no reason given'})."
        click.echo(said(zh, en, lang))
    if report.anchored is None:
        click.echo(
            said(
                "还没有锚点：末尾被删掉的记录查不出来；请每天执行 doudi audit anchor。",
                "There is no anchor yet: entries removed at the end would not be found. Run doudi audit anchor daily.", lang,
            )
        )  # fmt: skip
    else:
        last = report.anchored
        if (days := _days_since(last.at)) > OLD:
            click.echo(
                said(
                    f"注意：最后一次锚定是 {days} 天前；锚定应每天做，锚点文件末尾也可能被删过。",
                    f"Mind: the last anchor is {days} days old. One should be written every day; lines may also have been removed at the end.", lang,
                )
            )  # fmt: skip
        click.echo(
            said(
                f"最后一次锚定：{last.at[:10]}，第 {last.seq} 条。",
                f"Last anchored on {last.at[:10]} at entry {last.seq}.", lang,
            )
        )  # fmt: skip
    zh = f"共 {report.entries} 条，" + ("与写下时一致。" if report.whole else f"{report.found} 处不符。")
    en = f"{report.entries} entries, " + ("as they were written." if report.whole else f"{report.found} faults.")
    console.print(said(zh, en, lang), style="bold" if report.whole else "bold red", highlight=False)


def _days_since(at: str) -> int:
    from doudi.server.lib.moments import now

    return (now() - datetime.fromisoformat(f"{at}+00:00")).days


@command.command("anchor")
@click.option("--due", is_flag=True, help="今天还没有锚定才做 / only if none was written today")
@lang_option
def anchor(due: bool, lang: str) -> None:
    """把操作记录的链头写到数据库以外（DOUDI_ANCHORS）；请每天做一次，并把那个目录放在数据库管理员改不到的地方。

    Write the head of the record down outside the database (DOUDI_ANCHORS): once a day, into a folder that who manages the database cannot
    change.
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.audit.anchors import anchor as anchored
        from doudi.server.audit.anchors import anchor_if_due
        from doudi.server.lib.moments import now

        line = anchor_if_due(now()) if due else anchored(now())
    if line is None:
        console.print(said("没有需要锚定的。", "Nothing to anchor.", lang))
    else:
        console.print(said(f"已锚定第 {line.seq} 条。", f"Anchored at entry {line.seq}.", lang), highlight=False)


_DAY = click.DateTime(["%Y-%m-%d"])


@command.command("search")
@click.option("--official", type=int, help="办理人账号编号 / id of the official's account")
@click.option("--name", default="", help="办理人姓名 / name of who acted")
@click.option("--household", type=int, help="家庭户编号 / household by its number")
@click.option("--person", type=int, help="人员编号 / person by number")
@click.option(
    "--verb",
    default="",
    help="事项，如 registry.move；以点结尾为一类 / what was done; a dot at the end means all of a kind",
)
@click.option("--since", type=_DAY, help="从这天起 / from this day on")
@click.option("--until", type=_DAY, help="到这天止 / up to this day")
@click.option("--area", default="", help="区划代码，含下级 / division code and all within it")
@click.option("--text", default="", help="句子里的词 / words of the sentence")
@click.option("--before", type=int, help="接着上一页：早于这一条 / go on with entries before this one")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="最多几条 / at most so many")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / write JSON")
@lang_option
def search(
    official: int | None, name: str, household: int | None, person: int | None, verb: str, since: date | None, until: date | None, area: str,
    text: str, before: int | None, limit: int, as_json: bool, lang: str,
) -> None:  # fmt: skip
    """按办理人、户、人、事项、日期、区划、文字查操作记录，最近的在前；查阅本身也记录在案。

    Search the record by who, whom, what, when, where and words, latest first. That it was searched is itself recorded.
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from doudi.server.audit.actions import look_up
        from doudi.server.audit.selectors import Search
        from doudi.server.lib.actor import system

        days = [None if d is None else date(d.year, d.month, d.day) for d in (since, until)]
        what = Search(official, name, household, person, verb, days[0], days[1], area, text)
        page = look_up(system("doudi audit search"), what, before=before, limit=limit)
    for entry in page.entries:
        click.echo(json.dumps(_plain(entry), ensure_ascii=False) if as_json else _line(entry, lang))
    if not page.entries:
        click.echo(said("没有找到。", "Nothing was found.", lang), err=True)
    if page.older is not None:
        click.echo(
            said(f"还有更早的：--before {page.older}", f"There are older ones: --before {page.older}", lang), err=True
        )


def _plain(entry: EntryView) -> dict[str, object]:
    return {**asdict(entry), "at": entry.at.isoformat()}


def _line(entry: EntryView, lang: str) -> str:
    from django.utils.timezone import localtime

    return f"{entry.seq}\t{localtime(entry.at):%Y-%m-%d %H:%M:%S}\t{entry.zh if lang == 'zh' else entry.en}"
