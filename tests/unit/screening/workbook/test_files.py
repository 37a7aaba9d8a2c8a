"""Files that are no workbook, and workbooks whose sheets cannot be read as a ledger: everything stops, with every fault said at once."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import openpyxl.styles
import pytest
import xlsxwriter
import xlwt

from doudi.screening.workbook import container
from doudi.screening.workbook.findings import BadWorkbook, Finding
from doudi.screening.workbook.ledger import Ledger
from doudi.screening.workbook.reach import reach
from doudi.screening.workbook.reading import read_ledger
from doudi.screening.workbook.tables import batches
from tests.unit.screening.workbook.offices import INCOMES, LATEST_BIRTH, PEOPLE, Rows, book, ledger, number, save


def read(path: Path) -> Ledger:
    return read_ledger(path, book(), LATEST_BIRTH)


def refused(path: Path) -> tuple[Finding, ...]:
    with pytest.raises(BadWorkbook) as caught:
        read(path)
    findings = caught.value.findings
    assert all(f.severity == "file" for f in findings)
    for f in findings:
        assert "{" not in f.said("zh") + f.said("en")
    return findings


def code(path: Path) -> str:
    (finding,) = refused(path)
    return finding.code


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("empty.xlsx", b"", "empty-file"),
        ("text.xlsx", "户编号,姓名\n".encode(), "other-format"),
        ("one.xlsx", b"P", "not-a-workbook"),
        ("old.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504), "old-xls"),
        (
            "locked.xlsx",
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        ("paper.xlsx", b"%PDF-1.7\n", "other-format"),
        ("cut.xlsx", b"PK\x03\x04 and then nothing", "damaged"),
    ],
)
def test_files_that_are_no_workbook(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert code(path) == expected


def test_a_real_old_workbook(tmp_path: Path) -> None:
    workbook = xlwt.Workbook()
    workbook.add_sheet("家庭").write(0, 0, "户编号")
    workbook.save(str(tmp_path / "old.xls"))
    assert code(tmp_path / "old.xls") == "old-xls"


def test_an_old_workbook_under_a_new_name(tmp_path: Path) -> None:
    workbook = xlwt.Workbook()
    workbook.add_sheet("家庭").write(0, 0, "户编号")
    workbook.save(str(tmp_path / "renamed.xlsx"))
    assert code(tmp_path / "renamed.xlsx") == "old-xls"


@pytest.mark.parametrize(
    ("member", "expected"),
    [("mimetype", "other-format"), ("word/document.xml", "other-format"), ("a.txt", "not-a-workbook")],
)
def test_other_archives(tmp_path: Path, member: str, expected: str) -> None:
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr(member, "x")
    assert code(tmp_path / "other.xlsx") == expected


def test_a_workbook_cut_short(tmp_path: Path) -> None:
    path = save(tmp_path / "cut.xlsx", ledger())
    path.write_bytes(path.read_bytes()[:-2000])
    assert code(path) == "damaged"


def test_a_workbook_with_a_broken_part(tmp_path: Path) -> None:
    whole = save(tmp_path / "whole.xlsx", ledger())
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "broken.xlsx", "w") as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item, data[: len(data) // 2] if item.filename == "xl/worksheets/sheet1.xml" else data)
    assert code(tmp_path / "broken.xlsx") == "damaged"


def test_a_workbook_that_unpacks_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_UNPACKED_MB", 0)
    assert code(save(tmp_path / "bomb.xlsx", ledger())) == "too-big"


def stray(path: Path, *cells: str) -> Path:
    """A good ledger with an item sheet in which something was typed far off."""
    workbook = openpyxl.load_workbook(save(path, ledger()))
    for cell in cells:
        workbook["收入"][cell] = " "
    workbook.save(path)
    return path


@pytest.mark.parametrize("cell", ["XFD1048576", "SZ40000", "T1048576"])
def test_a_blank_typed_far_off_is_told_before_memory_runs_out(tmp_path: Path, cell: str) -> None:
    (finding,) = refused(stray(tmp_path / "far.xlsx", cell))
    assert (finding.code, finding.sheet) == ("too-far", "收入")
    assert dict(finding.args)["last"] == cell
    assert cell in finding.said("zh")
    assert cell in finding.said("en")


def test_a_blank_typed_far_off_is_told_beside_other_faults(tmp_path: Path) -> None:
    path = stray(tmp_path / "far.xlsx", "XFD1048576")
    workbook = openpyxl.load_workbook(path)
    del workbook["成员"]
    workbook.save(path)
    assert {f.code for f in refused(path)} == {"too-far", "no-sheet"}


@pytest.mark.parametrize("cells", [("A1048576",), ("XFD3",), ("XFD1", "XFD900")])
def test_what_is_typed_far_off_but_can_be_read_stops_nobody(tmp_path: Path, cells: tuple[str, ...]) -> None:
    assert len(read(stray(tmp_path / "far.xlsx", *cells)).good) == 3


def test_format_without_content_reaches_nowhere(tmp_path: Path) -> None:
    path = stray(tmp_path / "painted.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook["收入"]["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    workbook.save(path)
    assert len(read(path).good) == 3


@pytest.mark.parametrize(
    "sheet",
    [
        '<worksheet><sheetData><row><c t="n"><v>1</v></c></row></sheetData></worksheet>',
        "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData></worksheet>",
        '<x:worksheet xmlns:x="x"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>',
        '<worksheet><sheetData><row spans="1:1" r="1"><c s="1" r="A1"><v>1</v></c></row></sheetData></worksheet>',
    ],
)
def test_the_reach_of_sheets_that_other_programs_wrote(tmp_path: Path, sheet: str) -> None:
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr(
            "xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="r1" Target="s.xml"/></Relationships>'
        )
        archive.writestr("xl/workbook.xml", '<workbook><sheets><sheet name="收入" id="r1"/></sheets></workbook>')
        archive.writestr("xl/s.xml", sheet)
    assert reach(tmp_path / "other.xlsx", "收入", 1000) == (1, 1)


def test_a_folder_and_a_missing_file_are_left_to_the_caller(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        read(tmp_path)
    with pytest.raises(OSError):
        read(tmp_path / "none.xlsx")


def test_wrong_sheet(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["家庭户"] = sheets.pop("家庭")
    (finding,) = refused(save(tmp_path / "l.xlsx", sheets))
    assert finding.code == "no-sheet"
    assert "家庭户" in finding.what()
    assert "成员" in finding.what()
    assert "“家庭户”？" in finding.said("zh")
    assert "“家庭户”? " in finding.said("en")
    assert "？。" not in finding.said("zh")


def test_every_fault_of_the_file_is_said_at_once(tmp_path: Path) -> None:
    sheets = ledger()
    del sheets["家庭"]
    del sheets["成员"][0][2]
    sheets["收入"][0][3] = "数目"
    assert sorted(f.code for f in refused(save(tmp_path / "l.xlsx", sheets))) == [
        "missing-column",
        "missing-column",
        "no-sheet",
    ]


@pytest.mark.parametrize("column", ["户编号", "姓名", "身份证号"])
def test_missing_key_column(tmp_path: Path, column: str) -> None:
    sheets = ledger()
    at = PEOPLE.index(column)
    sheets["成员"] = [row[:at] + row[at + 1 :] for row in sheets["成员"]]
    (finding,) = refused(save(tmp_path / "l.xlsx", sheets))
    assert (finding.code, finding.sheet, finding.row, finding.column) == ("missing-column", "成员", 1, column)


@pytest.mark.parametrize("column", ["身份证号", "种类", "金额"])
def test_missing_column_of_items(tmp_path: Path, column: str) -> None:
    sheets = ledger()
    at = INCOMES.index(column)
    sheets["收入"] = [row[:at] + row[at + 1 :] for row in sheets["收入"]]
    assert code(save(tmp_path / "l.xlsx", sheets)) == "missing-column"


def test_a_fact_of_people_may_have_no_column(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["成员"] = [row[:5] + row[6:] for row in sheets["成员"]]
    got = read(save(tmp_path / "l.xlsx", sheets))
    assert got.people.values["自理丧失项数"] == [None] * 5
    assert not len(got.log)


def test_doubled_column(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["收入"] = [[*row, row[3]] for row in sheets["收入"]]
    (finding,) = refused(save(tmp_path / "l.xlsx", sheets))
    assert finding.code == "doubled-column"
    assert "D1、F1" in finding.what()


@pytest.mark.parametrize("written", ["金额(万元)", "金额（千元）", "总金额"])
def test_a_column_that_is_almost_one_of_ours(tmp_path: Path, written: str) -> None:
    sheets = ledger()
    sheets["收入"][0] = [written if h == "金额" else h for h in INCOMES]
    (finding,) = refused(save(tmp_path / "l.xlsx", sheets))
    assert finding.code == "misspelt-column"
    assert "“金额”" in finding.what()


def test_a_misspelt_column_that_may_be_left_out_is_a_fault_too(tmp_path: Path) -> None:
    """Else a typing error in a header would silently make a whole column unknown."""
    sheets = ledger()
    sheets["家庭"][0] = ["申清日期" if h == "申请日期" else h for h in sheets["家庭"][0]]
    assert code(save(tmp_path / "l.xlsx", sheets)) == "misspelt-column"


@pytest.mark.parametrize("written", ["金额（元）", "金 额", "金额*", "金\n额", "　金额 (元) "])
def test_headers_may_be_written_loosely(tmp_path: Path, written: str) -> None:
    sheets = ledger()
    sheets["收入"][0] = [written if h == "金额" else h for h in INCOMES]
    assert read(save(tmp_path / "l.xlsx", sheets)).sheets["收入"].values["金额"] == [11_760_00, 7_200_50, 1_234_50]


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad", "\u200e", "\u202a"])
def test_characters_that_nobody_sees_change_nothing(tmp_path: Path, unseen: str) -> None:
    plain, written = tmp_path / "plain.xlsx", tmp_path / "written.xlsx"
    save(plain, ledger())
    sheets = {
        f"{title}{unseen}": [[f"{v}{unseen}" if isinstance(v, str) and v else v for v in row] for row in rows]
        for title, rows in ledger().items()
    }
    sheets["成员" + unseen].append([unseen] * len(PEOPLE))
    got, same = read(save(written, sheets)), read(plain)
    assert not len(got.log)
    assert list(batches(got)) == list(batches(same))
    assert got.people.names == same.people.names


def test_foreign_columns_and_sheets_are_told_of(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["成员"] = [[*row, "x", "y"] for row in sheets["成员"]]
    sheets["成员"][0][-2:] = ["联系电话", "备注一"]
    sheets["统计"] = [["a"]]
    sheets["填写说明"] = [["a"]]
    got = read(save(tmp_path / "l.xlsx", sheets))
    assert sorted((f.code, f.column) for f in got.log) == [("column-ignored", "联系电话"), ("sheet-ignored", "")]
    assert not got.held


@pytest.mark.parametrize("name", ["收入表", "家庭收入", "收入 (2)"])
def test_an_item_sheet_under_almost_its_name_is_not_left_out(tmp_path: Path, name: str) -> None:
    """Everybody in this ledger is marked 收入已列全: without the sheet they would all have no income at all."""
    sheets = ledger()
    sheets[name] = sheets.pop("收入")
    (finding,) = refused(save(tmp_path / "l.xlsx", sheets))
    assert finding.code == "misspelt-sheet"
    assert f"“{name}”像是“收入”表" in finding.what()
    assert "“收入”" in finding.mend("en")


def test_a_sheet_like_one_that_is_there_is_left_out(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["收入汇总"] = [["a"]]
    sheets["备注残疾"] = [["a"]]
    got = read(save(tmp_path / "l.xlsx", sheets))
    assert [f.code for f in got.log] == ["sheet-ignored"]
    assert not got.held


def test_what_stands_in_place_of_a_missing_column_is_named(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["成员"][0][PEOPLE.index("身份证号")] = "公民身份证号码"
    sheets["成员"][0][PEOPLE.index("姓名")] = "姓 氏"
    named = {f.column: f for f in refused(save(tmp_path / "l.xlsx", sheets)) if f.code == "missing-column"}
    assert "；是不是“姓氏”？" in named["姓名"].said("zh")
    assert "; is it “姓氏”?" in named["姓名"].said("en")
    assert "想写" not in named["姓名"].said("zh")


@pytest.mark.parametrize("alias", ["人", "候选成员", " 成员 "])
def test_other_names_of_a_sheet(tmp_path: Path, alias: str) -> None:
    sheets = ledger()
    sheets[alias] = sheets.pop("成员")
    assert read(save(tmp_path / "l.xlsx", sheets)).good == [0, 1, 2]


def test_one_sheet_under_two_names(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["人"] = sheets["成员"]
    assert code(save(tmp_path / "l.xlsx", sheets)) == "doubled-sheet"


@pytest.mark.parametrize("where", ["A2:A3", "B1:C1", "D2:E6"])
def test_merged_cells(tmp_path: Path, where: str) -> None:
    path = save(tmp_path / "l.xlsx", ledger())
    workbook = openpyxl.load_workbook(path)
    workbook["成员"].merge_cells(where)
    workbook.save(path)
    assert "merged-cells" in {f.code for f in refused(path)}
    assert any(where in f.what() for f in refused(path))


def test_a_merged_title_above_the_header(tmp_path: Path) -> None:
    sheets = ledger()
    for rows in sheets.values():
        rows.insert(0, ["大化镇 2024 年台账"])
    path = save(tmp_path / "l.xlsx", sheets)
    workbook = openpyxl.load_workbook(path)
    workbook["成员"].merge_cells("A1:G1")
    workbook.save(path)
    got = read(path)
    assert got.good == [0, 1, 2]
    assert got.people.raw.rows == [3, 4, 5, 6, 7]


def test_no_header(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = ledger()
    sheets["成员"] = [[1, 2, 3]] * 20
    assert code(save(tmp_path / "l.xlsx", sheets)) == "no-header"


@pytest.mark.parametrize("sheet", ["家庭", "成员"])
def test_no_rows(tmp_path: Path, sheet: str) -> None:
    sheets = ledger()
    del sheets[sheet][1:]
    assert code(save(tmp_path / "l.xlsx", sheets)) == "no-rows"


def test_a_workbook_without_any_cell(tmp_path: Path) -> None:
    assert {f.code for f in refused(save(tmp_path / "l.xlsx", {"Sheet1": []}))} == {"no-sheet"}


def test_empty_item_sheets_are_fine(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["收入"] = []
    sheets["财产"] = [["户编号", "种类", "价值"]]
    assert read(save(tmp_path / "l.xlsx", sheets)).good == [0, 1, 2]


def test_the_ledger_may_begin_anywhere_and_hold_blank_rows(tmp_path: Path) -> None:
    workbook = xlsxwriter.Workbook(str(tmp_path / "l.xlsx"))
    for title, rows in ledger().items():
        sheet = workbook.add_worksheet(title)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if value is not None and not hasattr(value, "year"):
                    sheet.write(2 + 2 * i, 3 + j, value)
        sheet.write(50, 4, "   ")
    workbook.close()
    got = read(tmp_path / "l.xlsx")
    assert got.good == [0, 1, 2]
    assert got.people.raw.rows == [5, 7, 9, 11, 13]


def test_cells_below_no_header_are_told_of(tmp_path: Path) -> None:
    sheets = ledger()
    sheets["收入"] = [[*row, None, n or None] for n, row in enumerate(sheets["收入"])]
    (note,) = read(save(tmp_path / "l.xlsx", sheets)).log
    assert (note.code, note.sheet, note.row) == ("column-nameless", "收入", 2)
    assert "G 列" in note.what()


@pytest.mark.slow
def test_fifty_thousand_rows(tmp_path: Path) -> None:
    """Every row comes through; the last household's only fault is found."""
    path = tmp_path / "l.xlsx"
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    homes, people = workbook.add_worksheet("家庭"), workbook.add_worksheet("成员")
    homes.write_row(0, 0, ["户编号", "户籍地", "成员已列全"])
    people.write_row(0, 0, ["户编号", "姓名", "身份证号", "健在", "关系"])
    for i in range(12_500):
        homes.write_row(i + 1, 0, [f"H{i}", "大化镇", "是"])
        for j, relation in enumerate(("户主", "配偶", "子女", "父母")):
            who = number(f"{1930 + i % 90}{1 + i // 90 % 12:02d}{1 + i // 1080:02d}", 4 * (i // 12_960) + j)
            alive = "是" if (i, j) != (12_499, 3) else "大概"
            people.write_row(4 * i + j + 1, 0, [f"H{i}", f"某{j}", who, alive, relation])
    workbook.close()
    got = read(path)
    assert (len(got.people), len(got.households)) == (50_000, 12_500)
    assert [(f.code, f.row) for f in got.log if f.severity == "row"] == [("bad-truth", 50_001)]
    assert got.held == {12_499}
    assert sum(t["person"].num_rows for t in batches(got)) == 49_996
