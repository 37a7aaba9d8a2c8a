"""The list behind a figure: the very households or people that it counts, taken from the run by the same conditions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from doudi.screening.lists import Screened
from doudi.server.areas.selectors.then import codes_on
from doudi.server.audit.actions import record
from doudi.server.decisions import places
from doudi.server.decisions.models import Run, RunFigure
from doudi.server.decisions.running import claims as c
from doudi.server.decisions.selectors.figures import Figure, within
from doudi.server.decisions.selectors.runs import READ, run_view, seen_run, whole
from doudi.server.decisions.verbs import FIGURE_SEEN
from doudi.server.decisions.views import RunView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.lib.scope import Scope
from doudi.server.policybook.selectors import policy_of

MOST = 500
After = tuple[int, int, str]


@dataclass(frozen=True)
class BehindRow:
    """``person`` is None where the household itself is counted; ``people`` its members (None: unknown), 1 for a person; ``amount`` in fen, None:
    unknown or none."""

    household: int
    person: int | None
    programme: str
    area: str
    people: int | None
    amount: int | None


@dataclass(frozen=True)
class Behind:
    """A page of the list of ``run``, and what all of it sums up to. ``after``: what to ask the next page with, None: there is none."""

    run: RunView
    rows: tuple[BehindRow, ...]
    total: Figure
    after: After | None


def behind(
    reader: Actor,
    area: str,
    run: int,
    measure: str,
    key: str = "",
    *,
    exact: bool = False,
    after: After | None = None,
    limit: int = 50,
) -> Behind:
    """What the figure ``measure`` of ``key`` (of programmes, empty: all of them) counts in ``area``; ``exact``: only who stands no deeper than that.

    Raises NotAllowed, NotFound; Refused where the files of the run are gone.
    """
    reader.require(READ)
    within(reader, area)
    limit = max(1, min(limit, MOST))
    with acting(reader):
        one = whole(seen_run(reader, run))
        if not one.figured:
            raise NotFound("no-figures", f"筛查{run}没有汇总过数字。", f"Run {run} was never counted.")
        then = codes_on(area, [one.as_of])[one.as_of]
        programmes = _programmes(one, then, measure, key)
    chosen = policy_of(one.policy)
    folder, facts = places.at(one.folder), places.at(one.snapshot.folder)
    with c.laid_out(folder, facts, chosen, one.month, one.as_of, within=Scope.of(then), programmes=programmes) as s:
        rows, asked = _rows(s, measure, key)
        only = " WHERE list_contains(?, place)" if exact else ""
        s.db.execute(f"CREATE TABLE behind AS SELECT * FROM ({rows}){only}", [*asked, *([list(then)] if exact else [])])
        total = s.db.execute(
            "SELECT count(*), count(DISTINCT household), coalesce(sum(people), 0)::BIGINT, count(*) - count(people), "
            "coalesce(sum(amount), 0)::BIGINT, count(*) - count(amount) FROM behind"
        ).fetchall()[0]
        found = s.db.execute(
            "SELECT household, person, programme, place, people, amount FROM behind WHERE (household, person, programme) > (?, ?, ?) "
            "ORDER BY household, person, programme LIMIT ?",
            [*(after or (-1, -1, "")), limit + 1],
        ).fetchall()
    _recorded(reader, one, area, measure, key, len(found[:limit]))
    items, households, people, uncounted, amount, unsummed = total
    last = found[limit - 1] if len(found) > limit else None
    return Behind(
        run_view(one, reader.scope),
        tuple(BehindRow(r[0], r[1] or None, *r[2:]) for r in found[:limit]),
        Figure(items, households, people, uncounted, amount, amount, amount, unsummed),
        (last[0], last[1], last[2]) if last else None,
    )


def _programmes(run: Run, areas: tuple[str, ...], measure: str, key: str) -> tuple[str, ...]:
    """Those that must be looked at to find who stands behind the figure: by what was counted, a few of many."""
    if measure in c.OF_CLAIMS and key:
        return (key,)
    asked = {
        c.DECIDED: (c.ENTITLED, c.OPEN), c.ENTITLED: (c.ENTITLED,), c.RECEIVING: (c.TAKEN,),
    }.get(key, ()) if measure == c.STEP else (measure,) if measure in c.OF_CLAIMS else ()  # fmt: skip
    if not asked:
        return ()
    found = RunFigure.objects.filter(run=run, level__in={len(a) for a in areas}, area__in=areas, measure__in=asked)
    return tuple(sorted(set(found.values_list("key", flat=True))))


def _recorded(reader: Actor, run: Run, area: str, measure: str, key: str, rows: int) -> None:
    if rows:
        with acting(reader), transaction.atomic():
            record(
                reader, FIGURE_SEEN, area=area or run.area, count=rows, run=run.id, measure=measure, key=key or "全部"
            )


def _rows(s: Screened, measure: str, key: str) -> tuple[str, list[str]]:
    """SQL for household, person (0: the household), programme, place, people, amount, and what its marks stand for."""
    home = "household, 0::BIGINT AS person, '' AS programme, place, head AS people"
    if measure == c.STEP and key in c.OF_STEPS:
        return f"SELECT {home}, total AS amount FROM ({c.steps()}) WHERE {c.OF_STEPS[key]}", []
    if measure == c.CLASS:
        return f"SELECT {home}, total AS amount FROM homes WHERE screened AND coalesce(class, '') = ?", [key]
    if measure == c.PERSON:
        return (
            "SELECT household, id AS person, '' AS programme, place, 1::BIGINT AS people, NULL::BIGINT AS amount FROM heads "
            "WHERE coalesce(class, '') = ?",
            [key],
        )
    if measure in c.OF_CLAIMS:
        return (
            "SELECT household, CASE WHEN own THEN 0 ELSE id END AS person, programme, place, CASE WHEN own THEN head ELSE 1 END AS people, "
            f"{c.AMOUNT[measure]} AS amount FROM claims WHERE {c.OF_CLAIMS[measure]}",
            [],
        )
    if measure in (c.LIST, c.LIST_OPEN) and any(x.name == key for x in s.plan.lists):
        own = next(x for x in s.plan.lists if x.name == key).entity == s.ruleset.root
        certain = "certain" if measure == c.LIST else "certain IS NULL"
        return (
            f"SELECT household, {'0::BIGINT' if own else 'id'} AS person, '' AS programme, place, {'head' if own else '1::BIGINT'} AS people, "
            f"NULL::BIGINT AS amount FROM ({c.own_list(s, key)}) WHERE {certain}",
            [],
        )
    raise NotFound("no-figure", f"没有“{measure}”这项数字。", f"There is no figure “{measure}”.")
