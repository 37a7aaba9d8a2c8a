"""A screening run: every household of a folder of facts decided, and the decisions kept beside what decided them.

``<run>/part-00000/household.parquet`` and its like mirror the parts of the facts; ``run.json`` is written last and names the facts, the pack, the
engine and the canonical digest of all decisions. A folder without it was never finished, and no later command takes it for whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from doudi import __version__
from doudi.packs.screening_plan import ScreeningPlan
from doudi.rules.block import decide_tables, digest
from doudi.rules.ruleset import Key, Ruleset
from doudi.screening.facts import FactsRefused
from doudi.screening.ones import also_shown, with_ones
from doudi.screening.parts import Facts, Part, write_json, write_table
from doudi.screening.workers import in_order

RUN = "run.json"
Progress = Callable[[int, int], None]
"""Called with parts done and parts in all."""


@dataclass(frozen=True)
class Run:
    """A finished run. ``rows`` counts result rows by table; ``digest`` is the same whatever the threads or the size of parts."""

    folder: Path
    pack: str
    ruleset: str
    facts: str
    engine: str
    as_of: str
    month: str
    parts: int
    rows: dict[str, int]
    digest: str


def shown(ruleset: Ruleset, plan: ScreeningPlan) -> tuple[Key, ...]:
    """The variables that a run keeps besides the outcomes: what summaries and lists need."""
    keys: list[Key] = [plan.household_class, plan.person_class, plan.area, plan.headcount, *also_shown(plan)]
    for p in ruleset.programmes:
        keys += [(p.entity, name) for name in (p.received, *(v for _, v in p.shares)) if name]
    for x in plan.lists:
        keys += [(x.entity, x.when), *((x.entity, name) for name in x.show)]
    return tuple(dict.fromkeys(keys))


def screen(
    ruleset: Ruleset,
    plan: ScreeningPlan,
    facts: Facts,
    out: Path,
    *,
    threads: int = 2,
    progress: Progress | None = None,
) -> Run:
    """Decide every household of ``facts`` and write the run to the folder ``out``, whose earlier run is replaced. ``threads`` parts are in hand at
    once, each in a process of its own where that is possible (``workers``).

    Raises FactsRefused where a part was changed or damaged, WorkerEnded where a worker is killed; then ``out`` holds no finished run.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / RUN).unlink(missing_ok=True)
    for old in out.glob("part-*"):
        shutil.rmtree(old)
    show = shown(ruleset, plan)

    def one(numbered: tuple[int, Part]) -> tuple[dict[str, int], list[str]]:
        index, part = numbered
        tables = with_ones(decide_tables(ruleset, part.read(), show=show).tables, ruleset, plan)
        folder = out / f"part-{index:05d}"
        folder.mkdir()
        for name, table in tables.items():
            write_table(folder / f"{name}.parquet", table)
        return {name: table.num_rows for name, table in tables.items()}, [digest(tables)]

    rows: dict[str, int] = {}
    digests: list[str] = []
    parts = list(facts)
    # results of a part go to a folder of its own; the digests are joined in the order of the parts
    for done, (counted, own) in enumerate(in_order(one, list(enumerate(parts)), threads), 1):
        for name, n in counted.items():
            rows[name] = rows.get(name, 0) + n
        digests += own
        if progress is not None:
            progress(done, len(parts))
    run = Run(
        out, ruleset.book.name, ruleset.digest, facts.digest, __version__, ruleset.as_of.isoformat(), ruleset.month.isoformat(),
        len(parts), rows, _combined(digests),
    )  # fmt: skip
    kept = asdict(run)
    kept.pop("folder")
    write_json(out / RUN, kept)
    return run


def _combined(digests: Sequence[str]) -> str:
    import hashlib

    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def open_run(folder: Path) -> Run:
    """A finished run. Raises FactsRefused for a folder that holds none."""
    try:
        kept = json.loads((folder / RUN).read_text(encoding="utf-8"))
        return Run(folder, **kept)
    except (FileNotFoundError, ValueError, TypeError) as error:
        raise FactsRefused(
            "no-run",
            f"“{folder}”里没有完成的筛查结果；请先运行 doudi demo 或重新筛查。",
            f"“{folder}” holds no finished screening; run doudi demo or screen again.",
        ) from error
