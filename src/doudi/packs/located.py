"""YAML as small nodes that know their place: what the readers of packs read, and nothing that guesses.

Every scalar keeps the text that was written; whether ``2024-01-01`` is a date or ``是`` a truth is decided where it
is wanted. Aliases, anchors
and tags are refused (a file of a few bytes could grow without end, and a reader could not see what a rule says where
it stands), as are
absurd depth, keys written twice, several documents in one file, and text that is not UTF-8.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from doudi.packs.yaml_advice import advice
from doudi.rules.declared import Text
from doudi.rules.faults import Fault, Where

MAX_BYTES = 5_000_000
MAX_DEPTH = 24
MOST_DOUBLES = 50


@dataclass(slots=True, eq=False)
class Scalar:
    """Text as written. ``line`` and ``column`` (from 1) are those of its first character, inside the quotes if any.

    ``source`` is the text with its line breaks and indentation, where it stands on several lines; else the same as
    ``text``.
    """

    file: str
    line: int
    column: int
    text: str
    source: str
    plain: bool = True

    @property
    def where(self) -> Where:
        return Where(self.file, self.line, self.column)

    @property
    def empty(self) -> bool:
        """Nothing was written, or an unquoted ``null`` or ``~``."""
        return self.plain and self.text in ("", "null", "~", "Null", "NULL")

    def formula(self) -> Text:
        """The text as a formula, line breaks kept, so that the place of every character in it can be told."""
        return Text(self.source, self.where)


@dataclass(slots=True, eq=False)
class Sequence:
    file: str
    line: int
    column: int
    items: list[Node]

    @property
    def where(self) -> Where:
        return Where(self.file, self.line, self.column)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)


@dataclass(slots=True, eq=False)
class Mapping:
    """``entries`` in the order of writing, by the text of the key; no key stands twice."""

    file: str
    line: int
    column: int
    entries: dict[str, tuple[Scalar, Node]]

    @property
    def where(self) -> Where:
        return Where(self.file, self.line, self.column)

    def get(self, key: str) -> Node | None:
        found = self.entries.get(key)
        return None if found is None else found[1]

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries.values())


Node = Scalar | Sequence | Mapping


class _Refused(Exception):
    """A file that cannot be read further."""

    def __init__(self, where: Where, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.fault = Fault(where, code, zh, en)


def read_file(path: Path, name: str, faults: list[Fault]) -> Node | None:
    """The one document in the file ``path``, called ``name`` in places; None when it is empty or could not be read
    (a fault then says why)."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            text = "这不是普通文件；请换成普通文件", "This is not a plain file; put a plain file in its place"
            faults.append(Fault(Where(name, 1, 1), "unreadable-file", *text))
            return None
        size = found.st_size
        if size > MAX_BYTES:
            faults.append(
                Fault(
                    Where(name, 1, 1),
                    "file-too-big",
                    f"文件有 {size:,} 字节，超过 {MAX_BYTES:,} 字节的上限；请拆成几个文件",
                    f"The file has {size:,} bytes, more than {MAX_BYTES:,}; split it",
                )
            )
            return None
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        faults.append(
            Fault(
                Where(name, 1, 1),
                "unreadable-file",
                f"文件读不了（{reason}）；请看它是否还在、能否打开",
                f"The file cannot be read ({reason}); see whether it is there and can be opened",
            )
        )
        return None
    return read_bytes(data, name, faults)


