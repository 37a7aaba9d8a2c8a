"""Reads programmes (who is due what), conflicts between them, and households of one."""

from __future__ import annotations

from typing import Literal, cast

from doudi.packs.cite import cites_of
from doudi.packs.keys import Keys
from doudi.packs.located import Node, Scalar
from doudi.packs.read_rules import DATED, one_of, read_replaces
from doudi.packs.read_schema import each
from doudi.packs.reading import Fields, Reader, torn
from doudi.packs.state import ConflictPart, DerivedPart, Layer, Period, ProgrammePart, State
from doudi.rules.declared import (
    Citation,
    Condition,
    Conflict,
    Derived,
    Funding,
    Programme,
    ProgrammeVersion,
    Share,
)
from doudi.rules.faults import Where

VERSIONED = ("conditions", "amount", "funding", *DATED, "cites")
PROGRAMME = Keys(
    "项目",
    "A programme",
    (),
    ("en", "of", "period", "group", "rank", "apply", "papers", "received", "versions", "replaces", *VERSIONED),
)
PROGRAMME_VERSION = Keys("项目的一个版本", "A version of a programme", ("conditions",), VERSIONED[1:])
CONDITION = Keys("条件", "A condition", ("formula",), ("zh", "en", "cites"))
FUNDING = Keys("出资", "Funding", ("shares",), ("when", "cites"))
SAID = Keys("说明", "Words", ("zh", "en"))
CONFLICT_VERSIONED = ("kind", "programmes", "by", "legs", "over", *DATED, "cites")
CONFLICT = Keys("冲突", "A conflict", ("en",), ("versions", "replaces", *CONFLICT_VERSIONED))
CONFLICT_VERSION = Keys("冲突的一个版本", "A version of a conflict", ("kind",), CONFLICT_VERSIONED[1:])
DERIVED_VERSIONED = ("when", "settles", "counts_in_original", *DATED, "cites")
DERIVED = Keys("派生户", "A derived household", ("en",), ("of", "versions", "replaces", *DERIVED_VERSIONED))
DERIVED_VERSION = Keys("派生户的一个版本", "A version of a derived household", ("when",), DERIVED_VERSIONED[1:])
PERIODS: tuple[Period, ...] = ("月", "年", "次")
REST = ("其余", "rest")
Kind = Literal["bar", "higher", "topup", "cumulate"]
KINDS: dict[Kind, tuple[str, ...]] = {
    "bar": ("programmes", "by"),
    "higher": ("legs",),
    "topup": ("programmes", "over"),
    "cumulate": ("programmes",),
}
"""Which keys each kind of conflict has, all of them needed."""


def read_programmes(reader: Reader, state: State, layer: Layer, root: Node | None) -> None:
    """Adds to ``layer.programmes``. A programme that replaces an upper one takes from it what it does not say, save
    its conditions and sums."""
    seen = {part.programme.name: part.programme.where for part in layer.programmes}

    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, PROGRAMME, name.where)
        programme = _programme(reader, state, f, name, layer.name) if f else None
        if f is None or programme is None:
            reader.damaged |= {
                f"符合{name.text}",
                f"享受{name.text}",
                f"{name.text}金额",
                f"{name.text}实发",
                f"{name.text}现领",
                name.text,
            }
        elif _new(reader, seen, name):
            layer.programmes.append(ProgrammePart(programme, read_replaces(f)))

    each(reader, root, "项目", "Programmes", one)


def _new(reader: Reader, seen: dict[str, Where], name: Scalar) -> bool:
    if name.text in seen:
        place = seen[name.text]
        reader.error(
            name.where,
            "declared-twice",
            f"“{name.text}”在 {place} 已经声明过",
            f"“{name.text}” is already declared at {place}",
        )
        return False
    seen[name.text] = name.where
    return True


def _programme(reader: Reader, state: State, f: Fields, name: Scalar, pack: str) -> Programme | None:
    upper = state.programmes.get(name.text)
    for key in ("en", "of", "period"):
        if upper is None and key not in f and key not in f.places:
            reader.error(
                name.where, "missing-key", f"项目“{name.text}”缺少“{key}”", f"Programme “{name.text}” lacks “{key}”"
            )
    entity = f.text("of", upper.entity if upper else "")
    if entity and entity not in state.entities:
        reader.unknown(f.at("of"), "unknown-entity", ("实体", "entity"), entity, state.entities)
        return None
    if upper is not None and entity != upper.entity:
        reader.error(
            f.at("of"),
            "type-differs",
            f"“{name.text}”在上级属于{upper.entity}",
            f"“{name.text}” is of {upper.entity} in the upper pack",
        )
        return None
    versions = _versions(f, state, name, pack)
    if not versions or not entity:
        return None
    apply = reader.fields(f.node("apply"), SAID)
    said = [g for node in f.items("papers") if (g := reader.fields(node, SAID)) is not None]
    papers = tuple((g.text("zh"), g.text("en")) for g in said)
    return Programme(
        name=name.text,
        en=f.text("en", upper.en if upper else ""),
        entity=entity,
        period=cast(Period, f.choice("period", PERIODS, upper.period if upper else "月")),
        versions=versions,
        received=f.formula("received") or (upper.received if upper else None),
        rank=f.whole("rank", upper.rank if upper else 100),
        group=f.text("group", upper.group if upper else ""),
        apply_zh=apply.text("zh") if apply else (upper.apply_zh if upper else ""),
        apply_en=apply.text("en") if apply else (upper.apply_en if upper else ""),
        papers=papers or (upper.papers if upper else ()),
        where=name.where,
    )


