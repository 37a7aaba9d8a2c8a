"""Reads questions.yaml and where.yaml. What a lower pack says of a question or a desk takes the place of what is above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from doudi.packs.cite import cites_of
from doudi.packs.keys import Keys
from doudi.packs.literals import BadLiteral, natural
from doudi.packs.located import Node, Scalar
from doudi.packs.questions import NONE, THE_DAY, Desk, Key, Question, Said, Section, Taken, Way
from doudi.packs.read_schema import declare, each
from doudi.packs.reading import Fields, Reader
from doudi.packs.state import State
from doudi.rules.declared import Fact
from doudi.rules.types import Kind, Type

QUESTIONS = Keys("提问文件", "A file of questions", (), ("sections", "questions", "taken"))
SECTION = Keys("部分", "A part of the questions", ("en",))
QUESTION = Keys(
    "提问", "A question", ("zh", "en", "section", "rank"),
    ("hint_zh", "hint_en", "who_zh", "who_en", "ticked", "rest", "fields", "kinds", "since", "dated", "names", "ways", "options"),
)  # fmt: skip
WAY = Keys("添加方式", "A way of adding", ("zh", "en"), ("sets",))
TAKEN = Keys("视为", "What is taken", ("value", "zh", "en"))
TEXT = Keys("文字", "A text", ("zh", "en"))
WHERE = Keys("办理文件", "A file of desks", (), ("programmes", "groups"))
DESK = Keys("办理", "A desk", ("apply",), ("papers", "cites"))


def read_questions(reader: Reader, state: State, root: Node | None) -> None:
    """Adds to ``state.questions``, ``state.sections`` and ``state.taken``."""
    f = reader.fields(root, QUESTIONS)
    if f is None:
        return

    def section(name: Scalar, node: Node) -> None:
        g = reader.fields(node, SECTION, name.where)
        if g is not None:
            declare(reader, state.sections, name.text, Section(name.text, g.text("en"), name.where))

    def question(name: Scalar, node: Node) -> None:
        g = reader.fields(node, QUESTION, name.where)
        key = _key(reader, state, name)
        if g is None or key is None or not _once(reader, state.questions.get(key), name):
            return
        state.questions[key] = _question(g, state, key, name)

    def taken(name: Scalar, node: Node) -> None:
        g = reader.fields(node, TAKEN, name.where)
        key = _key(reader, state, name)
        if g is None or key is None or not _once(reader, state.taken.get(key), name):
            return
        fact = state.facts.get(key)
        if fact is None:
            reader.unknown(name.where, "unknown-fact", ("事实", "fact"), name.text, _facts(state))
            return
        value = g.text("value")
        if not (value == THE_DAY and fact.type.kind is Kind.DATE):
            _literal(g, "value", value, fact.type, state)
        state.taken[key] = Taken(key, value, Said(g.text("zh"), g.text("en")), name.where)

    for key, zh, en, read in (
        ("sections", "部分", "Parts", section),
        ("questions", "提问", "Questions", question),
        ("taken", "视为", "What is taken", taken),
    ):
        if key in f:
            each(reader, f.node(key), zh, en, read)


def _question(g: Fields, state: State, key: Key, name: Scalar) -> Question:
    reader, fact = g.reader, state.facts.get(key)
    if (section := g.text("section")) and section not in state.sections:
        reader.unknown(g.at("section"), "unknown-section", ("部分", "part"), section, state.sections)
    found = Question(
        key, Said(g.text("zh"), g.text("en")), Said(*g.both("hint_zh", "hint_en")), section, g.whole("rank", 0),
        Said(*g.both("who_zh", "who_en")), g.text("ticked"), g.text("rest"), where=name.where,
    )  # fmt: skip
    if fact is not None:
        for word in ("ticked", "rest"):
            if word in g and not (word == "rest" and "." in g.text("rest")):
                _literal(g, word, g.text(word), fact.type, state)
        if "." in found.rest and _split(found.rest) not in state.facts:
            reader.unknown(g.at("rest"), "unknown-fact", ("事实", "fact"), found.rest, _facts(state))
        return replace(found, options=tuple(_options(g, state, fact)))
    if found.rest not in ("", NONE):
        zh, en = f"表的其余各行只能写“{NONE}”", f"For a table the rest can only be {NONE}"
        reader.error(g.at("rest"), "bad-choice", zh, en)
    child = key[1]
    if found_since := g.text("since"):
        root = next(e.name for e in state.entities.values() if not e.of)
        if (root, found_since) not in state.rules and (root, found_since) not in state.facts:
            reader.unknown(
                g.at("since"), "unknown-name", ("量", "value"), found_since, [n for e, n in state.rules if e == root]
            )
    return replace(
        found, fields=_names(g, "fields", state, child), kinds=next(iter(_names(g, "kinds", state, child)), ""), since=g.text("since"),
        dated=next(iter(_names(g, "dated", state, child)), ""), names=_names(g, "names", state, child), ways=tuple(_ways(g, state, child)),
    )  # fmt: skip


def _names(g: Fields, key: str, state: State, entity: str) -> tuple[str, ...]:
    out = []
    for word in g.words(key):
        if (entity, word.text) not in state.facts:
            known = [n for e, n in state.facts if e == entity]
            g.reader.unknown(word.where, "unknown-fact", ("事实", "fact"), word.text, known)
        out.append(word.text)
    return tuple(out)


def _ways(g: Fields, state: State, entity: str) -> Iterator[Way]:
    for node in g.items("ways"):
        h = g.reader.fields(node, WAY)
        if h is None:
            continue
        sets = []
        for fact_name, value in g.reader.mapping(h.node("sets"), "“sets”", "“sets”") or ():
            fact = state.facts.get((entity, fact_name.text))
            text = g.reader.word(value, fact_name.text, fact_name.text)
            if fact is None:
                known = [n for e, n in state.facts if e == entity]
                g.reader.unknown(fact_name.where, "unknown-fact", ("事实", "fact"), fact_name.text, known)
            elif text is not None:
                _literal(h, "sets", text, fact.type, state)
                sets.append((fact_name.text, text))
        yield Way(Said(h.text("zh"), h.text("en")), tuple(sets))


def _options(g: Fields, state: State, fact: Fact) -> Iterator[tuple[str, Said]]:
    for value, node in g.reader.mapping(g.node("options"), "“options”", "“options”") or ():
        h = g.reader.fields(node, TEXT)
        _literal(g, "options", value.text, fact.type, state)
        if h is not None:
            yield value.text, Said(h.text("zh"), h.text("en"))


def read_where(reader: Reader, state: State, root: Node | None) -> None:
    """Adds to ``state.desks``, by programme and by group of programmes."""
    f = reader.fields(root, WHERE)
    if f is None:
        return

    def of(kind: str) -> None:
        known = state.programmes if kind == "programmes" else {p.group for p in state.programmes.values()}

        def one(name: Scalar, node: Node) -> None:
            g = reader.fields(node, DESK, name.where)
            if name.text not in known:
                reader.unknown(name.where, "unknown-programme", ("项目或分组", "programme or group"), name.text, known)
            if g is None or not _once(reader, state.desks.get((kind, name.text)), name):
                return
            apply = reader.fields(g.node("apply"), TEXT)
            papers = [h for item in g.items("papers") if (h := reader.fields(item, TEXT)) is not None]
            state.desks[kind, name.text] = Desk(
                Said(apply.text("zh"), apply.text("en")) if apply else Said(),
                tuple(Said(h.text("zh"), h.text("en")) for h in papers),
                cites_of(g, state, required=False, what=(name.text, name.text)),
                name.where,
            )

        if kind in f:
            each(reader, f.node(kind), "办理", "Desks", one)

    of("programmes")
    of("groups")


def _once(reader: Reader, before: Question | Taken | Desk | None, name: Scalar) -> bool:
    """Whether nothing of the same pack says it already."""
    if before is None or before.where.file.partition("/")[0] != name.where.file.partition("/")[0]:
        return True
    zh, en = f"“{name.text}”在 {before.where} 已经说过", f"“{name.text}” is already at {before.where}"
    reader.error(name.where, "declared-twice", zh, en)
    return False


def _key(reader: Reader, state: State, name: Scalar) -> Key | None:
    """A fact, or a table of an entity."""
    entity, thing = _split(name.text)
    below = state.entities.get(thing)
    if (entity, thing) in state.facts or (below is not None and below.of == entity):
        return entity, thing
    reader.unknown(name.where, "unknown-fact", ("事实或表", "fact or table"), name.text, _facts(state))
    return None


def _split(text: str) -> Key:
    entity, _, thing = text.partition(".")
    return entity, thing


def _facts(state: State) -> list[str]:
    return [f"{e}.{n}" for e, n in state.facts]


def _literal(g: Fields, key: str, text: str, kind: Type, state: State) -> None:
    try:
        natural(text, kind, state.words)
    except BadLiteral as bad:
        g.reader.error(g.at(key), bad.code, bad.zh, bad.en)
