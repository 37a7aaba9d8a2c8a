"""The functions of the language: what each takes and the node it becomes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from doudi.rules.calendar import to_day
from doudi.rules.faults import hint
from doudi.rules.fit import comparable
from doudi.rules.lookups import find_standard, looked_up
from doudi.rules.nodes import (
    Among,
    And,
    Compare,
    Const,
    DateCalc,
    DateOp,
    Default,
    Extreme,
    Known,
    Node,
    Read,
    Round,
    RoundMode,
    Scale,
    Table,
    TableOp,
)
from doudi.rules.syntax import Call, Name, Tree, Word
from doudi.rules.types import DATE, INTEGER, MONEY, RATIO, RATIO_UNIT, TRUTH, Kind, Type

if TYPE_CHECKING:
    from doudi.rules.check import Checker

_MONEY_UNITS = {"分": 1, "角": 10, "元": 100, "十元": 1000, "百元": 10_000}
_RATIO_UNITS = {"百分之一": Fraction(1, 100), "万分之一": Fraction(1, RATIO_UNIT)}
_USAGE = {
    "sum": "合计(表.量, 条件)", "count": "人数(表, 条件)", "any": "任一(表, 条件)", "all": "全部(表, 条件, 范围)", "max": "最大(表.量, 条件)",
    "min": "最小(表.量, 条件)", "latest": "最近(表.量, 日期量, 条件)", "greatest": "取大(甲, 乙)", "least": "取小(甲, 乙)",
    "half-up": "四舍五入(量, 元)", "down": "向下(量, 元)", "up": "向上(量, 元)", "band": "分段(量, 标准)", "slices": "累进(量, 标准)",
    "default": "缺省(量, 值, \"理由\")", "known": "已知(量, \"理由\")", "age": "满周岁(出生日期, 日期)", "months": "月数(起, 止)",
    "add_months": "加月(日期, 月数)", "month_start": "当月初(日期)", "next_month_start": "下月初(日期)", "last": "日期 在 近(12 个月)",
}  # fmt: skip


def call(check: Checker, tree: Call, expected: Type | None) -> Node:
    """The node of a function call. Raises CheckError."""
    match tree.function:
        case "sum" | "max" | "min" | "latest" | "count" | "any" | "all":
            return _table(check, tree)
        case "greatest" | "least":
            return _extreme(check, tree, expected)
        case "half-up" | "down" | "up":
            return _round(check, tree)
        case "band" | "slices":
            return _scale(check, tree)
        case "default" | "known":
            return _assumption(check, tree, expected)
        case "age" | "months" | "add_months" | "month_start" | "next_month_start":
            return _dates(check, tree)
    raise check.fail(tree.span, "misplaced", "“近”只能写在“在”之后", "近 (last) may only follow 在 (within)")


def _arity(check: Checker, tree: Call, least: int, most: int) -> None:
    if not least <= len(tree.args) <= most:
        usage = _USAGE[tree.function]
        raise check.fail(
            tree.span,
            "arity",
            f"“{tree.written}”里写了 {len(tree.args)} 项；用法：{usage}",
            f"{tree.written} was given {len(tree.args)} parts; usage: {usage}",
        )


# --- tables -------------------------------------------------------------------------------------------------------------


def _table(check: Checker, tree: Call) -> Node:
    op = cast(TableOp, tree.function)
    valued = op in ("sum", "max", "min", "latest")
    _arity(check, tree, {"latest": 2, "all": 2}.get(op, 1), {"latest": 3, "all": 3}.get(op, 2))
    word, column = _target(check, tree, valued)
    entity, view = check.names.tables[word]
    if check.names.entities[entity].of != check.entity:
        owner = check.names.entities[entity].of
        raise check.fail(
            tree.args[0].span,
            "wrong-entity",
            f"“{word}”是{owner}的表，不是{check.entity}的",
            f"“{word}” is a table of {owner}, not of {check.entity}",
        )
    inner = replace(check, entity=entity)  # shares reads and standards with the outer checker
    rest = list(tree.args[1:])
    value = inner.node(column) if column is not None else None
    by = None
    if op == "latest":
        by_tree = rest.pop(0)
        by = inner.fits(inner.node(by_tree, DATE), DATE, by_tree.span)
    if op == "all":
        value = inner.truth(rest.pop(0))
    if (
        value is not None
        and op in ("sum", "max", "min")
        and not (value.type.numeric or (op != "sum" and value.type.kind is Kind.DATE))
    ):
        raise check.fail(
            tree.args[0].span,
            "type",
            f"{value.type}不能{tree.written}",
            f"{tree.written} takes numbers, not {value.type}",
        )
    written = inner.truth(rest[0]) if rest else None
    where = written
    if view is not None:
        seen = check.filter_of(view.name)
        where = seen if written is None else And(xs=(seen, written), span=written.span)
    if op == "any" and where is None:
        where = Const(type=TRUTH, value=1)
    result = {"count": INTEGER, "any": TRUTH, "all": TRUTH}.get(op) or cast(Node, value).type
    return Table(
        type=result,
        op=op,
        entity=entity,
        where=where,
        value=value,
        by=by,
        kinds=_kinds(check, entity, where),
        view=word,
        span=tree.span,
    )


def _target(check: Checker, tree: Call, valued: bool) -> tuple[str, Name | None]:
    """The table that the first argument names, and the column where one is wanted."""
    first = tree.args[0]
    parts = first.parts if isinstance(first, Name) else ()
    word = parts[0] if parts else check.shown(first.span)
    if word in check.names.entities and word not in check.names.tables:
        table = check.names.entities[word].table or word
        raise check.fail(
            first.span, "unknown-table", f"“{word}”的表叫“{table}”", f"The table of {word} is called “{table}”"
        )
    if not isinstance(first, Name) or word not in check.names.tables or len(parts) != (2 if valued else 1):
        zh, en = hint(word, check.names.tables) if word not in check.names.tables else ("", "")
        usage = _USAGE[tree.function]
        if valued and not isinstance(first, Name):
            zh = "；要先算的量，给表的每一行另立一条规则"
            en = "; what has to be reckoned first needs a rule of its own for each row"
        raise check.fail(
            first.span,
            "unknown-table",
            f"“{check.shown(first.span)}”不是表{zh}；用法：{usage}",
            f"“{check.shown(first.span)}” is not a table{en}; usage: {usage}",
        )
    return word, Name((parts[1],), (first.span[1] - len(parts[1]), first.span[1])) if valued else None


def _kinds(check: Checker, entity: str, where: Node | None) -> tuple[int, ...] | None:
    """The codes that ``where`` confines the table's kind column to (what must be true of a row for it to matter), or None."""
    kind = check.names.entities[entity].kind
    if not kind or where is None:
        return None
    found: set[int] | None = None
    for part in _conjuncts(where):
        codes: set[int] | None = None
        match part:
            case (
                Compare(op="=", a=Read(entity=e, name=n), b=Const(value=v))
                | Compare(op="=", a=Const(value=v), b=Read(entity=e, name=n))
            ) if (e, n) == (entity, kind):
                codes = {int(v)}
            case Among(x=Read(entity=e, name=n), codes=listed) if (e, n) == (entity, kind):
                codes = set(listed)
        if codes is not None:
            found = codes if found is None else found & codes
    return None if found is None else tuple(sorted(found))


