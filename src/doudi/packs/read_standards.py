"""Reads standards: what they are worth by area, kind of person and date. A lower pack states only its own values."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal, cast

from doudi.packs import located
from doudi.packs.cite import cites_of
from doudi.packs.keys import Keys
from doudi.packs.literals import BadLiteral, area_code, natural, to_stored
from doudi.packs.located import Node, Scalar
from doudi.packs.read_schema import each, read_bounds, read_type, split_name
from doudi.packs.reading import Fields, Reader
from doudi.packs.say import say
from doudi.packs.state import Layer, LinePart, StandardPart, State
from doudi.rules.declared import Bands, StandardDecl, StandardLine
from doudi.rules.faults import hint
from doudi.rules.types import Kind

DECLARED = ("en", "type", "form", "x", "kind", "look_up", "min", "max")
STANDARD = Keys("标准", "A standard", (), (*DECLARED, "values"))
LOOK_UP = Keys("查找方式", "look_up", (), ("area", "match", "level", "by"))
LINE = Keys(
    "标准的一个值",
    "A value of a standard",
    (),
    ("area", "from", "until", "review_by", "value", "bands", "below", "mode", "cites"),
)
LEVELS = {"省": 2, "市": 4, "县": 6, "乡": 9, "村": 12}
FORMS: dict[str, Literal["plain", "bands", "slices"]] = {"单一": "plain", "分段": "bands", "累进": "slices"}


def read_standards(reader: Reader, state: State, layer: Layer, root: Node | None, area: int) -> None:
    """Adds to ``layer.standards``. ``area`` is the pack's own, which a value has unless it names another."""

    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, STANDARD, name.where)
        if f is None:
            reader.damaged.add(name.text)
            return
        owners = state.owners.get(("standard", name.text), ())
        known = state.standards.get(name.text) if any(o in layer.ancestors for o in owners) else None
        decl = known
        if known is None:
            decl = _declaration(reader, state, f, name)
            if decl is None:
                reader.damaged.add(name.text)
                return
        else:
            _only_values(f, name, known)
        if any(part.name == name.text for part in layer.standards):
            _twice(reader, layer, name)
            return
        assert decl is not None
        lines = [part for item in f.items("values") for part in _lines(reader, state, decl, item, area, layer.name)]
        layer.standards.append(StandardPart(name.text, None if known else decl, tuple(lines), name.where))
        state.own("standard", name.text, layer.name)

    each(reader, root, "标准", "Standards", one)


def _twice(reader: Reader, layer: Layer, name: Scalar) -> None:
    place = next(part.where for part in layer.standards if part.name == name.text)
    reader.error(
        name.where,
        "declared-twice",
        f"“{name.text}”在 {place} 已经声明过",
        f"“{name.text}” is already declared at {place}",
    )


def _only_values(f: Fields, name: Scalar, known: StandardDecl) -> None:
    for key in DECLARED:
        if key in f:
            f.reader.error(
                f.places[key],
                "standard-redeclared",
                f"“{name.text}”在 {known.where} 已声明，下级只写 values，不写 {key}",
                f"“{name.text}” is declared at {known.where}; a lower pack gives values only, not {key}",
            )
    if "values" not in f:
        f.reader.error(name.where, "missing-key", f"“{name.text}”缺少“values”", f"“{name.text}” lacks “values”")


def _declaration(reader: Reader, state: State, f: Fields, name: Scalar) -> StandardDecl | None:
    near = hint(name.text, state.standards)
    if near[0] and not any(key in f.places for key in ("en", "type")):
        reader.error(
            name.where,
            "unknown-standard",
            f"上级没有标准“{name.text}”{near[0]}新立一个标准，要写 en 和 type",
            f"No upper pack has a standard “{name.text}”{near[1]} A new one needs en and type",
        )
        return None
    for key in ("en", "type"):
        if key not in f and key not in f.places:
            reader.error(
                name.where, "missing-key", f"标准“{name.text}”缺少“{key}”", f"Standard “{name.text}” lacks “{key}”"
            )
    kind = read_type(reader, state, f)
    if kind is not None and kind.kind is Kind.AREA:
        reader.error(f.at("type"), "bad-type", "标准的值不能是地区", "A standard cannot be an area")
        return None
    form = FORMS[f.choice("form", FORMS, "单一")]
    x = read_type(reader, state, f, "x") if form != "plain" else None
    if form != "plain" and "x" not in f:
        reader.error(
            name.where,
            "missing-key",
            f"分段的标准“{name.text}”要写 x：按什么分段",
            f"Standard “{name.text}” in bands needs x, the type of what is banded",
        )
    if form == "plain" and "x" in f:
        reader.error(f.at("x"), "no-bands", "不分段的标准不写 x", "A standard without bands takes no x")
    if form != "plain" and kind is not None and not kind.numeric:
        reader.error(
            f.at("type"),
            "bad-type",
            "分段的标准的值要是金额、比例或整数",
            "A standard in bands must be 金额, 比例 or 整数",
        )
        return None
    if x is not None and not x.numeric:
        reader.error(f.at("x"), "bad-type", "x 要是整数、金额或比例", "x must be 整数, 金额 or 比例")
        return None
    bounds = read_bounds(f, kind, state, name) if kind else None
    if kind is None or bounds is None or (form != "plain" and x is None):
        return None
    decl = StandardDecl(
        name.text,
        f.text("en"),
        kind,
        form,
        (),
        *bounds,
        kind=cast(
            Literal["standard", "target", "floor"], f.choice("kind", ("standard", "target", "floor"), "standard")
        ),
        x=x,
        where=name.where,
    )
    return _look_up(reader, state, f, decl)


