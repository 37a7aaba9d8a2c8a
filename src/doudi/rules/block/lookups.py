"""Standards and scales on columns: looked up once for each distinct area, key and date, and spread over the rows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from doudi.rules.block.choice import pick
from doudi.rules.block.column import Array, Column, constant, either, positions, spread
from doudi.rules.block.layout import View
from doudi.rules.block.ops import Blame, Op, bound
from doudi.rules.block.places import Lookup, Placed, Spot, Spots
from doudi.rules.block.representation import Form
from doudi.rules.block.steps import Steps
from doudi.rules.declared import Bands
from doudi.rules.nodes import Exact, Scale, Standard
from doudi.rules.ruleset import Found, Ruleset
from doudi.rules.types import Kind


class StandardOp(Op):
    """A plain standard, or one with bands (``scale``)."""

    __slots__ = ("_ends", "_ranks", "_steps", "look", "scale", "x")

    def __init__(
        self, node: Standard | Scale, parts: tuple[Op, ...], form: Form, ruleset: Ruleset, finest: int
    ) -> None:
        super().__init__(node, parts, form)
        rest = list(parts)
        self.scale = isinstance(node, Scale)
        self.x = rest.pop(0) if self.scale else None
        area = rest.pop(0) if node.area is not None else None
        key = rest.pop(0) if node.key is not None else None
        self.look = Lookup(node, area, key, rest.pop(0), ruleset, finest)
        self._steps: dict[int, Steps] = {}
        self._ends: dict[Spots, tuple[Any, Any]] = {}
        self._ranks: dict[Spots, tuple[Spots, Array]] = {}
        # Margins and the search for what is missing ask again for some rows.
        self.lasting = True

    def run(self, view: View) -> Column:
        asked = self.look.ask(view)
        placed = asked.spots()
        if self.x is None:
            out, assumed = self._plain(placed), asked.assumed
        else:
            x = _columns(self.x.value(view), view.n)
            out, assumed = self._scaled(placed, x, view.n), either(asked.assumed, x.assumed)
        out.assumed = assumed
        return out.truth() if self.node.type.kind is Kind.TRUTH else out

    def _plain(self, placed: Placed) -> Column:
        """The hull of the values under every possible key; the node's own bounds where one of them is not to be had."""
        den = self.form.den
        held = self._ends.get(placed.spots)
        if held is None:
            # The spots of one block are those of the next, as a rule.
            held = self._ends[placed.spots] = self._ends_of(placed.spots)
        low, high = held
        if isinstance(low, int):
            # The same for everybody here, as most national values are.
            return constant(low, den)
        lo = low.take(placed.index)
        return Column(lo, lo if high is low else high.take(placed.index), den, den)

    def _ends_of(self, spots: Spots) -> tuple[Any, Any]:
        """At each spot the least and the greatest; one number where it is the same at all of them."""
        low, high, den = [], [], self.form.den
        for spot in spots:
            values: list[Exact] = [f.value for f in self.look.found(spot) if isinstance(f.value, int | Fraction)]
            whole = 0 < len(values) == spot[2] - spot[1] + 1
            low.append(bound(min(values) if whole else self.node.lo, den))
            high.append(bound(max(values) if whole else self.node.hi, den))
        if low == high and len(set(low)) == 1 and self.node.type.kind is not Kind.TRUTH:
            return low[0], low[0]
        ends = np.array(low, dtype=np.int64)
        return ends, ends if low == high else np.array(high, dtype=np.int64)

    def _scaled(self, placed: Placed, x: Column, n: int) -> Column:
        ranks = self._ranks.get(placed.spots)
        if ranks is None:
            ranks = self._ranks[placed.spots] = self._alike(placed.spots)
        spots, rank = ranks
        if len(spots) == 1:
            return self._over_keys(spots[0], x, n)
        index = rank.take(placed.index)
        known = x.hi is x.lo
        lo, hi = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        den: Any = self.form.den
        dlo, dhi = (den, den) if self.form.fixed else (np.ones(n, dtype=np.int64), np.ones(n, dtype=np.int64))
        for i in positions(np.bincount(index)).tolist():
            rows = positions(index == i)
            part = self._over_keys(spots[i], x.take(rows), len(rows))
            known = known and part.hi is part.lo
            lo[rows], hi[rows] = part.lo, part.hi
            if not self.form.fixed:
                dlo[rows], dhi[rows] = part.dlo, part.dhi
        return Column(lo, lo if known else hi, dlo, dlo if known else dhi)

    def _alike(self, spots: Spots) -> tuple[Spots, Array]:
        """One spot for all at which the same is found, and for each of ``spots`` the position of that one."""
        kinds: dict[tuple[int, ...], int] = {}
        firsts: list[Spot] = []
        rank = []
        for spot in spots:
            # Bands are parts of the book and outlast this.
            found = tuple(dict.fromkeys(id(f.value) for f in self.look.found(spot)))
            if found not in kinds:
                kinds[found] = len(firsts)
                firsts.append(spot)
            rank.append(kinds[found])
        return tuple(firsts), np.array(rank, dtype=np.int64)

    def _over_keys(self, spot: Spot, x: Column, n: int) -> Column:
        """The hull of the scale's values under every possible key."""
        found = self.look.found(spot)
        if not found or not all(isinstance(f.value, Bands) for f in found):
            return self._steps_of(None).of(x, n)
        out = self._steps_of(found[0]).of(x, n)
        for f in found[1:]:
            other = self._steps_of(f).of(x, n)
            if self.form.fixed:
                out = Column(np.minimum(out.lo, other.lo), np.maximum(out.hi, other.hi), out.dlo, out.dhi)
            else:
                lo, dlo = pick(out.lo, out.dlo, other.lo, other.dlo, greatest=False)
                hi, dhi = pick(out.hi, out.dhi, other.hi, other.dhi, greatest=True)
                out = Column(lo, hi, dlo, dhi)
        return out

    def _steps_of(self, found: Found | None) -> Steps:
        bands = None if found is None else found.value
        steps = self._steps.get(id(bands))
        if steps is None:
            assert isinstance(self.node, Scale)
            assert self.x is not None
            assert bands is None or isinstance(bands, Bands)
            steps = self._steps[id(bands)] = Steps(bands, self.node, self.look.table.decl, self.form, self.x.form)
        return steps

    def spread(self, view: View, need: Array, blame: Blame) -> None:
        super().spread(view, need, blame)
        look, asked = self.look, self.look.ask(view)
        placed = asked.spots()
        index, n = placed.index, view.n
        area = np.zeros(n, dtype=np.int64) if look.area is None else spread(look.area.value(view).lo, n)
        day = spread(asked.at.lo, n)
        for i, spot in enumerate(placed.spots):
            for key, found in enumerate(look.found(spot), spot[1]):
                if found.value is None:
                    rows = positions((index == i) & (need != 0))
                    kind = "stale" if found.why == "stale" else "standard"
                    self._no_value(view, kind, key, area, day, rows, need, blame)

    def _no_value(
        self, view: View, kind: str, key: int, area: Array, day: Array, rows: Array, need: Array, blame: Blame
    ) -> None:
        """Where a key is open, a key without a value is missing too: knowing the key would not help a household that has it."""
        assert isinstance(self.node, Standard | Scale)
        for a, d in sorted(set(zip(area[rows].tolist(), day[rows].tolist(), strict=True))):
            mine = np.zeros(view.n, dtype=np.uint64)
            these = rows[(area[rows] == a) & (day[rows] == d)]
            mine[these] = need[these]
            blame.no_standard(view, kind, self.node.name, self.look.detail(a, key, d), mine)


def _columns(x: Column, n: int) -> Column:
    lo = spread(x.lo, n)
    return Column(lo, lo if x.hi is x.lo else spread(x.hi, n), x.dlo, x.dhi, x.assumed)
