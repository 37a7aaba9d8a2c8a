"""Reads rules: computed values with dated formulas, and what they replace."""

from __future__ import annotations

from doudi.packs.cite import cites_of
from doudi.packs.keys import Keys
from doudi.packs.located import Node, Scalar
from doudi.packs.read_schema import each, read_bound, read_type, split_name
from doudi.packs.reading import Fields, Reader
from doudi.packs.state import Layer, Replaces, RulePart, State
from doudi.rules.declared import Citation, Rule, Version

DATED = ("from", "until")
RULE = Keys(
    "规则",
    "A rule",
    (),
    ("en", "type", "formula", *DATED, "versions", "cites", "min", "max", "replaces", "assessed"),
)
VERSION = Keys("规则的一个版本", "A version of a rule", ("formula",), (*DATED, "cites", "assessed"))


def read_rules(reader: Reader, state: State, layer: Layer, root: Node | None) -> None:
    """Adds to ``layer.rules``. A rule that replaces an upper one takes from it whatever it does not say."""
    seen = {(part.rule.entity, part.rule.name): part.rule.where for part in layer.rules}

    def one(name: Scalar, node: Node) -> None:
        key = split_name(reader, state, name)
        f = reader.fields(node, RULE, name.where)
        if key is None or f is None:
            reader.damaged.add(name.text.partition(".")[2])
            return
        if key in seen or key in state.facts:
            place = seen[key] if key in seen else state.facts[key].where
            reader.error(
                name.where,
                "declared-twice",
                f"“{name.text}”在 {place} 已经声明过",
                f"“{name.text}” is already declared at {place}",
            )
            return
        rule = _rule(reader, state, f, name, key, layer.name)
        if rule is None:
            reader.damaged.add(key[1])
            return
        seen[key] = name.where
        layer.rules.append(RulePart(rule, read_replaces(f)))

    each(reader, root, "规则", "Rules", one)


def _rule(reader: Reader, state: State, f: Fields, name: Scalar, key: tuple[str, str], pack: str) -> Rule | None:
    upper = state.rules.get(key)
    for word in ("en", "type"):
        if upper is None and word not in f and word not in f.places:
            reader.error(
                name.where, "missing-key", f"规则“{name.text}”缺少“{word}”", f"Rule “{name.text}” lacks “{word}”"
            )
    kind = read_type(reader, state, f) if "type" in f else (upper.type if upper else None)
    if kind is None:
        return None
    if upper is not None and kind != upper.type:
        reader.error(
            f.at("type"),
            "type-differs",
            f"“{name.text}”在上级是{upper.type}，替换时不能改成{kind}",
            f"“{name.text}” is {upper.type} in the upper pack; a replacement cannot make it {kind}",
        )
        return None
    versions = _versions(f, state, name, pack)
    if not versions:
        return None
    lo, hi = read_bound(f, "min", kind, state), read_bound(f, "max", kind, state)
    if lo is not None and hi is not None and lo > hi:
        reader.error(f.at("max"), "empty-bounds", "max 小于 min", "max is below min")
        lo = hi = None
    if upper is not None:
        lo, hi = (upper.lo if lo is None else lo), (upper.hi if hi is None else hi)
    return Rule(*key, f.text("en", upper.en if upper else ""), kind, versions, lo, hi, name.where)


def _versions(f: Fields, state: State, name: Scalar, pack: str) -> tuple[Version, ...]:
    cites = cites_of(f, state, required=False, what=("规则", "A rule"))
    assessed = f.truth("assessed", default=False)
    if not one_of(f, "formula", name):
        return ()
    if "formula" in f:
        formula = f.formula("formula")
        return () if formula is None else (Version(formula, *f.span(), cites, pack, assessed),)
    out = []
    for node in f.items("versions"):
        g = f.reader.fields(node, VERSION)
        formula = g.formula("formula") if g else None
        if g is not None and formula is not None:
            own: tuple[Citation, ...] = cites_of(g, state, required=False, what=("规则", "A rule"))
            out.append(Version(formula, *g.span(), own or cites, pack, g.truth("assessed", assessed)))
    return tuple(out)


def one_of(f: Fields, main: str, name: Scalar) -> bool:
    """Whether an entry has ``main`` or else ``versions`` that each have it; dates belong beside ``main``."""
    if (main in f or main in f.places) == ("versions" in f or "versions" in f.places):
        f.reader.error(
            name.where,
            f"{main}-or-versions",
            f"“{name.text}”要写 {main} 或 versions，二者之一",
            f"“{name.text}” needs {main} or versions, one of them",
        )
        return False
    if "versions" in f:
        if not f.items("versions"):
            f.reader.error(
                f.at("versions"),
                "no-versions",
                f"“{name.text}”的 versions 里一个版本也没有",
                f"“{name.text}” has versions, but none is in them",
            )
            return False
        for key in DATED:
            if key in f:
                f.reader.error(
                    f.places[key],
                    "dates-of-versions",
                    f"有 versions 时，{key} 写在各个版本里",
                    f"With versions, {key} belongs in each of them",
                )
    return main in f or "versions" in f


def read_replaces(f: Fields) -> Replaces | None:
    """``pack@digest8``; the digest may be left out only to be told it."""
    found = f.scalar("replaces")
    if found is None:
        return None
    pack, _, digest = found.text.partition("@")
    return Replaces(pack.strip(), digest.strip(), found.where)
