"""The chapters of the language reference as examples: a formula, what is given, what comes out.

They live in ``chapters/*.yaml``; ``docs/reference/language.md`` is written from them by ``tools/reference.py`` and every one is run on both evaluators.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from doudi.packs.case_rows import RowReader
from doudi.packs.located import Mapping, Sequence, read_bytes
from doudi.packs.pack import Pack, examine
from doudi.packs.reading import Reader
from doudi.rules.declared import Fact
from doudi.rules.scalar import Path as RowPath
from doudi.rules.scalar import Row

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """``type`` is as a pack writes it; ``gives`` a literal, bounds ``[a, b]``, 未知 or ``fault <code>``; ``missing`` what the reference calls the leaves."""

    chapter: str
    number: int
    formula: str
    type: str
    entity: str
    gives: str
    missing: frozenset[str]
    row: Row
    path: RowPath

    @property
    def name(self) -> str:
        return f"试{self.number}"


@dataclass(frozen=True)
class Group:
    text: str
    entity: str
    given: dict[str, object]
    household: dict[str, object]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Chapter:
    file: str
    title: str
    text: str
    groups: tuple[Group, ...]


def small_pack() -> Pack:
    """The pack that the examples stand in."""
    pack, faults = examine(HERE / "pack")
    assert pack is not None
    assert not [f for f in faults if f.severity == "error"], faults
    return pack


def chapters(pack: Pack) -> list[Chapter]:
    found = []
    reader = Reader()
    facts: dict[str, dict[str, Fact]] = {}
    for f in pack.book.facts:
        facts.setdefault(f.entity, {})[f.name] = f
    rows = RowReader(reader, pack.state, facts)
    number = 0
    for path in sorted((HERE / "chapters").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        plain = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  every scalar stays text
        located = read_bytes(text.encode(), path.name, reader.faults)
        assert isinstance(located, Mapping)
        listed = located.get("groups")
        assert isinstance(listed, Sequence)
        groups = []
        for group, node in zip(plain["groups"], listed.items, strict=True):
            assert isinstance(node, Mapping)
            entity = group.get("of", "户")
            examples = []
            for row in group["rows"]:
                number += 1
                head, *rest = row
                kind = group["type"] if "type" in group else rest.pop(0)
                household, at = _household(rows, entity, node)
                missing = frozenset(_split(rest[1])) if len(rest) > 1 else frozenset()
                examples.append(Example(path.stem, number, head, kind, entity, rest[0], missing, household, at))
            groups.append(
                Group(
                    group.get("text", ""), entity, group.get("given", {}), group.get("household", {}), tuple(examples)
                )
            )
        found.append(Chapter(path.stem, plain["title"], plain["text"], tuple(groups)))
    assert not reader.faults, reader.faults
    return found


def _household(rows: RowReader, entity: str, group: Mapping) -> tuple[Row, RowPath]:
    given = group.get("given")
    if entity == "户":
        node = given if given is not None else Mapping(group.file, group.line, group.column, {})
        return rows.household("户", node) or Row(0), ()
    outer = rows.household("户", group.get("household") or Mapping(group.file, group.line, group.column, {})) or Row(0)
    inner = rows.row(
        rows.state.entities[entity],
        given if isinstance(given, Mapping) else Mapping(group.file, group.line, group.column, {}),
        (),
    )
    outer.rows[entity] = [inner]
    outer.complete[entity] = True
    return outer, (inner.id,)


def _split(text: str) -> list[str]:
    """``齐全 人.收入 户.存款`` to leaves; the words 齐全, 空表, 标准 and 过期 belong to the name after them."""
    out: list[str] = []
    for word in text.split():
        if out and out[-1] in ("齐全", "空表", "标准", "过期"):
            out[-1] = f"{out[-1]} {word}"
        else:
            out.append(word)
    return out
