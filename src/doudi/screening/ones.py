"""What a household gets where somebody of it is decided as a household of one: of each programme, and a month in all.

The rules' answers are those of the household as it came, and of its households of one apart. An office has one file, one payment and one line on
a list for both: what a household of one is granted is granted to the household that it is of.

The pack's total is a value of the household as it came as well: of whoever is split off it holds what they would have there, and nothing of what
the household of one is paid. Here the one is exchanged for the other, so that the sum is that of the answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from doudi.packs.screening_plan import Key, ScreeningPlan
from doudi.rules.ruleset import ProgrammePlan, Ruleset
from doudi.rules.scalar import Decision
from doudi.rules.scalar.decide import Bounds

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_NO, _YES, _OPEN = 0, 1, 2


def in_all(decision: Decision, plan: ScreeningPlan) -> Bounds:
    """The bounds of it in fen, of one household."""
    total = decision.value(*plan.total)
    lo, hi = int(total.lo), int(total.hi)
    if plan.person_total is None:
        return lo, hi
    entity, root = plan.person_total[0], decision.ruleset.root
    monthly = {p.name for p in _monthly(decision.ruleset)}
    paid = [(o.entity, o.path, o.paid) for o in decision.programmes if o.programme in monthly and o.paid is not None]
    for path in dict.fromkeys(d.path for d in decision.derived):
        had, counts = decision.value(*plan.person_total, path), _counts(decision, path)
        lo, hi = lo - int(had.lo) * counts[0], hi - int(had.hi) * counts[1]
        own = [sums for e, at, sums in paid if e == entity and at == path]
        own += [
            o.paid
            for d in decision.derived
            if d.path == path
            for o in d.decision.programmes
            if o.entity == root and o.programme in monthly and o.paid is not None
        ]
        lo, hi = lo + sum(x for x, _ in own), hi + sum(x for _, x in own)
    return lo, hi


def _counts(decision: Decision, path: tuple[int | str, ...]) -> Bounds:
    """Whether the person counts in the household that they come from."""
    membership = decision.ruleset.membership
    if membership is None:
        return 1, 1
    found = decision.value(*membership, path)
    return int(found.lo), int(found.hi)


def _monthly(ruleset: Ruleset) -> Iterator[ProgrammePlan]:
    return (p for p in ruleset.programmes if p.period == "月" and p.paid)


def also_shown(plan: ScreeningPlan) -> tuple[Key, ...]:
    """The variables that ``with_ones`` needs beside the answers."""
    return (plan.total,) if plan.person_total is None else (plan.total, plan.person_total)


def with_ones(tables: Mapping[str, pa.Table], ruleset: Ruleset, plan: ScreeningPlan) -> dict[str, pa.Table]:
    """The results of ``decide_tables`` with ``also_shown``, in which the programmes of the household are granted and paid to it where they are to
    a household of one, and its total is what it is in all; null where that is unknown."""
    ones, home = tables["derived"], ruleset.entities[ruleset.root].file
    if not ones.num_rows:
        return dict(tables)
    homes = _granted(tables[home], ones, ruleset)
    if plan.person_total is None:
        return {**tables, home: homes}
    entity, name = plan.person_total
    person = ruleset.entities[entity].file
    people = tables[person]
    own = [p.name for p in _monthly(ruleset) if p.entity == entity]
    theirs = [p.name for p in _monthly(ruleset) if p.entity == ruleset.root]

    # Each person once, though tried in more than one way.
    who, first = np.unique(ones["entity_row"].to_numpy(), return_index=True)
    at = _places(people["id"].to_numpy(), who)
    had = people[name].take(pa.array(at))
    lo, hi = (_sum(people, own, end).take(at) for end in ("lo", "hi"))
    gone, unsure = _leaving(ones, ruleset)
    kept = np.where(gone.take(first), 0, had.fill_null(0).to_numpy())
    known = (lo == hi) & ~had.is_null().to_numpy()
    change, open_ = np.zeros(homes.num_rows, np.int64), np.zeros(homes.num_rows, bool)
    of = _places(homes["id"].to_numpy(), ones["household"].to_numpy())
    np.add.at(change, of.take(first), lo - kept)
    np.logical_or.at(open_, of.take(first), ~known)
    lo, hi = (_sum(ones, theirs, end) for end in ("lo", "hi"))
    np.add.at(change, of, lo)
    np.logical_or.at(open_, of, (lo != hi) | unsure)

    total = homes[plan.total[1]]
    whole = pa.array(total.fill_null(0).to_numpy() + change, pa.int64(), mask=open_ | total.is_null().to_numpy())
    place = homes.schema.get_field_index(plan.total[1])
    return {**tables, home: homes.set_column(place, plan.total[1], whole)}


def _granted(homes: pa.Table, ones: pa.Table, ruleset: Ruleset) -> pa.Table:
    """The household's answers with those of its households of one: granted where either is, open where neither is and one may be."""
    of = _places(homes["id"].to_numpy(), ones["household"].to_numpy())
    for p in ruleset.programmes:
        if p.entity != ruleset.root or not (ones[f"{p.name}.outcome"].to_numpy() != _NO).any():
            continue
        new: dict[str, pa.Array] = {}
        for column in (f"{p.name}.outcome", f"{p.name}.granted"):
            answers = homes[column].to_numpy().copy()
            for answer in (_OPEN, _YES):
                better = of[ones[column].to_numpy() == answer]
                better = better[answers.take(better) != _YES]
                answers[better] = answer
            new[column] = pa.array(answers, homes[column].type)
        if p.paid:
            sums = [homes[f"{p.name}.paid_{end}"].to_numpy().copy() for end in ("lo", "hi")]
            for at, end in zip(sums, ("lo", "hi"), strict=True):
                np.add.at(at, of, ones[f"{p.name}.paid_{end}"].to_numpy())
                new[f"{p.name}.paid_{end}"] = pa.array(at)
            new[f"{p.name}.paid"] = pa.array(sums[0], mask=sums[0] != sums[1])
        for column, values in new.items():
            homes = homes.set_column(homes.schema.get_field_index(column), column, values)
    return homes


def _sum(table: pa.Table, programmes: list[str], end: str) -> Ints:
    out = np.zeros(table.num_rows, np.int64)
    for name in programmes:
        out += table[f"{name}.paid_{end}"].to_numpy()
    return out


def _places(ids: Ints, wanted: Ints) -> Ints:
    order = np.argsort(ids, kind="stable")
    return order.take(np.searchsorted(ids, wanted, sorter=order))


def _leaving(ones: pa.Table, ruleset: Ruleset) -> tuple[Mask, Mask]:
    """Whose person certainly does not count where they come from, and of whom that is not certain."""
    names = [d.name for d in ruleset.derived if not d.counts_in_original]
    leaves = np.isin(ones["derived"].cast(pa.string()).to_numpy(), names)
    sure = (ones["when"].to_numpy() == _YES) & (ones["settles"].to_numpy() == _YES)
    never = (ones["when"].to_numpy() < _YES) | (ones["settles"].to_numpy() < _YES)
    return leaves & sure, leaves & ~sure & ~never
