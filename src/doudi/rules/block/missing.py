"""What is missing, for all programmes and rows at once: one pass backwards over the formulas, carrying sets of questions as bits.

A *question* is one programme on one row that cannot be answered in full. Questions of one household are numbered 0, 1, 2, … and only
ever meet rows of that household, so one 64-bit word for each row says which of them its value matters to. A household with
more than 64 questions takes further rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from doudi.rules.block.column import Array, as_array, positions
from doudi.rules.block.layout import Block, View
from doudi.rules.block.plan import Plan
from doudi.rules.ruleset import Key

LeafKey = tuple[str, str, str, str]
"""Kind, entity, name and detail of a leaf (see ``doudi.rules.nodes.Leaf``)."""

ROUND = 64


@dataclass(frozen=True)
class Found:
    """Leaves found: for each the key's number, the household's position in the searched block, the row's id (-1 for a standard, which is of
    no row) and the questions."""

    key: Array
    household: Array
    row: Array
    bits: Array


@dataclass
class Search:
    """A search over one evaluated block. ``seed`` it, ``run`` it, take the ``leaves``; ``laid_down`` then holds what reached values laid down
    from outside."""

    plan: Plan
    block: Block
    laid_down: dict[Key, Array] = field(default_factory=dict)
    leaves: dict[LeafKey, tuple[str, Array]] = field(default_factory=dict)
    _need: dict[Key, Array] = field(default_factory=dict)
    _owner: Key = ("", "")

    def seed(self, key: Key, rows: Array, bits: Array) -> None:
        """Ask what is missing for a variable on some rows."""
        np.bitwise_or.at(self._of(key), rows, bits)

    def _of(self, key: Key) -> Array:
        need = self._need.get(key)
        if need is None:
            need = self._need[key] = np.zeros(self.block.n(key[0]), dtype=np.uint64)
        return need

    def run(self) -> None:
        for step in reversed(self.plan.steps):
            need = self._need.pop(step.key, None)
            if need is None:
                continue
            rows = self._open(step.key, need)
            laid_down = self.block.fixed.get(step.key)
            if laid_down is not None:
                outside = np.isin(rows, laid_down.rows)
                kept = self.laid_down[step.key] = np.zeros_like(need)
                kept[rows[outside]] = need[rows[outside]]
                rows = rows[~outside]
            if len(rows):
                self._owner = step.key
                step.op.blame(View(self.block, step.key[0], rows, remember=True), need[rows], self)
        for key in list(self._need):
            need = self._need.pop(key)
            rows = self._open(key, need)
            if len(rows):
                kind = "fact" if self.plan.ruleset.variables[key].origin == "fact" else "rule"
                only = np.zeros_like(need)
                only[rows] = need[rows]
                self.leaves[kind, *key, ""] = (key[0], only)

    def _open(self, key: Key, need: Array) -> Array:
        """The rows that are asked about and unknown or assumed."""
        rows = positions(need)
        opened = self.block.columns[key].take(rows).unsettled()
        return rows[:0] if opened is None else rows[opened]

    # --- what the ops report ------------------------------------------------------------------------------------------

    def variable(self, view: View, entity: str, name: str, need: Array) -> None:
        self._or(self._of((entity, name)), view, entity, need)

    def incomplete(self, view: View, child: str, need: Array) -> None:
        self._leaf(("table", view.entity, child, ""), view, view.entity, need)

    def leaf(self, view: View, kind: str, need: Array, child: str = "") -> None:
        if kind == "empty":
            self._leaf(("empty", view.entity, child, ""), view, view.entity, need)
        else:
            self._leaf((kind, *self._owner, ""), view, self._owner[0], need)

    def no_standard(self, view: View, kind: str, name: str, detail: str, need: Array) -> None:
        self._leaf((kind, "", name, detail), view, self.block.tree.root, need)

    def _leaf(self, key: LeafKey, view: View, entity: str, need: Array) -> None:
        if need.any():
            held = self.leaves.get(key)
            if held is None:
                held = self.leaves[key] = (entity, np.zeros(self.block.n(entity), dtype=np.uint64))
            self._or(held[1], view, entity, need)

    @staticmethod
    def _or(target: Array, view: View, entity: str, need: Array) -> None:
        some = positions(need)
        if len(some) == 0:
            return
        rows = view.up(entity).take(some)
        if entity == view.entity:
            target[rows] |= need[some]
        else:
            np.bitwise_or.at(target, rows, need[some])

    def found(self, keys: dict[LeafKey, int]) -> Found:
        """All leaves in one table; ``keys`` numbers them, new ones are added."""
        parts: list[tuple[Array, Array, Array, Array]] = []
        root = self.block.tree.root
        for key, (entity, need) in self.leaves.items():
            rows = positions(need)
            number = keys.setdefault(key, len(keys))
            household = rows if entity == root else self.block.up(entity, root).take(rows)
            of_no_row = key[0] in ("standard", "stale")
            ids = np.full(len(rows), -1) if of_no_row else self.block.ids[entity].take(rows)
            parts.append((np.full(len(rows), number), household, ids, need.take(rows)))
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return Found(none, none, none, none.astype(np.uint64))
        return Found(*(as_array(np.concatenate(column)) for column in zip(*parts, strict=True)))


def bit(ordinal: Array) -> Array:
    """The word in which only the question's own bit is set."""
    return as_array(np.uint64(1) << (ordinal % ROUND).astype(np.uint64))
