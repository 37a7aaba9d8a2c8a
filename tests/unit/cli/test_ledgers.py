"""``doudi template`` and ``doudi screen`` as an office runs them, with the pack ``demo``: exit codes, messages, files."""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from click.testing import CliRunner, Result

from doudi.cli.main import main
from tests.unit.screening.workbook.offices import number

ZHANG, LI, WANG = number("19700102", 1), number("19720304", 2, male=False), number("19400506", 3)
REPORT, RESULTS = "台账-问题清单.xlsx", "台账-筛查结果.xlsx"


def doudi(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


def said(result: Result) -> str:
    return result.output


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "空白.xlsx"
    result = doudi("template", path)
    assert result.exit_code == 0, said(result)
    return path


def put(workbook: Any, sheet: str, row: int, **cells: Any) -> None:
    places = {cell.value: j for j, cell in enumerate(workbook[sheet][1], start=1)}
    for header, value in cells.items():
        workbook[sheet].cell(row, places[header]).value = value


@pytest.fixture
def ledger(blank: Path, tmp_path: Path) -> Callable[[Callable[[Any], None]], Path]:
    """Two households filled into the template of the pack, then whatever a test does to the workbook."""

    def make(change: Callable[[Any], None] = lambda _: None) -> Path:
        workbook = openpyxl.load_workbook(blank)
        for i, code in enumerate(("H1", "H2"), start=2):
            put(
                workbook,
                "家庭",
                i,
                户编号=code,
                户籍地="大化",
                居住地="大化",
                城乡="农村",
                成员已列全="是",
                财产已列全="是",
            )
        for i, (code, name, who, relation) in enumerate(
            (("H1", "张三", ZHANG, "户主"), ("H1", "李四", LI, "配偶"), ("H2", "王五", WANG, "户主")), start=2
        ):
            put(workbook, "成员", i, 户编号=code, 姓名=name, 身份证号=who, 关系=relation, 健在="是", 收入已列全="是")
        put(workbook, "收入", 2, 身份证号=LI, 种类="工资", 金额=3000, 日期="2024-03-31")
        put(workbook, "财产", 2, 户编号="H2", 种类="存款", 价值=1000)
        change(workbook)
        path = tmp_path / "台账.xlsx"
        workbook.save(path)
        return path

    return make


def screen(path: Path, *more: str | Path) -> Result:
    return doudi("screen", path, "--month", "2024-07", *more)


def files(path: Path) -> set[str]:
    return {p.name for p in path.parent.iterdir()} - {path.name}


def test_template_filled_in_and_screened(ledger: Any) -> None:
    path = ledger()
    result = screen(path)
    assert result.exit_code == 0, said(result)
    assert files(path) == {RESULTS}
    assert "已筛查 2 户" in said(result)
    sheets = openpyxl.load_workbook(path.parent / RESULTS)
    assert [row[0].value for row in sheets["家庭结果"].iter_rows(min_row=4)] == ["H1", "H2"]
    assert sheets["说明"]["A1"].value == "2024 年 7 月救助筛查结果"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_where_there_is_no_room_nothing_is_left_and_no_trace_is_shown(ledger: Any, lang: str) -> None:
    path = ledger()
    command = [sys.executable, "-c", "from doudi.cli.main import main; main()"]
    for words in (
        ["screen", str(path), "--month", "2024-07", "--lang", lang],
        ["template", str(path.parent / "空白.xlsx"), "--lang", lang],
    ):
        done = subprocess.run(
            [*command, *words], capture_output=True, text=True, check=False, timeout=100,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
        )  # fmt: skip
        assert done.returncode == 1
        assert "写不了" in done.stderr
        assert "Traceback" not in done.stderr
        assert files(path) == set()


def test_a_locale_without_chinese_is_no_hindrance(ledger: Any) -> None:
    path = ledger()
    bare = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "doudi.cli.main", "screen", str(path), "--month", "2024-07"],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=100, env=bare,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "已筛查 2 户" in done.stdout
    assert files(path) == {RESULTS}


@pytest.mark.parametrize(
    ("words", "said_first"),
    [
        (["dmeo"], "命令写得不对。写法见：main --help"),
        (["demo", "--hosueholds", "5"], "没有选项“--hosueholds”；是不是想写“--households”？写法见：main demo --help"),
        (["screen"], "缺少“FILE.xlsx”。写法见：main screen --help"),
        (["demo", "--households", "5"], "“--households”的值不对。写法见：main demo --help"),
        (
            ["screen", "a.xlsx", "--month", "2024-13"],
            "“--month”的值不对：“2024-13”不是年月，请写成 2024-07。写法见：main screen --help",
        ),
    ],
)
def test_what_is_written_wrongly_is_said_in_both_languages(words: list[str], said_first: str) -> None:
    result = doudi(*words)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[0] == said_first
    assert "Error: " in result.stderr


