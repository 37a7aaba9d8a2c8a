"""``doudi explain``: every answer of one household, and why, down to the facts."""

from __future__ import annotations

import json
from pathlib import Path

import click

from doudi.cli.common import console, errors, lang_option, load_pack_or_exit, pack_option, refused, said
from doudi.packs.state import Measure
from doudi.rules import Ruleset, compile_book
from doudi.rules.explain import to_dict, to_html, to_text, why
from doudi.rules.faults import hint
from doudi.rules.scalar import Decision, Outcome, decide
from doudi.screening.facts import schema_of
from doudi.screening.household import find_household
from doudi.screening.measures import open_measures
from doudi.screening.parts import open_facts


@click.command(short_help="explain one household")
@click.option("--household", type=int, required=True, help="户编号 / the household's number")
@click.option("--programme", help="只说这一个项目，如 低保 / only this programme")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("doudi-demo"),
    show_default=True,
    help="doudi demo 的文件夹 / the folder that doudi demo filled",
)
@pack_option
@click.option("--format", "form", type=click.Choice(["text", "html", "json"]), default="text", show_default=True)
@lang_option
def command(household: int, programme: str | None, out: Path, pack: str, form: str, lang: str) -> None:
    """说明一户的每个答案：结论、差多少、用到哪条规则哪个标准、缺什么。

    Explain every answer of one household: what, by how much, by which rule and standard, and what is missing.
    """
    with refused(lang):
        loaded = load_pack_or_exit(pack, lang)
        schema = schema_of(loaded.book)
        facts = open_facts(out / "facts", schema)
        ruleset = compile_book(loaded.book, facts.month)
        row = find_household(facts, schema, household)
        if row is None:
            n = facts.rows["household"]
            zh = f"没有编号为 {household} 的户；共有 {n:,} 户，编号见名单和报告"
            errors.print(
                said(zh, f"There is no household {household}; the lists and the report name all {n:,} by number", lang)
            )
            raise SystemExit(2)
        decision = decide(ruleset, row)
        chosen = _chosen(ruleset, decision, programme, lang)
    told = [why(decision, o.programme, o.path, "zh" if lang == "zh" else "en") for o in chosen]
    if form == "json":
        click.echo(json.dumps([to_dict(e) for e in told], ensure_ascii=False, indent=1))
        return
    for o, e in zip(chosen, told, strict=True):
        if form == "html":
            click.echo(to_html(e))
            continue
        who = said(f"户 {household}", f"Household {household}", lang)
        if o.path:
            who += said(f"，人 {o.path[0]}", f", person {o.path[0]}", lang)
        console.rule(who, align="left")
        console.print(to_text(e), markup=False, highlight=False)
    if form == "text" and programme is None:
        _refused(decision, lang)
        _also_open(open_measures(loaded, decision), lang)


def _also_open(measures: tuple[Measure, ...], lang: str) -> None:
    if not measures:
        return
    console.rule(said("也可以申请", "Also open to this household", lang), align="left")
    for m in measures:
        name = said(m.name, m.en, lang) + (said(f"：{m.sum_zh}", f": {m.sum_en or m.sum_zh}", lang) if m.sum_zh else "")
        narrowed = (
            said(f"（条件：{m.formula.source}）", f" (where {m.formula.source})", lang) if m.formula is not None else ""
        )
        cites = "；".join(f"{c.document} {c.clause}" for c in m.cites)
        console.print(f"- {name}{narrowed}  [{cites}]", markup=False, highlight=False)


def _chosen(ruleset: Ruleset, decision: Decision, programme: str | None, lang: str) -> list[Outcome]:
    """The outcomes of ``programme``; without one, all that are not plainly refused."""
    if programme is None:
        return [o for o in decision.answers if o.outcome != "不符合"]
    by_english = {p.en: p.name for p in ruleset.programmes}
    name = by_english.get(programme, programme)
    names = [p.name for p in ruleset.programmes]
    if name not in names:
        zh, en = hint(programme, [*names, *by_english])
        errors.print(said(f"没有项目“{programme}”{zh}", f"There is no programme “{programme}”{en}", lang))
        raise SystemExit(2)
    return [o for o in decision.answers if o.programme == name]


def _refused(decision: Decision, lang: str) -> None:
    """What the household itself is refused, one line each; what its people are refused is only counted."""
    own = [o for o in decision.programmes if o.outcome == "不符合" and not o.path]
    others = sum(o.outcome == "不符合" and bool(o.path) for o in decision.programmes)
    console.rule(said("不符合的项目", "Not eligible for", lang), align="left")
    for o in own:
        lines = to_text(
            why(decision, o.programme, o.path, "zh" if lang == "zh" else "en"), headline_only=True
        ).splitlines()
        console.print("- " + "  ".join(lines[:2]), markup=False, highlight=False)
    if others:
        zh, en = (
            f"另有 {others} 个按人的项目不符合；看某一个：--programme 高龄津贴",
            f"{others} more for single people; to see one: --programme 高龄津贴",
        )
        console.print(said(zh, en, lang), highlight=False)
