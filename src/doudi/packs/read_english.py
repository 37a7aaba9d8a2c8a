"""Reads english.yaml: the English of names that nothing declares, and finds those that have none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from doudi.packs.keys import Keys
from doudi.packs.located import Node
from doudi.packs.reading import Reader
from doudi.packs.state import State
from doudi.rules.declared import WHOLE
from doudi.rules.faults import Where

ENGLISH = Keys("英文名", "English names", (), ("groups", "units", "payers", "clauses"))
KINDS = {"groups": "分组", "units": "责任单位", "payers": "出资方", "clauses": "条款"}
_SINGULAR = {"groups": "Group", "units": "Unit", "payers": "Payer", "clauses": "Clause"}
_NUMBERED = re.compile(r"[第条款项之一二三四五六七八九十百㈠-㈩()（）\w.-]+", re.ASCII)
"""Clauses that are numbers need no English."""


def read_english(reader: Reader, state: State, root: Node | None) -> None:
    """Adds to ``state.english``; a lower pack may say it otherwise."""
    f = reader.fields(root, ENGLISH)
    if f is None:
        return
    for kind in KINDS:
        for name, node in reader.mapping(f.node(kind), f"“{kind}”", f"“{kind}”") or ():
            text = reader.word(node, f"“{name.text}”", f"“{name.text}”")
            if text is not None:
                state.english[kind, name.text] = text


def check_english(reader: Reader, state: State) -> None:
    """Each name that is shown needs its English, told where it is first used."""
    told: set[tuple[str, str]] = set()
    for kind, name, where in _used(state):
        if (kind, name) in state.english or (kind, name) in told:
            continue
        told.add((kind, name))
        zh, en = f"{KINDS[kind]}“{name}”", f"{_SINGULAR[kind]} “{name}”"
        reader.no_english(where, zh, en, f"english.yaml: {{{kind}: {{{name}: …}}}}")


def _used(state: State) -> Iterable[tuple[str, str, Where]]:
    for p in state.programmes.values():
        if p.group:
            yield "groups", p.group, p.where
        for level in dict.fromkeys(s.level for v in p.versions for x in v.funding for s in x.shares):
            yield "payers", level, p.where
    for cited in state.cited:
        numbered = cited.clause == WHOLE or _NUMBERED.fullmatch(cited.clause)
        if cited.document not in state.clauses and not numbered:
            yield "clauses", cited.clause, cited.where
    for book in state.clauses.values():
        for c in book.clauses:
            for unit in c.units:
                yield "units", unit, c.where