@pytest.mark.parametrize(
    ("month", "code"), [("1949-12", 2), ("1950-01", 0), ("2100-12", 0), ("2101-01", 2), ("9999-12", 2)]
)
def test_months_far_off(ledger: Any, month: str, code: int) -> None:
    result = doudi("screen", ledger(), "--month", month)
    assert "Traceback" not in said(result)
    assert not isinstance(result.exception, ValueError)
    assert (result.exit_code == 2 and "太早或太晚" in said(result)) == (code == 2)


def test_a_template_is_not_written_over_a_ledger(blank: Path) -> None:
    before = blank.read_bytes()
    result = doudi("template", blank)
    assert result.exit_code == 2
    assert "--force" in said(result)
    assert blank.read_bytes() == before
    assert doudi("template", blank, "--force").exit_code == 0


def test_template_says_why_not(tmp_path: Path) -> None:
    assert doudi("template", tmp_path / "t.xls").exit_code == 2
    assert doudi("template", tmp_path / "none" / "t.xlsx").exit_code == 1
    result = doudi("template", tmp_path / "t.xlsx", "--pack", "dome")
    assert result.exit_code == 2
    assert "demo" in said(result)
    assert not list(tmp_path.iterdir())


def _drop(sheet: str, header: str) -> Callable[[Any], None]:
    def change(workbook: Any) -> None:
        at = [c.value for c in workbook[sheet][1]].index(header) + 1
        workbook[sheet].delete_cols(at)

    return change


def _double(workbook: Any) -> None:
    sheet = workbook["收入"]
    sheet.cell(1, sheet.max_column + 1).value = "金额"


FILE_FAULTS: dict[str, tuple[Callable[[Any], None], str]] = {
    "wrong sheet": (lambda w: setattr(w["成员"], "title", "人员名单"), "没有名为“成员”的工作表"),
    "missing column": (_drop("成员", "身份证号"), "缺少必需的列“身份证号”"),
    "doubled column": (_double, "列“金额”出现了两次"),
    "merged cells": (lambda w: w["成员"].merge_cells("A2:A3"), "有合并的单元格：A2:A3"),
    "no rows": (lambda w: w["家庭"].delete_rows(2, 5), "表头下面没有一行数据"),
}


@pytest.mark.parametrize("what", FILE_FAULTS)
def test_faults_of_the_file(ledger: Any, what: str) -> None:
    change, message = FILE_FAULTS[what]
    path = ledger(change)
    result = screen(path)
    assert result.exit_code == 2
    assert message in said(result)
    assert files(path) == {REPORT}


