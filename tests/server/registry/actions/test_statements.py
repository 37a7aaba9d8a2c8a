"""Statements against what the pack declares; ledgers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from doudi.packs import load
from doudi.screening.facts import FactsSchema, schema_of
from doudi.server.audit.models import Entry
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused
from doudi.server.registry.actions import correct, end_statement, enrol, rename, state, strike, undo, withdraw
from doudi.server.registry.checks import FactsRefused, checked
from doudi.server.registry.models import Enrolment, Person, Statement
from tests.server.cast import CLERK, OTHER_TOWN, VILLAGE
from tests.server.registry.actions.homes import family

DAY = date(2022, 3, 1)
INCOME = {"种类": "工资", "金额": 1_200_000, "日期": "2022-02-28", "评估": False}


def test_what_a_source_says_is_kept_as_said(db: str) -> None:
    done = family()
    a = done.people[0]
    said = state(
        by=CLERK, source="核对", person=a, on=DAY, evidence="税务回函",
        values={"在业": True, "劳动能力": "部分丧失", "居住证月数": {"lo": 3, "hi": 9}, "出生日期": "1980-01-01", "居住地": "4512", "重病": None},
        tables={"收入": {"complete": ["工资"], "rows": [INCOME]}, "支出": {"complete": True}},
    )  # fmt: skip
    row = Statement.objects.get(pk=said.row or 0)
    assert row.values["居住地"] == "451200000000"
    assert row.values["居住证月数"] == {"lo": 3, "hi": 9}
    assert row.values["重病"] is None
    assert row.tables == {"收入": {"complete": ["工资"], "rows": [INCOME]}, "支出": {"complete": True, "rows": []}}
    assert (row.source, row.since, row.until, row.evidence) == ("核对", DAY, None, "税务回函")
    entry = Entry.objects.order_by("-seq")[0]
    assert "在业" in entry.zh
    assert "1200000" not in entry.zh + str(entry.params)
    state(
        by=CLERK,
        source="申报",
        household=done.household,
        on=DAY,
        tables={"人": {"complete": True}},
        values={"城乡": "农村"},
    )


WRONG: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("values", {"在职": True}, "fact-unknown"),
    ("values", {"城乡": "农村"}, "fact-unknown"),
    ("values", {"收入": 3}, "fact-unknown"),
    ("values", {"在业": "是"}, "truth-wanted"),
    ("values", {"在业": 1}, "truth-wanted"),
    ("values", {"劳动能力": "有劳动力"}, "value-unknown"),
    ("values", {"居住证月数": 1201}, "out-of-bounds"),
    ("values", {"居住证月数": True}, "integer-wanted"),
    ("values", {"居住证月数": 1.5}, "integer-wanted"),
    ("values", {"居住证月数": {"lo": 9, "hi": 3}}, "bounds-wrong"),
    ("values", {"居住证月数": {"lo": 9}}, "bounds-wrong"),
    ("values", {"在业": {"lo": 0, "hi": 1}}, "bounds-wrong"),
    ("values", {"出生日期": "1980-02-30"}, "date-wrong"),
    ("values", {"出生日期": "19800201"}, "date-wrong"),
    ("values", {"出生日期": "1980-W05-1"}, "date-wrong"),
    ("values", {"出生日期": 19800201}, "date-wrong"),
    ("values", {"出生日期": {"lo": "1980-01-01", "hi": "1979-01-01"}}, "bounds-wrong"),
    ("values", {"出生日期": ["1980-01-01"]}, "date-wrong"),
    ("values", {"劳动能力": ["完全丧失"]}, "value-unknown"),
    ("values", {"出生日期": "2099-02-01"}, "in-future"),
    ("values", {"居住地": "45x"}, "area-wrong"),
    ("tables", {"工资": {"rows": []}}, "table-unknown"),
    ("tables", {"收入": [INCOME]}, "table-wrong"),
    ("tables", {"收入": {"rows": {}}}, "table-wrong"),
    ("tables", {"收入": {"rows": [{"金额": -1}]}}, "out-of-bounds"),
    ("tables", {"收入": {"rows": [{}] * 41}}, "too-many-rows"),
    ("tables", {"收入": {"complete": ["薪水"]}}, "value-unknown"),
    ("tables", {"收入": {"complete": "是"}}, "table-wrong"),
    ("values", {}, "nothing-said"),
)


@pytest.fixture(scope="session")
def schema() -> FactsSchema:
    return schema_of(load("demo").book)


@pytest.mark.parametrize(("where", "what", "code"), WRONG)
def test_what_the_pack_does_not_declare(schema: FactsSchema, where: str, what: dict[str, Any], code: str) -> None:
    given = {"values": {}, "tables": {}, where: what}
    with pytest.raises(FactsRefused) as refused:
        checked(schema, "人", given["values"], given["tables"], today=date(2026, 1, 1))
    assert refused.value.code == code
    assert refused.value.zh
    assert refused.value.en


def test_everything_wrong_is_told_at_once_with_the_nearest_right_name(db: str) -> None:
    a = family().people[0]
    with pytest.raises(FactsRefused) as refused:
        state(
            by=CLERK, source="申报", person=a, on=DAY, values={"劳动能了": "有劳动能力", "劳动能力": "完全", "居住证月数": -1},
            tables={"收入": {"rows": [INCOME, {"种类": "工薪", "钱": 1}]}},
        )  # fmt: skip
    faults = {f.field: f for f in refused.value.faults}
    assert list(faults) == [
        "values.劳动能了",
        "values.劳动能力",
        "values.居住证月数",
        "tables.收入.rows[1].种类",
        "tables.收入.rows[1].钱",
    ]
    assert "“劳动能力”" in faults["values.劳动能了"].zh
    assert "“完全丧失”" in faults["values.劳动能力"].en
    assert not Statement.objects.filter(since=DAY).exists()
    with pytest.raises(FactsRefused) as refused:
        state(by=CLERK, source="申报", household=family().household, on=DAY, tables={"人": {"rows": [{}]}})
    assert refused.value.code == "people-are-members"


def test_who_and_by_whom(db: str) -> None:
    done = family()
    for wrong in (
        {"source": "听说", "person": done.people[0]},
        {"source": "申报"},
        {"source": "申报", "person": done.people[0], "household": done.household},
    ):
        with pytest.raises(Refused):
            state(by=CLERK, on=DAY, values={"在业": True}, **wrong)
    with pytest.raises(NotFound):
        state(by=OTHER_TOWN, source="申报", person=done.people[0], on=DAY, values={"在业": True})
    with pytest.raises(Refused):
        state(by=CLERK, source="申报", person=done.people[0], on=DAY, until=DAY, values={"在业": True})


def test_the_past_is_corrected_and_stays_readable(db: str) -> None:
    a = family().people[0]
    said = (
        state(
            by=CLERK,
            source="申报",
            person=a,
            on=DAY,
            until=date(2023, 1, 1),
            values={"在业": True},
            evidence="本人陈述",
        ).row
        or 0
    )
    with pytest.raises(NotAllowed):
        correct(by=VILLAGE, statement=said, values={"在业": False}, why="错了", on=DAY)
    with pytest.raises(Refused):
        correct(by=CLERK, statement=said, values={"在业": False}, why="", on=DAY)
    with pytest.raises(FactsRefused):
        correct(by=CLERK, statement=said, values={"在业": "否"}, why="错了", on=DAY)
    right = correct(by=CLERK, statement=said, values={"在业": False}, why="听错了", on=date(2024, 1, 1)).row
    row = Statement.objects.get(pk=right or 0)
    assert (row.values, row.since, row.until, row.evidence) == ({"在业": False}, DAY, date(2023, 1, 1), "本人陈述")
    with pytest.raises(Changed) as changed:
        correct(by=CLERK, statement=said, values={"在业": False}, why="听错了", on=DAY)
    assert "更正" in changed.value.since[0].zh
    with pytest.raises(NotFound):
        withdraw(by=OTHER_TOWN, statement=right or 0, why="错了", on=DAY)
    withdraw(by=CLERK, statement=right or 0, why="不是他", on=DAY)
    assert not Statement.objects.filter(since=DAY, withdrawn=None).exists()
    with pytest.raises(NotFound):
        withdraw(by=CLERK, statement=10**9, why="错了", on=DAY)


def test_a_statement_ends(db: str) -> None:
    a = family().people[0]
    said = state(by=CLERK, source="申报", person=a, on=DAY, values={"在业": True}).row or 0
    end_statement(by=CLERK, statement=said, on=date(2022, 9, 1))
    assert Statement.objects.get(since=DAY, withdrawn=None).until == date(2022, 9, 1)


def test_what_is_stated_of_birth_is_known_today(db: str) -> None:
    a = family().people[0]
    state(by=CLERK, source="核对", person=a, on=DAY, values={"出生日期": "1981-02-03", "性别": "女"})
    person = Person.objects.get(pk=a)
    assert (person.born, person.sex) == (date(1981, 2, 3), "女")


def test_characters_that_no_database_keeps(db: str) -> None:
    a = family(address="一\0号\ud800", once="键\0" * 200, why="因\0由\udfff").people[0]
    rename(by=CLERK, person=a, name="𠀀\0卯", on=DAY)
    enrol(by=CLERK, ledger="残疾人", person=a, on=DAY, details={"备\0注": "\ud800"}, evidence="\0证")
    state(by=CLERK, source="申报", person=a, on=DAY, values={"出生日期": date(1980, 1, 1)}, evidence="\ud8ff")
    assert Person.objects.get(pk=a).name == "𠀀卯"
    assert Enrolment.objects.get().details == {"备注": "?"}
    assert family(once="键\0" * 200).repeated


def test_ledgers(db: str) -> None:
    done = family()
    home, a = done.household, done.people[0]
    row = enrol(by=CLERK, ledger="留守老人", person=a, on=DAY, details={"巡访": 4, "独居": True, "备注": None}).row or 0
    enrol(by=CLERK, ledger="低保", household=home, on=DAY)
    with pytest.raises(Refused) as refused:
        enrol(by=CLERK, ledger="低保", household=home, on=date(2023, 1, 1))
    assert refused.value.code == "twice-on-ledger"
    for wrong in (
        {"ledger": "低宝", "household": home},
        {"ledger": "低保", "person": a},
        {"ledger": "留守老人", "household": home},
        {"ledger": "残疾人", "person": a, "on": date(1970, 1, 1)},
        {"ledger": "残疾人", "person": a, "details": {"级别": ["一"]}},
        {"ledger": "残疾人", "person": a, "details": {"备注": "长" * 501}},
    ):
        with pytest.raises(Refused):
            enrol(by=CLERK, **{"on": DAY, **wrong})  # type: ignore[arg-type]
    struck = strike(by=CLERK, enrolment=row, on=date(2023, 1, 1))
    assert Enrolment.objects.get(ledger="留守老人", withdrawn=None).until == date(2023, 1, 1)
    with pytest.raises(Changed):
        strike(by=CLERK, enrolment=row, on=date(2023, 1, 1))
    undo(by=CLERK, act=struck.act, on=DAY)
    again = Enrolment.objects.get(ledger="留守老人", withdrawn=None)
    assert (again.until, again.again_id) == (None, row)
    strike(by=CLERK, enrolment=again.id, on=DAY)
    assert not Enrolment.objects.filter(ledger="留守老人", withdrawn=None).exists()
