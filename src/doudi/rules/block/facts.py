"""Arrow tables of facts into columns, checked on the way: whatever does not fit what the ruleset declares is refused by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from doudi.rules.block.arrow import filled, nulls, numbers, truths, valid, whole
from doudi.rules.block.column import Array, Column, positions
from doudi.rules.block.finder import Finder
from doudi.rules.block.layout import Block, Tree
from doudi.rules.faults import hint
from doudi.rules.ruleset import Key, Ruleset, Variable
from doudi.rules.types import RATIO_UNIT, Kind

ID, PARENT = "id", "parent"
COMPLETE = "齐全|"
LOW, HIGH = "|lo", "|hi"
ALL_KINDS = -1

Absent = Literal["error", "unknown"]


class FactsError(ValueError):
    """Facts that cannot be decided upon. ``table`` is the entity's file, ``row`` the id of the first row at fault (None: the whole table);
    ``zh`` and ``en`` say what is wrong."""

    def __init__(self, table: str, row: int | None, column: str, zh: str, en: str) -> None:
        self.table, self.row, self.column, self.zh, self.en = table, row, column, zh, en
        super().__init__(f"{zh} / {en}")


@dataclass(frozen=True)
class Wanted:
    """One fact to be read: ``codes`` gives the code of each value's name where it is a category."""

    variable: Variable
    codes: Mapping[str, int]

    @property
    def dtype(self) -> Any:
        """Small types where values are only compared; whatever is added or multiplied has 64 bits."""
        match self.variable.type.kind:
            case Kind.CATEGORY:
                return np.int8 if len(self.codes) < 128 else np.int16
            case Kind.DATE:
                return np.int32
        return np.int64


class Reader:
    """Reads the facts that formulas use (``needed``); what is declared and not used may stand in a table and is passed over."""

    def __init__(self, ruleset: Ruleset, needed: frozenset[Key]) -> None:
        self.needed = needed
        self.entities = ruleset.entities
        self.tree = Tree.of({e.name: e.of for e in ruleset.entities.values()})
        categories = {c.name: {v: i for i, (v, _) in enumerate(c.values)} for c in ruleset.book.categories}
        self.flags = {(ruleset.root, plan.flag) for plan in ruleset.derived}
        self.declared: dict[str, set[str]] = {e: {ID, PARENT} for e in self.tree.order}
        self.wanted: dict[str, list[Wanted]] = {e: [] for e in self.tree.order}
        self.kinds: dict[str, int] = {}
        for key, v in ruleset.variables.items():
            if v.origin != "fact" or key in self.flags:
                continue
            self.declared[v.entity] |= {v.name, v.name + LOW, v.name + HIGH}
            codes = categories.get(v.type.category, {})
            if self.entities[v.entity].kind == v.name:
                self.kinds[v.entity] = len(codes)
            self.wanted[v.entity].append(Wanted(v, codes))
        self.declared[self.tree.root].discard(PARENT)
        for e in self.tree.order[1:]:
            self.declared[self.tree.parent(e)].add(COMPLETE + e)

    def facts(self, also: Collection[Key] = ()) -> list[Key]:
        """The facts read, those that are only shown (``also``) included."""
        return [w.variable.key for ws in self.wanted.values() for w in ws if self.reads(w, also)]

    def reads(self, w: Wanted, also: Collection[Key]) -> bool:
        return w.variable.key in self.needed or w.variable.key in also

    def columns(self, also: Collection[Key] = ()) -> dict[str, list[str]]:
        """By file, the columns that a decision reads: what to ask of a Parquet reader. Bounds (``|lo``, ``|hi``) may be left out."""
        out: dict[str, list[str]] = {}
        for e in self.tree.order:
            names = [ID] if e == self.tree.root else [ID, PARENT]
            for w in self.wanted[e]:
                if not self.reads(w, also):
                    continue
                names += [w.variable.name, w.variable.name + LOW, w.variable.name + HIGH]
            names += [COMPLETE + c.name for c in self.entities.values() if c.of == e]
            out[self.entities[e].file] = names
        return out

    def read(self, tables: Mapping[str, pa.Table], absent: Absent, also: Collection[Key] = ()) -> Block:
        """Raises FactsError."""
        files = {e.file for e in self.entities.values()}
        for file in tables:
            if file not in files:
                zh, en = hint(file, files)
                raise FactsError(file, None, "", f"没有声明名为“{file}”的表{zh}", f"No table “{file}” is declared{en}")
        block = Block(self.tree, {}, {}, {}, {})
        finders: dict[str, Finder] = {}
        for e in self.tree.order:
            TableReader(self, e, tables.get(self.entities[e].file), absent, block, finders).read(also)
        return block


