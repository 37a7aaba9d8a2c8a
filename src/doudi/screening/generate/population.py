"""One part of a made-up population, from a seed and the part's number alone; and a whole folder of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from doudi.rules.calendar import to_day
from doudi.rules.declared import Area
from doudi.screening.facts import PART_HOUSEHOLDS, FactsSchema
from doudi.screening.generate import families as fam
from doudi.screening.generate.dates import ages
from doudi.screening.generate.draft import Draft, Planted, chance
from doudi.screening.generate.earnings import DISREGARDED, earn, money_by_household
from doudi.screening.generate.hard_cases import HARD_CASES
from doudi.screening.generate.lives import live
from doudi.screening.generate.outgoings import spend
from doudi.screening.generate.past import remember
from doudi.screening.generate.places import Place, places_of, settle
from doudi.screening.generate.plant import plant
from doudi.screening.generate.shape import Shape
from doudi.screening.generate.sheet import Ints, Linked, Sheet, Words
from doudi.screening.generate.standing import settle_households, stand
from doudi.screening.generate.ties import own, tie
from doudi.screening.generate.unknowns import hide
from doudi.screening.parts import Facts, FactsWriter

PEOPLE_IDS = 32
"""Ids set aside for the people of one household."""
ROW_IDS = 1 << 20
"""Ids set aside in each linked table for one part."""
HARDSHIP = 0.048

Pay = Callable[[Draft, np.random.Generator], None]
"""Fills what was paid (户领, 已领) and plants errors in it: see ``doudi.screening.receipts``."""

PLANTED = pa.schema(
    [
        pa.field("household", pa.int64(), nullable=False),
        pa.field("person", pa.int64()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("programme", pa.string()),
        pa.field("expected", pa.string()),
    ]
)
"""``planted.parquet``: what was put where.

