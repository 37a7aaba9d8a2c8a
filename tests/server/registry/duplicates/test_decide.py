"""A person decides; who sees which side; and what the record says of it."""

from __future__ import annotations

import pytest

from doudi.server.audit.models import Entry
from doudi.server.jobs.actions import run_here, start
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused
from doudi.server.registry.actions import merge_people, move, undo
from doudi.server.registry.duplicates.actions import decide, undecide
from doudi.server.registry.duplicates.selectors import count, pair, pairs
from doudi.server.registry.duplicates.waiting import waiting_pairs
from doudi.server.registry.models import Act, Pair, Person
from tests.server.cast import (
    AUDITOR,
    CLERK,
    CONFIRMING,
    FAR_TOWN,
    FAR_VILLAGE,
    NEXT_VILLAGE,
    NOBODY,
    OTHER_COUNTY,
    OTHER_TOWN,
    SYSTEM,
    VILLAGE_CODE,
)
from tests.server.registry.duplicates.conftest import TODAY, an_id, put


def two(other_area: str = NEXT_VILLAGE) -> tuple[Pair, int, int]:
    a = put("韦小明", "1980-01-15", an_id("99010119800115123"), VILLAGE_CODE)
    b = put("韦晓明", "1980-01-15", area=other_area)
    run_here(start(SYSTEM, "duplicates").id)
    return Pair.objects.get(), a, b


def test_evidence_is_shown_to_who_sees_both(db: str) -> None:
    found, a, b = two()
    view = pair(CLERK, found.id)
    assert [s.person for s in view.sides] == [a, b]
    assert view.sides[0].number == "990***********" + an_id("99010119800115123")[-4:]
    assert view.zh[0].startswith("姓名同音")
    assert view.score == sum(e["points"] for e in view.evidence)
    assert pairs(CLERK)[0] == [view]
    assert count(CLERK) == 1
    assert Entry.objects.filter(verb="duplicates.see", official=CLERK.official).count() == 1


def test_who_sees_one_side_learns_where_the_other_is_and_nothing_else(db: str) -> None:
    found, a, b = two(FAR_VILLAGE)
    for reader, mine, other_area in ((CLERK, a, FAR_TOWN), (OTHER_COUNTY, b, VILLAGE_CODE[:9])):
        view = pair(reader, found.id)
        assert not view.whole
        assert [s.person for s in view.sides if s.person] == [mine]
        hidden = next(s for s in view.sides if s.person is None)
        assert (hidden.area, hidden.name, hidden.sex, hidden.born, hidden.number) == (other_area, "", "", None, "")
        assert (view.score, view.evidence, view.zh, view.en) == (None, (), (), ())
        with pytest.raises(NotAllowed):
            decide(by=reader, pair_id=found.id, same=True, why="看起来一样", on=TODAY)
    assert Pair.objects.get().state == "open"


@pytest.mark.parametrize("reader", [OTHER_TOWN, OTHER_COUNTY], ids=["other town", "other county"])
def test_a_pair_of_other_areas_is_not_there(db: str, reader: Actor) -> None:
    found, _, _ = two()
    assert pairs(reader) == ([], None)
    assert count(reader) == 0
    for call in (
        lambda: pair(reader, found.id),
        lambda: decide(by=reader, pair_id=found.id, same=False, why="不是", on=TODAY),
    ):
        with pytest.raises(NotFound) as there:
            call()
        with pytest.raises(NotFound) as nowhere:
            pair(reader, found.id + 1_000)
        assert there.value.code == nowhere.value.code


