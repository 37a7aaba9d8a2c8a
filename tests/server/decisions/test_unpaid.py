"""Screenings without receipts: told where their items stand, until the area is screened again with them."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.decisions.actions import refresh_work, run_snapshot, take_snapshot
from doudi.server.decisions.models import Run
from doudi.server.decisions.selectors import work
from doudi.server.decisions.selectors.unpaid import Unpaid, month_without_receipts, months_without_receipts
from doudi.server.decisions.views import RunView
from doudi.server.lib.refusals import NotAllowed
from doudi.server.registry.models import Statement
from tests.server.cast import (
    CLERK,
    CONFIRMING,
    NO_SCREENINGS,
    OTHER_COUNTY,
    OTHER_COUNTY_CODE,
    OTHER_TOWN,
    OTHER_TOWN_CODE,
    TOWN,
    VILLAGE,
)
from tests.server.decisions.conftest import AS_OF, SYSTEM, County, everything

AUGUST = date(2024, 8, 1)
"""What is on record of receipts ends with July."""


def screened(as_of: date, area: str = "") -> RunView:
    return run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=as_of, area=area).id, threads=1)


def test_the_month_is_told_wherever_the_items_are(on_record: County) -> None:
    july = screened(AS_OF)
    refresh_work(SYSTEM, july.id)
    assert months_without_receipts(CONFIRMING) == ()
    assert month_without_receipts(july.id, TOWN) is None
    august = screened(AUGUST)
    refresh_work(SYSTEM, august.id)
    for reader in (SYSTEM, CONFIRMING, OTHER_COUNTY, CLERK, VILLAGE):
        listed = any(i.run == august.id for i in work(reader, code="应保未保", limit=500).rows)
        assert months_without_receipts(reader) == ((Unpaid(AUGUST),) if listed else ()), reader.post
    assert (
        months_without_receipts(CONFIRMING, TOWN)
        == months_without_receipts(CONFIRMING, OTHER_TOWN_CODE)
        == (Unpaid(AUGUST),)
    )
    assert months_without_receipts(CONFIRMING, OTHER_COUNTY_CODE) == ()
    assert month_without_receipts(august.id, TOWN) == month_without_receipts(august.id, OTHER_COUNTY_CODE) == AUGUST
    with pytest.raises(NotAllowed):
        months_without_receipts(NO_SCREENINGS)


def test_screened_again_with_receipts_it_is_told_no_more(on_record: County) -> None:
    refresh_work(SYSTEM, screened(AUGUST).id)
    again = screened(AUGUST, TOWN)
    with everything():
        # As once they were imported.
        Run.objects.filter(id=again.id).update(unpaid=[])
    refresh_work(SYSTEM, again.id)
    assert months_without_receipts(CLERK) == ()
    assert months_without_receipts(CONFIRMING, TOWN) == ()
    assert months_without_receipts(OTHER_TOWN) == months_without_receipts(CONFIRMING) == (Unpaid(AUGUST),)


def test_a_later_screening_of_a_part_stands_for_that_part(on_record: County) -> None:
    whole = screened(AUGUST)
    with everything():
        Run.objects.filter(id=whole.id).update(unpaid=[])
    refresh_work(SYSTEM, whole.id)
    refresh_work(SYSTEM, screened(AUGUST, TOWN).id)
    assert months_without_receipts(CLERK) == (Unpaid(AUGUST),)
    assert months_without_receipts(CONFIRMING) == (Unpaid(AUGUST, (TOWN,)),)
    assert months_without_receipts(OTHER_TOWN) == months_without_receipts(CONFIRMING, OTHER_TOWN_CODE) == ()


def test_a_township_without_receipts_among_others_that_have_them_is_named(on_record: County) -> None:
    """One office has brought its workbook in and another has not: only the other's lists are in doubt."""
    with everything():
        for of in ("household", "person"):
            for said in Statement.objects.filter(**{f"{of}__area__startswith": OTHER_TOWN_CODE}):
                for table in ("户领", "已领"):
                    if table in said.tables:
                        said.tables[table] = {**said.tables[table], "rows": []}
                said.save()
    july = screened(AS_OF)
    refresh_work(SYSTEM, july.id)
    with everything():
        assert Run.objects.get(id=july.id).unpaid == [OTHER_TOWN_CODE]
    assert months_without_receipts(CLERK) == months_without_receipts(CONFIRMING, TOWN) == ()
    assert months_without_receipts(OTHER_TOWN) == (Unpaid(july.month),)
    assert months_without_receipts(CONFIRMING) == (Unpaid(july.month, (OTHER_TOWN_CODE,)),)
    assert month_without_receipts(july.id, OTHER_TOWN_CODE) == july.month
    assert month_without_receipts(july.id, TOWN) is None
