"""Figures of screenings: recounted from the answers, adding up from villages to the county, each in their areas, against the month before."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest

from doudi.server.decisions import places
from doudi.server.decisions.actions import refresh_work, rerun, run_snapshot, take_snapshot
from doudi.server.decisions.actions.figures import rebuild_figures
from doudi.server.decisions.running import claims as c
from doudi.server.decisions.selectors import work_counts
from doudi.server.decisions.selectors.behind import BehindRow, behind
from doudi.server.decisions.selectors.figures import (
    Figure,
    Figures,
    against,
    below,
    counted_runs,
    figures,
    trend,
    uncounted_run,
)
from doudi.server.decisions.selectors.home_figures import home_figures
from doudi.server.decisions.views import RunView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound
from doudi.server.policybook.selectors import policy_of
from tests.server.cast import (
    CLERK,
    CONFIRMING,
    NO_SCREENINGS,
    NOBODY,
    OTHER_COUNTY,
    OTHER_TOWN_CODE,
    PARTNER,
    TOWN,
    VILLAGE,
    VILLAGE_CODE,
)
from tests.server.decisions.conftest import AS_OF, SYSTEM, County, everything
from tests.server.decisions.test_runs import enrich

COUNTY = "451229"
NEXT = date(2024, 8, 1)


def screened(by: Actor = SYSTEM, area: str = "", as_of: date = AS_OF) -> RunView:
    return run_snapshot(by, take_snapshot(by, as_of=as_of, area=area).id, threads=1)


def read(run: RunView, table: str) -> list[dict[str, Any]]:
    return [
        row
        for p in sorted(places.at(run.folder).glob(f"part-*/{table}.parquet"))
        for row in pq.read_table(p).to_pylist()
    ]


def counted(reader: Actor, area: str, month: date | None = None) -> Figures:
    found = figures(reader, area, month)
    assert found is not None
    return found


def everywhere(run: RunView) -> dict[str, str]:
    from doudi.server.decisions.models import Run

    with everything():
        folder = Run.objects.get(id=run.id).snapshot.folder
    return {r["household"]: r["area"] for r in pq.read_table(places.at(folder) / "places.parquet").to_pylist()}


def test_figures_are_what_the_answers_recount_to(on_record: County) -> None:
    run = screened()
    where = everywhere(run)
    plan = policy_of(run.policy).plan
    households = [h for h in read(run, "household") if where[h["id"]].startswith(COUNTY)]
    people = [p for p in read(run, "person") if where[p["parent"]].startswith(COUNTY)]
    heads = {h["id"]: h[plan.headcount[1]] for h in households}
    found = counted(SYSTEM, COUNTY)
    by_class = Counter(h[plan.household_class[1]] or "" for h in households)
    assert {k: found.of(c.CLASS, k).households for k in found.keys(c.CLASS)} == by_class
    assert len(by_class) > 2
    for k in by_class:
        mine = [h for h in households if (h[plan.household_class[1]] or "") == k]
        known = [h[plan.total[1]] for h in mine if h[plan.total[1]] is not None]
        figure = found.of(c.CLASS, k)
        assert (figure.amount, figure.unsummed) == (sum(known), len(mine) - len(known))
        assert figure.people == sum(heads[h["id"]] or 0 for h in mine)
        assert figure.uncounted == sum(heads[h["id"]] is None for h in mine)
    by_person = Counter(p[plan.person_class[1]] or "" for p in people)
    assert {k: found.of(c.PERSON, k).people for k in found.keys(c.PERSON)} == by_person
    ruleset = policy_of(run.policy).ruleset(run.month, run.as_of)
    told = 0
    for p in ruleset.programmes:
        rows, of = (households, "id") if p.entity == ruleset.root else (people, "parent")
        if not p.in_force or f"{p.name}.granted" not in rows[0]:
            continue
        entitled = [r for r in rows if r[f"{p.name}.granted"] == 1]
        figure = found.of(c.ENTITLED, p.name)
        assert figure.items == len(entitled), p.name
        assert figure.households == len({r[of] for r in entitled})
        alone = Counter(r["household"] for r in read(run, "derived") if of == "id" and r[f"{p.name}.granted"] == 1)
        # Of a household of one it is that person alone.
        assert figure.people == (
            len(entitled) if of == "parent" else sum(alone[r["id"]] or heads[r["id"]] or 0 for r in entitled)
        )
        paid = [r[f"{p.name}.paid"] for r in entitled]
        assert figure.amount == sum(x for x in paid if x is not None)
        assert figure.unsummed == paid.count(None)
        assert figure.low <= figure.high
        open_ = [
            r for r in rows if 2 in (r[f"{p.name}.outcome"], r[f"{p.name}.granted"]) and r[f"{p.name}.outcome"] != 0
        ]
        assert found.of(c.OPEN, p.name).items == len(open_), p.name
        if not p.received:
            assert not found.tells(p.name)
            continue
        received = [r for r in rows if (r[p.received] or 0) > 0]
        assert found.of(c.RECEIVING, p.name).items == len(received)
        assert found.of(c.RECEIVING, p.name).amount == sum(r[p.received] for r in received)
        taken = [r for r in entitled if (r[p.received] or 0) > 0]
        assert found.of(c.TAKEN, p.name).items == len(taken)
        assert found.of(c.UNSAID, p.name).items == sum(r[p.received] is None for r in entitled)
        due = [r for r in entitled if r[p.received] == 0 and (not p.amount or r[f"{p.name}.paid"] != 0)]
        assert found.coverage(p.name) == (len(taken) * 10_000 // (len(taken) + len(due)) if taken or due else None)
        told += bool(taken)
    assert told


def test_the_way_from_record_to_receipt(on_record: County) -> None:
    run = screened()
    where = everywhere(run)
    ruleset = policy_of(run.policy).ruleset(run.month, run.as_of)
    granted, open_, taken = set(), set(), set()
    for table, of in (("household", "id"), ("person", "parent")):
        for r in read(run, table):
            for p in ruleset.programmes:
                if p.in_force and f"{p.name}.granted" in r:
                    outcome, has = r[f"{p.name}.outcome"], r[f"{p.name}.granted"]
                    granted |= {r[of]} if has == 1 else set()
                    open_ |= {r[of]} if outcome == 2 or (outcome == 1 and has == 2) else set()
                    taken |= {r[of]} if has == 1 and p.received and (r[p.received] or 0) > 0 else set()
    all_ = {h["id"] for h in read(run, "household")}
    found = counted(SYSTEM, "")
    assert [found.of(c.STEP, s).households for s in c.STEPS] == [
        len(where), len(all_), len(granted | (all_ - open_)), len(granted), len(taken)
    ]  # fmt: skip
    assert 0 < len(taken) < len(granted) < len(all_) <= len(where)


def test_villages_add_up_to_townships_and_these_to_the_county(on_record: County) -> None:
    screened()
    levels = {9: 0, 12: 0}

    def check(of: Figures) -> None:
        parts = below(SYSTEM, of)
        if not parts or len(of.area) >= 12:
            return
        total: dict[tuple[str, str], Figure] = {}
        for part in parts.values():
            for key, figure in part.cells.items():
                total[key] = total.get(key, Figure()) + figure
        assert total == of.cells, of.area
        for area, part in parts.items():
            levels[len(area)] = levels.get(len(area), 0) + 1
            if len(area) > len(of.area):
                check(part)

    check(counted(SYSTEM, ""))
    assert min(levels[9], levels[12]) > 1


def test_households_with_no_village_stay_in_their_township(on_record: County) -> None:
    from doudi.server.registry.models import Residence

    with everything():
        one = Residence.objects.filter(area__startswith=COUNTY).order_by("id").values_list("id", "area").first()
        assert one is not None
        Residence.objects.filter(id=one[0]).update(area=one[1][:9])
    screened()
    township = counted(SYSTEM, one[1][:9])
    villages = below(SYSTEM, township)
    assert villages[one[1][:9]].of(c.STEP, c.RECORD).households == 1
    assert sum(v.of(c.STEP, c.RECORD).households for v in villages.values()) == township.of(c.STEP, c.RECORD).households


def test_missed_and_others_are_those_of_the_screening_lists(on_record: County) -> None:
    refresh_work(SYSTEM, screened().id)
    items: Counter[tuple[str, str]] = Counter()
    for n in work_counts(SYSTEM, level=15):
        items[n.code, n.programme] += n.items
    found = counted(SYSTEM, "")
    for measure, code in ((c.MISSED, "应保未保"), (c.LEAVE, "应退未退"), (c.CHANGED, "金额变动"), (c.OPEN, "无法判定")):
        assert {(code, p): found.of(measure, p).items for p in found.keys(measure)} == {
            k: n for k, n in items.items() if k[0] == code
        }
    for name in {k[0] for k in items if not k[1]}:
        assert found.of(c.LIST, name).items + found.of(c.LIST_OPEN, name).items == items[name, ""]


def test_each_in_their_areas(on_record: County) -> None:
    screened(CONFIRMING, COUNTY)
    town = counted(CLERK, TOWN)
    assert 0 < town.of(c.STEP, c.SCREENED).households < counted(CONFIRMING, COUNTY).of(c.STEP, c.SCREENED).households
    assert set(below(CLERK, town)) <= set(below(CONFIRMING, town))
    for reader, area in (
        (CLERK, COUNTY),
        (CLERK, "451229101"),
        (CLERK, ""),
        (OTHER_COUNTY, COUNTY),
        (VILLAGE, TOWN),
        (NOBODY, COUNTY),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            figures(reader, area)
        with pytest.raises((NotFound, NotAllowed)):
            below(reader, counted(CONFIRMING, COUNTY))
    with pytest.raises(NotAllowed):
        figures(PARTNER, COUNTY)
    assert figures(OTHER_COUNTY, "451228") is None, "never screened is not nought"


def test_the_database_shows_no_other_areas(on_record: County, committed: dict[str, str]) -> None:
    from doudi.server.decisions.models import RunFigure
    from doudi.server.lib.acting import acting

    screened(CONFIRMING, COUNTY)
    with acting(CLERK):
        rows = (
            RunFigure.objects.all()
            if "DOUDI_DATABASE" in committed
            else RunFigure.objects.filter(CLERK.scope.q("area"))
        )
        assert {a[:9] for a in rows.values_list("area", flat=True)} == {TOWN}


def test_against_the_month_before(on_record: County) -> None:
    screened(CONFIRMING, COUNTY)
    enrich(on_record, people=10_000)
    screened(CONFIRMING, COUNTY, as_of=NEXT)
    now, before = against(SYSTEM, COUNTY)
    assert now is not None
    assert before is not None
    assert (now.run.month, before.run.month) == (NEXT, AS_OF)
    assert now.of(c.STEP, c.ENTITLED).households < before.of(c.STEP, c.ENTITLED).households
    assert [f.run.month for f in trend(SYSTEM, COUNTY)] == [AS_OF, NEXT]
    assert [f.run.month for f in trend(SYSTEM, COUNTY, until=AS_OF)] == [AS_OF]
    assert against(SYSTEM, COUNTY, AS_OF)[1] is None
    assert figures(SYSTEM, COUNTY, date(2024, 9, 1)) is None
    (home,) = home_figures(CONFIRMING, NEXT)
    assert (home.area, home.month, home.before) == (COUNTY, NEXT, AS_OF)
    assert (home.households.value, home.households.was) == tuple(
        f.of(c.STEP, c.SCREENED).households for f in (now, before)
    )
    assert (home.due.value, home.due.unknown) == (
        now.of(c.STEP, c.SCREENED).amount,
        now.of(c.STEP, c.SCREENED).unsummed,
    )
    assert home.coverage.value == now.coverage()
    (earlier,) = home_figures(CONFIRMING, AS_OF)
    assert (earlier.month, earlier.before, earlier.people.was) == (AS_OF, None, None)
    (nothing,) = home_figures(OTHER_COUNTY, NEXT)
    assert (nothing.month, nothing.households.value, nothing.coverage.value) == (None, None, None)


def test_the_latest_run_of_a_month_counts_and_no_repetition(on_record: County) -> None:
    first = screened()
    assert [r.id for r in counted_runs(SYSTEM, COUNTY)] == [first.id]
    rerun(SYSTEM, first.id, threads=1)
    unasked = run_snapshot(SYSTEM, first.snapshot, threads=1, figures=False)
    assert [r.id for r in counted_runs(SYSTEM, COUNTY)] == [first.id]
    assert uncounted_run(SYSTEM, COUNTY) == unasked.id
    second = screened()
    assert [r.id for r in counted_runs(SYSTEM, COUNTY)] == [second.id]


def test_what_if_does_not_count(on_record: County) -> None:
    from doudi.packs import load
    from doudi.server.policybook.policy import Policy, text_of

    pack = load("dahua")
    text = text_of(pack)
    taken = take_snapshot(SYSTEM, as_of=AS_OF)
    run_snapshot(SYSTEM, taken.id, under=Policy(pack, text.digest, text), threads=1)
    assert counted_runs(SYSTEM, COUNTY) == ()


def test_counted_again_it_is_the_same(on_record: County) -> None:
    from doudi.server.decisions.models import Run, RunFigure

    run = screened(CONFIRMING, COUNTY)
    before = counted(CONFIRMING, COUNTY)
    assert [f.name for f in fields(Figure)] == list(Figure.__dataclass_fields__)
    with everything():
        RunFigure.objects.all().delete()
        Run.objects.update(figured=False)
    assert figures(CONFIRMING, COUNTY) is None
    assert uncounted_run(CONFIRMING, COUNTY) == run.id
    n = rebuild_figures(CONFIRMING, run.id)
    assert rebuild_figures(CONFIRMING, run.id) == n > len(before.cells)
    assert counted(CONFIRMING, COUNTY) == before
    with pytest.raises(NotAllowed):
        rebuild_figures(CLERK, run.id)
    with pytest.raises((NotFound, NotAllowed)):
        rebuild_figures(OTHER_COUNTY, run.id)


def listed(reader: Actor, area: str, run: int, measure: str, key: str, **more: Any) -> list[BehindRow]:
    rows: list[BehindRow] = []
    after = None
    while True:
        page = behind(reader, area, run, measure, key, after=after, limit=7, **more)
        rows += page.rows
        after = page.after
        if after is None:
            return rows


def test_behind_every_figure_stand_exactly_those_it_counts(on_record: County) -> None:
    run = screened(CONFIRMING, COUNTY)
    for reader, area in ((CLERK, TOWN), (CONFIRMING, COUNTY)):
        found = counted(reader, area)
        cells = found.cells.items() if area == TOWN else [x for x in found.cells.items() if x[0][0] == c.MISSED]
        for (measure, key), figure in cells:
            rows = listed(reader, area, run.id, measure, key)
            assert len(rows) == len(set(rows)) == figure.items, (measure, key)
            assert len({r.household for r in rows}) == figure.households
            assert sum(r.people or 0 for r in rows) == figure.people
            if measure in c.OF_CLAIMS or key == c.SCREENED or measure == c.CLASS:
                assert sum(r.amount or 0 for r in rows) == figure.amount
            assert {r.area[: len(area)] for r in rows} == {area}
            total = behind(reader, area, run.id, measure, key, limit=1).total
            assert (total.items, total.households, total.people) == (figure.items, figure.households, figure.people)
    whole = listed(CONFIRMING, COUNTY, run.id, c.TAKEN, "")
    assert len(whole) == counted(CONFIRMING, COUNTY).all_of(c.TAKEN).items


def test_the_list_behind_is_of_the_readers_areas_and_on_record(on_record: County) -> None:
    from doudi.server.audit.models import Entry

    run = screened(CONFIRMING, COUNTY)
    for reader, area in (
        (CLERK, COUNTY),
        (OTHER_COUNTY, COUNTY),
        (OTHER_COUNTY, "451228"),
        (NO_SCREENINGS, VILLAGE_CODE),
        (NOBODY, ""),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            behind(reader, area, run.id, c.STEP, c.SCREENED)
    for measure, key in (("nothing", ""), (c.STEP, "nowhere"), (c.LIST, "没有")):
        with pytest.raises(NotFound):
            behind(CLERK, TOWN, run.id, measure, key)
    assert behind(CLERK, TOWN, run.id, c.CLASS, "'; DROP TABLE homes; --").rows == ()
    before = Entry.objects.count()
    assert behind(CLERK, TOWN, run.id, c.STEP, c.SCREENED).rows
    assert Entry.objects.count() == before + 1


def test_who_stands_in_no_village_is_a_list_too(on_record: County) -> None:
    from doudi.server.registry.models import Residence

    with everything():
        one = Residence.objects.filter(area__startswith=TOWN).order_by("id").values_list("id", "household_id").first()
        assert one is not None
        Residence.objects.filter(id=one[0]).update(area=TOWN)
    run = screened()
    assert [r.household for r in listed(CLERK, TOWN, run.id, c.STEP, c.RECORD, exact=True)] == [one[1]]


def test_a_month_without_receipts_has_no_coverage(on_record: County) -> None:
    """What was paid in July says nothing of August; as if nobody were paid is not what is known."""
    screened()
    july = counted(SYSTEM, COUNTY)
    assert july.receipts
    assert july.coverage() is not None
    screened(as_of=NEXT)
    august = counted(SYSTEM, COUNTY, NEXT)
    assert august.all_of(c.MISSED).items > 0
    assert not august.receipts
    assert august.coverage() is None
    (home,) = home_figures(CONFIRMING, NEXT)
    assert home.coverage.value is None
    assert home.coverage.was == july.coverage()


def test_a_township_without_receipts_has_no_coverage_and_the_county_says_so(on_record: County) -> None:
    run = screened()
    with everything():
        from doudi.server.decisions.models import Run

        Run.objects.filter(id=run.id).update(unpaid=[OTHER_TOWN_CODE])
    county = counted(SYSTEM, COUNTY)
    assert county.coverage() is not None
    assert county.unpaid == (OTHER_TOWN_CODE,)
    parts = below(SYSTEM, county)
    assert parts[OTHER_TOWN_CODE].coverage() is None
    assert parts[TOWN].coverage() is not None
    assert parts[TOWN].unpaid == ()
    assert counted(SYSTEM, OTHER_TOWN_CODE).coverage() is None
    assert all(f.coverage() is None for f in below(SYSTEM, counted(SYSTEM, OTHER_TOWN_CODE)).values())
