"""Reads pack.yaml: what a pack is called, where it holds, which packs it stands on and which documents it cites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from doudi.packs.keys import Keys
from doudi.packs.literals import BadLiteral, area_code
from doudi.packs.located import Node, Scalar
from doudi.packs.read_schema import declare, each
from doudi.packs.reading import Reader
from doudi.packs.state import STATUSES, Document, State
from doudi.rules.declared import CitationStatus
from doudi.rules.faults import Where

PACK = Keys("规则包", "A pack", ("name", "zh", "en"), ("area", "parents", "documents"))
DOCUMENT = Keys("文件", "A document", ("zh", "en", "status"))
COUNTRY = "全国"


@dataclass(frozen=True)
class Header:
    """``parents`` in order: of two that say different things the later counts. ``area`` is the name of the division
    the pack is for."""

    name: str
    zh: str
    en: str
    area: Scalar | None
    parents: tuple[Scalar, ...]
    documents: Node | None
    where: Where


def read_header(reader: Reader, root: Node | None, where: Where) -> Header | None:
    if root is None:
        # Of a file that could not be read it is not known what it lacks.
        if not any(fault.where.file == where.file for fault in reader.faults):
            reader.error(where, "missing-key", "规则包缺少“name”", "A pack lacks “name”")
        return None
    f = reader.fields(root, PACK)
    if f is None:
        return None
    parents: list[Scalar] = []
    for parent in f.words("parents"):
        if any(parent.text == other.text for other in parents):
            reader.error(
                parent.where, "duplicate-parent", f"上级“{parent.text}”写了两次", f"Parent “{parent.text}” stands twice"
            )
        else:
            parents.append(parent)
    return Header(
        f.text("name"), f.text("zh"), f.text("en"), f.scalar("area"), tuple(parents), f.node("documents"), f.at("name")
    )


def read_documents(reader: Reader, state: State, header: Header) -> None:
    def one(short: Scalar, node: Node) -> None:
        f = reader.fields(node, DOCUMENT, short.where)
        if f is None:
            return
        status = cast(CitationStatus, f.choice("status", STATUSES, "unverified"))
        document = Document(short.text, f.text("zh"), f.text("en"), status, header.name, short.where)
        declare(reader, state.documents, short.text, document, same=lambda d: (d.zh, d.status))

    if header.documents is not None:
        each(reader, header.documents, "“documents”", "“documents”", one)


def pack_area(reader: Reader, state: State, header: Header) -> int:
    """The code of the pack's division; the whole country when it names none."""
    if header.area is None or (header.area.text == COUNTRY and COUNTRY not in state.areas):
        return 0
    known = state.areas.get(header.area.text)
    if known is not None and known.code < 0:
        return -1
    try:
        return area_code(header.area.text, state.words)
    except BadLiteral as bad:
        if header.area.text not in reader.damaged:
            reader.error(header.area.where, bad.code, bad.zh, bad.en)
        return -1