class TableReader:
    """One entity's table into ``block``, its parents' being there already."""

    def __init__(
        self,
        reader: Reader,
        entity: str,
        table: pa.Table | None,
        absent: Absent,
        block: Block,
        finders: dict[str, Finder],
    ) -> None:
        self.finders = finders
        self.reader, self.entity, self.absent, self.block = reader, entity, absent, block
        self.file = reader.entities[entity].file
        if table is None:
            self._absent([self.file])
            names = [ID] if entity == reader.tree.root else [ID, PARENT]
            table = pa.table({name: pa.array([], type=pa.int64()) for name in names})
        self.table: pa.Table = table
        self.n = table.num_rows
        self.names = frozenset(table.column_names)

    def fail(self, row: int | None, column: str, zh: str, en: str) -> FactsError:
        """``row`` is a position; the message names the row's id."""
        number = None if row is None else int(self.block.ids[self.entity][row])
        at, at_en = ("", "") if number is None else (f"编号 {number} 的", f" row {number},")
        place, place_en = (f"{self.file} 表{at}", f"Table {self.file},{at_en}") if number is not None else (
            f"{self.file} 表", f"Table {self.file},"
        )  # fmt: skip
        return FactsError(
            self.file, number, column, f"{place}“{column}”列：{zh}", f"{place_en} column “{column}”: {en}"
        )

    def _absent(self, names: list[str]) -> None:
        if self.absent == "error" and names:
            listed = "、".join(names)
            raise FactsError(
                self.file,
                None,
                names[0],
                f"{self.file} 表缺少：{listed}（确实不知道的，请用 absent=“unknown”）",
                f"Table {self.file} lacks {', '.join(names)} (absent=“unknown” if they are truly not known)",
            )

    def read(self, also: Collection[Key]) -> None:
        names, declared = self.table.column_names, self.reader.declared[self.entity]
        for name in names:
            if name not in declared or names.count(name) > 1:
                zh, en = hint(name, declared)
                raise FactsError(
                    self.file,
                    None,
                    name,
                    f"{self.file} 表的“{name}”列没有声明或重复{zh}",
                    f"Table {self.file}: column “{name}” is not declared or stands twice{en}",
                )
        self.block.ids[self.entity] = self._ids()
        if self.entity != self.reader.tree.root:
            self.block.offsets[self.entity] = self._offsets()
        marks = [e for e in self.reader.tree.order[1:] if self.reader.tree.parent(e) == self.entity]
        wanted = [w for w in self.reader.wanted[self.entity] if self.reader.reads(w, also)]
        facts = [w.variable.name for w in wanted]
        self._absent([name for name in (*facts, *(COMPLETE + e for e in marks)) if name not in self.names])
        for child in marks:
            self.block.complete[child] = self._marks(child)
        for w in wanted:
            self.block.columns[w.variable.key] = self._fact(w)

    # --- links --------------------------------------------------------------------------------------------------------

    def _integers(self, name: str) -> Array:
        if name not in self.names:
            raise FactsError(
                self.file, None, name, f"{self.file} 表缺少“{name}”列", f"Table {self.file} lacks column “{name}”"
            )
        column = whole(self.table, name)
        if not pa.types.is_integer(column.type) or column.null_count:
            raise FactsError(
                self.file,
                None,
                name,
                f"{self.file} 表的“{name}”列必须是整数且没有空值",
                f"Table {self.file}: column “{name}” must be whole numbers without nulls",
            )
        return numbers(column, np.int64)

    def _ids(self) -> Array:
        ids = self._integers(ID)
        self.block.ids[self.entity] = ids
        if self.n > 1 and not (ids[1:] > ids[:-1]).all():
            order = np.argsort(ids, kind="stable")
            double = positions(ids[order[1:]] == ids[order[:-1]])
            if len(double):
                raise self.fail(int(order[double[0] + 1]), ID, "编号重复", "the id stands twice")
        return ids

    def _offsets(self) -> Array:
        """Where each parent's rows begin. A run of rows with one parent must stand where the parent's place is."""
        above = self.reader.tree.parent(self.entity)
        parent, parents = self._integers(PARENT), self.block.ids[above]
        starts = np.zeros(0, dtype=np.int64)
        if self.n:
            starts = positions(np.concatenate([[True], parent[1:] != parent[:-1]]))
        runs, n = parent.take(starts), len(parents)
        one_each = len(runs) == n and np.array_equal(runs, parents)
        at = np.arange(n) if one_each else self._places(above, parent, starts, runs)
        rows = np.diff(starts, append=self.n)
        most = self.reader.entities[self.entity].max_rows
        crowded = positions(rows > most)
        if len(crowded):
            run = int(crowded[0])
            many, number = int(rows[run]), int(runs[run])
            raise self.fail(
                int(starts[run]), PARENT,
                f"上级 {number} 有 {many} 行，最多 {most} 行", f"parent {number} has {many} rows, at most {most} are allowed",
            )  # fmt: skip
        self.block.link(self.entity, above, np.repeat(at, rows))
        starts = np.append(starts, self.n)
        # A parent without rows has its place where the next one's begin.
        return starts if one_each else np.repeat(starts, np.diff(at, prepend=-1, append=n))

    def _places(self, above: str, parent: Array, starts: Array, runs: Array) -> Array:
        """Which parent each run of rows has; ``starts`` is where it begins and ``runs`` that parent's id."""
        parents = self.block.ids[above]
        if above not in self.finders:
            self.finders[above] = Finder(parents)
        at = self.finders[above].positions(runs)
        orphans = positions(at < 0)
        if len(orphans):
            row = int(starts[orphans[0]])
            raise self.fail(row, PARENT, f"上级编号 {parent[row]} 不存在", f"there is no parent {parent[row]}")
        back = positions(at[1:] <= at[:-1])
        if len(back):
            row = int(starts[int(back[0]) + 1])
            raise self.fail(
                row, PARENT, "各行没有按上级的次序排在一起", "rows do not follow the order of their parents"
            )
        return at

    def _marks(self, child: str) -> Array:
        name = COMPLETE + child
        if name not in self.names:
            return np.zeros(self.n, dtype=np.int64)
        column = whole(self.table, name)
        if not pa.types.is_integer(column.type):
            raise self.fail(None, name, f"应为 int64，实为 {column.type}", f"should be int64 but is {column.type}")
        marks = filled(column, 0)
        # The last bit is the sign, so that more than 62 kinds cannot be told from all.
        most = (1 << min(self.reader.kinds.get(child, 0), 62)) - 1
        if self.n and (int(marks.min()) < ALL_KINDS or int(marks.max()) > most):
            raise self.fail(
                int(positions((marks < ALL_KINDS) | (marks > most))[0]),
                name,
                "标注齐全的种类不在声明之内",
                "a kind marked complete is not declared",
            )
        return marks

    # --- facts --------------------------------------------------------------------------------------------------------

    def _fact(self, w: Wanted) -> Column:
        v, name = w.variable, w.variable.name
        if name not in self.names:
            return _bounds(w, self.n)
        column = whole(self.table, name)
        if v.type.kind is Kind.CATEGORY:
            column = self._codes(w, column)
        self._right_type(w, column)
        gaps = nulls(column)
        if v.type.kind is Kind.TRUTH:
            return _uncertain(truths(column), gaps)
        lo = hi = numbers(column, w.dtype)
        if len(gaps):
            lo, hi = lo.copy(), lo.copy()
            lo[gaps], hi[gaps] = v.lo, v.hi
            self._intervals(w, gaps, lo, hi)
        den = RATIO_UNIT if v.type.kind is Kind.RATIO else 1
        if v.type.kind is not Kind.CATEGORY or len(gaps):
            # Codes come from the list itself, but bounds beside unknown ones do not.
            self._within(v, lo, hi)
        return Column(lo, hi, den, den)

    def _right_type(self, w: Wanted, column: Any, name: str = "") -> None:
        t, kind = column.type, w.variable.type.kind
        if kind is Kind.TRUTH:
            right = pa.types.is_boolean(t)
        elif kind is Kind.DATE:
            right = pa.types.is_date32(t)
        else:
            right = pa.types.is_signed_integer(t)
        if not right:
            wanted = {Kind.TRUTH: "bool", Kind.DATE: "date32"}.get(kind, "int64")
            raise self.fail(None, name or w.variable.name, f"应为 {wanted}，实为 {t}", f"should be {wanted} but is {t}")

    def _codes(self, w: Wanted, column: Any) -> Any:
        """Names of category values as their codes."""
        name = w.variable.name
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column = column.dictionary_encode()
        t = column.type
        if not pa.types.is_dictionary(t) or not (
            pa.types.is_string(t.value_type) or pa.types.is_large_string(t.value_type)
        ):
            raise self.fail(
                None, name, f"应为 dictionary<string>，实为 {t}", f"should be dictionary<string> but is {t}"
            )
        values = column.dictionary.to_pylist()
        codes = [w.codes.get(value, -1) for value in values]
        if codes == list(range(len(values))):
            return column.indices
        found = pa.array(np.array(codes, dtype=w.dtype)).take(column.indices)
        if -1 in codes:
            wrong = positions(filled(found, 0, w.dtype) == -1)
            if len(wrong):
                said = column[int(wrong[0])].as_py()
                zh, en = hint(str(said), w.codes)
                raise self.fail(int(wrong[0]), name, f"没有“{said}”这个值{zh}", f"there is no value “{said}”{en}")
        return found

    def _intervals(self, w: Wanted, gaps: Array, lo: Array, hi: Array) -> None:
        """Put the bounds that stand beside unknown values (at ``gaps``) into ``lo`` and ``hi``."""
        name = w.variable.name
        for end, suffix in ((lo, LOW), (hi, HIGH)):
            if name + suffix in self.names:
                beside = whole(self.table, name + suffix)
                if not pa.types.is_signed_integer(beside.type):
                    self._right_type(w, beside, name + suffix)
                given = gaps[valid(beside)[gaps]]
                end[given] = numbers(beside, np.int64)[given]
        crossed = gaps[lo[gaps] > hi[gaps]]
        if len(crossed):
            raise self.fail(int(crossed[0]), name + LOW, "下限大于上限", "the lower bound is above the upper")

    def _within(self, v: Variable, lo: Array, hi: Array) -> None:
        if self.n and (int(lo.min()) < v.lo or int(hi.max()) > v.hi):
            row = int(positions((lo < v.lo) | (hi > v.hi))[0])
            value = int(lo[row]) if lo[row] < v.lo else int(hi[row])
            raise self.fail(
                row, v.name,
                f"{value} 超出声明的范围 [{v.lo}, {v.hi}]", f"{value} is outside the declared range [{v.lo}, {v.hi}]",
            )  # fmt: skip


def _bounds(w: Wanted, n: int) -> Column:
    """A fact that nobody supplied."""
    v = w.variable
    if v.type.kind is Kind.TRUTH:
        return Column(np.zeros(n, dtype=bool), np.ones(n, dtype=bool))
    den = RATIO_UNIT if v.type.kind is Kind.RATIO else 1
    lo = np.full(n, v.lo, dtype=w.dtype)
    return Column(lo, lo if v.lo == v.hi else np.full(n, v.hi, dtype=w.dtype), den, den)


def _uncertain(lo: Array, gaps: Array) -> Column:
    """Truths that are unknown at ``gaps``."""
    if not len(gaps):
        return Column(lo, lo)
    lo, hi = lo.copy(), lo.copy()
    lo[gaps], hi[gaps] = False, True
    return Column(lo, hi)
