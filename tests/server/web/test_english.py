"""Both languages are complete: no text of a page stands in one alone, and nothing that a page says of itself is Chinese for an English reader."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from doudi.packs import load
from doudi.packs import names as pack_names
from doudi.server import web
from tests.server.cast import EVERYBODY, NAMES
from tests.server.web.matrix import all_entries
from tests.server.web.test_matrix import world
from tests.server.web.world import World, client_of

__all__ = ["world"]
ROOT = Path(web.__file__).parent
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
CHINESE = re.compile(r"[\u3400-\u9fff\u3001-\u301f\uff01-\uff5e]")
PAIR = re.compile(
    r"""\{%\s*t\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S+)\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S+)"""
)
COLONS = re.compile(r"[、·]")
NAMED = re.compile(
    "|".join(sorted({"韦大山", "覃小花", *NAMES.values(), *(a.name for a in EVERYBODY)}, key=len, reverse=True))
)
"""People and places: they have their own names."""
SUFFIX = 6
"""Characters of a Chinese measure word or particle that English does without."""


def is_english(text: str) -> bool:
    """A sentence may name a column or a paper by its Chinese name."""
    return 3 * len(CHINESE.findall(text)) <= len(re.findall("[A-Za-z]", text))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates/web")))
def test_a_template_says_everything_twice(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    bare = COLONS.sub("", re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", text, flags=re.S))
    bare = re.sub(r'<(\w+)[^>]*lang="zh-CN"[^>]*>.*?</\1>', "", bare, flags=re.S)
    assert not CHINESE.findall(bare), f"{CHINESE.findall(bare)} stands outside {{% t %}}"
    for chinese, english in PAIR.findall(text):
        if english[0] in "\"'":
            said = english[1:-1]
            assert is_english(said) or said == "中文", f"{english} is not English"
            assert said or len(chinese) - 2 <= SUFFIX, f"{chinese} has no English"
    if '{% extends "web/frame.html" %}' in text:
        assert "{% block help %}" in text, "a page has its help in place"


def _positions(call: ast.Call) -> tuple[int, ...]:
    """Which arguments of a call are Chinese and English."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    return {"T": (0, 1), "said": (0, 1), "Field": (1, 2), "Option": (1, 2)}.get(name, ())


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_view_says_everything_twice(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and (at := _positions(node)) and len(node.args) > at[1]:
            chinese, english = (node.args[i] for i in at)
            if isinstance(chinese, ast.Constant) and isinstance(english, ast.Constant):
                assert is_english(str(english.value)), f"line {node.lineno}: {english.value!r} is not English"
                assert english.value or not chinese.value, f"line {node.lineno}: {chinese.value!r} has no English"


class _Said(HTMLParser):
    """What a page says of itself: headings, labels, buttons, heads of columns; what is marked as Chinese is somebody's word."""

    OWN = frozenset({"h1", "h2", "h3", "label", "legend", "button", "summary", "dt", "caption", "thead"})
    EMPTY = frozenset(
        {"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "line", "wbr", "col", "source", "use"}
    )

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool, bool]] = []
        self.found: list[str] = []
        self.misread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.EMPTY:
            return
        _, own, foreign = self.open[-1] if self.open else ("", False, False)
        lang = dict(attrs).get("lang") or ""
        foreign = lang.startswith("zh") or (foreign and not lang)
        # A choice among names is the pack's or the office's word, not the page's.
        own = (own or tag in self.OWN) and tag not in ("select", "textarea")
        self.open.append((tag, own, foreign))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][1] and not self.open[-1][2] and re.search(r"[\u3400-\u9fff]", data):
            self.found.append(data.strip())
        if self.open and self.open[-1][2] and re.search(r"[A-Za-z]{4}", data) and not CHINESE.search(data):
            self.misread.append(data.strip())


