"""Files that are no ledger: each is refused in plain words, at once or when it is looked at, and nothing of it is done."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import xlwt
from django.conf import settings
from django.test import Client

from doudi.server.exchange.models import Import
from doudi.server.registry.models import Household
from tests.server.cast import settled
from tests.server.exchange.ledgers import office, write
from tests.server.web.exchange_pages import count, send, text, the_import, work
from tests.server.web.world import client_of


@pytest.fixture
def clerk(db: str) -> Client:
    return client_of(settled()["CLERK"])


def bomb(folder: Path) -> bytes:
    """A workbook of a few hundred kilobytes that unpacks to 300 MB."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(write(folder / "a.xlsx", office())) as real,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in real.namelist():
            made.writestr(name, real.read(name))
        made.writestr("xl/worksheets/sheet9.xml", b"\0" * (300 << 20))
    return data.getvalue()


def liar(folder: Path) -> bytes:
    """A workbook whose directory says that a sheet of 20 MB unpacks to 100 bytes."""
    data = bytearray(_with(folder, "xl/worksheets/sheet9.xml", b" " * (20 << 20)))
    size = (20 << 20).to_bytes(4, "little")
    at = data.rfind(b"PK\x01\x02")
    while at >= 0:
        if data[at + 24 : at + 28] == size:
            data[at + 24 : at + 28] = (100).to_bytes(4, "little")
        at = data.rfind(b"PK\x01\x02", 0, at)
    return bytes(data)


def merged(folder: Path) -> bytes:
    book = openpyxl.load_workbook(write(folder / "a.xlsx", office()))
    book["家庭"].merge_cells("A1:B1")
    return _saved(book)


def formulas(folder: Path) -> bytes:
    book = openpyxl.load_workbook(write(folder / "a.xlsx", office()))
    book["收入"]["C2"] = "=1+1"
    return _saved(book)


def old(_: Path) -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("家庭").write(0, 0, "户编号")
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def bare(_: Path) -> bytes:
    return _saved(openpyxl.Workbook())


def headers_only(folder: Path) -> bytes:
    sheets = office()
    return write(folder / "a.xlsx", {name: rows[:1] for name, rows in sheets.items()}).read_bytes()


def macro_in_name(folder: Path) -> bytes:
    return _with(folder, "../../evil.sh", b"rm")


def _with(folder: Path, name: str, content: bytes) -> bytes:
    data = io.BytesIO(write(folder / "a.xlsx", office()).read_bytes())
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return data.getvalue()


def _saved(book: openpyxl.Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


REFUSED: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "bomb": (bomb, "不是正常的工作簿"), "liar": (liar, "损坏"), "merged": (merged, "合并"), "old": (old, "旧版 .xls"), "bare": (bare, "工作表"),
    "headers only": (headers_only, "没有一行数据"), "gbk": (lambda _: "户编号,姓名\n1,韦大山\n".encode("gbk"), "CSV"),
    "utf8": (lambda _: "户编号;姓名\n1;韦大山\n".encode("utf-8-sig"), "CSV"), "html": (lambda _: b"<html><table><tr><td>1</td></tr></table>", "HTML"),
    "pdf": (lambda _: b"%PDF-1.7 nothing", "PDF"), "photo": (lambda _: b"\xff\xd8\xff\xe0" + bytes(99), "JPEG"), "noise": (lambda _: bytes(range(256)) * 9, "不是 Excel"),
    "cut": (lambda f: write(f / "a.xlsx", office()).read_bytes()[:900], "损坏"),
}  # fmt: skip


ONLY_LEDGERS = ("merged", "bare", "headers only")
"""As a plain list their first sheet has another header, which is said instead."""


@pytest.mark.parametrize(
    ("kind", "what"),
    [(k, w) for k in REFUSED for w in ("households", "list") if w == "households" or k not in ONLY_LEDGERS],
)
def test_it_is_said_what_is_wrong(clerk: Client, tmp_path: Path, kind: str, what: str) -> None:
    make, words = REFUSED[kind]
    answer = send(clerk, make(tmp_path), what=what, ledger="残疾人" if what == "list" else "")
    assert answer.status_code == 303, text(answer)
    work()
    page = answer["Location"]
    assert the_import(page).state == "refused"
    seen = text(clerk.get(page))
    assert words in seen, seen
    assert "没有登记任何内容" in seen
    assert clerk.post(page, {"do": "confirm"}).status_code == 422
    work()
    assert count(Household) == 0
    clerk.post(page, {"do": "give-up"})
    assert bytes(the_import(page).cipher) == b""


def test_a_formula_without_a_value_holds_its_household(clerk: Client, tmp_path: Path) -> None:
    page = send(clerk, formulas(tmp_path))["Location"]
    work()
    assert "单元格是公式，但没有算出的值" in text(clerk.get(page))
    assert the_import(page).counts["held"] == 1


def test_what_looks_like_a_formula_goes_back_as_text(clerk: Client, tmp_path: Path) -> None:
    evil = office()
    evil["成员"][1][1] = '=HYPERLINK("http://evil.example","x")'
    evil["收入"][1][2] = "很多"
    page = send(clerk, write(tmp_path / "a.xlsx", evil).read_bytes())["Location"]
    work()
    book = openpyxl.load_workbook(io.BytesIO(clerk.get(f"{page}/marked").content))
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_a_path_inside_an_archive_leads_nowhere(clerk: Client, tmp_path: Path) -> None:
    page = send(clerk, macro_in_name(tmp_path))["Location"]
    work()
    assert the_import(page).counts["fresh"] == 3
    assert not (tmp_path.parent / "evil.sh").exists()


@pytest.mark.parametrize("size", [(1 << 20) + 1, 12 << 20])
def test_a_file_beyond_the_limit_never_gets_in(clerk: Client, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, upload_mb=1))
    answer = send(clerk, b"PK" + bytes(size))
    assert answer.status_code == 422
    seen = text(answer)
    assert "最多 1 MB" in seen
    assert 'value="2024-07-01"' in answer.content.decode()
    assert count(Import) == 0


def test_no_file_and_an_empty_one(clerk: Client) -> None:
    for answer in (clerk.post("/imports/new", {"what": "households", "since": "2024-07-01"}), send(clerk, b"")):
        assert answer.status_code == 422
    assert count(Import) == 0


def test_names_that_want_to_be_paths(clerk: Client, tmp_path: Path) -> None:
    data = write(tmp_path / "a.xlsx", office()).read_bytes()
    page = send(clerk, data, name="..\\..\\<script>alert(1)</script>.xlsx")["Location"]
    answer = clerk.get(page)
    assert "<script>alert" not in answer.content.decode()
    assert "/" not in the_import(page).name
