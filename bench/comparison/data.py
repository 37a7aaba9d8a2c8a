"""Writes the population of the comparison set: facts in Doudi's layout, or the same facts as OpenFisca wants them.

``python -m bench.comparison.data FOLDER --households N [--missing 0.05] [--for openfisca]``
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.comparison.columns import Households, Ints, People, Truths
from bench.comparison.names import AS_OF, GRADES, KINDS, PACK, REGISTRATIONS
from bench.comparison.population import make_part, parts
from doudi.packs import load
from doudi.rules.scalar import Row
from doudi.screening.facts import schema_of
from doudi.screening.parts import FactsWriter

SEED = 20240701
HIDDEN_HOUSEHOLD = ("机动车", "住房", "存款")
HIDDEN_PERSON = ("工资", "务农收入", "转移收入", "养老金", "医疗支出", "教育支出")
"""Facts that may be missing: what only bank, tax and vehicle inquiries, or the family's papers, can tell."""


def tables(h: Households, p: People, missing: float, seed: int, part: int) -> dict[str, pa.Table]:
    """Facts as Doudi stores them. Each of the facts named above is absent with the chance ``missing``; every table is
    complete. Which are absent has its own stream of chance, so the facts beneath are the same whatever ``missing`` is."""
    rng = np.random.default_rng([seed, part, 1])
    household = {
        "id": pa.array(h.id),
        "户籍地": pa.array(h.place),
        "城乡": _named(h.registration, REGISTRATIONS),
        "机动车": pa.array(h.cars.astype(np.int32), mask=_hidden(rng, len(h.id), missing)),
        "住房": pa.array(h.houses.astype(np.int32), mask=_hidden(rng, len(h.id), missing)),
        "存款": pa.array(h.deposits, mask=_hidden(rng, len(h.id), missing)),
        "齐全|人": pa.array(np.full(len(h.id), -1, np.int64)),
    }
    money = dict(zip(HIDDEN_PERSON, (p.wages, p.farm, p.transfer, p.pension, p.medical, p.education), strict=True))
    person = {
        "id": pa.array(p.id),
        "parent": pa.array(h.id[p.household]),
        "出生日期": pa.array(p.birth.astype(np.int32)).cast(pa.date32()),
        "健在": pa.array(p.alive),
        "残疾类别": _named(p.kind, KINDS),
        "残疾等级": _named(p.grade, GRADES),
        "有劳动能力": pa.array(p.able),
        "有赡养人": pa.array(p.supporter),
        **{name: pa.array(fen, mask=_hidden(rng, len(fen), missing)) for name, fen in money.items()},
    }
    return {"household": pa.table(household), "person": pa.table(person)}


def row_of(h: Households, p: People, i: int) -> Row:
    """Household number ``i`` as the reference evaluator takes it: all known, every table complete."""
    people = []
    for k in range(int(h.start[i]), int(h.start[i + 1])):
        facts = {
            "出生日期": p.birth[k],
            "健在": p.alive[k],
            "残疾类别": p.kind[k],
            "残疾等级": p.grade[k],
            "有劳动能力": p.able[k],
            "有赡养人": p.supporter[k],
        }
        money = (p.wages, p.farm, p.transfer, p.pension, p.medical, p.education)
        facts |= {name: fen[k] for name, fen in zip(HIDDEN_PERSON, money, strict=True)}
        people.append(Row(int(p.id[k]), {name: int(v) for name, v in facts.items()}))
    facts = {
        "户籍地": h.place[i],
        "城乡": h.registration[i],
        "机动车": h.cars[i],
        "住房": h.houses[i],
        "存款": h.deposits[i],
    }
    return Row(int(h.id[i]), {name: int(v) for name, v in facts.items()}, {"人": True}, {"人": people})


def openfisca_tables(h: Households, p: People, first_household: int) -> dict[str, pa.Table]:
    """The same facts in the types that OpenFisca computes with, so that it has nothing left to convert: yuan in float32,
    the positions of enums, a person's household by position."""
    household = {
        "id": h.id,
        "county": h.county.astype(np.uint8),
        "registration": h.registration.astype(np.uint8),
        "cars": h.cars.astype(np.int32),
        "houses": h.houses.astype(np.int32),
        "deposits": _yuan(h.deposits),
    }
    person = {
        "id": p.id,
        "household": p.household + first_household,
        "birth": p.birth.astype("datetime64[D]"),
        "alive": p.alive,
        "kind": p.kind.astype(np.uint8),
        "grade": p.grade.astype(np.uint8),
        "able": p.able,
        "supporter": p.supporter,
    }
    for name in ("wages", "farm", "transfer", "pension", "medical", "education"):
        person[name] = _yuan(getattr(p, name))
    return {"household": pa.table(household), "person": pa.table(person)}


def write_facts(folder: Path, households: int, missing: float = 0.0, seed: int = SEED) -> None:
    """A folder of facts for Doudi."""
    writer = FactsWriter(folder, schema_of(load(PACK).book), AS_OF, origin="generated", seed=seed)

    def one(part: tuple[int, int]) -> None:
        h, p = make_part(seed, *part)
        writer.part(part[0], tables(h, p, missing, seed, part[0]))

    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(one, parts(households)):
            pass
    writer.finish()


def write_openfisca(folder: Path, households: int, seed: int = SEED) -> None:
    """``household.parquet`` and ``person.parquet`` for OpenFisca, each one file: it computes on whole columns."""
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, list[pa.Table]] = {"household": [], "person": []}
    first = 0
    for part, n in parts(households):
        for name, table in openfisca_tables(*make_part(seed, part, n), first).items():
            made[name].append(table)
        first += n
    for name, several in made.items():
        pq.write_table(pa.concat_tables(several), folder / f"{name}.parquet", compression="lz4")


def _hidden(rng: np.random.Generator, n: int, missing: float) -> Truths | None:
    return rng.random(n) < missing if missing else None


def _named(codes: Ints, names: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(names))


def _yuan(fen: Ints) -> np.ndarray:
    return (fen / 100).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the population of the comparison set.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--households", type=int, required=True)
    parser.add_argument("--missing", type=float, default=0.0)
    parser.add_argument("--for", dest="reader", choices=("doudi", "openfisca"), default="doudi")
    a = parser.parse_args()
    if a.reader == "openfisca":
        write_openfisca(a.folder, a.households)
    else:
        write_facts(a.folder, a.households, a.missing)


if __name__ == "__main__":
    main()
