"""Loads a pack with its parents and compiles it: ``python -m bench.load PACK``. Imports are done before the clock starts."""

from __future__ import annotations

import json
import sys
import time
from datetime import date

from doudi.packs import load
from doudi.rules import compile_book


def main(name: str, as_of: date = date(2024, 7, 1)) -> None:
    marks = [time.perf_counter()]
    pack = load(name)
    marks.append(time.perf_counter())
    rules = compile_book(pack.book, as_of)
    marks.append(time.perf_counter())
    formulas = sum(v.text is not None for v in rules.variables.values())
    print(
        json.dumps(
            {
                "load": marks[1] - marks[0],
                "compile": marks[2] - marks[1],
                "parents": len(pack.chain) - 1,
                "formulas": formulas,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
