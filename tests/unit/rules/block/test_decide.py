"""Decisions as tables: columns, types, streams, threads, digests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from doudi.rules.block import Digest, FactsError, decide_stream, decide_tables, digest, lay_out
from doudi.rules.declared import Conflict, Derived, Text
from doudi.rules.scalar import Row
from tests.generative.compare import disagreements
from tests.unit.rules.scalar.little import CITE, DAHUA, day, home, income, person, programme, ruleset

RULES = ruleset(
    {
        "户.总收": ("金额", "合计(成员.收)"),
        "人.收": ("金额", "合计(收入.金额)"),
        "户.份": ("比例", "四舍五入(甲 ÷ 标准, 万分之一)"),
        "户.下月": ("日期", "加月(某日, 1)"),
        "户.同城乡": ("城乡", "城乡"),
    },
    [
        programme("低保", "户", ["真假", "总收 < 标准", "甲 ≤ 标准 × 2"], "标准 - 总收", rank=1),
        programme("临救", "户", ["真假"], "10 元", rank=2),
        programme("津贴", "人", ["残疾", "户.享受低保"], None, rank=3),
    ],
    [Conflict("择高", "Higher", "higher", legs=(("低保",), ("临救",)), cites=CITE)],
    [Derived("单人户", "Household of one", "人", Text("残疾"), "户.享受低保", counts_in_original=True, cites=CITE)],
)
KNOWN = {"甲": 0, "真假": 1, "户籍地": DAHUA, "城乡": 0, "某日": day("2024-01-31")}
SHOW = [("户", "总收"), ("户", "份"), ("户", "下月"), ("户", "同城乡"), ("户", "真假"), ("人", "收"), ("户", "甲")]


def families() -> list[Row]:
    poor = [person("a", [income(1, 金额=10_000)], 健在=1, 残疾=0), person("b", [], 健在=1, 残疾=1)]
    return [
        home(KNOWN, poor),
        home({**KNOWN, "甲": 90_000}, []),
        home({**KNOWN, "真假": 0, "甲": (5, 6)}, []),
        home({k: v for k, v in KNOWN.items() if k != "甲"}, [person("c", [income(1)], 健在=1)]),
    ]


def decided(block: int = 4096) -> dict[str, pa.Table]:
    return decide_tables(RULES, lay_out(RULES, families()).tables, show=SHOW, block=block).tables


def test_the_columns_of_a_programme() -> None:
    h = decided()["household"]
    assert h["低保.outcome"].to_pylist() == [1, 1, 0, 2]
    assert h["低保.granted"].to_pylist() == [1, 1, 0, 2]
    assert h["低保.amount"].to_pylist() == [50_000, 60_000, 0, None]
    assert h["低保.paid"].to_pylist() == [50_000, 60_000, 0, None]
    assert h["低保.paid_lo"].to_pylist() == [50_000, 60_000, 0, 0]
    assert h["低保.paid_hi"].to_pylist() == [50_000, 60_000, 0, 60_000]
    assert h["低保.failing"].to_pylist() == [-1, -1, 0, -1]
    assert h["临救.granted"].to_pylist() == [0, 0, 0, 2]
    assert h["临救.reason"].to_pylist() == ["conflict:择高", "conflict:择高", "", ""]
    assert h.schema.field("低保.outcome").type == pa.int8()
    assert h.schema.field("低保.paid").type == pa.int64()


def test_a_constant_that_would_make_numbers_too_large_is_left_where_it_was_written() -> None:
    """Divided by 49 alone the first factor has one denominator on every row, and is then taken to reach as far as its divisor might have let it."""
    formula = "四舍五入((乙 + 乙) ÷ (如果 {} 则 49 否则 数) × (乙 ÷ 乙), 分)"
    rules = ruleset(
        {f"户.果{i}": ("金额", formula.format(c)) for i, c in enumerate(("1 < 2", "1 = 1 且 数 < 3", "真假"))}
    )
    facts: list[dict[str, int | tuple[int, int]]] = [
        {"乙": 7, "数": 0, "真假": 1},
        {"乙": 7, "数": 4, "真假": 0},
        {"乙": 0},
        {},
    ]
    assert not disagreements(rules, [replace(home(given), id=i) for i, given in enumerate(facts)])


@pytest.mark.parametrize("kind", ["none", "bar", "higher", "topup"])
def test_a_refusal_by_assumption_is_handed_on_as_one(kind: str) -> None:
    refused, granted = (
        programme("甲项", "户", ['缺省(真假, 否, "r")'], "9 元"),
        programme("乙项", "户", ["非 符合甲项"], "5 元"),
    )
    free = programme("丙项", "户", ["是"], "5 元")
    against = {
        "none": (),
        "bar": (Conflict("冲", "c", "bar", ("丙项",), ("甲项",)),),
        "higher": (Conflict("冲", "c", "higher", legs=(("丙项",), ("甲项",))),),
        "topup": (Conflict("冲", "c", "topup", ("丙项",), over=Text("甲项实发")),),
    }[kind]
    rules = ruleset({}, [refused, granted, free], against)
    households = [replace(home(given), id=i) for i, given in enumerate(({}, {"真假": 0}, {"真假": 1}))]
    assert not disagreements(rules, households)
    answers = decide_tables(rules, lay_out(rules, households).tables).tables["household"]
    assert answers.column("乙项.outcome").to_pylist() == [2, 1, 0]
    assert answers.column("丙项.granted").to_pylist() == {"none": [1, 1, 1], "topup": [1, 1, 1]}.get(kind, [2, 1, 0])


def test_how_far_the_first_failing_condition_is_missed() -> None:
    rich = home({**KNOWN, "甲": 0}, [person("a", [income(1, 金额=70_000)], 健在=1, 残疾=0)])
    h = decide_tables(RULES, lay_out(RULES, [rich]).tables).tables["household"]
    assert (h["低保.failing"].to_pylist(), h["低保.margin"].to_pylist()) == ([1], [10_000])
    assert decided()["household"]["低保.margin"].to_pylist() == [None] * 4


def test_people_stand_by_their_household() -> None:
    p = decided()["person"]
    assert p["id"].to_pylist() == [0, 1, 2]
    assert p["parent"].to_pylist() == [0, 0, 3]
    assert p["津贴.outcome"].to_pylist() == [0, 1, 2]
    assert p["津贴.amount"].to_pylist() == [None] * 3
    assert p["津贴.reason"].to_pylist()[1] == "derived:单人户"


def test_variables_shown() -> None:
    h = decided()["household"]
    assert h["总收"].to_pylist() == [10_000, 0, 0, None]
    assert h["份"].to_pylist() == [0, 15_000, 1, None]
    assert h["下月"].to_pylist() == [date(2024, 2, 29)] * 4
    assert h["同城乡"].to_pylist() == ["城市"] * 4
    assert h["真假"].to_pylist() == [True, True, False, True]
    assert h["甲"].to_pylist() == [0, 90_000, None, None]
    assert decided()["person"]["收"].to_pylist() == [10_000, 0, None]
    with pytest.raises(KeyError):
        decide_tables(RULES, lay_out(RULES, families()).tables, show=[("户", "没有")])


def test_what_is_missing_is_told_by_question() -> None:
    m = decided()["missing"].to_pylist()
    assert {
        (r["programme"], r["entity_row"], r["leaf_kind"], r["leaf_entity"], r["leaf_name"], r["leaf_row"]) for r in m
    } == {
        ("低保", 3, "fact", "收入", "金额", 1),
        ("临救", 3, "fact", "收入", "金额", 1),
        ("津贴", 2, "fact", "人", "残疾", 2),
        ("津贴", 2, "fact", "收入", "金额", 1),
    }
    quiet = decide_tables(RULES, lay_out(RULES, families()).tables, missing=False).tables
    assert quiet["missing"].num_rows == 0
    assert quiet["missing"].schema == decided()["missing"].schema
    assert quiet["household"].num_rows == 4


def test_a_standard_that_is_missing_belongs_to_no_row() -> None:
    nowhere = home({**KNOWN, "户籍地": 110000_000_000}, [])
    m = decide_tables(RULES, lay_out(RULES, [nowhere]).tables).tables["missing"].to_pylist()
    assert {(r["leaf_kind"], r["leaf_name"], r["detail"], r["leaf_row"]) for r in m} == {
        ("standard", "标准", "110000000000/城市/2024-07-01", None)
    }


def test_households_of_one_have_a_table_of_their_own() -> None:
    d = decided()["derived"].to_pylist()
    assert [(r["household"], r["entity_row"], r["derived"], r["when"], r["settles"]) for r in d] == [
        (0, 1, "单人户", 1, 1),
        (3, 2, "单人户", 2, 2),
    ]
    assert [r["低保.paid"] for r in d] == [60_000, None]
    lacking = decided()["derived_missing"].to_pylist()
    assert {(r["derived"], r["entity_row"]) for r in lacking} == {("单人户", 2)}


@pytest.mark.parametrize("assumed", ["是", "否"])
def test_who_is_a_household_of_one_by_assumption_only_is_left_open(assumed: str) -> None:
    when, settles = f"缺省(残疾, {assumed}, “r”)", f"缺省(真假, {assumed}, “r”)"
    alone = Derived("单人户", "Household of one", "人", Text(when), "户.定", counts_in_original=False, cites=CITE)
    listed = [programme("甲项", "户", ["计数(成员) = 1"], "9 元"), programme("乙项", "人", ["户.享受甲项"], "5 元")]
    rules = ruleset({"户.定": ("是否", f"享受甲项 或 {settles}"), "人.计入": ("是否", "健在")}, listed, derived=[alone])
    people = [person("a", 健在=1), person("b", 健在=1, 残疾=0)]
    households = [
        replace(home({"真假": 1}, people), id=1),
        replace(home({}, [person("a", 健在=1, 残疾=1), people[1]]), id=2),
    ]
    assert not disagreements(rules, households)
    derived = decide_tables(rules, lay_out(rules, households).tables).tables["derived"].to_pylist()
    assert (derived[0]["when"], derived[0]["settles"]) == (2, 1)


def test_what_a_household_of_one_took_over_is_looked_through_for_what_is_missing() -> None:
    """With every fact known a column is forgotten after its last use, and a household of one copies only what is read; a standard without a value
    leaves the question open all the same."""
    rules = ruleset(
        {
            "人.底数": ("金额", "如果 残疾 则 标准 + 1 元 否则 标准"),
            "人.份额": ("金额", "如果 残疾 则 底数 + 2 元 否则 底数"),
            "户.总份额": ("金额", "合计(成员.份额)"),
        },
        [programme("低保", "户", ["总份额 < 甲"], "1 元"), programme("津贴", "人", ["户.总份额 < 户.甲"], "1 元")],
        derived=[Derived("单人户", "Household of one", "人", Text("残疾"), "户.享受低保", False, cites=CITE)],
    )
    people = [person(i, [], 健在=1, 残疾=d, 出生=0) for i, d in (("a", 0), ("b", 1))]
    every = {
        "甲": 90_000,
        "乙": 0,
        "数": 0,
        "率": 0,
        "真假": 1,
        "另真假": 1,
        "某日": 8_000,
        "城乡": 0,
        "户籍地": 110000_000_000,
    }
    nowhere = home(every, people, complete={"财产": True})
    assert disagreements(rules, [nowhere]) == []
    missing = decide_tables(rules, lay_out(rules, [nowhere]).tables).tables["missing"]
    assert set(missing["leaf_kind"].to_pylist()) == {"standard"}


@pytest.mark.parametrize("block", [1, 2, 3])
def test_the_size_of_blocks_changes_nothing(block: int) -> None:
    assert digest(decided(block)) == digest(decided())
    assert decided(block)["household"].to_pylist() == decided()["household"].to_pylist()


def numbered(first: int) -> dict[str, pa.Table]:
    """The families with ids that go on from ``first``."""
    out = lay_out(RULES, families()).tables
    for name, table in out.items():
        for column in {"id", "parent"} & set(table.column_names):
            moved = pa.array([x + first for x in table[column].to_pylist()], pa.int64())
            table = table.set_column(table.column_names.index(column), column, moved)
        out[name] = table
    return out


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_a_stream_comes_in_order_whatever_the_threads(threads: int) -> None:
    results = list(decide_stream(RULES, (numbered(i * 100) for i in range(9)), threads=threads, show=SHOW))
    assert [r.tables["household"]["id"][0].as_py() for r in results] == [i * 100 for i in range(9)]
    assert digest(r.tables for r in results) == digest(
        {name: pa.concat_tables([r.tables[name] for r in results]).unify_dictionaries() for name in results[0].tables}
    )


def test_parts_are_taken_only_as_they_are_needed() -> None:
    taken = 0

    def parts() -> Iterator[dict[str, pa.Table]]:
        nonlocal taken
        for i in range(50):
            taken += 1
            yield numbered(i * 100)

    stream = decide_stream(RULES, parts(), threads=2)
    next(stream)
    assert taken <= 4
    stream.close()


def test_a_part_may_be_read_by_the_thread_that_decides_it() -> None:
    (one,) = decide_stream(RULES, [lambda: numbered(0)], threads=2, show=SHOW)
    assert digest(one.tables) == digest(decided())


def test_a_fault_in_a_part_is_raised_where_it_is_met() -> None:
    bad = {**numbered(0), "nothing": numbered(0)["person"]}
    stream = decide_stream(RULES, [numbered(0), bad], threads=2)
    next(stream)
    with pytest.raises(FactsError):
        next(stream)


def test_the_digest_tells_every_difference() -> None:
    tables = decided()
    h = tables["household"]
    seen = {digest(tables)}
    for column, value in (
        ("低保.paid", 49_999),
        ("总收", None),
        ("同城乡", "农村"),
        ("下月", date(2024, 3, 1)),
        ("真假", False),
    ):
        at = h.column_names.index(column)
        values = [value, *h[column].to_pylist()[1:]]
        kind = pa.string() if pa.types.is_dictionary(h.schema.field(column).type) else h.schema.field(column).type
        seen.add(digest({**tables, "household": h.set_column(at, column, pa.array(values, kind))}))
    seen.add(digest({**tables, "missing": tables["missing"].slice(1)}))
    assert len(seen) == 7


def test_the_digest_does_not_depend_on_the_order_of_rows_within_a_part() -> None:
    tables = decided()
    turned = {name: t.take(list(reversed(range(t.num_rows)))) for name, t in tables.items()}
    assert digest(turned) == digest(tables)


def test_a_digest_of_parts_out_of_order_is_refused() -> None:
    parts = [r.tables for r in decide_stream(RULES, [numbered(100), numbered(0)])]
    held = Digest()
    held.update(parts[0])
    with pytest.raises(ValueError, match="order"):
        held.update(parts[1])
