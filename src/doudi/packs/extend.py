"""Reads a pack of nothing but standards, and codes that divisions have been given since, over a pack that is loaded already: in milliseconds, where
loading the whole chain takes half a second.

It comes out as ``load`` of its folder would have it. Whether the rules still compile is not asked again: what they were checked against are a
standard's type and bounds, and the names of areas, which a lower pack cannot change.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from doudi.packs import folder
from doudi.packs.book import book_of
from doudi.packs.cite import check_clauses
from doudi.packs.located import read_file
from doudi.packs.overlay import Overlay
from doudi.packs.overlay_standards import lay_standards
from doudi.packs.pack import Pack, PackInfo
from doudi.packs.read_english import check_english
from doudi.packs.read_pack import pack_area, read_documents, read_header
from doudi.packs.read_schema import read_areas
from doudi.packs.read_standards import read_standards
from doudi.packs.reading import Reader
from doudi.packs.state import Layer, State
from doudi.rules.faults import Fault, Where


def extend(pack: Pack, path: Path) -> tuple[Pack | None, list[Fault]]:
    """The pack in the folder ``path``, whose one parent is ``pack``; and the faults in its own files. Raises ValueError for any other pack."""
    reader = Reader()
    files = folder.scan(reader, path)
    shown = f"{path.name}/pack.yaml"
    header = read_header(reader, read_file(path / "pack.yaml", shown, reader.faults), Where(shown, 1, 1))
    if header is None or not header.name:
        return None, reader.faults
    others = [kind for kind, found in files.files.items() if found and kind not in ("pack", "standards", "areas")]
    if others or [p.text for p in header.parents] != [pack.name] or header.name in {i.name for i in pack.chain}:
        raise ValueError(f"{path} is not a pack of standards over {pack.name}")
    state = _copied(pack.state)
    layer = Layer(header.name, frozenset(info.name for info in pack.chain))
    read_documents(reader, state, header)
    for place, name in files.files["areas"]:
        read_areas(reader, state, read_file(place, name, reader.faults))
    area = pack_area(reader, state, header)
    for place, name in files.files["standards"]:
        read_standards(reader, state, layer, read_file(place, name, reader.faults), area)
    lay_standards(Overlay(reader, state), layer)
    check_clauses(reader, state)
    check_english(reader, state)
    if any(f.severity == "error" for f in reader.faults):
        return None, sorted(set(reader.faults))
    info = PackInfo(header.name, header.zh, header.en, area, (pack.name,), path, files.files)
    own = sorted(set(reader.faults) - set(pack.warnings))
    made = Pack(
        (info, *pack.chain), book_of(header.name, state), state.documents, pack.measures, pack.clauses,
        tuple(sorted({*pack.warnings, *own})), state,
    )  # fmt: skip
    return made, own


def _copied(state: State) -> State:
    """What may be added to without the loaded pack's noticing."""
    return replace(
        state, documents=dict(state.documents), standards=dict(state.standards), areas=dict(state.areas), cited=[],
        owners={key: list(names) for key, names in state.owners.items()},
    )  # fmt: skip
