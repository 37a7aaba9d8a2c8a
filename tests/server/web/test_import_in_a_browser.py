"""The whole wizard in a real browser: the bar moves by itself, the page goes on by itself, and the same without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page

from tests.server.cast import OTHER_VILLAGE
from tests.server.exchange.ledgers import many, write
from tests.server.web.browser import PHONE, Site, faults, too_wide


def look(page: Page) -> None:
    assert faults(page) == []
    assert not too_wide(page)


def hand_in(page: Page, file: Path) -> None:
    """Step 1. The ledger is of the other township, where no other test looks."""
    page.goto("/imports/new?what=households")
    page.select_option("[name=source]", index=1)
    page.set_input_files("[name=file]", str(file))
    page.click("main form.form button")


def test_from_the_file_to_the_result(site: Site, tmp_path: Path) -> None:
    sheets = many(40)
    for rows in (sheets["家庭"], sheets["成员"]):
        rows[0][-1] = rows[0][-1].replace("关系", "与户主的联系")
    for row in sheets["家庭"][1:]:
        row[0], row[1] = f"W{row[0]}", OTHER_VILLAGE
    for row in sheets["成员"][1:]:
        row[0] = f"W{row[0]}"
    sheets["家庭"][3][2] = "乡下"
    file = write(tmp_path / "大化镇台账.xlsx", sheets)
    with site.visit("OTHER_TOWN", size=PHONE) as page:
        page.goto("/imports")
        look(page)
        hand_in(page, file)
        # Nobody presses anything: when the look has ended the page says what it found.
        page.wait_for_selector("text=导入后会怎样", timeout=60_000)
        assert "与户主的联系" in page.inner_text(".notice")
        look(page)
        page.click("text=对应表头 >> nth=-1")
        page.select_option("select >> nth=-1", "关系")
        look(page)
        page.click("text=保存并重新预览")
        page.wait_for_selector("text=确认，导入 39 户", timeout=60_000)
        assert "有错、扣留（户）1" in re.sub(r"\s+", "", page.inner_text(".figures"))
        assert "不在允许的取值里" in page.inner_text("main")
        with page.expect_download() as fetched:
            page.click("text=下载退回的工作簿")
        fetched.value.save_as(tmp_path / "returned.xlsx")
        assert openpyxl.load_workbook(tmp_path / "returned.xlsx")["家庭"]["C4"].value == "乡下"
        page.dblclick("text=确认，导入 39 户")
        page.wait_for_selector("text=导入的结果", timeout=90_000)
        assert page.inner_text(".figures dd").startswith("39")
        look(page)
        page.go_back()
        page.goto("/jobs")
        look(page)
        assert page.inner_text("main").count("看导入结果") == 1


def test_without_scripts_the_page_goes_on_too(site: Site, tmp_path: Path) -> None:
    sheets = many(3)
    for row in sheets["家庭"][1:]:
        row[0], row[1] = f"S{row[0]}", OTHER_VILLAGE
    for row in sheets["成员"][1:]:
        row[0] = f"S{row[0]}"
    # People of the other test: held back, and that is told; here only the way matters.
    with site.visit("OTHER_TOWN", english=True, scripts=False) as page:
        hand_in(page, write(tmp_path / "小台账.xlsx", sheets))
        page.wait_for_selector("text=What the import would do", timeout=60_000)
        page.click("text=Give up >> nth=0") if page.query_selector("button:has-text('Give up')") else page.click(
            "text=End this import"
        )
        page.wait_for_selector("text=Given up; the file was deleted.")
