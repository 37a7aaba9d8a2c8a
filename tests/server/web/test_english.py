"""Both languages are complete: no text of a page stands in one alone, and nothing that a page says of itself is Chinese for an English reader."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

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


def test_no_page_speaks_chinese_of_itself_to_an_english_reader(world: World) -> None:
    wrong = []
    for who in ("CONFIRMING", "POLICY", "AUDITOR", "ADMINISTRATOR"):
        client = client_of(world.who[who], "en")
        for name, entry in all_entries().items():
            if entry.form is None and not entry.alone:
                answer = client.get(entry.paths(world)[0])
                if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                    said = _Said()
                    said.feed(answer.content.decode())
                    wrong += [f"{name}: {text}" for text in said.found if CHINESE.search(NAMED.sub("", text))]
    assert not wrong, "\n".join(sorted(set(wrong)))
