"""What every reader of a pack file needs: known keys only, plain words, dates, formulas; each thing amiss a fault
with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from doudi.packs.keys import Keys
from doudi.packs.located import Mapping, Node, Scalar, Sequence
from doudi.rules.declared import Text
from doudi.rules.faults import Fault, Where, hint

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TORN = re.compile(r"[0-9]{3}(?:\.[0-9]+)? ?[^\s0-9]*")
"""What stands behind the comma of 3,000 元."""
_FEW = 16
_FORMULA = frozenset("()（）<>=≤≥≠+×÷*/%")
TRUE_WORDS = frozenset({"是", "真", "true"})
FALSE_WORDS = frozenset({"否", "假", "false"})


def torn(key: Scalar) -> tuple[str, str] | None:
    """The tail of what is said of a key that is rather the rest of a number or a formula, cut off at a comma between braces."""
    if _TORN.fullmatch(key.text):
        return "；数里不写逗号，如 3000 元", "; no commas inside numbers: 3000 元"
    if not any(c in _FORMULA for c in key.text):
        return None
    return "；公式里有逗号时，整条公式要加引号", "; a formula with a comma in it needs quotes"


@dataclass
class Reader:
    """Collects faults over a whole pack and its parents.

    ``damaged`` holds names whose declaration could not be read: that a formula then does not find them is not said a
    second time.
    """

    faults: list[Fault] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)

    def error(self, where: Where, code: str, zh: str, en: str) -> None:
        self.faults.append(Fault(where, code, zh, en))

    def warn(self, where: Where, code: str, zh: str, en: str) -> None:
        self.faults.append(Fault(where, code, zh, en, "warning"))

    def no_english(self, where: Where, zh: str, en: str, write: str) -> None:
        """What an English reader would be shown in Chinese. ``write`` is what to add to the pack."""
        self.warn(where, "no-english", f"{zh}没有英文；请写上 {write}", f"{en} has no English; write {write}")

    def unknown(self, where: Where, code: str, what: tuple[str, str], name: str, known: Iterable[str]) -> None:
        """A name that does not exist, with the nearest one that does. ``what`` is what it should be, in Chinese and
        English."""
        known = list(known)
        zh, en = hint(name, known)
        if not zh and 0 < len(known) <= _FEW:
            zh, en = f"；有：{'、'.join(known)}", f"; there are: {', '.join(known)}"
        self.error(where, code, f"没有{what[0]}“{name}”{zh}", f"There is no {what[1]} “{name}”{en}")

    def mapping(self, node: Node | None, zh: str, en: str) -> Mapping | None:
        """``node`` if it is a mapping, else a fault. ``zh`` and ``en`` say what it should have been a table of."""
        if isinstance(node, Mapping):
            return node
        if node is not None:
            self.error(
                node.where, "not-a-mapping", f"{zh}应写成“键: 值”的表", f"{en} must be a mapping of keys to values"
            )
        return None

    def items(self, node: Node | None, zh: str, en: str) -> list[Node]:
        """The items of a list; anything else is a fault."""
        if isinstance(node, Sequence):
            return node.items
        if node is not None:
            self.error(node.where, "not-a-list", f"{zh}应写成列表", f"{en} must be a list")
        return []

    def word(self, node: Node | None, zh: str, en: str) -> str | None:
        """The text of a scalar that says something; anything else is a fault."""
        if isinstance(node, Scalar) and not node.empty and node.text.strip():
            return node.text
        if node is not None:
            self.error(node.where, "not-text", f"{zh}应是一段文字", f"{en} must be text")
        return None

    def fields(self, node: Node | None, keys: Keys, where: Where | None = None) -> Fields | None:
        """The keys of one entry, under their English names; unknown, repeated, empty and missing ones are faults.

        ``where`` is the place to blame for a missing key (the entry's own key); the entry itself when None.
        """
        mapping = self.mapping(node, keys.zh, keys.en)
        if mapping is None:
            return None
        canonical = keys.canonical
        found: dict[str, Node] = {}
        places: dict[str, Where] = {}
        for key, value in mapping:
            name = canonical.get(key.text)
            if name is None:
                zh, en = torn(key) or hint(key.text, canonical)
                self.error(
                    key.where,
                    "unknown-key",
                    f"{keys.zh}没有“{key.text}”这一键{zh}",
                    f"{keys.en} has no key “{key.text}”{en}",
                )
            elif name in found:
                self.error(
                    key.where,
                    "duplicate-key",
                    f"“{key.text}”与第 {places[name].line} 行写的是同一个键",
                    f"“{key.text}” is the same key as the one on line {places[name].line}",
                )
            elif isinstance(value, Scalar) and value.empty and name not in keys.nullable:
                self.error(
                    key.where,
                    "empty-value",
                    f"“{key.text}”后面没有内容；不需要就删去这一行",
                    f"“{key.text}” is empty; remove it if it is not needed",
                )
                places[name] = key.where
            else:
                found[name] = value
                places[name] = key.where
        for key_name in keys.required:
            if key_name not in found and key_name not in places:
                self.error(
                    where or mapping.where, "missing-key", f"{keys.zh}缺少“{key_name}”", f"{keys.en} lacks “{key_name}”"
                )
        return Fields(self, found, places, where or mapping.where)


@dataclass
class Fields:
    """The entry's values by English key. Each getter returns None where the key is absent or, after a fault,
    unreadable."""

    reader: Reader
    nodes: dict[str, Node]
    places: dict[str, Where]
    where: Where

    def __contains__(self, key: str) -> bool:
        return key in self.nodes

    def node(self, key: str) -> Node | None:
        return self.nodes.get(key)

    def at(self, key: str) -> Where:
        """Where the value of ``key`` stands, or the entry itself."""
        node = self.nodes.get(key)
        return self.where if node is None else node.where

    def text(self, key: str, default: str = "") -> str:
        return self.reader.word(self.nodes.get(key), f"“{key}”", f"“{key}”") or default

    def both(self, key: str, en: str) -> tuple[str, str]:
        """A text and its English, which stands under ``en``; that it lacks is a warning."""
        text = self.text(key)
        if text and en not in self and en not in self.places:
            self.reader.no_english(self.places[key], f"“{key}”", f"“{key}”", f"{en}: …")
        return text, self.text(en)

    def scalar(self, key: str) -> Scalar | None:
        node = self.nodes.get(key)
        return node if self.reader.word(node, f"“{key}”", f"“{key}”") is not None and isinstance(node, Scalar) else None

    def formula(self, key: str) -> Text | None:
        found = self.scalar(key)
        return None if found is None else found.formula()

    def day(self, key: str) -> date | None:
        found = self.scalar(key)
        return None if found is None else read_day(self.reader, found)

    def truth(self, key: str, default: bool) -> bool:
        found = self.scalar(key)
        if found is None:
            return default
        if found.text in TRUE_WORDS:
            return True
        if found.text not in FALSE_WORDS:
            self.reader.error(
                found.where,
                "bad-truth",
                f"“{found.text}”应写“是”或“否”",
                f"“{found.text}” must be 是 or 否 (true or false)",
            )
        return False

    def whole(self, key: str, default: int, least: int = 0, most: int = 1_000_000) -> int:
        found = self.scalar(key)
        if found is None:
            return default
        if found.text.isascii() and found.text.isdigit() and len(found.text) <= 9 and least <= int(found.text) <= most:
            return int(found.text)
        self.reader.error(
            found.where,
            "bad-number",
            f"“{found.text}”应是 {least} 到 {most} 的整数",
            f"“{found.text}” must be a whole number from {least} to {most}",
        )
        return default

    def items(self, key: str) -> list[Node]:
        return self.reader.items(self.nodes.get(key), f"“{key}”", f"“{key}”")

    def words(self, key: str) -> list[Scalar]:
        """A list of words; one word alone counts as a list of one."""
        node = self.nodes.get(key)
        found = [node] if isinstance(node, Scalar) else self.items(key)
        said = [n for n in found if self.reader.word(n, f"“{key}”", f"“{key}”") is not None]
        return [n for n in said if isinstance(n, Scalar)]

    def choice(self, key: str, words: Iterable[str], default: str) -> str:
        """One word of a closed list."""
        found = self.scalar(key)
        known = list(words)
        if found is None:
            return default
        if found.text in known:
            return found.text
        zh, en = hint(found.text, known)
        listed = "、".join(known)
        self.reader.error(
            found.where,
            "bad-choice",
            f"“{key}”只能是 {listed}，不能是“{found.text}”{zh}",
            f"“{key}” must be one of {', '.join(known)}, not “{found.text}”{en}",
        )
        return default

    def span(self) -> tuple[date | None, date | None]:
        """``from`` and ``until``; a span that ends before it begins is a fault."""
        since, until = self.day("from"), self.day("until")
        if since is not None and until is not None and until < since:
            self.reader.error(
                self.at("until"),
                "empty-span",
                f"截止日 {until} 早于起始日 {since}",
                f"It ends on {until}, before it begins on {since}",
            )
            until = None
        return since, until


def read_day(reader: Reader, scalar: Scalar) -> date | None:
    found = parse_day(scalar.text)
    if found is None:
        reader.error(
            scalar.where,
            "bad-date",
            f"“{scalar.text}”不是日期；请写成 2024-01-31 这样，且确有这一天",
            f"“{scalar.text}” is not a date; write it like 2024-01-31, and it must exist",
        )
    return found


def parse_day(text: str) -> date | None:
    """``2024-01-31`` to a date; None for anything else, days that do not exist included."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
