"""Rows of whole households, entity by entity, and how they are linked: the children of one parent stand together, in its order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.rules.block.column import Array, Column, as_array, positions

if TYPE_CHECKING:
    from doudi.rules.block.ops import Op
    from doudi.rules.block.places import Placed
    from doudi.rules.ruleset import Key


@dataclass(frozen=True)
class Tree:
    """How the entities hang together: ``above`` lists for each entity itself, its parent and so on up to the root."""

    root: str
    above: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]

    def parent(self, entity: str) -> str:
        return self.above[entity][1]

    @staticmethod
    def of(parents: Mapping[str, str]) -> Tree:
        """``parents`` gives each entity's parent, "" for the root. Raises ValueError unless there is just one root over all."""
        (root,) = (e for e, p in parents.items() if not p)
        above: dict[str, tuple[str, ...]] = {root: (root,)}
        while len(above) < len(parents):
            found = {e: (e, *above[p]) for e, p in parents.items() if e not in above and p in above}
            if not found:
                raise ValueError("an entity hangs from one that is not there")
            above |= found
        return Tree(root, above, tuple(above))


@dataclass(frozen=True)
class Fixed:
    """A truth laid down from outside on some ``rows`` instead of being computed: false (0, 0), true (1, 1) or unknown (0, 1)."""

    rows: Array
    lo: Array
    hi: Array
    assumed: Array

    def over(self, column: Column) -> Column:
        lo, hi = column.lo.copy(), column.hi.copy()
        assumed = np.zeros(len(lo), dtype=bool) if column.assumed is None else column.assumed.copy()
        lo[self.rows], hi[self.rows], assumed[self.rows] = self.lo, self.hi, self.assumed
        return Column(lo, hi, assumed=assumed).settled()


@dataclass
class Block:
    """Some whole households. ``offsets`` by child entity: the children of its i-th parent row are rows offsets[i] to offsets[i+1].

    ``complete`` by child entity, over the rows of its parent: which kinds of its rows have all been listed, one bit each; -1 when
    every row has, 0 when nothing is promised. ``columns`` holds facts at first, then everything computed and not yet let go.
    ``fixed``: computed variables laid down from outside.
    """

    tree: Tree
    ids: dict[str, Array]
    offsets: dict[str, Array]
    complete: dict[str, Array]
    columns: dict[Key, Column]
    fixed: dict[Key, Fixed] = field(default_factory=dict)
    places: dict[Any, Placed] = field(default_factory=dict)
    lifted_places: dict[Any, Array] = field(default_factory=dict)
    areas: dict[Any, tuple[Any, Array]] = field(default_factory=dict)
    _memo: dict[Op, tuple[Column, int]] = field(default_factory=dict)
    _up: dict[tuple[str, str], Array] = field(default_factory=dict)
    _lifted: dict[Key, dict[str, Column]] = field(default_factory=dict)

    def n(self, entity: str) -> int:
        return len(self.ids[entity])

    def link(self, entity: str, ancestor: str, rows: Array) -> None:
        """Say what ``up`` would have to work out."""
        self._up[entity, ancestor] = rows

    def up(self, entity: str, ancestor: str) -> Array:
        """For each row of ``entity`` the position of the row of ``ancestor`` that it belongs to."""
        rows = self._up.get((entity, ancestor))
        if rows is None:
            parent = self.tree.parent(entity)
            if parent == ancestor:
                offsets = self.offsets[entity]
                rows = np.repeat(np.arange(self.n(parent)), offsets[1:] - offsets[:-1])
            else:
                rows = self.up(parent, ancestor).take(self.up(entity, parent))
            self._up[entity, ancestor] = rows
        return rows

    def lifted(self, entity: str, key: Key) -> Column:
        """A variable of an ancestor, seen from each row of ``entity``."""
        held = self._lifted.get(key)
        if held is None:
            held = self._lifted[key] = {}
        column = held.get(entity)
        if column is None:
            column = held[entity] = self.columns[key].take(self.up(entity, key[0]))
        return column

    def let_go(self, key: Key) -> None:
        """Forget a variable that nothing reads any more."""
        self.columns.pop(key, None)
        self._lifted.pop(key, None)

    def slice(self, first: int, last: int, keys: Iterable[Key]) -> Block:
        """The households from position ``first`` up to ``last``, with the columns named; nothing is copied."""
        spans = {self.tree.root: (first, last)}
        out = Block(self.tree, {}, {}, {}, {})
        for e in self.tree.order:
            if e != self.tree.root:
                above, below = spans[self.tree.parent(e)]
                offsets = self.offsets[e][above : below + 1]
                spans[e] = (int(offsets[0]), int(offsets[-1]))
                out.offsets[e] = offsets - offsets[0]
                out.complete[e] = self.complete[e][above:below]
            start, end = spans[e]
            out.ids[e] = self.ids[e][start:end]
        for key in keys:
            out.columns[key] = self.columns[key].part(*spans[key[0]])
        return out

    def gather(self, rows: Array, keys: Iterable[Key], alone: tuple[str, Array] | None = None) -> Gathered:
        """The households at positions ``rows`` (one may occur twice), with the columns named, in a block of their own.

        ``alone``: an entity linked to the root and for each household the one row of it that is kept; it counts as all there are.
        """
        origin = {self.tree.root: rows}
        out = Block(self.tree, {}, {}, {}, {})
        for e in self.tree.order:
            if e != self.tree.root:
                above = origin[self.tree.parent(e)]
                if alone is not None and alone[0] == e:
                    origin[e] = alone[1]
                    out.offsets[e] = np.arange(len(above) + 1)
                    out.complete[e] = np.full(len(above), -1)
                else:
                    starts = self.offsets[e].take(above)
                    counts = self.offsets[e].take(above + 1) - starts
                    origin[e] = ranges(starts, counts)
                    out.offsets[e] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
                    out.complete[e] = self.complete[e].take(above)
            out.ids[e] = self.ids[e].take(origin[e])
        for key in keys:
            out.columns[key] = self.columns[key].take(origin[key[0]])
        return Gathered(out, origin)


