"""``doudi generate``: a synthetic county in facts, of any size, for trying out, teaching and measuring."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import click

from doudi.cli.common import console, lang_option, load_pack_or_exit, month_option, pack_option, refused, said
from doudi.cli.progress import bar
from doudi.screening.generate.shape import HOUSEHOLDS

MONTH = date(2024, 7, 1)


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="数据写到哪个文件夹 / folder for the facts",
)
@click.option(
    "--households",
    type=click.IntRange(1, 20_000_000),
    default=HOUSEHOLDS,
    show_default=True,
    help="户数 / households",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="随机种子 / seed")
@pack_option
@month_option(MONTH)
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="线程 / threads")
@click.option("--overwrite", is_flag=True, help="替换文件夹里已有的数据 / replace the facts that are there")
@lang_option
def command(
    out: Path, households: int, seed: int, pack: str, month: date, threads: int, overwrite: bool, lang: str
) -> None:
    """生成一个合成的县：人不存在，事项齐备，难办的户和发放差错都有记录（planted.parquet）。同样的参数写出同样的文件。

    Make a synthetic county: people who do not exist, with facts; its hard cases and errors in payment are on record
    (planted.parquet). The same arguments write the same files.
    """
    from doudi.rules import compile_book
    from doudi.screening.synthetic import county, terms_in_force

    started = time.monotonic()
    loaded = load_pack_or_exit(pack, lang)
    with refused(lang):
        ruleset = compile_book(loaded.book, month)
        if terms_in_force(loaded, ruleset) is None:
            zh = f"规则包“{loaded.name}”在 {month:%Y-%m} 缺少发放所需的标准数值，不生成发放记录。"
            en = f"“{loaded.name}” lacks values that payments need in {month:%Y-%m}: no receipts are made."
            console.print(said(zh, en, lang), style="yellow")
        with bar(said("生成", "Making", lang), households) as advance:
            facts = county(
                out,
                loaded,
                ruleset,
                households=households,
                seed=seed,
                threads=threads,
                overwrite=overwrite,
                progress=lambda n, _: advance(n),
            )
    people, seconds = facts.rows["person"], time.monotonic() - started
    planted = facts.extra["planted.parquet"]["rows"]
    zh = f"{households:,} 户 {people:,} 人，{planted:,} 处难办或有差错的情形，写在 {out}，用时 {seconds:.0f} 秒"
    en = f"{households:,} households, {people:,} people, {planted:,} hard cases and errors in {out}; {seconds:.0f} s"
    console.print(said(zh, en, lang), markup=False)
