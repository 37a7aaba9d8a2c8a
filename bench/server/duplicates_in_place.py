"""Double records in a database: the whole job, and the question on entry: ``python -m bench.server.duplicates_in_place [PEOPLE] [--sqlite]``.

PostgreSQL (a cluster of its own, as the role that owns nothing), or SQLite; the people of ``bench.server.people`` with sealed numbers and the terms
that find them, 0.2% planted twice by each kind of slip. Prints JSON: seconds of the job, peak memory, and milliseconds of one question (by the
clock, and of the processor: ours and the database's).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

RECORDED = datetime(2026, 6, 20, tzinfo=UTC)
TODAY = date(2026, 11, 22)
QUESTIONS = 400
_AT_ONCE = 20_000


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("people", type=int, nargs="?", default=200_000)
    ask.add_argument("--sqlite", action="store_true")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="doudi-bench-") as scratch:
        home = Path(scratch)
        os.environ.update(
            DOUDI_HOME=str(home / "home"), DOUDI_KEYS=str(home / "keys"), DOUDI_ANCHORS=str(home / "anchors"), DOUDI_HTTPS="off",
        )  # fmt: skip
        (home / "home").mkdir()
        with _database(sqlite=given.sqlite) as server:
            print(json.dumps(_measure(given.people, home, server), ensure_ascii=False), flush=True)


@contextmanager
def _database(*, sqlite: bool) -> Iterator[object]:
    from tests.server import cluster as pg

    if sqlite:
        yield None
        return
    with pg.cluster("-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=512MB") as server:
        server.make("doudi")
        os.environ["DOUDI_DATABASE"] = os.environ["DOUDI_DATABASE_OWNER"] = server.url("doudi", pg.OWNER)
        yield server


def _measure(people: int, home: Path, server: object) -> dict[str, object]:
    from django.core.management import call_command

    from doudi.server.config.start import start
    from tests.server import cluster as pg

    start()
    from django.db import connection, transaction

    from bench.server.people import County
    from bench.server.slips import SLIPS
    from doudi.server.jobs.actions import run_here
    from doudi.server.jobs.actions import start as begin
    from doudi.server.jobs.models import Job
    from doudi.server.lib.acting import acting
    from doudi.server.lib.actor import system
    from doudi.server.lib.keys import make
    from doudi.server.operations.grants import grant
    from doudi.server.registry.duplicates.entry import Entered, on_entry
    from doudi.server.registry.models import Act, Pair

    if not (home / "keys").exists():
        make(home / "keys")
    call_command("migrate", verbosity=0)
    county = County(people)
    planted: dict[tuple[int, int], str] = {}
    asked: list[tuple[int, Any]] = []

    def everybody() -> Iterator[Any]:
        kinds, turn = list(SLIPS), 0
        for family in county.households():
            yield from family
            if county.chance.random() < 0.1:
                one, kind = county.chance.choice(family), kinds[turn % len(kinds)]
                changed = SLIPS[kind](county.chance, one)
                if changed is not None:
                    turn += 1
                    again = county.copy(one, **changed)
                    if len(asked) < QUESTIONS and turn % 2:
                        asked.append((one.id, again))
                    else:
                        planted[one.id, again.id] = kind
                        yield again

    begun = time.perf_counter()
    with acting(system("bench")), transaction.atomic():
        act = Act.objects.create(kind="load", on=date(2020, 1, 1), recorded_at=RECORDED, name="bench")
        total = _write(everybody(), act.id)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    print(f"{total} people in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    if server is not None:
        grant(pg.APP)
        connection.close()
        connection.settings_dict["USER"] = pg.APP
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    reader = system("bench")
    took, right = [], 0
    backend = _backend(connection) if connection.vendor == "postgresql" else None
    own, theirs = time.process_time(), _processor(backend)
    Random(3).shuffle(asked)
    for person, again in asked:
        born = date(again.born // 10000, again.born // 100 % 100, again.born % 100)
        entered = Entered(again.name, again.sex, born, again.number, again.area)
        start_at = time.perf_counter()
        found = on_entry(reader, entered, on=TODAY)
        took.append((time.perf_counter() - start_at) * 1000)
        right += person in [c.person for c in found]
    took.sort()
    own, theirs = time.process_time() - own, _processor(backend) - theirs

    begun, used = time.perf_counter(), time.process_time()
    view = begin(reader, "duplicates")
    run_here(view.id)
    job = Job.objects.get(id=view.id)
    wall, used = time.perf_counter() - begun, time.process_time() - used
    with acting(reader):
        raised = set(Pair.objects.values_list("a_id", "b_id"))
    return {
        "database": connection.vendor, "people": total, "state": job.state, "said": job.en,
        "job seconds": round(wall), "processor seconds": round(used), "result": {k: v for k, v in job.result.items() if k != "stages"},
        "planted": len(planted), "planted found": len(set(planted) & raised), "raised": len(raised),
        "questions": len(took), "right": right, "ms p50": round(took[len(took) // 2], 1), "ms p95": round(took[int(len(took) * 0.95)], 1),
        "processor ms mean": [round(own * 1000 / len(took), 1), round(theirs * 1000 / len(took), 1)],
        "ms most": round(took[-1], 1), "peak MiB before and after": [before // 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024],
    }  # fmt: skip


def _backend(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _processor(backend: int | None) -> float:
    """Seconds that the database's process has used; nought where there is none, or where the system does not tell."""
    try:
        words = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _write(people: Iterable[Any], act: int) -> int:
    from doudi.server.lib.blind import blind, mask
    from doudi.server.lib.sealed import seal
    from doudi.server.registry.bulk import write_rows
    from doudi.server.registry.models import Identifier, Person, Term
    from doudi.server.registry.terms import terms_of

    total = 0

    def flush(some: list[Any]) -> None:
        rows = [
            (p.id, p.name, p.sex, date(p.born // 10000, p.born // 100 % 100, p.born % 100), p.area, "") for p in some
        ]
        write_rows(Person, ("id", "name", "sex", "born", "area", "other_area"), rows)
        numbers, terms = [], []
        for p in some:
            blinds = []
            if p.number:
                blinds = [blind("id", p.number)]
                sealed = seal(p.number, table="registry_identifier", field="cipher")
                numbers.append((p.id, "id", sealed, blinds[0], mask("id", p.number), date(2020, 1, 1), act))
            terms += [(p.id, kind, term, p.area) for kind, term in terms_of([p.name], blinds)]
        write_rows(Identifier, ("person", "kind", "cipher", "blind", "shown", "since", "act"), numbers)
        write_rows(Term, ("person", "kind", "term", "area"), terms)

    some: list[Any] = []
    for one in people:
        some.append(one)
        if len(some) == _AT_ONCE:
            flush(some)
            total += len(some)
            some = []
    flush(some)
    return total + len(some)


if __name__ == "__main__":
    main()
