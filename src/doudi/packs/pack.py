"""Loads a pack with all its parents: read, laid over each other, checked. A pack with any fault is not loaded; all
its faults are told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from doudi.packs import folder
from doudi.packs.book import book_of
from doudi.packs.chain import Chain, Member
from doudi.packs.cite import check_clauses
from doudi.packs.located import Node
from doudi.packs.overlay import Overlay
from doudi.packs.overlay_standards import lay_standards
from doudi.packs.questions import Desk, Key, Question, Section, Taken
from doudi.packs.read_english import check_english, read_english
from doudi.packs.read_lists import read_clauses, read_measures
from doudi.packs.read_pack import pack_area, read_documents
from doudi.packs.read_programmes import read_conflicts, read_derived, read_programmes
from doudi.packs.read_questions import read_questions, read_where
from doudi.packs.read_registers import read_ledgers, read_sources
from doudi.packs.read_rules import read_rules
from doudi.packs.read_schema import read_areas, read_categories, read_entities, read_facts, read_views
from doudi.packs.read_screening import check_screening, read_screening
from doudi.packs.read_standards import read_standards
from doudi.packs.read_targets import read_targets
from doudi.packs.reading import Reader
from doudi.packs.registers import Ledger, Source
from doudi.packs.screening_plan import ScreeningPlan
from doudi.packs.state import ClauseBook, Document, Layer, Measure, State
from doudi.packs.targets import Measured
from doudi.rules import Book, Fault, Faults, Where, check_book

if TYPE_CHECKING:
    from doudi.packs.case import Case


_MAY_FOLLOW = frozenset(
    f"unknown-{what}" for what in ("name", "entity", "category", "area", "document", "class", "value", "clause")
)
"""Not told where some file could not be read at all: the name may well stand in it."""

SCHEMA: tuple[tuple[str, Callable[[Reader, State, Node], None]], ...] = (
    ("areas", read_areas),
    ("categories", read_categories),
    ("entities", read_entities),
    ("facts", read_facts),
    ("views", read_views),
)


@dataclass(frozen=True)
class PackInfo:
    """One pack of the chain. ``area`` is the twelve-digit code of the division it is for (0: the country, -1: a set
    of areas)."""

    name: str
    zh: str
    en: str
    area: int
    parents: tuple[str, ...]
    folder: Path
    files: dict[str, tuple[tuple[Path, str], ...]] = field(repr=False)


@dataclass
class Pack:
    """A pack that has no fault. ``chain`` begins with the pack itself and goes up; ``book`` is what
    ``doudi.rules.compile_book`` takes."""

    chain: tuple[PackInfo, ...]
    book: Book
    documents: dict[str, Document]
    measures: tuple[Measure, ...]
    clauses: dict[str, ClauseBook]
    warnings: tuple[Fault, ...]
    state: State = field(repr=False)

    @property
    def name(self) -> str:
        return self.chain[0].name

    @property
    def info(self) -> PackInfo:
        return self.chain[0]

    @property
    def labels(self) -> dict[str, str]:
        """English words for Chinese names: bare, and as ``实体.名称`` and ``类别.值``."""
        return self.book.labels

    def english(self, kind: str, name: str) -> str:
        """A group, unit or payer (``groups``, ``units``, ``payers``) in English; empty where the pack does not say."""
        return self.state.english.get((kind, name), "")

    @property
    def screening(self) -> ScreeningPlan | None:
        """What is shown of a screened county; None where neither the pack nor its parents say."""
        return self.state.screening

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where facts are from, the most trusted first."""
        return tuple(sorted(self.state.sources.values(), key=lambda s: (s.rank, s.code)))

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """The ledgers of groups, in the order of declaration."""
        return tuple(self.state.ledgers.values())

    @property
    def targets(self) -> dict[str, Measured]:
        """By which figures of a screening targets are measured, by the name of the target; not every target is."""
        return self.state.targets

    @property
    def sections(self) -> tuple[Section, ...]:
        """The parts in which a family is asked, in order."""
        return tuple(self.state.sections.values())

    @property
    def questions(self) -> dict[Key, Question]:
        """How each fact and table is asked for in plain words."""
        return self.state.questions

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What is taken to be so of everybody who asks."""
        return tuple(self.state.taken.values())

    def desk(self, programme: str) -> Desk | None:
        """Where a programme is applied for: as said of it, or of its group."""
        group = self.state.programmes[programme].group
        return self.state.desks.get(("programmes", programme)) or self.state.desks.get(("groups", group))

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The worked cases of this pack (not of its parents). Raises Faults. Read when first asked for: decisions do
        not need them."""
        from doudi.packs.read_cases import read_cases

        reader = Reader()
        found = read_cases(reader, self.state, self.book, self.info)
        _raise(reader.faults)
        return found


def load(what: str | Path) -> Pack:
    """The pack at a path, or one of Doudi's own by name. Raises Faults with every fault of the pack and of its
    parents."""
    pack, faults = examine(what)
    _raise(faults)
    assert pack is not None
    return pack


