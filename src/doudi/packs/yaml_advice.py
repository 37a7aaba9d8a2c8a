"""What is wrong with text that is not YAML, as whoever wrote it sees it: a Chinese comma, a tab, a line that does not line up.

YAML's own words for it (“did not find expected key”) name neither the sign nor, often, the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """``line`` and ``column``, from 1, of what has to be mended."""

    line: int
    column: int
    zh: str
    en: str


_KEY = r"^\s*(?:- +)?[^\s：:{}\[\]\"',]+"
_VALUE = r"(?:^\s*|: +|- +|[{,\[] *)"
_SIGNS = tuple(
    (re.compile(pattern), zh, en)
    for pattern, zh, en in (
        (r"^ *(?P<x>\t)", "缩进里有制表符（Tab 键）；缩进只用空格", "there is a tab in the indentation; use spaces only"),
        (r"^ *(?P<x>[\u3000\u00a0])", "缩进里有全角空格；缩进只用半角空格", "there is a wide space in the indentation; use plain spaces"),
        (r"^\s*(?P<x>＃)", "说明文字前面要用半角的 #", "a comment begins with the plain #"),
        (_KEY + r"(?P<x>：)(?!.*: )", "冒号要用半角的，后面空一格", "the colon must be the plain one, with a space behind it"),
        (_KEY + r"(?P<x>:)[^\s:](?!.*: )", "冒号后面要空一格", "a space is needed behind the colon"),
        (r"^\s*(?P<x>-)[^\s\-0-9]", "短横后面要空一格", "a space is needed behind the dash"),
        (r"[{,] *[^\s，,：:{}]+(?P<x>：)", "冒号要用半角的，后面空一格", "the colon must be the plain one, with a space behind it"),
        (r"\{.*(?P<x>[，、；;])\s*[^\s，,：:{}]+: ", "花括号里各项之间要用半角的逗号", "items between braces are parted by the plain comma"),
        (_VALUE + r"(?P<x>[｛［【])", "括号要用半角的 { 或 [", "the bracket must be the plain { or ["),
        (r"[{\[].*(?P<x>[｝］】])\s*$", "括号要用半角的 } 或 ]", "the bracket must be the plain } or ]"),
        (_VALUE + r"(?P<x>[“”‘’「])", "引号要用半角的 \"", "the quotes must be the plain \""),
        (_VALUE + r"(?P<x>[\"'])", "这里的引号没有关上", "the quote here is not closed"),
        (_VALUE + r"(?P<x>[%@`])", "用这个字符开头的文字，整段要加引号", "text that begins with this sign needs quotes around it"),
        (_VALUE + r"(?P<x>\[[^\[\]]*\]|\{[^{}]*\}|▁+) *[^\s,}\]#▁]", "后面还有文字；整段要加引号", "there is more text behind it; the whole needs quotes"),
        (r"^\s*(?:- +)?[^\s{}\[\]]+: +[^\s{\[|>][^{}\[\]]*?(?P<x>:)(?: |$)", "文字里有冒号和空格，整段要加引号", "text with a colon and a space in it needs quotes"),
    )
)  # fmt: skip
"""Slips by their sign, which stands at ``x``, the surest first. Text in quotes and comments are blotted out before."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![^\s{\[,])\'(?:[^\']|\'\')*\'')
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_BLOT = "▁"
_LONGEST = 1_000
"""Characters of a line that are looked at; nobody writes longer ones by hand."""
_CLOSES = {"{": "}", "[": "]"}


def advice(text: str, line: int, column: int, begun: int | None) -> Advice | None:
    """What to mend, or None where nothing known fits.

    ``line`` and ``column``, from 0, are where the reading stopped; ``begun`` the line of the word or bracket that was being read. They are
    looked at, and the line before.
    """
    rows = [_blotted(row[:_LONGEST].rstrip("\r")) for row in text.split("\n")]
    before = next((n for n in range(min(line, len(rows)) - 1, -1, -1) if rows[n].strip(" \t" + _BLOT)), None)
    looked_at = dict.fromkeys(n for n in (begun, line, before) if n is not None and n < len(rows))
    for sign, zh, en in _SIGNS:
        for n in looked_at:
            if (found := sign.search(rows[n])) and (n, found.start("x")) <= (line, column):
                return Advice(n + 1, found.start("x") + 1, zh, en)
    for n in looked_at:
        if (bracket := _bracket(rows[n])) and (n, bracket[0]) <= (line, column):
            return Advice(n + 1, bracket[0] + 1, *bracket[1:])
    if begun is not None and begun < len(rows) and ":" not in rows[begun]:
        where = len(rows[begun]) - len(rows[begun].lstrip())
        return Advice(
            begun + 1, where + 1, "这一行没有冒号；要写成“名称: 内容”", "this line has no colon; write “name: content”"
        )
    return _not_aligned(rows, before, line)


def _blotted(row: str) -> str:
    def blot(found: re.Match[str]) -> str:
        return _BLOT * len(found[0])

    return _COMMENT.sub(lambda m: " " * len(m[0]), _QUOTED.sub(blot, row))


def _bracket(row: str) -> tuple[int, str, str] | None:
    """A bracket that is not closed on its line, or closes nothing."""
    opened: list[tuple[int, str]] = []
    for at, c in enumerate(row):
        if c in _CLOSES:
            opened.append((at, c))
        elif c in _CLOSES.values():
            if not opened:
                return at, f"多了一个“{c}”", f"there is one “{c}” too many"
            if _CLOSES[opened.pop()[1]] != c:
                return at, f"这里的“{c}”与前面的括号不配", f"“{c}” does not fit the bracket before it"
    if not opened:
        return None
    at, c = opened[-1]
    return at, f"“{c}”没有关上", f"“{c}” is not closed"


def _not_aligned(rows: list[str], before: int | None, line: int) -> Advice | None:
    """A line further in than one that has its content already, or out to where no line above begins."""
    if before is None or line >= len(rows):
        return None
    depth, above = _depth(rows[line]), _depth(rows[before])
    further = depth > above and not rows[before].rstrip().endswith((":", "-", "|", ">"))
    nowhere = depth < above and depth not in {_depth(row) for row in rows[:line] if row.strip()}
    if not further and not nowhere:
        return None
    zh = f"这一行与第 {before + 1} 行没有对齐；同一层的各行，左边要对齐"
    en = f"this line is not in line with line {before + 1}; what is on one level begins in one column"
    return Advice(line + 1, depth + 1, zh, en)


def _depth(row: str) -> int:
    return len(row) - len(row.lstrip(" "))