def _look_up(reader: Reader, state: State, f: Fields, decl: StandardDecl) -> StandardDecl | None:
    """The declaration with how it is looked up; None where that cannot be read."""
    g = reader.fields(f.node("look_up"), LOOK_UP, f.places.get("look_up"))
    if g is None:
        return decl
    match = cast(Literal["nearest", "exact"], g.choice("match", ("nearest", "exact"), "nearest"))
    level = g.choice("level", LEVELS, "县")
    if match == "exact" and "level" not in g:
        reader.error(
            g.at("match"),
            "missing-key",
            "match: exact 要写 level（省、市、县、乡、村）",
            "match: exact needs a level (省, 市, 县, 乡, 村)",
        )
    if match == "nearest" and "level" in g:
        reader.error(g.at("level"), "level-of-nearest", "就近查找不写 level", "level is for match: exact only")
    area = _variable(reader, state, g, "area", Kind.AREA)
    by = _variable(reader, state, g, "by", Kind.CATEGORY)
    if ("area" in g and area is None) or ("by" in g and by is None):
        return None
    return replace(decl, area=area, match=match, level=LEVELS[level], by=by)


def _variable(reader: Reader, state: State, g: Fields, key: str, kind: Kind) -> tuple[str, str] | None:
    """``户.户籍地`` as (entity, name): a fact or rule of the right kind."""
    found = g.scalar(key)
    if found is None:
        return None
    name = split_name(reader, state, found)
    if name is None or name[1] in reader.damaged:
        return None
    declared = state.facts.get(name) or state.rules.get(name)
    if declared is None:
        known = [f"{entity}.{word}" for entity, word in (*state.facts, *state.rules)]
        reader.unknown(found.where, "unknown-name", ("量", "variable"), found.text, known)
        return None
    if declared.type.kind is not kind:
        said = f"“{key}”要一个{kind.value}，“{found.text}”是{declared.type}"
        reader.error(found.where, "type", said, f"“{key}” needs a {kind.value}; “{found.text}” is {declared.type}")
        return None
    return name


def key_values(state: State, decl: StandardDecl) -> list[str] | None:
    """The values that key a standard, or None where it has no key."""
    if decl.by is None:
        return None
    kind = (state.facts.get(decl.by) or state.rules[decl.by]).type
    return [v for v, _ in state.categories[kind.category].values]


def _lines(reader: Reader, state: State, decl: StandardDecl, node: Node, area: int, pack: str) -> list[LinePart]:
    """One entry of ``values`` as one line for each area and key."""
    f = reader.fields(node, LINE)
    if f is None:
        return []
    since, until = f.span()
    review_by = f.day("review_by")
    if review_by is not None and since is not None and review_by < since:
        reader.error(f.at("review_by"), "empty-span", "复核期限早于起始日", "review_by is before the value begins")
    cites = cites_of(f, state, required=True, what=("标准的每一个值", "Every value of a standard"))
    raises = f.choice("mode", ("raise",), "") == "raise"
    areas = _areas(reader, state, decl, f, area)
    if raises and decl.form == "slices":
        reader.error(f.at("mode"), "raise-slices", "累进的标准不能用 raise", "A standard in slices cannot be raised")
        return []
    if raises and not decl.type.numeric:
        reader.error(
            f.at("mode"),
            "raise-not-numeric",
            "只有金额、比例和整数可以用 raise",
            "Only 金额, 比例 and 整数 can be raised",
        )
        return []
    values = _bands(reader, state, decl, f) if decl.form != "plain" else _plain(reader, state, decl, f)
    return [
        LinePart(StandardLine(code, key, since, until, value, cites, review_by, pack, f.where), raises)
        for code in areas
        for key, value in values.items()
    ]


def _areas(reader: Reader, state: State, decl: StandardDecl, f: Fields, area: int) -> list[int]:
    found = f.scalar("area")
    looked_up = decl.area is not None or decl.kind != "standard"
    if found is None:
        return [area if looked_up else 0]
    if not looked_up:
        reader.error(
            found.where,
            "no-area-looked-up",
            f"“{decl.name}”不按地区查找（没有 look_up: area），不能写地区",
            f"“{decl.name}” is not looked up by area (no look_up: area), so a value cannot have one",
        )
        return []
    known = state.areas.get(found.text)
    if known is not None and known.code < 0:
        return list(known.members)
    try:
        return [area_code(found.text, state.words)]
    except BadLiteral as bad:
        reader.error(found.where, bad.code, bad.zh, bad.en)
        return []


