"""Posts by date, what one person may not hold together, and who acts in a post."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from doudi.server.accounts import actions, selectors
from doudi.server.accounts.roles import roles
from doudi.server.areas.actions import merge, recode, split
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from tests.server import cast
from tests.server.accounts.conftest import DAY, official
from tests.server.said import said

ONE = timedelta(days=1)


def give(who: int, role: str, area: str, since: date = DAY, until: date | None = None) -> int:
    return actions.give_post(by=cast.SYSTEM, official=who, role=role, area=area, since=since, until=until)


def test_who_acts(tree: str) -> None:
    who = official()
    post = give(who, "reviewer", cast.TOWN)
    actor = selectors.actor(who, post, on=DAY, address="192.0.2.9")
    assert (actor.official, actor.name, actor.role, actor.address) == (who, "蓝兰", "reviewer", "192.0.2.9")
    assert actor.post == "大化瑶族自治县岩滩镇 乡镇审核岗"
    assert actor.scope.prefixes == (cast.TOWN,)
    assert actor.allows("cases.review")
    assert not actor.allows("cases.confirm")


@pytest.mark.parametrize(
    ("role", "area", "said"),
    [
        ("village", cast.VILLAGE_CODE, "大化瑶族自治县岩滩镇第1村 村级救助帮扶岗"),
        ("supervisor", cast.COUNTY, "大化瑶族自治县 督查岗"),
        ("supervisor", cast.PREFECTURE, "河池市 督查岗"),
        ("supervisor", cast.PROVINCE_CODE, "广西壮族自治区 督查岗"),
        ("supervisor", "", "全国 督查岗"),
    ],
)
def test_a_post_as_one_says_it(tree: str, role: str, area: str, said: str) -> None:
    who = official()
    actor = selectors.actor(who, give(who, role, area), on=DAY)
    assert actor.post == said
    assert actor.scope.prefixes == ((area,) if area else ("",))


def test_first_and_last_day(tree: str) -> None:
    who = official()
    post = give(who, "clerk", cast.TOWN, DAY, DAY + 10 * ONE)
    for day, code in ((DAY - ONE, "post-not-begun"), (DAY + 10 * ONE, "post-ended"), (DAY + 11 * ONE, "post-ended")):
        with pytest.raises(NotAllowed) as refused:
            selectors.actor(who, post, on=day)
        assert refused.value.code == code
        assert selectors.posts_of(who, on=day) == ()
    for day in (DAY, DAY + 9 * ONE):
        assert selectors.actor(who, post, on=day).role == "clerk"
        assert [p.id for p in selectors.posts_of(who, on=day)] == [post]


def test_ended_by_date(tree: str) -> None:
    who = official()
    post = give(who, "clerk", cast.TOWN)
    for _ in range(2):
        actions.end_post(by=cast.ADMINISTRATOR, post=post, on=DAY + ONE, why="调离")
    assert selectors.actor(who, post, on=DAY).role == "clerk"
    with pytest.raises(NotAllowed):
        selectors.actor(who, post, on=DAY + ONE)
    with pytest.raises(Refused) as refused:
        actions.end_post(by=cast.ADMINISTRATOR, post=post, on=DAY + 2 * ONE)
    assert refused.value.code == "ended-before"
    assert said("accounts.post-ended") == [
        f"梁管（大化瑶族自治县 系统管理岗）自 2024-07-02 起免去账号 {who}的大化瑶族自治县岩滩镇 乡镇窗口经办岗（岗位 {post}），理由：调离（来自 192.0.2.1）。"
    ]


def test_a_post_never_taken_up(tree: str) -> None:
    who = official()
    post = give(who, "clerk", cast.TOWN, DAY + 10 * ONE)
    actions.end_post(by=cast.SYSTEM, post=post, on=DAY)
    with pytest.raises(NotAllowed):
        selectors.actor(who, post, on=DAY + 10 * ONE)
    assert give(who, "confirming", cast.COUNTY)


@pytest.mark.parametrize("first", ["auditor", "confirming", "policy"])
def test_what_one_person_may_not_hold_together(tree: str, first: str) -> None:
    def place(role: str) -> str:
        found = {12: cast.VILLAGE_CODE, 9: cast.TOWN, 6: cast.COUNTY}
        return next(found[n] for n in (9, 12, 6) if n in roles().roles[role].levels)

    who = official()
    give(who, first, place(first), DAY, DAY + 10 * ONE)
    for other in sorted(roles().roles):
        if other == first:
            continue
        if roles().clash(first, other):
            for day in (DAY, DAY + 9 * ONE):
                with pytest.raises(Refused) as refused:
                    give(who, other, place(other), day, day + ONE)
                assert refused.value.code == "posts-apart"
        else:
            actions.end_post(by=cast.SYSTEM, post=give(who, other, place(other), DAY, DAY + ONE), on=DAY)
        for since, until in ((DAY + 10 * ONE, DAY + 11 * ONE), (DAY - ONE, DAY)):
            actions.end_post(by=cast.SYSTEM, post=give(who, other, place(other), since, until), on=since)


def test_the_pairs_that_must_be_apart() -> None:
    for one, other in (
        ("reviewer", "confirming"), ("confirming", "finance"), *(("auditor", r) for r in roles().roles if r != "auditor"),
    ):  # fmt: skip
        assert roles().clash(one, other)
        assert roles().clash(other, one)
    assert not roles().clash("clerk", "clerk")
    assert {r for r, what in roles().roles.items() if what.second_factor} == {
        "confirming", "finance", "policy", "auditor", "administrator",
    }  # fmt: skip


def test_the_same_role_over_two_places(tree: str) -> None:
    who = official()
    one, two = give(who, "clerk", cast.TOWN), give(who, "clerk", cast.OTHER_TOWN_CODE)
    assert give(who, "clerk", cast.TOWN) == one != two
    with pytest.raises(Refused) as refused:
        give(who, "clerk", cast.TOWN, DAY + ONE)
    assert refused.value.code == "has-post"
    assert [p.area for p in selectors.posts_of(who)] == [cast.OTHER_TOWN_CODE, cast.TOWN]


def test_a_role_over_two_places_is_one_scope(tree: str) -> None:
    who = official()
    one = give(who, "clerk", cast.TOWN)
    two = give(who, "clerk", cast.FAR_TOWN, DAY, DAY + ONE)
    give(who, "village", cast.OTHER_VILLAGE)
    for post, told in (
        (one, "大化瑶族自治县岩滩镇、都安瑶族自治县安阳镇 乡镇窗口经办岗"),
        (two, "都安瑶族自治县安阳镇、大化瑶族自治县岩滩镇 乡镇窗口经办岗"),
    ):
        actor = selectors.actor(who, post, on=DAY)
        assert actor.scope.prefixes == (cast.FAR_TOWN, cast.TOWN)
        assert actor.post == told
    actor = selectors.actor(who, one, on=DAY + ONE)
    assert (actor.scope.prefixes, actor.post) == ((cast.TOWN,), "大化瑶族自治县岩滩镇 乡镇窗口经办岗")
    for code in (cast.OTHER_TOWN_CODE, cast.VILLAGE_CODE, cast.NEXT_VILLAGE):
        give(who, "village" if len(code) == 12 else "clerk", code)
    assert (
        selectors.actor(who, one, on=DAY).post
        == "大化瑶族自治县岩滩镇、都安瑶族自治县安阳镇、大化瑶族自治县大化镇 乡镇窗口经办岗"
    )


def test_nobody_gives_themself_a_post(tree: str) -> None:
    who = official()
    me = replace(cast.ADMINISTRATOR, official=who)
    with pytest.raises(NotAllowed) as refused:
        actions.give_post(by=me, official=who, role="clerk", area=cast.TOWN, since=DAY)
    assert refused.value.code == "own-post"


def test_what_give_post_refuses(tree: str) -> None:
    who = official()
    for role, area, since, until, code in (
        ("clerk", cast.COUNTY, DAY, None, "wrong-level"),
        ("confirming", cast.TOWN, DAY, None, "wrong-level"),
        ("king", cast.TOWN, DAY, None, "no-role"),
        ("clerk", "451229199", DAY, None, "no-division"),
        ("clerk", cast.TOWN, DAY, DAY, "bad-days"),
        ("clerk", cast.FAR_TOWN, DAY, None, "no-division"),
        ("policy", cast.PROVINCE_CODE, DAY, None, "no-division"),
        ("supervisor", "", DAY, None, "no-division"),
    ):
        with pytest.raises(Refused) as refused:
            actions.give_post(by=cast.ADMINISTRATOR, official=who, role=role, area=area, since=since, until=until)
        assert refused.value.code == code
    for by in (cast.CONFIRMING, cast.AUDITOR, cast.NOBODY):
        with pytest.raises(NotAllowed):
            actions.give_post(by=by, official=who, role="clerk", area=cast.TOWN, since=DAY)
    far = official("far", cast.OTHER_COUNTY_CODE)
    with pytest.raises(NotFound):
        actions.give_post(by=cast.ADMINISTRATOR, official=far, role="clerk", area=cast.TOWN, since=DAY)
    with pytest.raises(NotFound):
        actions.end_post(by=cast.ADMINISTRATOR, post=give(far, "clerk", cast.FAR_TOWN), on=DAY)


def test_who_does_not_act(tree: str) -> None:
    who, other = official(), official("other")
    post = give(who, "clerk", cast.TOWN)
    with pytest.raises(NotFound):
        selectors.actor(other, post, on=DAY)
    actions.stop(by=cast.ADMINISTRATOR, official=who)
    with pytest.raises(NotAllowed) as refused:
        selectors.actor(who, post, on=DAY)
    assert refused.value.code == "stopped"
    actions.resume(by=cast.ADMINISTRATOR, official=who)
    assert selectors.actor(who, post, on=DAY).role == "clerk"
    fresh = official("fresh", temporary=True)
    with pytest.raises(NotAllowed) as refused:
        selectors.actor(fresh, give(fresh, "clerk", cast.TOWN), on=DAY)
    assert refused.value.code == "temporary-password"


@pytest.mark.parametrize("role", ["confirming", "finance", "policy", "auditor", "administrator"])
def test_second_factor_outside_the_demonstration(tree: str, role: str) -> None:
    who = official()
    post = give(who, role, cast.COUNTY)
    with pytest.raises(NotAllowed) as refused:
        selectors.actor(who, post, on=DAY)
    assert refused.value.code == "second-factor"
    assert selectors.actor(who, post, on=DAY, second_factor=True).role == role
    with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, demo=True)):
        assert selectors.actor(who, post, on=DAY).role == role


def test_a_post_follows_its_division(tree: str) -> None:
    who = official()
    post = give(who, "clerk", cast.TOWN, date(2010, 1, 1))
    recode(by=cast.SYSTEM, code=cast.TOWN, new_code="451229105", on=date(2020, 1, 1))
    merge(by=cast.SYSTEM, codes=[cast.OTHER_TOWN_CODE], into="451229105", on=date(2021, 1, 1))
    assert selectors.actor(who, post, on=date(2019, 12, 31)).scope.prefixes == (cast.TOWN,)
    assert selectors.actor(who, post, on=date(2020, 1, 1)).scope.prefixes == (cast.TOWN, "451229105")
    assert selectors.actor(who, post, on=DAY).scope.prefixes == (cast.OTHER_TOWN_CODE, cast.TOWN, "451229105")
    split(by=cast.SYSTEM, code="451229105", into=[NewDivision("451229106", "西镇")], on=date(2025, 1, 1))
    assert "451229106" in selectors.actor(who, post, on=date(2025, 1, 1)).scope.prefixes
    fresh = official("fresh")
    new = give(fresh, "clerk", "451229106", date(2025, 1, 1))
    assert selectors.actor(fresh, new, on=date(2025, 1, 1)).scope.prefixes == ("451229106",), (
        "what was split stays with neither"
    )


def test_where_what_is_done_stands_in_the_record(tree: str) -> None:
    """Under the division of the post as it is today, not under one above that and the codes it had; of several posts under what is above all."""
    who = official()
    first = give(who, "reviewer", cast.TOWN)
    recoded = DAY + ONE
    assert selectors.actor(who, first, on=DAY).stands() == cast.TOWN
    recode(by=cast.SYSTEM, code=cast.TOWN, new_code="451229105", on=recoded)
    assert selectors.actor(who, first, on=recoded).scope.prefixes == (cast.TOWN, "451229105")
    assert selectors.actor(who, first, on=recoded).stands() == "451229105"
    give(who, "reviewer", cast.OTHER_TOWN_CODE)
    assert selectors.actor(who, first, on=recoded).stands() == cast.COUNTY
    assert selectors.oneself(who).stands() == cast.COUNTY
