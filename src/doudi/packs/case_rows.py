"""The household of a case: rows of facts, with templates, bounds, unknown values and marks of completeness."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from doudi.packs.literals import BadLiteral, category_code, day_span, stored
from doudi.packs.located import Mapping, Node, Scalar, Sequence
from doudi.packs.reading import Reader
from doudi.packs.say import say
from doudi.packs.state import State
from doudi.rules.declared import Entity, Fact
from doudi.rules.faults import Where, hint
from doudi.rules.scalar import Path, Row
from doudi.rules.types import Kind

TEMPLATE = ("template", "模板")
LABEL = "称呼"
COMPLETE = "齐全"
ALL = "全部"
UNKNOWN = "未知"
MOST_TEMPLATES = 20


def written_ends(text: str) -> list[str]:
    """The two ends of an interval written in quotes, ``"[0 元, 50 元]"``; none where it is none."""
    inside = text.strip().replace("，", ",")
    if inside.startswith("[") and inside.endswith("]") and inside.count(",") == 1:
        return [end.strip() for end in inside[1:-1].split(",")]
    return []


@dataclass
class Place:
    """A row that a case gives a name to (称呼)."""

    entity: str
    path: Path


@dataclass
class RowReader:
    """Reads the rows of cases; ``ids`` counts the rows of each entity over the whole pack."""

    reader: Reader
    state: State
    facts: dict[str, dict[str, Fact]]
    ids: dict[str, int] = field(default_factory=dict)
    templates: dict[str, Mapping] = field(default_factory=dict)
    labels: dict[str, Place] = field(default_factory=dict)

    def household(self, root: str, node: Node | None) -> Row | None:
        """The row of a household with all below it, or None after a fault."""
        self.labels = {}
        mapping = self.reader.mapping(node, "household", "household")
        return None if mapping is None else self.row(self.state.entities[root], mapping, ())

    def row(self, entity: Entity, mapping: Mapping, above: Path) -> Row:
        self.ids[entity.name] = self.ids.get(entity.name, 0) + 1
        row = Row(self.ids[entity.name])
        path = (*above, row.id) if entity.of else ()
        facts = self.facts.get(entity.name, {})
        tables = {e.table or e.name: e for e in self.state.entities.values() if e.of == entity.name}
        for key, value in self.merged(mapping, 0).values():
            if key.text in TEMPLATE:
                continue
            if key.text == LABEL:
                self.label(entity, path, value)
            elif key.text == COMPLETE:
                row.complete = self.complete(tables, value)
            elif key.text in tables:
                child = tables[key.text]
                row.rows[child.name] = self.rows(child, value, path)
            elif key.text in facts:
                given = self.value(facts[key.text], value)
                if given is not None:
                    row.facts[key.text] = given
            else:
                zh, en = hint(key.text, [*facts, *tables, LABEL, COMPLETE, TEMPLATE[0]])
                self.reader.error(
                    key.where,
                    "unknown-fact",
                    f"{entity.name}没有“{key.text}”这一事实或表{zh}",
                    f"{entity.name} has no fact or table “{key.text}”{en}",
                )
        return row

    def rows(self, child: Entity, node: Node, path: Path) -> list[Row]:
        items = self.reader.items(node, f"“{child.table or child.name}”", f"“{child.table or child.name}”")
        if len(items) > child.max_rows:
            self.reader.error(
                node.where,
                "too-many-rows",
                f"“{child.name}”最多 {child.max_rows} 行，这里有 {len(items)} 行",
                f"“{child.name}” has at most {child.max_rows} rows; here are {len(items)}",
            )
        mappings = [self.reader.mapping(item, child.name, child.en) for item in items]
        return [self.row(child, m, path) for m in mappings if m is not None]

    def merged(self, mapping: Mapping, depth: int) -> dict[str, tuple[Scalar, Node]]:
        """The entries of a row over those of its templates, later templates over earlier ones."""
        out: dict[str, tuple[Scalar, Node]] = {}
        for word in TEMPLATE:
            node = mapping.get(word)
            for name in node.items if isinstance(node, Sequence) else [] if node is None else [node]:
                text = self.reader.word(name, "模板", "A template")
                if text is None:
                    continue
                if text not in self.templates:
                    self.reader.unknown(name.where, "unknown-template", ("模板", "template"), text, self.templates)
                elif depth >= MOST_TEMPLATES:
                    self.reader.error(
                        name.where,
                        "template-circle",
                        f"模板“{text}”绕成了圈",
                        f"Template “{text}” goes round in a circle",
                    )
                else:
                    out |= self.merged(self.templates[text], depth + 1)
        return out | mapping.entries

    def label(self, entity: Entity, path: Path, node: Node) -> None:
        text = self.reader.word(node, LABEL, LABEL)
        if text is None:
            return
        if text in self.labels:
            self.reader.error(node.where, "declared-twice", f"称呼“{text}”用了两次", f"“{text}” names two rows")
        self.labels[text] = Place(entity.name, path)

    def complete(self, tables: dict[str, Entity], node: Node) -> dict[str, bool | frozenset[int]]:
        """全部, or a list of tables (收入) and kinds of their rows (收入:工资)."""
        if isinstance(node, Scalar) and node.text == ALL:
            return {e.name: True for e in tables.values()}
        out: dict[str, bool | frozenset[int]] = {}
        for item in [node] if isinstance(node, Scalar) else self.reader.items(node, COMPLETE, COMPLETE):
            text = self.reader.word(item, COMPLETE, COMPLETE)
            if text is None:
                continue
            table, _, kind = text.replace("：", ":").partition(":")
            entity = tables.get(table)
            if entity is None:
                self.reader.unknown(item.where, "unknown-table", ("表", "table"), table, [*tables, ALL])
            elif not kind:
                out[entity.name] = True
            else:
                code = self.kind_code(entity, kind.strip(), item.where)
                known = out.get(entity.name, frozenset())
                if code is not None and isinstance(known, frozenset):
                    out[entity.name] = known | {code}
        return out

    def kind_code(self, entity: Entity, kind: str, where: Where) -> int | None:
        fact = self.facts.get(entity.name, {}).get(entity.kind)
        if fact is None:
            zh, en = f"“{entity.name}”不分种类，只能写“{entity.name}”", f"“{entity.name}” has no kinds"
            self.reader.error(where, "no-kinds", zh, en)
            return None
        try:
            return category_code(kind, fact.type.category, self.state.words)
        except BadLiteral as bad:
            self.reader.error(where, bad.code, bad.zh, bad.en)
            return None

    def value(self, fact: Fact, node: Node) -> int | tuple[int, int] | None:
        """A fact's value, an interval, or None where it is not known."""
        if isinstance(node, Scalar) and node.text == UNKNOWN:
            return None
        items = node.items if isinstance(node, Sequence) else []
        if isinstance(node, Scalar):
            items = [replace(node, text=end) for end in written_ends(node.text)]
        if len(items) == 2:
            ends = [self.one(fact, item) for item in items]
            if ends[0] is None or ends[1] is None:
                return None
            lo, hi = ends[0][0], ends[1][1]
        else:
            found = self.one(fact, node)
            if found is None:
                return None
            lo, hi = found
        if lo > hi:
            self.reader.error(node.where, "empty-bounds", "区间的下限大于上限", "The interval ends before it begins")
            return None
        if fact.type.kind is Kind.DATE and lo < hi:
            # a bare year reaches no further than the fact can
            lo, hi = max(lo, fact.lo), min(hi, fact.hi)
        if not fact.lo <= lo <= hi <= fact.hi:
            words = self.state.words
            least, most = say(fact.lo, fact.type, words), say(fact.hi, fact.type, words)
            self.reader.error(
                node.where,
                "out-of-bounds",
                f"“{fact.name}”超出声明的范围 {least} 至 {most}",
                f"“{fact.name}” is outside its declared bounds, {least} to {most}",
            )
            return None
        return lo if lo == hi else (lo, hi)

    def one(self, fact: Fact, node: Node) -> tuple[int, int] | None:
        text = self.reader.word(node, f"“{fact.name}”", f"“{fact.name}”")
        if text is None:
            return None
        span = day_span(text) if fact.type.kind is Kind.DATE else None
        if span is not None:
            return span
        try:
            value = stored(text, fact.type, self.state.words)
        except BadLiteral as bad:
            self.reader.error(node.where, bad.code, bad.zh, bad.en)
            return None
        return value, value