def _old_xls(path: Path) -> None:
    workbook = xlwt.Workbook()
    workbook.add_sheet("家庭").write(0, 0, "户编号")
    workbook.save(str(path))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("台账.xlsx", b"", "文件是空的"),
        ("台账.xls", None, "旧版 .xls"),
        ("台账.xlsx", b"%PDF-1.7", "这是 PDF 文件"),
        ("台账.csv", "户编号,姓名".encode(), "这不是 Excel 工作簿"),
        ("台账.xlsx", b"PK\x03\x04", "工作簿已损坏"),
    ],
)
def test_files_that_are_no_workbook(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    path = tmp_path / name
    if content is None:
        _old_xls(path)
    else:
        path.write_bytes(content)
    result = screen(path)
    assert result.exit_code == 2
    assert message in said(result)
    assert files(path) == {REPORT}


def test_no_file_at_all(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.xlsx", "没有这个文件"), (tmp_path, "这是一个文件夹")):
        result = screen(path)
        assert result.exit_code == 2
        assert message in said(result)
    assert not list(tmp_path.iterdir())


def _cell(sheet: str, row: int, header: str, value: Any) -> Callable[[Any], None]:
    return lambda workbook: put(workbook, sheet, row, **{header: value})


WRONG_DIGIT = LI[:-1] + ("0" if LI[-1] != "0" else "1")
ROW_FAULTS: dict[str, tuple[Callable[[Any], None], str]] = {
    "id as number": (_cell("成员", 3, "身份证号", 330000197203040020), "成员 第 3 行 身份证号：身份证号存成了数字"),
    "wrong check digit": (_cell("成员", 3, "身份证号", WRONG_DIGIT), "成员 第 3 行 身份证号：身份证号的校验位不对"),
    "future birth date": (_cell("成员", 3, "出生日期", "2099-01-01"), "成员 第 3 行 出生日期：出生日期晚于 2024-07-31"),
    "future birth in id": (
        _cell("成员", 3, "身份证号", number("20990101", 1)),
        "成员 第 3 行 身份证号：身份证号里的出生日期晚于",
    ),
    "member of no household": (_cell("成员", 3, "户编号", "H9"), "成员 第 3 行 户编号：户编号在“家庭”表里找不到"),
    "household of nobody": (_cell("家庭", 4, "户编号", "H3"), "家庭 第 4 行 户编号：这一户在“成员”表里一个人也没有"),
    "person in two households": (
        lambda w: put(w, "成员", 5, 户编号="H2", 姓名="李四", 身份证号=LI, 关系="子女"),
        "成员 第 3 行 身份证号：同一个人出现在两户（第 3、5 行）",
    ),
    "negative money": (_cell("收入", 2, "金额", -1), "收入 第 2 行 金额：不能是负数"),
    "absurd money": (_cell("收入", 2, "金额", 1e12), "收入 第 2 行 金额：大于允许的最大值"),
    "text in a number": (_cell("收入", 2, "金额", "三千"), "收入 第 2 行 金额：这里应是数字，却写了文字"),
}


@pytest.mark.parametrize("what", ROW_FAULTS)
def test_faults_of_rows(ledger: Any, what: str) -> None:
    """The faulty household is held back; the other is screened, unless it may be concerned as well."""
    change, message = ROW_FAULTS[what]
    path = ledger(change)
    result = screen(path)
    assert result.exit_code == 2
    assert message in said(result)
    assert REPORT in files(path)
    for secret in ("张三", "李四", "王五", ZHANG, LI, WANG, WRONG_DIGIT):
        assert secret not in said(result)
    if "已筛查" in said(result):
        sheet = openpyxl.load_workbook(path.parent / RESULTS)["家庭结果"]
        screened = {row[0].value for row in sheet.iter_rows(min_row=4)}
        assert screened
        assert screened <= ({"H1", "H2"} if what == "household of nobody" else {"H2"})
    else:
        assert files(path) == {REPORT}


def test_an_earlier_result_is_said_to_be_earlier(ledger: Any) -> None:
    path = ledger()
    assert screen(path).exit_code == 0
    path.write_bytes(b"")
    result = screen(path)
    assert result.exit_code == 2
    assert f"{RESULTS} 是以前运行留下的" in said(result)


def test_english_and_another_folder(ledger: Any, tmp_path: Path) -> None:
    path = ledger(_cell("收入", 2, "金额", "三千"))
    result = screen(path, "--lang", "en", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "text where a number is wanted" in said(result)
    assert files(path) == {"out"}
    assert {p.name for p in (tmp_path / "out").iterdir()} == {REPORT, RESULTS}


def test_a_month_that_is_none(ledger: Any) -> None:
    result = doudi("screen", ledger(), "--month", "July")
    assert result.exit_code == 2
    assert "2024-07" in said(result)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_template_tells_the_command_that_screens_by_the_same_pack(tmp_path: Path, lang: str) -> None:
    """By any other pack its columns are not the ledger's."""
    pack = tmp_path / "青石 县"
    (pack / "facts").mkdir(parents=True)
    (pack / "pack.yaml").write_text(
        "name: 青石\nzh: 青石县\nen: Qingshi\narea: 全国\nparents: [national]\n", encoding="utf-8"
    )
    (pack / "facts" / "x.yaml").write_text("户.住房面积: {en: Size, type: 整数, min: 0, max: 900}\n", encoding="utf-8")
    ledger = tmp_path / "空白.xlsx"
    told = said(doudi("template", ledger, "--pack", pack, "--lang", lang)).splitlines()[-1]
    program, *words = shlex.split(told.partition("./")[2])
    assert (program, words) == ("doudi", ["screen", str(ledger), "--pack", str(pack)])
    workbook = openpyxl.load_workbook(ledger)
    put(workbook, "家庭", 2, 户编号="H1", 住房面积=90)
    put(workbook, "成员", 2, 户编号="H1", 姓名="张三", 身份证号=ZHANG)
    workbook.save(ledger)
    result = doudi(*words)
    assert result.exit_code == 0, said(result)
