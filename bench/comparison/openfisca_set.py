"""Decides the comparison set with OpenFisca-Core, whole process, Parquet to Parquet:
``python -m bench.comparison.openfisca_set DATA OUT [tuned]``. Prints the seconds of its steps as JSON.

The population is built through the API that OpenFisca documents. ``tuned`` goes past it wherever that was found to be
faster: attributes set in place of the builder's calls, a table in place of fancy indexing.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from openfisca_core.indexed_enums import EnumArray
from openfisca_core.simulations import Simulation, SimulationBuilder

from bench.comparison.columns import HOUSEHOLD_ANSWERS, PERSON_ANSWERS
from bench.comparison.names import AS_OF
from bench.comparison.openfisca_rules import system
from bench.floor import write_result

PERIOD = f"{AS_OF:%Y-%m}"


def _column(file: pq.ParquetFile, name: str) -> NDArray[Any]:
    """One column at a time, so that the whole table never stands in memory beside its copy."""
    column: NDArray[Any] = file.read(columns=[name]).column(0).to_numpy()
    return column


def build(data: Path, tuned: bool) -> Simulation:
    """A simulation of all the households in ``data``, every input set."""
    builder = SimulationBuilder()
    tbs = system(tuned)
    builder.create_entities(tbs)
    with pq.ParquetFile(data / "person.parquet") as people, pq.ParquetFile(data / "household.parquet") as households:
        ids, household_ids = _column(people, "id"), np.arange(households.metadata.num_rows)
        member_of = _column(people, "household")
        if tuned:
            # What the builder's calls end up setting, without their Python lists and their sort of all people.
            person, household = builder.populations["person"], builder.populations["household"]
            person.count, person.ids = len(ids), ids
            household.count, household.ids = len(household_ids), household_ids
            household.members_entity_id = member_of
        else:
            builder.declare_person_entity("person", ids)
            declared = builder.declare_entity("household", household_ids)
            # Roles by number, which the builder takes faster than names.
            builder.join_with_persons(declared, member_of, np.zeros(len(ids), np.int64))
        simulation = builder.build(tbs)
        for file in (people, households):
            for name in file.schema_arrow.names:
                if name not in ("id", "household"):
                    simulation.set_input(name, PERIOD, _column(file, name))
    return simulation


def write(simulation: Simulation, data: Path, out: Path) -> None:
    for entity, names in (("household", HOUSEHOLD_ANSWERS), ("person", PERSON_ANSWERS)):
        with pq.ParquetFile(data / f"{entity}.parquet") as file:
            columns: dict[str, Any] = {"id": file.read(columns=["id"]).column(0)}
        for name in names:
            values = simulation.calculate(name, PERIOD)
            columns[name] = pa.array(values.view(np.ndarray) if isinstance(values, EnumArray) else values)
        write_result(pa.table(columns), out / f"{entity}.parquet")


def main(data: Path, out: Path, tuned: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    marks = [time.perf_counter()]
    simulation = build(data, tuned)
    marks.append(time.perf_counter())
    for name in HOUSEHOLD_ANSWERS + PERSON_ANSWERS:
        simulation.calculate(name, PERIOD)
    marks.append(time.perf_counter())
    write(simulation, data, out)
    marks.append(time.perf_counter())
    names = ("read", "compute", "write")
    print(json.dumps({n: b - a for n, a, b in zip(names, marks, marks[1:], strict=False)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), tuned=sys.argv[3:] == ["tuned"])
