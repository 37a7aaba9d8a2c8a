"""Every bar, one command, one table: ``python -m bench [--quick]``, from the repository's root, on a machine that does nothing else.

Data are made here, measured processes are children of this one, and every ratio is of figures taken in the same run.
"""

from __future__ import annotations

import argparse
import compileall
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bench.bars_comparison import against_openfisca, streamed
from bench.bars_demo import compute_of_both, flat_memory, loading, single_household
from bench.measure import ROOT, ChildFailed
from bench.table import Row, machine, markdown

RESULTS = ROOT / "bench" / "results.md"


@dataclass(frozen=True)
class Sizes:
    """Households of each measurement, and how often it is repeated."""

    compare: int
    stream: int
    few: int
    some: int
    many: int
    repeats: int


FULL = Sizes(compare=1_000_000, stream=10_000_000, few=10_000, some=100_000, many=3_000_000, repeats=3)
QUICK = Sizes(compare=100_000, stream=200_000, few=10_000, some=50_000, many=100_000, repeats=1)


def bars(sizes: Sizes) -> dict[str, Callable[[Path], list[Row]]]:
    """The measurements by name; each is given an empty folder for its data."""
    return {
        "single": lambda work: single_household(work, sizes.repeats),
        "load": lambda _: loading(max(3, sizes.repeats)),
        "openfisca": lambda work: against_openfisca(work, sizes.compare, sizes.repeats),
        "stream": lambda work: streamed(work, sizes.stream, sizes.repeats),
        "compute": lambda _: compute_of_both(sizes.repeats),
        "memory": lambda work: flat_memory(work, (sizes.few, sizes.some, sizes.many)),
    }


def report(rows: list[Row], sizes: Sizes) -> str:
    """What is printed and kept."""
    full = sizes.stream == FULL.stream
    how = "full sizes" if full else "small sizes (`--quick`): the bars are stated for the full ones"
    return f"# Bars\n\nMade by `python -m bench`, {how}, medians of {sizes.repeats}. Machine: {machine()}.\n\n{markdown(rows)}\n"


def main() -> None:
    names = list(bars(FULL))
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures every bar and prints one table.")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: minutes become seconds, figures only indicate"
    )
    parser.add_argument("--repeats", type=int, help="how often each process is measured (full: 3, quick: 1)")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="BAR", help=", ".join(names))
    parser.add_argument("--work", type=Path, help="where data are made and deleted again (full: 5 GB)")
    parser.add_argument("--out", type=Path, help="where the table is kept (full: bench/results.md; quick: nowhere)")
    a = parser.parse_args()
    sizes = QUICK if a.quick else FULL
    if a.repeats:
        sizes = replace(sizes, repeats=a.repeats)
    for sources in (ROOT / "src", ROOT / "bench"):
        compileall.compile_dir(sources, quiet=1)
    rows: list[Row] = []
    failed = False
    for name in a.only:
        work = Path(tempfile.mkdtemp(prefix="doudi-bench-", dir=a.work))
        begun = time.perf_counter()
        try:
            rows += bars(sizes)[name](work)
        except ChildFailed as problem:
            failed = True
            print(f"{name}: {problem}", file=sys.stderr)
            rows.append(Row(name, "", "could not be measured", passed=False))
        finally:
            shutil.rmtree(work)
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    text = report(rows, sizes)
    print(text)
    out = a.out or (None if a.quick or a.only != names else RESULTS)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    if failed:
        raise SystemExit(1)
