"""What made-up people are paid: mostly right, and wrong exactly where it is recorded."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from doudi.packs import load
from doudi.rules import Ruleset, compile_book
from doudi.rules.scalar import decide
from doudi.screening.facts import FactsSchema, schema_of
from doudi.screening.generate import Lines, Made, Shape, make_part, places_of
from doudi.screening.generate.draft import Draft
from doudi.screening.household import row_of
from doudi.screening.receipts import ITEMS, NoTerms, Terms, payer, reckon, score, terms_of
from doudi.screening.receipts.slips import CHANGED, MISSED, SLIPS, WRONGLY_IN
from doudi.screening.validate import validate
from tests.unit.screening.declared_facts import national, schema

MONTH = date(2024, 7, 1)
PLACES = places_of(national().areas)
TERMS = Terms(
    line=(80_000, 50_000), least=3_000, marginal=Fraction(3, 2), deposit_months=24, marginal_deposit_months=36, cars=0, houses=1,
    shops=0, shares=5_000_000, work_cost_cap=Fraction(1, 5), assessed=(180_000, 150_000), assessed_months=(10, 8),
    kept=(150_000, 100_000), maintenance=Fraction(3, 10), disposable=(3_600_000, 1_560_000), refusals=3, grown=18, old=60,
    works_from=16, works_until=60, destitute_child=16, destitute=Fraction(13, 10), partly_unable=1, unable=4,
    aged=((80, 5_000), (90, 10_000), (100, 30_000)), aged_delay=1, living=(8_000, 7_500, 5_000, 4_500),
    nursing=(11_000, 9_000, 6_000, 0), old_service=6_000, unable_old=5_000, orphan=105_000, exit_months=12, exit_share=Fraction(1),
)  # fmt: skip
OLD = replace(TERMS, line=(75_000, 46_000))


@cache
def made(households: int = 16_384, missing: float = 0.05) -> Made:
    shape = Shape(missing=missing, lines=Lines(rural=50_000, urban=80_000))
    return make_part(
        schema(), PLACES, MONTH, seed=2, index=0, households=households, shape=shape, pay=payer(TERMS, OLD)
    )


def errors() -> list[dict[str, Any]]:
    return [r for r in made().planted.to_pylist() if r["expected"]]


def paid(household_or_person: str) -> dict[tuple[int, str], list[int]]:
    table = made().tables[household_or_person]
    out = defaultdict(list)
    for parent, item, amount in zip(*(table.column(n).to_pylist() for n in ("parent", "项目", "金额")), strict=True):
        out[parent, item].append(amount)
    return out


def test_receipts_are_valid_facts_of_the_month() -> None:
    assert validate(schema(), made().tables) == []
    for file in ("household_received", "received"):
        table = made().tables[file]
        assert set(table.column("月份").to_pylist()) == {MONTH}
        assert min(table.column("金额").to_pylist()) > 0
        assert table.num_rows > 500


def test_every_slip_is_made_a_few_dozen_times_a_county() -> None:
    count = Counter(r["kind"] for r in errors())
    assert set(count) == {s.kind for s in SLIPS}
    assert all(n * 142_000 / 16_384 >= 36 for n in count.values())


def test_each_slip_has_a_household_to_itself() -> None:
    count = Counter(r["household"] for r in made().planted.to_pylist())
    assert set(count.values()) == {1}


def test_slips_stand_in_the_receipts() -> None:
    household, person = paid("household_received"), paid("received")
    slips = {s.kind: s for s in SLIPS}
    for r in errors():
        key = (r["household"] if r["person"] is None else r["person"], ITEMS[r["programme"]])
        sums = (household if r["person"] is None else person).get(key, [])
        if r["expected"] == MISSED:
            assert sums == []
        else:
            assert len(sums) == (2 if slips[r["kind"]].twice else 1), r
        assert r["expected"] in (MISSED, WRONGLY_IN, CHANGED)


def test_the_dead_who_are_paid_died_before_the_month() -> None:
    table = made().tables["person"]
    died = dict(zip(*(table.column(n).to_pylist() for n in ("id", "死亡日期")), strict=True))
    cases = [r["person"] for r in errors() if r["kind"].startswith("死亡后")]
    assert cases
    assert all(died[p] < MONTH for p in cases)


def test_what_decides_a_slip_is_known() -> None:
    households = {r["household"] for r in errors()}
    for file, column in (("household", "id"), ("person", "parent")):
        table = made().tables[file]
        mine = table.filter(np.isin(table.column(column).to_numpy(), list(households)))
        for name in mine.column_names:
            if name.startswith("齐全|"):
                assert set(mine.column(name).to_pylist()) == {-1}
    people = made().tables["person"]
    members = people.column("id").to_numpy()[np.isin(people.column("parent").to_numpy(), list(households))]
    income = made().tables["income"]
    assert income.filter(np.isin(income.column("parent").to_numpy(), members)).column("金额").null_count == 0


def test_without_a_rise_nobody_is_paid_by_an_old_standard() -> None:
    part = make_part(schema(), PLACES, MONTH, seed=2, index=0, households=3000, pay=payer(TERMS))
    assert "低保按旧标准发" not in set(part.planted.column("kind").to_pylist())


def test_shares_of_those_paid() -> None:
    """Wide bounds: who is on the guarantee in a poor rural county."""
    seen: list[tuple[float, ...]] = []

    def look(d: Draft, _: np.random.Generator) -> None:
        due = reckon(d, TERMS)
        low = (due.counted & due.low[d.hh]).sum() / d.people
        near = (due.per_head < np.where(d.urban, *TERMS.line) * 3 // 2).mean()
        seen.append((low, near, (due.support > 0).mean(), (due.aged > 0).mean()))

    make_part(schema(), PLACES, MONTH, seed=2, index=0, pay=look)
    ((low, near, destitute, aged),) = seen
    assert 0.04 < low < 0.075
    assert 0.1 < near < 0.17
    assert 0.002 < destitute < 0.009
    assert 0.025 < aged < 0.05


# Against the rules themselves


@cache
def demo() -> tuple[Ruleset, FactsSchema]:
    pack = load("demo")
    return compile_book(pack.book, MONTH), schema_of(pack.book)


def test_terms_come_from_the_standards_in_force() -> None:
    ruleset, _ = demo()
    now = terms_of(ruleset.standards, 451229_000000, MONTH)
    assert now.line == (81_000, 53_000)
    assert terms_of(ruleset.standards, 451229_000000, date(2023, 7, 1)).line[1] < now.line[1]
    with pytest.raises(NoTerms) as e:
        terms_of(ruleset.standards, 990101_000000, MONTH)
    assert "低保标准" in e.value.names
    with pytest.raises(NoTerms):
        terms_of({}, 451229_000000, MONTH)


def test_the_second_reckoning_agrees_with_the_rules() -> None:
    """Every fact known, the reference evaluator and the simple reckoning differ exactly where a slip was planted."""
    ruleset, facts = demo()
    terms = terms_of(ruleset.standards, 451229_000000, MONTH)
    old = terms_of(ruleset.standards, 451229_000000, date(2023, 7, 1))
    shape = Shape(missing=0.0, plants=60)
    part = make_part(facts, PLACES, MONTH, seed=4, index=0, households=600, shape=shape, pay=payer(terms, old))
    received = {p.name: p.received for p in ruleset.programmes if p.received}
    listed: list[tuple[int, int, str, str]] = []
    tables = part.tables
    for values in tables["household"].to_pylist():
        row = row_of(facts, tables, values["id"])
        decision = decide(ruleset, row)
        for o in decision.programmes:
            if o.programme not in received:
                continue
            now = decision.value(o.entity, received[o.programme], o.path).lo
            # What a household of one is paid goes to the same account.
            answers = [
                o,
                *(
                    x
                    for d in decision.derived
                    for x in d.decision.programmes
                    if x.programme == o.programme and not o.path
                ),
            ]
            assert all(x.granted != "未知" for x in answers), (row.id, answers)
            granted = [x for x in answers if x.granted == "是"]
            due = sum(x.paid[0] for x in granted if x.paid is not None)
            kind = WRONGLY_IN if now and not granted else MISSED if due and not now else CHANGED
            if now != due:
                listed.append((int(row.id), int((row.id, *o.path)[-1]), o.programme, kind))
    columns = dict(zip(("household", "id", "programme", "list"), map(list, zip(*listed, strict=True)), strict=True))
    result = score(part.planted, pa.table(columns))
    assert result.found == result.planted
    assert result.recall == result.precision == 1


def test_a_score_counts_what_was_found_and_what_was_not_planted() -> None:
    planted = pa.table(
        {
            "household": [1, 2, 3],
            "person": [None, 20, None],
            "kind": ["甲", "乙", "难"],
            "programme": ["低保", "高龄津贴", None],
            "expected": [MISSED, WRONGLY_IN, None],
        }
    )
    lists = pa.table(
        {
            "household": [1, 9, 9],
            "id": [1, 9, 9],
            "programme": ["低保", "低保", "低保"],
            "list": [MISSED, MISSED, "无法判定"],
        }
    )
    s = score(planted, lists)
    assert s.found == {"甲": 1}
    assert s.planted == {"甲": 1, "乙": 1}
    assert s.listed == {MISSED: 2}
    assert (s.recall, s.precision) == (0.5, 0.5)