def _plain(reader: Reader, state: State, decl: StandardDecl, f: Fields) -> dict[str, Fraction | Bands]:
    for key in ("bands", "below"):
        if key in f:
            reader.error(
                f.places[key],
                "no-bands",
                f"“{decl.name}”不分段，不写 {key}",
                f"“{decl.name}” has no bands, so no {key}",
            )
    node = f.node("value")
    if node is None:
        if "value" not in f.places and "bands" not in f:
            reader.error(f.where, "missing-key", "标准的一个值缺少“value”", "A value of a standard lacks “value”")
        return {}
    out: dict[str, Fraction | Bands] = {}
    for key, part in _keyed(reader, state, decl, node):
        value = _value(reader, state, decl, part)
        if value is not None:
            out[key] = value
    return out


def _keyed(reader: Reader, state: State, decl: StandardDecl, node: Node) -> list[tuple[str, Node]]:
    """The parts of a value by key: one for all keys, or a mapping from some keys."""
    keys = key_values(state, decl)
    if not isinstance(node, located.Mapping):
        return [(key, node) for key in (keys if keys is not None else [""])]
    if decl.by is None:
        reader.error(
            node.where,
            "no-key",
            f"“{decl.name}”没有 look_up: by，只能写一个值",
            f"“{decl.name}” has no look_up: by, so it takes one value",
        )
        return []
    if not node.entries:
        reader.error(node.where, "empty-value", "这里一个值也没有", "There is no value here")
    out = []
    for key, part in node:
        if keys is not None and key.text not in keys:
            reader.unknown(key.where, "unknown-value", ("取值", "value"), key.text, keys)
        else:
            out.append((key.text, part))
    return out


def _value(reader: Reader, state: State, decl: StandardDecl, node: Node) -> Fraction | None:
    text = reader.word(node, "标准的值", "The value of a standard")
    if text is None:
        return None
    try:
        value = natural(text, decl.type, state.words)
        whole = to_stored(value, decl.type, text)
    except BadLiteral as bad:
        reader.error(node.where, bad.code, bad.zh, bad.en)
        return None
    if not decl.lo <= whole <= decl.hi:
        lo, hi = say(decl.lo, decl.type, state.words), say(decl.hi, decl.type, state.words)
        reader.error(
            node.where,
            "out-of-bounds",
            f"“{text}”超出“{decl.name}”声明的范围 {lo} 至 {hi}",
            f"“{text}” is outside the bounds of “{decl.name}”, {lo} to {hi}",
        )
        return None
    return value


def _bands(reader: Reader, state: State, decl: StandardDecl, f: Fields) -> dict[str, Fraction | Bands]:
    if "value" in f:
        reader.error(
            f.places["value"],
            "needs-bands",
            f"“{decl.name}”是分段的，要写 bands",
            f"“{decl.name}” is in bands; write bands",
        )
        return {}
    for key in ("bands", "below"):
        if key not in f and key not in f.places:
            reader.error(f.where, "missing-key", f"分段的一个值缺少“{key}”", f"A value in bands lacks “{key}”")
    node, below = f.node("bands"), f.node("below")
    if node is None or below is None:
        return {}
    if not isinstance(node, located.Mapping) or not node.entries:
        reader.error(node.where, "not-a-mapping", "bands 应写成“起点: 值”的表", "bands must map thresholds to values")
        return {}
    keyed = decl.by is not None and all(isinstance(part, located.Mapping) for _, part in node)
    parts = _keyed(reader, state, decl, node) if keyed else [(k, node) for k in (key_values(state, decl) or [""])]
    out: dict[str, Fraction | Bands] = {}
    for key, part in parts:
        under = below.get(key) if isinstance(below, located.Mapping) else below
        if under is None:
            reader.error(below.where, "missing-key", f"below 里没有“{key}”", f"below has no “{key}”")
            continue
        steps, floor = _steps(reader, state, decl, part), _value(reader, state, decl, under)
        if steps and floor is not None:
            out[key] = Bands(steps, floor)
    return out


def _steps(reader: Reader, state: State, decl: StandardDecl, node: Node) -> tuple[tuple[Fraction, Fraction], ...]:
    assert decl.x is not None
    if not isinstance(node, located.Mapping):
        reader.error(node.where, "not-a-mapping", "bands 应写成“起点: 值”的表", "bands must map thresholds to values")
        return ()
    steps: list[tuple[Fraction, Fraction]] = []
    for at, part in node:
        try:
            threshold = natural(at.text, decl.x, state.words)
        except BadLiteral as bad:
            reader.error(at.where, bad.code, bad.zh, bad.en)
            return ()
        value = _value(reader, state, decl, part)
        if value is None:
            return ()
        if steps and threshold <= steps[-1][0]:
            reader.error(
                at.where,
                "bands-order",
                f"“{at.text}”应大于前一档的起点",
                f"“{at.text}” must be above the threshold before it",
            )
            return ()
        steps.append((threshold, value))
    return tuple(steps)
