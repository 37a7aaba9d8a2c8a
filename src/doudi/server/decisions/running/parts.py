"""A run's folder: as ``doudi.screening.run`` writes it, but each part whole or not there, so that a run that was killed goes on after its last one.

``part-00007`` appears by one renaming, with ``part.json`` in it that says how many rows it has and their digest; ``run.json`` is written last.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from doudi import __version__
from doudi.packs.screening_plan import ScreeningPlan
from doudi.rules.block import decide_tables, digest
from doudi.rules.ruleset import Ruleset
from doudi.screening.ones import with_ones
from doudi.screening.parts import Facts, Part, write_json, write_table
from doudi.screening.run import RUN, Run, shown
from doudi.screening.workers import in_order

PART = "part.json"


@dataclass(frozen=True)
class Told:
    """What a part says of itself."""

    rows: dict[str, int]
    digest: str


def decide_parts(
    ruleset: Ruleset, plan: ScreeningPlan, facts: Facts, out: Path, *, threads: int = 2
) -> Iterator[tuple[int, int]]:
    """Decides the parts that ``out`` does not have yet; gives (done, of all) after each, and before the first where some were done earlier.

    Raises FactsRefused where a part of the facts was changed or damaged.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / RUN).unlink(missing_ok=True)
    for left in out.glob("*.tmp"):
        shutil.rmtree(left, ignore_errors=True)
    show = shown(ruleset, plan)
    parts = list(enumerate(facts))
    open_ = [(i, p) for i, p in parts if told(out, i) is None]
    done = len(parts) - len(open_)
    if done:
        yield done, len(parts)

    def one(numbered: tuple[int, Part]) -> None:
        index, part = numbered
        # Facts that a policy of another year declares and these do not have are simply not known.
        tables = with_ones(decide_tables(ruleset, part.read(), show=show, absent="unknown").tables, ruleset, plan)
        beside = out / f"part-{index:05d}.tmp"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        for name, table in tables.items():
            write_table(beside / f"{name}.parquet", table)
        write_json(beside / PART, asdict(Told({name: t.num_rows for name, t in tables.items()}, digest(tables))))
        beside.replace(out / f"part-{index:05d}")

    for _ in in_order(one, open_, threads):
        done += 1
        yield done, len(parts)


def told(out: Path, index: int) -> Told | None:
    """What part ``index`` says of itself; None where it is not there."""
    try:
        said = json.loads((out / f"part-{index:05d}" / PART).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Told(**said)


def finish(ruleset: Ruleset, facts: Facts, out: Path) -> Run:
    """Once every part is there: writes ``run.json``, from then on the run is whole. Raises ValueError where a part is missing."""
    said = [told(out, i) for i in range(len(facts.parts))]
    if any(s is None for s in said):
        raise ValueError(f"parts missing in {out}")
    rows: dict[str, int] = {}
    digests: list[str] = []
    for s in said:
        assert s is not None
        digests.append(s.digest)
        for name, n in s.rows.items():
            rows[name] = rows.get(name, 0) + n
    run = Run(
        out, ruleset.book.name, ruleset.digest, facts.digest, __version__, ruleset.as_of.isoformat(), ruleset.month.isoformat(),
        len(digests), rows, combined(digests),
    )  # fmt: skip
    kept: dict[str, Any] = asdict(run)
    kept.pop("folder")
    write_json(out / RUN, kept)
    return run


def combined(digests: list[str]) -> str:
    """The run's digest out of those of its parts: the parts are those of the snapshot, so the same facts give the same."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def digest_of_files(out: Path, parts: int) -> str:
    """The digest worked out again from the files as they lie there: what is not the run's own digest was changed since."""
    found = []
    for i in range(parts):
        files = sorted((out / f"part-{i:05d}").glob("*.parquet"))
        found.append(digest({f.stem: pq.read_table(f) for f in files}))
    return combined(found)
