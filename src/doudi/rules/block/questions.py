"""Which questions a block leaves open, where each is asked (the household as it came, decided again, or of one), and what they lack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doudi.rules.block.column import Array, as_array, positions
from doudi.rules.block.demand import Demand
from doudi.rules.block.layout import Gathered
from doudi.rules.block.missing import ROUND, Found, LeafKey, Search, bit
from doudi.rules.block.outcomes import NO, Answer
from doudi.rules.block.plan import Plan
from doudi.rules.block.splits import Households, Merged, Split
from doudi.rules.ruleset import Key, ProgrammePlan

ORIGINAL = -1


@dataclass(frozen=True)
class Asked:
    """Questions in order: the household's position, the split (ORIGINAL: none) and the programme's number, the row it is asked of (of a
    split: the person's). ``ordinal`` counts within the household."""

    household: Array
    split: Array
    programme: Array
    row: Array
    ordinal: Array


@dataclass(frozen=True)
class Lacking:
    """What each question lacks: the question's number, the leaf's number in ``keys`` and the id of the leaf's row (-1: none)."""

    asked: Asked
    question: Array
    leaf: Array
    row: Array
    keys: list[LeafKey]


@dataclass(frozen=True)
class _Seed:
    """Questions of programme ``programme`` (on ``rows`` of the block as it came; of a split, on its ``rows``-th person) ask for variable ``key`` in
    ``place`` at ``at``."""

    programme: int
    split: int
    rows: Array
    place: int
    key: Key
    at: Array


FIRST, AGAIN = -1, -2
"""Places to search other than a split's households of one, which go by the split's number."""


class Asking:
    """Collects the open questions of one block and searches for what they lack."""

    def __init__(self, plan: Plan, demand: Demand, held: Households, facts: list[Key], *, whole: bool) -> None:
        """``whole``: no column of the first block was forgotten."""
        self.plan, self.demand, self.held, self.facts, self.whole = plan, demand, held, facts, whole
        self.seeds: list[_Seed] = []
        self.root = plan.tree.root
        self.splits = {s.number: s for s in held.splits}

    # --- collecting -----------------------------------------------------------------------------------------------------

    def ask(self, number: int, programme: ProgrammePlan, merged: Merged) -> None:
        """The questions that one programme leaves open in the block as it came."""
        entity = programme.entity
        again = self.held.again
        keys = [(entity, name) for name in (programme.eligible, programme.granted, programme.paid) if name]
        for key in keys:
            opened = self.held.first.columns[key].undecided()
            if opened is not None:
                mine = opened & merged.own
                if again is not None:
                    mine[again.origin[entity]] = False
                rows = positions(mine)
                self._seed(number, ORIGINAL, rows, FIRST, key, rows)
            if again is not None and (opened := again.block.columns[key].undecided()) is not None:
                at = positions(opened & merged.own.take(again.origin[entity]))
                self._seed(number, ORIGINAL, again.origin[entity].take(at), AGAIN, key, at)
            for split, there in merged.there.items():
                s = self.splits[split]
                opened = s.block.columns[key].undecided()
                if opened is not None:
                    at = positions(opened & there)
                    self._seed(number, ORIGINAL, s.rows.take(at), split, key, at)
        for split, unsure in merged.unsure.items():
            at = positions(unsure)
            self._unsure(number, ORIGINAL, self.splits[split].rows.take(at), self.splits[split], at)

    def ask_split(self, number: int, programme: ProgrammePlan, s: Split, found: Answer) -> None:
        """The questions that a programme of the household leaves open in households of one."""
        for name in (programme.eligible, programme.granted, programme.paid):
            if name and (opened := s.block.columns[self.root, name].undecided()) is not None:
                at = positions(opened)
                self._seed(number, s.number, at, s.number, (self.root, name), at)
        at = positions(~s.when.lo & (found.outcome != NO))
        self._seed(number, s.number, at, FIRST, (s.plan.entity, s.plan.when), s.rows.take(at))

    def _unsure(self, number: int, split: int, rows: Array, s: Split, at: Array) -> None:
        self._seed(number, split, rows, FIRST, (s.plan.entity, s.plan.when), s.rows.take(at))
        self._seed(number, split, rows, s.number, (self.root, s.plan.settles), at)

    def _seed(self, number: int, split: int, rows: Array, place: int, key: Key, at: Array) -> None:
        if len(rows):
            self.seeds.append(_Seed(number, split, rows, place, key, at))

    # --- numbering ------------------------------------------------------------------------------------------------------

    def _numbered(self) -> tuple[Asked, list[Array]]:
        """All questions in order, and for each seed the numbers of its questions."""
        first, programmes = self.held.first, len(self.plan.ruleset.programmes)
        splits, most = len(self.plan.ruleset.derived) + 1, max(first.n(e) for e in self.plan.tree.order) + 1
        # Household, split, programme and row as one number, which sorts as they do.
        codes = []
        for seed in self.seeds:
            entity, rows = self._place(seed)
            household = rows if entity == self.root else first.up(entity, self.root).take(rows)
            codes.append(((household * splits + (seed.split + 1)) * programmes + seed.programme) * most + rows)
        unique, inverse = np.unique(np.concatenate(codes), return_inverse=True)
        rest, row = np.divmod(unique, most)
        rest, programme = np.divmod(rest, programmes)
        household, split = np.divmod(rest, splits)
        starts = np.concatenate([[0], positions(household[1:] != household[:-1]) + 1])
        ordinal = np.arange(len(household)) - np.repeat(starts, np.diff(starts, append=len(household)))
        numbers = np.split(inverse.reshape(-1), np.cumsum([len(s.rows) for s in self.seeds])[:-1])
        return Asked(household, split - 1, programme, row, ordinal), [as_array(n) for n in numbers]

    def _place(self, seed: _Seed) -> tuple[str, Array]:
        """The entity and rows, in the block as it came, that the questions of a seed are about."""
        if seed.split != ORIGINAL:
            s = self.splits[seed.split]
            return s.plan.entity, s.rows.take(seed.rows)
        return self.plan.ruleset.programmes[seed.programme].entity, seed.rows

    # --- searching ------------------------------------------------------------------------------------------------------

    def lacking(self) -> Lacking | None:
        """None where every question is answered."""
        if not self.seeds:
            return None
        asked, numbers = self._numbered()
        keys: dict[LeafKey, int] = {}
        starts = np.searchsorted(asked.household, np.arange(self.held.first.n(self.root)))
        parts: list[tuple[Array, Array, Array]] = []
        first = self._first_block(np.unique(asked.household))
        for r in range(int(asked.ordinal.max()) // ROUND + 1):
            self._round(r, asked, numbers, starts, first, keys, parts)
        question, leaf, row = (as_array(np.concatenate(column)) for column in zip(*parts, strict=True))
        return self._in_order(asked, question, leaf, row, list(keys))

    def _first_block(self, households: Array) -> Gathered:
        """The block as it came with every column there; where some were forgotten, its open households and those of one evaluated once more."""
        first = self.held.first
        if self.whole:
            return Gathered(first, {})
        made = first.gather(households, self.facts)
        self.plan.evaluate(made.block, self.demand)
        for s in self.held.splits:
            # What a household of one took over from the first block rests on columns that were forgotten there.
            self.plan.evaluate(s.block, self.plan.demand(()))
        return made

    def _round(
        self,
        r: int,
        asked: Asked,
        numbers: list[Array],
        starts: Array,
        first: Gathered,
        keys: dict[LeafKey, int],
        parts: list[tuple[Array, Array, Array]],
    ) -> None:
        """The questions numbered 64r to 64r + 63 in their households."""
        plan, held = self.plan, self.held
        searches = {s.number: Search(plan, s.block) for s in held.splits}
        searches[FIRST] = Search(plan, first.block)
        if held.again is not None:
            searches[AGAIN] = Search(plan, held.again.block)
        for seed, number in zip(self.seeds, numbers, strict=True):
            ordinal = asked.ordinal.take(number)
            now = positions(ordinal // ROUND == r)
            if len(now):
                at = seed.at.take(now)
                if seed.place == FIRST:
                    at = _located(first, seed.key[0], at)
                searches[seed.place].seed(seed.key, at, bit(ordinal.take(now)))
        origins: dict[int, Array] = {FIRST: self._households(first)}
        if held.again is not None:
            again = searches[AGAIN]
            origins[AGAIN] = held.again.origin[self.root]
            again.run()
            self._pass_on(again, searches, first)
        for s in held.splits:
            origins[s.number] = s.made.origin[self.root]
            searches[s.number].run()
        searches[FIRST].run()
        for place, search in searches.items():
            found = search.found(keys)
            parts.append(_spelled(found, origins[place], starts, r))

    def _households(self, first: Gathered) -> Array:
        return first.origin[self.root] if first.origin else np.arange(self.held.first.n(self.root))

    def _pass_on(self, again: Search, searches: dict[int, Search], first: Gathered) -> None:
        """What depends on whether somebody still counts is asked of the household as it came and of the household of one."""
        membership = self.plan.ruleset.membership
        made = self.held.again
        if membership is None or made is None or membership not in again.laid_down:
            return
        need = np.zeros(self.held.first.n(membership[0]), dtype=np.uint64)
        need[made.origin[membership[0]]] = again.laid_down[membership]
        rows = positions(need)
        searches[FIRST].seed(membership, _located(first, membership[0], rows), need.take(rows))
        for s in self.held.splits:
            if s.plan.counts_in_original:
                continue
            bits = need.take(s.rows) * ~s.decided_here
            at = positions(bits)
            if len(at):
                searches[FIRST].seed(
                    (s.plan.entity, s.plan.when), _located(first, s.plan.entity, s.rows.take(at)), bits.take(at)
                )
                searches[s.number].seed((self.root, s.plan.settles), at, bits.take(at))

    def _in_order(self, asked: Asked, question: Array, leaf: Array, row: Array, keys: list[LeafKey]) -> Lacking:
        """Sorted by question and leaf, each leaf once, whatever search found it first."""
        by_name = sorted(range(len(keys)), key=lambda i: keys[i])
        rank = np.zeros(len(keys), dtype=np.int64)
        rank[by_name] = np.arange(len(keys))
        leaf = rank.take(leaf)
        order = np.lexsort((row, leaf, question))
        question, leaf, row = question.take(order), leaf.take(order), row.take(order)
        new = np.ones(len(question), dtype=bool)
        new[1:] = (question[1:] != question[:-1]) | (leaf[1:] != leaf[:-1]) | (row[1:] != row[:-1])
        return Lacking(asked, question[new], leaf[new], row[new], [keys[i] for i in by_name])


def _located(block: Gathered, entity: str, rows: Array) -> Array:
    """Rows of the block as it came, as rows of ``block``."""
    return as_array(np.searchsorted(block.origin[entity], rows)) if block.origin else rows


def _spelled(found: Found, origin: Array, starts: Array, r: int) -> tuple[Array, Array, Array]:
    """One row for each leaf and question."""
    first = starts.take(origin.take(found.household)) + r * ROUND
    questions, leaves, rows = [], [], []
    left = int(np.bitwise_or.reduce(found.bits)) if len(found.bits) else 0
    for b in range(left.bit_length()):
        here = positions(found.bits & np.uint64(1 << b))
        questions.append(first.take(here) + b)
        leaves.append(found.key.take(here))
        rows.append(found.row.take(here))
    none = np.zeros(0, dtype=np.int64)
    return tuple(as_array(np.concatenate([none, *part])) for part in (questions, leaves, rows))  # type: ignore[return-value]
