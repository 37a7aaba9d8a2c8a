"""What to write instead of things that one writes naturally and that the language says another way: the tail of a message, in Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from doudi.rules.nodes import Const, Node
from doudi.rules.types import Kind, Type

Advice = tuple[str, str]
"""The tail of a Chinese and of an English sentence; two empty strings where there is nothing to say."""

NONE: Advice = ("", "")
QUOTES: Advice = (
    '；公式外面要加的引号用半角的 "，公式里面不用引号',
    '; quotes around a formula are the plain ", inside it there are none',
)
_A_DATE: Advice = ("；日期写成 2024-01-31", "; a date is written 2024-01-31")
_COUNTED = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+(?:元|角|分|倍|岁|人|个月|月|年|天|次|项|户|套|辆|间)")
_SPAN = re.compile(r"近(?:$|[0-9零一二两三四五六七八九十半])")
_DAY = re.compile(r"(\d+月)?\d+[日号]$|\d+月$")

_WORDS = {
    "不等于": "≠", "不是": "≠", "等于": "=", "大于等于": "≥", "大于或等于": "≥", "不低于": "≥", "不少于": "≥", "不小于": "≥", "至少": "≥",
    "小于等于": "≤", "小于或等于": "≤", "不超过": "≤", "不高于": "≤", "不大于": "≤", "不多于": "≤", "至多": "≤",
    "大于": ">", "高于": ">", "超过": ">", "多于": ">", "小于": "<", "低于": "<", "少于": "<", "不足": "<", "不满": "<",
    "并且": "且", "而且": "且", "同时": "且", "或者": "或", "不属于": "非 (… 属于 …)", "包括": "属于",
    "加": "+", "减": "-", "乘以": "×", "乘": "×", "除以": "÷", "x": "×", "X": "×", "的": "×", "那么": "则", "不然": "否则", "若": "如果",
    "至": "≥ … 且 … ≤", "和": "且", "与": "且",
}  # fmt: skip
_LONGEST_FIRST = sorted(_WORDS, key=len, reverse=True)
FUNCTIONS = {
    "max": "取大(甲, 乙)", "最大值": "取大(甲, 乙)", "min": "取小(甲, 乙)", "最小值": "取小(甲, 乙)",
    "平均": "合计(表.量) ÷ 计数(表)", "avg": "合计(表.量) ÷ 计数(表)", "average": "合计(表.量) ÷ 计数(表)",
    "取整": "四舍五入(量, 元)", "舍去": "向下(量, 元)", "进一": "向上(量, 元)",
    "求和": "合计(表.量)", "总和": "合计(表.量)", "总计": "合计(表.量)", "个数": "计数(表)", "不是": "非 (…)", "存在": "任一(表, 条件)",
    "年龄": "满周岁(出生日期)",
}  # fmt: skip
_CHARACTERS = {
    **dict.fromkeys("'‘’`「」", ("；类别的值不加引号", "; values of a closed list take no quotes")),
    **dict.fromkeys("“”", QUOTES),
    **dict.fromkeys("&|", ("；并且写 且，或者写 或", "; write and, or")),
    **dict.fromkeys("!！", ("；“不”写 非，不等于写 ≠", "; write not, or ≠")),
    **dict.fromkeys("¥￥$", ("；金额写成 1000 元", "; write money as 1000 元")),
    **dict.fromkeys("[]{}【】〔〕", ("；括号只用圆的", "; only round brackets are used")),
    **dict.fromkeys("−–—", ("；减号写 -", "; write minus as -")),
    **dict.fromkeys("∗·•✕⨯", ("；乘号写 ×", "; write times as ×")),
    **dict.fromkeys("≦⩽", ("；写作 ≤", "; write ≤")),
    **dict.fromkeys("≧⩾", ("；写作 ≥", "; write ≥")),
    **dict.fromkeys("~～", ("；写作 ≥ … 且 … ≤", "; write ≥ … and … ≤")),
    "、": ("；并列的各项用逗号隔开", "; put commas between them"),
}  # fmt: skip


def word(rest: str, meant: Callable[[str], bool]) -> Advice:
    """For a run of letters that begins with nothing known. ``meant`` tells whether something known begins what comes after: otherwise the words
    here rather begin a name that is misspelt."""
    if _DAY.match(rest):
        return _A_DATE
    if _SPAN.match(rest):
        return "；写作 近(12 个月)", "; write 近(12 个月)"
    if rest.startswith("百分之"):
        return "；百分数写成 30%", "; percent is written 30%"
    if _COUNTED.match(rest):
        return "；数用 0 至 9 写，如 10000 元、12 个月", "; numbers are written in digits: 10000 元, 12 个月"
    for said in _LONGEST_FIRST:
        if rest.startswith(said):
            after = rest[len(said) :]
            return (f"；“{said}”写作 {_WORDS[said]}", f"; write {_WORDS[said]}") if not after or meant(after) else NONE
    return NONE


def function(name: str) -> Advice:
    wanted = FUNCTIONS.get(name)
    return (f"；写作 {wanted}", f"; write {wanted}") if wanted else NONE


def character(c: str) -> Advice:
    """For a character that means nothing in a formula. What cannot be seen, and what only looks like something else (a radical, a digit of
    another script), is told by its number."""
    if c in _CHARACTERS:
        return _CHARACTERS[c]
    number = f"U+{ord(c):04X}"
    if not c.isprintable() or unicodedata.category(c) in ("Mn", "Me"):
        return f"；这是看不见的字符 {number}，请删去", f"; it is the invisible character {number}: delete it"
    plain = str(unicodedata.decimal(c)) if c.isdecimal() else unicodedata.normalize("NFKC", c)
    if plain != c:
        return f"；这是字符 {number}，请改写成“{plain}”", f"; it is the character {number}: write “{plain}”"
    return NONE


def operator_again(token: str, before: str) -> Advice:
    """For a sign that stands where none may: ``甲 < 乙 < 丙``; ``before`` is the character before it."""
    if before == "=" and token in ("<", ">"):
        return "；大于等于写 ≥ 或 >=，小于等于写 ≤ 或 <=", "; at least is ≥ or >=, at most ≤ or <="
    if token in ("<", ">", "=", "<=", ">=", "≤", "≥", "≠", "==", "!="):
        return "；一次只比两边，如 甲 ≤ 乙 且 乙 < 丙", "; compare two sides at a time, as in a ≤ b and b < c"
    return NONE


def unlike(a: Node | Type, b: Node | Type) -> Advice:
    """For two sides of different types, or a formula of another type than is wanted."""
    kinds = {_type(a).kind, _type(b).kind}
    bare = [x for x in (a, b) if isinstance(x, Const) and x.type.kind in (Kind.INTEGER, Kind.RATIO) and not x.type.unit]
    if Kind.MONEY in kinds and bare:
        return "；金额要写单位，如 1000 元", "; money takes its unit, as in 1000 元"
    if Kind.DATE in kinds and len(kinds) > 1:
        return _A_DATE
    return NONE


def dates_reckoned(a: Type, b: Type) -> Advice:
    """For arithmetic on dates."""
    if Kind.DATE in (a.kind, b.kind):
        return (
            "；两个日期相差几个月写 月数(起, 止)，日期加减几个月写 加月(日期, 月数)",
            "; months between dates are 月数(from, to), a date moved by months is 加月(date, months)",
        )
    return NONE


def _type(x: Node | Type) -> Type:
    return x.type if isinstance(x, Node) else x
