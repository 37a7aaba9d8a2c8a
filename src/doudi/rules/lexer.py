"""Formula text to tokens: Chinese without spaces, where the longest declared name wins.

A name run such as ``低保标准且财产符合规定`` is cut greedily. Where the same run can also be cut another way, the other cuts are offered to the
parser too (``readings``), and a formula with two readings that both parse is refused: nobody should have to guess what a rule means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from doudi.rules import advice
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
        self._longest_function = max(len(f) for f in FUNCTIONS)
        self.hints: dict[str, tuple[str, str]] = {}
        self.trees: dict[str, object] = {}
        """What the parser made of each formula: the same text means the same with the same names, whatever the date."""

    def readings(self, text: str, where: Where, most: int = 8) -> list[list[Lexeme]]:
        """Every way to cut ``text`` (at most ``most``), the greedy one first. Raises LexError for a character or word that means nothing."""
        pieces: list[list[list[Lexeme]]] = []
        after_number = False
        # all of them first: a character that cannot be seen breaks the word around it, which is not what is amiss
        for kind, word, start in list(_pieces(text, where)):
            if kind == "word":
                pieces.append(self._cuts(text, word, start, after_number, where))
                after_number = False
                continue
            pieces.append([[Lexeme(_SYMBOLS.get(word, kind.upper()), word, start, start + len(word))]])
            after_number = kind == "number"
        return [[lexeme for cut in choice for lexeme in cut] for choice in islice(product(*pieces), most)]

    def _cuts(self, text: str, run: str, start: int, after_number: bool, where: Where) -> list[list[Lexeme]]:
        """The cuts of one run of letters; the greedy one first."""
        head: list[Lexeme] = []
        if after_number:
            unit = next((u for u in UNITS if run.startswith(u)), None)
            if unit is not None:
                head = [Lexeme("UNIT", unit, start, start + len(unit))]
                run, start = run[len(unit) :], start + len(unit)
                if not run:
                    return [head]
        if run in ROUND_UNITS and run not in self.names:
            return [[*head, Lexeme("ROUND_UNIT", run, start, start + len(run))]]
        end = start + len(run)
        called = text[end:].lstrip().startswith("(")
        cuts = list(islice(self._cut(run, 0, called), 8))
        if not cuts:
            if after_number and not head and not self._begins(run):
                raise LexError(_no_unit(run, where.moved(start)))
            raise LexError(self._unknown(run, start, called, where))
        return [head + [Lexeme(kind, run[a:b], start + a, start + b) for kind, a, b in cut] for cut in cuts]

    def _cut(self, run: str, at: int, called: bool, after_name: bool = False) -> Iterator[list[tuple[str, int, int]]]:
        """Complete cuts of ``run`` from ``at``, longest first word first; two names side by side never mean anything and are not tried."""
        if at == len(run):
            yield []
            return
        for length in range(min(self._longest, len(run) - at), 0, -1):
            end = at + length
            if _splits_ascii(run, end):
                continue
            kind = self._kind(run[at:end], called and end == len(run))
            if kind is None or (after_name and kind in ("NAME", "FUNCTION")):
                continue
            for rest in self._cut(run, end, called, kind in ("NAME", "TRUE", "FALSE")):
                yield [(kind, at, end), *rest]

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


def _pieces(text: str, where: Where) -> Iterator[tuple[str, str, int]]:
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
        kind = str(found.lastgroup)
        if kind != "space":
            yield kind, found.group(), at
        at = found.end()
