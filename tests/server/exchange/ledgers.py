"""The ledger of a township's office, as a workbook.

H1: 韦大山 (head, 1961), 蓝秀英 (spouse, 1963, wages)     H2: 黄老汉 (head, 1941), alone     H3: 覃小花 (head, 1985), 覃小龙 (child, 2015)
"""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from doudi.screening.workbook.idnumber import check_character

Sheets = dict[str, list[list[str]]]
VILLAGE = "451229103201"


def an_id(born: str, serial: int) -> str:
    first = f"990103{born}{serial:03d}"
    return first + check_character(first)


IDS = {
    "韦大山": an_id("19610503", 11), "蓝秀英": an_id("19630812", 22), "黄老汉": an_id("19410117", 13), "覃小花": an_id("19850930", 24),
    "覃小龙": an_id("20150606", 15), "罗来": an_id("20240101", 17),
}  # fmt: skip

_OFFICE: Sheets = {
    "家庭": [["户编号", "居住地", "城乡"], ["H1", VILLAGE, "农村"], ["H2", VILLAGE, "农村"], ["H3", VILLAGE, "农村"]],
    "成员": [
        ["户编号", "姓名", "身份证号", "关系", "收入已列全"],
        ["H1", "韦大山", IDS["韦大山"], "户主", "是"],
        ["H1", "蓝秀英", IDS["蓝秀英"], "配偶", "是"],
        ["H2", "黄老汉", IDS["黄老汉"], "户主", ""],
        ["H3", "覃小花", IDS["覃小花"], "户主", ""],
        ["H3", "覃小龙", IDS["覃小龙"], "子女", ""],
    ],
    "收入": [["身份证号", "种类", "金额", "日期"], [IDS["蓝秀英"], "工资", "12000", "2024-06-01"]],
}


def office() -> Sheets:
    return deepcopy(_OFFICE)


def write(path: Path, sheets: Sheets) -> Path:
    with xlsxwriter.Workbook(path) as book:
        # The same cells are the same file, whenever they are written.
        book.set_properties({"created": datetime(2024, 7, 1, tzinfo=UTC)})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    sheet.write_string(i, j, cell)
    return path


def many(count: int, first: int = 0) -> Sheets:
    """``count`` households of two, numbered from ``first``."""
    sheets: Sheets = {"家庭": [["户编号", "居住地", "城乡"]], "成员": [["户编号", "姓名", "身份证号", "关系"]]}
    for i in range(first, first + count):
        day = f"19{60 + i // 500 % 30}{i // 40 % 12 + 1:02d}{i % 28 + 1:02d}"
        sheets["家庭"].append([f"N{i}", VILLAGE, "农村"])
        sheets["成员"].append([f"N{i}", "韦甲", an_id(day, (i * 2 + 1) % 1000), "户主"])
        sheets["成员"].append([f"N{i}", "黄乙", an_id(day, (i * 2 + 2) % 1000), "配偶"])
    return sheets
