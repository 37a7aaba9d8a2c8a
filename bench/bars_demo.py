"""The bars of the demonstration county's full pack: one household, loading, compute and memory."""

from __future__ import annotations

from pathlib import Path

from bench.measure import child, memory, repeated, said
from bench.table import Row, mib, seconds


def single_household(work: Path, repeats: int) -> list[Row]:
    """Households of four, decided by the reference evaluator with every value recorded."""
    (runs,) = repeated(repeats, ("bench.single", work / "facts"))
    first = runs[0].said
    decided, explained = said(runs, "decide"), said(runs, "explain")
    pack = f"the `demo` pack, {first['formulas']} formulas"
    return [
        Row("formulas of the `demo` pack", "at least 150", f"{first['formulas']}", first["formulas"] >= 150),
        Row(
            f"decide one household of 4, {pack}, everything recorded",
            "median at most 5 ms",
            f"{seconds(decided)} (90% within {seconds(said(runs, 'decide_90'))})",
            decided <= 0.005,
        ),
        Row("one rendered explanation of it", "at most 1 ms more", seconds(explained), explained <= 0.001),
    ]


def loading(repeats: int) -> list[Row]:
    """Each time in a new process, so that nothing is cached."""
    (runs,) = repeated(repeats, ("bench.load", "demo"))
    took = said(runs, "load") + said(runs, "compile")
    return [
        Row(
            f"load the `demo` pack with its {runs[0].said['parents']} parents and compile it, imports excluded",
            "at most 0.5 s",
            f"{seconds(took)} (read and check {seconds(said(runs, 'load'))}, compile {seconds(said(runs, 'compile'))}; "
            f"{said(runs, 'cpu'):.2f} s of processor)",
            took <= 0.5,
        )
    ]


def compute_of_both(repeats: int) -> list[Row]:
    """Processor time of deciding alone, the facts already in memory, both packs taking turns in one process."""
    (runs,) = repeated(repeats, ("bench.compute",))
    demo, set_ = said(runs, "demo"), said(runs, "comparison")
    return [
        Row(
            f"full `demo` pack over Dahua, {runs[0].said['formulas']} formulas, 5% missing: compute of one household",
            "at most 6x the comparison set's",
            f"{demo / set_:.1f}x ({demo * 1e6:.1f} µs; comparison set {set_ * 1e6:.1f} µs)",
            demo / set_ <= 6,
        ),
        Row(
            "the same with the search for missing facts on, for both",
            "(read beside)",
            f"{said(runs, 'demo_missing') / said(runs, 'comparison_missing'):.1f}x ({said(runs, 'demo_missing') * 1e6:.1f} µs; "
            f"comparison set {said(runs, 'comparison_missing') * 1e6:.1f} µs)",
        ),
    ]


def flat_memory(work: Path, sizes: tuple[int, int, int]) -> list[Row]:
    """Peak memory of screening populations of growing size with the full pack."""
    peaks = []
    for n in sizes:
        child("bench.screen", "make", work / f"{n}", n)
        peaks.append(memory("bench.screen", "run", work / f"{n}", work / "out"))
    # One part holds 16,384 households: 10,000 are one part that one process decides; from then on two parts are always in hand.
    grown = peaks[2] / peaks[1]
    listed = ", ".join(f"{n:,}: {mib(p)}" for n, p in zip(sizes, peaks, strict=True))
    return [
        Row(
            "full `demo` pack screened, peak memory by households",
            f"flat (at most 1.1x from {sizes[1]:,} to {sizes[2]:,})",
            f"{grown:.2f}x ({listed})",
            grown <= 1.1,
        )
    ]
