"""Reads worked cases: templates, households, and what must come out of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path as FilePath
from typing import Protocol

from doudi.packs.case import Case, Expectation
from doudi.packs.case_rows import UNKNOWN, Place, RowReader, written_ends
from doudi.packs.keys import Keys
from doudi.packs.literals import BadLiteral, stored
from doudi.packs.located import Mapping, Node, Scalar, Sequence, read_file
from doudi.packs.reading import Reader, torn
from doudi.packs.state import State
from doudi.rules import Book
from doudi.rules.calendar import month_start
from doudi.rules.faults import hint
from doudi.rules.scalar import Path
from doudi.rules.types import MONEY, TRUTH, Type

FILE = Keys("案例文件", "A file of cases", (), ("templates", "cases"))
CASE = Keys("案例", "A case", ("case", "why", "as_of", "household", "expect"), ("en", "why_en", "month"))
OUTCOMES = ("符合", "不符合", "无法判定")
GRANTED = ("是", "否", UNKNOWN)
MISSING = "缺"
FIRST, LAST = date(1949, 10, 1), date(2100, 12, 31)
SHARED = "templates.yaml"
"""Templates in ``cases/templates.yaml`` serve all files of cases; those of another file serve that file."""


class _Info(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def files(self) -> dict[str, tuple[tuple[FilePath, str], ...]]: ...


def read_cases(reader: Reader, state: State, book: Book, info: _Info) -> tuple[Case, ...]:
    """The cases of one pack; what is wrong with them goes to ``reader``."""
    roots = [(shown, read_file(path, shown, reader.faults)) for path, shown in info.files["cases"]]
    work = _Cases(reader, state, book, info.name)
    shared: dict[str, Mapping] = {}
    for shown, root in roots:
        if shown.endswith("/" + SHARED):
            shared |= work.templates(root)
    out: list[Case] = []
    for _, root in roots:
        work.rows.templates = shared | work.templates(root)
        out += work.cases(root)
    seen: dict[str, Case] = {}
    for case in out:
        if case.name in seen:
            zh = f"案例“{case.name}”在 {seen[case.name].where} 已经有了"
            reader.error(case.where, "declared-twice", zh, f"Case “{case.name}” is already at {seen[case.name].where}")
        seen[case.name] = case
    for case in work.untold[:1]:
        more = len(work.untold) - 1
        zh = f"案例“{case.name}”" + (f"和另外 {more} 个案例" if more else "")
        en = f"Case “{case.name}”" + (f" (and {more} more)" if more else "")
        reader.no_english(case.where, zh, en, "en: …, why_en: …")
    return tuple(out)


def case_names(files: tuple[tuple[FilePath, str], ...]) -> list[str]:
    """Only the names of the cases in these files, whatever else is in them."""
    out = []
    for path, shown in files:
        root = read_file(path, shown, [])
        cases = root.get("cases") or root.get("案例") if isinstance(root, Mapping) else None
        for node in cases.items if isinstance(cases, Sequence) else ():
            name = node.get("case") or node.get("案例") if isinstance(node, Mapping) else None
            if isinstance(name, Scalar):
                out.append(name.text)
    return out


@dataclass
class _At:
    """Where in the decision an expectation looks."""

    entity: str
    path: Path
    label: str = ""
    derived: str = ""
    person: Path = ()


class _Cases:
    def __init__(self, reader: Reader, state: State, book: Book, pack: str) -> None:
        self.reader, self.state, self.book, self.pack = reader, state, book, pack
        facts: dict[str, dict] = {}  # type: ignore[type-arg]
        for f in book.facts:
            facts.setdefault(f.entity, {})[f.name] = f
        self.rows = RowReader(reader, state, facts)
        self.root = next((e.name for e in book.entities if not e.of), "")
        self.types = variable_types(book)
        self.programmes = {p.name: p.entity for p in book.programmes}
        self.derived = {d.name: d.of for d in book.derived}
        self.untold: list[Case] = []
        """Those without English."""

    def templates(self, root: Node | None) -> dict[str, Mapping]:
        entries = root.entries if isinstance(root, Mapping) else {}
        found = next((node for key, (_, node) in entries.items() if FILE.canonical.get(key) == "templates"), None)
        return (
            {name: node for name, (_, node) in found.entries.items() if isinstance(node, Mapping)}
            if isinstance(found, Mapping)
            else {}
        )

    def cases(self, root: Node | None) -> Iterator[Case]:
        f = self.reader.fields(root, FILE) if root is not None else None
        if f is None:
            return
        templates = self.reader.mapping(f.node("templates"), "“templates”", "“templates”")
        for _, node in templates or ():
            self.reader.mapping(node, "模板", "A template")
        for node in f.items("cases"):
            case = self.case(node)
            if case is not None:
                yield case

    def case(self, node: Node) -> Case | None:
        f = self.reader.fields(node, CASE)
        if f is None:
            return None
        name, as_of = f.text("case"), f.day("as_of")
        month = f.day("month") or as_of
        for key, day in (("as_of", as_of), ("month", month)):
            if key in f and day is not None and not FIRST <= day <= LAST:
                zh, en = (
                    f"{day} 太早或太晚；案例要在 {FIRST} 与 {LAST} 之间",
                    f"{day} is too early or too late for a case: {FIRST} to {LAST}",
                )
                self.reader.error(f.at(key), "bad-date", zh, en)
        household = self.rows.household(self.root, f.node("household")) if self.root else None
        if household is None or as_of is None or month is None or not name:
            return None
        expect = tuple(self.expect(f.node("expect"), _At(self.root, ()))) if "expect" in f else ()
        said = f.node("expect")
        if isinstance(said, Mapping) and not said.entries:
            self.reader.error(f.at("expect"), "nothing-expected", "案例没有写出结果", "The case expects nothing")
        en, why, why_en = f.text("en"), f.text("why"), f.text("why_en")
        case = Case(name, en, why, why_en, as_of, month_start(month), household, expect, self.pack, f.at("case"))
        if not (en and why_en):
            self.untold.append(case)
        return case

    # --- what must come out -----------------------------------------------------------------------------------------

    def expect(self, node: Node | None, at: _At) -> Iterator[Expectation]:
        mapping = self.reader.mapping(node, "expect", "expect")
        for key, value in mapping or ():
            name, dot, part = key.text.partition(".")
            if key.text == MISSING:
                yield from self.missing(value, at)
            elif key.text in self.derived and at.entity == self.root and not at.derived:
                yield from self.households_of_one(key, value)
            elif key.text in self.rows.labels and not at.derived:
                place = self.rows.labels[key.text]
                yield from self.expect(value, _At(place.entity, place.path, key.text))
            elif dot and part == "享受":
                yield from self.word(key, value, at, name)
            elif self.programmes.get(key.text) in (at.entity, self.person_entity(at)):
                yield from self.word(key, value, at, "")
            elif (spot := self.spot(at, key.text)) is not None:
                yield from self.value(key, value, spot)
            else:
                self.unknown(key, at)

    def unknown(self, key: Scalar, at: _At) -> None:
        here = (at.entity, self.person_entity(at))
        known = [name for (entity, name) in self.types if entity in here]
        known += [name for name, entity in self.programmes.items() if entity in here]
        known += [*self.derived, *self.rows.labels, MISSING]
        zh, en = torn(key) or hint(key.text, known)
        name, _, part = key.text.partition(".")
        elsewhere = {entity for (entity, thing) in self.types if thing == key.text}
        elsewhere |= {entity for programme, entity in self.programmes.items() if programme == name} - set(here)
        if part == MISSING and name in self.programmes:
            zh, en = f"；所缺写成 {MISSING}: {{{name}: […]}}", f"; what is missing is {MISSING}: {{{name}: […]}}"
        elif self.root in elsewhere:
            zh = f"；它是{self.root}的，请直接写在 expect 里，不写在称呼之下"
            en = f"; it is of {self.root}: write it in expect itself, under nobody's 称呼"
        elif elsewhere and not zh.endswith(f"“{key.text}”？"):
            whose = sorted(elsewhere)
            zh = f"；它是{'、'.join(whose)}的，请写在那一行的称呼之下"
            en = f"; it is of {', '.join(whose)}: write it under that row's 称呼"
        self.reader.error(
            key.where,
            "unknown-expectation",
            f"{at.entity}没有“{key.text}”这个项目、量、称呼或派生户{zh}",
            f"{at.entity} has no programme, variable, row or derived household “{key.text}”{en}",
        )

    def person_entity(self, at: _At) -> str:
        """In a household of one, the entity of its person may be asked too."""
        return self.derived[at.derived] if at.derived else at.entity

    def spot(self, at: _At, name: str) -> _At | None:
        """Where the variable ``name`` is to be read: on the household of one itself or on its person."""
        if (at.entity, name) in self.types:
            return at
        person = self.person_entity(at)
        return _At(person, at.person, at.label, at.derived, at.person) if (person, name) in self.types else None

    def word(self, key: Scalar, value: Node, at: _At, granted: str) -> Iterator[Expectation]:
        programme = granted or key.text
        entity = self.programmes.get(programme)
        if entity not in (at.entity, self.person_entity(at)):
            self.reader.unknown(key.where, "unknown-programme", ("项目", "programme"), programme, self.programmes)
            return
        known = GRANTED if granted else OUTCOMES
        text = self.reader.word(value, f"“{key.text}”", f"“{key.text}”")
        if text is None:
            return
        if text not in known:
            zh, en = hint(text, known)
            listed = "、".join(known)
            self.reader.error(
                value.where, "bad-choice", f"“{key.text}”应是 {listed}{zh}", f"“{key.text}” must be one of {listed}{en}"
            )
            return
        path = at.path if entity == at.entity else at.person
        yield Expectation(
            "granted" if granted else "outcome",
            entity or "",
            programme,
            path,
            text,
            text,
            key.where,
            at.derived,
            at.person,
            at.label,
        )

    def value(self, key: Scalar, node: Node, at: _At) -> Iterator[Expectation]:
        kind = self.types[at.entity, key.text]
        expected: tuple[int, int] | None = None
        if isinstance(node, Scalar) and node.text == UNKNOWN:
            written = UNKNOWN
        else:
            ends = self.ends(node)
            found = [self.literal(end, kind, node) for end in ends]
            if not found or any(x is None for x in found):
                return
            bounds = [x for x in found if x is not None]
            expected = (bounds[0], bounds[-1])
            written = ends[0] if len(ends) == 1 else f"[{ends[0]}, {ends[1]}]"
        yield Expectation(
            "value", at.entity, key.text, at.path, expected, written, key.where, at.derived, at.person, at.label
        )

    def ends(self, node: Node) -> list[str]:
        """One value, or the two ends of an interval, written ``[0 元, 50 元]`` with quotes or without."""
        if isinstance(node, Sequence) and len(node.items) == 2 and all(isinstance(x, Scalar) for x in node):
            return [x.text for x in node if isinstance(x, Scalar)]
        text = self.reader.word(node, "结果", "What is expected")
        if text is None:
            return []
        return written_ends(text) or [text]

    def literal(self, text: str, kind: Type, node: Node) -> int | None:
        try:
            return stored(text, kind, self.state.words)
        except BadLiteral as bad:
            self.reader.error(node.where, bad.code, bad.zh, bad.en)
            return None

    def missing(self, node: Node, at: _At) -> Iterator[Expectation]:
        mapping = self.reader.mapping(node, MISSING, MISSING)
        for key, value in mapping or ():
            entity = self.programmes.get(key.text)
            if entity not in (at.entity, self.person_entity(at)):
                self.reader.unknown(key.where, "unknown-programme", ("项目", "programme"), key.text, self.programmes)
                continue
            items = self.reader.items(value, MISSING, MISSING)
            names = [text for item in items if (text := self.reader.word(item, MISSING, MISSING)) is not None]
            path = at.path if entity == at.entity else at.person
            yield Expectation(
                "missing",
                entity or "",
                key.text,
                path,
                frozenset(names),
                "、".join(names) or "无",
                key.where,
                at.derived,
                at.person,
                at.label,
            )

    def households_of_one(self, key: Scalar, node: Node) -> Iterator[Expectation]:
        mapping = self.reader.mapping(node, f"“{key.text}”", f"“{key.text}”")
        for label, inner in mapping or ():
            place = self.rows.labels.get(label.text, Place("", ()))
            if place.entity != self.derived[key.text]:
                self.reader.unknown(label.where, "unknown-row", ("称呼", "row called"), label.text, self.rows.labels)
                continue
            yield from self.expect(inner, _At(self.root, (), label.text, key.text, place.path))


def variable_types(book: Book) -> dict[tuple[str, str], Type]:
    """The type of every name that a case can ask for: facts, rules, and what programmes give."""
    out: dict[tuple[str, str], Type] = {(f.entity, f.name): f.type for f in book.facts}
    out |= {(r.entity, r.name): r.type for r in book.rules}
    for p in book.programmes:
        out[p.entity, f"符合{p.name}"] = out[p.entity, f"享受{p.name}"] = TRUTH
        if any(v.amount is not None for v in p.versions):
            out[p.entity, f"{p.name}金额"] = out[p.entity, f"{p.name}实发"] = MONEY
            levels = {s.level for v in p.versions for x in v.funding for s in x.shares}
            for level in [*levels, "未载明"] if levels else []:
                out[p.entity, f"{p.name}实发·{level}"] = MONEY
        if p.received is not None:
            out[p.entity, f"{p.name}现领"] = MONEY
    return out
