"""Bad rows: each is said with its place, its household is held back whole, everybody else is good."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import openpyxl
import pytest

from doudi.screening.workbook.findings import Finding
from doudi.screening.workbook.ledger import Ledger
from doudi.screening.workbook.messages import CELL, FILE, IDENTITY, LINKS, MESSAGES, NOTES
from doudi.screening.workbook.reading import read_ledger
from doudi.screening.workbook.tables import batches
from tests.unit.screening.workbook.offices import (
    CHILD,
    INCOMES,
    LATEST_BIRTH,
    LI,
    PEOPLE,
    WANG,
    ZHANG,
    ZHAO,
    Rows,
    book,
    ledger,
    number,
    save,
)


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reader(sheets: dict[str, Rows]) -> Ledger:
        return read_ledger(save(tmp_path / "l.xlsx", sheets), book(), LATEST_BIRTH)

    return reader


def found(got: Ledger, severity: str = "row") -> list[tuple[str, str, int, str]]:
    return [(f.code, f.sheet, f.row, f.column) for f in got.log if f.severity == severity]


def held(got: Ledger) -> list[str]:
    return [got.code(home) for home in sorted(got.held)]


def changed(sheet: str, row: int, column: str, value: Any) -> dict[str, Rows]:
    """The good ledger with one cell changed; rows count as the spreadsheet shows them."""
    sheets = ledger()
    header = sheets[sheet][0]
    if column not in header:
        header.append(column)
    cells = sheets[sheet][row - 1]
    cells += [None] * (len(header) - len(cells))
    cells[header.index(column)] = value
    return sheets


def test_a_ledger_without_a_fault(read: Any) -> None:
    got = read(ledger())
    assert not len(got.log)
    assert got.good == [0, 1, 2]
    assert got.heads() == {0: 0, 1: 2, 2: 3}


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "code"),
    [
        ("家庭", 3, "户籍地", "大话", "bad-area"),
        ("家庭", 3, "城乡", "乡下", "bad-category"),
        ("家庭", 3, "申请日期", "六月", "bad-date"),
        ("家庭", 3, "申请日期", 45447.0, "date-as-number"),
        ("家庭", 3, "申请日期", "1999-12-31", "too-small"),
        ("家庭", 3, "财产已列全", "大概", "bad-complete"),
        ("成员", 4, "姓名", "  ", "name-missing"),
        ("成员", 4, "身份证号", None, "id-missing"),
        ("成员", 4, "身份证号", 330000194005061230, "id-as-number"),
        ("成员", 4, "身份证号", WANG[:-1], "id-length"),
        ("成员", 4, "身份证号", WANG[:-1] + ("0" if WANG[-1] != "0" else "1"), "id-checksum"),
        ("成员", 4, "身份证号", WANG[:9] + "O" + WANG[10:], "id-characters"),
        ("成员", 4, "身份证号", number("20240801", 9), "id-future"),
        ("成员", 4, "身份证号", number("18891231", 9), "id-birth-bounds"),
        ("成员", 4, "出生日期", "1940-05-07", "birth-contradiction"),
        ("成员", 4, "出生日期", "1941", "birth-contradiction"),
        ("成员", 4, "出生日期", date(2030, 1, 1), "future-birth"),
        ("成员", 4, "性别", "女", "sex-contradiction"),
        ("成员", 4, "健在", "应该", "bad-truth"),
        ("成员", 4, "自理丧失项数", 7, "too-large"),
        ("成员", 4, "自理丧失项数", 1.5, "not-whole"),
        ("成员", 4, "收入已列全", "工资和养老金", "bad-complete"),
        ("收入", 3, "金额", -0.01, "negative"),
        ("收入", 3, "金额", 1e12, "too-large"),
        ("收入", 3, "金额", "七千二", "text-in-number"),
        ("收入", 3, "金额", 0.005, "below-fen"),
        ("收入", 3, "种类", "薪水", "bad-category"),
        ("收入", 3, "姓名", "王六", "name-contradiction"),
    ],
)
def test_one_bad_cell_holds_its_household_back(
    read: Any, sheet: str, row: int, column: str, value: Any, code: str
) -> None:
    got = read(changed(sheet, row, column, value))
    assert (code, sheet, row, column) in found(got)
    assert held(got) == ["H2"]
    assert got.good == [0, 2]
    tables = next(iter(batches(got)))
    assert tables["household"]["id"].to_pylist() == [0, 2]
    assert tables["person"]["id"].to_pylist() == [0, 1, 3, 4]
    assert tables["income"]["id"].to_pylist() == [0, 2]


@pytest.mark.parametrize(
    ("column", "value"),
    [("出生日期", "1940-05-06"), ("出生日期", "1940"), ("出生日期", "1940-05"), ("性别", "男"), ("出生日期", "")],
)
def test_what_the_number_tells_too(read: Any, column: str, value: str) -> None:
    got = read(changed("成员", 4, column, value))
    assert not len(got.log)
    assert got.people.values["出生日期"][2] == (date(1940, 5, 6) - date(1970, 1, 1)).days


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
@pytest.mark.parametrize(("sheet", "column"), [("收入", "金额"), ("成员", "身份证号"), ("成员", "户编号")])
def test_formula_errors_are_not_blanks(tmp_path: Path, error: str, sheet: str, column: str) -> None:
    path = save(tmp_path / "l.xlsx", ledger())
    workbook = openpyxl.load_workbook(path)
    row = 3 if sheet == "收入" else 4
    cell = workbook[sheet].cell(row, (INCOMES if sheet == "收入" else PEOPLE).index(column) + 1)
    cell.value = error
    assert cell.data_type == "e"
    workbook.save(path)
    got = read_ledger(path, book(), LATEST_BIRTH)
    assert ("formula-error", sheet, row, column) in found(got)
    assert "H2" not in [got.code(i) for i in got.good] or column == "户编号"


def test_formulas_that_were_never_computed_are_not_blanks(tmp_path: Path) -> None:
    path = save(tmp_path / "l.xlsx", changed("收入", 3, "金额", "=600*12"))
    got = read_ledger(path, book(), LATEST_BIRTH)
    assert found(got) == [("formula-empty", "收入", 3, "金额")]
    assert held(got) == ["H2"]


@pytest.mark.parametrize("shown", ["0%", "0.00%", '0.0"之"%'])
def test_percentages_are_no_amounts(tmp_path: Path, shown: str) -> None:
    path = save(tmp_path / "l.xlsx", changed("收入", 3, "金额", 0.6))
    workbook = openpyxl.load_workbook(path)
    workbook["收入"].cell(3, 4).number_format = shown
    workbook.save(path)
    got = read_ledger(path, book(), LATEST_BIRTH)
    assert found(got) == [("percentage", "收入", 3, "金额")]
    assert held(got) == ["H2"]


@pytest.mark.parametrize(
    ("value", "shown"), [(0.6, '"¥"#,##0.00'), (0.6, '0.00"%"'), (0.6, r"0.0\%"), (0, "0%"), ("60", "0%")]
)
def test_amounts_that_are_shown_as_such_are_read(tmp_path: Path, value: Any, shown: str) -> None:
    path = save(tmp_path / "l.xlsx", changed("收入", 3, "金额", value))
    workbook = openpyxl.load_workbook(path)
    workbook["收入"].cell(3, 4).number_format = shown
    workbook.save(path)
    assert not found(read_ledger(path, book(), LATEST_BIRTH))


def test_formulas_with_a_value_are_read(tmp_path: Path) -> None:
    path = save(tmp_path / "l.xlsx", changed("收入", 3, "金额", "=600*12"))
    whole = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(whole, "w") as new:
        for item in old.infolist():
            new.writestr(
                item,
                re.sub(
                    rb"(<f>600\*12</f>)<v\s*/>|(<f>600\*12</f>)<v></v>", rb"<f>600*12</f><v>7200</v>", old.read(item)
                ),
            )
    got = read_ledger(whole, book(), LATEST_BIRTH)
    assert not found(got)
    assert got.sheets["收入"].values["金额"][1] == 7200_00


def test_member_of_no_household(read: Any) -> None:
    """赵七 may be a child of the household above, or of no other: it is held back, not screened without the child."""
    got = read(changed("成员", 6, "户编号", "H9"))
    assert found(got) == [("no-household", "成员", 6, "户编号"), ("suspected", "家庭", 4, "户编号")]
    assert held(got) == ["H3"]


def test_member_between_two_households(read: Any) -> None:
    got = read(changed("成员", 3, "户编号", "X"))
    assert ("no-household", "成员", 3, "户编号") in found(got)
    assert held(got) == ["H1", "H2"]


def test_a_whole_household_missing_from_its_sheet_holds_nobody_else_back(read: Any) -> None:
    sheets = ledger()
    del sheets["家庭"][2]
    got = read(sheets)
    assert found(got) == [("no-household", "成员", 4, "户编号")]
    assert got.good == [0, 1]
    assert next(iter(batches(got)))["person"]["id"].to_pylist() == [0, 1, 3, 4]


@pytest.mark.parametrize("written", ["h3", "H-3"])
def test_household_number_spelt_otherwise(read: Any, written: str) -> None:
    got = read(changed("成员", 6, "户编号", written))
    (fault,) = [f for f in got.log if f.code == "no-household"]
    assert "“H3”" in fault.what()
    assert held(got) == ["H3"]


def test_household_numbers_as_numbers(read: Any) -> None:
    sheets = ledger()
    for title in ("家庭", "成员", "财产"):
        for row in sheets[title][1:]:
            row[0] = int(row[0][1:]) if title == "家庭" else row[0][1:]
    got = read(sheets)
    assert not len(got.log)
    assert got.good == [0, 1, 2]


def test_a_household_number_that_lost_its_digits(read: Any) -> None:
    got = read(changed("家庭", 3, "户编号", 330000194005061230))
    assert ("code-as-number", "家庭", 3, "户编号") in found(got)
    assert 1 not in got.good


def test_household_of_nobody(read: Any) -> None:
    sheets = ledger()
    del sheets["成员"][3]
    sheets["收入"] = sheets["收入"][:2]
    got = read(sheets)
    assert found(got) == [("no-members", "家庭", 3, "户编号")]
    assert held(got) == ["H2"]


def test_the_same_person_in_two_households(read: Any) -> None:
    sheets = ledger()
    sheets["成员"].append(["H3", "李四", LI, "是", "父母", None, "是"])
    got = read(sheets)
    assert found(got) == [("person-in-two", "成员", 3, "身份证号"), ("person-in-two", "成员", 7, "身份证号")]
    assert held(got) == ["H1", "H3"]


def test_the_same_person_in_two_spellings(read: Any) -> None:
    sheets = ledger()
    old = WANG[:6] + WANG[8:17]
    sheets["成员"].append(["H3", "王五", old, "是", "父母", None, "是"])
    assert held(read(sheets)) == ["H2", "H3"]


def test_the_same_person_twice_in_a_household(read: Any) -> None:
    sheets = ledger()
    sheets["成员"].append(["H1", "李四", LI, "是", "配偶", None, "是"])
    got = read(sheets)
    assert {c for c, *_ in found(got)} == {"person-twice"}
    assert held(got) == ["H1"]


def test_the_same_household_twice(read: Any) -> None:
    sheets = ledger()
    sheets["家庭"].append(list(sheets["家庭"][1]))
    got = read(sheets)
    assert [(c, r) for c, _, r, _ in found(got)] == [("doubled-household", 2), ("doubled-household", 5)]
    assert got.good == [1, 2]


def test_two_heads(read: Any) -> None:
    got = read(changed("成员", 6, "关系", "户主"))
    assert found(got) == [("two-heads", "成员", 6, "关系")]
    assert held(got) == ["H3"]


def test_no_head_is_only_a_note(read: Any) -> None:
    got = read(changed("成员", 4, "关系", None))
    assert found(got, "note") == [("no-head", "家庭", 3, "户编号")]
    assert got.good == [0, 1, 2]
    assert got.heads()[1] == 2


def test_more_rows_than_the_pack_allows(read: Any) -> None:
    sheets = ledger()
    sheets["收入"] += [[WANG, "王五", "经营", n, "2024-05-31"] for n in range(5)]
    got = read(sheets)
    assert found(got) == [("too-many-rows", "收入", 9, "身份证号")]
    assert held(got) == ["H2"]


def test_income_of_nobody(read: Any) -> None:
    """A stranger's income stands between 李四's and 王五's: either may be poorer on paper than in truth."""
    sheets = ledger()
    sheets["收入"].insert(2, [number("19600101", 77), "", "工资", 1, "2024-01-01"])
    got = read(sheets)
    assert ("no-person", "收入", 3, "身份证号") in found(got)
    assert held(got) == ["H1", "H2"]


