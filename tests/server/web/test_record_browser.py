"""A household's page in a real browser: a fact stated in place, what would follow shown while it is typed, saved, undone; by keyboard alone; on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.server.web.browser import DESK, PHONE, Site, faults, too_wide

NAME = "韦浏览"
expect.set_options(timeout=20_000)
"""The first decision of a day has its rules to compile."""


def registered(page: Page, name: str) -> str:
    """A household of the test's own, by the form; gives its address."""
    page.goto("/household/new")
    page.fill("[name=area]", "第1村")
    page.fill("[name=m0-name]", name)
    page.select_option("[name=m0-sex]", index=1)
    page.fill("[name=m0-born]", "1990-05-01")
    page.get_by_role("button", name=re.compile("登记这一户|Register the household")).click()
    page.wait_for_url(re.compile(r"/household/\d+\?done="))
    return page.url.split("?")[0]


@pytest.fixture
def home(site: Site) -> Iterator[tuple[Page, str]]:
    with site.visit("CLERK") as page:
        yield page, registered(page, NAME)


def opened(page: Page) -> None:
    """The member's facts, and the question for the birth date."""
    page.locator(".facts-of > summary", has_text=NAME).click()
    page.get_by_role("link", name="改 出生日期").click()
    expect(page.locator("form.editor")).to_be_visible()


def test_a_fact_is_stated_in_place_seen_before_it_is_saved_and_undone(home: tuple[Page, str]) -> None:
    page, address = home
    page.goto(address)
    opened(page)
    expect(page.locator("form.editor [name=value]")).to_be_focused()
    page.fill("form.editor [name=value]", "1930-01-01")
    page.select_option("form.editor [name=source]", "核对")
    after = page.locator("form.editor .effect table")
    expect(after).to_contain_text("之后")
    expect(after.locator("tr.turned")).not_to_have_count(0)
    assert faults(page) == []
    page.get_by_role("button", name="保存").dblclick()
    page.wait_for_url(re.compile("done="))
    expect(page.locator("tbody th + td + td + td").first).to_have_text("96")
    page.locator("#done button").click()
    page.wait_for_url(re.compile(f"{address}.*done="))
    expect(page.locator("tbody th + td + td + td").first).to_have_text("36")
    page.goto(address)
    expect(page.locator("#h-past")).to_be_visible()
    assert page.locator("li.undone").count() == 1, "double-clicked, it was stated once"


def test_by_keyboard_alone(home: tuple[Page, str]) -> None:
    page, address = home
    page.goto(address)
    summary = page.locator(".facts-of > summary", has_text=NAME)
    summary.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="改 健在")
    expect(link).to_be_visible()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("form.editor input[value=yes]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("form.editor")).to_have_count(0)
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("form.editor input[value=yes]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("form.editor .effect")).not_to_be_empty()
    for _ in range(40):
        if page.evaluate("document.activeElement.textContent").strip() == "保存":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("done="))


def test_another_window_loses_nothing(site: Site) -> None:
    with site.visit("CLERK") as page:
        address = registered(page, "韦窗口")
        page.goto(f"{address}/fact?name=申请日期")
        page.fill("[name=value]", "2026-02-03")
        page.fill("[name=evidence]", "申请书 9 号")
        other = page.context.new_page()
        other.goto(f"{address}/enrol")
        other.select_option("[name=ledger]", "易地搬迁")
        other.get_by_role("button", name="列入台账").click()
        other.wait_for_url(re.compile("done="))
        page.get_by_role("button", name="保存").click()
        expect(page.locator(".notice.bad")).to_contain_text("易地搬迁")
        expect(page.locator("[name=evidence]")).to_have_value("申请书 9 号")
        expect(page.locator("[name=value]")).to_have_value("2026-02-03")


def test_without_scripts_it_works_too(site: Site) -> None:
    with site.visit("CLERK", scripts=False) as page:
        address = registered(page, "韦素")
        page.get_by_role("link", name="接下来要办的和以往经过").click()
        expect(page.locator("h1")).to_contain_text("接下来和以往")
        page.goto(f"{address}/fact?name=城乡")
        page.select_option("[name=value]", index=1)
        page.get_by_role("button", name="先看会怎样变").click()
        expect(page.locator(".effect")).not_to_be_empty()
        page.get_by_role("button", name="保存").click()
        page.wait_for_url(re.compile("done="))


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_of_the_record_is_accessible_and_fits(site: Site, english: bool, size: dict[str, int]) -> None:
    with site.visit("CLERK", english=english, size=size) as page:
        address = registered(page, "韦合规")
        member = page.locator("table a[href^='/person/']").first.get_attribute("href")
        wrong = []
        acts = (
            "",
            "/course",
            "/facts",
            "/open",
            "/refused",
            "/fact?name=财产",
            "/add-member",
            "/death",
            "/split",
            "/move",
            "/enrol",
        )
        for path in (*(f"{address}{a}" for a in acts), member or "", "/household/new"):
            page.goto(path)
            page.wait_for_load_state("networkidle")
            wrong += [f"{path}: {f}" for f in faults(page)] + ([f"{path}: too wide"] if too_wide(page) else [])
        assert wrong == []