def test_what_waits_for_me_is_what_i_may_decide(db: str) -> None:
    found, _, b = two()
    assert (waiting_pairs(CLERK).pairs, waiting_pairs(CLERK).since) == (1, found.found_at)
    assert waiting_pairs(CLERK, area=VILLAGE_CODE).pairs == 0, "one of the two is of the next village"
    assert (waiting_pairs(OTHER_TOWN).pairs, waiting_pairs(OTHER_TOWN).since) == (0, None)
    home = Person.objects.get(pk=b).memberships.get(withdrawn=None).household_id
    move(by=SYSTEM, household=home, area=FAR_VILLAGE, on=TODAY)
    assert [waiting_pairs(reader).pairs for reader in (CLERK, OTHER_COUNTY, SYSTEM)] == [0, 0, 1]
    decide(by=SYSTEM, pair_id=found.id, same=False, why="不是一人", on=TODAY)
    assert waiting_pairs(SYSTEM).pairs == 0


def test_a_pair_follows_who_moves(db: str) -> None:
    found, _, b = two()
    assert count(OTHER_COUNTY) == 0
    home = Person.objects.get(pk=b).memberships.get(withdrawn=None).household_id
    move(by=SYSTEM, household=home, area=FAR_VILLAGE, on=TODAY)
    assert [s.area for s in pair(OTHER_COUNTY, found.id).sides] == [VILLAGE_CODE[:9], FAR_VILLAGE]
    assert [s.area for s in pair(CLERK, found.id).sides] == [VILLAGE_CODE, FAR_TOWN]
    with pytest.raises(NotAllowed):
        decide(by=CLERK, pair_id=found.id, same=False, why="不是", on=TODAY)


def test_the_area_of_a_list_narrows_and_never_widens(db: str) -> None:
    two()
    assert count(CONFIRMING, area=VILLAGE_CODE) == 1
    assert count(CONFIRMING, area=FAR_VILLAGE) == 0
    assert count(OTHER_COUNTY, area=VILLAGE_CODE) == 0


def test_without_the_permission(db: str) -> None:
    found, _, _ = two()
    for reader in (NOBODY, AUDITOR):
        with pytest.raises(NotAllowed):
            decide(by=reader, pair_id=found.id, same=False, why="不是", on=TODAY)
    with pytest.raises(NotAllowed):
        pairs(NOBODY)
    with pytest.raises(NotAllowed):
        count(NOBODY)


def test_same_merges_and_is_taken_back(db: str) -> None:
    found, a, b = two()
    decide(by=CLERK, pair_id=found.id, same=True, why="核对户口簿，是同一人", on=TODAY)
    found.refresh_from_db()
    assert (found.state, found.decided_by, found.act_id is not None) == ("same", CLERK.official, True)
    assert Person.objects.get(pk=b).merged_into_id == a
    view = pair(CLERK, found.id)
    assert [(s.person, s.gone) for s in view.sides] == [(a, False), (b, True)]
    assert view.why == "核对户口簿，是同一人"

    undecide(by=CLERK, pair_id=found.id, why="户口簿看错了", on=TODAY)
    found.refresh_from_db()
    assert (found.state, found.act_id) == ("open", None)
    again = Person.objects.get(pk=b)
    assert (again.merged_into_id, again.name, again.area) == (None, "韦晓明", NEXT_VILLAGE)
    said = list(
        Entry.objects.filter(verb__startswith="duplicates.", official=CLERK.official)
        .order_by("seq")
        .values_list("verb", flat=True)
    )
    assert said == ["duplicates.same", "duplicates.see", "duplicates.undecided"]
    assert not any(
        "韦" in e.zh
        for e in Entry.objects.exclude(verb="duplicates.sweep")
        if e.verb.startswith("duplicates.") and e.name != "韦村"
    )


def test_a_merger_that_is_undone_as_an_act_opens_the_pair(db: str) -> None:
    found, a, b = two()
    decide(by=CLERK, pair_id=found.id, same=True, why="同一人", on=TODAY)
    merging = Act.objects.get(kind="merge-people")
    undo(by=CLERK, act=merging.id, on=TODAY, why="错了")
    found.refresh_from_db()
    assert (found.state, found.decided_by, found.why, found.act_id) == ("open", None, "", None)
    assert waiting_pairs(CLERK).pairs == 1
    decide(by=CLERK, pair_id=found.id, same=True, why="还是同一人", on=TODAY)
    assert Person.objects.get(pk=b).merged_into_id == a
    undecide(by=CLERK, pair_id=found.id, why="又错了", on=TODAY)
    undo(by=CLERK, act=Act.objects.order_by("-recorded_at")[0].id, on=TODAY)
    found.refresh_from_db()
    assert (found.state, Person.objects.get(pk=b).merged_into_id) == ("closed", a), "the merger restored settles it"


