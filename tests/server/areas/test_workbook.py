"""Divisions from a workbook: all or nothing, every bad row explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from doudi.server.areas import selectors
from doudi.server.areas.actions import RowsRefused, load_workbook, merge, preview
from doudi.server.lib.refusals import NotAllowed, Refused
from tests.server import cast
from tests.server.said import said

DAY = date(2024, 7, 1)
Book = Callable[..., Path]
HEAD = ("代码", "名称", "上级", "起", "止")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    def make(*rows: Sequence[object], head: Sequence[object] = HEAD) -> Path:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        for row in (head, *rows):
            sheet.append(list(row))
        path = tmp_path / "divisions.xlsx"
        workbook.save(path)
        return path

    return make


def test_taken_in_and_again(tree: str, book: Book) -> None:
    path = book(
        ("451229104000", "北景镇", "大化瑶族自治县", date(2020, 1, 1), None),
        (451229104201, "京屯村", 451229104, "2020年1月1日", ""),
        (),
        ("451229103", "岩滩新镇", "", "2024-05-01", None),
        ("451229103202", "第2村", None, None, "2024-06-01"),
        ("451229101", "大化镇"),
        ("451229103201", "第1村", "岩滩新镇", None, None),
    )
    shown = preview(by=cast.ADMINISTRATOR, path=path, on=DAY)
    assert [(c.row, c.what, c.code) for c in shown.changes] == [
        (2, "add", "451229104"), (3, "add", "451229104201"), (5, "rename", "451229103"), (6, "end", "451229103202"),
    ]  # fmt: skip
    assert (shown.unchanged, shown.faults) == (2, ())
    assert selectors.search(cast.SYSTEM, "北景", DAY) == ()
    assert load_workbook(by=cast.ADMINISTRATOR, path=path, on=DAY) == shown
    assert selectors.division("451229104201", DAY).full_name == "广西壮族自治区河池市大化瑶族自治县北景镇京屯村"
    assert selectors.name_of(cast.TOWN, date(2024, 4, 30)) == "岩滩镇"
    assert selectors.name_of(cast.TOWN, DAY) == "岩滩新镇"
    assert [d.name for d in selectors.children(cast.SYSTEM, cast.TOWN, DAY)] == ["第1村"]
    again = load_workbook(by=cast.ADMINISTRATOR, path=path, on=date(2024, 8, 1))
    assert again.changes == ()
    assert said("areas.imported") == [
        "梁管（大化瑶族自治县 系统管理岗）从工作簿导入行政区划：新增 2，改名 1，撤销 1（来自 192.0.2.1）。"
    ]


def test_every_bad_row_is_explained_and_nothing_taken_in(tree: str, book: Book) -> None:
    path = book(
        ("451229104", "北景镇", "", "", ""),
        ("45122910", "短", "", "", ""),
        ("451229105", "", "", "", ""),
        ("451229104", "又北景镇", "", "", ""),
        ("451229106", "某镇", "都安瑶族自治县", "", ""),
        ("451228106", "外镇", "", "", ""),
        ("451229107201", "孤村", "", "", ""),
        ("451229108", "日镇", "", "去年", ""),
        ("451229109", "倒镇", "", "2024-01-01", "2023-01-01"),
        ("451229103", "岩滩别镇", "", "1999-01-01", ""),
        ("451229101", "大化镇", "", "", "2024-06-01"),
        ("451229104 1", "空", "", "", ""),
    )
    shown = preview(by=cast.ADMINISTRATOR, path=path, on=DAY)
    assert [(f.row, f.column) for f in shown.faults] == [
        (3, "代码"), (4, "名称"), (5, "代码"), (6, "上级"), (7, "代码"), (8, "代码"), (9, "起"), (10, "止"), (11, "起"), (12, "止"), (13, "代码"),
    ]  # fmt: skip
    assert all(f.zh and f.en for f in shown.faults)
    with pytest.raises(RowsRefused) as refused:
        load_workbook(by=cast.ADMINISTRATOR, path=path, on=DAY)
    assert refused.value.preview == shown
    assert "11 处错误" in refused.value.zh
    assert selectors.search(cast.SYSTEM, "北景", DAY) == ()


def test_what_was_merged_is_not_brought_back(tree: str, book: Book) -> None:
    path = book(("451229101", "大化镇"), ("451229103", "岩滩镇"))
    merge(by=cast.SYSTEM, codes=["451229101"], into="451229103", on=date(2024, 1, 1))
    assert load_workbook(by=cast.SYSTEM, path=path, on=DAY).unchanged == 2
    assert [d.code for d in selectors.children(cast.SYSTEM, cast.COUNTY, DAY)] == ["451229103"]


def test_a_division_of_the_past(tree: str, book: Book) -> None:
    path = book(("451229150", "旧镇", "", "", "2005-01-01"))
    load_workbook(by=cast.SYSTEM, path=path, on=DAY)
    assert selectors.name_of("451229150", DAY) == "旧镇"
    assert selectors.search(cast.SYSTEM, "旧镇", DAY) == ()
    assert len(selectors.search(cast.SYSTEM, "旧镇", date(2004, 12, 31))) == 1


def test_other_heads(tree: str, book: Book) -> None:
    path = book(("451229104", "北景镇", "备"), head=("行政区划代码", "单位名称", "备注"))
    assert preview(by=cast.SYSTEM, path=path, on=DAY).ignored_columns == ("备注",)


def test_files_that_are_none(tree: str, book: Book, tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("代码,名称")
    empty = book(head=())
    for path, code in (
        (tmp_path / "text.xlsx", "bad-workbook"),
        (tmp_path / "none.xlsx", "unreadable"),
        (empty, "no-columns"),
    ):
        with pytest.raises(Refused) as refused:
            preview(by=cast.SYSTEM, path=path, on=DAY)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        preview(by=cast.SYSTEM, path=book(("45",), head=("代码",)), on=DAY)
    assert "名称" in refused.value.zh
    with pytest.raises(NotAllowed):
        preview(by=cast.CLERK, path=empty, on=DAY)
