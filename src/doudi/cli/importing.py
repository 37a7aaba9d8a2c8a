"""``doudi import``: a ledger or a list looked at, and with ``--confirm`` brought on record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doudi.cli.common import FAULTS, lang_option, refused, said
from doudi.cli.following import follow, put

if TYPE_CHECKING:
    from doudi.server.exchange.views import ImportView, What
    from doudi.server.lib.actor import Actor

SHOWN = 10
"""So many kinds of fault are told on the terminal; the workbook beside the file has them all."""
_COUNTS = {
    "fresh": ("新登记或列入", "new"), "changed": ("更新", "changed"), "same": ("未变", "unchanged"), "held": ("扣留", "held back"),
}  # fmt: skip


@click.command("import")
@click.argument("file", metavar="FILE.xlsx", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--area", required=True, help="交来的行政区划代码 / code of the division that hands it in")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="自哪一天起，默认今天 / from which day; today where not given"
)  # fmt: skip
@click.option("--source", default="", help="台账的来源，如 导入 / where a ledger is from: a source of the pack")
@click.option("--ledger", default="", help="文件是这一本台账的名单 / the file is a list of those on this ledger")
@click.option("--confirm", is_flag=True, help="没有整个文件的错误就导入 / import what has no fault")
@lang_option
def command(file: Path, area: str, since: datetime | None, source: str, ledger: str, confirm: bool, lang: str) -> None:
    """预览一份台账或名单；加 --confirm 才导入。

    \b
    有错的家庭整户不导入。文件旁边会出现：
      文件名-已标注.xlsx     原来的工作簿，错处标了颜色
      文件名-问题清单.xlsx   每一处错：在哪里、怎么改

    Looks at a ledger, or with --ledger at a list of those on one; with --confirm it is imported. Households with a fault are held back whole.
    Where anything is wrong, the workbook with the faults marked and the list of faults are written beside FILE. Without --confirm nothing is kept.

    \b
    退出码 / exit code
      0   没有错 / nothing was wrong
      2   有错，见文件旁边的工作簿 / faults, see the workbooks beside the file
    """
    with refused(lang):
        from doudi.server.config.start import start

        start()
        from django.utils.timezone import localdate

        from doudi.server.exchange.imports import confirm as begin
        from doudi.server.exchange.imports import give_up, receive
        from doudi.server.exchange.selectors import import_of
        from doudi.server.lib.actor import system

        by = system("doudi import")
        what: What = "list" if ledger else "households"
        day = since.date() if since else localdate()
        kept = receive(by=by, path=file, name=file.name, area=area, since=day, source=source, what=what, ledger=ledger)
        if kept.state == "reading" and kept.job is not None:
            follow(by, kept.job, lang)
        found = import_of(by, kept.id)
        something = bool(found.counts.get("fresh") or found.counts.get("changed"))
        if confirm and found.state == "previewed" and something:
            job = begin(by=by, import_id=found.id).job
            if job is not None:
                follow(by, job, lang)
            found = import_of(by, found.id)
        _tell(found, lang)
        _give_back(by, found, file, lang)
        if found.state != "done":
            # The same file may wait on the pages for an official, whose it stays.
            if found.official is None:
                give_up(by=by, import_id=found.id)
            if something and not confirm:
                click.echo(said("没有导入；加 --confirm 才导入。", "Nothing was imported; --confirm imports it.", lang))
    if found.kinds:
        raise SystemExit(FAULTS)


def _tell(found: ImportView, lang: str) -> None:
    if found.state == "refused":
        click.echo(said("文件不能用：", "The file cannot be used:", lang), err=True)
    else:
        numbers = "，".join(f"{said(*words, lang)} {found.counts.get(k, 0):,}" for k, words in _COUNTS.items())
        click.echo(numbers if lang == "zh" else numbers.replace("，", ", "))
    for k in found.kinds[:SHOWN]:
        place = " ".join(x for x in (k.sheet, k.column) if x)
        words = f"{k.zh}；{k.mend_zh}" if lang == "zh" else f"{k.en}; {k.mend_en}"
        times = f"（{k.count:,}）" if k.count > 1 else ""
        click.echo(f"  {place}{'：' if place else ''}{words}{times}", err=True)
    for entity, header in found.strangers[:SHOWN]:
        click.echo(said(f"  没有读取的列：{entity} {header}", f"  not read: {entity} {header}", lang), err=True)


def _give_back(by: Actor, found: ImportView, file: Path, lang: str) -> None:
    from doudi.server.exchange.returned import returned

    if found.marked:
        _, data = returned(by=by, import_id=found.id, which="marked")
        path = file.with_name(f"{file.stem}-已标注.xlsx")
        put(path, data)
        click.echo(said(f"错处已标出：{path}", f"Faults marked: {path}", lang), err=True)
    if found.report:
        _, data = returned(by=by, import_id=found.id, which="report")
        path = file.with_name(f"{file.stem}-问题清单.xlsx")
        put(path, data)
        click.echo(said(f"问题清单：{path}", f"List of faults: {path}", lang), err=True)
