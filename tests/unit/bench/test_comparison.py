"""The comparison set: the integer oracle against Decimal by hand, and Doudi against the oracle. No times are measured here."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.comparison.check import Distance, contradictions, distance
from bench.comparison.columns import HOUSEHOLD_ANSWERS, PERSON_ANSWERS, Answers, Households, People
from bench.comparison.data import row_of, tables
from bench.comparison.doudi_set import SHOW, said
from bench.comparison.doudi_set import ruleset as compiled
from bench.comparison.loop import differences
from bench.comparison.names import AS_OF, CLASSES, lines
from bench.comparison.oracle import ages, answers, counted, per_household
from bench.comparison.population import PART, make_part, parts
from doudi.rules import Ruleset
from doudi.rules.block import decide_tables
from doudi.rules.scalar import decide

SEED = 7
HOUSEHOLD_VARIABLES = {
    "low": "享受低保",
    "low_amount": "低保实发",
    "marginal": "享受低保边缘",
    "hardship": "享受支出型困难",
    "total": "月合计",
    "family_class": "类别",
}
PERSON_VARIABLES = {
    "destitute": "享受特困供养",
    "support": "特困供养实发",
    "topup": "分类施保实发",
    "old_age": "高龄津贴实发",
    "living": "残疾生活补贴实发",
    "nursing": "残疾护理补贴实发",
}


@cache
def population(n: int) -> tuple[Households, People, Answers]:
    """A third of the households stand at a line, which in the measurements are only one in a hundred."""
    h, p = make_part(SEED, 0, n, near=0.33)
    return h, p, answers(h, p)


@cache
def ruleset() -> Ruleset:
    return compiled()


def test_integers_agree_with_decimal_one_by_one() -> None:
    h, p, a = population(300)
    assert not differences(h, p, a)


def test_a_wrong_answer_is_seen() -> None:
    h, _, a = population(300)
    assert distance(h, a, {n: getattr(a, n) for n in HOUSEHOLD_ANSWERS + PERSON_ANSWERS}).none
    one_fen_off = a.total.copy()
    one_fen_off[7] += 1
    d = distance(h, a, {n: getattr(a, n) for n in HOUSEHOLD_ANSWERS + PERSON_ANSWERS} | {"total": one_fen_off})
    assert (d.totals_wrong, d.most, d.fen, d.none) == (1, 1, 1, False)


def test_the_population_reaches_every_answer() -> None:
    """Else agreement would prove little: every class, every programme, and both sides of a line by a fen or two."""
    h, _, a = population(2000)
    assert set(a.family_class) == set(range(len(CLASSES)))
    for name in PERSON_ANSWERS:
        assert getattr(a, name).any(), name
    assert len(set(a.old_age)) == 4
    assert (h.deposits > 2**31).any()


def test_households_stand_on_both_sides_of_the_line() -> None:
    h, p, a = population(2000)
    heads = per_household(h, p.alive.astype(np.int64))
    off = per_household(h, counted(p)) - lines()[h.county, h.registration] * heads
    assert {-1, 0, 1} <= set(off)
    assert a.low[off == -4].any()
    assert not a.low[off >= 0].any()


def test_ages_on_the_day() -> None:
    birth = [date(1964, 7, 1), date(1964, 7, 2), date(2004, 2, 29), date(2024, 7, 1), date(2024, 8, 1)]
    days = np.array(birth, "datetime64[D]").astype(np.int64)
    assert ages(days, AS_OF).tolist() == [60, 59, 20, 0, 0]
    assert ages(days[2:3], date(2025, 2, 28)).tolist() == [20]
    assert ages(days[2:3], date(2025, 3, 1)).tolist() == [21]


def test_a_part_is_the_same_in_any_population() -> None:
    assert parts(2 * PART + 5) == [(0, PART), (1, PART), (2, 5)]
    again = make_part(SEED, 3, 50)
    for one, other in zip(make_part(SEED, 3, 50), again, strict=True):
        assert all(np.array_equal(getattr(one, f), getattr(other, f)) for f in vars(one))
    assert not np.array_equal(make_part(SEED, 4, 50)[1].birth[:40], again[1].birth[:40])


def test_blocks_of_doudi_agree_with_the_oracle() -> None:
    h, p, a = population(2000)
    found = decide_tables(ruleset(), tables(h, p, 0.0, SEED, 0), show=SHOW)
    got = said(found.tables)
    assert not any(got[n + "?"].any() for n in HOUSEHOLD_ANSWERS + PERSON_ANSWERS)
    assert distance(h, a, got) == Distance(households=2000)
    assert found.tables["missing"].num_rows == 0


def test_one_household_of_doudi_agrees_with_the_oracle() -> None:
    h, p, a = population(300)
    rules = ruleset()
    for i in range(0, 300, 2):
        d = decide(rules, row_of(h, p, i))
        for name, variable in HOUSEHOLD_VARIABLES.items():
            value = d.value("户", variable)
            assert value.lo == value.hi == int(getattr(a, name)[i]), (int(h.id[i]), name)
        for k in range(int(h.start[i]), int(h.start[i + 1])):
            for name, variable in PERSON_VARIABLES.items():
                value = d.value("人", variable, (int(p.id[k]),))
                assert value.lo == value.hi == int(getattr(a, name)[k]), (int(p.id[k]), name)


def test_hidden_facts_leave_answers_open_and_never_turn_them() -> None:
    """Whatever is decided without a tenth of the facts is what the whole facts say; and much is still decided."""
    h, p, a = population(2000)
    found = decide_tables(ruleset(), tables(h, p, 0.1, SEED, 0), show=SHOW).tables
    got = said(found)
    wrong, open_ = contradictions(h, a, got)
    assert wrong == 0
    assert 0 < open_ < 2000
    for table, column, right in (
        ("household", "低保", a.low_amount),
        ("person", "特困供养", a.support),
        ("person", "分类施保", a.topup),
    ):
        low, high = (np.asarray(found[table].column(f"{column}.paid_{end}")) for end in ("lo", "hi"))
        assert (low <= right).all()
        assert (right <= high).all()
    undecided = set(h.id[got["low?"]].tolist())
    asked = found["missing"].filter(pc.equal(found["missing"].column("programme").cast(pa.string()), "低保"))
    assert undecided == set(asked.column("household").to_pylist())


def test_a_turned_answer_is_seen() -> None:
    h, p, a = population(300)
    got = said(decide_tables(ruleset(), tables(h, p, 0.1, SEED, 0), show=SHOW).tables)
    known = np.flatnonzero(~got["low?"])[0]
    got["low"] = got["low"].copy()
    got["low"][known] = 1 - got["low"][known]
    assert contradictions(h, a, got)[0] == 1
