"""How far a comparison was from turning, as a sentence: ``人均月收入 高出低保月标准 12.40 元``."""

from __future__ import annotations

from doudi.rules.explain.parts import deciding_comparison
from doudi.rules.explain.phrases import Teller
from doudi.rules.explain.words import Words
from doudi.rules.nodes import Compare, Const, Exact, Node
from doudi.rules.scalar.evaluate import Run
from doudi.rules.scalar.rows import Live
from doudi.rules.types import Kind


def margin(words: Words, run: Run, node: Node, r: Live) -> str:
    """For a truth that comes down to one comparison of amounts or dates; "" for any other, and where the bounds do not tell which side is greater."""
    found = deciding_comparison(run, node, r)
    return "" if found is None else margin_of(words, run, *found)


def margin_of(words: Words, run: Run, compare: Compare, row: Live) -> str:
    alo, ahi, _ = run.of_node(compare.a, row)
    blo, bhi, _ = run.of_node(compare.b, row)
    known = alo == ahi and blo == bhi
    gap: Exact
    if alo > bhi:
        gap = alo - bhi
    elif ahi < blo:
        gap = ahi - blo
    elif known:
        gap = 0
    else:
        return ""
    teller = Teller(words, row.entity)
    a, b = teller.tell(compare.a), teller.tell(compare.b)
    size = words.gap(compare.a.type, gap if gap > 0 else -gap)
    date, fixed = compare.a.type.kind is Kind.DATE, isinstance(compare.b, Const)
    if words.zh:
        return _zh(a, b, size, gap, known, date, fixed)
    return _en(a, b, size, gap, known, date)


def _zh(a: str, b: str, size: str, gap: Exact, known: bool, date: bool, fixed: bool) -> str:
    if gap == 0:
        return f"{a} 正好等于 {b}"
    least = "" if known else "至少"
    if date or fixed:
        word = ("晚" if gap > 0 else "早") if date else ("多" if gap > 0 else "少")
        return f"{a} 比 {b} {least}{word} {size}"
    return f"{a} {least}{'高出' if gap > 0 else '低于'}{b} {size}"


def _en(a: str, b: str, size: str, gap: Exact, known: bool, date: bool) -> str:
    if gap == 0:
        return f"{a} is exactly {b}"
    least = "" if known else "at least "
    word = ("after" if gap > 0 else "before") if date else ("above" if gap > 0 else "below")
    return f"{a} is {least}{size} {word} {b}"
