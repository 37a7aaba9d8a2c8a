"""``doudi compare``: the list of another body held against one of our ledgers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from doudi.cli.common import FAULTS, lang_option, refused, said
from doudi.cli.following import follow, put

_KINDS = {
    "here": ("只在我方台账", "only on our ledger"), "there": ("只在对方名单", "only on their list"), "differs": ("内容不同", "differ"),
    "likely": ("疑似写错号码", "a slip in the number?"),
}  # fmt: skip


@click.command("compare")
@click.argument("file", metavar="FILE.xlsx", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ledger", required=True, help="与哪一本台账比 / the ledger to compare with")
@click.option("--area", required=True, help="比哪里的人：行政区划代码 / code of the division whose people are compared")
@click.option("--body", required=True, help="名单来自哪个单位 / the body that the list is from")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="以哪一天的台账为准，默认今天 / the ledger as of which day; today where not given"
)  # fmt: skip
@click.option(
    "--key", type=click.Choice(["id", "name"]), default="id", show_default=True,
    help="按身份证号，或姓名和出生日期 / by id number, or by name and birth date",
)  # fmt: skip
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="把差异写成工作簿 / write the differences as a workbook",
)
@lang_option
def command(
    file: Path, ledger: str, area: str, body: str, on: datetime | None, key: str, out: Path | None, lang: str
) -> None:
    """把别的单位的名单与台账比对，差异进入网页上的比对清单；不改动任何档案。

    Holds FILE.xlsx (first sheet, with 姓名 and 身份证号 or 出生日期) against a ledger. The differences become a list to be settled on the pages;
    nobody's record is changed.

    \b
    退出码 / exit code
      0   已比对 / compared
      2   名单不能用 / the list cannot be used
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from django.utils.timezone import localdate

        from doudi.server.exchange.comparing import comparison
        from doudi.server.exchange.comparisons import drop_comparison, hold_against
        from doudi.server.exchange.exporting import export_list
        from doudi.server.exchange.kept import alone
        from doudi.server.lib.actor import system

        by = system("doudi compare")
        day = on.date() if on else localdate()
        made = hold_against(by=by, path=file, name=file.name, body=body, ledger=ledger, area=area, on=day, key=key)
        if made.state == "reading" and made.job is not None:
            follow(by, made.job, lang)
        found = comparison(by, made.id)
        if found.state == "refused":
            drop_comparison(by=by, comparison=found.id)
            click.echo(said(found.zh, found.en, lang), err=True)
            raise SystemExit(FAULTS)
        for code, words in _KINDS.items():
            click.echo(f"{said(*words, lang)}\t{found.counts.get(code, 0):,}")
        if out is not None:
            with alone(name="differences.xlsx") as path:
                done = export_list(
                    by=by, what="comparison", path=path, on=day, area=area, comparison=found.id, lang=lang
                )
                put(out, path.read_bytes())
            click.echo(said(f"差异 {done.rows:,} 行：{out}", f"{done.rows:,} differences: {out}", lang))
