"""A synthetic Dahua made and screened with the full ``demo`` pack: ``python -m bench.screen make FACTS HOUSEHOLDS`` and ``run FACTS OUT``."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from doudi.packs import Pack, load
from doudi.rules import Ruleset, compile_book
from doudi.screening.parts import open_facts
from doudi.screening.run import screen
from doudi.screening.synthetic import county

MONTH = date(2024, 7, 1)
SEED = 1


def demo() -> tuple[Pack, Ruleset]:
    pack = load("demo")
    return pack, compile_book(pack.book, MONTH)


def main(word: str, folder: Path, rest: str) -> None:
    pack, rules = demo()
    if word == "make":
        county(folder, pack, rules, households=int(rest), seed=SEED)
    elif word == "run" and pack.screening is not None:
        screen(rules, pack.screening, open_facts(folder), Path(rest))
    else:
        raise SystemExit(f"unknown: {word}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