@dataclass(frozen=True)
class Gathered:
    """A block made of rows of another, and by entity which rows."""

    block: Block
    origin: dict[str, Array]


def ranges(starts: Array, counts: Array) -> Array:
    """starts[0], starts[0]+1, … counts[0] of them, then those of the next, all in one array."""
    ends = np.cumsum(counts)
    return as_array(np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - counts), counts))


class View:
    """Rows on which a formula is evaluated: all rows of an entity (``rows`` None) or some of them, in order.

    A view that remembers keeps the value of every node evaluated on it, for the search of what is missing, which asks again.
    """

    __slots__ = ("_children", "block", "entity", "memo", "n", "rows")

    def __init__(self, block: Block, entity: str, rows: Array | None = None, remember: bool = False) -> None:
        self.block, self.entity, self.rows = block, entity, rows
        self.n = block.n(entity) if rows is None else len(rows)
        self.memo: dict[Op, Column] | None = {} if remember else None
        self._children: dict[str, Children] = {}

    def column(self, key: Key) -> Column:
        """A variable of this entity or of one above it."""
        entity, rows = self.entity, self.rows
        if rows is None:
            return self.block.columns[key] if key[0] == entity else self.block.lifted(entity, key)
        return self.block.columns[key].take(self.up(key[0]))

    def up(self, ancestor: str) -> Array:
        """The position of each row's ancestor (or of the row itself) among the rows of ``ancestor``."""
        if ancestor == self.entity:
            return np.arange(self.n) if self.rows is None else self.rows
        up = self.block.up(self.entity, ancestor)
        return up if self.rows is None else up.take(self.rows)

    def shared(self, op: Op) -> Column:
        """The value of an op that several formulas ask for: worked out once on a full column, and kept until the last of them has it."""
        memo = self.block._memo
        found = memo.get(op)
        if self.rows is not None:
            return op.run(self) if found is None else found[0].take(self.rows)
        if found is None:
            column, left = op.run(self), op.uses
        else:
            column, left = found
        if left > 1 or op.lasting:
            memo[op] = (column, left - 1)
        else:
            memo.pop(op, None)
        return column

    def only(self, rows: Array) -> View:
        """Some rows of this view, by their positions in it."""
        return View(self.block, self.entity, rows if self.rows is None else self.rows.take(rows))

    def complete(self, child: str) -> Array:
        marks = self.block.complete[child]
        return marks if self.rows is None else marks.take(self.rows)

    def children(self, child: str) -> Children:
        found = self._children.get(child)
        if found is None:
            found = self._children[child] = self._children_of(child)
        return found

    def _children_of(self, child: str) -> Children:
        offsets, rows, remember = self.block.offsets[child], self.rows, self.memo is not None
        if rows is None:
            return Children(View(self.block, child, None, remember), offsets, self.entity)
        starts = offsets.take(rows)
        counts = offsets.take(rows + 1) - starts
        inner = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(counts, out=inner[1:])
        return Children(View(self.block, child, ranges(starts, counts), remember), inner)


