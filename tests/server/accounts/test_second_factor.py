"""One-time codes: set up, asked for, replayed, guessed, lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user
from django_otp.middleware import OTPMiddleware

from doudi.server.accounts import actions, selectors
from doudi.server.accounts.codes import code_at
from doudi.server.accounts.models import SecondFactor
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotAllowed, Refused
from tests.server import cast
from tests.server.accounts.conftest import DAY, PASSWORD, official, request
from tests.server.said import said

STEP = timedelta(seconds=30)


def me() -> Actor:
    return selectors.oneself(official(), address="192.0.2.7")


def set_up(who: Actor, at: datetime) -> str:
    """Gives the secret."""
    secret = actions.enrol(by=who).secret
    actions.confirm(by=who, code=code_at(secret, at), at=at)
    return secret


def no_wait() -> None:
    SecondFactor.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)


def refused(who: Actor, code: str, at: datetime) -> str:
    with pytest.raises(Refused) as error:
        actions.give_code(by=who, code=code, at=at)
    return error.value.code


def test_set_up_and_used(tree: str) -> None:
    who, at = me(), now()
    shown = actions.enrol(by=who)
    assert shown.uri == (
        f"otpauth://totp/Doudi%3Alanlan?secret={shown.secret}&issuer=Doudi&algorithm=SHA1&digits=6&period=30"
    )
    assert refused(who, code_at(shown.secret, at), at) == "not-enrolled"
    actions.confirm(by=who, code=code_at(shown.secret, at), at=at)
    actions.give_code(by=who, code=code_at(shown.secret, at + STEP), at=at + STEP)
    assert actions.sign_in(request(), username="lanlan", password=PASSWORD).next == "code"
    with pytest.raises(Refused) as error:
        actions.enrol(by=who)
    assert error.value.code == "enrolled-already"
    assert [len(said(f"accounts.{verb}")) for verb in ("enrolling", "enrolled", "code-taken")] == [1, 1, 1]


def test_as_authenticator_apps_make_them() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238
    assert code_at(secret, datetime.fromisoformat("2005-03-18T01:58:29+00:00")) == "081804"


def test_the_secret_is_not_in_the_database(tree: str) -> None:
    secret = set_up(me(), now())
    row = SecondFactor.objects.values_list().get()
    assert secret not in str(row)
    assert secret.encode() not in bytes(SecondFactor.objects.get().cipher)


def test_no_code_twice(tree: str) -> None:
    who, at = me(), now()
    secret = set_up(who, at)
    assert refused(who, code_at(secret, at), at) == "wrong-code", "the code that confirmed"
    no_wait()
    actions.give_code(by=who, code=code_at(secret, at + STEP), at=at + STEP)
    assert refused(who, code_at(secret, at + STEP), at + STEP) == "wrong-code"
    no_wait()
    assert refused(who, code_at(secret, at), at + STEP) == "wrong-code", "nor an earlier one after it"


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_that_is_early_or_late(tree: str, steps: int, good: bool) -> None:
    who, at = me(), now()
    secret = set_up(who, at)
    later = at + 10 * STEP
    code = code_at(secret, later + steps * STEP)
    if good:
        actions.give_code(by=who, code=code, at=later)
    else:
        assert refused(who, code, later) == "wrong-code"


def test_as_people_type_them(tree: str) -> None:
    who, at = me(), now()
    code = code_at(set_up(who, at), at + STEP)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    actions.give_code(by=who, code=f" {wide[:3]} {wide[3:]} ", at=at + STEP)


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "1234567", "-12345", "密码密码密码", "\0\0\0\0\0\0"])
def test_what_is_no_code(tree: str, code: str) -> None:
    who, at = me(), now()
    set_up(who, at)
    assert refused(who, code, at + STEP) == "wrong-code"


def test_a_wait_after_wrong_codes(tree: str) -> None:
    who, at = me(), now()
    secret = set_up(who, at)
    assert refused(who, "000000", at) == "wrong-code"
    assert refused(who, code_at(secret, at + STEP), at + STEP) == "wait", "even the right one is not looked at"
    SecondFactor.objects.update(throttling_failure_timestamp=now() - timedelta(seconds=2))
    assert refused(who, "000000", at) == "wrong-code"
    SecondFactor.objects.update(throttling_failure_timestamp=now() - timedelta(seconds=1), throttling_failure_count=2)
    assert refused(who, code_at(secret, at + STEP), at + STEP) == "wait"
    SecondFactor.objects.update(throttling_failure_timestamp=now() - timedelta(seconds=3))
    actions.give_code(by=who, code=code_at(secret, at + STEP), at=at + STEP)
    assert SecondFactor.objects.get().throttling_failure_count == 0
    assert len(said("accounts.code-failed")) == 2


def test_not_set_up(tree: str) -> None:
    assert refused(me(), "123456", now()) == "not-enrolled"
    assert refused(cast.NOBODY, "123456", now()) == "not-signed-in"
    with pytest.raises(NotAllowed):
        actions.enrol(by=cast.NOBODY)


def test_asked_for_again_before_confirming_it_is_another(tree: str) -> None:
    who, at = me(), now()
    first = actions.enrol(by=who).secret
    second = actions.enrol(by=who).secret
    assert first != second
    with pytest.raises(NotAllowed):
        actions.confirm(by=who, code=code_at(first, at), at=at)
    no_wait()
    actions.confirm(by=who, code=code_at(second, at), at=at)


def test_lost_and_taken_away(tree: str) -> None:
    who, at = me(), now()
    assert who.official
    set_up(who, at)
    for _ in range(2):
        actions.reset_second_factor(by=cast.ADMINISTRATOR, official=who.official, on=DAY, why="手机遗失")
    assert refused(who, "123456", at) == "not-enrolled"
    assert said("accounts.factor-reset") == [
        f"梁管（大化瑶族自治县 系统管理岗）解除了账号 {who.official}的动态码绑定，理由：手机遗失（来自 192.0.2.1）。"
    ]
    set_up(who, at)


def test_a_session_with_a_second_factor(tree: str) -> None:
    who, at = me(), now()
    assert who.official
    secret = set_up(who, at)
    http = request()
    actions.sign_in(http, username="lanlan", password=PASSWORD)

    def verified() -> bool:
        user = OTPMiddleware(lambda _: None)._verify_user_sync(http, get_user(http))
        return bool(user.is_verified())

    assert not verified()
    actions.give_code(by=who, code=code_at(secret, at + STEP), at=at + STEP, request=http)
    assert verified()
    actions.reset_second_factor(by=cast.ADMINISTRATOR, official=who.official, on=DAY, why="")
    assert not verified()
    secret = actions.enrol(by=who).secret
    actions.confirm(by=who, code=code_at(secret, at), at=at, request=http)
    assert verified()
