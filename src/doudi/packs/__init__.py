"""Reads policy packs: overlay, citations, coverage, worked cases, mutation.

``load("dahua")`` or ``load("/some/folder")`` gives a ``Pack``, whose ``book`` is what ``doudi.rules.compile_book``
takes; a pack with any
fault is not loaded, and all its faults are told at once, each with its place.
"""

from typing import TYPE_CHECKING, Any

from doudi.packs.folder import find, names
from doudi.packs.pack import Pack, PackInfo, examine, load
from doudi.packs.state import Clause, ClauseBook, Document, Figure, Measure

if TYPE_CHECKING:
    from doudi.packs.case import Case, Expectation

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


def __getattr__(name: str) -> Any:
    # Worked cases bring the scalar evaluator with them, which a screening has no use for.
    if name not in ("Case", "Expectation"):
        raise AttributeError(name)
    from doudi.packs import case

    return getattr(case, name)
