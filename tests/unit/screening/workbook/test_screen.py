"""A ledger screened: what is written, what is in it, and that nothing half-done is ever taken for whole."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from doudi.packs.screening_plan import ScreeningPlan
from doudi.rules.declared import Derived, Text
from doudi.screening.workbook import results
from doudi.screening.workbook.atomic import appearing
from doudi.screening.workbook.pen import Field, harmless, lines, width, workbook, write_list
from doudi.screening.workbook.screen import Rulebook, Screening, screen_workbook
from tests.unit.screening.workbook.offices import AS_OF, CHILD, LI, WANG, ZHANG, ZHAO, Rows, book, ledger, save

MADE = date(2024, 7, 3)
PLAN = ScreeningPlan(("户", "家庭类别"), ("人", "人群类别"), ("户", "户籍地"), ("户", "人口"), ("户", "人均月收入"))
RULEBOOK = Rulebook("office", "测试包", "Test pack", book(), None)


def screen(path: Path, lang: str = "zh", out: Path | None = None) -> Screening:
    return screen_workbook(path, RULEBOOK, AS_OF, MADE, out, lang)


def table(path: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows of a list by header."""
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows(min_row=3, values_only=True))
    return [dict(zip((str(h) for h in rows[0]), row, strict=True)) for row in rows[1:] if row[0] != "（无）"]


def text(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None)


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def test_a_good_ledger(tmp_path: Path) -> None:
    done = screen(save(tmp_path / "台账.xlsx", ledger()))
    assert (done.good, done.held, done.report, done.faults) == (3, 0, None, ())
    assert names(tmp_path) == {"台账.xlsx", "台账-筛查结果.xlsx"}
    assert done.results is not None
    households = table(done.results, "家庭结果")
    assert [(r["户编号"], r["户主"], r["每月合计（元）"]) for r in households] == [
        ("H1", "张三", 20),
        ("H2", "王五", 100),
        ("H3", "赵六", None),
    ]
    # 11,760 / 12 / 2 = 490; 500 - 490 = 10; twice.
    assert households[0]["享受的项目"] == "低保 20 元/月"
    # 7,200.50 / 12 = 600.0417, half up 600.04.
    assert households[1]["没有享受的及理由"] == "低保：人均月收入 高出 低保标准 100.04 元"
    assert households[1]["享受的项目"] == "王五：高龄津贴 100 元/月"
    assert households[2]["没有享受的及理由"].endswith("10,000 元")
    people = table(done.results, "成员结果")
    assert [(r["姓名"], r["关系"], r["每月合计（元）"]) for r in people][2] == ("王五", "户主", 100)


def test_classes_and_heads_as_the_pack_sums_them_up(tmp_path: Path) -> None:
    rulebook = Rulebook("office", "测试包", "Test pack", book(), PLAN)
    done = screen_workbook(save(tmp_path / "l.xlsx", ledger()), rulebook, AS_OF, MADE)
    assert done.results is not None
    assert [r["人群类别"] for r in table(done.results, "成员结果")] == [
        "其他人",
        "其他人",
        "高龄老人",
        "其他人",
        "其他人",
    ]
    sheets = ledger()
    for row, area in zip(sheets["家庭"][1:], ("451229100201", "广西", None), strict=True):
        row[1] = "450000" if area == "广西" else area
    done = screen_workbook(save(tmp_path / "l.xlsx", sheets), rulebook, AS_OF, MADE)
    assert done.results is not None
    assert [r["地区"] for r in table(done.results, "家庭结果")] == ["大化镇", "450000000000", "未定"]
    done = screen_workbook(save(tmp_path / "l.xlsx", ledger()), rulebook, AS_OF, MADE)
    assert done.results is not None
    assert [(r["人口"], r["家庭类别"]) for r in table(done.results, "家庭结果")] == [
        (2, "低保户"),
        (1, "其他户"),
        (2, "其他户"),
    ]


