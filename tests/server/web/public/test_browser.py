"""The whole way through “What can my family get?” in a real browser: on a phone, by keyboard alone, by link, backwards, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.server.web.browser import DESK, PHONE, Site, faults, too_wide

MOST = 70
WORDS = {
    False: {"start": "开始", "go": "继续", "add": "加上", "done": "没有了", "none_there": "一个也没有", "told": "您说过的", "back": "上一题"},
    True: {"start": "Start", "go": "Continue", "add": "Add", "done": "That is all", "none_there": "There are none", "told": "What you said", "back": "Back"},
}  # fmt: skip


def press(page: Page, text: str) -> None:
    page.locator(f"main button:not(.unseen):has-text('{text}')").first.click()
    page.wait_for_load_state("load")


def fill(page: Page, words: dict[str, str], seen: set[str]) -> None:
    """Answers the question on the page: places and choices by the first that there is, people by none, one disability, one income."""
    question = page.locator("input[name=q]").last.input_value()
    seen.add(question.partition("@")[0])
    if question in ("人.残疾", "人.收入"):
        page.locator("input[name=who]").first.check()
        press(page, words["go"])
    elif page.locator("input[name=k]").count():
        page.locator("input[name=k]").first.check()
        page.locator(".amount input").first.fill("3000-5000")
        press(page, words["go"])
    elif page.locator("input[name=none]").count():
        page.locator("input[name=none]").check()
        press(page, words["go"])
    elif question == "户.人@" and page.locator(".added li").count() < 3:
        n = page.locator(".added li").count()
        page.locator("input[name=关系]").nth((0, 1, 5)[n]).check()
        page.fill("[name=出生日期-y]", ("1950", "1953", "2016")[n])
        page.fill("[name=出生日期-m]", "3")
        press(page, words["add"])
    elif question.startswith("人.残疾@") and not page.locator(".added li").count():
        page.locator("input[name=类别]").first.check()
        page.locator("input[name=等级]").first.check()
        press(page, words["add"])
    elif page.locator(".added li").count():
        press(page, words["done"])
    elif page.locator(f"button:has-text('{words['none_there']}')").count():
        press(page, words["none_there"])
    else:
        county = page.locator("input[type=radio][value='in:451229'], input[type=radio][value^='451229']")
        (county if county.count() else page.locator("main input[type=radio]")).first.check()
        press(page, words["go"])


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_the_whole_way_on_a_phone(site: Site, english: bool) -> None:
    words, wrong, seen, shapes = WORDS[english], [], set[str](), set[str]()
    with site.visit(english=english, size=PHONE) as page:
        page.goto("/can-get")
        wrong += [f"start: {f}" for f in faults(page)]
        press(page, words["start"])
        for _ in range(MOST):
            if page.locator(".result").count():
                break
            question = page.locator("input[name=q]").last.input_value()
            shape = "".join(
                sorted(
                    {
                        str(e)
                        for e in page.eval_on_selector_all(
                            "main form input", "all => all.map(e => e.type + (e.name[0] || ''))"
                        )
                    }
                )
            )
            if shape not in shapes:
                shapes.add(shape)
                wrong += [f"{question}: {f}" for f in faults(page)]
            if too_wide(page):
                wrong.append(f"{question}: wider than a phone")
            fill(page, words, seen)
        assert page.locator(".result").count(), "no answer at the end"
        wrong += [f"answer: {f}" for f in faults(page)]
        wrong += ["answer: wider than a phone"] if too_wide(page) else []
        assert page.url.partition("#")[0].endswith("/can-get")
        link = page.evaluate("location.origin + '/can-get#a=' + document.querySelector('.asking').dataset.link")
        heads = page.locator("h3").all_inner_texts()
        paper = page.pdf(format="A4")
    assert not wrong, "\n".join(wrong)
    assert {"户.户籍地", "户.人", "人.收入", "人.残疾", "户.财产"} <= seen
    assert paper.startswith(b"%PDF")
    sent: list[str] = []
    with site.visit(english=english) as page:
        page.on("request", lambda r: sent.append(f"{r.method} {r.url} {r.headers.get('referer', '')}"))
        page.goto(link)
        page.wait_for_selector(".result")
        assert page.locator("h3").all_inner_texts() == heads
    fragment = link.partition("#a=")[2]
    assert all("#" not in s and fragment[:40] not in s for s in sent), "no address that is sent holds the answers"


def test_by_keyboard_alone(site: Site) -> None:
    with site.visit() as page:
        page.goto("/can-get")
        _tab_to(page, "main button")
        page.keyboard.press("Enter")
        page.wait_for_selector("input[name=v]")
        _tab_to(page, "#find")
        page.keyboard.type("岩滩")
        page.keyboard.press("Enter")
        page.wait_for_selector("input[value='451229103']")
        assert page.locator("input[value='451229103']").is_checked(), "the only place of that name"
        _tab_to(page, "button[value=go]:not(.unseen)")
        page.keyboard.press("Enter")
        page.wait_for_selector("input[value=农村]")
        _tab_to(page, "input[name=v]")
        page.keyboard.press("ArrowDown")
        assert page.locator("input[value=农村]").is_checked()
        page.keyboard.press("Enter")
        page.wait_for_selector("input[name=within]", state="attached")
        _tab_to(page, "button[value=skip]")
        page.keyboard.press("Enter")
        page.wait_for_selector("input[name=关系]")
        assert page.locator("h1").inner_text() == "家里有哪些人？"


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_the_browsers_own_back_and_reading_again(site: Site) -> None:
    with site.visit(size=DESK) as page:
        page.goto("/can-get")
        press(page, "开始")
        while page.locator("h1").inner_text() != "家里有哪些人？":
            fill(page, WORDS[False], set())
        page.go_back()
        page.wait_for_function("document.querySelector('h1').innerText === '您家现在住在哪里？'")
        page.reload()
        page.wait_for_function("document.querySelector('h1').innerText === '您家现在住在哪里？'")
        while page.locator("h1").inner_text() != "家里有哪些人？":
            fill(page, WORDS[False], set())


def test_a_broken_link_and_an_old_one(site: Site) -> None:
    for fragment in ("a=%%%", "a=eyJ2IjowfQ", "a=" + "A" * 200):
        with site.visit() as page:
            page.goto(f"/can-get#{fragment}")
            page.wait_for_selector("[data-broken]")
            assert not faults(page)
            press(page, "重新开始")
            assert "户口在哪里" in page.locator("h1").inner_text()


def test_without_scripts(site: Site) -> None:
    with site.visit(size=PHONE, scripts=False) as page:
        page.goto("/can-get")
        press(page, "开始")
        while page.locator("h1").inner_text() != "家里有哪些人？":
            fill(page, WORDS[False], set())
        press(page, "上一题")
        assert page.locator("main input[type=radio]:checked").count() == 1
        press(page, "先看看现在的结果")
        assert page.locator(".result").count() == 1
        assert not re.search(r"[?&](answers|v|q)=", page.url)


def test_none_and_somebody_exclude_each_other(site: Site) -> None:
    with site.visit() as page:
        page.goto("/can-get")
        press(page, "开始")
        while not page.locator("input[name=none]").count():
            fill(page, WORDS[False], set())
        page.locator("input[name=who]").first.check()
        page.locator("input[name=none]").check()
        assert not page.locator("input[name=who]").first.is_checked()
        page.locator("input[name=who]").first.check()
        assert not page.locator("input[name=none]").is_checked()


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_the_standards_on_a_phone(site: Site, english: bool) -> None:
    with site.visit(english=english, size=PHONE) as page:
        page.goto("/public/standards")
        assert not faults(page)
        assert not too_wide(page)
        page.fill("[name=q]", "低保")
        page.keyboard.press("Enter")
        page.wait_for_url("**/public/standards?**")
        assert page.locator("tbody").count() >= 1
