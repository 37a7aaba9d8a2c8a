"""Accounts and the relatives that officials declare."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.accounts import actions, selectors
from doudi.server.accounts.models import Official, Relative
from doudi.server.accounts.roles import read, roles
from doudi.server.lib.blind import blind
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from tests.server import cast
from tests.server.accounts.conftest import PASSWORD, official
from tests.server.said import said

ID, OTHER_ID = "990101198001010012", "990101197502030025"


def number(first: str) -> str:
    from doudi.server.lib.idnumber import check_character

    return first[:17] + check_character(first[:17])


ID, OTHER_ID = number(ID), number(OTHER_ID)


def test_the_roles_that_come_with_doudi() -> None:
    found = roles()
    assert len(found.roles) >= 12
    assert {p for r in found.roles.values() for p in r.permissions} == set(found.permissions)
    assert all(r.zh and r.en and r.levels for r in found.roles.values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"permissions": ["fly"], "levels": ["county"]},
        {"permissions": ["see"], "levels": ["moon"]},
        {"permissions": ["see"], "levels": ["county"], "apart": ["nobody"]},
        {"permissions": ["see"], "levels": []},
    ],
)
def test_roles_that_cannot_be_read(wrong: dict[str, list[str]]) -> None:
    data = {"permissions": {"see": {"zh": "看", "en": "see"}}, "roles": {"one": {"zh": "一", "en": "one", **wrong}}}
    with pytest.raises(ValueError, match="one"):
        read(data)


def test_opened(tree: str) -> None:
    who = actions.make_official(
        by=cast.ADMINISTRATOR, username="Wei.Cun", name=" 韦村 ", password=PASSWORD, area=cast.COUNTY
    )
    shown = selectors.official(cast.ADMINISTRATOR, who)
    assert (shown.username, shown.name, shown.temporary, shown.active, shown.codes, shown.locked) == (
        "wei.cun", "韦村", True, True, False, False,
    )  # fmt: skip
    assert said("accounts.made") == [f"梁管（大化瑶族自治县 系统管理岗）开立了账号 {who}（来自 192.0.2.1）。"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"username": "ab"}, "bad-username"),
        ({"username": "有汉字"}, "bad-username"),
        ({"username": "a b c"}, "bad-username"),
        ({"username": "taken"}, "username-taken"),
        ({"name": ""}, "bad-name"),
        ({"name": "两\n行"}, "bad-name"),
        ({"area": cast.OTHER_COUNTY_CODE}, "no-division"),
        ({"area": ""}, "no-division"),
        ({"area": "451229199"}, "no-division"),
        ({"id_number": "990101198001010011"}, "id-checksum"),
        ({"id_number": "12"}, "id-length"),
    ],
)
def test_what_make_official_refuses(tree: str, given: dict[str, str], code: str) -> None:
    official("taken")
    asked = {"username": "fresh", "name": "新人", "password": PASSWORD, "area": cast.COUNTY, **given}
    with pytest.raises(Refused) as refused:
        actions.make_official(by=cast.ADMINISTRATOR, **asked)  # type: ignore[arg-type]
    assert refused.value.code == code
    with pytest.raises(NotAllowed):
        actions.make_official(by=cast.CLERK, username="fresh", name="新人", password=PASSWORD, area=cast.TOWN)


def test_one_person_has_one_account(tree: str) -> None:
    official(id_number=ID)
    with pytest.raises(Refused) as refused:
        official("second", id_number=ID.lower())
    assert refused.value.code == "person-has-account"
    assert official("third", id_number=OTHER_ID)
    row = Official.objects.get(username="lanlan")
    assert row.shown == ID[:3] + "*" * 11 + ID[-4:]
    assert ID.encode() not in bytes(row.cipher or b"") + bytes(row.blind or b"")


def test_the_accounts_that_a_reader_looks_after(tree: str) -> None:
    for name, area in (
        ("a-county", cast.COUNTY),
        ("b-town", cast.TOWN),
        ("c-far", cast.OTHER_COUNTY_CODE),
        ("d-all", ""),
    ):
        official(name, area)
    assert [o.username for o in selectors.officials(cast.SYSTEM)] == ["a-county", "b-town", "c-far", "d-all"]
    assert [o.username for o in selectors.officials(cast.ADMINISTRATOR)] == ["a-county", "b-town"]
    assert [o.username for o in selectors.officials(cast.ADMINISTRATOR, after="a-county", limit=1)] == ["b-town"]
    assert [o.username for o in selectors.officials(cast.ADMINISTRATOR, text="TOWN")] == ["b-town"]
    assert [o.username for o in selectors.officials(cast.SYSTEM, text="蓝兰", limit=2)] == ["a-county", "b-town"]
    with pytest.raises(NotAllowed):
        selectors.officials(cast.CONFIRMING)
    with pytest.raises(NotFound):
        selectors.official(cast.ADMINISTRATOR, Official.objects.get(username="c-far").pk)


def test_relatives(tree: str) -> None:
    who, other = official(id_number=OTHER_ID), official("other")
    me = selectors.oneself(who)
    entry = actions.declare_relative(by=me, official=who, name="蓝父", relation="父亲", id_number=ID)
    assert (
        actions.declare_relative(by=me, official=who, name="蓝父", relation="父亲", id_number=f" {ID.lower()}") == entry
    )
    assert [(r.name, r.relation, r.shown) for r in selectors.relatives_of(me, who)] == [
        ("蓝父", "父亲", ID[:3] + "*" * 11 + ID[-4:])
    ]
    index, own = blind("id", ID), blind("id", OTHER_ID)
    assert [(m.official, m.relation, m.blind) for m in selectors.relatives_match([index, own, b"x" * 32])] == sorted(
        [(who, "父亲", index), (who, "本人", own)], key=lambda m: m[2]
    )
    assert selectors.relatives_match([index], officials=[other]) == ()
    assert len(selectors.relatives_match([index], officials=[who])) == 1
    assert selectors.relatives_match([]) == ()
    for _ in range(2):
        actions.withdraw_relative(by=me, relative=entry, why="写错了")
    assert selectors.relatives_match([index]) == ()
    assert selectors.relatives_of(me, who) == ()
    assert Relative.objects.count() == 1
    assert not [
        s for s in said("accounts.relative-declared") + said("accounts.relative-withdrawn") if "蓝父" in s or ID in s
    ]
    assert (
        actions.declare_relative(by=cast.ADMINISTRATOR, official=who, name="蓝父", relation="父亲", id_number=ID)
        != entry
    )


def test_whose_relatives(tree: str) -> None:
    who, other = official(), official("other")
    them = selectors.oneself(other)
    with pytest.raises(NotAllowed):
        actions.declare_relative(by=them, official=who, name="蓝父", relation="父亲", id_number=ID)
    entry = actions.declare_relative(
        by=selectors.oneself(who), official=who, name="蓝父", relation="父亲", id_number=ID
    )
    far = cast.actor("administrator", cast.OTHER_COUNTY_CODE, official=99)
    for act in (
        lambda: actions.withdraw_relative(by=them, relative=entry, why=""),
        lambda: actions.withdraw_relative(by=far, relative=entry, why=""),
        lambda: actions.withdraw_relative(by=far, relative=-1, why=""),
        lambda: selectors.relatives_of(them, who),
        lambda: selectors.relatives_of(far, who),
    ):
        with pytest.raises(Refused):
            act()
    assert len(selectors.relatives_of(cast.ADMINISTRATOR, who)) == 1


def test_the_first_administrator(tree: str) -> None:
    day = date(2024, 7, 1)
    who, password = actions.first_administrator(by=cast.SYSTEM, username="first", name="梁管", area=cast.COUNTY, on=day)
    assert password not in said("accounts.made")[0]
    for area in (cast.COUNTY, cast.TOWN):
        with pytest.raises(Refused) as refused:
            actions.first_administrator(by=cast.SYSTEM, username="second", name="梁管", area=area, on=day)
        assert refused.value.code == "has-administrator"
    above, _ = actions.first_administrator(by=cast.SYSTEM, username="above", name="韦管", area="", on=day)
    assert [selectors.administrators(area, day) for area in (cast.COUNTY, cast.OTHER_COUNTY_CODE, "")] == [2, 1, 1]
    actions.stop(by=cast.SYSTEM, official=above)
    actions.end_post(by=cast.SYSTEM, post=selectors.posts_of(who)[0].id, on=date(2024, 8, 1))
    assert [selectors.administrators(cast.COUNTY, date(2024, m, 1)) for m in (6, 7, 8)] == [0, 1, 0]


def test_recovered(tree: str) -> None:
    who = official()
    password = actions.recover(by=cast.SYSTEM, official=who, on=date(2024, 7, 1), why="忘记密码")
    assert Official.objects.get(pk=who).check_password(password)
    assert selectors.by_username(cast.SYSTEM, "LanLan").temporary
    with pytest.raises(NotFound):
        selectors.by_username(cast.SYSTEM, "nobody at all")
