"""A formula in words: any node, in Chinese (close to how packs are written) and in English; with names, or with the numbers put in.

``TELLERS`` has one entry for each node type; a test fails when one is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from doudi.rules.explain.parts import deciding_operands
from doudi.rules.explain.words import Words
from doudi.rules.nodes import (
    Among,
    And,
    Arith,
    Between,
    Compare,
    Const,
    DateCalc,
    Default,
    Extreme,
    Firm,
    If,
    Inside,
    Known,
    Node,
    Not,
    Or,
    Read,
    Round,
    Scale,
    Standard,
    Table,
)
from doudi.rules.scalar.evaluate import Run
from doudi.rules.scalar.rows import Live
from doudi.rules.types import Kind, Type

# How tightly a phrase holds together; a part that holds less tightly than its whole wants is put in brackets.
LOOSE, OR, AND, NOT, COMPARE, SUM, PRODUCT, TIGHT = range(8)

Told = tuple[str, int]

_COMPARE = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=", "!=": "≠"}
_ARITH = {"+": (" + ", SUM), "-": (" - ", SUM), "*": (" × ", PRODUCT), "/": (" ÷ ", PRODUCT)}
_ROUND: Mapping[str, tuple[str, str]] = {
    "half-up": ("四舍五入", "rounded half up to"),
    "down": ("向下", "rounded down to"),
    "up": ("向上", "rounded up to"),
}
_MONEY_UNITS = {
    1: ("分", "the fen"),
    10: ("角", "the jiao"),
    100: ("元", "the yuan"),
    1_000: ("十元", "tens of yuan"),
    10_000: ("百元", "hundreds of yuan"),
}
_TABLES: Mapping[str, tuple[str, str]] = {
    "count": ("人数", "number of"),
    "sum": ("合计", "sum of"),
    "any": ("任一", "at least"),
    "all": ("全部", "every"),
    "max": ("最大", "greatest"),
    "min": ("最小", "least"),
    "latest": ("最近", "latest"),
}
_MONTHS = Type(Kind.INTEGER, unit="个月")
_LABELS = {"基准日": "the decision date", "所属月": "the month", "当月初": "the first of the month", "下月初": "the first of the next month"}  # fmt: skip


class Teller:
    """Tells nodes in words. With a run and a row the numbers are put in: a name is followed by its value, a choice shows the branch taken."""

    def __init__(self, words: Words, entity: str, run: Run | None = None, row: Live | None = None) -> None:
        self.words, self.zh, self.entity, self.run, self.row = words, words.zh, entity, run, row

    def tell(self, node: Node, at_least: int = LOOSE) -> str:
        """``node`` in words, in brackets where it holds together less tightly than ``at_least``."""
        text, tightness = TELLERS[type(node)](self, node)
        if tightness >= at_least:
            return text
        return f"({text})"

    def pick(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    def quoted(self, name: str) -> str:
        """English labels are phrases of many words, and would run into the formula around them."""
        return name if self.zh or " " not in name else f"“{name}”"

    def inner(self, entity: str) -> Teller:
        """For what is said of the rows of a table; there is no one row whose numbers could be put in."""
        return Teller(self.words, entity)

    def with_value(self, name: str, node: Node) -> str:
        """``name``, followed by the value where numbers are put in."""
        if self.run is None or self.row is None:
            return name
        lo, hi, _ = self.run.of_node(node, self.row)
        value = self.words.natural(node.type, lo, hi)
        return f"{name}（{value}）" if self.zh else f"{name} ({value})"


def _const(t: Teller, node: Const) -> Told:
    if node.label:
        return t.pick(node.label, _LABELS.get(node.label, node.label)), TIGHT
    return t.words.known(node.type, node.value), TIGHT


def _read(t: Teller, node: Read) -> Told:
    label = t.quoted(t.words.label((node.entity, node.name)))
    if node.entity != t.entity:
        label = t.pick(f"{node.entity}.{label}", f"{label} of the {t.words.name(node.entity).lower()}")
    return t.with_value(label, node), TIGHT


def _standard(t: Teller, node: Standard) -> Told:
    return t.with_value(_dated(t, t.quoted(t.words.name(node.name)), node.at), node), TIGHT


def _dated(t: Teller, name: str, at: Node) -> str:
    """A standard is read at the decision date unless the formula says another."""
    if isinstance(at, Const) and at.label == "基准日":
        return name
    day = t.tell(at, TIGHT)
    return t.pick(f"{name} 于 {day}", f"{name} on {day}")


def _scale(t: Teller, node: Scale) -> Told:
    name, x = _dated(t, t.quoted(t.words.name(node.name)), node.at), t.tell(node.x)
    if node.progressive:
        return t.with_value(t.pick(f"累进({x}, {name})", f"{name} applied to each slice of ({x})"), node), TIGHT
    return t.with_value(t.pick(f"分段({x}, {name})", f"{name} for ({x})"), node), TIGHT


def _not(t: Teller, node: Not) -> Told:
    return t.pick("非 ", "not ") + t.tell(node.x, NOT), NOT


def _and(t: Teller, node: And) -> Told:
    return _joined(t, node, t.pick(" 且 ", " and "), AND)


def _or(t: Teller, node: Or) -> Told:
    return _joined(t, node, t.pick(" 或 ", " or "), OR)


def _joined(t: Teller, node: And | Or, sign: str, tightness: int) -> Told:
    """With numbers only the operands that decided are told; of one alone there is nothing to join."""
    xs = list(node.xs) if t.run is None or t.row is None else deciding_operands(t.run, node, t.row)
    if len(xs) == 1:
        return TELLERS[type(xs[0])](t, xs[0])
    return sign.join(t.tell(x, tightness) for x in xs), tightness


def _compare(t: Teller, node: Compare) -> Told:
    return f"{t.tell(node.a, SUM)} {_COMPARE[node.op]} {t.tell(node.b, SUM)}", COMPARE


def _among(t: Teller, node: Among) -> Told:
    names = t.words.categories[node.x.type.category]
    listed = ", ".join(names[code] for code in node.codes)
    return t.tell(node.x, SUM) + t.pick(f" 属于 ({listed})", f" is one of ({listed})"), COMPARE


def _inside(t: Teller, node: Inside) -> Told:
    where = ", ".join(t.words.name(label) for label in node.label.split("、"))
    if t.zh and "、" in node.label:
        where = f"({where})"
    return t.tell(node.x, SUM) + t.pick(f" 属于 {where}", f" lies in {where}"), COMPARE


def _between(t: Teller, node: Between) -> Told:
    x = t.tell(node.x, SUM)
    match node.start, node.end:
        case Const(label="当月初"), Const(label="下月初"):
            return t.pick(f"{x} 在 当月", f"{x} falls in this month"), COMPARE
        case DateCalc(op="add_months", a=a, b=Const(value=back)), end if a is end and back < 0:
            # the last months before a date, as a pack writes it
            months = t.words.known(_MONTHS, -back)
            if isinstance(end, Const) and end.label == "基准日":
                return t.pick(f"{x} 在 近({months})", f"{x} falls in the {months} before the decision date"), COMPARE
            day = t.tell(end)
            return t.pick(f"{x} 在 近({months}, {day})", f"{x} falls in the {months} before ({day})"), COMPARE
    start, end_ = t.tell(node.start, SUM), t.tell(node.end, SUM)
    return t.pick(f"{start} ≤ {x} 且 {x} < {end_}", f"{x} falls from {start} up to, not including, {end_}"), AND


def _arith(t: Teller, node: Arith) -> Told:
    if node.op == "-" and isinstance(node.a, Const) and node.a.value == 0:
        return "-" + t.tell(node.b, TIGHT), SUM
    sign, tightness = _ARITH[node.op]
    # a - (b + c) and a ÷ (b × c) keep their brackets
    right = tightness + 1 if node.op in "-/" else tightness
    return t.tell(node.a, tightness) + sign + t.tell(node.b, right), tightness


def _extreme(t: Teller, node: Extreme) -> Told:
    if t.zh:
        return f"{'取大' if node.greatest else '取小'}({', '.join(t.tell(x) for x in node.xs)})", TIGHT
    listed = ", ".join(t.tell(x) for x in node.xs)
    return f"the {'greatest' if node.greatest else 'least'} of ({listed})", TIGHT


def _round(t: Teller, node: Round) -> Told:
    zh, en = _ROUND[node.mode]
    unit, unit_en = _unit(node)
    return t.pick(f"{zh}({t.tell(node.x)}, {unit})", f"({t.tell(node.x)}) {en} {unit_en}"), TIGHT


def _unit(node: Round) -> tuple[str, str]:
    if node.type.kind is Kind.MONEY and node.unit in _MONEY_UNITS:
        return _MONEY_UNITS[int(node.unit)]
    if node.type.kind is Kind.RATIO and node.unit.numerator == 1:
        return {100: ("百分之一", "the hundredth"), 10_000: ("万分之一", "the ten-thousandth")}.get(
            node.unit.denominator, (f"1/{node.unit.denominator}", f"1/{node.unit.denominator}")
        )
    return ("个", "a whole number") if node.unit == 1 else (f"{node.unit}", f"multiples of {node.unit}")


def _if(t: Teller, node: If) -> Told:
    if t.run is not None and t.row is not None:
        lo, hi, _ = t.run.of_node(node.c, t.row)
        if lo == hi:
            taken = node.a if lo else node.b
            return TELLERS[type(taken)](t, taken)
    c, a, b = t.tell(node.c), t.tell(node.a, COMPARE), t.tell(node.b, LOOSE if isinstance(node.b, If) else COMPARE)
    return t.pick(f"如果 {c} 则 {a} 否则 {b}", f"if {c} then {a}, otherwise {b}"), LOOSE


def _datecalc(t: Teller, node: DateCalc) -> Told:
    a = t.tell(node.a)
    b = "" if node.b is None else t.tell(node.b)
    match node.op:
        case "age":
            at_as_of = isinstance(node.b, Const) and node.b.label == "基准日"
            zh = f"满周岁({a})" if at_as_of else f"满周岁({a}, {b})"
            en = f"age in whole years of one born on ({a})" + ("" if at_as_of else f" at ({b})")
        case "months":
            zh, en = f"月数({a}, {b})", f"whole months from ({a}) to ({b})"
        case "add_months":
            zh, en = f"加月({a}, {b})", f"({a}) moved by ({b}) months"
        case "month_start":
            zh, en = f"当月初({a})", f"first day of the month of ({a})"
        case _:
            zh, en = f"下月初({a})", f"first day of the month after ({a})"
    return t.with_value(t.pick(zh, en), node), TIGHT


def _table(t: Teller, node: Table) -> Told:
    inner = t.inner(node.entity)
    condition = written_condition(t.words, node)
    said = "" if condition is None else inner.tell(condition)
    value = "" if node.value is None else inner.tell(node.value)
    word = t.words.name(node.view or node.entity)
    zh, en = _TABLES[node.op]
    if t.zh:
        parts = {
            "count": [word, said],
            "any": [word, said],
            "all": [word, value, said],
            "latest": [f"{word}.{value}", "" if node.by is None else inner.tell(node.by), said],
        }.get(node.op, [f"{word}.{value}", said])
        return t.with_value(f"{zh}({', '.join(p for p in parts if p)})", node), TIGHT
    rows = word
    where = f" where {said}" if said else ""
    match node.op:
        case "count":
            told = f"{en} ({rows}{where})"
        case "any":
            told = f"{en} one of ({rows}{where})"
        case "all":
            told = f"{en} one of ({rows}{where}): {value}"
        case "latest":
            by = "" if node.by is None else f" by {inner.tell(node.by)}"
            told = f"{en} ({value}){by} among ({rows}{where})"
        case _:
            told = f"{en} ({value}) over ({rows}{where})"
    return t.with_value(told, node), TIGHT


def written_condition(words: Words, node: Table) -> Node | None:
    """The condition on the rows as the formula has it: what the name of a view already says is left out."""
    if node.where is None or (isinstance(node.where, Const) and node.where.value == 1):
        return None
    if node.view not in words.views:
        return node.where
    if not isinstance(node.where, And):
        return None
    rest = node.where.xs[1:]
    return rest[0] if len(rest) == 1 else And(xs=rest)


def _default(t: Teller, node: Default) -> Told:
    x, value = t.tell(node.x), t.tell(node.value)
    told = t.pick(f"缺省({x}, {value}, “{node.reason}”)", f"({x}), or ({value}) if that is not known: “{node.reason}”")
    return told, TIGHT


def _known(t: Teller, node: Known) -> Told:
    told = t.pick(f"已知({t.tell(node.x)}, “{node.reason}”)", f"whether ({t.tell(node.x)}) is known: “{node.reason}”")
    return t.with_value(told, node), TIGHT


def _firm(t: Teller, node: Firm) -> Told:
    return TELLERS[type(node.x)](t, node.x)


TELLERS: dict[type[Node], Callable[[Teller, Any], Told]] = {
    Const: _const,
    Read: _read,
    Standard: _standard,
    Scale: _scale,
    Not: _not,
    And: _and,
    Or: _or,
    Compare: _compare,
    Among: _among,
    Inside: _inside,
    Between: _between,
    Arith: _arith,
    Extreme: _extreme,
    Round: _round,
    If: _if,
    DateCalc: _datecalc,
    Table: _table,
    Default: _default,
    Known: _known,
    Firm: _firm,
}


def in_words(words: Words, node: Node, entity: str) -> str:
    """A formula of ``entity`` in words."""
    return Teller(words, entity).tell(node)


def with_numbers(words: Words, node: Node, run: Run, row: Live) -> str:
    """The same with what was put in on one row."""
    return Teller(words, row.entity, run, row).tell(node)