def test_what_is_said_to_be_the_same_but_is_not_merged_is_decided_again(db: str) -> None:
    found, a, b = two()
    Pair.objects.filter(id=found.id).update(state="same", decided_name=CLERK.name)
    decide(by=CLERK, pair_id=found.id, same=True, why="还是同一人", on=TODAY)
    assert Person.objects.get(pk=b).merged_into_id == a


def test_records_merged_by_hand_leave_no_pair_open(db: str) -> None:
    _, a, b = two()
    merge_people(by=CLERK, keep=b, gone=a, on=TODAY)
    assert Pair.objects.get().state == "closed"


def test_the_other_record_may_be_kept(db: str) -> None:
    found, a, b = two()
    with pytest.raises(Refused):
        decide(by=CLERK, pair_id=found.id, same=True, why="同一人", on=TODAY, keep=b + 1_000)
    decide(by=CLERK, pair_id=found.id, same=True, why="同一人", on=TODAY, keep=b)
    assert Person.objects.get(pk=a).merged_into_id == b


def test_a_decision_sent_twice_is_one_and_another_must_be_taken_back_first(db: str) -> None:
    found, _, _ = two()
    for _ in range(2):
        decide(by=CLERK, pair_id=found.id, same=False, why="两兄弟", on=TODAY)
    assert Entry.objects.filter(verb="duplicates.different").count() == 1
    with pytest.raises(Changed) as told:
        decide(by=CONFIRMING, pair_id=found.id, same=True, why="同一人", on=TODAY)
    assert CLERK.name in told.value.zh
    undecide(by=CONFIRMING, pair_id=found.id, why="要再核实", on=TODAY)
    undecide(by=CONFIRMING, pair_id=found.id, why="要再核实", on=TODAY)
    decide(by=CONFIRMING, pair_id=found.id, same=True, why="同一人", on=TODAY)
    assert Pair.objects.get().state == "same"


def test_a_reason_is_asked_for(db: str) -> None:
    found, _, _ = two()
    with pytest.raises(Refused) as told:
        decide(by=CLERK, pair_id=found.id, same=True, why=" ", on=TODAY)
    assert told.value.field == "why"
    with pytest.raises(Refused) as told:
        undecide(by=CLERK, pair_id=found.id, why="", on=TODAY)
    assert told.value.field == "why"


def test_other_pairs_of_the_merged_record_are_closed(db: str) -> None:
    a = put("韦小明", "1980-01-15")
    b = put("韦晓明", "1980-01-15")
    c = put("韦小铭", "1980-01-15")
    run_here(start(SYSTEM, "duplicates").id)
    assert Pair.objects.count() == 3
    decide(by=CLERK, pair_id=Pair.objects.get(a=a, b=b).id, same=True, why="同一人", on=TODAY)
    assert {(p.a_id, p.b_id): p.state for p in Pair.objects.all()} == {(a, b): "same", (a, c): "open", (b, c): "closed"}


def test_pages_follow_one_another(db: str) -> None:
    for name in ("韦小明", "韦晓明", "韦小铭"):
        put(name, "1980-01-15")
    run_here(start(SYSTEM, "duplicates").id)
    seen: list[int] = []
    after: tuple[int, int] | None = None
    for _ in range(4):
        found, after = pairs(CLERK, after=after, limit=1)
        seen += [p.id for p in found]
        if after is None:
            break
    assert sorted(seen) == sorted(Pair.objects.values_list("id", flat=True))
