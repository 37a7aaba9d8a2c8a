"""Standards that only rise: those of which a pack gives some value with ``mode: raise``."""

from __future__ import annotations

from doudi.packs import Pack
from doudi.packs.located import Mapping, Node, Scalar, Sequence, read_file
from doudi.packs.overlay_standards import higher_bands
from doudi.packs.read_standards import LINE, STANDARD
from doudi.rules.declared import Bands, StandardDecl
from doudi.rules.faults import Fault


def rising(pack: Pack) -> frozenset[str]:
    """The names of those standards, in the pack or any above it."""
    found: set[str] = set()
    ignored: list[Fault] = []  # told when the pack was loaded
    for info in pack.chain:
        for path, shown in info.files["standards"]:
            root = read_file(path, shown, ignored)
            if isinstance(root, Mapping):
                found |= {name.text for name, entry in root if _raises(entry)}
    return frozenset(found)


def _raises(entry: Node) -> bool:
    values = _under(entry, "values", STANDARD.canonical)
    items = values.items if isinstance(values, Sequence) else []
    modes = [_under(item, "mode", LINE.canonical) for item in items]
    return any(isinstance(mode, Scalar) and mode.text == "raise" for mode in modes)


def _under(node: Node, key: str, canonical: dict[str, str]) -> Node | None:
    entries = list(node) if isinstance(node, Mapping) else []
    return next((value for word, value in entries if canonical.get(word.text) == key), None)


def falls(decl: StandardDecl, new: object, old: object) -> bool:
    """Whether ``new`` is less than ``old`` anywhere; both as a standard's lines hold them."""
    if isinstance(new, Bands) and isinstance(old, Bands):
        top = higher_bands(new, old)
        return any(_at(top, x) != _at(new, x) for x in (None, *(x for x, _ in top.steps)))
    return decl.type.numeric and not isinstance(new, Bands) and not isinstance(old, Bands) and new < old  # type: ignore[operator]


def _at(bands: Bands, x: object) -> object:
    value: object = bands.below or 0
    for threshold, here in bands.steps:
        if x is not None and threshold <= x:  # type: ignore[operator]
            value = here
    return value
