"""``doudi export``: a list of households, of people, or of one ledger, as a workbook."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doudi.cli.common import lang_option, refused, said
from doudi.cli.following import put
from doudi.cli.say import refuse

if TYPE_CHECKING:
    from doudi.server.exchange.exports import What


@click.command("export")
@click.argument("out", metavar="OUT.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--what", type=click.Choice(["households", "people"]), default="households", show_default=True, help="家庭或人员 / households or people"
)  # fmt: skip
@click.option("--ledger", default="", help="只要这一本台账的名册 / those on this ledger")
@click.option("--area", default="", help="行政区划代码，不写为全部 / code of a division; everywhere where not given")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="哪一天的，默认今天 / as of which day; today where not given"
)  # fmt: skip
@click.option(
    "--columns",
    default="",
    help="要哪些列（代码，逗号分隔），默认全部 / codes of columns with commas between; all where not given",
)
@click.option("--unmasked", is_flag=True, help="带完整身份证号，须说明 --why / with whole id numbers; needs --why")
@click.option("--why", default="", help="理由，记入操作记录 / the reason, for the record of acts")
@click.option("--force", is_flag=True, help="覆盖已有的文件 / replace a file that is there")
@lang_option
def command(
    out: Path, what: str, ledger: str, area: str, on: datetime | None, columns: str, unmasked: bool, why: str, force: bool, lang: str
) -> None:  # fmt: skip
    """导出名册；身份证号遮盖，加 --unmasked 并说明理由才带完整号码。

    \b
    列的代码 / codes of columns
      households  number head people place code
      people      name sex born id place code
      --ledger    number name sex born id place code since until details

    Writes a list as a workbook that only its owner can read. Id numbers are masked unless --unmasked and a reason are given; either way it is in the
    record of acts.
    """
    if out.exists() and not force:
        refuse(f"“{out}”已存在，未覆盖；要覆盖请加 --force", f"“{out}” exists and was left alone; --force replaces it")
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from django.utils.timezone import localdate

        from doudi.server.exchange.exporting import export_list
        from doudi.server.exchange.kept import alone
        from doudi.server.lib.actor import system

        list_: What = "ledger" if ledger else "people" if what == "people" else "households"
        chosen = [c.strip() for c in columns.split(",") if c.strip()]
        with alone(name="list.xlsx") as path:
            done = export_list(
                by=system("doudi export"), what=list_, path=path, on=on.date() if on else localdate(), area=area, ledger=ledger, columns=chosen,
                unmasked=unmasked, why=why, lang=lang,
            )  # fmt: skip
            put(out, path.read_bytes())
    click.echo(said(f"{done.title}，{done.rows:,} 行：{out}", f"{done.title}, {done.rows:,} rows: {out}", lang))