def test_income_of_someone_with_a_slip_of_the_pen(read: Any) -> None:
    """Two digits exchanged: it is 赵六's, wherever it stands and whatever the check digit says."""
    slip = ZHAO[:12] + ZHAO[13] + ZHAO[12] + ZHAO[14:]
    sheets = ledger()
    sheets["收入"].insert(2, [slip, "", "工资", 1, "2024-01-01"])
    got = read(sheets)
    assert {c for c, s, *_ in found(got) if s == "收入"} <= {"id-checksum", "id-birth"}
    assert held(got) == ["H3"]


@pytest.mark.parametrize("written", [float(WANG[:17] + "0"), WANG[:-1], WANG[:4] + WANG[5:], WANG + "1"])
def test_income_of_someone_whose_number_was_cut_or_rounded(read: Any, written: Any) -> None:
    sheets = ledger()
    sheets["收入"].insert(1, [written, "", "工资", 1, "2024-01-01"])
    assert held(read(sheets)) == ["H2"]


def test_income_of_someone_known_by_name(read: Any) -> None:
    sheets = ledger()
    sheets["收入"].append([None, "张三", "工资", 1, "2024-01-01"])
    assert "H1" in held(read(sheets))


def test_income_under_another_name_holds_both_back(read: Any) -> None:
    got = read(changed("收入", 2, "姓名", "王五"))
    assert held(got) == ["H1", "H2"]