``person`` is null where it is the household's; ``programme`` and ``expected`` are null for hard cases.
"""


@dataclass(frozen=True)
class Made:
    """A finished part."""

    tables: dict[str, pa.Table]
    planted: pa.Table


def make_part(
    schema: FactsSchema,
    places: Sequence[Place],
    month: date,
    *,
    seed: int,
    index: int,
    households: int = PART_HOUSEHOLDS,
    shape: Shape | None = None,
    pay: Pay | None = None,
) -> Made:
    """Part ``index``: the same for the same arguments, whatever other parts there are.

    ``month`` is the month the facts are of.
    """
    # A stream for each stage, so that a change in one does not shift the others.
    streams = [np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence([seed, index]).spawn(12)]
    d = _draft(schema, tuple(places), month.replace(day=1), shape or Shape(), households, streams[0])
    settle_households(d, streams[1])
    live(d, streams[2])
    stand(d, streams[3])
    earn(d, streams[4])
    tie(d, streams[5])
    spend(d, streams[6])
    ratio = percent_of_line(d)
    own(d, streams[7], ratio)
    remember(d, streams[8], ratio)
    plant(d, streams[9], HARD_CASES)
    if pay is not None:
        pay(d, streams[10])
    sheets = {name: table.sheet() for name, table in d.linked.items()}
    hide(d, streams[11], sheets)
    return _finish(d, sheets, index)


def percent_of_line(d: Draft) -> Ints:
    """Each household's rough income per living, counted head in percent of its line.

    A household without heads has 0.
    """
    counted = d.alive & (d.person["不计入情形"] == d.words("人.不计入情形")["无不计入"]) & (d.person["共同生活"] != 0)
    heads = np.maximum(d.per_household(counted), 1)
    return np.floor_divide(money_by_household(d, counted, DISREGARDED) * 100, 12 * heads * d.line(), dtype=np.int64)


def generate(
    folder: Path,
    schema: FactsSchema,
    areas: Sequence[Area],
    month: date,
    *,
    households: int,
    seed: int = 1,
    shape: Shape | None = None,
    pay: Pay | None = None,
    threads: int = 2,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Facts:
    """Writes a folder of facts for ``households`` households living in the townships among ``areas``.

    The bytes depend on everything but ``threads``. At most ``threads`` + 1 parts are in memory. ``progress`` is
    told the households and people of each part written. Raises FactsRefused (folder in use) and ValueError (no
    township, nothing to make).
    """
    if households < 1 or threads < 1:
        raise ValueError("至少一户、一个线程 / at least one household and one thread")
    places = places_of(areas)
    writer = FactsWriter(folder, schema, month, origin="generated", seed=seed, overwrite=overwrite)
    parts = -(-households // PART_HOUSEHOLDS)

    def one(index: int) -> tuple[pa.Table, int, int]:
        size = min(PART_HOUSEHOLDS, households - index * PART_HOUSEHOLDS)
        made = make_part(schema, places, month, seed=seed, index=index, households=size, shape=shape, pay=pay)
        writer.part(index, made.tables)
        return made.planted, size, made.tables[_people_file(schema)].num_rows

    planted = []
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Future[tuple[pa.Table, int, int]]] = []
        try:
            for index in range(parts):
                waiting.append(pool.submit(one, index))
                if len(waiting) > threads:
                    planted.append(_done(waiting.pop(0), progress))
            while waiting:
                planted.append(_done(waiting.pop(0), progress))
        except BaseException:
            for future in waiting:
                future.cancel()
            raise
    writer.extra("planted.parquet", pa.concat_tables(planted).combine_chunks())
    return writer.finish()


def _done(future: Future[tuple[pa.Table, int, int]], progress: Callable[[int, int], None] | None) -> pa.Table:
    planted, households, people = future.result()
    if progress is not None:
        progress(households, people)
    return planted


def _draft(
    schema: FactsSchema, places: tuple[Place, ...], month: date, shape: Shape, n: int, rng: np.random.Generator
) -> Draft:
    code, urban, place = settle(rng, places, n)
    household = Sheet(schema.of("户"), n)
    household["户籍地"] = code
    day = to_day(month)
    people = fam.form(rng, shape.families, urban, day)
    person = Sheet(schema.of("人"), len(people.hh), people.hh)
    sheets = {"户": household, "人": person}
    linked = {
        e.entity.name: Linked(e, sheets[e.entity.of])
        for e in schema.entities
        if e.entity.of and e.entity.name not in sheets
    }
    return Draft(
        schema,
        Words(schema),
        shape,
        places,
        month,
        people,
        household,
        person,
        linked,
        urban,
        place,
        ages(people.birth, day),
        chance(rng, HARDSHIP, n),
        touched=np.zeros(n, bool),
    )


def _finish(d: Draft, sheets: dict[str, Sheet], index: int) -> Made:
    households = np.arange(d.n) + index * PART_HOUSEHOLDS + 1
    first = np.searchsorted(d.hh, np.arange(d.n))
    people = households[d.hh] * PEOPLE_IDS + np.arange(d.people) - first[d.hh] + 1
    ids = {"户": households, "人": people}
    tables = {
        d.household.facts.file: d.household.arrow(households, None),
        d.person.facts.file: d.person.arrow(people, households),
    }
    for s in sheets.values():
        tables[s.facts.file] = s.arrow(np.arange(s.n) + index * ROW_IDS + 1, ids[s.facts.entity.of])
    return Made(tables, _planted_table(d.planted, households, people))


def _planted_table(planted: list[Planted], households: Ints, people: Ints) -> pa.Table:
    rows = sorted(planted, key=lambda p: (p.household, p.kind, p.person))
    return pa.table(
        {
            "household": [int(households[p.household]) for p in rows],
            "person": [int(people[p.person]) if p.person >= 0 else None for p in rows],
            "kind": [p.kind for p in rows],
            "programme": [p.programme or None for p in rows],
            "expected": [p.expected or None for p in rows],
        },
        schema=PLANTED,
    )


def _people_file(schema: FactsSchema) -> str:
    return schema.of("人").file


__all__ = ["PLANTED", "Made", "Pay", "generate", "make_part", "percent_of_line"]
