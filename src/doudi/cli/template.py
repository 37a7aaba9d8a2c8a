"""``doudi template``: the blank ledger that a pack asks for."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

import click

from doudi.cli.common import lang_option, load_pack_or_exit, pack_option
from doudi.cli.say import refuse, why_not


@click.command()
@click.argument("out", metavar="OUT.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@pack_option
@click.option("--force", is_flag=True, help="覆盖已有的文件 / replace a file that is there")
@lang_option
def template(out: Path, pack: str, force: bool, lang: str) -> None:
    """生成空白台账，带填写说明、下拉列表和数值范围。

    Write a blank ledger with explanations, drop-downs and bounds: a sheet for each table that the pack declares. Fill it in,
    then run `doudi screen OUT.xlsx`.
    """
    # Imported here: `doudi template --help` needs none of it.
    from doudi.screening.workbook.template import write_template

    if out.suffix.lower() != ".xlsx":
        refuse(f"文件名应以 .xlsx 结尾：{out.name}", f"the file name should end in .xlsx: {out.name}")
    if out.exists() and not force:
        # Somebody's filled-in ledger may stand there.
        refuse(f"“{out}”已存在，未覆盖；要覆盖请加 --force", f"“{out}” exists and was left alone; --force replaces it")
    loaded = load_pack_or_exit(pack, lang)
    today = datetime.now(tz=UTC).astimezone().date()
    try:
        write_template(out, loaded.book, today, lang, (loaded.info.zh, loaded.info.en))
    except OSError as error:
        refuse(f"写不了“{out}”：{why_not(error)}", f"cannot write “{out}”: {error.strerror}", code=1)
    then = f"./doudi screen {shlex.quote(str(out))} --pack {shlex.quote(pack)}"
    done = f"已生成空白台账：{out}\n填好后运行：{then}"
    click.echo(done if lang == "zh" else f"Wrote a blank ledger: {out}\nFill it in, then run: {then}")