def test_a_person_with_a_bad_number_keeps_his_items(read: Any) -> None:
    """The number is wrong in the same way in both sheets: one fault, one household, no stranger."""
    bad = WANG[:-1] + ("0" if WANG[-1] != "0" else "1")
    sheets = changed("成员", 4, "身份证号", bad)
    sheets["收入"][2][0] = bad
    got = read(sheets)
    assert {c for c, *_ in found(got)} == {"id-checksum"}
    assert held(got) == ["H2"]


def test_two_people_whose_numbers_lost_their_digits(read: Any) -> None:
    """The same rounded number is not the same person."""
    sheets = changed("成员", 4, "身份证号", 330000194005061230)
    sheets["成员"][5][2] = 330000194005061230
    assert {c for c, s, *_ in found(read(sheets)) if s == "成员"} == {"id-as-number"}


def test_property_of_no_household(read: Any) -> None:
    got = read(changed("财产", 2, "户编号", "H7"))
    assert ("no-household", "财产", 2, "户编号") in found(got)
    assert held(got) == ["H3"]


def test_notes_hold_nobody_back(read: Any) -> None:
    sheets = changed("成员", 4, "身份证号", WANG[:6] + WANG[8:17])
    sheets["收入"].append(list(sheets["收入"][1]))
    sheets["家庭"][3][1] = "990105"
    sheets["成员"][2][2] = sheets["收入"][1][0] = sheets["收入"][4][0] = number(
        "19720304", 2, male=False, division="100000"
    )
    got = read(sheets)
    assert found(got) == []
    assert {c for c, *_ in found(got, "note")} == {"old-id", "twin-rows", "area-outside", "unknown-division"}
    assert got.good == [0, 1, 2]


