"""A ledger handed in, looked at, confirmed; whole households or none; the same file twice changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from python_calamine import CalamineWorkbook

from doudi.server.audit.models import Entry
from doudi.server.exchange import selectors
from doudi.server.exchange.imports import confirm, give_up, map_header, receive
from doudi.server.exchange.kept import alone, fetch
from doudi.server.exchange.models import Import, Line
from doudi.server.exchange.selectors import import_of
from doudi.server.exchange.views import ImportView
from doudi.server.jobs.running import run
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.registry.models import Act, Household, Identifier, Membership, Person, Statement
from doudi.server.registry.selectors import facts_of, find
from tests.server.cast import CLERK, CONFIRMING, OTHER_TOWN, SYSTEM, TOWN
from tests.server.exchange.ledgers import IDS, Sheets, many, office, write

JULY, AUGUST = date(2024, 7, 1), date(2024, 8, 1)


def hand_in(folder: Path, sheets: Sheets, since: date = JULY, by: Actor = CLERK) -> ImportView:
    """Hands a ledger in and lets it be looked at."""
    path = write(folder / "台账.xlsx", sheets)
    kept = receive(by=by, path=path, name=path.name, area=TOWN, since=since, source="导入")
    assert kept.job is not None
    run(kept.job)
    return import_of(by, kept.id)


def bring_in(folder: Path, sheets: Sheets, since: date = JULY, by: Actor = CLERK) -> ImportView:
    looked_at = hand_in(folder, sheets, since, by)
    assert looked_at.state == "previewed", looked_at
    begun = confirm(by=by, import_id=looked_at.id)
    assert begun.job is not None
    assert run(begun.job) == "done"
    return import_of(by, begun.id)


def counts(view: ImportView) -> tuple[int, int, int, int]:
    return tuple(view.counts[k] for k in ("fresh", "changed", "same", "held"))  # type: ignore[return-value]


def count(model: type[Model], **where: object) -> int:
    """Rows in the whole database: on PostgreSQL nothing is seen without a scope."""
    with acting(SYSTEM):
        return model._default_manager.filter(**where).count()


def the_row(view: ImportView) -> Import:
    with acting(SYSTEM):
        return Import.objects.get(pk=view.id)


def rows_of(done: ImportView) -> list[list[Any]]:
    """What the report of faults lists, without its title and header."""
    file = fetch(the_row(done).report)
    assert file is not None
    with alone(file[1]) as path, CalamineWorkbook.from_path(path) as book:
        return [r for r in book.get_sheet_by_index(0).to_python() if isinstance(r[0], float)]


def test_looking_changes_nothing(db: str, tmp_path: Path) -> None:
    looked_at = hand_in(tmp_path, office())
    assert (looked_at.state, counts(looked_at), looked_at.counts["people"]) == ("previewed", (3, 0, 0, 0), 5)
    assert [count(m) for m in (Household, Person, Statement, Act)] == [0, 0, 0, 0]


def test_households_come_with_people_and_facts(db: str, tmp_path: Path) -> None:
    done = bring_in(tmp_path, office())
    assert (done.state, counts(done)) == ("done", (3, 0, 0, 0))
    (found,) = find(CLERK, "蓝秀英")
    assert found.household is not None
    facts = facts_of(CLERK, found.household, as_of=JULY)
    member = next(m for m in facts.members if m.person == found.person)
    assert member.facts.values["出生日期"].value == "1963-08-12"
    assert member.facts.values["性别"].value == "女"
    income = member.facts.tables["收入"].value
    assert income["complete"] is True
    assert [(r["种类"], r["金额"]) for r in income["rows"]] == [("工资", 1_200_000)]
    assert facts.facts.values["城乡"].value == "农村"


def test_the_same_file_again_changes_nothing(db: str, tmp_path: Path) -> None:
    bring_in(tmp_path, office())
    acts, statements = count(Act), count(Statement)
    again = bring_in(tmp_path, office())
    assert counts(again) == (0, 0, 3, 0)
    assert (count(Act), count(Statement)) == (acts, statements)
    assert statements > 5


def test_only_what_changed_is_brought(db: str, tmp_path: Path) -> None:
    bring_in(tmp_path, office())
    later = office()
    later["收入"][1][2] = "18000"
    later["成员"].append(["H2", "罗来", IDS["罗来"], "孙子女", ""])
    done = bring_in(tmp_path, later, AUGUST)
    assert counts(done) == (0, 2, 1, 0)
    (found,) = find(CLERK, "蓝秀英")
    assert found.household is not None

    def wages(on: date) -> object:
        member = next(m for m in facts_of(CLERK, found.household or 0, as_of=on).members if m.person == found.person)
        return member.facts.tables["收入"].value["rows"][0]["金额"]

    assert (wages(JULY), wages(AUGUST)) == (1_200_000, 1_800_000)
    assert count(Membership, withdrawn=None, household__number__endswith="-H2") == 2


def test_a_mended_file_of_the_same_day_corrects(db: str, tmp_path: Path) -> None:
    bring_in(tmp_path, office())
    mended = office()
    mended["收入"][1][2] = "1200"
    assert counts(bring_in(tmp_path, mended)) == (0, 1, 2, 0)
    (found,) = find(CLERK, "蓝秀英")
    assert count(Statement, person=found.person, withdrawn=None) == 1
    assert count(Statement, person=found.person) == 2


def test_a_household_with_a_bad_row_is_held_back_whole(db: str, tmp_path: Path) -> None:
    bad = office()
    bad["收入"][1][2] = "很多"
    done = bring_in(tmp_path, bad)
    assert counts(done) == (2, 0, 0, 1)
    assert find(CLERK, "韦大山") == []
    (row,) = rows_of(done)
    assert row[1:4] == ["收入", 2.0, "金额"]
    # Mended, the household comes in; the others are as they were.
    assert counts(bring_in(tmp_path, office())) == (1, 0, 2, 0)


def test_who_is_in_another_household_is_said(db: str, tmp_path: Path) -> None:
    bring_in(tmp_path, office())
    moved = office()
    moved["家庭"].append(["H9", moved["家庭"][1][1], "农村"])
    moved["成员"][2][0], moved["成员"][2][3] = "H9", "户主"
    done = bring_in(tmp_path, moved)
    assert counts(done) == (0, 0, 3, 1)
    (row,) = rows_of(done)
    assert "另一户" in str(row)
    assert "蓝秀英" not in str(row)
    assert count(Household) == 3


def test_an_older_ledger_does_not_go_over_a_later_one(db: str, tmp_path: Path) -> None:
    bring_in(tmp_path, office(), AUGUST)
    older = office()
    older["收入"][1][2] = "1"
    assert counts(bring_in(tmp_path, older, JULY)) == (0, 0, 0, 3)


def test_a_household_of_elsewhere_is_held(db: str, tmp_path: Path) -> None:
    far = office()
    far["家庭"][2][1] = "451229101201"
    assert counts(bring_in(tmp_path, far)) == (2, 0, 0, 1)
    assert count(Household, area__startswith=TOWN) == count(Household) == 2
    with pytest.raises(NotAllowed):
        hand_in(tmp_path, office(), by=OTHER_TOWN)


def test_nobody_sees_another_township_s_imports(db: str, tmp_path: Path) -> None:
    kept = hand_in(tmp_path, office())
    assert selectors.imports(OTHER_TOWN) == []
    assert [i.id for i in selectors.imports(CONFIRMING)] == [kept.id]
    for act in (confirm, give_up):
        with pytest.raises(NotFound):
            act(by=OTHER_TOWN, import_id=kept.id)


def test_strange_headers_are_mapped_and_remembered(db: str, tmp_path: Path) -> None:
    strange = office()
    strange["成员"][0][2] = "公民身份号码"
    strange["收入"][0][2] = "年收入额"
    refused = hand_in(tmp_path, strange)
    assert refused.state == "refused"
    with pytest.raises(Refused):
        map_header(by=CLERK, import_id=refused.id, entity="人", written="公民身份号码", meant="没有的列")
    map_header(by=CLERK, import_id=refused.id, entity="人", written="公民身份号码", meant="身份证号")
    mended = map_header(by=CLERK, import_id=refused.id, entity="收入", written="年收入额", meant="金额")
    assert mended.job is not None
    run(mended.job)
    assert import_of(CLERK, refused.id).state == "previewed"
    give_up(by=CLERK, import_id=refused.id)
    strange["家庭"][1][2] = "城市"
    assert counts(bring_in(tmp_path, strange)) == (3, 0, 0, 0)


def test_the_file_is_sealed_while_it_waits_and_gone_afterwards(db: str, tmp_path: Path) -> None:
    kept = hand_in(tmp_path, office())
    held = bytes(the_row(kept).cipher)
    assert len(held) > 1000
    assert b"PK\x03\x04" not in held
    confirmed = confirm(by=CLERK, import_id=kept.id)
    assert confirmed.job is not None
    run(confirmed.job)
    assert bytes(the_row(kept).cipher) == b""
    other = hand_in(tmp_path, many(3))
    give_up(by=CLERK, import_id=other.id)
    assert bytes(the_row(other).cipher) == b""


def test_no_number_is_readable_in_the_database(db: str, tmp_path: Path) -> None:
    bring_in(tmp_path, office())
    with acting(SYSTEM), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {table}")
            text = repr(cursor.fetchall())
            for number in IDS.values():
                assert number not in text, table
    with acting(SYSTEM):
        assert len(repr(list(Identifier.objects.values_list("shown")))) > 50


def test_a_step_that_is_refused_holds_only_the_household_that_is_wrong(
    db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = many(6)
    looked_at = hand_in(tmp_path, sheets)
    # Between looking and importing somebody registers a person of the fourth household elsewhere: found out in the step itself.
    taken = office()
    taken["成员"][1][2] = sheets["成员"][7][2]
    taken["家庭"] = taken["家庭"][:2]
    taken["成员"] = taken["成员"][:3]
    taken["收入"] = taken["收入"][:1]
    bring_in(tmp_path, taken, by=CLERK)
    begun = confirm(by=CLERK, import_id=looked_at.id)
    assert begun.job is not None
    run(begun.job)
    done = import_of(CLERK, looked_at.id)
    assert counts(done) == (5, 0, 0, 1)


def test_what_was_done_is_in_the_record(db: str, tmp_path: Path) -> None:
    bring_in(tmp_path, office())
    said = list(Entry.objects.filter(verb__startswith="exchange.").order_by("seq").values_list("verb", "area"))
    assert said == [("exchange.receive", TOWN), ("exchange.confirm", TOWN), ("exchange.import", TOWN)]
    assert "新登记 3 户" in Entry.objects.get(verb="exchange.import").zh


def test_fewer_steps_than_households_make_the_same(db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doudi.server.exchange.work.STEP", 2)
    assert counts(bring_in(tmp_path, many(7))) == (7, 0, 0, 0)
    assert (count(Household), count(Person)) == (7, 14)


def test_the_database_itself_shows_nobody_another_township_s(db: str, tmp_path: Path) -> None:
    bad = office()
    bad["收入"][1][2] = "很多"
    hand_in(tmp_path, bad)
    if db != "postgresql":
        return
    for who, seen in ((CLERK, True), (CONFIRMING, True), (OTHER_TOWN, False)):
        with acting(who):
            assert (Import.objects.exists(), Line.objects.exists()) == (seen, seen), who.post
    assert not Import.objects.exists()
