"""``doudi simulate``: the same households under changed standards: cost, coverage, winners and losers by township."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click
from rich.table import Table

from doudi.cli.common import console, lang_option, load_pack_or_exit, pack_option, plan_or_exit, refused, said, show
from doudi.cli.progress import bar
from doudi.packs.screening_plan import ScreeningPlan
from doudi.rules import Ruleset, compile_book
from doudi.rules.explain.words import words_for
from doudi.rules.types import Type
from doudi.screening.facts import schema_of
from doudi.screening.parts import open_facts
from doudi.screening.reasons import amount
from doudi.screening.simulate import UNKNOWN_CLASS, Change, ChangeRefused, Effects, in_force, parse_change, simulate

_PERIODS = {"月": "month", "年": "year", "次": "case"}


@click.command(short_help="change a standard and see what it does")
@click.option(
    "--set",
    "changes",
    multiple=True,
    required=True,
    metavar="标准[.键]=值",
    help="如 --set 低保标准.农村=7200元，可多次 / may be given several times",
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
        _changes(parsed, ruleset, loaded.info.area, lang)
        with bar(said("两遍筛查", "Screening twice", lang), len(facts.parts)) as step:
            effects = simulate(
                ruleset, plan, facts, parsed, loaded.info.area, threads=threads, progress=lambda _done, _all: step(1)
            )
    names = {a.code: (a.name if lang == "zh" else a.en) for a in loaded.book.areas}
    _programmes(effects, ruleset, lang)
    _areas(effects, names, lang)
    _moves(effects, ruleset, plan, lang)


def _changes(changes: list[Change], ruleset: Ruleset, home: int, lang: str) -> None:
    """What stands now beside what it becomes: an amount given by the month where the standard is by the year is seen at once."""
    doubled = next((c for i, c in enumerate(changes) if any(_same(c, d) for d in changes[:i])), None)
    if doubled is not None:
        zh, en = f"“{doubled.written}”：同一项改了两次，只写一次", f"“{doubled.written}”: changed twice; give it once"
        raise ChangeRefused(zh, en)
    words = words_for(ruleset, "zh" if lang == "zh" else "en")
    for c in changes:
        decl = next(s for s in ruleset.book.standards if s.name == c.standard)

        def value(x: Fraction, kind: Type = decl.type) -> str:
            stored = int(x * kind.store_scale)
            return words.value(kind, stored, stored)

        lines = in_force(ruleset.book, c, ruleset, home)
        now = [(x.key, value(x.value)) for x in lines if isinstance(x.value, Fraction)]
        for key, before in now or [(c.key, said("没有", "none", lang))]:
            name = said(c.standard, decl.en, lang) + (f".{words.key(key)}" if key else "")
            console.print(
                f"{name}：{before} → {value(c.value)}" if lang == "zh" else f"{name}: {before} → {value(c.value)}",
                highlight=False,
            )


def _same(a: Change, b: Change) -> bool:
    return a.standard == b.standard and (a.key == b.key or "" in (a.key, b.key))


def _programmes(effects: Effects, ruleset: Ruleset, lang: str) -> None:
    plans = {p.name: p for p in ruleset.programmes}
    table = Table(title=said("各项目", "Programmes", lang), pad_edge=False)
    for i, (zh, en) in enumerate(
        [
            ("项目", "Programme"),
            ("周期", "Per"),
            ("原享受", "Before"),
            ("现享受", "After"),
            ("新增", "Newly"),
            ("退出", "No longer"),
            ("原应发（元）", "Cost before (CNY)"),
            ("现应发（元）", "Cost after (CNY)"),
        ]
    ):
        table.add_column(said(zh, en, lang), justify="left" if i < 2 else "right")
    for p in effects.programmes:
        if p.newly or p.no_longer or p.cost_before != p.cost_after:
            counts = [f"{n:,}" for n in (p.granted_before, p.granted_after, p.newly, p.no_longer)]
            plan = plans[p.programme]
            # What pays nothing costs nothing: a dash, for "0" would be a sum.
            costs = [amount(x) for x in (p.cost_before, p.cost_after)] if plan.amount else ["—", "—"]
            table.add_row(
                said(p.programme, p.en, lang), said(plan.period, _PERIODS[plan.period], lang), *counts, *costs
            )
    show(table)


def _areas(effects: Effects, names: dict[int, str], lang: str) -> None:
    table = Table(title=said("各乡镇（每月，元）", "Townships (CNY a month)", lang), show_footer=True, pad_edge=False)
    t = effects.total
    heads = [
        (said("乡镇", "Township", lang), said("合计", "Total", lang)),
        (said("费用变化", "Change\nin cost", lang), _signed(t.cost_after - t.cost_before)),
        (said("原享受\n户", "Households\nbefore", lang), f"{t.covered_before:,}"),
        (said("现享受\n户", "\nafter", lang), f"{t.covered_after:,}"),
        (said("增加的\n户", "Winners", lang), f"{t.winners:,}"),
        (said("减少的\n户", "Losers", lang), f"{t.losers:,}"),
        (said("增加额", "Gained", lang), amount(t.gained)),
        (said("减少额", "Lost", lang), amount(t.lost)),
    ]
    for i, (title, footer) in enumerate(heads):
        table.add_column(title, footer=footer, justify="left" if i == 0 else "right", no_wrap=i in (1, 6, 7))
    for a in effects.areas:
        table.add_row(
            names.get(a.area, str(a.area)), _signed(a.cost_after - a.cost_before), f"{a.covered_before:,}", f"{a.covered_after:,}",
            f"{a.winners:,}", f"{a.losers:,}", amount(a.gained), amount(a.lost),
        )  # fmt: skip
    show(table)


def _moves(effects: Effects, ruleset: Ruleset, plan: ScreeningPlan, lang: str) -> None:
    category = ruleset.variables[plan.household_class].type.category
    english = dict(next(c.values for c in ruleset.book.categories if c.name == category))

    def klass(name: str) -> str:
        return (
            said("无法判定", "undecided", lang)
            if name == UNKNOWN_CLASS
            else said(name, english.get(name) or name, lang)
        )

    for before, after, n in effects.moves:
        a, b = klass(before), klass(after)
        console.print(said(f"{a} → {b}：{n:,} 户", f"{a} → {b}: {n:,} households", lang), highlight=False)
    console.print(
        said(
            f"有 {effects.undecided:,} 户金额未定，不在比较之内。",
            f"{effects.undecided:,} households have no certain sum and are not compared.",
            lang,
        )
    )


def _signed(fen: int) -> str:
    return ("+" if fen > 0 else "") + amount(fen)
