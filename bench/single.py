"""One household at a time with the reference evaluator: ``python -m bench.single FACTS``. Prints JSON.

Households of four candidate members out of a small synthetic Dahua, 5% of their facts missing; the full ``demo`` pack. Everything is
recorded, as always in that evaluator: every value of every row and, where something is undecided, what is missing.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import count, islice
from pathlib import Path
from statistics import mean, median, quantiles

from bench.screen import SEED, demo
from doudi.rules import Ruleset
from doudi.rules.explain import to_html, why
from doudi.rules.scalar import Decision, Row, decide
from doudi.screening.facts import FactsSchema, schema_of
from doudi.screening.household import find_household
from doudi.screening.parts import Facts
from doudi.screening.synthetic import county

OF = 4
HOUSEHOLDS = 40
ROUNDS = 8
PROGRAMME = "低保"


def main(folder: Path) -> None:
    pack, rules = demo()
    facts = county(folder, pack, rules, households=2_000, seed=SEED)
    rows = _households(facts, schema_of(pack.book))
    took: list[float] = []
    explained: list[float] = []
    for turn in range(ROUNDS + 1):
        for row in rows:
            decision, seconds = _timed(rules, row)
            begun = time.perf_counter()
            page = to_html(why(decision, PROGRAMME))
            # The first turn warms up.
            if turn and page:
                took.append(seconds)
                explained.append(time.perf_counter() - begun)
    print(
        json.dumps(
            {
                "decide": median(took),
                "decide_mean": mean(took),
                "decide_90": quantiles(took, n=10)[-1],
                "explain": median(explained),
                "explain_90": quantiles(explained, n=10)[-1],
                "items": mean(_items(row) for row in rows),
                "formulas": sum(v.text is not None for v in rules.variables.values()),
            }
        )
    )


def _households(facts: Facts, schema: FactsSchema) -> list[Row]:
    """The first households of four, in the order of the facts."""
    rows = (find_household(facts, schema, household) for household in count(1))
    return list(islice((row for row in rows if row is not None and len(row.rows["人"]) == OF), HOUSEHOLDS))


def _timed(rules: Ruleset, row: Row) -> tuple[Decision, float]:
    begun = time.perf_counter()
    decision = decide(rules, row)
    # What is missing is searched for when it is asked for; a decision that is recorded asks.
    for outcome in decision.programmes:
        _ = outcome.missing
    return decision, time.perf_counter() - begun


def _items(row: Row) -> int:
    """Rows of linked tables, the people left out."""
    return sum(len(kids) for person in (row, *row.rows.get("人", [])) for e, kids in person.rows.items() if e != "人")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
