"""Lists taken away: everybody of the areas once, numbers masked unless a reason is given, formulas defused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from doudi.server.audit.models import Entry
from doudi.server.audit.selectors import Search, search
from doudi.server.exchange.exporting import ask_export, export_list, export_of, exports_of, fetch_export
from doudi.server.exchange.models import Export
from doudi.server.jobs.running import run
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.lib.scope import Scope
from doudi.server.registry.actions.inputs import NewMember
from doudi.server.registry.actions.ledgers import enrol
from doudi.server.registry.actions.register import register_household
from doudi.server.registry.selectors import households
from tests.server.cast import (
    AUDITOR,
    CLERK,
    CONFIRMING,
    COUNTY,
    FAR_TOWN,
    OTHER_COUNTY_CODE,
    OTHER_TOWN,
    OTHER_TOWN_CODE,
    OTHER_VILLAGE,
    SYSTEM,
    TOWN,
    VILLAGE_CODE,
    actor,
)
from tests.server.exchange.ledgers import IDS

ON = date(2024, 7, 1)
TAKER = actor("confirming", "451229", official=120)


def cells(path: Path) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]


@pytest.fixture
def people(db: str) -> dict[str, int]:
    """Two in the clerk's township, one in another."""
    made = {}
    for by, area, name, evil in (
        (CLERK, VILLAGE_CODE, "韦大山", "=1+1"),
        (CLERK, VILLAGE_CODE, "黄老汉", ""),
        (OTHER_TOWN, OTHER_VILLAGE, "覃小花", ""),
    ):
        member = NewMember(evil or name, "户主", head=True, identifiers={"id": IDS[name]})
        made[name] = register_household(by=by, area=area, members=[member], on=ON, address=evil).people[0]
    return made