def test_no_page_speaks_chinese_of_itself_to_an_english_reader(world: World) -> None:
    wrong = []
    misread: set[str] = set()
    for who in ("CONFIRMING", "POLICY", "AUDITOR", "ADMINISTRATOR"):
        client = client_of(world.who[who], "en")
        for name, entry in all_entries().items():
            if entry.form is None and not entry.alone:
                answer = client.get(entry.paths(world)[0])
                if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                    said = _Said()
                    said.feed(answer.content.decode())
                    wrong += [f"{name}: {text}" for text in said.found if CHINESE.search(NAMED.sub("", text))]
                    misread |= {f"{name}: {text}" for text in said.misread}
    assert not wrong, "\n".join(sorted(set(wrong)))
    # A screen reader would read these out as if they were Chinese.
    assert not misread, "\n".join(sorted(misread))


NUMERALS = re.compile("[第条款项之一二三四五六七八九十㈠-㈩]")
POLICY_PAGES = (
    *("/policy", "/policy/measures", "/policy/documents", "/policy/conflicts", "/policy/standards", "/policy/names", "/policy/cases"),
    "/policy/compare?on2=2016-01-01&on=2026-10-01",
    *(f"/policy/{page}" for page in ("document?name=DH", "document?name=GX", "document?name=XM&pack=xiamen", "document?name=SX&pack=shaanxi")),
    *(f"/policy/{page}" for page in ("document?name=LX&pack=luoxiao", "cases?pack=xiamen", "cases?pack=shaanxi", "cases?pack=luoxiao")),
    *(f"/policy/programme?name={name}" for name in ("低保", "特困供养", "医疗救助", "高龄津贴&pack=xiamen&on=2017-01-01")),
    *("/policy/try?name=低保", "/policy/term?of=人&name=自理丧失项数", "/policy/standard?name=医疗救助比例", "/public/standards?area=451229"),
)  # fmt: skip


class _Main(HTMLParser):
    """The words of a page's main part, but not what stands beside its English as the Chinese name of the thing asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "main"
        self.text += [dict(attrs).get("title") or ""] if self.inside else []

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "main"

    def handle_data(self, data: str) -> None:
        self.text += [data] if self.inside else []


def _chinese(client: Client, path: str, allowed: Iterable[str]) -> set[str]:
    """What is Chinese on a page besides ``allowed``, numerals of clauses, people and places."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    page = _Main()
    page.feed(answer.content.decode())
    whole = "".join(page.text)
    asked = [value for _, value in parse_qsl(urlsplit(path).query)]
    for word in sorted({*allowed, *asked}, key=len, reverse=True):
        whole = whole.replace(word, "")
    return set(CHINESE.findall(NUMERALS.sub("", NAMED.sub("", whole))))


def _told() -> set[str]:
    """How documents and their clauses are found: short names and numbers, which are the same in both languages."""
    packs = [load(name) for name in pack_names()]
    listed = {c.clause for p in packs for book in p.clauses.values() for c in book.clauses}
    return {short for p in packs for short in p.documents} | {x.rstrip("abcdefghijk-") for x in listed} | listed - {""}


def test_the_text_of_the_policy_is_told_in_english(world: World) -> None:
    """Groups, units, notes, cases, hints: what a pack says is English on an English page, not only the page's own words."""
    client, told = client_of(world.who["POLICY"], "en"), _told()
    wrong = {path: found for path in POLICY_PAGES if (found := _chinese(client, path, told))}
    assert wrong == {}


def test_a_worked_case_is_told_in_english(world: World) -> None:
    client, told = client_of(world.who["POLICY"], "en"), _told()
    wrong: dict[str, set[str]] = {}
    for pack in (load(name) for name in ("national", "guangxi", "dahua", "demo")):
        for case in pack.cases[:: len(pack.cases) // 4]:
            people = {e.label for e in case.expect if e.label}
            found = _chinese(client, f"/policy/case?pack={pack.name}&name={case.name}", told | people)
            wrong |= {f"{pack.name}: {case.name}": found} if found else {}
    assert wrong == {}


def test_values_of_people_are_told_in_english(world: World) -> None:
    page = client_of(world.who["CONFIRMING"], "en").get("/ledgers/people").content.decode()
    assert "<td>head</td>" in page
    assert "<td>户主</td>" in client_of(world.who["CONFIRMING"]).get("/ledgers/people").content.decode()
