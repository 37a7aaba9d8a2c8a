"""A pack and all its parents in one line: upper packs first, and of two parents the one written later is the lower."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from doudi.packs import folder
from doudi.packs.folder import PackFolder
from doudi.packs.located import Node, Scalar, read_file
from doudi.packs.read_pack import Header, read_header
from doudi.packs.reading import Reader
from doudi.rules.faults import Where


@dataclass(frozen=True)
class Member:
    """One pack of a chain; ``ancestors`` are the names of all packs above it."""

    folder: PackFolder
    header: Header
    ancestors: frozenset[str]

    @property
    def name(self) -> str:
        return self.header.name


class Chain:
    """Reads pack.yaml of a pack and of everything above it."""

    def __init__(self, reader: Reader, start: Path) -> None:
        self.reader = reader
        self.members: list[Member] = []
        self.done: dict[Path, Member | None] = {}
        self.broken = False
        self.visit(start, [], None)

    def whole(self) -> bool:
        """Whether every file could be read so far."""
        return not self.broken

    def visit(self, path: Path, open_: list[Path], asked: Scalar | None) -> Member | None:
        if path in self.done:
            return self.done[path]
        self.done[path] = None
        files = folder.scan(self.reader, path)
        shown = f"{path.name}/pack.yaml"
        header = read_header(self.reader, self.root(path / "pack.yaml", shown), Where(shown, 1, 1))
        if header is None or not header.name:
            self.broken = True
            return None
        if not folder.simple(header.name):
            self.reader.error(
                header.where,
                "bad-name",
                f"规则包的名称“{header.name}”里只能有字母、汉字、数字、- 和 _",
                f"The name of a pack, “{header.name}”, may hold only letters, digits, - and _",
            )
        if asked is not None and header.name != asked.text:
            self.reader.error(
                asked.where,
                "name-differs",
                f"文件夹“{asked.text}”里的规则包自称“{header.name}”",
                f"The pack in the folder “{asked.text}” calls itself “{header.name}”",
            )
        above: set[str] = set()
        for parent in header.parents:
            above |= self._above(path, [*open_, path], parent, above)
        same = next((m for m in self.members if m.name == header.name), None)
        if same is not None:
            self.reader.error(
                header.where,
                "same-name-twice",
                f"两个规则包都叫“{header.name}”：{same.folder.path} 与 {path}",
                f"Two packs are called “{header.name}”: {same.folder.path} and {path}",
            )
        member = Member(files, header, frozenset(above))
        self.members.append(member)
        self.done[path] = member
        return member

    def _above(self, child: Path, open_: list[Path], parent: Scalar, above: set[str]) -> set[str]:
        """The names that ``parent`` brings."""
        path = folder.parent(child, parent.text)
        if path is None:
            known = folder.parent_names(child)
            self.reader.unknown(parent.where, "unknown-parent", ("上级规则包", "upper pack"), parent.text, known)
            self.broken = True
            return set()
        if path in open_:
            circle = " → ".join(p.name for p in [*open_[open_.index(path) :], path])
            self.reader.error(
                parent.where,
                "parent-circle",
                f"上级绕成了圈：{circle}",
                f"The parents go round in a circle: {circle}",
            )
            self.broken = True
            return set()
        if parent.text in above:
            self.reader.error(
                parent.where,
                "parents-order",
                f"“{parent.text}”已经是前面某个上级的上级，不能再写在它后面；请删去或写到前面",
                f"“{parent.text}” is already above an earlier parent and cannot come after it; remove it or put it first",
            )
        member = self.visit(path, open_, parent)
        return set() if member is None else {member.name, *member.ancestors}

    def root(self, path: Path, shown: str) -> Node | None:
        """The content of a file; remembers when one could not be read at all."""
        before = len(self.reader.faults)
        found = read_file(path, shown, self.reader.faults)
        if found is None and len(self.reader.faults) > before:
            self.broken = True
        return found

    def joined(self, one: str, other: str) -> Where:
        """Where two packs become parents of one: at the parent, in the highest pack below both, that brings the
        second."""
        for member in self.members:
            if one in member.ancestors and other in member.ancestors:
                for parent in reversed(member.header.parents):
                    above = next((m for m in self.members if m.name == parent.text), None)
                    if above is not None and other in {above.name, *above.ancestors}:
                        return parent.where
                return member.header.where
        return self.members[-1].header.where
