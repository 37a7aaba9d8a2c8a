"""The next ledger of an office finds its households again: after the township has another code, after a household has moved, after a person has
another name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.exchange.imports import confirm, receive
from doudi.server.exchange.selectors import import_of, lines
from doudi.server.exchange.views import ImportView
from doudi.server.jobs.running import run
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.operations import divisions
from doudi.server.registry.actions import (
    NewMember,
    correct_name,
    leave,
    move,
    register_household,
    rename,
    undo,
)
from doudi.server.registry.models import Household, PersonName, Residence
from doudi.server.registry.selectors import find, household
from tests.server.cast import (
    ADMINISTRATOR,
    CLERK,
    CONFIRMING,
    COUNTY,
    NAMES,
    NEXT_VILLAGE,
    OTHER_TOWN,
    OTHER_TOWN_CODE,
    OTHER_VILLAGE,
    SYSTEM,
    TOWN,
    VILLAGE_CODE,
    actor,
)
from tests.server.exchange.ledgers import IDS, Sheets, office, write
from tests.server.exchange.test_imports import counts, rows_of

JULY, AUGUST, SEPTEMBER, OCTOBER = (date(2024, m, 1) for m in (7, 8, 9, 10))
NEW_TOWN = "451229105"


@pytest.fixture
def places(db: str) -> None:
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))


def bring_in(folder: Path, sheets: Sheets, since: date, by: Actor = CLERK, area: str = TOWN) -> ImportView:
    path = write(folder / "台账.xlsx", sheets)
    kept = receive(by=by, path=path, name=path.name, area=area, since=since, source="导入")
    run(kept.job or 0)
    seen = import_of(by, kept.id)
    assert seen.state == "previewed", seen
    assert run(confirm(by=by, import_id=kept.id).job or 0) == "done"
    done = import_of(by, kept.id)
    assert counts(done) == counts(seen)
    return done


def home_of(name: str, by: Actor = CONFIRMING) -> int:
    (found,) = find(by, name)
    assert found.household is not None
    return found.household


def lived(home: int) -> list[tuple[str, date, date | None]]:
    with acting(SYSTEM):
        rows = Residence.objects.filter(household=home, withdrawn=None).order_by("since")
        return list(rows.values_list("area", "since", "until"))


def only(sheets: Sheets, code: str) -> Sheets:
    """The ledger of one household without incomes."""
    sheets["家庭"] = [r for r in sheets["家庭"] if r[0] in ("户编号", code)]
    sheets["成员"] = [r for r in sheets["成员"] if r[0] in ("户编号", code)]
    sheets["收入"] = sheets["收入"][:1]
    return sheets


def in_village(sheets: Sheets, village: str) -> Sheets:
    for row in sheets["家庭"][1:]:
        row[1] = village
    return sheets


# -- the township has another code ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("village", [f"{NEW_TOWN}201", VILLAGE_CODE])
def test_a_township_with_another_code(places: None, tmp_path: Path, village: str) -> None:
    """Whether the office writes the new code already, or still the old one."""
    bring_in(tmp_path, office(), JULY)
    before = home_of("韦大山")
    divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=AUGUST)
    clerk = actor("clerk", NEW_TOWN, TOWN, official=102)
    later = in_village(office(), village)
    later["收入"][1][2] = "18000"
    done = bring_in(tmp_path, later, SEPTEMBER, clerk, NEW_TOWN)
    assert (done.counts["fresh"], done.counts["held"]) == (0, 0)
    assert done.counts["changed"] >= 1
    assert home_of("韦大山") == before
    assert lived(before) == [(VILLAGE_CODE, JULY, AUGUST), (f"{NEW_TOWN}201", AUGUST, None)]


def test_who_leaves_a_household_is_still_told_after_a_recoding(places: None, tmp_path: Path) -> None:
    bring_in(tmp_path, office(), JULY)
    divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=AUGUST)
    clerk = actor("clerk", NEW_TOWN, TOWN, official=102)
    later = in_village(office(), f"{NEW_TOWN}201")
    later["家庭"].append(["H9", f"{NEW_TOWN}201", "农村"])
    later["成员"][2][0], later["成员"][2][3] = "H9", "户主"
    done = bring_in(tmp_path, later, SEPTEMBER, clerk, NEW_TOWN)
    assert done.counts["held"] == 1
    assert "另一户" in str(rows_of(done))


def test_two_townships_become_one(places: None, tmp_path: Path) -> None:
    """Both had a household H2: one keeps the number, the other gets a new one."""
    bring_in(tmp_path, only(office(), "H2"), JULY)
    other = in_village(only(office(), "H3"), OTHER_VILLAGE)
    for row in other["家庭"][1:] + other["成员"][1:]:
        row[0] = "H2"
    bring_in(tmp_path, other, JULY, OTHER_TOWN, OTHER_TOWN_CODE)
    first, second = home_of("黄老汉"), home_of("覃小花")
    divisions.merge(by=ADMINISTRATOR, codes=[TOWN, OTHER_TOWN_CODE], into=NEW_TOWN, name="新镇", on=AUGUST)
    with acting(SYSTEM):
        villages = dict(Household.objects.values_list("id", "area"))
    both: Sheets = {
        "家庭": [["户编号", "居住地", "城乡"], ["H2", villages[second], "城市"], ["H77", villages[first], "城市"]],
        "成员": [
            ["户编号", "姓名", "身份证号", "关系", "收入已列全"],
            ["H2", "覃小花", IDS["覃小花"], "户主", ""],
            ["H2", "覃小龙", IDS["覃小龙"], "子女", ""],
            ["H77", "黄老汉", IDS["黄老汉"], "户主", ""],
        ],
    }
    clerk = actor("clerk", NEW_TOWN, TOWN, OTHER_TOWN_CODE, official=102)
    assert counts(bring_in(tmp_path, both, SEPTEMBER, clerk, NEW_TOWN)) == (0, 2, 0, 0)
    assert (home_of("黄老汉"), home_of("覃小花")) == (first, second)


# -- a household has moved --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["H2", "N77"])
def test_the_new_township_s_ledger_knows_who_moved_in(places: None, tmp_path: Path, code: str) -> None:
    """Under the old number, or one that the new office gave."""
    bring_in(tmp_path, office(), JULY)
    home = home_of("黄老汉")
    move(by=CLERK, household=home, area=OTHER_VILLAGE, on=AUGUST)
    sheets = in_village(only(office(), "H2"), OTHER_VILLAGE)
    sheets["家庭"][1][0] = sheets["成员"][1][0] = code
    sheets["家庭"][1][2] = "城市"
    assert counts(bring_in(tmp_path, sheets, SEPTEMBER, OTHER_TOWN, OTHER_TOWN_CODE)) == (0, 1, 0, 0)
    assert home_of("黄老汉") == home


def test_one_who_marries_into_another_township_does_not_take_the_household_along(places: None, tmp_path: Path) -> None:
    bring_in(tmp_path, office(), JULY)
    sheets = in_village(only(office(), "H1"), OTHER_VILLAGE)
    sheets["成员"] = [sheets["成员"][0], ["H1", "蓝秀英", IDS["蓝秀英"], "户主", ""]]
    sheets["家庭"][1][0] = sheets["成员"][1][0] = "N1"
    done = bring_in(tmp_path, sheets, SEPTEMBER, CONFIRMING, OTHER_TOWN_CODE)
    assert counts(done) == (0, 0, 0, 1)
    assert lived(home_of("蓝秀英")) == [(VILLAGE_CODE, JULY, None)]


def test_a_household_registered_by_hand_is_found_by_its_people(places: None, tmp_path: Path) -> None:
    members = [
        NewMember(n, r, head=r == "户主", identifiers={"id": IDS[n]})
        for n, r in (("韦大山", "户主"), ("蓝秀英", "配偶"))
    ]
    home = register_household(by=CLERK, area=VILLAGE_CODE, members=members, on=JULY).household
    assert counts(bring_in(tmp_path, only(office(), "H1"), AUGUST)) == (0, 1, 0, 0)
    assert home_of("韦大山") == home
    # Somebody of it under a number of their own is not the household.
    alone = only(office(), "H1")
    alone["家庭"][1][0] = "H8"
    alone["成员"] = [alone["成员"][0], ["H8", "蓝秀英", IDS["蓝秀英"], "户主", ""]]
    assert counts(bring_in(tmp_path, alone, SEPTEMBER)) == (0, 0, 0, 1)


def test_a_new_village_in_the_ledger_is_a_move(places: None, tmp_path: Path) -> None:
    bring_in(tmp_path, office(), JULY)
    later = office()
    later["家庭"][2][1] = NEXT_VILLAGE
    path = write(tmp_path / "台账.xlsx", later)
    kept = receive(by=CLERK, path=path, name=path.name, area=TOWN, since=SEPTEMBER, source="导入")
    run(kept.job or 0)
    (told,) = lines(CLERK, kept.id, kind="changed")[0]
    assert f"迁居到{NAMES['45']}{NAMES['4512']}{NAMES[COUNTY]}岩滩镇第2村（{NEXT_VILLAGE}）" in told.zh
    assert NEXT_VILLAGE in told.en
    assert counts(bring_in(tmp_path, later, SEPTEMBER)) == (0, 1, 2, 0)
    home = home_of("黄老汉")
    assert lived(home) == [(VILLAGE_CODE, JULY, SEPTEMBER), (NEXT_VILLAGE, SEPTEMBER, None)]
    assert household(actor("village", NEXT_VILLAGE), home, as_of=SEPTEMBER).area == NEXT_VILLAGE
    # The same once more moves nobody, and a ledger that says the old village anew moves the household back.
    assert counts(bring_in(tmp_path, later, SEPTEMBER)) == (0, 0, 3, 0)
    assert counts(bring_in(tmp_path, office(), OCTOBER)) == (0, 1, 2, 0)
    assert lived(home)[-1] == (VILLAGE_CODE, OCTOBER, None)


def test_a_ledger_that_was_not_brought_up_to_date_takes_no_move_back(places: None, tmp_path: Path) -> None:
    bring_in(tmp_path, office(), JULY)
    home = home_of("黄老汉")
    move(by=CLERK, household=home, area=NEXT_VILLAGE, on=AUGUST)
    # Of the day before the move the ledger is right; from the day of the move it is not.
    assert counts(bring_in(tmp_path, office(), date(2024, 7, 31))) == (0, 0, 3, 0)
    done = bring_in(tmp_path, office(), AUGUST)
    assert counts(done) == (0, 0, 2, 1)
    assert VILLAGE_CODE in str(rows_of(done))
    assert lived(home) == [(VILLAGE_CODE, JULY, AUGUST), (NEXT_VILLAGE, AUGUST, None)]


def test_a_ledger_moves_nobody_to_another_township(places: None, tmp_path: Path) -> None:
    bring_in(tmp_path, office(), JULY)
    home = home_of("黄老汉")
    move(by=CLERK, household=home, area=OTHER_VILLAGE, on=AUGUST)
    later = only(office(), "H2")
    later["家庭"][1][1] = NEXT_VILLAGE
    assert counts(bring_in(tmp_path, later, SEPTEMBER, CONFIRMING)) == (0, 0, 0, 1)
    assert lived(home)[-1] == (OTHER_VILLAGE, AUGUST, None)


def test_a_village_where_only_the_township_was_known(places: None, tmp_path: Path) -> None:
    member = NewMember("黄老汉", "户主", head=True, identifiers={"id": IDS["黄老汉"]})
    home = register_household(by=CLERK, area=TOWN, members=[member], on=JULY).household or 0
    assert counts(bring_in(tmp_path, only(office(), "H2"), AUGUST)) == (0, 1, 0, 0)
    assert lived(home) == [(TOWN, JULY, AUGUST), (VILLAGE_CODE, AUGUST, None)]


# -- a person has another name ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "name", "names"),
    [
        (date(2024, 8, 31), "黄老汉", [("黄老汉", JULY), ("黄新名", SEPTEMBER)]),
        (date(2024, 8, 31), "黄新名", [("黄老汉", JULY), ("黄新名", SEPTEMBER)]),
        (AUGUST, "黄又名", [("黄老汉", JULY), ("黄又名", AUGUST), ("黄新名", SEPTEMBER)]),
        (SEPTEMBER, "黄新名", [("黄老汉", JULY), ("黄新名", SEPTEMBER)]),
        (SEPTEMBER, "黄又名", [("黄老汉", JULY), ("黄又名", SEPTEMBER)]),
        (SEPTEMBER, "黄老汉", [("黄老汉", JULY), ("黄新名", SEPTEMBER)]),
        (date(2024, 10, 1), "黄老汉", [("黄老汉", JULY), ("黄新名", SEPTEMBER)]),
        (date(2024, 10, 1), "黄又名", [("黄老汉", JULY), ("黄新名", SEPTEMBER), ("黄又名", date(2024, 10, 1))]),
    ],
)
def test_a_ledger_takes_no_name_back(
    places: None, tmp_path: Path, since: date, name: str, names: list[tuple[str, date]]
) -> None:
    bring_in(tmp_path, office(), JULY)
    (found,) = find(CLERK, "黄老汉")
    rename(by=CLERK, person=found.person, name="黄新名", on=SEPTEMBER, why="改名")
    later = office()
    later["成员"][3][1] = name
    later["家庭"][2][2] = "城市"
    assert counts(bring_in(tmp_path, later, since)) == (0, 1, 2, 0)
    with acting(SYSTEM):
        rows = PersonName.objects.filter(person=found.person, withdrawn=None).order_by("since")
        assert list(rows.values_list("name", "since")) == names


@pytest.mark.parametrize(("undone", "names"), [(False, ["黄老翰"]), (True, ["黄老汉"])])
def test_a_ledger_takes_no_correction_back(places: None, tmp_path: Path, undone: bool, names: list[str]) -> None:
    """What was corrected stays corrected though the ledger says the wrong name on; what was undone was never said."""
    bring_in(tmp_path, office(), JULY)
    (found,) = find(CLERK, "黄老汉")
    act = correct_name(by=CLERK, person=found.person, name="黄老翰", on=JULY, why="登记笔误").act
    if undone:
        undo(by=CLERK, act=act, on=JULY, why="本来没有错")
    later = office()
    later["家庭"][2][2] = "城市"
    assert counts(bring_in(tmp_path, later, SEPTEMBER)) == (0, 1, 2, 0)
    with acting(SYSTEM):
        rows = PersonName.objects.filter(person=found.person, withdrawn=None).order_by("since")
        assert list(rows.values_list("name", flat=True)) == names


def test_who_has_left_every_household_comes_back_by_the_ledger(places: None, tmp_path: Path) -> None:
    bring_in(tmp_path, office(), JULY)
    (found,) = find(CLERK, "覃小龙")
    leave(by=CLERK, person=found.person, on=AUGUST)
    assert counts(bring_in(tmp_path, office(), SEPTEMBER)) == (0, 1, 2, 0)
    assert home_of("覃小龙") == found.household
