"""Acts taken back and restored; two officials at once; clocks set back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from doudi.server.audit.models import Entry
from doudi.server.lib import moments
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused
from doudi.server.registry import batch
from doudi.server.registry.actions import (
    BuiltOn,
    NewMember,
    add_member,
    change_head,
    death,
    enrol,
    leave,
    move,
    register_household,
    rename,
    state,
    undo,
)
from doudi.server.registry.actions.load import load
from doudi.server.registry.models import Act, ActOn, Household, Person, Term
from tests.server.cast import CLERK, NEXT_VILLAGE, OTHER_TOWN, REVIEWER, SYSTEM, TOWN, VILLAGE, VILLAGE_CODE
from tests.server.registry.actions.homes import (
    BEGAN,
    IDS,
    columns,
    family,
    latest,
    name_of,
    single,
    snapshot,
    someone,
    version,
)

DAY = date(2022, 3, 1)


def test_taken_back_and_restored_and_taken_back_again(db: str) -> None:
    done = family()
    first = snapshot(), columns()
    act = move(by=CLERK, household=done.household or 0, area=NEXT_VILLAGE, on=DAY).act
    moved = snapshot(), columns()
    undo(by=CLERK, act=act, on=DAY, why="办错了户")
    assert (snapshot(), columns()) == first
    with pytest.raises(Refused) as refused:
        undo(by=CLERK, act=act, on=DAY)
    assert refused.value.code == "undone-already"
    undo(by=CLERK, act=latest().id, on=DAY)
    assert (latest().kind, snapshot(), columns()) == ("redo", *moved)
    undo(by=CLERK, act=act, on=DAY)
    assert (latest().kind, snapshot(), columns()) == ("undo", *first)
    assert [e.verb for e in Entry.objects.order_by("-seq")[:3]] == ["registry.undo", "registry.redo", "registry.undo"]
    assert {e.area for e in Entry.objects.all()} <= {VILLAGE_CODE, NEXT_VILLAGE}
    assert "第" in Entry.objects.order_by("-seq")[0].zh


def test_who_may_take_back_what(db: str) -> None:
    act = family().act
    with pytest.raises(NotAllowed):
        undo(by=VILLAGE, act=act, on=DAY)
    for by, which in ((OTHER_TOWN, act), (CLERK, 10**9)):
        with pytest.raises(NotFound):
            undo(by=by, act=which, on=DAY)


def test_later_acts_that_build_on_it_are_named(db: str) -> None:
    done = family()
    home, (a, b, _) = done.household or 0, done.people
    head = change_head(by=CLERK, household=home, person=b, on=DAY)
    left = leave(by=CLERK, person=a, on=date(2023, 1, 1))
    with pytest.raises(BuiltOn) as built:
        undo(by=CLERK, act=head.act, on=DAY)
    assert built.value.acts == (left.act,)
    assert "迁出" in built.value.zh
    # Nothing of the leaving is undone, yet the person is elsewhere now.
    other = single()
    joined = add_member(
        by=CLERK, household=other.household or 0, member=NewMember(person=a), how="join", on=date(2023, 1, 1)
    )
    with pytest.raises(BuiltOn) as built:
        undo(by=CLERK, act=left.act, on=DAY)
    assert built.value.acts == (joined.act,)
    undo(by=CLERK, act=joined.act, on=DAY)
    undo(by=CLERK, act=left.act, on=DAY)
    undo(by=CLERK, act=head.act, on=DAY)


def test_a_registration_is_taken_back_only_before_anything_is_said(db: str) -> None:
    done = family(number="H1")
    said = state(by=CLERK, source="申报", household=done.household, on=DAY, values={"城乡": "农村"})
    with pytest.raises(BuiltOn) as built:
        undo(by=CLERK, act=done.act, on=DAY)
    assert built.value.acts == (said.act,)
    undo(by=CLERK, act=said.act, on=DAY)
    undo(by=CLERK, act=done.act, on=DAY)
    assert snapshot() == []
    assert name_of(done.people[0]) == ""
    with pytest.raises(NotFound):
        rename(by=CLERK, person=done.people[0], name="韦新", on=DAY)
    again = family(number="H1")
    assert again.household == done.household
    with pytest.raises(Refused) as refused:
        family(number="H1")
    assert refused.value.code == "number-taken"


def test_a_death_by_mistake(db: str) -> None:
    done = family()
    enrol(by=CLERK, ledger="残疾人", person=done.people[0], on=BEGAN)
    before = snapshot(), columns()
    act = death(by=CLERK, person=done.people[0], on=DAY, new_head=done.people[1]).act
    undo(by=CLERK, act=act, on=DAY, why="同名的人")
    assert (snapshot(), columns()) == before
    assert Person.objects.get(pk=done.people[0]).died is None


def test_the_second_official_is_told_what_changed(db: str) -> None:
    done = family()
    home, opened = done.household or 0, version(done.household or 0)
    rename(by=CLERK, person=done.people[1], name="韦新", on=DAY, version=opened)
    state(by=CLERK, source="申报", household=home, on=DAY, values={"城乡": "农村"}, version=opened + 1)
    before = snapshot()
    for late in (
        partial(move, by=REVIEWER, household=home, area=TOWN, on=DAY, version=opened),
        partial(rename, by=REVIEWER, person=done.people[2], name="韦三三", on=DAY, version=opened),
    ):
        with pytest.raises(Changed) as changed:
            late()
        first, second = changed.value.since
        assert "改名" in first.zh
        assert CLERK.name in first.en
        assert "城乡" in second.zh
    assert snapshot() == before
    move(by=REVIEWER, household=home, area=TOWN, on=DAY, version=opened + 2)
    assert list(ActOn.objects.filter(household=home).order_by("id").values_list("version", flat=True)) == [1, 2, 3, 4]


def test_a_clock_set_back(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home = family().household or 0
    first, then = latest(), snapshot()
    monkeypatch.setattr(moments, "now", lambda: datetime(2001, 1, 1, tzinfo=UTC))
    move(by=CLERK, household=home, area=TOWN, on=DAY)
    second, now = latest(), snapshot()
    assert second.recorded_at == first.recorded_at + timedelta(microseconds=1)
    assert (second.kind, second.on) == ("move", DAY)
    assert Household.objects.get(pk=home).area == TOWN
    assert (snapshot(first.recorded_at), snapshot(second.recorded_at)) == (then, now)
    register_household(by=CLERK, area=TOWN, members=[someone("晚", born="2026-01-01")], on=date(2026, 2, 1))
    assert Act.objects.values("recorded_at").distinct().count() == Act.objects.count()


def test_a_batch_is_taken_back_whole(db: str) -> None:
    people = [batch.NewPerson(f"p{i}", f"批{i}", {"id": IDS[i]}) for i in range(4)]
    homes = [batch.NewHousehold(f"h{i}", VILLAGE_CODE) for i in range(2)]
    where = [batch.NewMembership(f"h{i // 2}", f"p{i}", head=i % 2 == 0) for i in range(4)]
    said = [batch.NewStatement("导入", household="h0", values={"城乡": "农村"})]
    loaded = load(by=CLERK, batch=batch.Batch(people, homes, where, said), on=BEGAN)
    full = snapshot(), columns()
    renamed = rename(by=CLERK, person=loaded.people["p0"], name="改名", on=DAY)
    with pytest.raises(BuiltOn) as built:
        undo(by=CLERK, act=loaded.act, on=DAY)
    assert built.value.acts == (renamed.act,)
    undo(by=CLERK, act=renamed.act, on=DAY)
    undo(by=CLERK, act=loaded.act, on=DAY, why="导错了文件")
    assert snapshot() == []
    assert not Term.objects.exists()
    undo(by=SYSTEM, act=latest().id, on=DAY)
    assert (snapshot(), columns()) == full
    assert Term.objects.filter(term="批3").exists()
