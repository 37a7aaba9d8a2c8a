"""Every page of the table in a real browser: nothing for axe to find, nothing wider than a phone, no error, no weight, both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, Page

from tests.server.web.browser import DESK, PHONE, Site, faults, too_wide

START = {
    "CLERK": ["/", "/find", "/me"],
    "POLICY": ["/"],
    "AUDITOR": ["/"],
    "ADMINISTRATOR": ["/", "/officials/new", "/divisions/import"],
    "": ["/sign-in", "/style", "/health"],
}
"""Where each visitor's walk begins; it goes on through the links of the pages, one of each kind."""
MOST = 150_000
"""Bytes of a first page, with its style, scripts and pictures."""
_NUMBERED = re.compile(r"\d+")


def walked(page: Page, ways: list[str], seen: set[str]) -> list[str]:
    """What is wrong on the pages that can be reached from ``ways``, one of each kind that is not in ``seen`` yet."""
    wrong: list[str] = []
    while ways:
        way = ways.pop(0)
        kind = _NUMBERED.sub("N", way.split("?")[0])
        if kind in seen:
            continue
        seen.add(kind)
        try:
            answer = page.goto(way)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            if (status := page.context.request.get(way).status) != 200:
                wrong.append(f"{way}: {status}")
            continue
        assert answer is not None
        if answer.status >= 400:
            wrong.append(f"{way}: {answer.status}")
            continue
        if "html" not in answer.headers.get("content-type", ""):
            continue
        if too_wide(page):
            wrong.append(f"{way}: wider than a phone")
        wrong += [f"{way}: {f}" for f in faults(page)]
        links = page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.getAttribute('href'))")
        ways += [h.split("#")[0] for h in links if not h.startswith("/static/")]
    return wrong


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_every_page_is_in_order(site: Site, english: bool) -> None:
    wrong, seen = [], set[str]()
    for who, ways in START.items():
        with site.visit(who, english=english, size=PHONE) as page:
            wrong += [f"{who} {w}" for w in walked(page, list(ways), seen)]
    assert len(seen) > 40
    assert not wrong, "\n".join(wrong)


def test_a_first_page_is_light(site: Site) -> None:
    with site.visit("CLERK", size=DESK) as page:
        weights: list[int] = []
        page.on("response", lambda r: weights.append(len(r.body())) if r.ok else None)
        page.goto("/")
        page.wait_for_load_state("networkidle")
    assert 0 < sum(weights) <= MOST, weights


def test_search_by_keyboard_alone(site: Site) -> None:
    with site.visit("CLERK") as page:
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "q":
                break
        page.keyboard.type("wds")
        page.keyboard.press("Enter")
        page.wait_for_selector("main table")
        assert "韦大山" in page.inner_text("main")
        assert "wds" not in page.url


def test_a_form_is_not_sent_without_a_network(site: Site) -> None:
    with site.visit("CLERK") as page:
        page.goto("/")
        page.context.set_offline(True)
        page.fill("#q", "韦")
        page.press("#q", "Enter")
        page.wait_for_selector("#told .notice")
        assert "没有网络" in page.inner_text("#told")
        assert page.input_value("#q") == "韦"
        page.context.set_offline(False)
        page.press("#q", "Enter")
        page.wait_for_selector("main table")