def read_bytes(data: bytes, name: str, faults: list[Fault]) -> Node | None:
    """Like ``read_file``, of bytes already at hand."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        faults.append(
            Fault(
                Where(name, line, column),
                "not-utf8",
                "文件不是 UTF-8 编码；请另存为 UTF-8（GBK、UTF-16 都不行）",
                "The file is not UTF-8; save it as UTF-8 (not GBK, not UTF-16)",
            )
        )
        return None
    try:
        return _Builder(text, name, faults).build()
    except _Refused as refused:
        faults.append(refused.fault)
    except yaml.YAMLError as error:
        faults.append(_yaml_fault(error, name, text))
    return None


def _yaml_fault(error: yaml.YAMLError, name: str, text: str) -> Fault:
    mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    where, problem = Where(name, 1, 1), str(getattr(error, "problem", None) or "")
    if mark is not None:
        where = Where(name, mark.line + 1, mark.column + 1)
        inside = begun.line if begun is not None and "block" not in str(getattr(error, "context", None)) else None
        if (slip := advice(text, mark.line, mark.column, inside)) is not None:
            return Fault(
                Where(name, slip.line, slip.column),
                "bad-yaml",
                f"YAML 写法有误；{slip.zh}",
                f"This is not well-formed YAML: {slip.en}",
            )
    else:
        # The scanner of libyaml refuses control characters before it has a place to tell.
        at = next((i for i, c in enumerate(text) if (c < " " and c not in "\t\n\r") or c == "\x7f"), None)
        if at is not None:
            where = Where(name, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        problem = problem or "control characters are not allowed"
    zh, en = "；请看缩进、冒号后的空格、引号和括号", f": {problem}" if problem else ""
    return Fault(where, "bad-yaml", f"YAML 写法有误{zh}", f"This is not well-formed YAML{en}")


class _Builder:
    """Builds nodes from events with a stack of its own, so that depth is counted and never becomes the machine's."""

    def __init__(self, text: str, name: str, faults: list[Fault]) -> None:
        self.name = name
        self.text = text
        self.faults = faults
        self.doubles = 0
        # Events as libyaml gives them always have marks; the stubs allow for parsers that leave them out.
        self.events: Iterable[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)

    def build(self) -> Node | None:
        root: Node | None = None
        documents = 0
        # Each open collection with the key that waits for its value (mappings only).
        stack: list[Sequence | Mapping] = []
        keys: list[Scalar | None] = []
        name = self.name
        for event in self.events:
            kind = type(event)
            node: Node
            if kind is yaml.ScalarEvent:
                if event.anchor is not None or event.tag is not None:
                    self.refuse_marked(event)
                node = self.scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if event.anchor is not None or event.tag is not None:
                    self.refuse_marked(event)
                mark = event.start_mark
                if len(stack) >= MAX_DEPTH:
                    raise _Refused(
                        Where(name, mark.line + 1, mark.column + 1),
                        "too-deep",
                        f"一层套一层超过了 {MAX_DEPTH} 层",
                        f"Nested deeper than {MAX_DEPTH} levels",
                    )
                node = (
                    Mapping(name, mark.line + 1, mark.column + 1, {})
                    if kind is yaml.MappingStartEvent
                    else Sequence(name, mark.line + 1, mark.column + 1, [])
                )
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                stack.pop()
                keys.pop()
                continue
            elif kind is yaml.AliasEvent:
                self.refuse_marked(event)
                continue
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    mark = event.start_mark
                    raise _Refused(
                        Where(name, mark.line + 1, mark.column + 1),
                        "several-documents",
                        "一个文件里只能有一份 YAML 文档（不要写第二个 ---）",
                        "A file holds one YAML document only (no second ---)",
                    )
                continue
            else:
                continue
            # Where does the new node go?
            if not stack:
                root = node
            elif isinstance(top := stack[-1], Sequence):
                top.items.append(node)
            elif keys[-1] is None:
                keys[-1] = self.key(node)
            else:
                key = keys[-1]
                keys[-1] = None
                self.put(top, key, node)
            if not isinstance(node, Scalar):
                stack.append(node)
                keys.append(None)
        return None if isinstance(root, Scalar) and root.empty else root

    def scalar(self, event: Any) -> Scalar:
        mark, style, text = event.start_mark, event.style, event.value
        if not style:
            source = text
            if event.end_mark.line != mark.line:
                source = self.text[mark.index : event.end_mark.index].rstrip()
            return Scalar(self.name, mark.line + 1, mark.column + 1, text, source)
        if style in "'\"":
            raw = self.text[mark.index + 1 : event.end_mark.index - 1]
            source = raw if "\n" in raw and "\\" not in raw and style not in raw else text
            return Scalar(self.name, mark.line + 1, mark.column + 2, text, source, plain=False)
        return self.block(event)

    def block(self, event: Any) -> Scalar:
        """A block scalar (| or >): its first character stands on the first line below the mark that is not blank."""
        mark = event.start_mark
        rows = self.text[mark.index : event.end_mark.index].split("\n")
        for offset, row in enumerate(rows[1:], 1):
            if row.strip():
                source = "\n".join(rows[offset:])
                indent = len(row) - len(row.lstrip(" "))
                line = mark.line + 1 + offset
                return Scalar(self.name, line, indent + 1, event.value.strip("\n"), source.strip(), plain=False)
        return Scalar(self.name, mark.line + 1, mark.column + 1, "", "", plain=False)

    def key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            return node
        raise _Refused(
            node.where, "bad-key", "键必须是一个词，不能是列表或表", "A key must be a word, not a list or a mapping"
        )

    def put(self, mapping: Mapping, key: Scalar, node: Node) -> None:
        before = mapping.entries.get(key.text)
        if before is None:
            mapping.entries[key.text] = (key, node)
            return
        self.doubles += 1
        if self.doubles > MOST_DOUBLES:
            raise _Refused(
                key.where,
                "duplicate-key",
                "重复的键太多，不再读这个文件",
                "Too many keys stand twice; the file is not read further",
            )
        self.faults.append(
            Fault(
                key.where,
                "duplicate-key",
                f"“{key.text}”在这里写了两次，前一次在第 {before[0].line} 行",
                f"“{key.text}” stands twice here; the first is on line {before[0].line}",
            )
        )

    def refuse_marked(self, event: Any) -> None:
        where = Where(self.name, event.start_mark.line + 1, event.start_mark.column + 1)
        if event.anchor is not None:
            raise _Refused(
                where,
                "alias",
                f"不能用 YAML 的锚点和别名（&{event.anchor}、*{event.anchor}）；请把内容写出来",
                f"YAML anchors and aliases (&{event.anchor}, *{event.anchor}) are not allowed; write the content out",
            )
        tag = getattr(event, "tag", None)
        raise _Refused(
            where,
            "tag",
            f"不能用 YAML 标签（{tag}）；请直接写内容",
            f"YAML tags ({tag}) are not allowed; write the plain content",
        )
