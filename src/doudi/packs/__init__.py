"""Reads policy packs: overlay, citations, coverage, worked cases, mutation.

``load("dahua")`` or ``load("/some/folder")`` gives a ``Pack``, whose ``book`` is what ``doudi.rules.compile_book``
takes; a pack with any
fault is not loaded, and all its faults are told at once, each with its place.
"""

from doudi.packs.case import Case, Expectation
from doudi.packs.folder import find, names
from doudi.packs.pack import Pack, PackInfo, examine, load
from doudi.packs.state import Clause, ClauseBook, Document, Figure, Measure

__all__ = [
    "Case",
    "Clause",
    "ClauseBook",
    "Document",
    "Expectation",
    "Figure",
    "Measure",
    "Pack",
    "PackInfo",
    "examine",
    "find",
    "load",
    "names",
]