def _versions(f: Fields, state: State, name: Scalar, pack: str) -> tuple[ProgrammeVersion, ...]:
    what = (f"项目“{name.text}”", f"Programme “{name.text}”")
    if not one_of(f, "conditions", name):
        return ()
    if "conditions" in f:
        return tuple(v for v in [_version(f, state, pack, cites_of(f, state, required=True, what=what))] if v)
    shared = cites_of(f, state, required=False, what=what)
    out = []
    for key in ("amount", "funding"):
        if key in f:
            f.reader.error(
                f.places[key],
                "dates-of-versions",
                f"有 versions 时，{key} 写在各个版本里",
                f"With versions, {key} belongs in each of them",
            )
    for node in f.items("versions"):
        g = f.reader.fields(node, PROGRAMME_VERSION)
        if g is not None:
            own = cites_of(g, state, required=not shared, what=what)
            out.append(_version(g, state, pack, own or shared))
    return tuple(v for v in out if v is not None)


def _version(f: Fields, state: State, pack: str, cites: tuple[Citation, ...]) -> ProgrammeVersion | None:
    conditions = tuple(c for node in f.items("conditions") if (c := _condition(f.reader, node, state)) is not None)
    if "conditions" in f and not f.items("conditions"):
        f.reader.error(
            f.at("conditions"),
            "no-conditions",
            "一条条件也没有，等于人人符合；确是人人符合的，写上“是”",
            "No condition at all would match everyone; if that is meant, write the condition 是",
        )
    if not conditions:
        return None
    funding = tuple(x for node in f.items("funding") if (x := _funding(f.reader, node, state)) is not None)
    return ProgrammeVersion(conditions, f.formula("amount"), *f.span(), cites, funding, pack)


def _condition(reader: Reader, node: Node, state: State) -> Condition | None:
    """A formula alone, or one with words and citations."""
    if isinstance(node, Scalar):
        return None if reader.word(node, "条件", "A condition") is None else Condition(node.formula())
    f = reader.fields(node, CONDITION)
    formula = f.formula("formula") if f else None
    if f is None or formula is None:
        return None
    return Condition(formula, *f.both("zh", "en"), cites_of(f, state, required=False, what=("条件", "A condition")))


def _funding(reader: Reader, node: Node, state: State) -> Funding | None:
    f = reader.fields(node, FUNDING)
    if f is None:
        return None
    shares: list[Share] = []
    mapping = reader.mapping(f.node("shares"), "“shares”", "“shares”")
    for level, part in mapping or ():
        if (tail := torn(level)) is not None:
            zh, en = tail
            reader.error(
                level.where, "bad-name", f"“{level.text}”不是出资方{zh}", f"“{level.text}” is nobody who pays{en}"
            )
            continue
        text = reader.word(part, "分担", "A share")
        if text is None or not isinstance(part, Scalar):
            continue
        rest = text in REST
        if rest and any(s.formula is None for s in shares):
            reader.error(part.where, "two-rests", "“其余”只能写给一方", "Only one party can bear the rest")
        shares.append(Share(level.text, None if rest else part.formula()))
    return Funding(f.formula("when"), tuple(shares), cites_of(f, state, required=False, what=("出资", "Funding")))


def read_conflicts(reader: Reader, state: State, layer: Layer, root: Node | None) -> None:
    """Adds to ``layer.conflicts``."""
    seen = {part.name: part.where for part in layer.conflicts}

    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, CONFLICT, name.where)
        if f is None or not one_of(f, "kind", name) or not _new(reader, seen, name):
            return
        what = (f"冲突“{name.text}”", f"Conflict “{name.text}”")
        entries = [(f, ())] if "kind" in f else _entries(f, CONFLICT_VERSION, state, what)
        versions = [_conflict(g, state, name, f.text("en"), layer.name, shared, what) for g, shared in entries]
        found = tuple(v for v in versions if v is not None)
        if found:
            layer.conflicts.append(ConflictPart(name.text, found, read_replaces(f), name.where))

    each(reader, root, "冲突", "Conflicts", one)


