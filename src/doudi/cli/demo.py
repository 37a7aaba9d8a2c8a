"""``doudi demo``: a synthetic county, in a server to look at and in a report; with ``--no-serve`` the report alone."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click
from rich.table import Table

from doudi.cli.common import (
    console,
    lang_option,
    load_pack_or_exit,
    month_option,
    pack_option,
    plan_or_exit,
    refused,
    said,
    show,
)
from doudi.cli.progress import bar
from doudi.cli.say import alone_in
from doudi.packs import spans
from doudi.packs.pack import Pack
from doudi.rules import compile_book
from doudi.rules.declared import Area, Programme
from doudi.rules.explain import to_html, to_text, why
from doudi.rules.programmes import covers
from doudi.rules.scalar import Path as RowPath
from doudi.rules.scalar import decide
from doudi.screening.facts import FactsRefused, schema_of
from doudi.screening.household import find_household
from doudi.screening.list_book import write_lists
from doudi.screening.lists import KINDS, Screened, opened
from doudi.screening.parts import Facts, open_facts
from doudi.screening.reasons import yuan
from doudi.screening.receipts import score
from doudi.screening.report import Report, render
from doudi.screening.report.page import Told
from doudi.screening.run import screen
from doudi.screening.summary import Summary, summarise
from doudi.screening.synthetic import county, unpaid
from doudi.screening.telling import telling

HOUSEHOLDS = 142_000
DEMO_MONTH = date(2024, 7, 1)
"""The month of the demonstration county: the first after the Dahua plan was set going."""


@dataclass(frozen=True)
class Folder:
    """Where everything of one demonstration lies."""

    root: Path

    @property
    def facts(self) -> Path:
        return self.root / "facts"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def lists(self) -> Path:
        return self.root / "lists.parquet"

    def book(self, lang: str) -> Path:
        return self.root / said("名单.xlsx", "lists.xlsx", lang)

    def report(self, lang: str) -> Path:
        return self.root / said("report.html", "report.en.html", lang)


@click.command(short_help="screen a synthetic county")
@pack_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("doudi-demo"),
    show_default=True,
    help="所有文件放在这里 / where all files go",
)
@click.option(
    "--households",
    type=click.IntRange(100, 20_000_000),
    default=HOUSEHOLDS,
    show_default=True,
    help="户数 / households",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="随机种子 / seed")
@month_option(None)
@lang_option
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口 / port")
@click.option("--no-serve", is_flag=True, help="不启动服务，完成报告就停 / no server: stop after the report")
@click.option("--keep-facts", is_flag=True, hidden=True)
def command(
    pack: str, out: Path, households: int, seed: int, month: date | None, lang: str, threads: int, port: int, no_serve: bool, keep_facts: bool
) -> None:  # fmt: skip
    """把规则包用到一个合成的县。默认启动服务：几秒后可以登录查看，试点乡镇先装入，其余乡镇和全县报告在后台完成。
    --no-serve 只做报告：逐户筛查，给出全县一览、各种名单和一份可以打印的报告。

    Apply a pack to a synthetic county. By default a server starts: sign in after some seconds; the pilot townships come on record
    first, the others and the report in the background. --no-serve makes the report alone: every household screened; the county at a
    glance, the lists that matter, and a report to print.
    """
    if no_serve:
        report(pack, out, households, seed, month or DEMO_MONTH, lang, threads, keep=keep_facts)
    else:
        served(pack, out, households, seed, month or last_month(date.today()), lang, threads, port)  # noqa: DTZ011 - today, where the user is


def last_month(today: date) -> date:
    """The first day of the month before: all that happens in it has happened, and can be put on record."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def served(pack: str, out: Path, households: int, seed: int, month: date, lang: str, threads: int, port: int) -> None:
    """Makes the county, settles an installation in ``out``, sets the report going and becomes the server."""
    folder = Folder(out.absolute())
    with refused(lang):
        folder.root.mkdir(parents=True, exist_ok=True)
        loaded = load_pack_or_exit(pack, lang)
        plan_or_exit(loaded, lang)
        say_not_in_force(loaded, month, lang)
        facts = made(folder, loaded, households, seed, month, threads, lang, keep=(folder.root / "server").exists())
        from doudi.server.config.demonstration import prepare, settle

        settle(folder.root, pack)
        with console.status(said("建库、登记区划和演示账号…", "Making database, divisions and accounts…", lang)):
            ready = prepare(loaded, folder.facts, seed, month, facts.rows["person"])
    words = [
        "--out",
        str(folder.root),
        "--pack",
        pack,
        "--households",
        str(households),
        "--seed",
        str(seed),
        "--month",
        f"{month:%Y-%m}",
        "--lang",
        lang,
    ]
    with (folder.root / "report.log").open("w", encoding="utf-8") as log:
        # Politely: the pages come first.
        subprocess.Popen(
            ["nice", "-n", "15", sys.executable, "-m", "doudi.cli.main", "demo", "--no-serve", "--keep-facts", *words], stdout=log, stderr=log
        )  # fmt: skip
    who = "  ".join(name for name, _ in ready.accounts)
    console.print(
        said(
            f"演示账号（密码都是 {ready.password}）：{who}",
            f"Accounts (password of all: {ready.password}): {who}",
            lang,
        ),
        highlight=False,
    )
    console.print(
        said(f"全县报告做好后在 {folder.report(lang)}", f"The report of the whole county will be at {folder.report(lang)}", lang), highlight=False
    )  # fmt: skip
    os.execv(
        sys.executable,
        [sys.executable, "-m", "doudi.cli.main", "serve", "--port", str(port), "--processes", "1", "--lang", lang],
    )


