"""The made-up population: the same for the same seed, and made of families that could exist."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from doudi.rules.types import Kind
from doudi.screening.generate import (
    Lines,
    Made,
    Shape,
    generate,
    make_part,
    places_of,
    synthetic_counties,
)
from doudi.screening.generate.hard_cases import HARD_CASES
from doudi.screening.parts import open_facts
from doudi.screening.validate import validate, validate_folder
from tests.unit.screening.declared_facts import national, schema

MONTH = date(2024, 7, 1)
N = 6000
PLACES = places_of(national().areas)


@cache
def part(seed: int = 1, index: int = 0, households: int = N, missing: float = 0.05) -> Made:
    return make_part(
        schema(), PLACES, MONTH, seed=seed, index=index, households=households, shape=Shape(missing=missing)
    )


@dataclass(frozen=True)
class People:
    """The people of a part with everything known."""

    table: pa.Table
    age: npt.NDArray[np.int64]

    def of(self, name: str) -> npt.NDArray[Any]:
        column = self.table.column(name)
        return np.array(column.to_pylist() if pa.types.is_dictionary(column.type) else column.to_numpy())


@cache
def people() -> People:
    table = part(missing=0.0).tables["person"]
    births = table.column("出生日期").to_pylist()
    age = [MONTH.year - b.year - ((MONTH.month, MONTH.day) < (b.month, b.day)) for b in births]
    return People(table, np.array(age))


def linked(file: str, *names: str) -> list[tuple[Any, ...]]:
    table = part(missing=0.0).tables[file]
    return list(zip(*(table.column(n).to_pylist() for n in ("parent", *names)), strict=True))


# Sameness


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads(tmp_path: Path) -> None:
    def make(name: str, threads: int, seed: int = 7) -> str:
        areas = national().areas
        return generate(tmp_path / name, schema(), areas, MONTH, households=33_000, seed=seed, threads=threads).digest

    assert make("a", 1) == make("b", 3)
    assert make("a2", 2) != make("c", 2, seed=8)


def test_a_part_does_not_depend_on_how_many_there_are() -> None:
    assert part(index=2).tables["person"].equals(part.__wrapped__(index=2).tables["person"])
    assert not part(index=2).tables["income"].equals(part(index=3).tables["income"])


def test_a_folder_is_valid_and_ids_never_repeat(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    facts = generate(
        tmp_path, schema(), national().areas, MONTH, households=20_000, progress=lambda h, p: seen.append((h, p))
    )
    assert facts == open_facts(tmp_path, schema())
    assert list(validate_folder(schema(), facts)) == []
    assert facts.rows["household"] == 20_000 == sum(h for h, _ in seen)
    assert facts.rows["person"] == sum(p for _, p in seen)
    assert [p.households for p in facts] == [16_384, 20_000 - 16_384]
    planted = facts.read_extra("planted.parquet")
    assert planted.num_rows > 300


def test_small_and_odd_sizes_can_be_made() -> None:
    for n in (1, 2, 17):
        tables = part(households=n).tables
        assert tables["household"].num_rows == n
        assert validate(schema(), tables) == []


def test_nothing_to_make_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="household"):
        generate(tmp_path, schema(), national().areas, MONTH, households=0)
    with pytest.raises(ValueError, match="township"):
        generate(tmp_path, schema(), (), MONTH, households=1)


# Places


def test_every_township_is_lived_in() -> None:
    codes = part().tables["household"].column("户籍地").to_numpy()
    assert set(codes // 1000 * 1000) == {p.code for p in PLACES}
    assert len(PLACES) == 16
    assert (codes % 1000 > 0).all()


def test_synthetic_counties() -> None:
    areas = synthetic_counties(150, townships=5)
    places = places_of(areas)
    assert len(places) == 150 * 5
    assert len({p.code // 1_000_000 for p in places}) == 150
    assert all(p.code // 10**10 == 99 for p in places)
    made = make_part(schema(), places, MONTH, seed=1, index=0, households=500)
    assert validate(schema(), made.tables) == []
    with pytest.raises(ValueError, match="counties"):
        synthetic_counties(0)


# Facts


@pytest.mark.parametrize("missing", [0.0, 0.05])
def test_valid(missing: float) -> None:
    assert validate(schema(), part(missing=missing).tables) == []


def test_every_declared_fact_is_there() -> None:
    for e in schema().entities:
        if e.entity.name not in ("户领", "已领"):
            names = part().tables[e.file].column_names
            assert [c.fact.name for c in e.columns if c.fact.name not in names] == []


NEVER_KNOWN_TO_ALL = {
    ("person", "死亡日期"),
    ("person", "死亡地"),
    ("person", "补贴申请日"),
    ("household", "低保停发日"),
}


def test_with_nothing_missing_everything_is_known_and_complete() -> None:
    for file, table in part(missing=0.0).tables.items():
        for name in table.column_names:
            column = table.column(name)
            if name.startswith("齐全|"):
                assert set(column.to_pylist()) == {-1}
            elif (file, name) not in NEVER_KNOWN_TO_ALL:
                assert column.null_count == 0, (file, name)


def test_about_a_twentieth_of_amounts_is_missing() -> None:
    for file, name in (("income", "金额"), ("spending", "金额"), ("property", "价值")):
        column = part().tables[file].column(name)
        assert 0.035 < column.null_count / len(column) < 0.065
    birth = part().tables["person"]
    half = birth.filter(pc.is_null(birth.column("出生日期")))
    assert 5 < half.num_rows < 120
    years = {(d.month, d.day) for d in half.column("出生日期|lo").to_pylist()}
    assert years == {(1, 1)}
    marks = part().tables["household"].column("齐全|财产").to_numpy()
    assert 0.02 < (marks != -1).mean() < 0.08


# People


def test_children_are_younger_than_their_parents() -> None:
    p = people()
    relation, parent = p.of("关系"), p.of("parent")
    head = {h: a for h, a, r in zip(parent, p.age, relation, strict=True) if r == "户主"}
    assert len(head) == N
    gaps = {"子女": -15, "孙子女": -30, "父母": 15, "祖父母": 30}
    for h, a, r in zip(parent, p.age, relation, strict=True):
        if r in gaps:
            assert (a - head[h]) * np.sign(gaps[r]) >= abs(gaps[r]), (h, r, a, head[h])


def test_nobody_marries_as_a_child_and_heads_are_grown_up() -> None:
    p = people()
    relation = p.of("关系")
    assert p.age[np.isin(relation, ["户主", "配偶"])].min() >= 18


@pytest.mark.parametrize(
    ("stage", "since", "until"),
    [("学前", 3, 7), ("小学", 6, 13), ("初中", 12, 16), ("普通高中", 15, 19), ("本科", 18, 23), ("研究生", 22, 27)],
)
def test_pupils_are_of_school_age(stage: str, since: int, until: int) -> None:
    ages = people().age[people().of("在读阶段") == stage]
    assert len(ages)
    assert since <= ages.min() <= ages.max() <= until


def test_the_dead_have_a_date_and_nobody_else_has() -> None:
    p = people()
    dead = ~p.of("健在").astype(bool)
    when = p.table.column("死亡日期")
    assert 20 < dead.sum() < 150
    assert (pc.is_valid(when).to_numpy() == dead).all()
    born, died = p.table.column("出生日期").to_pylist(), when.to_pylist()
    assert all(b < d < date(2024, 8, 1) for b, d in zip(born, died, strict=True) if d)
    assert sum(1 for d in died if d and d >= MONTH) >= 5


def test_who_works_is_alive_of_age_able_and_not_at_school() -> None:
    p = people()
    works = p.of("在业").astype(bool)
    assert p.age[works].min() >= 16
    assert p.of("健在")[works].all()
    assert "完全丧失" not in p.of("劳动能力")[works]
    assert set(p.of("在读阶段")[works]) == {"不在读"}
    assert (works | ~p.of("外出务工").astype(bool)).all()


def test_who_cannot_work_has_a_reason() -> None:
    p = people()
    lost = p.of("劳动能力") == "完全丧失"
    certified = np.isin(p.of("id"), [r[0] for r in linked("disability")])
    acts = p.of("自理丧失项数") >= 4
    assert (~lost | (p.age < 16) | (p.age >= 60) | certified | p.of("重病") | acts).all()


def test_parents_on_the_register_agree_with_what_the_child_says() -> None:
    p = people()
    relation, parent, alive = p.of("关系"), p.of("parent"), p.of("健在").astype(bool)
    planted = set(part(missing=0.0).planted.column("household").to_pylist())
    well = alive & (p.of("不计入情形") == "无不计入") & ~p.of("重病").astype(bool)
    well &= ~np.isin(p.of("id"), [r[0] for r in linked("disability")])
    fathers = {
        h for h, r, s, w in zip(parent, relation, p.of("性别"), well, strict=True) if r == "户主" and s == "男" and w
    }
    skipped = {h for h, r in zip(parent, relation, strict=True) if r == "孙子女"}
    checked = 0
    for h, r, a, s in zip(parent, relation, p.age, p.of("父亲状况"), strict=True):
        if r == "子女" and a < 18 and h in fathers - skipped - planted:
            assert s == "正常履责"
            checked += 1
    assert checked > 1000


def test_identities_are_of_the_right_age() -> None:
    age = dict(zip(people().of("id"), people().age, strict=True))
    rows = linked("identity", "种类", "月补助")
    assert len(rows) > 20
    for person, kind, month in rows:
        assert month > 0
        if kind == "革命五老":
            assert age[person] >= 88
        if kind == "参战参试退役人员":
            assert 58 <= age[person] <= 79


def test_income_of_whom_it_can_be() -> None:
    p = people()
    age, works = dict(zip(p.of("id"), p.age, strict=True)), dict(zip(p.of("id"), p.of("在业"), strict=True))
    identity = {(person, kind) for person, kind in linked("identity", "种类")}
    rows = linked("income", "种类", "金额", "日期")
    for person, kind, amount, when in rows:
        assert 0 < amount < 100_000_000
        assert date(2022, 10, 1) < when < MONTH
        if kind in ("基础养老金", "计生奖扶"):
            assert age[person] >= 60
        if kind == "高龄补贴":
            assert age[person] >= 80
        if kind == "五老补贴":
            assert (person, "革命五老") in identity
        if kind == "奖助学金":
            assert age[person] < 30
    wage = Counter(person for person, kind, *_ in rows if kind == "工资")
    paid = [person for person, w in works.items() if w]
    assert sum(1 for person in paid if wage[person]) > 0.98 * len(paid)


def test_bills_are_paid_by_insurance_in_part_only() -> None:
    for _, cost, basic, critical in linked("bill", "合规费用", "基本医保", "大病保险"):
        assert 0 <= basic + critical <= cost


def test_earlier_decisions_come_before_the_stop() -> None:
    table = part(missing=0.0).tables["household"]
    stopped = {i: d for i, d in zip(*(table.column(n).to_pylist() for n in ("id", "低保停发日")), strict=True) if d}
    assert len(stopped) > 15
    rows = linked("history", "项目", "月份", "结果", "金额")
    for h, what, month, result, amount in rows:
        assert what == "低保金"
        assert (month < stopped[h]) == (result == "决定符合") == (amount > 0)
    assert set(stopped) == {r[0] for r in rows}


# Shares: wide bounds, so that they hold for every seed; they guard against a slip, not against taste.


def test_shares_of_a_rural_county() -> None:
    p = people()
    assert 3.1 < len(p.age) / N < 3.6
    assert 0.17 < (p.age >= 60).mean() < 0.26
    assert 0.17 < (p.age < 18).mean() < 0.26
    assert (p.age >= 100).sum() >= 1
    certified = len({r[0] for r in linked("disability")})
    assert 0.055 < certified / len(p.age) < 0.08
    assert 0.15 < p.of("外出务工").mean() < 0.3
    urban = part(missing=0.0).tables["household"].column("城乡").to_pylist().count("城市") / N
    assert 0.07 < urban < 0.16


# Hard cases


def test_every_kind_of_hard_case_is_planted_a_few_dozen_times_a_county() -> None:
    per_part = Counter(make_part(schema(), PLACES, MONTH, seed=1, index=0).planted.column("kind").to_pylist())
    assert set(per_part) == {c.kind for c in HARD_CASES}
    # A county of 143,000 households is nearly nine parts.
    assert all(n * 143_000 / 16_384 >= 36 for n in per_part.values())


def test_planted_rows_point_at_who_is_there() -> None:
    made = part()
    people_of = dict(zip(*(made.tables["person"].column(n).to_pylist() for n in ("id", "parent")), strict=True))
    rows = made.planted.to_pylist()
    assert len({r["household"] for r in rows}) == len(rows)
    for r in rows:
        assert r["person"] is None or people_of[r["person"]] == r["household"]


def test_without_missing_facts_there_are_no_cases_that_live_from_them() -> None:
    kinds = set(part(missing=0.0).planted.column("kind").to_pylist())
    assert not kinds & {c.kind for c in HARD_CASES if c.unknown}


def _planted(kind: str, made: Made) -> list[tuple[int, int | None]]:
    return [(r["household"], r["person"]) for r in made.planted.to_pylist() if r["kind"] == kind]


@pytest.mark.parametrize(("kind", "over"), [("线上一分", 1), ("线下一分", -1), ("正好在线上", 0)])
def test_one_fen_over_and_under_the_line(kind: str, over: int) -> None:
    lines = Lines(rural=51_234)
    made = make_part(schema(), PLACES, MONTH, seed=3, index=0, households=N, shape=Shape(lines=lines))
    person = made.tables["person"]
    household_of = dict(zip(*(person.column(n).to_pylist() for n in ("id", "parent")), strict=True))
    size = Counter(household_of.values())
    cases = _planted(kind, made)
    assert cases
    income = made.tables["income"]
    for household, _ in cases:
        mine = [
            a
            for p, a in zip(*(income.column(n).to_pylist() for n in ("parent", "金额")), strict=True)
            if household_of[p] == household
        ]
        assert mine == [12 * size[household] * (51_234 + over)]


def test_what_a_case_is_about_is_known_and_complete() -> None:
    made = part()
    cases = {h for k in ("线下一分", "重残单人户", "财产超限") for h, _ in _planted(k, made)}
    for file in ("household", "person"):
        table = made.tables[file]
        ids = table.column("id" if file == "household" else "parent").to_numpy()
        mine = table.filter(np.isin(ids, list(cases)))
        for name in mine.column_names:
            if name.startswith("齐全|"):
                assert set(mine.column(name).to_pylist()) == {-1}


def test_birthdays_in_the_month() -> None:
    made = part()
    birth = dict(zip(*(made.tables["person"].column(n).to_pylist() for n in ("id", "出生日期")), strict=True))
    for _, who in _planted("本月满八十周岁", made):
        assert (birth[who].year, birth[who].month) == (MONTH.year - 80, MONTH.month)
    for _, who in _planted("闰日出生", made):
        assert (birth[who].month, birth[who].day) == (2, 29)


def test_a_name_that_the_pack_does_not_declare_is_said() -> None:
    from doudi.screening.generate.sheet import Words

    with pytest.raises(KeyError, match="没有取值"):
        Words(schema())("收入.种类")["彩票"]


def test_only_kinds_that_can_be_bounded_have_bounds() -> None:
    for e in schema().entities:
        for c in e.columns:
            assert c.ranged == (c.fact.type.kind in (Kind.INTEGER, Kind.MONEY, Kind.RATIO, Kind.DATE))
