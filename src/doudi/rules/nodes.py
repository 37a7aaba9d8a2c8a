"""The typed model: what a formula becomes once it is understood. Both evaluators walk these nodes and nothing else.

A node has a value on every row of its entity. That value is an interval of exact rationals ``[lo, hi]`` (see ``Type`` for units);
it is *known* when ``lo == hi``. Truths are intervals too: ``[0,0]`` false, ``[1,1]`` true, ``[0,1]`` unknown; so AND is the least and
OR the greatest of its parts, which is Kleene's logic. ``lo`` and ``hi`` on the node itself are the bounds that hold whatever the
facts are; an unknown value with no better bounds takes exactly those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from doudi.rules.types import TRUTH, Type

Exact = int | Fraction


@dataclass(frozen=True, eq=False, kw_only=True)
class Node:
    """``span`` is the part of the formula's text that the node came from, as (start, end) character positions; (0, 0) when made by the compiler."""

    type: Type
    lo: Exact = 0
    hi: Exact = 1
    span: tuple[int, int] = (0, 0)

    @property
    def parts(self) -> tuple[Node, ...]:
        """The nodes directly below, in the order of writing (row filters and values of tables included)."""
        return ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Const(Node):
    """A value written in the formula, or a date fixed for the whole decision (``label`` is then 基准日 or 所属月)."""

    value: Exact
    label: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Read(Node):
    """A fact or rule of ``entity``: the current row, or the ancestor that the current row belongs to (``户.`` inside 人)."""

    entity: str
    name: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Standard(Node):
    """A plain standard looked up by area, by an optional key (a category) and at a date. No value in force is unknown, with that reason."""

    name: str
    area: Node | None
    key: Node | None
    at: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return tuple(p for p in (self.area, self.key, self.at) if p is not None)


@dataclass(frozen=True, eq=False, kw_only=True)
class Scale(Node):
    """分段 (the band that ``x`` falls in applies) or 累进 (each slice of ``x`` at its own rate) by a standard that holds bands."""

    name: str
    x: Node
    area: Node | None
    key: Node | None
    at: Node
    progressive: bool

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.x, *(p for p in (self.area, self.key, self.at) if p is not None))


@dataclass(frozen=True, eq=False, kw_only=True)
class Not(Node):
    x: Node
    type: Type = TRUTH

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.x,)


@dataclass(frozen=True, eq=False, kw_only=True)
class And(Node):
    xs: tuple[Node, ...]
    type: Type = TRUTH

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.xs


@dataclass(frozen=True, eq=False, kw_only=True)
class Or(Node):
    xs: tuple[Node, ...]
    type: Type = TRUTH

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.xs


CompareOp = Literal["<", "<=", ">", ">=", "=", "!="]


@dataclass(frozen=True, eq=False, kw_only=True)
class Compare(Node):
    op: CompareOp
    a: Node
    b: Node
    type: Type = TRUTH

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.a, self.b)


@dataclass(frozen=True, eq=False, kw_only=True)
class Among(Node):
    """``x 属于 (甲, 乙)``: ``x`` is one of the listed category codes."""

    x: Node
    codes: tuple[int, ...]
    type: Type = TRUTH

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.x,)


@dataclass(frozen=True, eq=False, kw_only=True)
class Inside(Node):
    """``x 属于 大化``: division ``x`` lies in one of ``ranges``, closed ranges of twelve-digit codes. ``label`` is the area's name."""

    x: Node
    ranges: tuple[tuple[int, int], ...]
    label: str
    type: Type = TRUTH

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.x,)


@dataclass(frozen=True, eq=False, kw_only=True)
class Between(Node):
    """``日期 在 近(12 个月)``: ``start <= x < end``, dates."""

    x: Node
    start: Node
    end: Node
    type: Type = TRUTH

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.x, self.start, self.end)


ArithOp = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Arith(Node):
    """Exact arithmetic. ``/`` by zero is unknown, with its own reason, within the node's bounds."""

    op: ArithOp
    a: Node
    b: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.a, self.b)


@dataclass(frozen=True, eq=False, kw_only=True)
class Extreme(Node):
    """取大 and 取小 of two or more values on one row."""

    greatest: bool
    xs: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.xs


RoundMode = Literal["half-up", "down", "up"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Round(Node):
    """To a whole multiple of ``unit`` (fen for money, 1/10000 for ratios, 1 for integers): half-up is floor(x/unit + 1/2), down is floor, up is ceiling."""

    mode: RoundMode
    unit: Exact
    x: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.x,)


@dataclass(frozen=True, eq=False, kw_only=True)
class If(Node):
    c: Node
    a: Node
    b: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.c, self.a, self.b)


DateOp = Literal["age", "months", "add_months", "month_start", "next_month_start"]


@dataclass(frozen=True, eq=False, kw_only=True)
class DateCalc(Node):
    """Calendar arithmetic, see ``doudi.rules.calendar``: age(birth, at), months(from, to), add_months(date, n), month_start(date), next_month_start(date)."""

    op: DateOp
    a: Node
    b: Node | None = None

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.a,) if self.b is None else (self.a, self.b)


TableOp = Literal["count", "sum", "any", "all", "max", "min", "latest"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Table(Node):
    """Something said of the rows of a linked table. ``where`` and ``value`` are evaluated on each row of ``entity`` (whose parent is the current row).

    ``where`` already holds the filter of a view (成员 is 人 where 计入). ``kinds`` are the category codes that the filter confines the
    table's kind column to, or None for any: only their completeness matters. ``by`` orders rows for ``latest`` (the latest
    row's value; equal dates: the later row). max, min and latest of no rows are unknown, with that reason.
    """

    op: TableOp
    entity: str
    where: Node | None
    value: Node | None = None
    by: Node | None = None
    kinds: tuple[int, ...] | None = None
    view: str = ""

    @property
    def parts(self) -> tuple[Node, ...]:
        return tuple(p for p in (self.where, self.value, self.by) if p is not None)


@dataclass(frozen=True, eq=False, kw_only=True)
class Default(Node):
    """缺省(x, value, reason): ``value`` where ``x`` is not known. The result is then an assumption, and remains one in all that follows from it."""

    x: Node
    value: Node
    reason: str

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.x, self.value)


@dataclass(frozen=True, eq=False, kw_only=True)
class Known(Node):
    """已知(x, reason): whether ``x`` is known. "Not known" counts as an assumption, because another paper could change it."""

    x: Node
    reason: str
    type: Type = TRUTH

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.x,)


@dataclass(frozen=True, eq=False, kw_only=True)
class Firm(Node):
    """Where an assumption stops: a truth that rests on one may be false but not true (true becomes unknown); a number becomes its bounds.

    The compiler puts it on what programmes grant, so that nothing assumed can ever lead to 符合 or to a payment. A false that rests on an
    assumption goes on saying so: what asks for its opposite (``非 享受甲``) would otherwise be granted by it.
    """

    x: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.x,)


@dataclass(frozen=True)
class Leaf:
    """A thing that is missing. ``kind`` says what: a fact, the completeness of a table, a standard with no value in force or a stale one,
    a rule with no version in force, a division by zero, or a row asked of an empty table.

    ``entity`` is where it sits (for a table: the parent's entity), ``name`` the fact, table, standard or rule.
    """

    kind: Literal["fact", "table", "standard", "stale", "rule", "zero", "empty"]
    entity: str
    name: str
    detail: str = field(default="", compare=True)


def walk(node: Node) -> Iterator[Node]:
    """``node`` and all below it, from the top."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(top.parts))
