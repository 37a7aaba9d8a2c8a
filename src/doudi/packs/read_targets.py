"""Reads targets.yaml: by which figures of a screening a target is measured. A pack can only add to what its parents say."""

from __future__ import annotations

from doudi.packs.keys import Keys
from doudi.packs.located import Node, Scalar
from doudi.packs.read_schema import declare, each
from doudi.packs.reading import Fields, Reader
from doudi.packs.state import State
from doudi.packs.targets import FIGURES, Measured

TARGET = Keys("目标的衡量", "How a target is measured", ("share", "of"), ("programmes",))


def read_targets(reader: Reader, state: State, root: Node | None) -> None:
    """Adds to ``state.targets``."""

    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, TARGET, name.where)
        if f is None:
            return
        targets = [s.name for s in state.standards.values() if s.kind == "target"]
        if name.text not in targets:
            reader.unknown(
                name.where,
                "unknown-target",
                ("目标（kind: target 的标准）", "target (a standard of kind target)"),
                name.text,
                targets,
            )
            return
        programmes = []
        for word in f.words("programmes") if "programmes" in f else ():
            if word.text not in state.programmes:
                reader.unknown(word.where, "unknown-programme", ("项目", "programme"), word.text, state.programmes)
            programmes.append(word.text)
        found = Measured(name.text, _figures(f, "share"), _figures(f, "of"), tuple(programmes), name.where)
        declare(reader, state.targets, name.text, found)

    if root is not None:
        each(reader, root, "目标的衡量", "How targets are measured", one)


def _figures(f: Fields, key: str) -> tuple[str, ...]:
    out = []
    for word in f.words(key):
        if word.text in FIGURES:
            out.append(FIGURES[word.text])
        else:
            f.reader.unknown(word.where, "unknown-figure", ("筛查数字", "figure of a screening"), word.text, FIGURES)
    return tuple(out)
