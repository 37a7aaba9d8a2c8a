"""Finding a thing of the text by its Chinese or English name, its pinyin or its initials."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from pypinyin import lazy_pinyin

from doudi.server.policybook.browse.refs import Ref
from doudi.server.policybook.browse.shelf import Shelf

_MOST = 4
_kept: OrderedDict[str, tuple[Entry, ...]] = OrderedDict()
_lock = Lock()
LIMIT = 60


@dataclass(frozen=True)
class Entry:
    kind: str
    entity: str
    name: str
    en: str
    sounds: tuple[str, ...]


def find(s: Shelf, text: str, *, limit: int = LIMIT) -> list[Ref]:
    """The best first: the whole name, its beginning, within it; programmes before standards before the rest."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    scored = ((_score(e, wanted), e) for e in entries(s))
    found = sorted(
        ((score, _ORDER.index(e.kind), e.name, e) for score, e in scored if score is not None), key=lambda x: x[:3]
    )
    return [Ref(e.kind, e.name, e.entity, s.pick(e.name, e.en)) for *_, e in found[:limit]]


_ORDER = ("programme", "standard", "measure", "derived", "conflict", "term", "category", "table")


def entries(s: Shelf) -> tuple[Entry, ...]:
    with _lock:
        found = _kept.get(s.policy.digest)
        if found is None:
            found = _kept[s.policy.digest] = tuple(_all(s))
            while len(_kept) > _MOST:
                _kept.popitem(last=False)
    return found


def _all(s: Shelf) -> list[Entry]:
    b = s.book
    named: list[tuple[str, str, str, str]] = [
        *(("programme", "", p.name, p.en) for p in b.programmes),
        *(("standard", "", d.name, d.en) for d in b.standards),
        *(("measure", "", m.name, m.en) for m in s.pack.measures),
        *(("derived", "", h.name, h.en) for h in b.derived),
        *(("conflict", "", c.name, c.en) for c in b.conflicts),
        *(("term", f.entity, f.name, f.en) for f in b.facts),
        *(("term", r.entity, r.name, r.en) for r in b.rules),
        *(("category", "", k.name, k.en) for k in b.categories),
        *(("table", "", e.table or e.name, e.en) for e in b.entities if e.of),
        *(("table", "", v.name, v.en) for v in b.views),
    ]
    return [Entry(*x, _sounds(x[2])) for x in dict.fromkeys(named)]


def _sounds(name: str) -> tuple[str, ...]:
    read = [p.lower() for p in lazy_pinyin(name)]
    return "".join(read), "".join(p[:1] for p in read)


def _score(e: Entry, wanted: str) -> int | None:
    best: int | None = None
    for text in (e.name.casefold(), e.en.casefold(), *e.sounds):
        if text == wanted:
            return 0
        score = 1 if text.startswith(wanted) else 2 if wanted in text else None
        if score is not None and (best is None or score < best):
            best = score
    return best
