"""What names mean: the declared things of a book, indexed, and how a name is resolved on the rows of one entity."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from doudi.rules.calendar import to_day
from doudi.rules.declared import Area, Book, Category, Entity, StandardDecl, View
from doudi.rules.faults import NOWHERE, Fault, Where, hint
from doudi.rules.lexer import FUNCTIONS, KEYWORDS, Lexicon, lexicon_for
from doudi.rules.types import MAX_AREA, RATIO_UNIT, TRUTH, Kind, Type

Key = tuple[str, str]


@dataclass
class Signature:
    """What is known of a variable before its formula is understood."""

    key: Key
    type: Type
    en: str
    where: Where
    lo: int = 0
    hi: int = 1


@dataclass
class Names:
    """Every declared name. ``faults`` collects clashes found while indexing."""

    entities: dict[str, Entity] = field(default_factory=dict)
    root: str = ""
    tables: dict[str, tuple[str, View | None]] = field(default_factory=dict)
    variables: dict[Key, Signature] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    standards: dict[str, StandardDecl] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    lexicon: Lexicon = field(default_factory=lambda: Lexicon(()))
    hints: dict[Key, tuple[str, str]] = field(default_factory=dict)

    def ancestors(self, entity: str) -> list[str]:
        """``entity`` and all it belongs to, nearest first."""
        out: list[str] = []
        while entity and entity not in out and entity in self.entities:
            out.append(entity)
            entity = self.entities[entity].of
        return out

    def declare(self, signature: Signature) -> None:
        entity, name = signature.key
        if signature.key in self.variables:
            other = self.variables[signature.key].where
            self.faults.append(
                Fault(
                    signature.where,
                    "declared-twice",
                    f"“{entity}.{name}”在 {other} 已经声明过",
                    f"“{entity}.{name}” is already declared at {other}",
                )
            )
            return
        self.variables[signature.key] = signature
        self.by_name.setdefault(name, []).append(entity)

    def known_names(self, entity: str) -> list[str]:
        """Names one could have meant in a formula of ``entity``."""
        mine = [name for (owner, name) in self.variables if owner == entity]
        return [*mine, *self.standards, *self.values, *self.areas]

    def hint(self, word: str, entity: str) -> tuple[str, str]:
        """The nearest right name for ``word`` in a formula of ``entity``; looked for once however often the word stands wrong."""
        if (entity, word) not in self.hints:
            self.hints[entity, word] = hint(word, self.known_names(entity))
        return self.hints[entity, word]


def index(book: Book, extra: list[Signature]) -> Names:
    """Index a book. ``extra`` are the variables that programmes, conflicts and derived households give."""
    names = Names()
    for e in book.entities:
        names.entities[e.name] = e
        names.tables[e.table or e.name] = (e.name, None)
        if not e.of:
            names.root = e.name
    for v in book.views:
        names.tables[v.name] = (v.entity, v)
    names.categories = {c.name: c for c in book.categories}
    for c in book.categories:
        for value, _ in c.values:
            names.values.setdefault(value, []).append(c.name)
    names.areas = {a.name: a for a in book.areas}
    names.standards = {s.name: s for s in book.standards}
    for f in book.facts:
        names.declare(Signature((f.entity, f.name), f.type, f.en, f.where, f.lo, f.hi))
    for r in book.rules:
        names.declare(Signature((r.entity, r.name), r.type, r.en, r.where))
    # Dated versions of one derived household share one flag.
    for d in {d.name: d for d in reversed(book.derived)}.values():
        names.declare(Signature((names.root, f"作为{d.name}"), TRUTH, f"Decided as {d.en}", d.where))
    for s in extra:
        names.declare(s)
    _check_entities(book, names)
    _check_clashes(book, names)
    words = {*names.by_name, *names.tables, *names.entities, *names.standards, *names.areas, *names.values}
    names.lexicon = lexicon_for(frozenset(words))
    return names


def _check_entities(book: Book, names: Names) -> None:
    roots = [e for e in book.entities if not e.of]
    if len(roots) != 1:
        listed = "、".join(e.name for e in roots) or "—"
        names.faults.append(
            Fault(
                roots[1].where if len(roots) > 1 else NOWHERE,
                "one-root",
                f"要有且只有一个没有上级的实体，现在有：{listed}",
                f"Exactly one entity must have no parent; found: {listed}",
            )
        )
    for e in book.entities:
        if e.of and e.of not in names.entities:
            zh, en = hint(e.of, names.entities)
            names.faults.append(
                Fault(e.where, "unknown-entity", f"没有实体“{e.of}”{zh}", f"There is no entity “{e.of}”{en}")
            )
    for owner, where in [
        *((f.entity, f.where) for f in book.facts),
        *((r.entity, r.where) for r in book.rules),
        *((p.entity, p.where) for p in book.programmes),
        *((v.entity, v.where) for v in book.views),
    ]:
        if owner not in names.entities:
            zh, en = hint(owner, names.entities)
            names.faults.append(
                Fault(where, "unknown-entity", f"没有实体“{owner}”{zh}", f"There is no entity “{owner}”{en}")
            )
    for sig in names.variables.values():
        if sig.type.kind is Kind.CATEGORY and sig.type.category not in names.categories:
            zh, en = hint(sig.type.category, names.categories)
            names.faults.append(
                Fault(
                    sig.where,
                    "unknown-category",
                    f"没有类别“{sig.type.category}”{zh}",
                    f"There is no category “{sig.type.category}”{en}",
                )
            )


def _check_clashes(book: Book, names: Names) -> None:
    """A bare word must mean one kind of thing wherever it stands."""
    places: dict[str, tuple[str, Where]] = {}

    def claim(word: str, what: str, where: Where) -> None:
        if word in KEYWORDS or word in FUNCTIONS:
            names.faults.append(
                Fault(
                    where,
                    "reserved-word",
                    f"“{word}”是语言自己的词，不能用作名称",
                    f"“{word}” is a word of the language itself",
                )
            )
        if not word.replace("_", "a").isalnum() or word[:1].isdigit():
            names.faults.append(
                Fault(
                    where,
                    "bad-name",
                    f"名称“{word}”里只能有汉字、字母和数字，且不能以数字开头",
                    f"The name “{word}” may hold only letters and digits",
                )
            )
        seen = places.get(word)
        if seen is not None and seen[0] != what:
            names.faults.append(
                Fault(
                    where,
                    "name-clash",
                    f"“{word}”已在 {seen[1]} 用作{seen[0]}",
                    f"“{word}” already names something else at {seen[1]}",
                )
            )
        places.setdefault(word, (what, where))

    for (_, name), sig in names.variables.items():
        claim(name, "变量", sig.where) if _plain(name) else None
    for s in book.standards:
        claim(s.name, "标准", s.where)
    for c in book.categories:
        for value, _ in c.values:
            claim(value, "类别值", c.where)
    for a in book.areas:
        claim(a.name, "地区", a.where)


def _plain(name: str) -> bool:
    """Whether a name was written by a person (names made by the compiler hold # or @)."""
    return not any(mark in name for mark in "#@·")


def kind_bounds(t: Type, names: Names) -> tuple[int, int]:
    """Bounds (stored units) of a value of type ``t`` of which nothing else is known: what a rule without a version in force is worth."""
    match t.kind:
        case Kind.TRUTH:
            return 0, 1
        case Kind.CATEGORY:
            return 0, len(names.categories[t.category].values) - 1
        case Kind.DATE:
            return to_day(date(1900, 1, 1)), to_day(date(2100, 12, 31))
        case Kind.AREA:
            return 0, MAX_AREA
        case Kind.MONEY:
            return 0, 10_000_000_000
        case Kind.RATIO:
            return 0, 100 * RATIO_UNIT
        case _:
            return 0, 1_000_000