FEW = 8
"""Fewer than one row in FEW: they are looked at one by one instead of running along the whole column."""


class Children:
    """The child rows of a view, as a view of their own; those of its i-th row are rows offsets[i] to offsets[i+1] of it."""

    __slots__ = ("_counts", "_held", "_lacking", "_owner", "above", "complete", "offsets", "view")

    def __init__(self, view: View, offsets: Array, above: str = "") -> None:
        """``above``: the entity that these are all children of; "" for some of them."""
        self.view, self.offsets, self.above = view, offsets, above
        self.complete: dict[int, Array | None] = {}
        self._counts: Array | None = None
        self._owner: Array | None = None
        self._held: Array | None = None
        self._lacking: dict[int, Array] = {}

    def lacking(self, kinds: int, complete: Array) -> Array:
        """The parents not all of whose rows of ``kinds`` have been listed."""
        found = self._lacking.get(kinds)
        if found is None:
            found = self._lacking[kinds] = positions(~complete)
        return found

    @property
    def counts(self) -> Array:
        """How many rows each parent has."""
        if self._counts is None:
            self._counts = self.offsets[1:] - self.offsets[:-1]
        return self._counts

    @property
    def owner(self) -> Array:
        """For each child row the position of its parent in the parent view."""
        if self._owner is None and self.above:
            self._owner = self.view.block.up(self.view.entity, self.above)
        elif self._owner is None:
            self._owner = np.repeat(np.arange(len(self.counts)), self.counts)
        return self._owner

    @property
    def held(self) -> Array:
        """The parents that have any row at all."""
        if self._held is None:
            self._held = positions(self.counts)
        return self._held

    def total_of(self, x: Any, mask: Array | None) -> Array:
        """The sum of ``x`` over each parent's rows that ``mask`` marks (None: all), 0 where it has none."""
        n = len(self.counts)
        if mask is None:
            return as_array(self.counts * x) if not isinstance(x, np.ndarray) else self.total(x)
        if not self.rare(mask):
            return self.total(x * mask if isinstance(x, np.ndarray) else mask * np.int64(x))
        out = np.zeros(n, dtype=np.int64)
        rows = positions(mask)
        if len(rows):
            owner = self.owner.take(rows)
            first = np.concatenate([[0], positions(owner[1:] != owner[:-1]) + 1])
            values = x.take(rows) if isinstance(x, np.ndarray) else np.full(len(rows), x)
            out[owner.take(first)] = np.add.reduceat(values, first, dtype=np.int64)
        return out

    @staticmethod
    def rare(mask: Array) -> bool:
        """Whether so few rows are marked that they are better taken one by one."""
        return int(np.count_nonzero(mask)) * FEW <= len(mask)

    def total(self, x: Array) -> Array:
        """The sum of ``x`` over each parent's rows, 0 where it has none."""
        # Running totals may wrap; their differences are exact all the same, as long as each sum fits.
        running = np.empty(len(x) + 1, dtype=np.int64)
        running[0] = 0
        np.cumsum(x, out=running[1:])
        ends = running.take(self.offsets)
        return as_array(ends[1:] - ends[:-1])

    def count(self, x: Array) -> Array:
        """How many of each parent's rows ``x`` is true of."""
        if self.rare(x):
            return np.bincount(self.owner.take(positions(x)), minlength=len(self.counts))
        running = np.empty(len(x) + 1, dtype=np.int32)
        running[0] = 0
        np.cumsum(x, out=running[1:], dtype=np.int32)
        ends = running.take(self.offsets)
        return as_array(ends[1:] - ends[:-1])

    def some(self, x: Array) -> Array:
        """Whether ``x`` is true of any of each parent's rows."""
        out = np.zeros(len(self.counts), dtype=bool)
        out[self.owner.take(positions(x))] = True
        return out

    def greatest(self, x: Array, none: int) -> Array:
        """The greatest ``x`` of each parent's rows, ``none`` where it has none."""
        return self._reduce(np.maximum, x, none)

    def least(self, x: Array, none: int) -> Array:
        return self._reduce(np.minimum, x, none)

    def _reduce(self, by: np.ufunc, x: Array, none: int) -> Array:
        # reduceat gives a neighbour's value for an empty group, so only parents that have rows are asked.
        out = np.full(len(self.counts), none, dtype=np.int64)
        if len(x):
            out[self.held] = by.reduceat(x, self.offsets[:-1].take(self.held))
        return out
