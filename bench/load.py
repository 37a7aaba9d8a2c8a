"""Loads a pack with its parents and compiles it: ``python -m bench.load PACK``. Imports are done before the clock starts."""

from __future__ import annotations

import json
import sys
import time
from datetime import date

from doudi.packs import load
from doudi.rules import compile_book


def main(name: str, as_of: date = date(2024, 7, 1)) -> None:
    marks, cpu = [time.perf_counter()], time.process_time()
    pack = load(name)
    marks.append(time.perf_counter())
    rules = compile_book(pack.book, as_of)
    marks.append(time.perf_counter())
    cpu = time.process_time() - cpu
    formulas = sum(v.text is not None for v in rules.variables.values())
    took = {"load": marks[1] - marks[0], "compile": marks[2] - marks[1], "cpu": cpu}
    print(json.dumps(took | {"parents": len(pack.chain) - 1, "formulas": formulas}))


if __name__ == "__main__":
    main(sys.argv[1])
