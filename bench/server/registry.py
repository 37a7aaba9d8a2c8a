"""The registry at the size of a prefecture: ``python -m bench.server.registry --database postgresql --people 1000000``.

Loads households by the set-based action into a PostgreSQL of its own with durable settings (or into SQLite), as the role that owns nothing; then asks
for people and households through the selectors, each answer recorded in audit and committed. One Markdown table: people loaded a second, and the
median and 95th percentile of each kind of question for each size of scope.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.table import Row, machine, markdown, mib

if TYPE_CHECKING:
    from bench.server.people import Somebody
    from doudi.server.lib.actor import Actor

ON, AS_OF = date(2026, 1, 1), date(2026, 11, 1)
BATCH = 1_500
"""Households in a batch: some 4,000 people."""
BAR_LOAD, BAR_FIND, BAR_HOUSEHOLD = 2_000, 0.050, 0.050
_DURABLE = (
    "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c max_connections=30 -c shared_buffers=1GB -c work_mem=16MB "
    "-c max_wal_size=4GB -c maintenance_work_mem=256MB -c random_page_cost=1.1"
)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    ask.add_argument("--people", type=int)
    ask.add_argument("--questions", type=int, default=150, help="of each kind, for each scope")
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    people = given.people or (1_000_000 if given.database == "postgresql" else 100_000)
    from tests.server import cluster as pg

    with tempfile.TemporaryDirectory(prefix="doudi-bench-") as scratch:
        home = Path(scratch)
        (home / "home").mkdir()
        os.environ.update(
            DOUDI_HOME=str(home / "home"), DOUDI_KEYS=str(home / "keys"), DOUDI_ANCHORS=str(home / "anchors"), DOUDI_HTTPS="off",
            DJANGO_SETTINGS_MODULE="doudi.server.config.settings",
        )  # fmt: skip
        for name in ("DOUDI_DATABASE", "DOUDI_DATABASE_OWNER"):
            os.environ.pop(name, None)
        with pg.cluster(_DURABLE) if given.database == "postgresql" else nullcontext() as server:
            if server is not None:
                server.make("doudi")
                os.environ["DOUDI_DATABASE_OWNER"] = server.url("doudi", pg.OWNER)
                os.environ["DOUDI_DATABASE"] = server.url("doudi", pg.APP)
            _migrate(pg.APP)
            rows, figures = _measure(people, given.questions)
            if server is not None:
                size = server.sql("SELECT pg_database_size('doudi')")
                rows.append(Row("database on disk", "", mib(float(size))))
    print(
        json.dumps(figures) if given.json else f"{machine()}; {given.database}, {people:,} people\n\n{markdown(rows)}"
    )


def _migrate(role: str) -> None:
    """In a process of its own, as the owner of the tables."""
    code = (
        "import os; os.environ['DOUDI_DATABASE'] = os.environ.get('DOUDI_DATABASE_OWNER', '');"
        "from pathlib import Path; from doudi.server.lib import keys;"
        "Path(os.environ['DOUDI_KEYS']).exists() or keys.make(Path(os.environ['DOUDI_KEYS']));"
        "from doudi.server.config.start import set_up; set_up();"
        f"from doudi.server.operations.migrate import migrate; migrate('{role}')"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})


def _measure(people: int, questions: int) -> tuple[list[Row], dict[str, Any]]:
    from doudi.server.config.start import start

    start()
    from django.db import connection

    from doudi.server.lib.actor import system

    connection.ensure_connection()
    sample, seconds, worked, loaded = _load(people, system("bench"))
    rate = loaded / seconds
    rows = [
        Row(
            "bulk load, people a second, with facts, terms and sealed numbers",
            f">= {BAR_LOAD:,}",
            f"{rate:,.0f}",
            rate >= BAR_LOAD,
        ),
        Row("the same by processor time, Python and database in turn", "", f"{loaded / worked:,.0f}"),
        Row(
            "memory of the loading process, at most",
            "",
            mib(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0),
        ),
    ]
    print(f"loaded {loaded:,} in {seconds:.0f} s", file=sys.stderr, flush=True)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    figures: dict[str, Any] = {"loaded": loaded, "seconds": seconds, "find": {}}
    for what, p50, p95, work, bar in _questions(sample, questions):
        figures["find"][what] = [p50, p95, work]
        rows.append(
            Row(
                what,
                f"p95 <= {bar * 1000:.0f} ms",
                f"p50 {p50 * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms; processor {work * 1000:.1f} ms",
                p95 <= bar,
            )
        )
        print(rows[-1].what, rows[-1].measured, file=sys.stderr, flush=True)
    return rows, figures


# -- loading ----------------------------------------------------------------------------------------------------------------


def _load(people: int, by: Actor) -> tuple[list[tuple[Somebody, int, int, str]], float, float, int]:
    """Loads everybody; gives a sample of (somebody, person, household, phone), and the seconds spent in the action, by the clock and by the
    processor."""
    from bench.server.people import County
    from doudi.server.registry.actions.load import load

    county, chance = County(people, 7), random.Random(11)
    sample: list[tuple[Somebody, int, int, str]] = []
    spent, worked, done, batch = 0.0, 0.0, 0, 0
    families = county.households()
    while True:
        part = [f for _, f in zip(range(BATCH), families, strict=False)]
        if not part:
            return sample, spent, worked, done
        made, phones = _batch(part, chance, county.villages)
        begun, before = time.perf_counter(), _processor()
        loaded = load(by=by, batch=made, on=ON, why="bench", once=f"batch {batch}")
        spent += time.perf_counter() - begun
        worked += _processor() - before
        done += len(made.people)
        batch += 1
        for family in chance.sample(part, min(len(part), 12)):
            one = chance.choice(family)
            sample.append(
                (one, loaded.people[str(one.id)], loaded.households[str(one.household)], phones.get(one.id, ""))
            )
        if batch % 25 == 0:
            print(f"{done:,} people, {done / spent:,.0f} a second", file=sys.stderr, flush=True)


def _batch(
    families: Sequence[Sequence[Somebody]], chance: random.Random, villages: Sequence[str]
) -> tuple[Any, dict[int, str]]:
    from doudi.server.registry import batch as b

    people, households, memberships, statements, enrolments, phones = [], [], [], [], [], {}
    for family in families:
        head = family[0]
        home = str(head.household)
        other = chance.choice(villages) if chance.random() < 0.03 else ""
        households.append(
            b.NewHousehold(
                home,
                head.area,
                other if other != head.area else "",
                f"{chance.randint(1, 20)}组{chance.randint(1, 99)}号",
            )
        )
        statements.append(
            b.NewStatement(
                "导入", household=home, values={"户籍地": head.area, "居住地": head.area, "城乡": "农村", "建档类别": "已脱贫", "监测类别": "非监测"},
                tables={"财产": {"complete": ["存款"], "rows": [{"种类": "存款", "价值": chance.randint(0, 3_000_000)}]}},
            )
        )  # fmt: skip
        if chance.random() < 0.05:
            enrolments.append(b.NewEnrolment("低保", household=home, details={"人数": len(family)}))
        for n, one in enumerate(family):
            key = str(one.id)
            numbers = {"id": one.number} if one.number else {}
            if chance.random() < 0.5:
                phones[one.id] = numbers["phone"] = f"199{chance.randrange(10**8):08d}"
            if chance.random() < 0.3:
                numbers["card"] = f"62179900{chance.randrange(10**11):011d}"
            people.append(b.NewPerson(key, one.name, numbers))
            memberships.append(b.NewMembership(home, key, "" if n == 0 else "配偶" if n == 1 else "子女", head=n == 0))
            born = f"{one.born // 10000:04d}-{one.born // 100 % 100:02d}-{one.born % 100:02d}"
            values = {
                "出生日期": born, "性别": one.sex, "健在": True, "户籍地": one.area, "居住地": one.area, "关系": "户主" if n == 0 else "配偶" if n == 1 else "子女",
                "不计入情形": "无不计入", "共同生活": True, "在读阶段": "不在读", "劳动能力": "有劳动能力", "在业": True, "重病": False,
            }  # fmt: skip
            tables: dict[str, Any] = {"残疾": {"complete": True, "rows": []}}
            if chance.random() < 0.6:
                tables["收入"] = {
                    "complete": True,
                    "rows": [{"种类": "工资", "金额": chance.randint(1, 40) * 100_000, "日期": "2025-12-31"}],
                }
            statements.append(b.NewStatement("导入", person=key, values=values, tables=tables, evidence="台账"))
    return b.Batch(people, households, memberships, statements, enrolments), phones


# -- asking -----------------------------------------------------------------------------------------------------------------


def _questions(
    sample: list[tuple[Somebody, int, int, str]], n: int
) -> Iterator[tuple[str, float, float, float, float]]:
    from doudi.server.lib.actor import Actor
    from doudi.server.lib.scope import Scope
    from doudi.server.registry.pinyin import readings
    from doudi.server.registry.selectors import facts_of, find, household, showing
    from doudi.server.registry.selectors.verbs import HOUSEHOLD_SEEN

    chance = random.Random(5)

    def reader(one: Somebody, digits: int) -> Actor:
        scope = Scope.of([one.area[:digits]]) if digits else Scope.everything()
        return Actor(1, "测试员", "测试岗", scope, frozenset({"registry.read"}), "192.0.2.1")

    def syllables(one: Somebody) -> tuple[str, ...]:
        return readings(one.name)[0]

    kinds: dict[str, Callable[[Somebody, str], str]] = {
        "name": lambda one, _: one.name,
        "common surname": lambda _one, _: chance.choice(("王", "李", "张", "韦", "刘")),
        "part of a name": lambda one, _: one.name[1:],
        "pinyin": lambda one, _: "".join(syllables(one)),
        "pinyin of a surname": lambda one, _: syllables(one)[0],
        "initials": lambda one, _: "".join(s[0] for s in syllables(one)),
        "id number": lambda one, _: one.number,
        "phone": lambda _, phone: phone,
        "nobody": lambda _one, _: "阚尉缪",
    }
    scopes = {"village": 12, "township": 9, "county": 6, "everything": 0}
    for kind, ask in kinds.items():
        for scope, digits in scopes.items():
            asked = _some(chance, [x for x in sample if ask(x[0], x[3])], n)
            spent: list[float] = []
            before = _processor()
            for one, _, _, phone in asked:
                text = ask(one, phone)
                with _timed(spent):
                    find(reader(one, digits), text, on=AS_OF)
            yield f"find by {kind}, {scope}", *_percentiles(spent), (_processor() - before) / len(spent), BAR_FIND
    for scope, digits in scopes.items():
        spent = []
        before = _processor()
        for one, _, home, _ in _some(chance, sample, n):
            with _timed(spent), showing(reader(one, digits), HOUSEHOLD_SEEN, household=home):
                household(reader(one, digits), home, as_of=AS_OF)
                facts_of(reader(one, digits), home, as_of=AS_OF)
        yield (
            f"household with all facts, {scope}",
            *_percentiles(spent),
            (_processor() - before) / len(spent),
            BAR_HOUSEHOLD,
        )


def _some(
    chance: random.Random, sample: list[tuple[Somebody, int, int, str]], n: int
) -> list[tuple[Somebody, int, int, str]]:
    return chance.sample(sample, min(n, len(sample)))


def _processor() -> float:
    """Seconds of processor time that this process and its connection's backend have used: what is left of a figure when others stop working."""
    from django.db import connection

    spent = time.process_time()
    if connection.vendor == "postgresql" and connection.connection is not None:
        stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text(
            encoding="utf-8", errors="replace"
        )
        user, system = stat.rsplit(")", 1)[1].split()[11:13]
        spent += (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return spent


@contextmanager
def _timed(spent: list[float]) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    spent.append(time.perf_counter() - begun)


def _percentiles(spent: list[float]) -> tuple[float, float]:
    spent = sorted(spent[3:] or spent)  # the first few open the connection and fill caches
    return spent[len(spent) // 2], spent[int(len(spent) * 0.95)]


if __name__ == "__main__":
    main()
