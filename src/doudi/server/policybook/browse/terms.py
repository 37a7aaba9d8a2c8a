"""The names that formulas are made of: facts, rules, categories, tables, conflicts and households of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from doudi.rules.declared import Rule, Version
from doudi.rules.types import Kind, Type
from doudi.server.policybook.browse.marked import Line
from doudi.server.policybook.browse.programmes import ConflictSaid, missing, owners, told
from doudi.server.policybook.browse.refs import Piece, Ref
from doudi.server.policybook.browse.shelf import Cited, Shelf
from doudi.server.policybook.browse.uses import owner_of
from doudi.server.policybook.naming import Said

_ENGLISH = {
    Kind.TRUTH: "yes or no", Kind.INTEGER: "whole number", Kind.MONEY: "sum of money", Kind.RATIO: "share", Kind.DATE: "date", Kind.AREA: "division",
}  # fmt: skip


@dataclass(frozen=True)
class RuleVersion:
    since: date | None
    until: date | None
    pack: str
    now: bool
    assessed: bool
    lines: tuple[Line, ...]
    cites: tuple[Cited, ...]


@dataclass(frozen=True)
class TermPage:
    """A fact (no ``versions``) or a rule. ``least`` and ``most`` bound what it can be; ``values`` are those of its category."""

    ref: Ref
    zh: str
    en: str
    entity: Ref | str
    kind: str
    type: str
    category: Ref | None
    least: str
    most: str
    help: str
    versions: tuple[RuleVersion, ...]
    in_force: bool
    reads: tuple[Ref, ...]
    users: tuple[Ref, ...]
    where: str


@dataclass(frozen=True)
class CategoryPage:
    ref: Ref
    zh: str
    en: str
    values: tuple[Said, ...]
    of: tuple[Ref, ...]


@dataclass(frozen=True)
class TablePage:
    """A linked table, or a view of one (``lines``: which of its rows)."""

    ref: Ref
    zh: str
    en: str
    entity: str
    parent: str
    most: int
    lines: tuple[Line, ...]
    facts: tuple[Ref, ...]
    rules: tuple[Ref, ...]
    users: tuple[Ref, ...]


@dataclass(frozen=True)
class DerivedPage:
    ref: Ref
    zh: str
    en: str
    since: date | None
    until: date | None
    when: tuple[Line, ...]
    settles: Ref
    counts: bool
    cites: tuple[Cited, ...]
    users: tuple[Ref, ...]


def term(s: Shelf, entity: str, name: str) -> TermPage:
    """Raises NotFound."""
    key = (entity, name)
    fact = next((f for f in s.book.facts if (f.entity, f.name) == key), None)
    rule = next((r for r in s.book.rules if (r.entity, r.name) == key), None)
    declared = fact or rule
    if declared is None:
        raise missing("名称", "name", f"{entity}.{name}")
    variable = s.ruleset.variables[key]
    found = s.uses.reads.get(key)
    reads: tuple[Ref, ...] = ()
    if found is not None:
        reads = (
            *(
                s.ref("term", k[1], k[0])
                for k in sorted(found.variables)
                if s.ruleset.variables[k].origin in ("fact", "rule")
            ),
            *(s.ref("standard", x) for x in sorted(found.standards)),
        )
    numeric = declared.type.numeric and fact is not None
    of = s.names.name(entity)
    return TermPage(
        s.ref("term", name, entity), name, declared.en, s.pick(of.zh, of.en), s.pick("事实", "fact") if fact else s.pick("规则", "rule"),
        said_type(s, declared.type), s.ref("category", declared.type.category) if declared.type.category else None,
        s.words.value(declared.type, variable.lo, variable.lo) if numeric else "",
        s.words.value(declared.type, variable.hi, variable.hi) if numeric else "", s.pick(fact.help, fact.help_en) if fact else "",
        tuple(_version(s, rule, v) for v in _ordered(rule)) if rule else (), variable.in_force, reads,
        owners(s, s.uses.users[key]), str(declared.where),
    )  # fmt: skip


def said_type(s: Shelf, kind: Type) -> str:
    if s.lang == "zh":
        return str(kind)
    if kind.kind is Kind.CATEGORY:
        return f"one of “{s.names.name(kind.category).en}”"
    return _ENGLISH[kind.kind]


def category(s: Shelf, name: str) -> CategoryPage:
    """Raises NotFound."""
    found = next((c for c in s.book.categories if c.name == name), None)
    if found is None:
        raise missing("类别", "category", name)
    of = [k for k, v in s.ruleset.variables.items() if v.type.category == name and v.origin in ("fact", "rule")]
    return CategoryPage(
        s.ref("category", name), name, found.en, tuple(Said(zh, en) for zh, en in found.values),
        tuple(s.ref("term", k[1], k[0]) for k in sorted(of)),
    )  # fmt: skip


def table(s: Shelf, name: str) -> TablePage:
    """A linked table by the word that formulas use for it, or a view. Raises NotFound."""
    view = next((v for v in s.book.views if v.name == name), None)
    wanted = view.entity if view else name
    entity = next((e for e in s.book.entities if e.name == wanted or (e.table and e.table == wanted)), None)
    if entity is None or not entity.of:
        raise missing("表", "table", name)
    own = [(k, v) for k, v in s.ruleset.variables.items() if k[0] == entity.name]
    said, parent = s.names.name(entity.name), s.names.name(entity.of)
    lines: tuple[Line, ...] = ()
    if view is not None:
        source = view.formula.source
        known = (entity.name, source) in s.ruleset.variables
        lines = (
            (
                Piece(
                    source if s.lang == "zh" else s.ref("term", source, entity.name).text,
                    s.ref("term", source, entity.name),
                )
                if known
                else Piece(source),
            ),
        )
    return TablePage(
        s.ref("table", name), name, view.en if view else entity.en, s.pick(said.zh, said.en), s.pick(parent.zh, parent.en), entity.max_rows,
        lines, tuple(s.ref("term", k[1], k[0]) for k, v in own if v.origin == "fact"),
        tuple(s.ref("term", k[1], k[0]) for k, v in own if v.origin == "rule"), owners(s, s.uses.table_users[entity.name]),
    )  # fmt: skip


def conflict(s: Shelf, name: str) -> tuple[ConflictSaid, ...]:
    """Its dated versions. Raises NotFound."""
    found = tuple(told(s, c) for c in s.book.conflicts if c.name == name)
    if not found:
        raise missing("冲突规定", "conflict", name)
    return found


def conflicts(s: Shelf) -> tuple[ConflictSaid, ...]:
    return tuple(told(s, c) for c in s.book.conflicts)


def derived(s: Shelf, name: str) -> DerivedPage:
    """Raises NotFound."""
    versions = [d for d in s.book.derived if d.name == name]
    if not versions:
        raise missing("派生户", "derived-household", name)
    covered = [d for d in versions if (d.since is None or d.since <= s.on) and (d.until is None or s.on <= d.until)]
    d = (covered or versions)[-1]
    found = s.ruleset.variables.get((d.of, f"{name}#条件"))
    root = s.ruleset.root
    users = s.uses.users[root, f"作为{name}"]
    return DerivedPage(
        s.ref("derived", name), name, d.en, d.since, d.until,
        s.formula(found.node if found else None, d.of) or ((Piece(d.when.source),),), _settles(s, d.settles),
        d.counts_in_original, s.cited(d.cites), owners(s, users),
    )  # fmt: skip


def _settles(s: Shelf, name: str) -> Ref:
    key = (s.ruleset.root, name.rpartition(".")[2])
    kind, entity, own = owner_of(s.ruleset.variables[key]) if key in s.ruleset.variables else ("term", *key)
    return Ref(kind, own, entity, s.marked.plain(key) if key in s.ruleset.variables else name)


def _ordered(rule: Rule) -> list[Version]:
    return sorted(rule.versions, key=lambda v: v.since or date.min, reverse=True)


def _version(s: Shelf, rule: Rule, v: Version) -> RuleVersion:
    now = (v.since is None or v.since <= s.on) and (v.until is None or s.on <= v.until)
    other = s if now else s.at(v.since or (v.until or s.on) - timedelta(days=1))
    found = other.ruleset.variables.get((rule.entity, rule.name))
    same = found is not None and found.text is not None and found.text.source == v.formula.source
    lines = other.formula(found.node if found is not None and same else None, rule.entity)
    return RuleVersion(
        v.since, v.until, v.pack, now, v.assessed, lines or ((Piece(v.formula.source),),), s.cited(v.cites)
    )


__all__ = ["category", "conflict", "conflicts", "derived", "table", "term"]
