"""How far a written result is from the oracle: ``python -m bench.comparison.far doudi|openfisca RESULT HOUSEHOLDS [MISSING]``.

The population is made again from its seed, so the result is held against the facts as they were drawn, not as anyone read
them. Prints a ``Distance`` as JSON. Where facts were missing, only what is certain can be wrong: see ``contradictions``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.comparison.check import Distance, contradictions, distance
from bench.comparison.columns import HOUSEHOLD_ANSWERS, PERSON_ANSWERS
from bench.comparison.data import SEED
from bench.comparison.oracle import answers
from bench.comparison.population import make_part, parts


def _doudi(folder: Path, households: int) -> Iterator[dict[str, Any]]:
    from bench.comparison.doudi_set import said

    for part, _ in parts(households):
        yield said({t: pq.read_table(folder / f"part-{part:05d}" / f"{t}.parquet") for t in ("household", "person")})


def _openfisca(folder: Path, households: int) -> Iterator[dict[str, Any]]:
    """Yuan in float32 to the nearest fen, which forgives what a payment file would round off as well."""
    household, person = (pq.read_table(folder / f"{t}.parquet") for t in ("household", "person"))
    at = 0
    for part, n in parts(households):
        first = part * parts(households)[0][1]
        people = len(make_part(SEED, part, n)[1].id)
        out = {name: _fen(household.column(name).slice(first, n)) for name in HOUSEHOLD_ANSWERS}
        out |= {name: _fen(person.column(name).slice(at, people)) for name in PERSON_ANSWERS}
        at += people
        yield out


def _fen(column: pa.ChunkedArray) -> Any:
    values = column.to_numpy()
    if values.dtype.kind == "f":
        return np.rint(values.astype(np.float64) * 100).astype(np.int64)
    return values.astype(np.int64)


def main(whose: str, folder: Path, households: int, missing: float) -> None:
    results = (_doudi if whose == "doudi" else _openfisca)(folder, households)
    total, contradicted, undecided = Distance(), 0, 0
    for (part, n), got in zip(parts(households), results, strict=True):
        h, p = make_part(SEED, part, n)
        right = answers(h, p)
        if missing:
            wrong, open_ = contradictions(h, right, got)
            contradicted, undecided = contradicted + wrong, undecided + open_
            total += Distance(households=n)
        else:
            total += distance(h, right, got)
    print(json.dumps(asdict(total) | {"contradicted": contradicted, "undecided": undecided}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]) if len(sys.argv) > 4 else 0.0)
