"""``doudi screen``: the ledger of an office in, a workbook of results and a report of faults out."""

from __future__ import annotations

import gc
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doudi.cli.common import faults_exit, lang_option, load_pack_or_exit, month_option, pack_option
from doudi.cli.say import refuse, why_not

if TYPE_CHECKING:
    from doudi.screening.workbook.screen import Screening

SHOWN = 10
"""So many faults are told on the terminal; the report has them all."""


@click.command()
@click.argument("file", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@pack_option
@month_option(None)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="写到哪个文件夹；默认台账旁边 / folder for what is written; default beside the ledger",
)
@lang_option
def screen(file: Path, pack: str, month: date | None, out: Path | None, lang: str) -> None:
    """筛查一本台账，写出结果和问题清单。

    \b
    台账的样式见 doudi template。旁边会出现：
      文件名-筛查结果.xlsx   没有问题的家庭的结果和理由
      文件名-问题清单.xlsx   每一处问题：哪张表、哪一行、哪一列、怎么改

    \b
    某一行有问题，那一户整户扣留不筛，其余照常筛查。
    文件本身有问题（缺表、缺列、合并单元格、不是 .xlsx……），
    或没有一户没有问题，就只写问题清单。

    Screens the ledger FILE.xlsx (see doudi template). A household with a faulty row is held back whole and listed; all
    others are screened. Where the file itself is at fault (a sheet or column missing, merged cells, not an .xlsx), or no
    household is without fault, only the report of faults is written.

    \b
    退出码 / exit code
      0   全部家庭已筛查 / every household was screened
      2   有问题，见问题清单；没有问题的家庭已筛查
          faults, see the report; households without one were screened
      1   写不了文件 / a file could not be written
    """
    # Imported here: `doudi screen --help` needs none of it.
    from doudi.rules import Faults
    from doudi.screening.workbook.screen import Rulebook, screen_workbook

    try:
        with file.open("rb"):
            pass
    except OSError as error:
        refuse(f"打不开“{file}”：{why_not(error)}", f"cannot open “{file}”: {error.strerror}")
    loaded = load_pack_or_exit(pack, lang)
    rulebook = Rulebook(loaded.info.name, loaded.info.zh, loaded.info.en, loaded.book, loaded.screening)
    today = datetime.now(tz=UTC).astimezone().date()
    # Millions of cells and no cycle among them: looking for garbage would take a fifth of the time.
    gc.disable()
    try:
        done = screen_workbook(file, rulebook, month or today, today, out, lang)
    except OSError as error:
        refuse(f"写不了结果：{why_not(error)}", f"cannot write: {error.strerror}", code=1)
    except Faults as faults:
        faults_exit(faults.faults, lang)
    finally:
        gc.enable()
    _tell(done, lang)
    sys.exit(2 if done.faults else 0)


def _tell(done: Screening, lang: str) -> None:
    """What was done, without a single name or number of a person."""
    zh = lang == "zh"
    for finding in done.faults[:SHOWN]:
        click.echo(finding.said(lang), err=True)
        if zh and done.whole_file:
            click.echo(f"    {finding.said('en')}", err=True)
    more = len(done.faults) - SHOWN
    if more > 0:
        click.echo(f"……还有 {more:,} 处，见问题清单" if zh else f"… and {more:,} more, see the report", err=True)
    if done.results is not None:
        said = (
            f"已筛查 {done.good:,} 户：{done.results}" if zh else f"Screened {done.good:,} households: {done.results}"
        )
        click.echo(said)
    else:
        click.echo(
            "没有筛查任何一户，没有写出结果" if zh else "No household was screened; no results were written", err=True
        )
    if done.report is not None:
        held = (f"扣留 {done.held:,} 户；" if zh else f"Held back {done.held:,} households; ") if done.held else ""
        click.echo(f"{held}问题清单：{done.report}" if zh else f"{held}report of faults: {done.report}", err=True)
    notes = len(done.findings) - len(done.faults)
    if notes:
        click.echo(f"另有 {notes:,} 处提醒，见“提醒”页" if zh else f"{notes:,} notes: see the sheet Notes", err=True)
    for path in done.stale:
        said = f"注意：{path} 是以前运行留下的，不是这一次的" if zh else f"Note: {path} is left from an earlier run"
        click.echo(said, err=True)
