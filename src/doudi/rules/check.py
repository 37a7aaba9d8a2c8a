"""A parsed formula to typed nodes: what each name means here, whether the types fit, and which area and key a standard is looked up by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from doudi.rules import advice, literals
from doudi.rules.calendar import month_start, next_month_start, to_day
from doudi.rules.declared import Text
from doudi.rules.faults import Fault, hint
from doudi.rules.fit import arithmetic, comparable, join
from doudi.rules.lookups import find_standard, standard
from doudi.rules.nodes import (
    Among,
    And,
    Between,
    Compare,
    CompareOp,
    Const,
    DateCalc,
    If,
    Inside,
    Node,
    Not,
    Or,
    Read,
)
from doudi.rules.scope import Key, Names
from doudi.rules.syntax import Binary, Call, Choice, Day, Name, Num, Set, Span, Tree, Unary, Word
from doudi.rules.types import DATE, INTEGER, TRUTH, Kind, Type

_COMPARE: dict[str, CompareOp] = {"LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "=", "NE": "!="}


class CheckError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.en)
        self.fault = fault


@dataclass
class Checker:
    """Checks one formula on the rows of ``entity``. ``reads`` collects the variables it needs, ``standards`` the standards."""

    names: Names
    text: Text
    entity: str
    as_of: date
    month: date
    filter_of: Callable[[str], Node]
    reads: set[Key] = field(default_factory=set)
    standards: set[str] = field(default_factory=set)

    # --- faults -----------------------------------------------------------------------------------------------------

    def fail(self, span: Span, code: str, zh: str, en: str) -> CheckError:
        return CheckError(Fault(self.text.at(span[0]), code, zh, en))

    def shown(self, span: Span) -> str:
        return self.text.source[span[0] : span[1]]

    # --- entry ------------------------------------------------------------------------------------------------------

    def formula(self, tree: Tree, wanted: Type) -> Node:
        """The node of a whole formula that must have type ``wanted``. Raises CheckError."""
        node = self.node(tree, wanted)
        return self.fits(node, wanted, tree.span)

    def fits(self, node: Node, wanted: Type, span: Span) -> Node:
        """``node`` where it can stand for ``wanted`` (a bare 0 fits every number, a bare count every unit); raises CheckError otherwise."""
        joined = join(node, wanted)
        if joined is None:
            zh, en = advice.unlike(node, wanted)
            raise self.fail(
                span,
                "type",
                f"这里要的是{wanted}，“{self.shown(span)}”却是{node.type}{zh}",
                f"{wanted.kind.name.lower()} is wanted here, but “{self.shown(span)}” is {node.type.kind.name.lower()} ({node.type}){en}",
            )
        return joined

    def truth(self, tree: Tree) -> Node:
        return self.fits(self.node(tree, TRUTH), TRUTH, tree.span)

    # --- dispatch ---------------------------------------------------------------------------------------------------

    def node(self, tree: Tree, expected: Type | None = None) -> Node:
        match tree:
            case Num():
                return self._number(tree)
            case Day():
                return self._day(tree)
            case Word():
                return self._word(tree)
            case Name():
                return self._name(tree, expected)
            case Unary(op="NOT"):
                return Not(x=self.truth(tree.x), span=tree.span)
            case Unary():
                zero = Const(type=INTEGER, value=0)
                return self._arith("MINUS", zero, self.node(tree.x, expected), tree.span)
            case Choice():
                return self._choice(tree, expected)
            case Set():
                return self._set(tree)
            case Binary():
                return self._binary(tree)
            case Call():
                from doudi.rules.functions import call

                return call(self, tree, expected)

    def _number(self, tree: Num) -> Node:
        try:
            value, kind = literals.number(tree.text, tree.unit)
        except ValueError:
            written = self.shown(tree.span)
            raise self.fail(
                tree.span,
                "not-whole",
                f"“{written}”不是整分或整数",
                f"“{written}” is not a whole number of fen or things",
            ) from None
        exact = value.numerator if value.denominator == 1 else value
        return Const(type=kind, value=exact, span=tree.span)

    def _day(self, tree: Day) -> Node:
        try:
            return Const(type=DATE, value=to_day(date.fromisoformat(tree.text)), span=tree.span)
        except ValueError:
            raise self.fail(tree.span, "bad-date", f"没有“{tree.text}”这一天", f"There is no day {tree.text}") from None

    def _word(self, tree: Word) -> Node:
        match tree.kind:
            case "TRUE" | "FALSE":
                return Const(type=TRUTH, value=int(tree.kind == "TRUE"), span=tree.span)
            case "AS_OF":
                return Const(type=DATE, value=to_day(self.as_of), label="基准日", span=tree.span)
            case "MONTH":
                return Const(type=DATE, value=to_day(self.month), label="所属月", span=tree.span)
        zh, en = advice.QUOTES if tree.kind == "TEXT" else advice.NONE
        zh, en = f"“{tree.text}”不能单独用在这里{zh}", f"“{tree.text}” cannot stand here by itself{en}"
        raise self.fail(tree.span, "misplaced", zh, en)

    # --- names ------------------------------------------------------------------------------------------------------

    def _name(self, tree: Name, expected: Type | None) -> Node:
        if len(tree.parts) == 2:
            return self._qualified(tree)
        (word,) = tree.parts
        key = (self.entity, word)
        if key in self.names.variables:
            return self.read(key, tree.span)
        if word in self.names.standards:
            return standard(self, word, None, tree.span)
        if word in self.names.values:
            return self._value(word, expected, tree.span)
        raise self._stray(word, tree.span)

    def _stray(self, word: str, span: Span) -> CheckError:
        """The fault for a declared word that cannot stand bare on this entity's rows."""
        owners = self.names.by_name.get(word, [])
        for owner in self.names.ancestors(self.entity)[1:]:
            if owner in owners:
                return self.fail(
                    span,
                    "outer-name",
                    f"“{word}”是{owner}的，请写“{owner}.{word}”",
                    f"“{word}” belongs to {owner}: write “{owner}.{word}”",
                )
        if owners:
            listed = "、".join(owners)
            return self.fail(
                span,
                "wrong-entity",
                f"“{word}”是{listed}的，这里说的是{self.entity}；要用合计、任一等从表里取",
                f"“{word}” belongs to {listed}, but this formula speaks of {self.entity}; take it from the table by a sum, count or test",
            )
        if word in self.names.areas:
            return self.fail(
                span, "misplaced", f"地区“{word}”只能用在“属于”之后", f"The area “{word}” may only follow 属于 (in)"
            )
        zh, en = self.names.hint(word, self.entity)
        return self.fail(span, "unknown-name", f"“{word}”在这里不是量{zh}", f"“{word}” is not a value here{en}")

    def _qualified(self, tree: Name) -> Node:
        owner, word = tree.parts
        if owner in self.names.ancestors(self.entity):
            if (owner, word) in self.names.variables:
                return self.read((owner, word), tree.span)
            mine = [name for (entity, name) in self.names.variables if entity == owner]
            zh, en = hint(word, mine)
            raise self.fail(tree.span, "unknown-name", f"{owner}没有“{word}”{zh}", f"{owner} has no “{word}”{en}")
        if owner in self.names.tables or owner in self.names.entities:
            raise self.fail(
                tree.span,
                "table-in-scope",
                f"“{owner}”有许多行，不能直接取“{word}”；请用合计、最大、任一等",
                f"“{owner}” has many rows: take “{word}” by 合计 (sum), 最大 (max), 任一 (any) and the like",
            )
        zh, en = hint(owner, [*self.names.entities, *self.names.tables])
        raise self.fail(
            tree.span, "unknown-entity", f"没有实体或表“{owner}”{zh}", f"There is no entity or table “{owner}”{en}"
        )

    def read(self, key: Key, span: Span) -> Read:
        self.reads.add(key)
        return Read(type=self.names.variables[key].type, entity=key[0], name=key[1], span=span)

    def _value(self, word: str, expected: Type | None, span: Span) -> Node:
        """A category value; ``expected`` says of which list."""
        lists = self.names.values[word]
        name = (
            expected.category
            if expected is not None and expected.kind is Kind.CATEGORY
            else (lists[0] if len(lists) == 1 else "")
        )
        if not name or name not in lists:
            listed = "、".join(lists)
            if name:
                options = [v for v, _ in self.names.categories[name].values]
                zh, en = hint(word, options)
                raise self.fail(
                    span,
                    "wrong-category",
                    f"“{word}”是“{listed}”的值，这里要“{name}”的值{zh}",
                    f"“{word}” is a value of {listed}; a value of {name} is wanted{en}",
                )
            raise self.fail(
                span,
                "unclear-category",
                f"“{word}”可以是 {listed} 的值，这里看不出是哪一个",
                f"“{word}” may belong to {listed}; it is not clear which",
            )
        return Const(type=Type(Kind.CATEGORY, category=name), value=self.names.categories[name].code(word), span=span)

    # --- operators --------------------------------------------------------------------------------------------------

    def _choice(self, tree: Choice, expected: Type | None) -> Node:
        c = self.truth(tree.c)
        a, b = self.pair(tree.a, tree.b, expected)
        return If(type=a.type, c=c, a=a, b=b, span=tree.span)

    def pair(self, x: Tree, y: Tree, expected: Type | None = None) -> tuple[Node, Node]:
        """Two sides that must be of one type; a category value takes its list from the other side."""
        if expected is None and self._bare_value(x) and not self._bare_value(y):
            b = self.node(y)
            a = self.node(x, b.type)
        else:
            a = self.node(x, expected)
            b = self.node(y, expected if expected is not None and expected.kind is not Kind.TRUTH else a.type)
        both = comparable(a, b)
        if both is None:
            zh, en = advice.unlike(a, b)
            raise self.fail(
                (x.span[0], y.span[1]),
                "type",
                f"“{self.shown(x.span)}”是{a.type}，“{self.shown(y.span)}”是{b.type}，不能放在一起{zh}",
                f"“{self.shown(x.span)}” is {a.type} and “{self.shown(y.span)}” is {b.type}: they do not go together{en}",
            )
        return both

    def _bare_value(self, tree: Tree) -> bool:
        return (
            isinstance(tree, Name)
            and len(tree.parts) == 1
            and (self.entity, tree.parts[0]) not in self.names.variables
            and tree.parts[0] in self.names.values
        )

    def _set(self, tree: Set) -> Node:
        x = self.node(tree.x)
        if x.type.kind is Kind.AREA:
            return self._inside(x, tree)
        if x.type.kind is not Kind.CATEGORY:
            raise self.fail(
                tree.x.span,
                "type",
                f"“属于”只用于类别和地区，“{self.shown(tree.x.span)}”是{x.type}",
                f"属于 (in) takes a category or an area, not {x.type}",
            )
        codes: list[int] = []
        for item in tree.items:
            value = self.node(item, x.type)
            if not isinstance(value, Const) or value.type != x.type:
                raise self.fail(
                    item.span,
                    "not-a-value",
                    f"这里要“{x.type.category}”的一个值",
                    f"A value of {x.type.category} is wanted here",
                )
            codes.append(int(value.value))
        return Among(x=x, codes=tuple(sorted(set(codes))), span=tree.span)

    def _inside(self, x: Node, tree: Set) -> Node:
        ranges: list[tuple[int, int]] = []
        labels: list[str] = []
        for item in tree.items:
            word = item.parts[0] if isinstance(item, Name) and len(item.parts) == 1 else self.shown(item.span)
            area = self.names.areas.get(word)
            if area is None:
                zh, en = hint(word, self.names.areas)
                raise self.fail(item.span, "unknown-area", f"没有地区“{word}”{zh}", f"There is no area “{word}”{en}")
            labels.append(word)
            ranges += [area_range(code) for code in (area.members or (area.code,))]
        return Inside(x=x, ranges=tuple(sorted(ranges)), label="、".join(labels), span=tree.span)

    def _binary(self, tree: Binary) -> Node:
        if tree.op in ("AND", "OR"):
            parts = tuple(self.truth(t) for t in _chain(tree, tree.op))
            return And(xs=parts, span=tree.span) if tree.op == "AND" else Or(xs=parts, span=tree.span)
        if tree.op in _COMPARE:
            return self._compare(tree)
        if tree.op == "WITHIN":
            return self._within(tree)
        if tree.op == "AT":
            decl, at = find_standard(self, tree)
            return standard(self, decl.name, at, tree.span)
        return self._arith(tree.op, self.node(tree.a), self.node(tree.b), tree.span)

    def _compare(self, tree: Binary) -> Node:
        a, b = self.pair(tree.a, tree.b)
        op = _COMPARE[tree.op]
        if a.type.kind in (Kind.TRUTH, Kind.AREA) and op not in ("=", "!="):
            raise self.fail(
                tree.span, "type", f"{a.type}没有大小，只能比较是否相等", f"{a.type} has no order: only = and != apply"
            )
        return Compare(op=op, a=a, b=b, span=tree.span)

    def _arith(self, op: str, a: Node, b: Node, span: Span) -> Node:
        node = arithmetic(op, a, b, span)
        if node is None:
            sign = {"PLUS": "+", "MINUS": "-", "TIMES": "×", "DIVIDE": "÷"}[op]
            zh, en = advice.dates_reckoned(a.type, b.type)
            said = f"{a.type} {sign} {b.type}"
            raise self.fail(span, "type", f"{said} 没有意义{zh}", f"{said} has no meaning{en}")
        return node

    def _within(self, tree: Binary) -> Node:
        x = self.fits(self.node(tree.a, DATE), DATE, tree.a.span)
        if isinstance(tree.b, Word) and tree.b.kind == "THIS_MONTH":
            start: Node = Const(type=DATE, value=to_day(month_start(self.month)), label="当月初", span=tree.b.span)
            end: Node = Const(type=DATE, value=to_day(next_month_start(self.month)), label="下月初", span=tree.b.span)
            return Between(x=x, start=start, end=end, span=tree.span)
        if isinstance(tree.b, Call) and tree.b.function == "last" and len(tree.b.args) in (1, 2):
            months = self.count_of_months(tree.b.args[0])
            end = Const(type=DATE, value=to_day(self.as_of), label="基准日")
            if len(tree.b.args) == 2:
                end = self.fits(self.node(tree.b.args[1], DATE), DATE, tree.b.args[1].span)
            back: Node = (
                Const(type=INTEGER, value=-months.value, span=months.span)
                if isinstance(months, Const)
                else self._arith("MINUS", Const(type=months.type, value=0), months, months.span)
            )
            return Between(
                x=x,
                start=DateCalc(type=DATE, op="add_months", a=end, b=back, span=tree.b.span),
                end=end,
                span=tree.span,
            )
        raise self.fail(
            tree.b.span,
            "period",
            "“在”之后要写 近(12 个月) 或 当月",
            "After 在 (within) write 近(12 个月) (the last 12 months) or 当月 (this month)",
        )

    def count_of_months(self, tree: Tree) -> Node:
        """A number of months: written (in months or whole years) or worked out, such as a standard. Raises CheckError for anything else."""
        months = Type(Kind.INTEGER, unit="个月")
        if isinstance(tree, Num):
            digits = tree.text.lstrip("0")  # nothing is left of nought
            if digits.isdigit() and len(digits) <= 9 and tree.unit in ("个月", "月", "年"):
                return Const(type=months, value=int(digits) * (12 if tree.unit == "年" else 1), span=tree.span)
        if isinstance(tree, Num | Unary):
            zh, en = "这里要写月数，如 12 个月", "A number of months is wanted here, such as 12 个月"
            raise self.fail(tree.span, "period", f"{zh}，至少 1 个月", f"{en}, at least 1")
        return self.fits(self.node(tree, months), months, tree.span)


def _chain(tree: Tree, op: str) -> list[Tree]:
    """The parts of a run of one operator, left to right."""
    out: list[Tree] = []
    while isinstance(tree, Binary) and tree.op == op:
        out.append(tree.b)
        tree = tree.a
    return [tree, *reversed(out)]


def area_range(code: int) -> tuple[int, int]:
    """The twelve-digit codes that lie in the division ``code`` (0: the whole country)."""
    digits = f"{code:012d}"
    for level in (0, 2, 4, 6, 9):
        if set(digits[level:]) == {"0"}:
            return code, code + 10 ** (12 - level) - 1
    return code, code
