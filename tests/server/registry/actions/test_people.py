"""What people are called and known by; two records of one person; numbers shown."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.audit.models import Entry
from doudi.server.lib.blind import blind
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused
from doudi.server.registry.actions import (
    BuiltOn,
    Done,
    LawBroken,
    NewMember,
    correct_identifier,
    correct_name,
    drop_identifier,
    enrol,
    identify,
    merge_people,
    register_household,
    rename,
    reveal,
    state,
    undo,
    unmerge,
)
from doudi.server.registry.models import Act, Enrolment, Identifier, Membership, Person, PersonName, Statement, Term
from tests.server.cast import AUDITOR, CLERK, OTHER_TOWN, OTHER_VILLAGE, SYSTEM, VILLAGE, VILLAGE_CODE
from tests.server.registry.actions.homes import BEGAN, IDS, columns, family, members, name_of, single, snapshot

DAY = date(2022, 3, 1)


def numbers(person: int) -> list[tuple[str, date, date | None]]:
    rows = Identifier.objects.filter(person=person, withdrawn=None).order_by("since", "id")
    return list(rows.values_list("kind", "since", "until"))


def test_a_new_name_and_a_corrected_one(db: str) -> None:
    a, b, _ = family().people
    rename(by=CLERK, person=a, name="韦新", on=DAY)
    assert name_of(a) == "韦新"
    assert set(PersonName.objects.filter(person=a, withdrawn=None).values_list("name", "until")) == {
        ("韦大", DAY),
        ("韦新", None),
    }
    assert Term.objects.filter(person=a, term="韦大").exists()
    correct_name(by=CLERK, person=b, name="韦贰", on=DAY, why="录入错误")
    assert list(PersonName.objects.filter(person=b, withdrawn=None).values_list("name", "since")) == [("韦贰", BEGAN)]
    for wrong in (
        {"name": "韦新", "on": DAY},
        {"name": "", "on": DAY},
        {"name": "早", "on": date(2010, 1, 1)},
        {"name": "长" * 81, "on": DAY},
    ):
        with pytest.raises(Refused):
            rename(by=CLERK, person=a, **wrong)  # type: ignore[arg-type]


def test_numbers_come_and_go(db: str) -> None:
    a, b, _ = family().people
    phone = identify(by=CLERK, person=a, kind="phone", number="13800000001", on=BEGAN)
    identify(by=CLERK, person=a, kind="phone", number="13800000002", on=DAY)
    identify(by=CLERK, person=a, kind="id", number=IDS[0], on=BEGAN)
    identify(by=CLERK, person=a, kind="id", number=IDS[1], on=DAY)
    assert numbers(a) == [("phone", BEGAN, None), ("id", BEGAN, DAY), ("phone", DAY, None), ("id", DAY, None)]
    drop_identifier(by=CLERK, identifier=phone.row or 0, on=DAY)
    assert ("phone", BEGAN, DAY) in numbers(a)
    with pytest.raises(Refused) as refused:
        identify(by=CLERK, person=b, kind="id", number=IDS[1], on=DAY)
    assert refused.value.code == "id-taken"
    identify(by=CLERK, person=b, kind="id", number=IDS[1], on=DAY, shared=True)
    with pytest.raises(Refused) as refused:
        identify(by=CLERK, person=a, kind="phone", number="138 0000 0002", on=DAY)
    assert refused.value.code == "number-there"
    with pytest.raises(Changed):
        drop_identifier(by=CLERK, identifier=phone.row or 0, on=DAY)
    with pytest.raises(NotFound):
        drop_identifier(by=CLERK, identifier=10**9, on=DAY)


def test_a_number_entered_wrongly(db: str) -> None:
    a = family().people[0]
    wrong = identify(by=CLERK, person=a, kind="id", number=IDS[0], on=BEGAN)
    right = correct_identifier(by=CLERK, identifier=wrong.row or 0, number=IDS[2], why="录错一位", on=DAY)
    assert numbers(a) == [("id", BEGAN, None)]
    assert reveal(by=CLERK, identifier=right.row or 0, why="核对") == IDS[2]


def test_showing_a_number_is_on_record(db: str) -> None:
    a = family().people[0]
    row = identify(by=CLERK, person=a, kind="card", number="6222 0000 0000 0001", on=BEGAN).row or 0
    with pytest.raises(NotAllowed):
        reveal(by=VILLAGE, identifier=row, why="看看")
    with pytest.raises(Refused):
        reveal(by=CLERK, identifier=row, why="  ")
    with pytest.raises(NotFound):
        reveal(by=OTHER_TOWN, identifier=row, why="核对发放账户")
    with pytest.raises(NotAllowed):
        reveal(by=AUDITOR, identifier=row, why="核对发放账户")
    before = Entry.objects.count()
    assert reveal(by=CLERK, identifier=row, why="核对发放账户") == "6222000000000001"
    entry = Entry.objects.order_by("-seq")[0]
    assert Entry.objects.count() == before + 1
    assert (entry.verb, entry.person, entry.why) == ("registry.reveal", a, "核对发放账户")
    assert "6222" not in entry.zh + entry.en + str(entry.params)


def test_two_records_of_one_person(db: str) -> None:
    first, second = family(), single()
    a, gone = first.people[1], second.people[0]
    before = snapshot(), columns()
    identify(by=CLERK, person=a, kind="id", number=IDS[0], on=BEGAN)
    identify(by=CLERK, person=gone, kind="id", number=IDS[1], on=BEGAN)
    identify(by=CLERK, person=gone, kind="phone", number="13800000001", on=BEGAN)
    state(by=CLERK, source="申报", person=gone, values={"在业": True}, on=BEGAN)
    enrol(by=CLERK, ledger="残疾人", person=a, on=date(2021, 1, 1))
    enrol(by=CLERK, ledger="残疾人", person=gone, on=BEGAN)
    settled = snapshot(), columns()
    merge_people(by=CLERK, keep=a, gone=gone, on=DAY, why="同一人重复建档")
    assert Person.objects.get(pk=gone).merged_into_id == a
    assert not Membership.objects.filter(person=gone, withdrawn=None).exists()
    assert members(first.household or 0, DAY).keys() == set(first.people)
    assert sorted(k for k, _, _ in numbers(a)) == ["id", "phone"]
    assert Statement.objects.get(withdrawn=None, values={"在业": True}).person_id == a
    assert list(Enrolment.objects.filter(person=a, withdrawn=None).order_by("since").values_list("since", "until")) == [
        (BEGAN, date(2021, 1, 1)), (date(2021, 1, 1), None),
    ]  # fmt: skip
    assert set(Term.objects.filter(term="蒙一").values_list("person", flat=True)) <= {a}
    with pytest.raises(Refused) as refused:
        rename(by=CLERK, person=gone, name="蒙二", on=DAY)
    assert refused.value.code == "person-merged"
    unmerge(by=CLERK, gone=gone, on=DAY)
    assert (snapshot(), columns()) == settled
    assert Term.objects.filter(term="蒙一", person=gone).exists()
    with pytest.raises(Refused):
        unmerge(by=CLERK, gone=gone, on=DAY)
    merge_people(by=CLERK, keep=a, gone=gone, on=DAY)
    unmerge(by=CLERK, gone=gone, on=DAY)
    assert (snapshot(), columns()) == settled
    assert before != settled


def test_merging_a_head_wants_another(db: str) -> None:
    first, second = family(), family(area=OTHER_VILLAGE, by=SYSTEM)
    with pytest.raises(LawBroken) as broken:
        merge_people(by=SYSTEM, keep=first.people[0], gone=second.people[0], on=DAY)
    assert broken.value.code == "head-needed"
    home = second.household or 0
    merge_people(by=SYSTEM, keep=first.people[0], gone=second.people[0], on=DAY, new_heads={home: second.people[1]})
    assert members(home, BEGAN) == {second.people[1]: ("户主", True), second.people[2]: ("", False)}


def test_the_same_person_twice_in_one_household(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    merge_people(by=CLERK, keep=b, gone=a, on=DAY)
    assert members(home, DAY) == {b: ("户主", True), c: ("子女", False)}


def test_what_is_built_on_a_merge_comes_first(db: str) -> None:
    first, second = family(), single()
    said = state(by=CLERK, source="申报", person=second.people[0], values={"在业": True}, on=BEGAN)
    merged = merge_people(by=CLERK, keep=first.people[0], gone=second.people[0], on=DAY)
    with pytest.raises(BuiltOn) as built:
        undo(by=CLERK, act=said.act, on=DAY)
    assert built.value.acts == (merged.act,)


def registered(name: str, number: str) -> Done:
    return register_household(
        by=CLERK, area=VILLAGE_CODE, members=[NewMember(name, identifiers={"id": number})], on=BEGAN
    )  # fmt: skip


def owners(number: str) -> set[int]:
    index = blind("id", number)
    return set(Identifier.objects.filter(kind="id", blind=index, withdrawn=None).values_list("person_id", flat=True))


def test_a_number_that_went_to_somebody_else_does_not_come_back(db: str) -> None:
    a = registered("韦甲", IDS[0]).people[0]
    row = Identifier.objects.get(person=a).id
    act = correct_identifier(by=CLERK, identifier=row, number=IDS[1], why="写错", on=DAY).act
    second = registered("黄乙", IDS[0])
    before = snapshot(), columns()
    with pytest.raises(BuiltOn) as built:
        undo(by=CLERK, act=act, on=DAY)
    assert built.value.acts == (second.act,)
    assert (snapshot(), columns()) == before
    assert owners(IDS[0]) == {*second.people}
    undo(by=CLERK, act=second.act, on=DAY)
    back = undo(by=CLERK, act=act, on=DAY)
    assert owners(IDS[0]) == {a}
    with pytest.raises(BuiltOn) as built:
        undo(by=CLERK, act=Act.objects.get(undoes=second.act).id, on=DAY)
    assert built.value.acts == (back.act,)
    assert owners(IDS[0]) == {a}, "nor does a registration that was undone"


def test_a_merger_whose_number_went_to_somebody_else_stands(db: str) -> None:
    keep, gone = registered("韦甲", IDS[0]).people[0], registered("韦家", IDS[1]).people[0]
    act = merge_people(by=CLERK, keep=keep, gone=gone, on=DAY).act
    later = registered("黄乙", IDS[1])
    with pytest.raises(BuiltOn) as built:
        unmerge(by=CLERK, gone=gone, on=DAY)
    assert built.value.acts == (later.act,)
    assert Person.objects.get(pk=gone).merged_into_id == keep
    undo(by=CLERK, act=later.act, on=DAY)
    undo(by=CLERK, act=act, on=DAY)
    assert (owners(IDS[0]), owners(IDS[1])) == ({keep}, {gone})


def test_a_number_that_two_shared_knowingly_comes_back(db: str) -> None:
    a, b = registered("韦甲", IDS[0]).people[0], single().people[0]
    identify(by=CLERK, person=b, kind="id", number=IDS[0], on=BEGAN, shared=True)
    row = Identifier.objects.get(person=a).id
    act = correct_identifier(by=CLERK, identifier=row, number=IDS[1], why="写错", on=DAY).act
    undo(by=CLERK, act=act, on=DAY)
    assert owners(IDS[0]) == {a, b}
