"""Formula text to tokens: Chinese without spaces, where the longest declared name wins.

A run such as ``低保标准且财产符合规定`` is cut greedily. Where the formula can also be cut another way, the other cuts are offered to the parser
too (``readings``), and a formula with two readings that both parse is refused: nobody should have to guess what a rule means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from doudi.rules import advice
from doudi.rules.cuts import Cut, Places, in_turns, longest_first
from doudi.rules.faults import Fault, Where, hint

KEYWORDS: dict[str, str] = {
    "且": "AND", "and": "AND", "或": "OR", "or": "OR", "非": "NOT", "not": "NOT",
    "如果": "IF", "if": "IF", "则": "THEN", "then": "THEN", "否则": "ELSE", "else": "ELSE",
    "属于": "IN", "in": "IN", "在": "WITHIN", "within": "WITHIN", "于": "AT", "at": "AT",
    "是": "TRUE", "真": "TRUE", "true": "TRUE", "否": "FALSE", "假": "FALSE", "false": "FALSE",
    "基准日": "AS_OF", "as_of": "AS_OF", "所属月": "MONTH", "month": "MONTH", "当月": "THIS_MONTH", "this_month": "THIS_MONTH",
}  # fmt: skip

FUNCTIONS: dict[str, str] = {
    "合计": "sum", "sum": "sum", "人数": "count", "计数": "count", "户数": "count", "count": "count",
    "任一": "any", "any": "any", "全部": "all", "all": "all", "最大": "max", "max_of": "max", "最小": "min", "min_of": "min",
    "最近": "latest", "latest": "latest", "取大": "greatest", "greatest": "greatest", "取小": "least", "least": "least",
    "四舍五入": "half-up", "round": "half-up", "向下": "down", "floor": "down", "向上": "up", "ceil": "up",
    "分段": "band", "band": "band", "累进": "slices", "slices": "slices", "缺省": "default", "default": "default",
    "已知": "known", "known": "known", "满周岁": "age", "age": "age", "月数": "months", "months": "months",
    "加月": "add_months", "add_months": "add_months", "当月初": "month_start", "month_start": "month_start",
    "下月初": "next_month_start", "next_month_start": "next_month_start", "近": "last", "last": "last",
}  # fmt: skip

UNITS = (
    "亿元",
    "万元",
    "个月",
    "元",
    "角",
    "分",
    "倍",
    "岁",
    "人",
    "月",
    "天",
    "项",
    "次",
    "年",
    "间",
    "辆",
    "套",
    "户",
    "个",
)
ROUND_UNITS = ("百分之一", "万分之一", "百元", "十元", "元", "角", "分", "个")

_FULL = {
    ord(full): half
    for full, half in zip("（）＋－×＊÷／％＜＞＝，．：；　≤≥≠", "()+-**//%<>=,.:; \u2264\u2265\u2260", strict=True)
}
_FULL |= {ord("０") + i: str(i) for i in range(10)}
_SYMBOLS = {
    "(": "LPAR", ")": "RPAR", ",": "COMMA", ".": "DOT", "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "DIVIDE", "%": "PERCENT", "‰": "PERCENT",
    "<": "LT", ">": "GT", "=": "EQ", "≤": "LE", "≥": "GE", "≠": "NE", "<=": "LE", ">=": "GE", "==": "EQ", "!=": "NE",
}  # fmt: skip
_PATTERN = re.compile(
    r"(?P<space>\s+)|(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<text>\"[^\"]*\"|“[^”]*”)"
    r"|(?P<symbol><=|>=|==|!=|[()+\-*/%‰<>=≤≥≠,.])|(?P<word>[^\W\d]\w*)"
)


_INNER_NUMBER = re.compile(r"(?<=[^\W_0-9A-Za-z年月])[0-9]")


@dataclass(frozen=True, slots=True)
class Lexeme:
    """``kind`` is the grammar's terminal; ``start`` and ``end`` are positions in the formula's text."""

    kind: str
    text: str
    start: int
    end: int


class LexError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.en)
        self.fault = fault


def normalise(text: str) -> str:
    """Full-width forms to half-width, character for character, so that positions stay true."""
    return text.translate(_FULL)


class Lexicon:
    """All words that may stand in a formula: the language's own and the declared names."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        words = dict.fromkeys(self.names, "NAME")
        words |= KEYWORDS
        self._words = words
        self._longest = max((len(w) for w in words), default=1)
        numbered = sorted((n for n in self.names if any(c in "0123456789" for c in n)), key=len, reverse=True)
        self._numbered = re.compile("|".join(map(re.escape, numbered))) if numbered else None
        self.hints: dict[str, tuple[str, str]] = {}
        self.trees: dict[str, object] = {}
        """What the parser made of each formula: the same text means the same with the same names, whatever the date."""

    def readings(self, text: str, where: Where) -> Iterator[list[Lexeme]]:
        """The greedy way to cut ``text``, then every other that could be a formula. Raises LexError for a character or word that means nothing."""
        places: Places = []
        greedy: list[Cut] = []
        # all pieces first: a character that cannot be seen breaks the word around it, which is not what is amiss
        for kind, word, start in list(_pieces(text, where, self._numbered)):
            if kind == "word":
                self._run(text, word, start, where, places, greedy)
            else:
                _one(places, greedy, _SYMBOLS.get(word, kind.upper()), start, start + len(word))
        yield _lexemes(text, greedy)
        if any(len(cuts) > 1 for cuts in places):
            yield from (_lexemes(text, found) for found in in_turns(places) if found != greedy)

    def _run(self, text: str, run: str, start: int, where: Where, places: Places, greedy: list[Cut]) -> None:
        """Adds one run of letters, and the longest words in it to ``greedy``. Raises LexError."""
        after_number = bool(greedy) and greedy[-1][0] == "NUMBER"
        unit = next((u for u in UNITS if run.startswith(u)), "") if after_number else ""
        if unit:
            _one(places, greedy, "UNIT", start, start + len(unit))
            run, start = run[len(unit) :], start + len(unit)
        if not run:
            return
        end = start + len(run)
        if run in ROUND_UNITS and run not in self.names:
            _one(places, greedy, "ROUND_UNIT", start, end)
            return
        first = len(places)
        called = text[end:].lstrip().startswith("(")
        for at in range(len(run)):
            upto = range(min(len(run), at + self._longest), at, -1)
            found = ((e, self._kind(run[at:e], called and e == len(run))) for e in upto if not _splits_ascii(run, e))
            places.append([(kind, start + at, start + e, first + e) for e, kind in found if kind is not None])
        longest = longest_first(places, first)
        if longest is not None:
            greedy += longest
        elif after_number and not unit and not self._begins(run):
            raise LexError(_no_unit(run, where.moved(start)))
        else:
            raise LexError(self._unknown(run, start, called, where))

    def _kind(self, word: str, called: bool) -> str | None:
        if called and word in FUNCTIONS:
            return "FUNCTION"
        return self._words.get(word)

    def _begins(self, run: str) -> bool:
        """Whether a known word begins ``run``."""
        return any(run[:n] in self._words for n in range(1, min(self._longest, len(run)) + 1))

    def _unknown(self, run: str, start: int, called: bool, where: Where) -> Fault:
        """What to say of a run that cannot be cut: name the part after the last word that is known."""
        at = last = 0
        while at < len(run):
            step = next(
                (
                    n
                    for n in range(min(self._longest, len(run) - at), 0, -1)
                    if not _splits_ascii(run, at + n) and self._kind(run[at : at + n], called and at + n == len(run))
                ),
                0,
            )
            if not step:
                break
            last = at if self._kind(run[at : at + step], called=False) == "NAME" else at + step
            at += step
        if not (called and run[at:] in advice.FUNCTIONS):
            zh, en = advice.word(run[at:], lambda after: after[0].isdigit() or self._begins(after))
            if zh:
                said = run[at:]
                return Fault(
                    where.moved(start + at), "unknown-name", f"没有声明过“{said}”{zh}", f"“{said}” is not declared{en}"
                )
        # 低保标淮: 低保 is a name, but what was meant is 低保标准
        at = min(last, at) if at < len(run) else 0
        word = run[at:]
        for keyword in ("且", "或", "则", "否则"):
            cut = word.find(keyword)
            if cut > 0:
                word = word[:cut]
        if called and at + len(word) == len(run):
            zh, en = advice.function(word)
            if not zh:
                zh, en = hint(word, FUNCTIONS)
            return Fault(
                where.moved(start + at),
                "unknown-function",
                f"没有“{word}”这个运算{zh}",
                f"There is no function “{word}”{en}",
            )
        if word not in self.hints:
            self.hints[word] = hint(word, self.names | KEYWORDS.keys())
        zh, en = self.hints[word]
        return Fault(
            where.moved(start + at), "unknown-name", f"没有声明过“{word}”{zh}", f"“{word}” is not declared{en}"
        )


