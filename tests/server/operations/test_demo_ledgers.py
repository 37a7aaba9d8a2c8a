"""The ledgers of the demonstration name ledgers, facts and values that the pack has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doudi.packs.pack import load
from doudi.rules import compile_book
from doudi.screening.generate.places import is_township
from doudi.screening.synthetic import county, home
from doudi.server.areas.selectors import division
from doudi.server.jobs.actions import start
from doudi.server.jobs.running import run
from doudi.server.lib.acting import acting
from doudi.server.operations.demo.seed import batches, bring, divisions
from doudi.server.operations.demo.standing import _rules, ledgers_of
from doudi.server.registry.batch import Batch
from doudi.server.registry.models import Pair, Statement
from tests.server.cast import SYSTEM

TOWNSHIPS = ["451229101", "451229203", "451229206"]


def test_every_ledger_and_fact_is_the_pack_s() -> None:
    pack = load("demo")
    known = {ledger.code for ledger in pack.ledgers}
    categories = {v[0] for c in pack.book.categories for v in c.values}
    for rules in _rules().values():
        assert rules.keys() <= known
        for rule in rules.values():
            assert all(v is True or v in categories for v in rule.get("is", ()))


def test_somebody_stands_where_the_facts_say() -> None:
    paid = {"户领": {"rows": [{"项目": "低保金"}]}}
    assert list(ledgers_of("household", {"建档类别": "已脱贫", "易地搬迁": True}, paid)) == [
        "低保",
        "建档立卡脱贫",
        "易地搬迁",
    ]
    assert list(ledgers_of("household", {"建档类别": "非建档立卡", "易地搬迁": False}, {})) == []
    assert list(ledgers_of("person", {}, {"残疾": {"rows": [{"类别": "肢体"}]}})) == ["残疾人"]


MONTH = date(2026, 10, 1)


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> list[Batch]:
    """Three townships of a county of 3,000 households."""
    pack = load("demo")
    folder = tmp_path_factory.mktemp("county") / "facts"
    facts = county(folder, pack, compile_book(pack.book, MONTH), households=3_000, seed=1, threads=1)
    return list(batches(facts, pack, TOWNSHIPS, 1))


def test_households_and_people_come_onto_their_ledgers(brought: list[Batch]) -> None:
    made = [e for b in brought for e in b.enrolments]
    assert {e.ledger for e in made if e.household is not None} >= {"低保", "建档立卡脱贫"}
    assert {e.ledger for e in made if e.person is not None} >= {"残疾人", "高龄"}


def test_whoever_is_there_twice_is_found(committed: dict[str, str], brought: list[Batch]) -> None:
    divisions(SYSTEM, load("demo"))
    for batch in brought:
        bring(SYSTEM, batch, MONTH)
    twice = [str(h.key) for b in brought for h in b.households if str(h.key).endswith("-2")]
    assert len(twice) > 3
    assert run(start(SYSTEM, "duplicates").id) == "done"
    with acting(SYSTEM):
        found = {p for pair in Pair.objects.filter(state="open").values_list("a_id", "b_id") for p in pair}
        old = set(Statement.objects.filter(evidence__startswith="旧台账").values_list("person_id", flat=True))
    assert len(old) == len(twice)
    assert len(old & found) >= 0.8 * len(old)


COUNTY = "name: qing\nzh: 青\nen: Qing\narea: 青县\nparents: [national]\n"


@pytest.mark.parametrize(
    ("pack", "areas"),
    [
        ("national", ""),
        ("shaanxi", ""),
        ("xiamen", ""),
        ("qing", '青县: {code: "990103", en: Qing}\n'),
        ("qing", '青县: {code: "990103", en: Qing}\n青镇: {code: "990104101", en: Town}\n'),
        ("qing", '青县: {code: "9901", en: Qing}\n青镇: {code: "990104101", en: Town}\n'),
    ],
)
def test_wherever_the_pack_is_for_its_people_live_in_divisions_that_there_are(
    db: str, tmp_path: Path, pack: str, areas: str
) -> None:
    """Also where the pack names no township, or a township without its county: both are made up."""
    if areas:
        (tmp_path / pack).mkdir()
        (tmp_path / pack / "pack.yaml").write_text(COUNTY, encoding="utf-8")
        (tmp_path / pack / "areas.yaml").write_text(areas, encoding="utf-8")
    loaded = load(tmp_path / pack if areas else pack)
    facts = county(tmp_path / "facts", loaded, compile_book(loaded.book, MONTH), households=120, seed=1, threads=1)
    divisions(SYSTEM, loaded)
    divisions(SYSTEM, loaded)
    townships = sorted({f"{a.code:012d}"[:9] for a in home(loaded) if is_township(a.code)})
    lived_in = {h.area for b in batches(facts, loaded, townships, 1) for h in b.households}
    assert len(lived_in) > 1
    for area in lived_in:
        assert division(area, MONTH).code == area