def test_only_part_of_the_kinds_is_complete(read: Any) -> None:
    sheets = ledger()
    sheets["家庭"][1][5] = "存款、机动车"
    sheets["家庭"][2][5] = None
    sheets["家庭"][3][5] = "否"
    (tables,) = batches(read(sheets))
    assert tables["household"]["齐全|财产"].to_pylist() == [3, None, 0]


def test_rows_in_any_order_come_out_household_by_household(read: Any) -> None:
    sheets = ledger()
    for title in sheets:
        sheets[title][1:] = sheets[title][:0:-1]
    got = read(sheets)
    (tables,) = batches(got)
    assert tables["person"]["parent"].to_pylist() == [0, 0, 1, 2, 2]
    assert [got.people.names[i] for i in tables["person"]["id"].to_pylist()] == ["赵七", "赵六", "王五", "李四", "张三"]
    assert tables["income"]["parent"].to_pylist() == [1, 2, 3]


def test_tables_hold_no_names_and_no_numbers(read: Any) -> None:
    text = str([t.to_pydict() for t in next(iter(batches(read(ledger())))).values()])
    for secret in ("张三", "李四", "王五", ZHANG, LI, WANG, ZHAO, CHILD):
        assert secret not in text


def test_what_is_said_never_holds_a_name_or_a_number(read: Any) -> None:
    sheets = changed("成员", 4, "身份证号", WANG[:-1] + ("0" if WANG[-1] != "0" else "1"))
    sheets["收入"][1][1] = "某甲"
    sheets["成员"].append(["H3", "李四", LI, "是", "父母", None, "是"])
    sheets["收入"].append([number("19600101", 77), "某乙", "工资", 1, "2024-01-01"])
    for f in read(sheets).log:
        said = f.said("zh") + f.said("en") + f.value
        assert not re.search(r"\d{15}|某|李四|王五", said), said