@lru_cache(maxsize=8)
def lexicon_for(names: frozenset[str]) -> Lexicon:
    """The lexicon of ``names``; the last few are kept, with what was read by them."""
    return Lexicon(names)


def _no_unit(run: str, where: Where) -> Fault:
    zh, en = advice.word(run, lambda _: True)
    if not zh:
        units = "、".join(UNITS)
        zh, en = f"；单位有 {units}，别的数不写单位", f"; the units are {units}; other numbers go without"
    return Fault(where, "unknown-unit", f"数后面的“{run}”不是单位{zh}", f"“{run}” after a number is no unit{en}")


def _splits_ascii(run: str, end: int) -> bool:
    """Whether cutting before ``end`` would split a word of ASCII letters."""
    return end < len(run) and run[end - 1].isascii() and run[end].isascii()


def _one(places: Places, greedy: list[Cut], kind: str, start: int, end: int) -> None:
    """Adds a place where only one word can stand."""
    cut = (kind, start, end, len(places) + 1)
    places.append([cut])
    greedy.append(cut)


def _lexemes(text: str, cuts: list[Cut]) -> list[Lexeme]:
    return [Lexeme(kind, text[start:end], start, end) for kind, start, end, _ in cuts]


def _pieces(text: str, where: Where, numbered: re.Pattern[str] | None) -> Iterator[tuple[str, str, int]]:
    """Runs of letters, numbers, signs. A digit after a letter begins a number (``则1元``), unless it belongs to a declared name (``numbered``
    finds those), to an ASCII word or to a date in words, which is told as one."""
    at = 0
    while at < len(text):
        found = _PATTERN.match(text, at)
        if found is None:
            zh, en = advice.character(text[at])
            raise LexError(
                Fault(
                    where.moved(at),
                    "bad-character",
                    f"公式里不能有“{text[at]}”{zh}",
                    f"“{text[at]}” cannot stand in a formula{en}",
                )
            )
        kind, end = str(found.lastgroup), found.end()
        if kind == "word":
            named = [n.span() for n in numbered.finditer(text, at, end)] if numbered else []
            for d in _INNER_NUMBER.finditer(text, at, end):
                if not any(a <= d.start() < b for a, b in named):
                    end = d.start()
                    break
        if kind != "space":
            yield kind, text[at:end], at
        at = end
