"""``doudi simulate``: the same households under changed standards: cost, coverage, winners and losers by township."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from doudi.cli.common import console, lang_option, load_pack_or_exit, pack_option, plan_or_exit, refused, said
from doudi.cli.progress import bar
from doudi.rules import compile_book
from doudi.screening.facts import schema_of
from doudi.screening.parts import open_facts
from doudi.screening.reasons import yuan
from doudi.screening.simulate import Effects, parse_change, simulate


@click.command(short_help="change a standard and see what it does")
@click.option(
    "--set",
    "changes",
    multiple=True,
    required=True,
    metavar="标准[.键]=值",
    help="如 --set 低保标准.农村=600元，可多次 / may be given several times",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("doudi-demo"),
    show_default=True,
    help="doudi demo 的文件夹 / the folder that doudi demo filled",
)
@pack_option
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True)
@lang_option
def command(changes: tuple[str, ...], out: Path, pack: str, threads: int, lang: str) -> None:
    """改一个或几个标准，同一批家庭算两遍，看每月多花多少、多保多少人、哪个乡镇谁多谁少。什么也不写。

    Change standards, decide the same households twice, and see cost, coverage, winners and losers by township. Nothing is written.
    """
    with refused(lang):
        loaded = load_pack_or_exit(pack, lang)
        plan = plan_or_exit(loaded, lang)
        facts = open_facts(out / "facts", schema_of(loaded.book))
        ruleset = compile_book(loaded.book, facts.month)
        parsed = [parse_change(c, loaded.book) for c in changes]
        with bar(said("两遍筛查", "Screening twice", lang), len(facts.parts)) as step:
            effects = simulate(
                ruleset, plan, facts, parsed, loaded.info.area, threads=threads, progress=lambda _done, _all: step(1)
            )
    names = {a.code: (a.name if lang == "zh" else a.en) for a in loaded.book.areas}
    _programmes(effects, lang)
    _areas(effects, names, lang)
    _moves(effects, lang)


def _programmes(effects: Effects, lang: str) -> None:
    table = Table(title=said("各项目", "Programmes", lang))
    for i, (zh, en) in enumerate(
        [
            ("项目", "Programme"),
            ("原享受", "Before"),
            ("现享受", "After"),
            ("新增", "Newly"),
            ("退出", "No longer"),
            ("原应发", "Cost before"),
            ("现应发", "Cost after"),
        ]
    ):
        table.add_column(said(zh, en, lang), justify="left" if i == 0 else "right")
    for p in effects.programmes:
        if p.newly or p.no_longer or p.cost_before != p.cost_after:
            counts = [f"{n:,}" for n in (p.granted_before, p.granted_after, p.newly, p.no_longer)]
            table.add_row(said(p.programme, p.en, lang), *counts, yuan(p.cost_before, lang), yuan(p.cost_after, lang))
    console.print(table)


def _areas(effects: Effects, names: dict[int, str], lang: str) -> None:
    table = Table(title=said("各乡镇（每月）", "Townships (a month)", lang), show_footer=True)
    t = effects.total
    heads = [
        (said("乡镇", "Township", lang), said("合计", "Total", lang)),
        (said("费用变化", "Change in cost", lang), _signed(t.cost_after - t.cost_before, lang)),
        (said("原享受户", "Households before", lang), f"{t.covered_before:,}"),
        (said("现享受户", "after", lang), f"{t.covered_after:,}"),
        (said("增加的户", "Winners", lang), f"{t.winners:,}"),
        (said("减少的户", "Losers", lang), f"{t.losers:,}"),
        (said("增加额", "Gained", lang), yuan(t.gained, lang)),
        (said("减少额", "Lost", lang), yuan(t.lost, lang)),
    ]
    for i, (title, footer) in enumerate(heads):
        table.add_column(title, footer=footer, justify="left" if i == 0 else "right")
    for a in effects.areas:
        table.add_row(
            names.get(a.area, str(a.area)), _signed(a.cost_after - a.cost_before, lang), f"{a.covered_before:,}", f"{a.covered_after:,}",
            f"{a.winners:,}", f"{a.losers:,}", yuan(a.gained, lang), yuan(a.lost, lang),
        )  # fmt: skip
    console.print(table)


def _moves(effects: Effects, lang: str) -> None:
    for before, after, n in effects.moves[:12]:
        console.print(said(f"{before} → {after}：{n:,} 户", f"{before} → {after}: {n:,} households", lang))
    console.print(
        said(
            f"有 {effects.undecided:,} 户金额未定，不在比较之内。",
            f"{effects.undecided:,} households have no certain sum and are not compared.",
            lang,
        )
    )


def _signed(fen: int, lang: str) -> str:
    return ("+" if fen > 0 else "") + yuan(fen, lang)
