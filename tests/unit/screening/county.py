"""A small screened county for tests: made, screened and summed up once a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from doudi.packs.pack import Pack, load
from doudi.rules import Ruleset, compile_book
from doudi.screening.lists import Screened, opened
from doudi.screening.parts import Facts
from doudi.screening.run import Run, screen
from doudi.screening.summary import Summary, summarise
from doudi.screening.synthetic import county

HOUSEHOLDS = 1_500
MONTH = date(2024, 7, 1)


@dataclass(frozen=True)
class County:
    folder: Path
    pack: Pack
    ruleset: Ruleset
    facts: Facts
    run: Run
    screened: Screened
    summary: Summary


def small_county(folder: Path, households: int = HOUSEHOLDS, seed: int = 7) -> County:
    pack = load("demo")
    ruleset = compile_book(pack.book, MONTH)
    assert pack.screening is not None
    facts = county(folder / "facts", pack, ruleset, households=households, seed=seed)
    run = screen(ruleset, pack.screening, facts, folder / "run")
    screened = opened(run, ruleset, pack.screening)
    return County(
        folder, pack, ruleset, facts, run, screened, summarise(screened, pack.info.area, folder / "lists.parquet")
    )
