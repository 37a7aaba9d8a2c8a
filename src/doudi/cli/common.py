"""What commands share: the console, loading a pack or saying all that is wrong with it, and refusals in the user's
language with exit code 2."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from doudi.cli.say import why_not
from doudi.rules.faults import Fault, Faults

if TYPE_CHECKING:
    from doudi.packs.pack import Pack
    from doudi.packs.screening_plan import ScreeningPlan

# Lines are broken by the screen, not by us: a path or a command broken in two is of no use to whoever copies it. A folder may be called [b].
console = Console(stderr=False, soft_wrap=True, markup=False)
errors = Console(stderr=True, soft_wrap=True, markup=False)
F = TypeVar("F", bound=Callable[..., Any])
_WIDEST = 400
FAULTS = 2
"""Exit code where what was given cannot be used: every fault has then been said."""


_FIRST_YEAR, _LAST_YEAR = 1950, 2100


class Month(click.ParamType):  # type: ignore[type-arg]
    """``2024-07`` as the first day of that month."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            year, month = str(value).split("-")[:2]
            found = date(int(year), int(month), 1)
        except ValueError:
            self.fail(f"“{value}”不是年月，请写成 2024-07 / not a month: write it like 2024-07", param, ctx)
        if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
            zh = f"“{value}”太早或太晚，请写 {_FIRST_YEAR} 年到 {_LAST_YEAR} 年之间的月份"
            self.fail(f"{zh} / too early or too late: write a month from {_FIRST_YEAR} to {_LAST_YEAR}", param, ctx)
        return found


def month_option(default: date | None) -> Callable[[F], F]:
    """``--month 2024-07``: the 所属月; its first day is the 基准日."""
    return click.option(
        "--month", type=Month(), default=default, help="所属月，如 2024-07 / the month, such as 2024-07"
    )


def lang_option(function: F) -> F:
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language"
    )(function)


def pack_option(function: F) -> F:
    text = "规则包的名称或文件夹 / name or folder of the pack"
    return click.option("--pack", default="demo", show_default=True, help=text)(function)


def said(zh: str, en: str, lang: str) -> str:
    return zh if lang == "zh" else en


def fault_lines(faults: Iterable[Fault], lang: str = "zh") -> list[str]:
    """One line a fault: where, what, how to mend it; warnings marked."""
    mark = "警告：" if lang == "zh" else "warning: "
    return [f"{f.where}: {mark if f.severity == 'warning' else ''}{f.zh if lang == 'zh' else f.en}" for f in faults]


def faults_exit(faults: Iterable[Fault], lang: str = "zh") -> NoReturn:
    """Say every fault and leave with 2."""
    listed = list(faults)
    for line in fault_lines(listed, lang):
        click.echo(line, err=True)
    n = sum(f.severity == "error" for f in listed)
    click.echo(said(f"规则包有 {n} 处错误，没有载入。", f"The pack has {n} faults and was not loaded.", lang), err=True)
    raise SystemExit(FAULTS)


def load_pack_or_exit(name: str, lang: str = "zh") -> Pack:
    """The pack by name or folder; leaves with 2 and every fault where it has any."""
    from doudi.packs.pack import load

    try:
        return load(name)
    except Faults as error:
        faults_exit(error.faults, lang)


def plan_or_exit(pack: Pack, lang: str) -> ScreeningPlan:
    """What the pack wants shown of a county, or exit code 2 where it says nothing of it."""
    if pack.screening is None:
        zh = f"规则包“{pack.name}”和它的上级都没有 screening.yaml，不知道按什么类别和地区汇总"
        errors.print(
            said(
                zh,
                f"Neither “{pack.name}” nor its parents have a screening.yaml: by which class to sum up is not known",
                lang,
            ),
            style="bold red",
        )
        raise SystemExit(FAULTS)
    return pack.screening


def show(table: Table) -> None:
    """Print a table with nothing cut off: cells fold where the screen is narrow, and a file or a pipe gets the table as wide as it is."""
    needed = Measurement.get(console, console.options.update(max_width=_WIDEST), table)
    for column in table.columns:
        column.overflow = "fold"
        # What is kept on one line is cut where there is no room for it.
        column.no_wrap = column.no_wrap and (not console.is_terminal or needed.minimum <= console.width)
    if console.is_terminal:
        console.print(table, soft_wrap=False)
    else:
        Console(file=console.file, width=max(console.width, needed.maximum)).print(table)


@contextmanager
def refused(lang: str) -> Iterator[None]:
    """Turns a refusal (bad facts, bad change, bad pack, a full disk) into one plain message and exit code 2."""
    try:
        yield
    except Faults as error:
        faults_exit(error.faults, lang)
    except OSError as error:
        at = f"“{error.filename}”" if error.filename else ""
        zh = f"读写文件失败{at}：{why_not(error)}"
        errors.print(said(zh, f"A file could not be read or written: {error}", lang), markup=False, highlight=False)
        raise SystemExit(FAULTS) from None
    except Exception as error:
        words = getattr(error, "zh", None), getattr(error, "en", None)
        if not all(isinstance(w, str) for w in words):
            raise
        errors.print(said(str(words[0]), str(words[1]), lang), markup=False, highlight=False)
        raise SystemExit(FAULTS) from None
