"""Divisions renamed, given a new code or place, merged, split, ended. What was, stays readable: a change ends rows and begins others.

Each gives the moves, old and new codes of everything below included, that the records of people take on the same day. Asked for again, a
change that was made already gives the same moves and does nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction

from doudi.server.areas import timeline, verbs
from doudi.server.areas.access import TREE, absent, may_change, proper_name
from doudi.server.areas.actions import numbering
from doudi.server.areas.actions.sets import carry
from doudi.server.areas.levels import COUNTY, above, level_above
from doudi.server.areas.models import Division, Succession
from doudi.server.areas.selectors.lineage import lineage_of, spans_of
from doudi.server.areas.shapes import Moves, NewDivision
from doudi.server.audit.actions import record
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.alone import alone
from doudi.server.lib.refusals import Refused

_RECODED, _MERGED, _SPLIT = "recoded", "merged", "split"


def rename(*, by: Actor, code: str, name: str, on: date, why: str = "") -> None:
    """From ``on`` on the division has another name; on the day that its present name began, that name is mended. Its code stays, so no record
    moves."""
    with acting(by), transaction.atomic():
        alone(TREE)
        may_change(by, [code])
        name = proper_name(name)
        old = _one(code, on)
        if old.name == name:
            return
        if old.until is not None:
            raise _later(code, on)
        timeline.replace([old], [timeline.row(code, name, old.parent, on)], on)
        record(by, verbs.RENAMED, area=code, why=why, before=old.name, after=name, since=on.isoformat())


def recode(*, by: Actor, code: str, new_code: str, on: date, name: str = "", why: str = "") -> Moves:
    """From ``on`` on ``code``, with everything below, has the code ``new_code``: a new number, or another division above. ``name`` empty: the
    same name.
    """
    with acting(by), transaction.atomic():
        alone(TREE)
        may_change(by, [code, new_code])
        done = _done([(code, new_code)], _RECODED, on)
        if done is not None:
            return done
        if len(code) != len(new_code):
            raise Refused(
                "other-level",
                f"{code} 和 {new_code} 不是同一级的代码。",
                f"{code} and {new_code} are not codes of one level.",
                field="new_code",
            )
        rows = _tree(code, on)
        pairs = {r.code: new_code + r.code[len(code) :] for r in rows}
        names = {pairs[r.code]: r.name for r in rows}
        names[new_code] = proper_name(name or names[new_code])
        moves = _carry_out(rows, pairs, names, [(code, new_code)], _RECODED, on)
        record(by, verbs.RECODED, area=new_code, why=why, count=len(pairs), before=code, name=names[new_code], since=on.isoformat())  # fmt: skip
        return moves


def merge(
    *, by: Actor, codes: Collection[str], into: str, on: date, name: str = "", renumber: Mapping[str, str] | None = None,
    why: str = "",
) -> Moves:  # fmt: skip
    """From ``on`` on ``codes`` are one division ``into``, which is there already, one of them, or new (then ``name`` is its name). What lies
    below keeps its number where nobody ever had that and else takes the next one; ``renumber`` says otherwise (old code to new).
    """
    codes = sorted(set(codes) - {into})
    if not codes:
        raise Refused(
            "nothing-to-merge",
            "请至少选一个要并入的行政区划。",
            "Choose at least one division to merge.",
            field="codes",
        )
    with acting(by), transaction.atomic():
        alone(TREE)
        may_change(by, [*codes, into, *(renumber or {}).values()])
        goals = [(code, into) for code in codes]
        done = _done(goals, _MERGED, on)
        if done is not None:
            return done
        if len({len(c) for c in (*codes, into)}) != 1:
            raise Refused(
                "other-level", "只能合并同一级的行政区划。", "Only divisions of one level can be merged.", field="codes"
            )
        here = timeline.rows_on([into], on).get(into)
        names = {} if here else {into: proper_name(name)}
        rows = [row for code in codes for row in _tree(code, on)]
        taken = _ever_below([into])
        pairs = dict.fromkeys(codes, into)
        pairs |= numbering.renumbered([r.code for r in rows if r.code not in pairs], pairs, taken, renumber or {})
        names |= {pairs[r.code]: r.name for r in rows if r.code not in codes}
        moves = _carry_out(rows, pairs, names, [*goals, *([(into, into)] if here else [])], _MERGED, on)
        record(
            by, verbs.MERGED, area=into, why=why, count=len(pairs), before="、".join(codes), name=here.name if here else names[into],
            since=on.isoformat(),
        )  # fmt: skip
        return moves


def split(
    *, by: Actor, code: str, into: Sequence[NewDivision], on: date, assign: Mapping[str, str] | None = None, stays: bool = True,
    why: str = "",
) -> Moves:  # fmt: skip
    """From ``on`` on ``into`` are divisions of their own that ``code`` was before. ``assign`` says which divisions directly below go where (code
    to one of ``into``); with ``stays`` the others stay with ``code``, and without it all must be told, for ``code`` ends.

    Records of people move with the divisions below; who lived in ``code`` and in none of them must be placed by hand (``became`` names where).
    """
    assign = dict(assign or {})
    new = {d.code: proper_name(d.name) for d in into}
    with acting(by), transaction.atomic():
        alone(TREE)
        may_change(by, [code, *new, *assign])
        goals = [(code, c) for c in new] + ([(code, code)] if stays else [])
        done = _done(goals, _SPLIT, on)
        if done is not None:
            return done
        rows = _tree(code, on)
        _check_split(code, new, assign, {r.code for r in rows if r.parent == code}, stays=stays)
        heads = {r.code: next((h for h in assign if r.code.startswith(h)), "") for r in rows}
        going = [r for r in rows if heads[r.code]]
        pairs = numbering.renumbered([r.code for r in going], {}, _ever_below(new), {}, parents=assign)
        names = {**new, **{pairs[r.code]: r.name for r in going}}
        leaving = [*going, *([] if stays else [r for r in rows if r.code == code])]
        moves = _carry_out(leaving, pairs, names, goals, _SPLIT, on)
        said = "、".join(f"{c} {n}" for c, n in new.items())
        record(by, verbs.SPLIT, area=code, why=why, count=len(pairs) + len(goals), after=said, since=on.isoformat())
        return moves


def end(*, by: Actor, code: str, on: date, why: str = "") -> None:
    """From ``on`` on there is no such division, and nothing that it became. Refused while any division below is there."""
    with acting(by), transaction.atomic():
        alone(TREE)
        may_change(by, [code])
        if Division.objects.filter(code=code, until=on).exists() and not timeline.rows_on([code], on):
            return
        rows = _tree(code, on)
        if len(rows) > 1:
            raise Refused(
                "has-below",
                f"{code} 下面还有 {len(rows) - 1} 个行政区划，请先撤销或并走它们。",
                f"There are {len(rows) - 1} divisions below {code}; end or merge them first.",
                field="code",
            )
        timeline.replace(rows, [], on)
        record(by, verbs.ENDED, area=code, why=why, name=rows[0].name, since=on.isoformat())


def _carry_out(
    ending: Sequence[Division], pairs: Mapping[str, str], names: Mapping[str, str], goals: Sequence[tuple[str, str]], kind: str,
    on: date,
) -> Moves:  # fmt: skip
    """``ending`` rows end, rows of ``names`` begin, sets follow, and it is written down what became of what: of the divisions themselves by
    ``goals``, of each one below them, which goes on under a new code, by ``pairs``.
    """
    late = next((r for r in ending if r.since >= on), None)
    if late is not None:
        raise Refused(
            "began-later",
            f"{late.code} {late.name} 在 {late.since.isoformat()} 才开始，请选它之后的日期。",
            f"{late.code} {late.name} began only on {late.since.isoformat()}; choose a later day.",
            field="on",
        )
    for part in timeline.chunks(names):
        taken = Division.objects.filter(code__in=part).exclude(until__lte=on).first()
        if taken is not None:
            raise Refused(
                "code-taken",
                f"代码 {taken.code} 已是{taken.name}，请换一个代码。",
                f"The code {taken.code} is already that of {taken.name}; choose another.",
                field="code",
            )
    _not_of_another(names, [*pairs.items(), *goals], on)
    upper = set(timeline.rows_on({c for code in names for c in above(code)}, on)) - {r.code for r in ending} | set(
        names
    )
    for code in names:
        over = level_above(code)
        if over not in upper and len(code) > COUNTY:
            raise absent(over)
    timeline.replace(ending, [timeline.row(c, n, timeline.nearest(c, upper), on) for c, n in names.items()], on)
    inner = [pair for pair in pairs.items() if pair not in goals]
    timeline.succeeded([(b, a) for b, a in goals if b != a or kind == _SPLIT], kind, on)
    timeline.succeeded(inner, _RECODED, on)
    carry([*goals, *inner], on, only_within=kind == _MERGED)
    return tuple(pairs.items())


def _not_of_another(codes: Iterable[str], becoming: Collection[tuple[str, str]], on: date) -> None:
    """A code that was ever in use means that place for good: in old documents, standards and figures nobody could tell the two apart. Only a place
    that comes of the same gets it again, so that a change made by mistake can be changed back."""
    spans = {code: rows for code, rows in spans_of(set(codes)).items() if rows}
    line = lineage_of(spans)
    for code, rows in sorted(spans.items()):
        gone = max(until for _, until in rows if until is not None)
        if not set(line.became(code, gone - timedelta(days=1), on)) & {b for b, a in becoming if a == code}:
            name = timeline.named([code], gone - timedelta(days=1))[code]
            raise Refused(
                "code-used-before",
                f"代码 {code} 到 {gone.isoformat()} 为止是{name}的，不能再给别的区划用；请换一个从未用过的代码。",
                f"The code {code} was that of {name} until {gone.isoformat()} and is never given to another division; choose one that was never used.",
                field="code",
            )


def _ever_below(codes: Collection[str]) -> set[str]:
    """Codes that are or were in use below: given to another now, they would make old records of the one look like those of the other."""
    return {c for code in codes for c in Division.objects.filter(timeline.below(code)).values_list("code", flat=True)}


def _tree(code: str, on: date) -> list[Division]:
    """``code`` and all below on that day, ``code`` first, locked; refused where any of it changes later already."""
    rows = list(Division.objects.filter(timeline.alive(on), timeline.below(code)).order_by("code"))
    if not rows or rows[0].code != code:
        raise absent(code)
    changed = next((r for r in rows if r.until is not None), None)
    if changed is not None:
        raise _later(changed.code, on)
    return rows


def _one(code: str, on: date) -> Division:
    row = Division.objects.filter(timeline.alive(on), code=code).first()
    if row is None:
        raise absent(code)
    return row


def _later(code: str, on: date) -> Refused:
    return Refused(
        "later-change",
        f"{code} 在 {on.isoformat()} 之后已有变更，请改用更晚的日期，或先处理后面的变更。",
        f"{code} was changed for a day after {on.isoformat()} already; choose a later day.",
        field="on",
    )


def _done(goals: Sequence[tuple[str, str]], kind: str, on: date) -> Moves | None:
    """The moves of a change that was made already, just so; None where it was not."""
    rows = Succession.objects.filter(on=on, kind=kind, before__in=[b for b, _ in goals])
    if not goals or set(rows.values_list("before", "after")) != set(goals):
        return None
    targets = tuple(after for _, after in goals)
    heads = {before for before, _ in goals}
    inner = [
        (s.before, s.after)
        for head in sorted(heads)
        for s in Succession.objects.filter(timeline.below(head, "before"), on=on, kind=_RECODED).order_by("id")
        if s.before not in heads and s.after.startswith(targets)
    ]
    return (*(goals if kind != _SPLIT else ()), *inner)


def _check_split(
    code: str, new: Mapping[str, str], assign: Mapping[str, str], children: set[str], *, stays: bool
) -> None:
    if not new or any(len(c) != len(code) or c == code for c in new):
        raise Refused(
            "other-level",
            f"拆分出的代码应与 {code} 同级，且不能是它本身。",
            f"What is split off must have codes of the level of {code}, other than its own.",
            field="into",
        )
    strange = sorted(set(assign) - children) + sorted(set(assign.values()) - set(new))
    if strange:
        raise Refused(
            "bad-assignment",
            f"{strange[0]} 既不是 {code} 的直接下级，也不是拆分出的代码。",
            f"{strange[0]} is neither directly below {code} nor split off from it.",
            field="assign",
        )
    left = sorted(children - set(assign))
    if left and not stays:
        raise Refused(
            "not-assigned",
            f"{code} 不再保留，但 {left[0]} 等 {len(left)} 个下级没有说归到哪里。",
            f"{code} ends, but nothing was said of where {left[0]} ({len(left)} in all) goes.",
            field="assign",
        )