def test_a_household_number_that_is_an_identity_number_is_masked(read: Any) -> None:
    sheets = ledger()
    for title, column in (("家庭", 0), ("成员", 0), ("财产", 0)):
        for row in sheets[title][1:]:
            row[column] = {"H1": ZHANG, "H2": WANG, "H3": ZHAO}[row[column]]
    sheets["家庭"][2][2] = "乡下"
    got = read(sheets)
    (fault,) = got.log
    assert fault.household == WANG[:3] + "*" * 11 + WANG[-4:]


def test_fifty_thousand_strangers_are_said_and_not_searched_for_ever(read: Any) -> None:
    sheets = ledger()
    sheets["收入"] += [
        [number("19600101", n % 490, division=f"{990000 + n}"), "", "工资", 1, None] for n in range(3000)
    ]
    got = read(sheets)
    assert sum(f.code == "no-person" for f in got.log) == 3000


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_messages_can_be_filled_in_both_languages(code: str) -> None:
    message = MESSAGES[code]
    zh = {n for t in (message.zh, message.mend_zh) for _, n, _, _ in Formatter().parse(t) if n}
    en = {n for t in (message.en, message.mend_en) for _, n, _, _ in Formatter().parse(t) if n}
    assert {n.removesuffix("_zh") for n in zh} - {"owner"} == {n.removesuffix("_en") for n in en} - {"owner"}
    # Leaves no gap when every argument is given.
    filled = Finding(code, args=tuple((n, "1") for n in zh | en))
    assert "{" not in filled.said("zh") + filled.said("en")


def test_no_message_is_said_twice() -> None:
    assert len(MESSAGES) == sum(map(len, (FILE, CELL, IDENTITY, LINKS, NOTES)))
