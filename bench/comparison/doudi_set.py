"""Decides the comparison set with Doudi, whole process, Parquet to Parquet: ``python -m bench.comparison.doudi_set FACTS OUT [missing]``.

The folder of facts is streamed part by part in two processes, as a screening does it. With ``missing`` the search for what is missing
is on, and the facts found to be missing are part of the result.
"""

from __future__ import annotations

import gc

# As the command line begins.
gc.set_threshold(50_000, 50, 100)

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bench.comparison.names import AS_OF, CLASSES, PACK
from bench.floor import THREADS, write_result
from doudi.packs import load
from doudi.rules import Ruleset, compile_book
from doudi.rules.block import decide_tables
from doudi.screening.parts import Part, open_facts
from doudi.screening.workers import in_order

SHOW = (("户", "月合计"), ("户", "类别"))
COLUMNS = {
    "household": {
        "low": "低保.granted",
        "low_amount": "低保.paid",
        "marginal": "低保边缘.granted",
        "hardship": "支出型困难.granted",
        "total": "月合计",
        "family_class": "类别",
    },
    "person": {
        "destitute": "特困供养.granted",
        "support": "特困供养.paid",
        "topup": "分类施保.paid",
        "old_age": "高龄津贴.paid",
        "living": "残疾生活补贴.paid",
        "nursing": "残疾护理补贴.paid",
    },
}
"""Where each answer stands in Doudi's result; a null is not known."""


def ruleset() -> Ruleset:
    return compile_book(load(PACK).book, AS_OF)


def chosen(results: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Of all that Doudi says, what the comparison asks for: by table, the columns by the names of ``Answers``."""
    out = {}
    for table, columns in COLUMNS.items():
        found = results[table]
        out[table] = pa.table({"id": found.column("id"), **{n: found.column(c) for n, c in columns.items()}})
    return out


def as_codes(column: pa.ChunkedArray) -> pa.Array:
    """A category's names as positions; anything else as it is."""
    column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        positions = pa.array([CLASSES.index(name) for name in column.dictionary.to_pylist()], pa.int8())
        return positions.take(column.indices)
    return column


def main(facts: Path, out: Path, *, missing: bool) -> None:
    rules = ruleset()
    shutil.rmtree(out, ignore_errors=True)

    def one(part: Part) -> None:
        # Hashing each file against the manifest is a screening's duty and no part of what is compared here.
        results = decide_tables(rules, part.read(verify=False), show=SHOW, missing=missing, reasons=False)
        (out / part.name).mkdir(parents=True)
        tables = chosen(results.tables)
        if missing:
            tables["missing"] = results.tables["missing"]
        for name, table in tables.items():
            write_result(table, out / part.name / f"{name}.parquet")

    for _ in in_order(one, list(open_facts(facts)), THREADS):
        pass
    # As a command does that has not loaded DuckDB: the collector does not go through everything once more at the end.
    gc.freeze()


def said(results: Mapping[str, pa.Table]) -> dict[str, Any]:
    """The answers as NumPy columns, and for each a truth of where it is not known, under ``<name>?``."""
    out: dict[str, Any] = {}
    for table, columns in COLUMNS.items():
        for name, column in columns.items():
            values = as_codes(results[table].column(column if column in results[table].column_names else name))
            unknown = np.asarray(values.is_null())
            whole = np.asarray(values.fill_null(0)).astype(np.int64)
            if column.endswith(".granted"):
                unknown, whole = unknown | (whole == 2), np.where(whole == 1, 1, 0)
            out[name], out[name + "?"] = whole, unknown
    return out


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), missing=sys.argv[3:] == ["missing"])
