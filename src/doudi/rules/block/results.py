"""Decisions of a block as Arrow tables, and the digest that tells whether two sets of decisions are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.rules.block.arrow import no_numbers, to_arrow, worded
from doudi.rules.block.column import Array, Column, positions
from doudi.rules.block.layout import Block
from doudi.rules.block.outcomes import Answer, reasons, truth_code
from doudi.rules.block.plan import Plan
from doudi.rules.block.questions import ORIGINAL, Lacking
from doudi.rules.block.splits import Households, Split
from doudi.rules.ruleset import Key, ProgrammePlan
from doudi.rules.types import Kind


@dataclass(frozen=True)
class Results:
    """``tables`` by name: one for each entity that has programmes (by the entity's file), ``missing``, ``derived`` and ``derived_missing``."""

    tables: dict[str, pa.Table]


def answer_columns(plan: Plan, programme: ProgrammePlan, a: Answer, *, told: bool = True) -> dict[str, Any]:
    """The columns ``X.outcome`` and so on; those that say why only where it is ``told``.

    Sums are null where unknown, or where the programme has none (bounds are then 0).
    """
    x = programme.name
    out = {
        f"{x}.outcome": to_arrow(a.outcome),
        f"{x}.granted": to_arrow(a.granted),
        f"{x}.amount": _sum(programme.amount, a.amount_lo, a.amount_hi),
        f"{x}.paid": _sum(programme.paid, a.paid_lo, a.paid_hi),
        f"{x}.paid_lo": to_arrow(a.paid_lo),
        f"{x}.paid_hi": to_arrow(a.paid_hi),
    }
    if told:
        out[f"{x}.failing"] = to_arrow(a.failing)
        out[f"{x}.margin"] = _masked(a.margin, a.measured)
        out[f"{x}.reason"] = worded(a.reason, reasons(plan, programme))
    return out


def _sum(name: str, lo: Array, hi: Array) -> Any:
    if not name:
        return no_numbers(len(lo))
    return to_arrow(lo) if hi is lo else _masked(lo, lo == hi)


def _masked(x: Array, known: Array) -> Any:
    """An int64 column, null where not known."""
    return to_arrow(x, known) if known.any() else no_numbers(len(x))


def _words(index: Array, words: Sequence[str]) -> Any:
    return worded(index.astype(np.int32), words)


def shown_column(plan: Plan, key: Key, x: Column) -> Any:
    """A variable in stored units, null where unknown: 是否 bool, 日期 date32, 类别 its names, all else int64."""
    kind = plan.ruleset.variables[key].type
    known = x.known()
    if kind.kind is Kind.TRUTH:
        return to_arrow(x.lo, known)
    if kind.kind is Kind.DATE:
        return to_arrow(x.lo.astype(np.int32), known, pa.date32())
    if kind.kind is Kind.CATEGORY:
        (values,) = ([v for v, _ in c.values] for c in plan.ruleset.book.categories if c.name == kind.category)
        return worded(x.lo.astype(np.int32), values, known)
    return to_arrow(x.lo.astype(np.int64, copy=False), known)


def entity_table(
    plan: Plan, block: Block, entity: str, answers: Mapping[int, Answer], shown: Mapping[Key, Column], *, told: bool
) -> pa.Table:
    columns: dict[str, Any] = {"id": to_arrow(block.ids[entity])}
    if entity != plan.tree.root:
        parent = plan.tree.parent(entity)
        columns["parent"] = to_arrow(block.ids[parent].take(block.up(entity, parent)))
    for number, programme in enumerate(plan.ruleset.programmes):
        if programme.entity == entity:
            columns |= answer_columns(plan, programme, answers[number], told=told)
    for key, x in shown.items():
        if key[0] == entity:
            columns[key[1]] = shown_column(plan, key, x)
    return pa.table(columns)


def derived_table(plan: Plan, first: Block, found: Iterable[tuple[Split, Mapping[int, Answer]]]) -> pa.Table:
    """One row for each person tried as a household of one; the programmes are the household's."""
    root = plan.tree.root
    parts = [derived_part(plan, first, s, answers) for s, answers in found]
    if not parts:
        if "derived" in plan.empty:
            return plan.empty["derived"]
        none = np.zeros(0, dtype=np.int64)
        code, truth = none.astype(np.int8), none.astype(bool)
        empty = Answer(code, code, none, none, none, none, code, none, truth, code)
        columns: dict[str, Any] = {
            "household": to_arrow(none),
            "entity_row": to_arrow(none),
            "derived": _words(none, [""]),
        }
        columns |= {"when": to_arrow(none.astype(np.int8)), "settles": to_arrow(none.astype(np.int8))}
        for p in plan.ruleset.programmes:
            if p.entity == root:
                columns |= answer_columns(plan, p, empty)
        plan.empty["derived"] = pa.table(columns)
        return plan.empty["derived"]
    return pa.concat_tables(parts).unify_dictionaries()


def derived_part(plan: Plan, first: Block, s: Split, answers: Mapping[int, Answer]) -> pa.Table:
    root, entity = plan.tree.root, s.plan.entity
    names = [d.name for d in plan.ruleset.derived]
    columns: dict[str, Any] = {
        "household": to_arrow(first.ids[root].take(first.up(entity, root).take(s.rows))),
        "entity_row": to_arrow(first.ids[entity].take(s.rows)),
        "derived": _words(np.full(len(s.rows), s.number), names),
        "when": to_arrow(truth_code(Column(s.when.lo, s.when.hi))),
        "settles": to_arrow(truth_code(Column(s.settles.lo, s.settles.hi))),
    }
    for number, programme in enumerate(plan.ruleset.programmes):
        if programme.entity == root:
            columns |= answer_columns(plan, programme, answers[number])
    return pa.table(columns)


def missing_tables(plan: Plan, held: Households, lacking: Lacking | None) -> tuple[pa.Table, pa.Table]:
    """What is missing for the programmes of the block, and for those of households of one."""
    if lacking is None:
        if "missing" not in plan.empty:
            none = np.zeros(0, dtype=np.int64)
            for name, split in (("missing", None), ("derived_missing", none)):
                plan.empty[name] = _missing(plan, none, none, none, none, none, [], split)
        return plan.empty["missing"], plan.empty["derived_missing"]
    first, asked = held.first, lacking.asked
    household = first.ids[plan.tree.root].take(asked.household)
    # The row asked of, by the entity of its programme; of a household of one, its person.
    row = np.zeros(len(household), dtype=np.int64)
    entities = np.array([plan.tree.order.index(p.entity) for p in plan.ruleset.programmes], dtype=np.int64)
    of = entities.take(asked.programme)
    for s in held.splits:
        of[asked.split == s.number] = plan.tree.order.index(s.plan.entity)
    for i, entity in enumerate(plan.tree.order):
        here = positions(of == i)
        if len(here):
            row[here] = first.ids[entity].take(asked.row.take(here))
    out = []
    for derived in (False, True):
        mine = positions((asked.split.take(lacking.question) != ORIGINAL) == derived)
        q = lacking.question.take(mine)
        out.append(
            _missing(
                plan, household.take(q), row.take(q), asked.programme.take(q), lacking.leaf.take(mine), lacking.row.take(mine),
                lacking.keys, asked.split.take(q) if derived else None,
            )
        )  # fmt: skip
    return out[0], out[1]


def _missing(
    plan: Plan,
    household: Array,
    row: Array,
    programme: Array,
    leaf: Array,
    leaf_row: Array,
    keys: Sequence[tuple[str, str, str, str]],
    derived: Array | None,
) -> pa.Table:
    columns: dict[str, Any] = {"household": to_arrow(household), "entity_row": to_arrow(row)}
    if derived is not None:
        columns["derived"] = _words(derived, [d.name for d in plan.ruleset.derived])
    columns["programme"] = _words(programme, [p.name for p in plan.ruleset.programmes])
    for i, name in enumerate(("leaf_kind", "leaf_entity", "leaf_name", "detail")):
        words = [key[i] for key in keys]
        distinct = sorted(set(words))
        place = np.array([distinct.index(w) for w in words], dtype=np.int64)
        columns[name] = _words(place.take(leaf) if len(place) else leaf, distinct)
    columns["leaf_row"] = _masked(leaf_row, leaf_row >= 0)
    return pa.table(columns)


class Digest:
    """SHA-256 over decisions, row by row in the order of their ids: the same however the households were parted and by how many threads."""

    def __init__(self) -> None:
        self._hashes: dict[str, Any] = {}
        self._last: dict[str, int] = {}

    def update(self, tables: Mapping[str, pa.Table]) -> None:
        """Take in some households; they must come after those taken in before, by id of household. Raises ValueError if not."""
        for name, table in tables.items():
            held = self._hashes.get(name)
            if held is None:
                held = self._hashes[name] = hashlib.sha256("\x1f".join(table.column_names).encode())
            if not table.num_rows:
                continue
            by = next(c for c in ("household", "parent", "id") if c in table.column_names)
            ids = table[by].to_numpy()
            first, last = int(ids.min()), int(ids.max())
            if self._last.get(name, first - 1) > first:
                raise ValueError(f"decisions of {name} are not in the order of their ids")
            self._last[name] = last
            held.update(_rows(_sorted(table)))

    def hexdigest(self) -> str:
        parts = [f"{name}:{h.hexdigest()}" for name, h in sorted(self._hashes.items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def digest(tables: Mapping[str, pa.Table] | Iterable[Mapping[str, pa.Table]]) -> str:
    """The digest of one set of result tables or of a stream of them."""
    out = Digest()
    for one in [tables] if isinstance(tables, Mapping) else tables:
        out.update(one)
    return out.hexdigest()


_ORDER = (
    "household",
    "parent",
    "id",
    "entity_row",
    "derived",
    "programme",
    "leaf_kind",
    "leaf_entity",
    "leaf_name",
    "detail",
    "leaf_row",
)


def _sorted(table: pa.Table) -> pa.Table:
    # Here and below: Arrow's functions take long to import, and only a digest needs them.
    import pyarrow.compute as pc

    by = [c for c in _ORDER if c in table.column_names]
    plain = table
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type) and field.name in by:
            plain = plain.set_column(i, field.name, table[field.name].cast(pa.string()))
    order = pc.sort_indices(plain, sort_keys=[(c, "ascending") for c in by])
    return plain.take(order)


def _rows(table: pa.Table) -> bytes | memoryview:
    """Each row as bytes of its own: numbers as they are stored, a null as a mark, words with their length before them."""
    numbers: list[tuple[str, Array]] = []
    words: list[Any] = []
    for i, column in enumerate(table.columns):
        t = column.type
        if pa.types.is_dictionary(t) or pa.types.is_string(t):
            words.append(_tagged(column.cast(pa.string())))
            continue
        if pa.types.is_date32(t):
            column = column.cast(pa.int32())
        fill: Any = False if pa.types.is_boolean(t) else 0
        numbers.append((f"v{i}", column.fill_null(fill).to_numpy()))
        numbers.append((f"n{i}", column.is_null().to_numpy()))
    packed = np.empty(table.num_rows, dtype=[(name, x.dtype.newbyteorder("<")) for name, x in numbers])
    for name, x in numbers:
        packed[name] = x
    if not words:
        return packed.data.cast("B") if packed.size else b""
    import pyarrow.compute as pc

    fixed = pa.array(packed.view(f"V{packed.dtype.itemsize}").tolist(), pa.binary())
    rows = pc.binary_join_element_wise(fixed, *(w.cast(pa.binary()) for w in words), pa.scalar(b"\x1e", pa.binary()))
    return b"".join(rows.to_pylist())


def _tagged(column: Any) -> Any:
    """Words with a mark that tells a null from the empty word."""
    import pyarrow.compute as pc

    return pc.if_else(column.is_null(), "-", pc.binary_join_element_wise("+", column.fill_null(""), ""))
