"""Asked while a form is filled in: who may be there already."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.audit.models import Entry
from doudi.server.lib.refusals import NotAllowed
from doudi.server.registry.duplicates.entry import Entered, on_entry
from tests.server.cast import AUDITOR, CLERK, FAR_TOWN, FAR_VILLAGE, NEXT_VILLAGE, NOBODY, VILLAGE_CODE
from tests.server.registry.duplicates.conftest import TODAY, an_id, put

NUMBER = an_id("99010119800115123")
BORN = date(1980, 1, 15)


def ask(name: str = "韦小明", born: date | None = BORN, number: str = "", **more: object) -> list[int | None]:
    entered = Entered(name, "男", born, number, VILLAGE_CODE, **more)  # type: ignore[arg-type]
    return [c.person for c in on_entry(CLERK, entered, on=TODAY)]


@pytest.mark.parametrize(
    ("name", "born", "number"),
    [
        ("韦小明", BORN, ""),
        ("韦 小明", BORN, ""),
        ("韦晓明", BORN, ""),
        ("韦晓敏", BORN, ""),
        ("书小明", BORN, ""),
        ("韦明小", BORN, ""),
        ("韦小明", date(1979, 11, 28), ""),
        ("韦小明", date(1981, 1, 15), ""),
        ("韦小明", date(1980, 1, 25), ""),
        ("韦小明", None, ""),
        ("蓝大花", date(1950, 2, 3), NUMBER),
        ("蓝大花", date(1950, 2, 3), f" {NUMBER[:6]} {NUMBER[6:]} "),
        ("蓝大花", date(1950, 2, 3), NUMBER[:6] + NUMBER[8:17]),
        ("韦小明", date(1980, 1, 25), an_id("99010119800125123")),
        ("韦小敏", date(1980, 1, 51 - 36), an_id("99010119800151123")),
    ],
)
def test_a_slip_does_not_hide_who_is_there(db: str, name: str, born: date | None, number: str) -> None:
    there = put("韦小明", "1980-01-15", NUMBER)
    put("蒙大山", "1980-01-15")
    assert ask(name, born, number) == [there]


def test_others_are_not_shown(db: str) -> None:
    put("韦小明", "1961-05-06", an_id("99010119610506123"))
    put("韦大力", "1980-01-15")
    assert ask() == []
    assert ask("蓝大花") == []
    assert ask("") == []
    assert not Entry.objects.filter(verb="duplicates.on-entry").exists()


def test_a_twin_in_the_household_is_no_double(db: str) -> None:
    put("王小明", "2000-03-04", with_="王小亮")
    home = put("王小强", "2000-03-04")
    assert home not in ask("王小亮", date(2000, 3, 4))


def test_somebody_elsewhere_is_told_of_by_township_alone(db: str) -> None:
    put("韦小明", "1980-01-15", NUMBER, FAR_VILLAGE)
    found = on_entry(CLERK, Entered("韦小明", "男", BORN, NUMBER, VILLAGE_CODE), on=TODAY)
    assert len(found) == 1
    told = found[0]
    assert told.elsewhere
    assert (told.area, told.person, told.name, told.sex, told.born, told.score, told.evidence) == (
        FAR_TOWN,
        None,
        "",
        "",
        None,
        None,
        (),
    )
    entry = Entry.objects.get(verb="duplicates.on-entry")
    assert "1 人" in entry.zh
    assert "韦小明" not in entry.zh + str(entry.params)


def test_a_weak_likeness_elsewhere_is_not_told(db: str) -> None:
    put("韦小明", "1981-01-15", area=FAR_VILLAGE)
    assert on_entry(CLERK, Entered("韦小明", "男", BORN, "", VILLAGE_CODE), on=TODAY) == []


def test_it_is_no_way_to_search(db: str) -> None:
    for reader in (NOBODY, AUDITOR):
        with pytest.raises(NotAllowed):
            on_entry(reader, Entered("韦小明", "男", BORN), on=TODAY)


def test_who_is_being_corrected_is_no_double_of_themselves(db: str) -> None:
    me = put("韦小明", "1980-01-15", NUMBER, NEXT_VILLAGE)
    assert ask(person=me) == []
    assert ask() == [me]


def test_a_phone_counts(db: str) -> None:
    there = put("韦美丽", "1980-01-15", phone="13900000001")
    assert ask("韦小丽", date(1980, 1, 16), contacts={"phone": "139 0000 0001"}) == []
    assert ask("韦美丽", date(1999, 5, 6), contacts={"phone": "139 0000 0001"}) == [there]