def _entries(f: Fields, keys: Keys, state: State, what: tuple[str, str]) -> list[tuple[Fields, tuple[Citation, ...]]]:
    """Each of ``versions`` with the citations that they share."""
    shared = cites_of(f, state, required=False, what=what)
    return [(g, shared) for node in f.items("versions") if (g := f.reader.fields(node, keys)) is not None]


def _conflict(
    f: Fields, state: State, name: Scalar, en: str, pack: str, shared: tuple[Citation, ...], what: tuple[str, str]
) -> Conflict | None:
    word = f.choice("kind", KINDS, "")
    cites = cites_of(f, state, required=not shared, what=what) or shared
    if not word:
        return None
    kind = cast(Kind, word)
    for key in ("programmes", "by", "legs", "over"):
        if key in KINDS[kind] and key not in f and key not in f.places:
            f.reader.error(f.where, "missing-key", f"{kind} 冲突缺少“{key}”", f"A {kind} conflict lacks “{key}”")
        elif key not in KINDS[kind] and key in f:
            f.reader.error(f.places[key], "wrong-key", f"{kind} 冲突不写“{key}”", f"A {kind} conflict takes no “{key}”")
    legs = tuple(_leg(f.reader, node) for node in f.items("legs"))
    if kind == "higher" and "legs" in f and (len(legs) < 2 or not all(legs)):
        f.reader.error(
            f.at("legs"),
            "few-legs",
            "比较高低至少要两边，每边至少一个项目",
            "A choice of the higher needs two legs, each with a programme",
        )
        return None
    if any(key not in f for key in KINDS[kind]):
        return None
    programmes, by = (tuple(s.text for s in f.words(key)) for key in ("programmes", "by"))
    for key, named in (("programmes", programmes), ("by", by)):
        if key in f and not named:
            zh, en_ = f"“{key}”里一个项目也没有", f"“{key}” names no programme"
            f.reader.error(f.at(key), "no-programmes", zh, en_)
            return None
    return Conflict(
        name.text,
        en,
        kind,
        programmes,
        by,
        legs,
        f.formula("over"),
        *f.span(),
        cites,
        pack,
        name.where,
    )


def _leg(reader: Reader, node: Node) -> tuple[str, ...]:
    """A leg is a programme or a list of programmes whose sum counts."""
    items = [node] if isinstance(node, Scalar) else reader.items(node, "一边", "A leg")
    return tuple(text for item in items if (text := reader.word(item, "项目", "A programme")) is not None)


def read_derived(reader: Reader, state: State, layer: Layer, root: Node | None) -> None:
    """Adds to ``layer.derived``."""
    seen = {part.name: part.where for part in layer.derived}

    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, DERIVED, name.where)
        if f is None or not one_of(f, "when", name) or not _new(reader, seen, name):
            return
        upper = state.derived.get(name.text)
        of = f.text("of", upper[0].of if upper else "")
        if upper is None and "of" not in f:
            reader.error(
                name.where, "missing-key", f"派生户“{name.text}”缺少“of”", f"Derived household “{name.text}” lacks “of”"
            )
            return
        if of not in state.entities:
            reader.unknown(f.at("of"), "unknown-entity", ("实体", "entity"), of, state.entities)
            return
        what = (f"派生户“{name.text}”", f"Derived household “{name.text}”")
        entries = [(f, ())] if "when" in f else _entries(f, DERIVED_VERSION, state, what)
        versions = [_one_derived(f, g, state, name, of, layer.name, shared, what) for g, shared in entries]
        found = tuple(v for v in versions if v is not None)
        if found:
            layer.derived.append(DerivedPart(name.text, found, read_replaces(f), name.where))

    each(reader, root, "派生户", "Derived households", one)


def _one_derived(
    f: Fields,
    g: Fields,
    state: State,
    name: Scalar,
    of: str,
    pack: str,
    shared: tuple[Citation, ...],
    what: tuple[str, str],
) -> Derived | None:
    """``g`` is one version of ``f`` (or ``f`` itself); what it does not say, ``f`` says for all."""
    for key in ("settles", "counts_in_original"):
        if key not in g and key not in f:
            f.reader.error(
                g.where,
                "missing-key",
                f"派生户“{name.text}”缺少“{key}”",
                f"Derived household “{name.text}” lacks “{key}”",
            )
    when = g.formula("when")
    cites = cites_of(g, state, required=not shared, what=what) or shared
    settles = g.text("settles") or f.text("settles")
    counts = (g if "counts_in_original" in g else f).truth("counts_in_original", default=True)
    if when is None or not settles:
        return None
    return Derived(name.text, f.text("en"), of, when, settles, counts, *g.span(), cites, pack, name.where)