def _conjuncts(node: Node) -> list[Node]:
    return [c for x in node.xs for c in _conjuncts(x)] if isinstance(node, And) else [node]


# --- numbers ------------------------------------------------------------------------------------------------------------


def _extreme(check: Checker, tree: Call, expected: Type | None) -> Node:
    _arity(check, tree, 2, 12)
    parts = [check.node(arg, expected) for arg in tree.args]
    for i, part in enumerate(parts[1:], 1):
        both = comparable(parts[0], part)
        if both is None or not (part.type.numeric or part.type.kind is Kind.DATE):
            raise check.fail(
                tree.args[i].span,
                "type",
                f"{parts[0].type}和{part.type}不能比大小",
                f"{parts[0].type} and {part.type} cannot be compared",
            )
        parts[0] = both[0]
    aligned = []
    for part in parts:
        both = comparable(part, parts[0])
        aligned.append(both[0] if both else part)
    return Extreme(type=aligned[0].type, greatest=tree.function == "greatest", xs=tuple(aligned), span=tree.span)


def _round(check: Checker, tree: Call) -> Node:
    _arity(check, tree, 2, 2)
    x = check.node(tree.args[0])
    unit_tree = tree.args[1]
    unit = unit_tree.text if isinstance(unit_tree, Word) and unit_tree.kind == "ROUND_UNIT" else ""
    mode = cast(RoundMode, tree.function)
    if x.type.kind is Kind.MONEY and unit in _MONEY_UNITS:
        return Round(type=MONEY, mode=mode, unit=_MONEY_UNITS[unit], x=x, span=tree.span)
    if x.type.kind is Kind.RATIO and unit in _RATIO_UNITS:
        return Round(type=RATIO, mode=mode, unit=_RATIO_UNITS[unit], x=x, span=tree.span)
    if x.type.kind in (Kind.RATIO, Kind.INTEGER) and unit == "个":
        return Round(type=Type(Kind.INTEGER, unit=x.type.unit), mode=mode, unit=1, x=x, span=tree.span)
    listed = "、".join([*_MONEY_UNITS] if x.type.kind is Kind.MONEY else [*_RATIO_UNITS, "个"])
    raise check.fail(
        unit_tree.span, "round-unit", f"{x.type}要舍入到：{listed}", f"{x.type} is rounded to one of {listed}"
    )