def made(
    folder: Folder, loaded: Pack, households: int, seed: int, month: date, threads: int, lang: str, *, keep: bool
) -> Facts:  # fmt: skip
    """The county's facts. ``keep``: those that are there for the same arguments are taken as they are, for they are being brought on record."""
    schema = schema_of(loaded.book)
    try:
        there = open_facts(folder.facts, schema)
    except FactsRefused:
        there = None
    if (
        keep
        and there is not None
        and (there.seed, there.month, there.rows["household"], there.schema_digest)
        == (
            seed,
            month,
            households,
            schema.digest,
        )
    ):
        return there
    ruleset = compile_book(loaded.book, month)
    with bar(said("生成合成的县", "Making the county", lang), households) as step:
        return county(
            folder.facts, loaded, ruleset, households=households, seed=seed, threads=threads, progress=lambda done, _: step(done)
        )  # fmt: skip


def report(
    pack: str, out: Path, households: int, seed: int, month: date, lang: str, threads: int, *, keep: bool = False
) -> None:  # fmt: skip
    """Screens the county and leaves a report; see ``command``."""
    started = time.monotonic()
    folder = Folder(out)
    with refused(lang), ExitStack() as stack:
        out.mkdir(parents=True, exist_ok=True)
        stack.enter_context(alone_in(out))
        loaded = load_pack_or_exit(pack, lang)
        plan = plan_or_exit(loaded, lang)
        ruleset = compile_book(loaded.book, month)
        n, p = len(ruleset.order), len(ruleset.programmes)
        console.print(
            said(
                f"规则包 {loaded.info.zh}：{n} 个公式，{p} 个项目",
                f"Pack {loaded.info.en}: {n} formulas, {p} programmes",
                lang,
            )
        )
        say_not_in_force(loaded, month, lang)
        if (lacking := unpaid(loaded, ruleset)) is not None:
            zh = f"这个包在 {month:%Y-%m} {lacking.zh}。合成的县里没有人在领钱，符合的人都会列在“应保未保”里。"
            en = f"In {month:%Y-%m} this pack has {lacking.en}. Nobody in the synthetic county is paid, so all who are eligible stand as missed."
            console.print(said(zh, en, lang), style="yellow", highlight=False)
        facts = made(folder, loaded, households, seed, month, threads, lang, keep=keep)
        with bar(said("逐户筛查", "Screening", lang), len(facts.parts)) as step:
            run = screen(ruleset, plan, facts, folder.run, threads=threads, progress=lambda _done, _all: step(1))
        screened = opened(run, ruleset, plan, threads)
        with console.status(said("汇总…", "Summing up…", lang)):
            summary = summarise(screened, loaded.info.area, folder.lists)
        for table in glance(screened, summary, loaded, lang):
            show(table)
        with console.status(said("写名单和报告…", "Writing lists and report…", lang)):
            rows = write_lists(screened, areas_of(loaded), folder.book(lang), lang)
            told = explained(screened, facts, loaded, lang)
            write_report(
                screened, summary, facts, loaded, folder, [x for x, _, _ in told], lang, time.monotonic() - started
            )
    if told:
        console.rule(f"{told[0][0].heading} · {told[0][0].chosen}")
        console.print(told[0][1], highlight=False, markup=False)
        console.rule()
    again = shlex.join(["--household", str(told[0][2] if told else 1), "--pack", pack, "--out", str(out)])
    console.print(
        said(f"名单（{rows:,} 行）：{folder.book(lang)}", f"Lists ({rows:,} rows): {folder.book(lang)}", lang),
        highlight=False,
    )
    console.print(
        said(f"报告：{folder.report(lang)}", f"Report: {folder.report(lang)}", lang), style="bold", highlight=False
    )
    console.print(
        said(
            f"再看一户：./doudi explain {again}",
            f"One more: ./doudi explain {again} --lang en",
            lang,
        ),
        highlight=False,
    )
    seconds = time.monotonic() - started
    console.print(said(f"用时 {seconds:.0f} 秒", f"Took {seconds:.0f} s", lang), highlight=False)


