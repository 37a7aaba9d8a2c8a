"""The record of acts at a million entries: ``python -m bench.server.audit [ENTRIES] [--database sqlite|postgresql]``.

Each database in a process of its own; PostgreSQL with durable settings, as the role that owns nothing. One Markdown table a database: appending
in bulk and one by one, verifying the whole record with its peak of memory, and the auditor's searches.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from bench.table import Row, machine, markdown, mib, seconds

BAR_VERIFY, BAR_RECORD, BAR_MEMORY = 30.0, 0.001, 64 * 2**20
BATCH = 2_000
_DURABLE = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c max_connections=20 -c shared_buffers=256MB -c max_wal_size=4GB"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("entries", type=int, nargs="?", default=1_000_000)
    ask.add_argument("--database", choices=("sqlite", "postgresql"))
    given = ask.parse_args()
    if given.database is None:
        print(machine(), flush=True)
        for database in ("sqlite", "postgresql"):
            subprocess.run(
                [sys.executable, "-m", "bench.server.audit", str(given.entries), "--database", database], check=True
            )
        return
    with tempfile.TemporaryDirectory(prefix="doudi-bench-") as scratch:
        home = Path(scratch)
        (home / "home").mkdir()
        os.environ.update(
            DOUDI_HOME=str(home / "home"), DOUDI_KEYS=str(home / "keys"), DOUDI_ANCHORS=str(home / "anchors"), DOUDI_HTTPS="off",
            DJANGO_SETTINGS_MODULE="doudi.server.config.settings",
        )  # fmt: skip
        from tests.server import cluster as pg

        with pg.cluster(_DURABLE) if given.database == "postgresql" else nullcontext() as server:
            if server is not None:
                server.make("doudi")
                url = {"DOUDI_DATABASE": server.url("doudi", pg.OWNER)}
                subprocess.run(
                    [sys.executable, "-c", _MIGRATES, pg.APP], check=True, env={**os.environ, **url}, stdout=sys.stderr
                )
                os.environ["DOUDI_DATABASE"] = server.url("doudi", pg.APP)
            else:
                subprocess.run([sys.executable, "-c", _MIGRATES, ""], check=True, stdout=sys.stderr)
            print(f"\n**{given.database}, {given.entries:,} entries**\n")
            print(markdown(_measure(given.entries)), flush=True)


_MIGRATES = """
import sys
from doudi.server.config.start import set_up
set_up()
from doudi.server.operations.migrate import migrate
migrate(sys.argv[1])
"""


_VERIFIES = """
import json, resource, time
from doudi.server.config.start import start
start()
from doudi.server.audit.chain import verify
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before, began, worked = peak(), time.perf_counter(), time.process_time()
report = verify()
took, worked = time.perf_counter() - began, time.process_time() - worked
print(json.dumps({"seconds": took, "worked": worked, "grown": peak() - before, "whole": report.whole, "entries": report.entries}))
"""


def _measure(entries: int) -> list[Row]:
    from doudi.server.config.start import start

    start()
    from django.conf import settings
    from django.db import transaction

    from doudi.server.audit.actions import Act, record, record_many
    from doudi.server.audit.anchors import anchor
    from doudi.server.audit.verbs import Verb
    from doudi.server.lib.actor import Actor
    from doudi.server.lib.moments import now
    from doudi.server.lib.scope import Scope

    verb = Verb("registry.state", "登记了{household}号家庭户的{n}项情况", "stated {n} facts of household {household}")
    clerk = Actor(7, "韦青", "红河乡窗口经办人", Scope.of(["990102"]), frozenset(), "10.0.0.8")
    households = max(entries // 20, 1)

    def act(n: int) -> Act:
        return Act(
            n % households, n % (3 * households), f"99010{n % 7}{n % 11:03}{n % 13:03}", "入户核对", params={"n": n % 9}
        )

    began = time.perf_counter()
    for first in range(0, entries, BATCH):
        with transaction.atomic():
            record_many(clerk, verb, [act(n) for n in range(first, min(first + BATCH, entries))])
    bulk = time.perf_counter() - began

    inside, whole = [], []
    for n in range(2_000):
        start_of_all = time.perf_counter()
        with transaction.atomic():
            start_of_record = time.perf_counter()
            record(clerk, verb, household=n, area="990101001", why="入户核对", n=n)
            inside.append(time.perf_counter() - start_of_record)
        whole.append(time.perf_counter() - start_of_all)

    anchor(now())
    told = json.loads(subprocess.run([sys.executable, "-c", _VERIFIES], check=True, capture_output=True).stdout)
    assert told["whole"]
    assert told["entries"] == entries + 2_000
    took, grown = float(told["seconds"]), int(told["grown"])
    size = _size(Path(settings.ENVIRONMENT.home))
    return [
        Row("appended in batches", "", f"{entries / bulk:,.0f} a second" + (f", {mib(size)} in all" if size else "")),
        Row("one act, within its transaction", f"<= {seconds(BAR_RECORD)}", _spread(inside), statistics.median(inside) <= BAR_RECORD),
        Row("one act, committed", "", _spread(whole)),
        Row("verified", f"<= {BAR_VERIFY:.0f} s", f"{took:.1f} s, of which {told['worked']:.1f} s its own work", took <= BAR_VERIFY * max(1, entries / 1e6)),
        Row("memory while verifying, beyond before", f"<= {mib(BAR_MEMORY)}", mib(grown), grown <= BAR_MEMORY),
        *_searches(households),
    ]  # fmt: skip


def _searches(households: int) -> list[Row]:
    from datetime import timedelta

    from doudi.server.audit.selectors import Search, search
    from doudi.server.lib.actor import Actor
    from doudi.server.lib.moments import now
    from doudi.server.lib.scope import Scope

    of_all = Actor(1, "审计", "审计员", Scope.everything(), frozenset({"audit.read"}))
    of_one = Actor(1, "审计", "审计员", Scope.of(["990103"]), frozenset({"audit.read"}))
    today = now().date()
    asked: list[tuple[str, Actor, Callable[[int], Search]]] = [
        ("latest page", of_all, lambda _: Search()),
        ("latest page of one township", of_one, lambda _: Search()),
        ("one household", of_all, lambda n: Search(household=n * 37 % households)),
        ("one official, one kind of act", of_all, lambda _: Search(official=7, verb="registry.state")),
        (
            "words, on one day",
            of_all,
            lambda n: Search(text=f"登记了{n}号", since=today - timedelta(1), until=today + timedelta(1)),
        ),
        ("words that nowhere stand", of_all, lambda _: Search(text="没有这样的话")),
    ]
    rows = []
    for name, reader, what in asked:
        times = []
        for n in range(3 if "words" in name else 50):
            began = time.perf_counter()
            search(reader, what(n))
            times.append(time.perf_counter() - began)
        rows.append(Row(f"search: {name}", "", _spread(times)))
    return rows


def _spread(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{seconds(statistics.median(ordered))} median, {seconds(ordered[int(len(ordered) * 0.95)])} p95"


def _size(home: Path) -> int:
    return sum(f.stat().st_size for f in home.glob("doudi.sqlite3*"))


if __name__ == "__main__":
    main()
