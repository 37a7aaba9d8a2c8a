"""A sweep over all people, stage by stage: blocks, the bound that rules most pairs out, and the comparison of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

import numpy as np

from doudi.server.registry.duplicates.core.blocks import WINDOW, Cut, pairs
from doudi.server.registry.duplicates.core.bounds import bound
from doudi.server.registry.duplicates.core.columns import Columns, Counted, Ints
from doudi.server.registry.duplicates.core.compare import Compared, compare
from doudi.server.registry.duplicates.core.evidence import THRESHOLD

_BATCH = 1 << 18


@dataclass(frozen=True, slots=True)
class Found:
    """Two people by their ids, ``a`` < ``b``."""

    a: int
    b: int
    compared: Compared


@dataclass
class Stage:
    """What one kind of block brought: pairs looked at, pairs compared in full, pairs that reach the threshold, and what was cut."""

    kind: str
    cut: Cut = field(default_factory=Cut)
    compared: int = 0
    found: int = 0

    def said(self) -> dict[str, int]:
        return {**asdict(self.cut), "compared": self.compared, "found": self.found}


class Sweep:
    """Goes through the kinds of block one at a time; a pair that an earlier stage compared in full is not compared again."""

    def __init__(self, columns: Columns, threshold: int = THRESHOLD, window: int = WINDOW) -> None:
        self.columns, self.threshold, self.window = columns, threshold, window
        self.counts = Counted(columns)
        self._done: Ints = np.empty(0, dtype=np.int64)

    def stage(self, kind: str) -> tuple[Stage, Iterator[Found]]:
        """The pairs come as they are compared; the figures of the stage are whole when the last has come."""
        stage = Stage(kind)
        return stage, self._run(stage)

    def _run(self, stage: Stage) -> Iterator[Found]:
        contacts = bool(len(self.columns.contact_of))
        kept: list[Ints] = []
        for a, b in pairs(self.columns, stage.kind, stage.cut, self.window):
            for start in range(0, len(a), _BATCH):
                x, y = a[start : start + _BATCH], b[start : start + _BATCH]
                hopeful = bound(self.columns, x, y, contacts=contacts) >= self.threshold
                kept.append(x[hopeful] << 32 | y[hopeful])
            if sum(map(len, kept)) > 4 * _BATCH:
                kept = [np.unique(np.concatenate(kept))]
        packed = np.unique(np.concatenate(kept)) if kept else np.empty(0, dtype=np.int64)
        packed = packed[~np.isin(packed, self._done, assume_unique=True)]
        self._done = np.union1d(self._done, packed)
        for pair in packed.tolist():
            found = self.compare(pair >> 32, pair & 0xFFFFFFFF)
            stage.compared += 1
            if found.compared.score >= self.threshold:
                stage.found += 1
                yield found

    def compare(self, a: int, b: int) -> Found:
        """Two rows."""
        columns = self.columns
        x, y = sorted((a, b), key=lambda row: int(columns.ids[row]))
        return Found(int(columns.ids[x]), int(columns.ids[y]), compare(columns.one(x), columns.one(y), self.counts))
