"""The bars that the comparison set measures: against OpenFisca, and against reading and writing alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measure import Run, child, cpu, memory, repeated, wall
from bench.table import Row, mib, seconds

DATA = "bench.comparison.data"
DOUDI = "bench.comparison.doudi_set"
OPENFISCA = "bench.comparison.openfisca_set"
FAR = "bench.comparison.far"
FLOOR = "bench.floor"


def against_openfisca(work: Path, households: int, repeats: int) -> list[Row]:
    """The whole process, Parquet to Parquet, all facts known: speed, memory, and how far each is from the oracle."""
    child(DATA, work / "facts", "--households", households)
    child(DATA, work / "columns", "--households", households, "--for", "openfisca")
    jobs: list[tuple[str | Path, ...]] = [
        (DOUDI, work / "facts", work / "doudi"),
        (OPENFISCA, work / "columns", work / "taught"),
        (OPENFISCA, work / "columns", work / "tuned", "tuned"),
    ]
    doudi, taught, tuned = repeated(repeats, *jobs, fresh=[out for _, _, out, *_ in jobs])
    held, held_taught, held_tuned = (memory(str(module), *words) for module, *words in jobs)
    far = child(FAR, "doudi", work / "doudi", households).said
    theirs = child(FAR, "openfisca", work / "taught", households).said
    what = f"comparison set, {households:,} households, Parquet to Parquet"
    faster, lighter = wall(taught) / wall(doudi), held / held_taught
    return [
        Row(
            f"{what}: speed against OpenFisca as its documentation teaches",
            "at least 4x faster",
            f"{faster:.1f}x ({_took(doudi)}; OpenFisca {_took(taught)})",
            faster >= 4,
        ),
        Row(
            "the same against OpenFisca as fast as we could make it",
            "(read beside)",
            f"{wall(tuned) / wall(doudi):.1f}x (OpenFisca tuned {_took(tuned)})",
        ),
        Row(
            "its peak memory",
            "at most 1/3 of OpenFisca's",
            f"{lighter:.2f} ({mib(held)}; OpenFisca {mib(held_taught)}, tuned {mib(held_tuned)})",
            lighter <= 1 / 3,
        ),
        Row("its distance from the Decimal oracle", "zero fen", _distance(far), _exact(far)),
        Row("OpenFisca's distance from the oracle", "(read beside)", _distance(theirs)),
    ]


def streamed(work: Path, households: int, repeats: int) -> list[Row]:
    """Doudi against only reading its columns and writing its result, with all known and with 5% missing."""
    rows = []
    for missing, most in ((0.0, 2), (0.05, 3)):
        facts, result, again = work / "facts", work / "result", work / "again"
        child(DATA, facts, "--households", households, "--missing", missing)
        child(DOUDI, facts, result)
        steps: list[tuple[str, list[Path]]] = [("read", [facts]), ("reread", [result]), ("copy", [result, again])]
        names = [how + step for how in ("", "duckdb-") for step, _ in steps]
        jobs = [(FLOOR, how + step, *folders) for how in ("", "duckdb-") for step, folders in steps]
        runs = repeated(repeats, (DOUDI, facts, result), *jobs, fresh=[again])
        held = memory(DOUDI, facts, result)
        doudi, of = runs[0], dict(zip(names, runs[1:], strict=True))
        floor, duck = _floor(of, wall), _floor(of, wall, "duckdb-")
        what = f"comparison set, {households:,} households streamed, " + (
            f"{missing:.0%} missing" if missing else "all known"
        )
        ratio = wall(doudi) / floor
        far = child(FAR, "doudi", result, households, missing).said
        rows += [
            Row(
                f"{what}: against reading the columns and writing the result",
                f"at most {most}x",
                f"{ratio:.2f}x ({_took(doudi)}; read and write {seconds(floor)}, {_floor(of, cpu):.2f} s of processor; with "
                f"DuckDB {seconds(duck)})",
                ratio <= most,
            ),
            Row("its peak memory", "at most 1.5 GB", mib(held), held <= 1.5e9),
        ]
        if missing:
            rows.append(
                Row(
                    "its answers held against the facts that were hidden",
                    "none contradicted",
                    f"{far['contradicted']:,} households contradicted; {far['undecided'] / far['households']:.1%} with something "
                    "undecided",
                    far["contradicted"] == 0,
                )
            )
        else:
            rows.append(Row("its distance from the Decimal oracle", "zero fen", _distance(far), _exact(far)))
        for folder in (facts, result, again):
            shutil.rmtree(folder)
    return rows


def _floor(of: dict[str, list[Run]], figure: Callable[[list[Run]], float], how: str = "") -> float:
    """Reading the facts and writing the result, of processes that read, read again, and read again and write."""
    return figure(of[how + "read"]) + figure(of[how + "copy"]) - figure(of[how + "reread"])


def _took(runs: list[Run]) -> str:
    return f"{seconds(wall(runs))}, {cpu(runs):.2f} s of processor"


def _distance(far: dict[str, Any]) -> str:
    if _exact(far):
        return f"0 of {far['households']:,} households differ"
    return (
        f"低保 wrong for {far['low_wrong']:,}, some grant for {far['grants_wrong']:,}, the total for {far['totals_wrong']:,} of "
        f"{far['households']:,} households; by up to {far['most'] / 100:,.2f} yuan"
    )


def _exact(far: dict[str, Any]) -> bool:
    return not (far["grants_wrong"] or far["amounts_wrong"] or far["totals_wrong"] or far["fen"])
