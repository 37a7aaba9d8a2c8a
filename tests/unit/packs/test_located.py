"""YAML as the packs allow it: what is read keeps its text and place, what is refused says where."""

from pathlib import Path

import pytest

from doudi.packs.located import MAX_BYTES, Mapping, Node, Scalar, Sequence, read_bytes, read_file
from doudi.rules import Fault


def shown(node: Node | None) -> object:
    """Scalars as ``text@line:column``."""
    match node:
        case Scalar():
            return f"{node.text}@{node.line}:{node.column}"
        case Sequence():
            return [shown(x) for x in node]
        case Mapping():
            return {key.text: shown(x) for key, x in node}
    return None


READ = [
    ("a: 1\nb: [x, y]\n", {"a": "1@1:4", "b": ["x@2:5", "y@2:8"]}),
    ('中文: "引号"\n', {"中文": "引号@1:6"}),
    ("a: 'it''s'", {"a": "it's@1:5"}),
    ("d: 2024-01-01\nt: 是\nn: 012\n", {"d": "2024-01-01@1:4", "t": "是@2:4", "n": "012@3:4"}),
    ("a: |\n\n   x +\n   y\nb: 1\n", {"a": "x +\ny@3:4", "b": "1@5:4"}),
    ("a: >-\n  x\n  y\n", {"a": "x y@2:3"}),
    ("a: 1\r\nb: |\r\n  x\r\n", {"a": "1@1:4", "b": "x@3:3"}),
    ("\ufeffa: 1\n", {"a": "1@1:4"}),
    ("---\na: 1\n...\n", {"a": "1@2:4"}),
    ("# nothing\n", None),
    ("", None),
    ("a:\n", {"a": "@1:3"}),
]


@pytest.mark.parametrize(("text", "node"), READ)
def test_what_is_read(text: str, node: object) -> None:
    faults: list[Fault] = []
    assert shown(read_bytes(text.encode(), "f", faults)) == node
    assert faults == []


REFUSED = [
    (b"a: &x 1\nb: *x\n", "alias f:1:4"),
    (b"a: 1\nb: *x\n", "alias f:2:4"),
    (b"a: &x [1]\n", "alias f:1:4"),
    (b"a: !!python/object:os.system 1\n", "tag f:1:4"),
    (b"a: !x {b: 1}\n", "tag f:1:4"),
    (b"a: 1\na: 2\n", "duplicate-key f:2:1"),
    (b"x: {b: 1, b: 2}\n", "duplicate-key f:1:11"),
    (b"? [a]\n: 1\n", "bad-key f:1:3"),
    (b"a: 1\n---\nb: 2\n", "several-documents f:2:1"),
    (b"a: [1,\n", "bad-yaml f:1:4"),
    (b"a: 1\n  b: 2\n", "bad-yaml f:2:3"),
    (b"a: 'x\n", "bad-yaml f:1:4"),
    (b"a: x\x00y\n", "bad-yaml f:1:5"),
    ("a: 甲".encode("gbk"), "not-utf8 f:1:4"),
    ("a: 甲\nb: 乙".encode("utf-16"), "not-utf8 f:1:1"),
    (b"[" * 25, "too-deep f:1:25"),
    (b"[" * 1_000_000, "too-deep f:1:25"),
]


@pytest.mark.parametrize(("data", "fault"), REFUSED)
def test_what_is_refused(data: bytes, fault: str) -> None:
    faults: list[Fault] = []
    read_bytes(data, "f", faults)
    assert [f"{f.code} {f.where}" for f in faults] == [fault]
    assert faults[0].zh
    assert faults[0].en


def test_depth_of_24_is_allowed() -> None:
    faults: list[Fault] = []
    assert read_bytes(b"[" * 24 + b"]" * 24, "f", faults) is not None
    assert faults == []


def test_a_big_file_is_refused(tmp_path: Path) -> None:
    path, faults = tmp_path / "big.yaml", list[Fault]()
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert read_file(path, "big", faults) is None
    assert [f.code for f in faults] == ["file-too-big"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    faults: list[Fault] = []
    assert read_file(tmp_path / "none.yaml", "none", faults) is None
    assert [f.code for f in faults] == ["unreadable-file"]


@pytest.mark.parametrize(
    ("text", "at", "place"),
    [
        ("f: 甲 且 乙", 4, "1:8"),
        ("f: 甲\n    且 乙", 6, "2:5"),
        ('f: "甲\n    且 乙"', 6, "2:5"),
        ("f: |\n   甲\n   且 乙\n", 5, "3:4"),
        ("f: >\n\n   甲\n   且 乙\n", 5, "4:4"),
    ],
)
def test_places_inside_formulas(text: str, at: int, place: str) -> None:
    """``at`` is the position of 且 or what stands in its place."""
    node = read_bytes(text.encode(), "f", [])
    assert isinstance(node, Mapping)
    scalar = node.get("f")
    assert isinstance(scalar, Scalar)
    formula = scalar.formula()
    assert f"{formula.at(at).line}:{formula.at(at).column}" == place
    assert formula.source[at] in "且乙"