def say_not_in_force(pack: Pack, month: date, lang: str) -> None:
    """Says which programmes of the pack itself do not hold in ``month``: whoever wrote them looks for them in the report."""
    own = [p for p in pack.book.programmes if pack.name in pack.state.owners.get(("programme", p.name), ())]
    idle = [p for p in own if not any(covers(v.since, v.until, month) for v in p.versions)]
    if not idle:
        return

    def days(programme: Programme) -> str:
        return said("，", ", ", lang).join(spans.said(spans.span(v.since, v.until), lang) for v in programme.versions)

    zh = "；".join(f"{p.name}（{days(p)}）" for p in idle)
    en = "; ".join(f"{p.en} ({days(p)})" for p in idle)
    console.print(
        said(
            f"这些项目在 {month:%Y-%m} 没有施行，谁也不会符合：{zh}。看它们请用 --month 另选一个月。",
            f"Not in force in {month:%Y-%m}, so that nobody is eligible: {en}. To see them choose another --month.",
            lang,
        ),
        style="yellow",
        highlight=False,
    )


def areas_of(pack: Pack) -> dict[int, Area]:
    return {a.code: a for a in pack.book.areas if a.code >= 0}


def glance(s: Screened, summary: Summary, pack: Pack, lang: str) -> list[Table]:
    """The county on one screen: households by township and class, then what each township costs and has to act on."""
    report = Report(pack.info.zh, pack.name, s, summary, areas_of(pack), lang=lang)
    classes = Table(
        title=said("各乡镇、各类家庭（户）", "Households by township and class", lang), show_footer=True, pad_edge=False
    )
    acts = Table(
        title=said("每月应发和要办的名单", "Due a month, and lists to act on", lang), show_footer=True, pad_edge=False
    )
    for table in (classes, acts):
        table.add_column(said("乡镇", "Township", lang), footer=said("合计", "Total", lang), no_wrap=True)
    classes.add_column(said("户数", "All", lang), justify="right", footer=f"{summary.total.households:,}")
    for k in report.class_order():
        classes.add_column(
            report.klass(k, report.class_category), justify="right", footer=f"{summary.classes[k].households:,}"
        )
    acts.add_column(
        said("每月应发", "Due a month", lang), justify="right", footer=yuan(summary.total.cost, lang), no_wrap=True
    )
    for kind, label in report.list_kinds():
        acts.add_column(label, justify="right", footer=f"{report.listed(kind):,}")
    for code, c in summary.areas.items():
        name = report.area(code)
        classes.add_row(
            name, f"{c.households:,}", *(f"{summary.grid.get((code, k), 0):,}" for k in report.class_order())
        )
        acts.add_row(name, yuan(c.cost, lang), *(f"{summary.by_area.get((code, kind), 0):,}" for kind in KINDS))
    return [classes, acts]


def explained(s: Screened, facts: Facts, pack: Pack, lang: str) -> list[tuple[Told, str, int]]:
    """The telling households: for the report as HTML, for the screen as text, and the household's id."""
    out = []
    schema = schema_of(pack.book)
    for kind, household, programme, row in telling(s):
        found = find_household(facts, schema, household)
        if found is None:
            continue
        plan = next(p for p in s.ruleset.programmes if p.name == programme)
        path: RowPath = () if plan.entity == s.ruleset.root else (row,)
        decision = decide(s.ruleset, found)
        if not path and decision.outcome(programme).granted != "是":
            # It stands there for a household of one.
            path = next((o.path for o in decision.answers if o.programme == programme and o.granted == "是"), path)
        answer = why(decision, programme, path, "zh" if lang == "zh" else "en")
        who = said(f"户 {household}", f"Household {household}", lang) + (
            said(f"，人 {row}", f", person {row}", lang) if path else ""
        )
        told = Told(f"{who} · {said(programme, plan.en, lang)}", said(kind, KINDS[kind], lang), to_html(answer))
        out.append((told, to_text(answer), household))
    return out


def write_report(
    s: Screened, summary: Summary, facts: Facts, pack: Pack, folder: Folder, told: list[Told], lang: str, seconds: float
) -> None:
    report = Report(
        title=said(pack.info.zh, pack.info.en, lang), pack=pack.name, screened=s, summary=summary, areas=areas_of(pack), told=told,
        score=scored(s, facts, lang), demo=True, seconds=seconds, lang=lang,
        files=[(folder.book(lang).name, said("全部名单（工作簿）", "All lists (workbook)", lang))],
    )  # fmt: skip
    render(report, folder.report(lang))


def scored(s: Screened, facts: Facts, lang: str) -> list[tuple[str, int, int, int]]:
    """By list: how many errors were planted that belong on it, how many of them stand there, and how many other rows do."""
    if "planted.parquet" not in facts.extra:
        return []
    planted = facts.read_extra("planted.parquet")
    found = score(planted, s.db.sql("SELECT list, programme, household, id FROM lists").to_arrow_table())
    expected: dict[str, int] = {}
    for name in planted.column("expected").to_pylist():
        if name:
            expected[name] = expected.get(name, 0) + 1
    return [
        (
            said(name, KINDS.get(name, name), lang),
            n,
            found.explained.get(name, 0),
            found.listed.get(name, 0) - found.explained.get(name, 0),
        )
        for name, n in sorted(expected.items())
    ]