def standing_on(pack: Pack) -> list[Pack]:
    """The packs beside ``pack``, and those that come with Doudi, that stand on it; one with a fault is left out, it
    tells of that when it is checked itself."""
    out = []
    for name in folder.parent_names(pack.info.folder):
        path = folder.parent(pack.info.folder, name)
        try:
            lower = None if path is None else load(path)
            if lower is not None and any(info.folder == pack.info.folder for info in lower.chain[1:]):
                out += [lower] if lower.cases else []
        except Faults:
            continue
    return out


def examine(what: str | Path, thorough: bool = False) -> tuple[Pack | None, list[Fault]]:
    """Like ``load``, but gives the faults (warnings too) instead of raising them, and the pack if it could be put
    together at all.

    ``thorough`` also reads the cases and checks the order and bounds of rules on every date on which something changes.
    """
    path = folder.find(what)
    reader = Reader()
    if path is None:
        reader.unknown(Where(str(what), 1, 1), "unknown-pack", ("规则包", "pack"), str(what), folder.names())
        return None, reader.faults
    chain = Chain(reader, path)
    if not chain.members or not chain.whole():
        return None, _unique(reader.faults)
    overlay = Overlay(reader, State())
    areas = [_read_layer(overlay, chain, member) for member in chain.members]
    overlay.settle(chain.joined)
    check_clauses(reader, overlay.state)
    check_screening(reader, overlay.state)
    check_english(reader, overlay.state)
    pack = _pack(chain, overlay.state, areas)
    if chain.whole():
        reader.faults += _checked(pack.book, reader.damaged, thorough)
    if thorough and chain.whole():
        from doudi.packs.read_cases import read_cases
        from doudi.packs.survivors import read_survivors

        pack.__dict__["cases"] = read_cases(reader, overlay.state, pack.book, pack.info)
        read_survivors(reader, pack.info)
    faults = _unique(f for f in reader.faults if chain.whole() or f.code not in _MAY_FOLLOW)
    pack.warnings = tuple(f for f in faults if f.severity == "warning")
    return pack, faults


def _raise(faults: list[Fault]) -> None:
    if any(f.severity == "error" for f in faults):
        raise Faults(f for f in faults if f.severity == "error")


def _unique(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(set(faults))


def _read_layer(overlay: Overlay, chain: Chain, member: Member) -> int:
    """Read one pack's files over what is above it; gives the code of the pack's area.

    The order matters: names before what uses them, rules before standards (which may be keyed by one).
    """
    reader, state = overlay.reader, overlay.state
    layer = Layer(member.name, member.ancestors)
    overlay.ancestors[member.name] = member.ancestors

    def roots(kind: str) -> list[Node]:
        return [root for path, shown in member.folder.files[kind] if (root := chain.root(path, shown)) is not None]

    read_documents(reader, state, member.header)
    for kind, read in SCHEMA:
        for root in roots(kind):
            read(reader, state, root)
    area = pack_area(reader, state, member.header)
    for root in roots("rules"):
        read_rules(reader, state, layer, root)
    overlay.rules(layer)
    for root in roots("standards"):
        read_standards(reader, state, layer, root, area)
    lay_standards(overlay, layer)
    for root in roots("programmes"):
        read_programmes(reader, state, layer, root)
    overlay.programmes(layer)
    for root in roots("conflicts"):
        read_conflicts(reader, state, layer, root)
    overlay.conflicts(layer)
    for root in roots("derived"):
        read_derived(reader, state, layer, root)
    overlay.derived(layer)
    for root in roots("measures"):
        read_measures(reader, state, root, member.name)
    for root in roots("clauses"):
        read_clauses(reader, state, root, member.name)
    for root in roots("screening"):
        read_screening(reader, state, root)
    for root in roots("sources"):
        read_sources(reader, state, root)
    for root in roots("ledgers"):
        read_ledgers(reader, state, root)
    for root in roots("questions"):
        read_questions(reader, state, root)
    for root in roots("where"):
        read_where(reader, state, root)
    for root in roots("targets"):
        read_targets(reader, state, root)
    for root in roots("english"):
        read_english(reader, state, root)
    return area


def _pack(chain: Chain, state: State, areas: list[int]) -> Pack:
    infos = [
        PackInfo(
            m.name,
            m.header.zh,
            m.header.en,
            area,
            tuple(p.text for p in m.header.parents),
            m.folder.path,
            m.folder.files,
        )
        for m, area in zip(chain.members, areas, strict=True)
    ]
    infos.reverse()
    return Pack(
        tuple(infos),
        book_of(infos[0].name, state),
        state.documents,
        tuple(state.measures.values()),
        state.clauses,
        (),
        state,
    )


def _checked(book: Book, damaged: set[str], thorough: bool) -> list[Fault]:
    """What the compiler finds, less what only follows from declarations that could not be read (already told)."""
    found = check_book(book, thorough)
    if not damaged:
        return found
    marks = [f"“{name}”" for name in damaged if name]
    return [f for f in found if not any(mark in f.zh for mark in marks)]
