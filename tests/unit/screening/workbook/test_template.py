"""The blank ledger: every sheet and column that the pack declares, and what the office types into it comes back as meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from doudi.screening.workbook.columns import layout
from doudi.screening.workbook.container import check
from doudi.screening.workbook.findings import BadWorkbook
from doudi.screening.workbook.guide import lines
from doudi.screening.workbook.reading import read_ledger
from doudi.screening.workbook.template import write_template
from tests.unit.screening.workbook.offices import LATEST_BIRTH, Rows, book, ledger

MADE = date(2024, 7, 3)


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    path = tmp_path / "台账.xlsx"
    write_template(path, book(), MADE, name=("测试包", "Test pack"))
    return path


def fill(path: Path, sheets: dict[str, Rows]) -> None:
    workbook = openpyxl.load_workbook(path)
    for title, rows in sheets.items():
        sheet = workbook[title]
        places = {cell.value: j for j, cell in enumerate(sheet[1], start=1)}
        for i, row in enumerate(rows[1:], start=2):
            for header, value in zip(rows[0], row, strict=True):
                sheet.cell(i, places[header]).value = value
    workbook.save(path)


def headers(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for cell in sheet[1]]


def test_sheets_and_columns_are_the_packs(blank: Path) -> None:
    workbook = openpyxl.load_workbook(blank)
    assert workbook.sheetnames == ["填写说明", "家庭", "成员", "收入", "残疾", "财产", "选项"]
    assert headers(workbook["家庭"]) == ["户编号", "户籍地", "城乡", "申请日期", "成员已列全", "财产已列全"]
    assert headers(workbook["成员"]) == [
        "户编号", "姓名", "身份证号", "出生日期", "性别", "健在", "关系", "自理丧失项数", "收入已列全", "残疾已列全",
    ]  # fmt: skip
    assert headers(workbook["收入"]) == ["身份证号", "姓名", "种类", "金额", "日期"]
    assert headers(workbook["财产"]) == ["户编号", "种类", "价值"]
    assert workbook["选项"].sheet_state == "hidden"


def test_a_blank_template_has_nothing_to_screen(blank: Path) -> None:
    check(blank)
    with pytest.raises(BadWorkbook) as caught:
        read_ledger(blank, book(), LATEST_BIRTH)
    assert [(f.code, f.sheet) for f in caught.value.findings] == [("no-rows", "家庭"), ("no-rows", "成员")]


def test_round_trip(blank: Path) -> None:
    fill(blank, ledger())
    got = read_ledger(blank, book(), LATEST_BIRTH)
    assert not len(got.log)
    assert got.good == [0, 1, 2]
    assert got.sheets["收入"].values["金额"] == [11_760_00, 7_200_50, 1_234_50]


def test_a_year_typed_into_the_template_stays_a_year(blank: Path) -> None:
    """Its date cells are text: a date cell would turn 1940 into a day of 1905."""
    sheet = openpyxl.load_workbook(blank)["成员"]
    assert sheet.column_dimensions["D"].number_format == "@"
    assert sheet.column_dimensions["C"].number_format == "@"


def test_drop_downs_and_bounds(blank: Path) -> None:
    workbook = openpyxl.load_workbook(blank)

    def rules(title: str) -> dict[str, tuple[str, str | None, str | None]]:
        sheet = workbook[title]
        return {
            str(sheet.cell(1, area.min_col).value): (str(v.type), v.formula1, v.formula2)
            for v in sheet.data_validations.dataValidation
            for area in v.sqref.ranges
        }

    assert rules("家庭")["城乡"] == ("list", '"城市,农村"', None)
    assert rules("家庭")["户籍地"] == ("list", '"大化,大化镇"', None)
    assert rules("成员")["健在"] == ("list", '"是,否"', None)
    assert rules("成员")["收入已列全"] == ("list", '"是,否"', None)
    assert rules("成员")["自理丧失项数"] == ("whole", "0", "6")
    assert rules("收入")["金额"] == ("decimal", "0.0", "10000000.0")
    assert "身份证号" not in rules("收入")


def test_every_column_is_explained(blank: Path) -> None:
    guide = openpyxl.load_workbook(blank)["填写说明"]
    said = {(row[0].value, row[1].value) for row in guide.iter_rows()}
    shape = layout(book())
    assert {(s.title, c.header) for s in shape.sheets for c in s.columns} <= said
    text = "\n".join(str(c.value) for row in guide.iter_rows() for c in row if c.value)
    assert "留空 = 不知道" in text
    assert "没有行不等于没有" in text
    assert "六项中不能自己完成的项数" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explanations_in_both_languages(tmp_path: Path, lang: str) -> None:
    write_template(tmp_path / "t.xlsx", book(), MADE, lang, ("测试包", "Test pack"))
    guide = openpyxl.load_workbook(tmp_path / "t.xlsx")["填写说明"]
    assert ("Test pack" if lang == "en" else "测试包") in str(guide["A1"].value)
    assert all(line.how and line.example and line.english for line in lines(layout(book()), lang))


def test_the_same_pack_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_template(tmp_path / name, book(), MADE)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
