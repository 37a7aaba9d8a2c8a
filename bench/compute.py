"""Processor time of deciding alone, per household: the full ``demo`` pack over Dahua beside the comparison set, both with 5% missing.

Facts are in memory and both take turns part by part in one thread of one process, so that the ratio is of like with like.
Once more for both with the search for what is missing, which a screening does in the same call. Prints JSON.
"""

from __future__ import annotations

import gc
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.comparison.data import SEED, tables
from bench.comparison.doudi_set import SHOW, ruleset
from bench.comparison.population import PART, make_part
from bench.screen import MONTH, demo
from doudi.rules import Ruleset
from doudi.rules.block import decide_tables
from doudi.screening.run import shown
from doudi.screening.synthetic import county
from doudi.screening.workers import keep_freed

PARTS = 4
ROUNDS = 3


def _seconds(rules: Ruleset, facts: dict[str, pa.Table], show: Any, *, missing: bool) -> float:
    begun = time.thread_time()
    decide_tables(rules, facts, show=show, missing=missing)
    return time.thread_time() - begun


def main() -> None:
    pack, rules = demo()
    assert pack.screening is not None
    set_rules, show = ruleset(), shown(rules, pack.screening)
    with tempfile.TemporaryDirectory() as folder:
        made = county(Path(folder), pack, rules, households=PARTS * PART, seed=SEED)
        demo_parts = [part.read() for part in made]
    set_parts = [tables(*make_part(SEED, i, PART), 0.05, SEED, i) for i in range(PARTS)]
    # As whoever works on the parts of a screening begins.
    keep_freed()
    gc.freeze()
    took: dict[str, list[float]] = {}
    for turn in range(ROUNDS + 1):
        for facts, set_facts in zip(demo_parts, set_parts, strict=True):
            for name, ruleset_, given, wanted in (
                ("demo", rules, facts, show),
                ("comparison", set_rules, set_facts, SHOW),
            ):
                for missing in (False, True):
                    seconds = _seconds(ruleset_, given, wanted, missing=missing)
                    # The first turn warms up: plans are made, standards looked up.
                    if turn:
                        took.setdefault(name + ("_missing" if missing else ""), []).append(seconds)
    said: dict[str, Any] = {name: sum(all_) / len(all_) / PART for name, all_ in took.items()}
    said["formulas"] = sum(v.text is not None for v in rules.variables.values())
    said["month"] = MONTH.isoformat()
    print(json.dumps(said))


if __name__ == "__main__":
    main()
