"""``doudi coverage``: each clause of a pack's documents with what implements it, or "not yet"."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from doudi.cli.common import FAULTS, fault_lines, lang_option, load_pack_or_exit

if TYPE_CHECKING:
    from doudi.packs import ClauseBook, Pack
    from doudi.packs.coverage import Summary


@click.command("coverage")
@click.argument("what", metavar="[PACK]", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / write JSON")
@click.option("--open", "only_open", is_flag=True, help="只列未落实的 / only what nothing implements yet")
@lang_option
def coverage(what: str | None, as_json: bool, only_open: bool, lang: str) -> None:
    """文件逐条落实情况 / What of each document is implemented, clause by clause.

    不给 PACK 时看随兜底发布的全部规则包。
    """
    from doudi.packs import names
    from doudi.packs.coverage import check_references, to_json

    packs = [load_pack_or_exit(name, lang) for name in ([what] if what else names())]
    packs = packs if what else _owners(packs)
    faults = [f for pack in packs for f in check_references(pack)]
    if as_json:
        click.echo(json.dumps([book for pack in packs for book in to_json(pack)], ensure_ascii=False, indent=1))
    else:
        for pack in packs:
            _tables(pack, only_open, lang)
    if faults:
        for line in fault_lines(sorted(set(faults)), lang):
            click.echo(line, err=True)
        sys.exit(FAULTS)


def _owners(packs: list[Pack]) -> list[Pack]:
    """Each pack with only the documents that it lists itself: a document is shown once, by the pack that it is of."""
    for pack in packs:
        pack.clauses = {short: book for short, book in pack.clauses.items() if book.pack == pack.name}
    return [pack for pack in packs if pack.clauses]


def _tables(pack: Pack, only_open: bool, lang: str) -> None:
    from rich.console import Console

    from doudi.packs.coverage import summary

    console = Console(highlight=False)
    for book in pack.clauses.values():
        console.print(_table(pack, book, only_open, lang))
        console.print(_line(summary(book), lang))


def _line(s: Summary, lang: str) -> str:
    if lang == "zh":
        return f"{s.short}：{s.clauses} 条，已落实 {s.implemented}，只作陈述 {s.statements}，未落实 {s.open}，不明 {s.unclear}\n"
    return (
        f"{s.short}: {s.clauses} clauses, {s.implemented} implemented, {s.statements} only state something, "
        f"{s.open} not yet, {s.unclear} unclear\n"
    )


def _table(pack: Pack, book: ClauseBook, only_open: bool, lang: str) -> object:
    from rich.markup import escape
    from rich.table import Table

    from doudi.packs.read_lists import EVERY

    zh = lang == "zh"
    table = Table(title=f"{book.short} {book.title if zh else book.en}", show_lines=False, pad_edge=False)
    heads = (
        ("条款", "说什么", "责任单位", "期限", "落实") if zh else ("clause", "says", "units", "due", "implemented by")
    )
    for head in heads:
        table.add_column(head, overflow="fold")
    for c in book.clauses:
        if only_open and (c.implemented_by or c.kind == "statement"):
            continue
        done = "\n".join(name for name, _ in c.implemented_by)
        idle = "—" if c.kind == "statement" else ("[red]未落实[/red]" if zh else "[red]not yet[/red]")
        when = " ".join(
            part for part in (c.due, f"每{c.every}" if c.every and zh else EVERY.get(c.every, c.every)) if part
        )
        units = "、".join(c.units) if zh else ", ".join(pack.english("units", u) or u for u in c.units)
        table.add_row(c.clause, escape(c.says if zh else c.en), escape(units), when, escape(done) or idle)
    return table
