"""How the record of acts stands, as far as can be said without reading all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.server.audit.anchors import read
from doudi.server.lib.refusals import Refused

OLD = 2
"""Days after which an anchor is old: one is written every day."""


@dataclass(frozen=True)
class ChainState:
    """``anchored``: the day of the last anchor and the entry it names, None where there is none; ``old``: it should be newer; ``damaged``: lines of the
    anchors that are not as they were written; ``fault``: why the anchors cannot be read."""

    anchored: date | None = None
    seq: int = 0
    anchors: int = 0
    damaged: int = 0
    restored: int = 0
    old: bool = True
    fault: Refused | None = None


def chain_state(today: date) -> ChainState:
    """Reads the anchors alone: the whole record is read by a job of the kind ``audit-verify``."""
    try:
        written = read()
    except Refused as error:
        return ChainState(fault=error)
    last = written.anchors[-1] if written.anchors else None
    day = last.day if last else None
    return ChainState(
        day, last.seq if last else 0, len(written.anchors), len(written.damaged), sum(a.kind == "restored" for a in written.anchors),
        day is None or (today - day).days > OLD,
    )  # fmt: skip