def test_everybody_of_the_areas_once_and_masked(
    people: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doudi.server.exchange.exports.STEP", 1)
    done = export_list(by=CLERK, what="people", path=tmp_path / "p.xlsx", on=ON)
    assert done.rows == 2
    text = repr(cells(done.path))
    assert "黄老汉" in text
    assert "覃小花" not in text
    assert not any(number in text for number in IDS.values())
    assert text.count("***********") == 2
    assert export_list(by=CONFIRMING, what="households", path=tmp_path / "h.xlsx", on=ON).rows == 3


def test_a_name_that_is_a_formula_stays_text(people: dict[str, int], tmp_path: Path) -> None:
    done = export_list(by=CLERK, what="households", path=tmp_path / "h.xlsx", on=ON)
    found = [
        c
        for row in openpyxl.load_workbook(done.path).worksheets[0].iter_rows()
        for c in row
        if c.value and "1+1" in str(c.value)
    ]
    assert [(c.value, c.data_type) for c in found] == [("'=1+1", "s")]


def test_whole_numbers_only_with_permission_and_reason(people: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "whole.xlsx"
    with pytest.raises(NotAllowed):
        export_list(by=CLERK, what="people", path=path, on=ON, unmasked=True, why="核对")
    with pytest.raises(Refused):
        export_list(by=TAKER, what="people", path=path, on=ON, unmasked=True, why=" ")
    assert not path.exists()
    done = export_list(by=TAKER, what="people", path=path, on=ON, unmasked=True, why="送银行开卡")
    assert IDS["黄老汉"] in repr(cells(done.path))
    (taken,) = Entry.objects.filter(verb="registry.take-numbers")
    assert (taken.count, taken.why) == (3, "送银行开卡")
    assert IDS["黄老汉"] not in taken.zh


def test_a_ledger_with_its_columns(people: dict[str, int], tmp_path: Path) -> None:
    enrol(by=CLERK, ledger="留守老人", person=people["黄老汉"], on=ON, details={"风险": "中"})
    done = export_list(by=CLERK, what="ledger", ledger="留守老人", path=tmp_path / "l.xlsx", on=ON)
    text = repr(cells(done.path))
    assert done.rows == 1
    assert "风险" in text
    assert "黄老汉" in text
    with pytest.raises(Refused):
        export_list(by=CLERK, what="ledger", path=tmp_path / "l2.xlsx", on=ON)


def asked(by: Actor, *, area: str = "", unmasked: bool = False) -> int:
    made = ask_export(by=by, what="people", on=ON, area=area, unmasked=unmasked, why="核对" if unmasked else "")
    assert run(made.job or 0) == "done"
    return made.id


def fetched(by: Actor, export: int) -> str:
    """What of the export is had in this post: asked for, listed and fetched alike."""
    listed = [e.id for e in exports_of(by)]
    try:
        name, data = fetch_export(by=by, export_id=export)
        assert (listed, export_of(by, export).ready) == ([export], True)
    except NotFound:
        assert listed == []
        with pytest.raises(NotFound):
            export_of(by, export)
        return "not-found"
    assert data[:2] == b"PK"
    return name


def test_an_export_is_fetched_in_the_post_that_asked(people: dict[str, int]) -> None:
    export = asked(CLERK)
    assert fetched(CLERK, export).startswith("人员")
    # Transferred to another county, and back; promoted to the county; a village of the township is not all of it.
    assert fetched(replace(actor("clerk", FAR_TOWN), official=CLERK.official), export) == "not-found"
    assert fetched(replace(CONFIRMING, official=CLERK.official), export) != "not-found"
    assert fetched(replace(actor("clerk", VILLAGE_CODE), official=CLERK.official), export) == "not-found"
    assert fetched(OTHER_TOWN, export) == "not-found"


def test_an_export_of_one_of_two_townships_stays_when_the_other_goes(people: dict[str, int]) -> None:
    both = replace(actor("clerk", TOWN, OTHER_TOWN_CODE), official=CLERK.official)
    one = asked(both, area=TOWN)
    assert fetched(CLERK, one) != "not-found"
    whole = asked(both)
    assert [e.id for e in exports_of(both)] == [whole, one]
    assert [e.id for e in exports_of(both, limit=1, before=whole)] == [one]
    with pytest.raises(NotFound):
        fetch_export(by=CLERK, export_id=whole)


def test_whole_numbers_are_fetched_only_where_they_may_be_asked_for(people: dict[str, int]) -> None:
    export = asked(CONFIRMING, unmasked=True)
    assert fetched(CONFIRMING, export) != "not-found"
    assert fetched(replace(actor("clerk", COUNTY), official=CONFIRMING.official), export) == "not-found"


def test_where_it_is_not_known_what_was_read_only_who_sees_everything_fetches_it(people: dict[str, int]) -> None:
    export = asked(CLERK)
    with acting(SYSTEM):
        Export.objects.filter(pk=export).update(scope=Export().scope)
    assert fetched(CLERK, export) == "not-found"
    assert fetched(replace(CLERK, scope=Scope.everything()), export) != "not-found"


def test_the_county_s_auditor_sees_who_took_whole_numbers_away(people: dict[str, int]) -> None:
    export = asked(CONFIRMING, unmasked=True)
    fetch_export(by=CONFIRMING, export_id=export)

    def seen(auditor: Actor) -> set[str]:
        return {e.verb for e in search(auditor, Search(official=CONFIRMING.official)).entries}

    whole = {"job.started", "registry.take-numbers", "exchange.export", "exchange.fetch"}
    assert seen(AUDITOR) >= whole
    for reads in (TOWN, OTHER_TOWN_CODE, OTHER_COUNTY_CODE):
        assert not seen(actor("auditor", reads)) & whole


def test_what_one_of_two_townships_was_shown_is_seen_above_both(people: dict[str, int]) -> None:
    both = replace(actor("clerk", TOWN, OTHER_TOWN_CODE), official=CLERK.official)
    assert households(both, on=ON).rows
    last = Entry.objects.latest("seq")
    assert (last.verb, last.area) == ("registry.list", COUNTY)


def test_the_database_itself_shows_no_export_of_what_one_does_not_reach(db: str, people: dict[str, int]) -> None:
    if db != "postgresql":
        return
    both = replace(actor("clerk", TOWN, OTHER_TOWN_CODE), official=CLERK.official)
    one, two, everything = asked(CLERK), asked(both), asked(SYSTEM)
    for who, seen in (
        (CLERK, {one}), (OTHER_TOWN, set()), (both, {one, two}), (CONFIRMING, {one, two}), (actor("clerk", VILLAGE_CODE), set()),
        (SYSTEM, {one, two, everything}),
    ):  # fmt: skip
        with acting(who):
            assert set(Export.objects.values_list("id", flat=True)) == seen, who.post
    assert not Export.objects.exists()