def _scale(check: Checker, tree: Call) -> Node:
    _arity(check, tree, 2, 2)
    decl, at = find_standard(check, tree.args[1])
    progressive = tree.function == "slices"
    if decl.form != ("slices" if progressive else "bands") or decl.x is None:
        raise check.fail(
            tree.args[1].span,
            "needs-scale",
            f"“{decl.name}”不是{'累进' if progressive else '分段'}标准",
            f"“{decl.name}” is not a standard of {'slices' if progressive else 'bands'}",
        )
    x = check.fits(check.node(tree.args[0], decl.x), decl.x, tree.args[0].span)
    area, key, day = looked_up(check, decl, at, tree.args[1].span)
    result = x.type if progressive else decl.type
    return Scale(type=result, name=decl.name, x=x, area=area, key=key, at=day, progressive=progressive, span=tree.span)


# --- assumptions and dates ----------------------------------------------------------------------------------------------


def _assumption(check: Checker, tree: Call, expected: Type | None) -> Node:
    wanted = 3 if tree.function == "default" else 2
    _arity(check, tree, wanted, wanted)
    reason = tree.args[-1]
    if not isinstance(reason, Word) or reason.kind != "TEXT" or not reason.text.strip():
        raise check.fail(
            reason.span,
            "needs-reason",
            f"{tree.written}要用引号写明理由：{_USAGE[tree.function]}",
            f"{tree.written} needs a reason in quotes: {_USAGE[tree.function]}",
        )
    if tree.function == "known":
        return Known(x=check.node(tree.args[0]), reason=reason.text, span=tree.span)
    x, value = check.pair(tree.args[0], tree.args[1], expected)
    return Default(type=x.type, x=x, value=value, reason=reason.text, span=tree.span)


def _dates(check: Checker, tree: Call) -> Node:
    op = cast(DateOp, tree.function)
    least, most = {"age": (1, 2), "months": (2, 2), "add_months": (2, 2)}.get(op, (1, 1))
    _arity(check, tree, least, most)
    first = _date(check, tree.args[0])
    if op == "age":
        at: Node = (
            _date(check, tree.args[1])
            if len(tree.args) == 2
            else Const(type=DATE, value=to_day(check.as_of), label="基准日")
        )
        return DateCalc(type=Type(Kind.INTEGER, unit="岁"), op=op, a=first, b=at, span=tree.span)
    if op == "months":
        return DateCalc(
            type=Type(Kind.INTEGER, unit="个月"), op=op, a=first, b=_date(check, tree.args[1]), span=tree.span
        )
    if op == "add_months":
        count = check.node(tree.args[1], Type(Kind.INTEGER, unit="个月"))
        months = check.fits(count, Type(Kind.INTEGER, unit="个月"), tree.args[1].span)
        return DateCalc(type=DATE, op=op, a=first, b=months, span=tree.span)
    return DateCalc(type=DATE, op=op, a=first, span=tree.span)


def _date(check: Checker, tree: Tree) -> Node:
    return check.fits(check.node(tree, DATE), DATE, tree.span)
