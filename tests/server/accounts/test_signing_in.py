"""Signing in: right, wrong, locked by account and by address, unlocked; passwords."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user
from django.db.models import F

from doudi.server.accounts import actions, locks, selectors, verbs
from doudi.server.accounts.addresses import address_of
from doudi.server.accounts.passwords import generated
from doudi.server.audit.selectors import Search, search
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from tests.server import cast
from tests.server.accounts.conftest import DAY, PASSWORD, official, request
from tests.server.said import said


def wrong(username: str = "lanlan", address: str = "192.0.2.7", times: int = 1) -> list[str]:
    """Tries with a wrong password; gives the codes of the refusals."""
    codes = []
    for _ in range(times):
        with pytest.raises(NotAllowed) as refused:
            actions.sign_in(request(address), username=username, password="not-the-password")
        codes.append(refused.value.code)
    return codes


def pass_by(minutes: int) -> None:
    """So many minutes later, as the lock sees it."""
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=minutes))


def test_right(tree: str) -> None:
    who = official()
    http = request()
    done = actions.sign_in(http, username=" LanLan ", password=PASSWORD)
    assert (done.official, done.name, done.next) == (who, "蓝兰", "")
    assert get_user(http).pk == who
    assert said("accounts.signed-in") == ["蓝兰登录（来自 192.0.2.7）。"]
    actions.sign_out(http, by=selectors.oneself(who, address="192.0.2.7"))
    assert get_user(http).is_anonymous
    assert said("accounts.signed-out") == ["蓝兰退出登录（来自 192.0.2.7）。"]


def test_what_comes_next(tree: str) -> None:
    official("temp", temporary=True)
    assert actions.sign_in(request(), username="temp", password=PASSWORD).next == "password"
    who = official("confirms")
    actions.give_post(by=cast.SYSTEM, official=who, role="confirming", area=cast.COUNTY, since=DAY)
    assert actions.sign_in(request(), username="confirms", password=PASSWORD).next == "enrol"


def test_a_wrong_password_and_an_account_that_is_not_there_are_told_alike(tree: str) -> None:
    who = official()
    words = []
    for name in ("lanlan", "nobody", "a' OR 1=1 --", "pass\0word", "密码写在这里", "x" * 5000):
        with pytest.raises(NotAllowed) as refused:
            actions.sign_in(request("192.0.2.8"), username=name, password="wrong\0")
        words.append(refused.value.zh)
    assert words[:3] == ["账号或密码不对；再错 4 次将锁定 30 分钟。"] * 3
    assert said("accounts.sign-in-failed")[:2] == [
        f"蓝兰登录失败：账号 {who}（来自 192.0.2.8）。", "未登录者登录失败：没有的账号（来自 192.0.2.8）。",
    ]  # fmt: skip
    assert not [s for s in said("accounts.sign-in-failed") if "密码写" in s or "OR 1=1" in s]
    assert "?" in AccessAttempt.objects.values_list("username", flat=True)
    assert not AccessAttempt.objects.filter(post_data__contains="wrong").exists()


def test_an_account_is_locked_from_everywhere(tree: str) -> None:
    who = official()
    assert wrong(times=3) == ["wrong-sign-in"] * 3
    assert wrong(address="192.0.2.20", times=3) == ["wrong-sign-in", "locked", "locked"]
    with pytest.raises(NotAllowed) as refused:
        actions.sign_in(request("192.0.2.30"), username="lanlan", password=PASSWORD)
    assert refused.value.code == "locked"
    assert "已锁定到" in refused.value.zh
    assert len(said("accounts.sign-in-failed")) == 5
    assert said("accounts.locked") == [f"蓝兰因多次输错密码被锁定登录：账号 {who}（来自 192.0.2.20）。"]
    assert selectors.official(cast.ADMINISTRATOR, who).locked
    official("other")
    assert actions.sign_in(request(), username="other", password=PASSWORD).name == "蓝兰"


def test_a_lock_ends_by_itself(tree: str) -> None:
    official()
    wrong(times=5)
    pass_by(29)
    assert wrong() == ["locked"], "trying on neither lengthens the lock nor shortens it"
    pass_by(2)
    assert actions.sign_in(request(), username="lanlan", password=PASSWORD).name == "蓝兰"


def test_unlocked_by_an_administrator(tree: str) -> None:
    who = official()
    wrong(times=5)
    with pytest.raises(NotAllowed):
        actions.unlock(by=cast.CONFIRMING, official=who)
    far = cast.actor("administrator", cast.OTHER_COUNTY_CODE, official=99)
    with pytest.raises(NotFound):
        actions.unlock(by=far, official=who)
    for _ in range(2):
        actions.unlock(by=cast.ADMINISTRATOR, official=who, why="本人来电")
    assert actions.sign_in(request(), username="lanlan", password=PASSWORD).official == who
    assert said("accounts.unlocked") == [
        f"梁管（大化瑶族自治县 系统管理岗）解除了账号 {who}的登录锁定，理由：本人来电（来自 192.0.2.1）。"
    ]


def test_an_address_is_locked_for_all(tree: str) -> None:
    official()
    for n in range(locks.ADDRESS_TRIES // 4):
        assert wrong(f"guess{n}", times=4) == ["wrong-sign-in"] * 4
    assert wrong("guess99") == ["locked"]
    with pytest.raises(NotAllowed) as refused:
        actions.sign_in(request(), username="lanlan", password=PASSWORD)
    assert refused.value.code == "locked"
    assert actions.sign_in(request("192.0.2.44"), username="lanlan", password=PASSWORD).name == "蓝兰"
    actions.unlock_address(by=cast.ADMINISTRATOR, address="192.0.2.7")
    assert actions.sign_in(request(), username="lanlan", password=PASSWORD).name == "蓝兰"


def test_where_the_address_is_not_known_only_accounts_are_locked(tree: str) -> None:
    official()
    for n in range(locks.ADDRESS_TRIES // 4 + 1):
        assert wrong(f"guess{n}", address="", times=4) == ["wrong-sign-in"] * 4
    assert actions.sign_in(request(""), username="lanlan", password=PASSWORD).name == "蓝兰"
    assert wrong(address="", times=5)[-1] == "locked"


def test_a_right_password_forgives_only_its_own_account(tree: str) -> None:
    official()
    wrong(times=4)
    wrong("guess", times=4)
    actions.sign_in(request(), username="lanlan", password=PASSWORD)
    assert wrong(times=4) == ["wrong-sign-in"] * 4
    assert wrong("guess", times=2) == ["locked", "locked"]


def test_a_stopped_account(tree: str) -> None:
    who = official()
    http = request()
    actions.sign_in(http, username="lanlan", password=PASSWORD)
    actions.stop(by=cast.ADMINISTRATOR, official=who, why="调离")
    assert get_user(http).is_anonymous
    with pytest.raises(NotAllowed) as refused:
        actions.sign_in(request(), username="lanlan", password=PASSWORD)
    assert refused.value.code == "wrong-sign-in"
    with pytest.raises(NotFound):
        selectors.oneself(who)


def test_a_new_password(tree: str) -> None:
    who = official(temporary=True)
    me = selectors.oneself(who)
    http = request()
    actions.sign_in(http, username="lanlan", password=PASSWORD)
    with pytest.raises(NotAllowed):
        actions.change_password(by=me, old="wrong", new="other-river-48-stones")
    with pytest.raises(Refused) as refused:
        actions.change_password(by=me, old=PASSWORD, new=PASSWORD)
    assert refused.value.code == "bad-password"
    actions.change_password(by=me, old=PASSWORD, new="other-river-48-stones")
    assert get_user(http).is_anonymous, "sessions under the old password end"
    assert actions.sign_in(request(), username="lanlan", password="other-river-48-stones").next == ""
    with pytest.raises(NotAllowed):
        actions.change_password(by=cast.NOBODY, old=PASSWORD, new=PASSWORD)


@pytest.mark.parametrize(
    ("password", "zh", "en"),
    [
        ("short-47", "12", "12"),
        ("998877665544332", "数字", "digits"),
        ("q1w2e3r4t5y6", "常见", "common"),
        ("lanlan-lanlan", "相似", "similar"),
        ("x" * 129, "128", "128"),
    ],
)
def test_passwords_that_may_not_be_used(tree: str, password: str, zh: str, en: str) -> None:
    with pytest.raises(Refused) as refused:
        official("lanlan-lan", password=password)
    assert refused.value.code == "bad-password"
    assert zh in refused.value.zh
    assert en in refused.value.en
    assert refused.value.zh != refused.value.en


def test_reset_by_an_administrator(tree: str) -> None:
    who = official()
    wrong(times=5)
    temporary = generated()
    actions.reset_password(by=cast.ADMINISTRATOR, official=who, password=temporary, on=DAY)
    assert actions.sign_in(request(), username="lanlan", password=temporary).next == "password"
    assert temporary not in said("accounts.password-reset")[0]


def test_nobody_takes_over_a_higher_account(tree: str) -> None:
    """An administrator of a county must not sign in as an officer of the province, nor lift the demand of codes from the own account."""
    who = official()
    actions.give_post(by=cast.SYSTEM, official=who, role="policy", area=cast.PROVINCE_CODE, since=DAY)
    with pytest.raises(Refused) as refused:
        actions.reset_password(by=cast.ADMINISTRATOR, official=who, password=generated(), on=DAY)
    assert refused.value.code == "higher-post"
    with pytest.raises(Refused) as refused:
        actions.reset_second_factor(by=cast.ADMINISTRATOR, official=who, on=DAY, why="")
    assert refused.value.code == "higher-post"
    mine = cast.actor("administrator", cast.COUNTY, official=who)
    with pytest.raises(Refused) as refused:
        actions.reset_password(by=mine, official=who, password=generated(), on=DAY)
    assert refused.value.code == "own-account"
    with pytest.raises(Refused) as refused:
        actions.reset_second_factor(by=mine, official=who, on=DAY, why="")
    assert refused.value.code == "own-account"


@pytest.mark.parametrize(
    ("direct", "forwarded", "address"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("", "198.51.100.1", "198.51.100.1"),
        ("", "", None),
        ("2001:DB8::1", "", "2001:db8::1"),
    ],
)
def test_where_a_request_comes_from(direct: str, forwarded: str, address: str | None) -> None:
    http = request()
    http.META.update(REMOTE_ADDR=direct, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(http) == address


def test_the_county_s_auditor_sees_who_tried_to_sign_in(tree: str) -> None:
    who = official(area=cast.TOWN)
    actions.sign_in(request(), username="lanlan", password=PASSWORD)
    wrong(times=5)
    wrong("nobody")

    def seen(auditor: Actor) -> list[str]:
        found = (e.verb for e in search(auditor, Search(verb="accounts.")).entries)
        return [v for v in found if v in (verbs.SIGNED_IN.code, verbs.FAILED.code, verbs.LOCKED.code)]

    tries = [verbs.LOCKED.code, *[verbs.FAILED.code] * 5, verbs.SIGNED_IN.code]
    for reads in (cast.COUNTY, cast.TOWN):
        assert seen(cast.actor("auditor", reads)) == tries
    assert (
        seen(cast.actor("auditor", cast.OTHER_TOWN_CODE)) == seen(cast.actor("auditor", cast.OTHER_COUNTY_CODE)) == []
    )
    # A try at no account at all is nobody's but the whole system's.
    assert seen(cast.SYSTEM) == [verbs.FAILED.code, *tries]
    assert {e.area for e in search(cast.SYSTEM, Search(official=who)).entries} == {cast.TOWN}
