"""Households come on record, and people join and leave them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from doudi.server.audit.models import Entry
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.registry.actions import (
    LawBroken,
    NewMember,
    add_member,
    change_head,
    death,
    leave,
    register_household,
    undo,
)
from doudi.server.registry.actions.members import change_relations
from doudi.server.registry.models import Act, ActOn, Household, Identifier, Person, Statement, Term
from tests.server.cast import AUDITOR, CLERK, FAR_VILLAGE, OTHER_TOWN, SYSTEM, TOWN, VILLAGE_CODE
from tests.server.registry.actions.homes import BEGAN, IDS, columns, family, members, single, snapshot, someone

A_DAY = timedelta(days=1)


def test_a_household_comes_on_record(db: str) -> None:
    done = family(number="H1", other_area=FAR_VILLAGE, address="坡月屯 3 号")
    assert done.household is not None
    home = Household.objects.get(pk=done.household)
    assert (home.number, home.area, home.other_area, home.closed, home.version) == (
        "H1",
        VILLAGE_CODE,
        FAR_VILLAGE,
        False,
        1,
    )
    a, b, c = done.people
    assert members(home.id, BEGAN) == {a: ("户主", True), b: ("配偶", False), c: ("子女", False)}
    head = Person.objects.get(pk=a)
    assert (head.name, head.sex, head.born, head.area, head.other_area) == (
        "韦大",
        "男",
        date(1980, 1, 1),
        VILLAGE_CODE,
        FAR_VILLAGE,
    )
    assert {t.area for t in Term.objects.filter(person=a, term="韦大")} == {VILLAGE_CODE, FAR_VILLAGE}
    entry = Entry.objects.order_by("-seq")[0]
    assert (entry.verb, entry.household, entry.area) == ("registry.register", home.id, VILLAGE_CODE)
    assert "3 人" in entry.zh
    assert "韦" not in entry.zh.replace("韦村", "")
    assert "3 people" in entry.en


def test_nothing_is_half_done(db: str) -> None:
    before = snapshot()
    wrong: tuple[dict[str, Any], ...] = (
        {"members": []},
        {"members": [someone("甲", head=True), someone("乙", head=True)]},
        {"members": [someone("甲"), someone("乙", "七大姑")]},
        {"members": [someone("甲"), someone("  ")]},
        {"members": [someone("甲", born="2021-01-01")]},
        {"members": [someone("甲", born="2999-01-01")]},
        {"members": [someone("甲", identifiers={"id": "123"})]},
        {"members": [someone("甲", identifiers={"tail": "123"})]},
        {"area": "4512"},
        {"area": "12345678901x"},
        {"on": date(2099, 1, 1)},
        {"on": date(1799, 1, 1)},
        {"other_area": "1"},
    )
    for broken in wrong:
        given: dict[str, Any] = {"members": [someone("甲")], "area": TOWN, "on": BEGAN, **broken}
        with pytest.raises(Refused) as refused:
            register_household(by=CLERK, **given)
        assert refused.value.zh
        assert refused.value.en
    with pytest.raises(NotAllowed):
        register_household(by=CLERK, area=FAR_VILLAGE, members=[someone("甲")], on=BEGAN)
    with pytest.raises(NotAllowed):
        register_household(by=AUDITOR, area=TOWN, members=[someone("甲")], on=BEGAN)
    assert snapshot() == before
    assert not Act.objects.exists()
    assert not Person.objects.exists()


def test_numbers_are_sealed_and_found_by_their_blind_index(db: str) -> None:
    done = register_household(
        by=CLERK, area=TOWN, members=[someone("甲", identifiers={"id": f"９９ {IDS[0][2:].lower()}", "phone": "138-0000-0001"})], on=BEGAN
    )  # fmt: skip
    rows = {i.kind: i for i in Identifier.objects.filter(person=done.people[0])}
    assert rows["id"].shown == f"990***********{IDS[0][-4:]}"
    assert IDS[0].encode() not in bytes(rows["id"].cipher)
    assert Term.objects.filter(kind="b", term=bytes(rows["phone"].blind).hex()).exists()
    with pytest.raises(Refused, match="另一人"):
        register_household(by=CLERK, area=TOWN, members=[someone("乙", identifiers={"id": IDS[0]})], on=BEGAN)


def test_sent_twice_it_is_done_once(db: str) -> None:
    first, again = (family(once="k1") for _ in range(2))
    assert again.repeated
    assert (again.act, again.household, again.people) == (first.act, first.household, first.people)
    assert Household.objects.count() == 1
    with pytest.raises(Refused) as refused:
        leave(by=CLERK, person=first.people[1], on=date(2021, 1, 1), once="k1")
    assert refused.value.code == "once-reused"


@pytest.mark.parametrize("how", ["birth", "adoption", "marry-in", "join", "found"])
def test_joining(db: str, how: str) -> None:
    home = family().household or 0
    done = add_member(
        by=CLERK, household=home, member=someone("韦四", "子女", "2022-02-02"), how=how, on=date(2022, 2, 2)
    )
    assert members(home, date(2022, 2, 1)).keys() == members(home, BEGAN).keys()
    assert members(home, date(2022, 2, 2))[done.people[0]] == ("子女", False)


def test_a_marriage_is_one_act(db: str) -> None:
    """Who marries leaves the one household and joins the other on the same day, and taking it back takes back both."""
    first, other = family(), single()
    home, new, (a, b, c) = first.household or 0, other.household or 0, first.people
    day = date(2024, 1, 1)
    change_relations(by=CLERK, household=home, relations={c: "孙子女"}, on=date(2024, 3, 1))
    before = snapshot(), columns()
    done = add_member(by=CLERK, household=new, member=NewMember(person=c, relation="配偶"), how="marry-in", on=day)
    assert members(home, day - A_DAY).keys() == {a, b, c}
    assert members(home, day).keys() == members(home, date(2024, 6, 1)).keys() == {a, b}
    assert members(new, day) == members(new, date(2024, 6, 1)) == {other.people[0]: ("户主", True), c: ("配偶", False)}
    assert set(ActOn.objects.filter(act=done.act).values_list("household", flat=True)) == {home, new, None}
    undo(by=CLERK, act=done.act, on=day)
    assert (snapshot(), columns()) == before


def test_the_head_of_one_household_marries_into_another(db: str) -> None:
    first, other = family(), single()
    home, new, (a, b, c) = first.household or 0, other.household or 0, first.people
    day, before = date(2024, 1, 1), snapshot()
    marrying = partial(
        add_member, by=CLERK, household=new, member=NewMember(person=a, relation="配偶"), how="marry-in", on=day
    )
    with pytest.raises(Refused) as refused:
        marrying()
    assert (refused.value.code, refused.value.field) == ("head-needed", "new_head")
    assert snapshot() == before
    marrying(new_head=b, relations={c: "子女"})
    assert members(home, day) == {b: ("户主", True), c: ("子女", False)}
    assert a in members(new, day)
    alone = single("覃单").people[0]
    add_member(by=CLERK, household=new, member=NewMember(person=alone), how="marry-in", on=day)
    assert alone in members(new, day)


def test_marrying_into_the_own_household_or_from_another_county(db: str) -> None:
    first, other = family(), single()
    with pytest.raises(LawBroken):
        add_member(
            by=CLERK,
            household=first.household or 0,
            member=NewMember(person=first.people[1]),
            how="marry-in",
            on=date(2024, 1, 1),
        )
    far = single("远方", by=SYSTEM, area=FAR_VILLAGE)
    with pytest.raises(NotFound):
        add_member(
            by=CLERK,
            household=other.household or 0,
            member=NewMember(person=far.people[0]),
            how="marry-in",
            on=date(2024, 1, 1),
        )


def test_one_does_not_join_before_birth_nor_twice(db: str) -> None:
    home, other = family(), single()
    with pytest.raises(Refused) as refused:
        add_member(
            by=CLERK, household=home.household or 0, member=someone("婴", born="2022-02-03"), how="birth", on=date(2022, 2, 2)
        )  # fmt: skip
    assert refused.value.code == "before-birth"
    with pytest.raises(LawBroken) as broken:
        add_member(
            by=CLERK, household=home.household or 0, member=NewMember(person=other.people[0]), how="join", on=date(2022, 1, 1)
        )  # fmt: skip
    assert broken.value.code == "two-households"
    leave(by=CLERK, person=other.people[0], on=date(2022, 1, 1))
    add_member(
        by=CLERK,
        household=home.household or 0,
        member=NewMember(person=other.people[0]),
        how="join",
        on=date(2022, 1, 1),
    )
    assert Household.objects.get(pk=other.household or 0).closed


def test_the_head_leaves_and_another_follows(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    with pytest.raises(Refused) as refused:
        leave(by=CLERK, person=a, on=date(2021, 3, 1))
    assert refused.value.code == "head-needed"
    leave(by=CLERK, person=a, on=date(2021, 3, 1), how="divorce", new_head=b, relations={c: "子女"})
    assert members(home, date(2021, 2, 28)) == {a: ("户主", True), b: ("配偶", False), c: ("子女", False)}
    assert members(home, date(2021, 3, 1)) == {b: ("户主", True), c: ("子女", False)}


def test_death(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    with pytest.raises(Refused) as refused:
        death(by=CLERK, person=a, on=date(2022, 6, 1))
    assert refused.value.code == "head-needed"
    with pytest.raises(Refused) as refused:
        death(by=CLERK, person=c, on=date(2010, 5, 5))
    died = death(by=CLERK, person=a, on=date(2022, 6, 1), new_head=b, evidence="死亡证明")
    said = Statement.objects.get(pk=died.row or 0)
    assert said.values == {"健在": False, "死亡日期": "2022-06-01"}
    assert Person.objects.get(pk=a).died == date(2022, 6, 1)
    assert a in members(home, date(2022, 6, 1))
    assert members(home, date(2022, 6, 2)) == {b: ("户主", True), c: ("", False)}
    with pytest.raises(Refused) as refused:
        death(by=CLERK, person=a, on=date(2022, 6, 1))
    assert refused.value.code == "died-already"
    with pytest.raises(Refused) as refused:
        add_member(by=CLERK, household=home, member=NewMember(person=a), how="found", on=date(2022, 7, 1))
    assert refused.value.code == "after-death"
    death(by=CLERK, person=c, on=date(2022, 7, 1))
    death(by=CLERK, person=b, on=date(2022, 7, 1))
    assert Household.objects.get(pk=home).closed


def test_heads_and_relations_change(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    change_head(by=CLERK, household=home, person=b, on=date(2021, 1, 1), relations={a: "配偶"})
    assert members(home, date(2021, 1, 1)) == {a: ("配偶", False), b: ("户主", True), c: ("", False)}
    change_relations(by=CLERK, household=home, relations={c: "子女"}, on=date(2021, 1, 1))
    assert members(home, date(2021, 1, 1))[c] == ("子女", False)
    with pytest.raises(Refused) as refused:
        change_head(by=CLERK, household=home, person=b, on=date(2021, 1, 1))
    assert refused.value.code == "head-already"


def test_what_lies_outside_the_areas_is_not_found(db: str) -> None:
    done = family()
    with pytest.raises(NotFound):
        leave(by=OTHER_TOWN, person=done.people[1], on=date(2021, 1, 1))
    with pytest.raises(NotFound):
        add_member(by=OTHER_TOWN, household=done.household or 0, member=someone("甲"), how="join", on=date(2021, 1, 1))
    with pytest.raises(NotFound):
        leave(by=OTHER_TOWN, person=10**9, on=date(2021, 1, 1))
