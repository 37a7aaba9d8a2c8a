"""Reads what the other files speak of: entities, views, categories, areas, facts. A pack can only add to these,
never change them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from doudi.packs import located
from doudi.packs.keys import Keys
from doudi.packs.literals import BadLiteral, area_code, digits_code, parse_type, stored
from doudi.packs.located import Node, Scalar
from doudi.packs.normal import digest
from doudi.packs.reading import Fields, Reader
from doudi.packs.state import Key, State
from doudi.rules.declared import Area, Category, Entity, Fact, View
from doudi.rules.types import MAX_AREA, Kind, Type

ENTITY = Keys("实体", "An entity", ("en", "file"), ("of", "table", "kind", "max_rows"))
VIEW = Keys("视图", "A view", ("en", "of", "formula"))
CATEGORY = Keys("类别", "A category", (), ("en", "values", "adds"))
AREA = Keys("地区", "An area", (), ("en", "code", "members", "adds"))
FACT = Keys("事实", "A fact", ("en", "type"), ("min", "max", "help", "help_en"))

MOST = 2**53
"""No bound of a fact or standard may pass this many stored units: far more than any sum of money, small enough to
compute with."""

T = TypeVar("T")


def each(reader: Reader, root: Node | None, zh: str, en: str, read: Callable[[Scalar, Node], None]) -> None:
    """Call ``read`` with every name and entry of a file."""
    mapping = reader.mapping(root, zh, en)
    for name, node in mapping or ():
        if name.text.strip():
            read(name, node)
        else:
            reader.error(name.where, "empty-value", "名称是空的", "The name is empty")


def declare(reader: Reader, table: dict[T, Any], key: T, thing: Any, same: Callable[[Any], object] = digest) -> None:
    """Put ``thing`` under ``key``. What another pack has declared cannot be changed; saying the same again (as
    ``same`` tells)
    is no fault there, because two packs beside each other may need the same name."""
    before = table.get(key)
    if before is None:
        table[key] = thing
        return
    one_pack = before.where.file.partition("/")[0] == thing.where.file.partition("/")[0]
    if one_pack or same(before) != same(thing):
        name = ".".join(key) if isinstance(key, tuple) else str(key)
        reader.error(
            thing.where,
            "declared-twice",
            f"“{name}”在 {before.where} 已经声明过",
            f"“{name}” is already declared at {before.where}",
        )


def read_entities(reader: Reader, state: State, root: Node | None) -> None:
    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, ENTITY, name.where)
        if f is None:
            reader.damaged.add(name.text)
            return
        of, file = f.text("of"), f.text("file")
        if file and not (file.isascii() and file.replace("_", "a").isalnum()):
            reader.error(
                f.at("file"),
                "bad-file-name",
                f"文件名“{file}”只能用英文字母、数字和下划线",
                f"“{file}” may hold only ASCII letters, digits, _",
            )
        rows = f.whole("max_rows", 1, least=1, most=100_000)
        if of and "max_rows" not in f:
            reader.error(
                name.where,
                "missing-key",
                f"“{name.text}”要写 max_rows（最多几行）",
                f"“{name.text}” needs max_rows, the most rows a parent can have",
            )
        thing = Entity(name.text, f.text("en"), file, of, f.text("table"), rows, f.text("kind"), name.where)
        declare(reader, state.entities, name.text, thing)

    before = set(state.entities)
    each(reader, root, "实体", "Entities", one)
    if before and root is not None:
        reader.error(
            root.where,
            "entities-in-lower-pack",
            "实体只能由最上级的规则包声明",
            "Entities are declared by the highest pack only",
        )
    files: dict[str, str] = {}
    for entity in state.entities.values():
        if entity.file and entity.file in files:
            other = files[entity.file]
            reader.error(
                entity.where,
                "duplicate-file",
                f"“{entity.name}”与“{other}”的文件名相同",
                f"“{entity.name}” has the same file name as “{other}”",
            )
        files[entity.file] = entity.name


def read_views(reader: Reader, state: State, root: Node | None) -> None:
    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, VIEW, name.where)
        formula = f.formula("formula") if f else None
        of = f.text("of") if f else ""
        if f is None or formula is None or not of:
            reader.damaged.add(name.text)
        elif of not in state.entities:
            reader.damaged.add(name.text)
            reader.unknown(f.at("of"), "unknown-entity", ("实体", "entity"), of, state.entities)
        else:
            declare(reader, state.views, name.text, View(name.text, f.text("en"), of, formula, name.where))

    each(reader, root, "视图", "Views", one)


def read_categories(reader: Reader, state: State, root: Node | None) -> None:
    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, CATEGORY, name.where)
        if f is None:
            reader.damaged.add(name.text)
            return
        if "adds" in f:
            _add_values(f, name, state)
            return
        values = _category_values(f, "values", name)
        if not values:
            reader.damaged.add(name.text)
            if "values" not in f:
                reader.error(
                    name.where,
                    "missing-key",
                    f"类别“{name.text}”要写 values 或 adds",
                    f"Category “{name.text}” needs values or adds",
                )
            return
        if "en" not in f:
            reader.error(name.where, "missing-key", "类别缺少“en”", "A category lacks “en”")
        declare(reader, state.categories, name.text, Category(name.text, f.text("en"), values, name.where))

    each(reader, root, "类别", "Categories", one)


def _category_values(f: Fields, key: str, name: Scalar) -> tuple[tuple[str, str], ...]:
    mapping = f.reader.mapping(f.node(key), f"“{key}”", f"“{key}”")
    out = []
    for value, label in mapping or ():
        en = f.reader.word(label, "英文名", "An English label")
        out.append((value.text, en or value.text))
    if mapping is not None and not out:
        f.reader.error(
            name.where, "empty-category", f"类别“{name.text}”没有一个值", f"Category “{name.text}” has no value"
        )
    return tuple(out)


def _add_values(f: Fields, name: Scalar, state: State) -> None:
    known = state.categories.get(name.text)
    if known is None:
        f.reader.unknown(name.where, "unknown-category", ("类别", "category"), name.text, state.categories)
        return
    if "values" in f:
        f.reader.error(f.at("values"), "values-and-adds", "values 与 adds 只能写一个", "Write values or adds, not both")
    have = {v for v, _ in known.values}
    added = _category_values(f, "adds", name)
    mapping = f.node("adds")
    for value, _ in added:
        if value in have and isinstance(mapping, located.Mapping):
            where = mapping.entries[value][0].where
            f.reader.error(
                where,
                "declared-twice",
                f"类别“{name.text}”已有“{value}”",
                f"Category “{name.text}” already has “{value}”",
            )
    state.categories[name.text] = replace(known, values=(*known.values, *(a for a in added if a[0] not in have)))


def read_areas(reader: Reader, state: State, root: Node | None) -> None:
    """Divisions first, then sets, whose members may stand anywhere in the chain."""
    sets: list[tuple[Scalar, Fields]] = []

    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, AREA, name.where)
        if f is None:
            reader.damaged.add(name.text)
            return
        if "adds" in f:
            _add_divisions(reader, state, name, f)
            return
        if "en" not in f:
            reader.error(name.where, "missing-key", "地区缺少“en”", "An area lacks “en”")
        if ("code" in f) == ("members" in f):
            reader.damaged.add(name.text)
            reader.error(
                name.where,
                "code-or-members",
                f"地区“{name.text}”要写 code 或 members 之一",
                f"Area “{name.text}” needs code or members, one of them",
            )
        elif "members" in f:
            sets.append((name, f))
        else:
            _division(reader, state, name, f)

    each(reader, root, "地区", "Areas", one)
    for name, f in sets:
        members: list[int] = []
        if not f.words("members") and not isinstance(f.node("members"), Scalar):
            f.reader.error(
                f.at("members"), "empty-area", f"“{name.text}”里一个地区也没有", f"“{name.text}” holds no area"
            )
        for member in f.words("members"):
            known = state.areas.get(member.text)
            if known is not None and known.members:
                members.extend(known.members)
                continue
            try:
                members.append(area_code(member.text, state.words))
            except BadLiteral as bad:
                reader.error(member.where, bad.code, bad.zh, bad.en)
        area = Area(name.text, f.text("en"), -1, tuple(dict.fromkeys(members)), name.where)
        declare(reader, state.areas, name.text, area)


def _add_divisions(reader: Reader, state: State, name: Scalar, f: Fields) -> None:
    """Codes under which what an area of a pack above means goes on: those that its divisions have been given since."""
    known = state.areas.get(name.text)
    if known is None:
        reader.unknown(name.where, "unknown-area", ("地区", "area"), name.text, state.areas)
        return
    added: list[int] = []
    for word in f.words("adds"):
        code = digits_code(word.text)
        if code is None:
            _bad_code(f, word)
        else:
            added.append(code)
    members = known.members or (known.code,)
    state.areas[name.text] = replace(known, members=tuple(dict.fromkeys((*members, *added))))


def _bad_code(f: Fields, word: Scalar) -> None:
    f.reader.error(
        word.where,
        "bad-code",
        f"“{word.text}”不是区划代码；要 2、4、6、9 或 12 位数字",
        f"“{word.text}” is not a division code; it needs 2, 4, 6, 9 or 12 digits",
    )


def _division(reader: Reader, state: State, name: Scalar, f: Fields) -> None:
    text = f.text("code")
    code = 0 if text == "0" else digits_code(text)
    if code is None:
        reader.damaged.add(name.text)
        said = f.scalar("code")
        if said is not None and text:
            _bad_code(f, said)
        return
    area = Area(name.text, f.text("en"), code, (), name.where)
    declare(reader, state.areas, name.text, area, same=lambda a: a.code)


def split_name(reader: Reader, state: State, name: Scalar) -> Key | None:
    """``户.人均月收入`` to its entity and name; an unknown entity or a missing dot is a fault."""
    entity, dot, rest = name.text.replace("．", ".").partition(".")
    if not dot or not entity or not rest:
        reader.error(
            name.where,
            "needs-entity",
            f"“{name.text}”要写成“实体.名称”，例如 户.人口",
            f"“{name.text}” must be written entity.name, like 户.人口",
        )
        reader.damaged.add(name.text)
        return None
    if entity not in state.entities:
        reader.unknown(name.where, "unknown-entity", ("实体", "entity"), entity, state.entities)
        reader.damaged.add(rest)
        return None
    return entity, rest


def read_type(reader: Reader, state: State, f: Fields, key: str = "type") -> Type | None:
    found = f.scalar(key)
    if found is None:
        return None
    try:
        kind = parse_type(found.text)
    except BadLiteral as bad:
        reader.error(found.where, bad.code, bad.zh, bad.en)
        return None
    if kind.kind is Kind.CATEGORY and kind.category not in state.categories:
        if kind.category not in reader.damaged:
            reader.unknown(found.where, "unknown-category", ("类别", "category"), kind.category, state.categories)
        return None
    return kind


def read_bound(f: Fields, key: str, kind: Type, state: State) -> int | None:
    """``min`` or ``max`` in stored units."""
    found = f.scalar(key)
    if found is None:
        return None
    try:
        value = stored(found.text, kind, state.words)
    except BadLiteral as bad:
        f.reader.error(found.where, bad.code, bad.zh, bad.en)
        return None
    if abs(value) > MOST:
        f.reader.error(found.where, "bound-too-wide", f"“{found.text}”太大了", f"“{found.text}” is too large")
        return None
    return value


def read_bounds(f: Fields, kind: Type, state: State, name: Scalar) -> tuple[int, int] | None:
    """The bounds of a fact or standard; those that the type itself gives need not be written, the others must be."""
    if kind.kind in (Kind.TRUTH, Kind.CATEGORY, Kind.AREA):
        for key in ("min", "max"):
            if key in f:
                f.reader.error(
                    f.at(key), "no-bounds", f"{kind.kind.value}不写 {key}", f"A {kind.kind.value} takes no {key}"
                )
        if kind.kind is Kind.CATEGORY:
            return 0, len(state.categories[kind.category].values) - 1
        return (0, 1) if kind.kind is Kind.TRUTH else (0, MAX_AREA)
    lo, hi = read_bound(f, "min", kind, state), read_bound(f, "max", kind, state)
    for key in ("min", "max"):
        if key not in f:
            f.reader.error(
                name.where,
                "needs-bounds",
                f"“{name.text}”是{kind.kind.value}，要写 {key}：不知道时它可以是多少",
                f"“{name.text}” needs {key}: what it can be when it is not known",
            )
    if lo is None or hi is None:
        return None
    if lo > hi:
        f.reader.error(f.at("max"), "empty-bounds", "max 小于 min", "max is below min")
        return None
    return lo, hi


def read_facts(reader: Reader, state: State, root: Node | None) -> None:
    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, FACT, name.where)
        key = split_name(reader, state, name)
        kind = read_type(reader, state, f) if f else None
        bounds = read_bounds(f, kind, state, name) if f and kind else None
        if key is None or f is None or kind is None or bounds is None:
            reader.damaged.add(name.text.partition(".")[2])
            return
        fact = Fact(*key, f.text("en"), kind, *bounds, *f.both("help", "help_en"), name.where)
        declare(reader, state.facts, key, fact)

    each(reader, root, "事实", "Facts", one)