def test_the_first_page_says_of_what_by_what_and_how_many(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["成员"][3][3] = "大概"
    done = screen(save(tmp_path / "台账.xlsx", sheets))
    assert done.results is not None
    about = {r[0]: r[1] for r in openpyxl.load_workbook(done.results)["说明"].iter_rows(values_only=True) if r[0]}
    assert about["台账"] == f"台账.xlsx（SHA-256 {done.source.digest}）"
    assert about["政策包"] == "测试包（office，0123456789ab）"
    assert (about["所属月"], about["基准日"], about["制表日期"]) == ("2024 年 7 月", "2024-07-01", "2024-07-03")
    assert (about["筛查的家庭"], about["筛查的人"], about["扣留未筛的家庭"]) == ("2", "4", "1")


def test_a_household_with_a_bad_row_is_held_back_whole_and_said_so(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["收入"][1][3] = "一万多"
    done = screen(save(tmp_path / "台账.xlsx", sheets))
    assert names(tmp_path) == {"台账.xlsx", "台账-筛查结果.xlsx", "台账-问题清单.xlsx"}
    assert done.results is not None
    assert done.report is not None
    assert (done.good, done.held) == (2, 1)
    assert [r["户编号"] for r in table(done.results, "家庭结果")] == ["H2", "H3"]
    assert "李四" not in {r["姓名"] for r in table(done.results, "成员结果")}
    (held,) = table(done.results, "扣留的家庭")
    assert (held["户编号"], held["户主"], held["问题数"]) == ("H1", "张三", 1)
    (fault,) = table(done.report, "问题清单")
    assert (fault["工作表"], fault["行"], fault["列"], fault["填写的内容"]) == ("收入", 2, "金额", "一万多")
    assert (fault["户编号"], fault["处理"]) == ("H1", "整户扣留")
    assert "0" in fault["怎么改"]


def test_nobody_good_means_no_results(tmp_path: Path) -> None:
    sheets = ledger()
    for row in sheets["成员"][1:]:
        row[3] = "？"
    done = screen(save(tmp_path / "台账.xlsx", sheets))
    assert (done.good, done.held, done.results) == (0, 3, None)
    assert names(tmp_path) == {"台账.xlsx", "台账-问题清单.xlsx"}


def test_a_faulty_file_gives_only_the_report(tmp_path: Path) -> None:
    (tmp_path / "台账.xlsx").write_bytes(b"")
    done = screen(tmp_path / "台账.xlsx")
    assert done.whole_file
    assert names(tmp_path) == {"台账.xlsx", "台账-问题清单.xlsx"}
    assert done.report is not None
    (fault,) = table(done.report, "问题清单")
    assert fault["处理"] == "整个文件未筛查"


def test_files_of_an_earlier_run_are_left_and_named(tmp_path: Path) -> None:
    path = save(tmp_path / "台账.xlsx", ledger())
    first = screen(path).results
    assert first is not None
    before = first.read_bytes()
    path.write_bytes(b"")
    done = screen(path)
    assert done.results is None
    assert done.stale == (first,)
    assert first.read_bytes() == before


def test_another_folder(tmp_path: Path) -> None:
    path = save(tmp_path / "台账.xlsx", ledger())
    screen(path, out=tmp_path / "结果")
    assert names(tmp_path / "结果") == {"台账-筛查结果.xlsx"}


def test_the_same_ledger_gives_the_same_bytes(tmp_path: Path) -> None:
    path = save(tmp_path / "台账.xlsx", ledger())
    first = screen(path).results
    assert first is not None
    before = first.read_bytes()
    screen(path)
    assert first.read_bytes() == before


def test_what_is_missing_is_named_with_its_place(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["收入"][1][3] = None
    sheets["成员"][4][6] = None
    done = screen(save(tmp_path / "台账.xlsx", sheets))
    assert done.results is not None
    assert not done.faults
    lacks = table(done.results, "无法判定清单")
    assert [(r["户编号"], r["缺什么"], r["谁的"], r["补在台账的哪里"], r["补上才能判定的项目"]) for r in lacks] == [
        ("H1", "收入的金额", "李四", "收入　第 2 行　金额", "低保")
    ]
    # 赵六's incomes may be more than those listed, but the deposit is over the limit whatever they are.
    assert [r["无法判定"] for r in table(done.results, "家庭结果")] == ["低保", None, None]


def test_incomes_not_known_to_be_all_listed(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["成员"][1][6] = None
    done = screen(save(tmp_path / "台账.xlsx", sheets))
    assert done.results is not None
    (lack,) = table(done.results, "无法判定清单")
    assert (lack["缺什么"], lack["谁的"], lack["补在台账的哪里"]) == (
        "“收入”没有核清列全",
        "张三",
        "成员　第 2 行　收入已列全",
    )


def test_what_the_pack_lacks_is_not_asked_of_the_office(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["家庭"][1][1] = "110105"
    done = screen(save(tmp_path / "台账.xlsx", sheets))
    assert done.results is not None
    assert table(done.results, "无法判定清单") == []
    (figure,) = table(done.results, "缺少的标准")
    assert "低保标准" in figure["缺什么"]
    assert (figure["受影响户数"], figure["受影响的项目"]) == (1, "低保")


def test_identity_numbers_are_masked_everywhere(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["成员"][2][4] = "也许"
    done = screen(save(tmp_path / "台账.xlsx", sheets))
    assert done.results is not None
    assert done.report is not None
    for path in (done.results, done.report):
        written = text(path)
        for number in (ZHANG, LI, WANG, ZHAO, CHILD):
            assert number not in written
        assert not re.search(r"\d{15}", written)
    assert WANG[:3] + "***********" + WANG[-4:] in text(done.results)


def test_notes_travel_with_the_results(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = ledger()
    sheets["收入"].append(list(sheets["收入"][1]))
    done = screen(save(tmp_path / "台账.xlsx", sheets))
    assert done.results is not None
    assert not done.faults
    (note,) = table(done.results, "提醒")
    assert (note["工作表"], note["行"]) == ("收入", 5)


def test_in_english(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["收入"][1][3] = "一万多"
    sheets["成员"][4][6] = None
    sheets["财产"] = sheets["财产"][:1]
    done = screen(save(tmp_path / "l.xlsx", sheets), "en")
    assert done.results is not None
    assert done.report is not None
    assert openpyxl.load_workbook(done.results).sheetnames == [
        "About",
        "Households",
        "People",
        "Undecided",
        "Held back",
    ]
    assert openpyxl.load_workbook(done.report).sheetnames == ["Faults", "Kinds of fault"]
    rows = table(done.results, "Households")
    assert rows[0]["Not due, and why"].startswith("低保 低保 in English: ")
    assert "100.04" in rows[0]["Not due, and why"]
    (lack,) = table(done.results, "Undecided")
    assert lack["What is missing"] == "“收入” is not known to be complete"


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", '=HYPERLINK("http://x")', "\t=1"])
def test_texts_from_outside_never_become_formulas(tmp_path: Path, evil: str) -> None:
    sheets = ledger()
    sheets["家庭"][1][0] = sheets["成员"][1][0] = sheets["成员"][2][0] = sheets["财产"][1][0] = "x"
    path = save(tmp_path / "台账.xlsx", sheets)
    hostile = openpyxl.load_workbook(path)
    for title, cells in (("家庭", ["A2"]), ("成员", ["A2", "A3", "B2"]), ("财产", ["A2"]), ("家庭", ["C3"])):
        for place in cells:
            hostile[title][place].value = evil
            hostile[title][place].data_type = "s"
    hostile.save(path)
    done = screen(path)
    for written in (done.results, done.report):
        assert written is not None
        for sheet in openpyxl.load_workbook(written):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f"
                    assert not str(cell.value).startswith(("=", "+", "@", "＝"))


def test_harmless() -> None:
    assert harmless("=1") == "'=1"
    assert harmless("张三") == "张三"
    assert len(harmless("x" * 40_000)) < 32_767


def test_lists_that_look_like_something(tmp_path: Path) -> None:
    """Header frozen and repeated, filters, A4 landscape, one page wide, money with two decimals, rows as tall as their text."""
    with workbook(tmp_path / "l.xlsx", "题", MADE) as pen:
        write_list(
            pen, pen.sheet("单"), "单", [Field("名", 10), Field("钱", 12, "money")], [["长" * 30, 12_345], ["短", None]]
        )
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx")["单"]
    assert sheet.freeze_panes == "C4"
    assert sheet.auto_filter.ref == "A3:B5"
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert (sheet["B4"].value, sheet["B4"].number_format) == (123.45, "#,##0.00")
    assert sheet.row_dimensions[4].height > 60 > 18


@pytest.mark.parametrize(
    ("said", "across", "n"), [("短", 10, 1), ("长" * 10, 11, 2), ("长" * 10, 20, 1), ("一\n二\n三", 10, 3), ("", 10, 1)]
)
def test_lines(said: str, across: int, n: int) -> None:
    assert lines(said, across) == n
    assert width("户A") == 3


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "结果.xlsx"

    def half() -> None:
        with appearing(path) as beside:
            beside.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert names(tmp_path) == set()
    with appearing(path) as beside:
        beside.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert names(tmp_path) == {"结果.xlsx"}


def test_a_failure_while_writing_leaves_the_earlier_results_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "台账.xlsx", ledger())
    first = screen(path).results
    assert first is not None
    before = first.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(results, "_held", fail)
    with pytest.raises(OSError):
        screen(path)
    assert first.read_bytes() == before
    assert names(tmp_path) == {"台账.xlsx", "台账-筛查结果.xlsx"}


def test_a_killed_run_leaves_no_half_result(tmp_path: Path) -> None:
    """Killed when all is written but the name: what lies there is hidden and has a name that no command takes."""
    save(tmp_path / "台账.xlsx", ledger())
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from doudi.screening.workbook import atomic\n"
        "from tests.unit.screening.workbook import test_screen as t\n"
        "atomic.os.fsync = lambda fd: os.kill(os.getpid(), signal.SIGKILL)\n"
        "t.screen(Path(sys.argv[1]))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "台账.xlsx")],
        cwd=Path(__file__).parents[4],
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])},
    )
    assert run.returncode == -signal.SIGKILL
    left = names(tmp_path) - {"台账.xlsx"}
    assert all(name.startswith(".") and name.endswith(".part") for name in left)
    assert len(left) == 1
    screen(tmp_path / "台账.xlsx")
    assert "台账-筛查结果.xlsx" in names(tmp_path)


ALONE = Derived("单人户", "Household of one", "人", Text("任一(残疾, 等级 = 一级)"), "户.享受低保", True)


def test_a_household_of_one_is_said_under_its_person(tmp_path: Path) -> None:
    """赵七 is severely disabled and has nothing; the family has 30,000 / 12 / 2 = 1,250 a head."""
    sheets = ledger()
    for row in sheets["成员"]:
        row.append("残疾已列全" if row[0] == "户编号" else "是")
    sheets["收入"][3][3] = 30_000
    sheets["财产"] = sheets["财产"][:2]
    sheets["残疾"] = [["身份证号", "等级"], [CHILD, "一级"]]
    rulebook = replace(RULEBOOK, book=replace(book(), derived=(ALONE,)))
    done = screen_workbook(save(tmp_path / "台账.xlsx", sheets), rulebook, AS_OF, MADE)
    assert done.results is not None
    family = table(done.results, "家庭结果")[2]
    assert family["享受的项目"] == "赵七：低保（单人户） 500 元/月"
    assert family["每月合计（元）"] == 500
    assert family["没有享受的及理由"] == "低保：人均月收入 高出 低保标准 750 元"
    assert table(done.results, "成员结果")[4]["享受的项目"] == "低保（单人户） 500 元/月"
    tallies = {r[0]: r[3:] for r in openpyxl.load_workbook(done.results)["说明"].iter_rows(values_only=True)}
    # Eligible, enjoyed, not, undecided, settled: H1 as a family, 赵七 alone.
    assert tallies["低保"] == (1, 1, 2, 0, 20)
    assert tallies["低保（单人户）"][0:2] == (1, 1)
    assert tallies["低保（单人户）"][4] == 500


def test_what_the_households_get_is_what_the_programmes_cost(tmp_path: Path) -> None:
    done = screen(save(tmp_path / "台账.xlsx", ledger()))
    assert done.results is not None
    monthly = sum(int(r["每月合计（元）"] or 0) for r in table(done.results, "家庭结果"))
    about = openpyxl.load_workbook(done.results)["说明"].iter_rows(values_only=True)
    assert monthly == sum(int(str(r[7])) for r in about if r[0] in ("低保", "高龄津贴"))
