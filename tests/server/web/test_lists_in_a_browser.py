"""Ledgers, lists and suspected doubles in a real browser: many lines ticked at once, a pair decided by its access key, nothing for axe to find."""

from __future__ import annotations

import re

import pytest

from tests.server.web.browser import PHONE, Site, faults, too_wide

LISTED = "/lists?list=%E5%BA%94%E4%BF%9D%E6%9C%AA%E4%BF%9D&state=all"
"""Of any state: the world's own screening may have closed what was put there."""


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_pages_are_in_order_on_a_phone(site: Site, english: bool) -> None:
    wrong: list[str] = []
    with site.visit("CLERK", english=english, size=PHONE) as page:
        page.goto("/duplicates")
        pair = page.get_attribute("a[href^='/duplicates/']", "href")
        page.goto(LISTED)
        item = page.get_attribute("a[href^='/lists/item/']", "href")
        assert pair
        assert item
        ways = [
            "/ledgers", "/ledgers/households?open=1", "/ledgers/people?age_from=1", "/ledgers/households?people_from=x", "/lists", LISTED, item,
                "/lists/runs", "/lists/compare", "/duplicates", pair]  # fmt: skip
        for way in ways:
            page.goto(way)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            if too_wide(page):
                wrong.append(f"{way}: wider than a phone")
            wrong += [f"{way}: {f}" for f in faults(page)]
    assert not wrong, "\n".join(wrong)


def test_many_lines_are_ticked_and_looked_at_by_keyboard(site: Site) -> None:
    with site.visit("CLERK") as page:
        page.goto("/ledgers/households")
        lines = page.locator("input[name=ids]").count()
        page.focus("input[data-all=ids]")
        page.keyboard.press("Space")
        assert page.locator("input[name=ids]:checked").count() == lines > 0
        page.focus("details.bulk > summary")
        page.keyboard.press("Enter")
        page.select_option("[name=to]", "受灾")
        page.fill("[name=why]", "汛后排查")
        page.focus("details.bulk button")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/ledgers/choice/\d+$"))
        assert f"确认办理 {lines}" in page.inner_text("main")
        assert not faults(page)


def test_a_search_by_name_stays_out_of_the_address_and_can_be_turned(site: Site) -> None:
    with site.visit("CLERK", scripts=False) as page:
        page.goto("/ledgers/households")
        page.fill("[name=q] >> nth=-1", "韦大山")
        page.click(".filters > button")
        assert "韦大山" in page.inner_text("main table")
        assert page.url.endswith("/ledgers/households")


def test_a_pair_is_decided_by_buttons_with_access_keys(site: Site) -> None:
    with site.visit("CLERK") as page:
        page.goto("/duplicates")
        page.click("main table a")
        page.wait_for_url(re.compile(r"/duplicates/\d+"))
        assert {b.get_attribute("accesskey") for b in page.locator("[accesskey]").all()} == {"s", "d", "l"}
        page.click("[accesskey=s]")
        page.wait_for_selector("text=合并后是这样")
        assert not faults(page)
