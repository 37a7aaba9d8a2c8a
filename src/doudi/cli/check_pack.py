"""``doudi check-pack``: everything that is wrong with a pack, and whether its cases prove it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doudi.cli.common import fault_lines, faults_exit, lang_option, said

if TYPE_CHECKING:
    from doudi.packs import Pack
    from doudi.rules import Fault

FAILED = 1
"""Exit status where cases fail or changes survive; faults of the pack itself end with 2."""


@click.command("check-pack")
@click.argument("what", metavar="PATH_OR_NAME")
@click.option(
    "--mutate", is_flag=True, help="逐处改动规则，看案例能否发现 / change the rules bit by bit; do the cases notice?"
)
@click.option("--all", "everything", is_flag=True, help="连同各级上级的案例和改动 / the parents' cases and changes too")
@lang_option
def check_pack(what: str, mutate: bool, everything: bool, lang: str) -> None:
    """查一个规则包：每一处错误、依据、案例 / Check a pack: every fault, its citations, its cases.

    PATH_OR_NAME 是文件夹，或随兜底发布的规则包的名称 / a folder, or the name of a pack that comes with Doudi.
    """
    pack = _examined(what, lang, everything)
    for line in fault_lines(_concern(pack.warnings, pack.info.folder.name, everything), lang):
        click.echo(line)
    _counts(pack, lang)
    upper = [_examined(str(info.folder), lang, everything) for info in pack.chain[1:]] if everything else []
    good = True
    for each in [pack, *upper]:
        good &= _cases(each, lang)
    passed = good
    for each in [pack, *upper] if mutate and good else []:
        good &= _mutation(each, lang)
    if mutate and not passed:
        click.echo(
            said(
                "案例没有全部通过，没有逐处改动；先把案例改对",
                "The cases do not all pass: nothing was changed to try them. Mend them first",
                lang,
            )
        )
    if not good:
        sys.exit(FAILED)
    click.echo(said("通过", "passed", lang))


def _concern(faults: Iterable[Fault], own: str, everything: bool) -> list[Fault]:
    """What whoever checks the pack ``own`` can do something about: not the warnings of the packs above, unless asked
    for."""
    return sorted(f for f in faults if everything or f.severity == "error" or f.where.file.startswith(f"{own}/"))


def _examined(what: str, lang: str, everything: bool) -> Pack:
    """The pack with its cases read; ends the program where anything in it is wrong."""
    from doudi.packs import examine
    from doudi.packs.coverage import check_references

    pack, faults = examine(what, thorough=True)
    if pack is not None:
        faults += check_references(pack)
    if pack is None or any(f.severity == "error" for f in faults):
        faults_exit(_concern(faults, pack.info.folder.name if pack else Path(what).resolve().name, everything), lang)
    return pack


def _counts(pack: Pack, lang: str) -> None:
    b = pack.book
    formulas = sum(len(r.versions) for r in b.rules) + len(b.views) + len(b.derived)
    formulas += sum(len(v.conditions) + (v.amount is not None) for p in b.programmes for v in p.versions)
    values = sum(len(s.lines) for s in b.standards)
    chain = " → ".join(info.name for info in pack.chain)
    click.echo(said(f"{pack.info.zh}（{chain}）", f"{pack.info.en} ({chain})", lang))
    zh = (
        f"事实 {len(b.facts)}，规则 {len(b.rules)}，项目 {len(b.programmes)}，公式 {formulas}，"
        f"标准 {len(b.standards)}（{values} 个值），措施 {len(pack.measures)}"
    )
    en = (
        f"{len(b.facts)} facts, {len(b.rules)} rules, {len(b.programmes)} programmes, {formulas} formulas, "
        f"{len(b.standards)} standards ({values} values), {len(pack.measures)} measures"
    )
    click.echo(said(zh, en, lang))


def _cases(pack: Pack, lang: str) -> bool:
    """Run the cases; whether all came out as stated."""
    from doudi.packs.cases import run_cases
    from doudi.rules import Faults

    try:
        report = run_cases(pack)
    except Faults as error:
        faults_exit(error.faults, lang)
    for d in report.differences:
        click.echo(f"{d.where}: {said(d.zh, d.en, lang)}  [{d.evaluator}]")
        for line in d.why:
            click.echo(f"    {line}")
    on = "、".join(report.evaluators) if lang == "zh" else ", ".join(report.evaluators)
    zh = f"{pack.name}：案例 {report.cases} 个，{report.checks} 处核对，通过 {report.passed} 个（{on}）"
    en = f"{pack.name}: {report.cases} cases, {report.checks} checks, {report.passed} passed ({on})"
    click.echo(said(zh, en, lang))
    if not report.cases:
        click.echo(
            said(
                "还没有案例：算得对不对，没有人对过；请写在 cases/ 里",
                "No cases yet: nobody has checked a result; write them in cases/",
                lang,
            )
        )
    return not report.differences


def _progress(lang: str) -> Callable[[int, int], None] | None:
    """A counter on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        return None

    def progress(done: int, total: int) -> None:
        if done % 20 == 0 or done == total:
            end = "\n" if done == total else ""
            click.echo(f"\r{said('改动', 'changes', lang)} {done}/{total}{end}", nl=False, err=True)

    return progress


def _mutation(pack: Pack, lang: str) -> bool:
    """Change the pack bit by bit; whether every change was noticed or accepted with a reason."""
    from doudi.packs.mutate import mutate
    from doudi.packs.pack import standing_on
    from doudi.rules import Faults

    try:
        report = mutate(pack, _progress(lang), standing_on(pack))
    except Faults as error:
        faults_exit(error.faults, lang)
    for m in sorted(report.survivors, key=lambda m: m.where):
        click.echo(
            f"{m.where}: {said('没有案例发现', 'no case notices', lang)}: {m.rule} | {said(m.mutation, m.en, lang)}"
        )
    for line in fault_lines(report.faults, lang):
        click.echo(line)
    left, kept = len(report.survivors), len(report.accepted)
    zh = f"{pack.name}：改动 {report.changes} 处，发现 {report.noticed}，说明理由接受 {kept}，未发现 {left}"
    en = f"{pack.name}: {report.changes} changes, {report.noticed} noticed, {kept} accepted with a reason, {left} not"
    click.echo(said(zh, en, lang))
    return not report.survivors and not report.faults
