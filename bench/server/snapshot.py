"""A month's snapshot of a synthetic province out of the registry: ``python -m bench.server.snapshot [PEOPLE] [--sqlite] [--several PERCENT]``.

PostgreSQL (a cluster of its own, as the role that owns nothing), or SQLite; each household and person with one statement as an import leaves it, and
``--several`` percent of the people with a second one that contradicts or adds to it. Then
some households one by one: looked up, decided, explained. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.server.decisions.snapshot.freeze import Frozen
    from doudi.server.lib.actor import Actor

HOUSEHOLDS = 16_000
RECORDED = datetime(2024, 6, 20, tzinfo=UTC)
AS_OF = date(2024, 7, 1)
DECIDED = 60
FAR = 10**7
"""Ids of one copy are so far from the next one's."""
COPIES = (
    ("registry_household", "id, number, area, other_area, closed, version", "id + {k}, 'H' || (id + {k}), area, other_area, closed, version"),
    ("registry_person", "id, name, sex, born, died, area, other_area, merged_into_id", "id + {k}, name, sex, born, died, area, other_area, NULL"),
    ("registry_residence", "household_id, area, other_area, address, since, until, act_id, withdrawn_id, again_id",
     "household_id + {k}, area, other_area, address, since, until, act_id, NULL, NULL"),
    ("registry_membership", "household_id, person_id, relation, head, since, until, act_id, withdrawn_id, again_id",
     "household_id + {k}, person_id + {k}, relation, head, since, until, act_id, NULL, NULL"),
    ("registry_statement", 'household_id, person_id, source, evidence, "values", tables, since, until, act_id, withdrawn_id, again_id',
     'household_id + {k}, person_id + {k}, source, evidence, "values", tables, since, until, act_id, NULL, NULL'),
)  # fmt: skip


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("people", type=int, nargs="?", default=1_000_000)
    ask.add_argument("--sqlite", action="store_true")
    ask.add_argument("--several", type=int, default=3)
    ask.add_argument("--threads", type=int, default=2)
    given = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="doudi-bench-") as scratch:
        home = Path(scratch)
        os.environ.update(
            DOUDI_HOME=str(home / "home"), DOUDI_KEYS=str(home / "keys"), DOUDI_ANCHORS=str(home / "anchors"), DOUDI_HTTPS="off",
        )  # fmt: skip
        (home / "home").mkdir()
        with _database(sqlite=given.sqlite) as server:
            print(json.dumps(_measure(given, home, server)), flush=True)


@contextmanager
def _database(*, sqlite: bool) -> Iterator[object]:
    from tests.server import cluster as pg

    if sqlite:
        yield None
        return
    with pg.cluster(
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=8GB -c shared_buffers=512MB"
    ) as server:
        server.make("doudi")
        os.environ["DOUDI_DATABASE"] = os.environ["DOUDI_DATABASE_OWNER"] = server.url("doudi", pg.OWNER)
        yield server


def _measure(given: argparse.Namespace, home: Path, server: object) -> dict[str, object]:
    from django.core.management import call_command

    from doudi.server.config.start import start
    from tests.server import cluster as pg

    start()
    from django.db import connection, transaction

    from doudi.packs import load
    from doudi.screening.facts import schema_of
    from doudi.server.decisions.snapshot.arrow import source
    from doudi.server.decisions.snapshot.freeze import freeze
    from doudi.server.lib.acting import acting
    from doudi.server.lib.actor import system
    from doudi.server.lib.scope import Scope
    from doudi.server.operations.grants import grant
    from doudi.server.registry.selectors.snapshot import Moment, Question
    from tests.server.decisions.population import facts_of_county, record

    call_command("migrate", verbosity=0)
    pack = load("demo")
    schema = schema_of(pack.book)
    tables = facts_of_county(home / "facts", pack, HOUSEHOLDS)
    people = tables["person"].num_rows
    copies = max(1, round(given.people / people))
    begun = time.perf_counter()
    with acting(system("bench")), transaction.atomic():
        last = record(schema, tables, RECORDED)
    with connection.cursor() as cursor:
        for k in range(1, copies):
            for table, columns, values in COPIES:
                chosen = values.format(k=k * FAR)
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM {table} WHERE {_first_copy(table)}"
                )
        if given.several:
            cursor.execute(
                'INSERT INTO registry_statement (person_id, source, evidence, "values", tables, since, act_id) '
                "SELECT id, '申报', '', '{\"重病\": true, \"在业\": false}', '{}', '2024-03-01', "
                f"{last} FROM registry_person WHERE id % 100 < {given.several}"
            )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
        cursor.execute("SELECT count(*) FROM registry_person")
        (everybody,) = cursor.fetchone()
    loaded = time.perf_counter() - begun
    print(f"loaded {everybody} in {loaded:.0f} s", file=sys.stderr, flush=True)
    if server is not None:
        grant(pg.APP)
        connection.close()
        connection.settings_dict["USER"] = pg.APP
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    actor = system("bench")

    def once(turn: int) -> tuple[float, Frozen]:
        begun = time.perf_counter()
        with acting(actor), source(actor.scope) as read:
            moment = Moment(AS_OF, RECORDED, last, connection.vendor == "postgresql")
            ranks = {"核对": 1, "导入": 2, "申报": 3}
            made = freeze(
                read,
                Question(moment, Scope.everything()),
                schema,
                ranks,
                home / f"out{turn}",
                AS_OF,
                threads=given.threads,
            )
        return round(time.perf_counter() - begun, 1), made

    (first, _), (second, found) = once(0), once(1)
    decided = _decided(
        actor,
        [h for p in found.facts.parts[:1] for h in p.read({"household": []})["household"]["id"].to_pylist()[:DECIDED]],
    )
    size = sum(f["bytes"] for p in found.facts.parts for f in p.files.values())
    return {
        "database": connection.vendor, "people": found.people, "households": found.households, "seconds": [first, second], "disputed": found.disputed,
        "decide_ms": decided, "parquet_mb": size >> 20, "rss_before_mb": before >> 10, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }  # fmt: skip


def _decided(actor: Actor, households: list[int]) -> dict[str, float]:
    """Milliseconds to look a household up, resolve its facts, decide it and say why, and the processor's share of the median."""
    from doudi.server.decisions.selectors import decide

    took: list[float] = []
    spent: list[float] = []
    for turn in range(2):
        for household in households:
            begun, cpu = time.perf_counter(), time.process_time()
            told = decide(actor, household, as_of=AS_OF).html("低保")
            # The first turn warms up.
            if turn and told:
                took.append((time.perf_counter() - begun) * 1000)
                spent.append((time.process_time() - cpu) * 1000)
    p50, p95 = median(took), quantiles(took, n=20)[-1]
    return {
        "p50": round(p50, 1),
        "p95": round(p95, 1),
        "cpu_p50": round(median(spent), 1),
        "cpu_p95": round(quantiles(spent, n=20)[-1], 1),
    }


def _first_copy(table: str) -> str:
    keys = {
        "registry_household": "id",
        "registry_person": "id",
        "registry_statement": "coalesce(household_id, person_id)",
    }
    return f"{keys.get(table, 'household_id')} < {FAR}"


if __name__ == "__main__":
    main()
