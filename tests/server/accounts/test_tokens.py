"""Tokens: what a program may do in an official's post, and what stops it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from doudi.server.accounts import actions, selectors
from doudi.server.accounts.models import Token
from doudi.server.accounts.selectors import oneself
from doudi.server.accounts.shapes import NewToken
from doudi.server.areas.actions import changing, recode
from doudi.server.audit.models import Entry
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from tests.server import cast
from tests.server.accounts.conftest import official

SINCE = date(2000, 1, 1)


@pytest.fixture
def clerk(tree: str) -> tuple[int, int]:
    """An official and the post of a clerk of the township."""
    who = official()
    return who, actions.give_post(by=cast.SYSTEM, official=who, role="clerk", area=cast.TOWN, since=SINCE)


def make(
    who: int, post: int, *, days: int = 30, permissions: Collection[str] | None = None, areas: Collection[str] = (), second_factor: bool = False,
    once: str = "",
) -> NewToken:  # fmt: skip
    return actions.make_token(
        by=oneself(who, address="192.0.2.9"), post=post, name="县平台", days=days, on=day_of(now()), permissions=permissions, areas=areas,
        second_factor=second_factor, once=once,
    )  # fmt: skip


def works(secret: str) -> None:
    assert selectors.by_token(secret, at=now()).actor.official is not None


def refused(secret: str, at: datetime | None = None) -> str:
    with pytest.raises(NotAllowed) as stopped:
        selectors.by_token(secret, at=at or now())
    return stopped.value.code


def test_a_token_acts_in_its_post_and_is_kept_as_a_hash_only(clerk: tuple[int, int]) -> None:
    made = make(*clerk)
    bearer = selectors.by_token(made.secret, at=now(), address="192.0.2.7")
    whole = selectors.actor(*clerk, on=day_of(now()))
    assert (bearer.actor.official, bearer.actor.post, bearer.actor.scope, bearer.actor.may) == (
        whole.official, whole.post, whole.scope, whole.may,
    )  # fmt: skip
    assert bearer.actor.address == f"192.0.2.7 token {made.token.id}"
    row = Token.objects.get()
    kept = " ".join(str(bytes(v) if isinstance(v, memoryview | bytes) else v) for v in vars(row).values())
    assert made.secret not in kept
    assert made.secret.encode() not in bytes(row.hash)
    assert row.ends == made.secret[-4:]
    assert len(made.secret) > 40


def test_it_is_narrowed_to_what_it_was_given(clerk: tuple[int, int]) -> None:
    made = make(*clerk, permissions=["registry.read"], areas=[cast.VILLAGE_CODE])
    who = selectors.by_token(made.secret, at=now()).actor
    assert who.may == {"registry.read"}
    assert who.scope.prefixes == (cast.VILLAGE_CODE,)


def test_it_is_never_more_than_the_post(clerk: tuple[int, int]) -> None:
    for more in (
        {"permissions": ["audit.read"]},
        {"areas": [cast.OTHER_TOWN_CODE]},
        {"areas": [cast.COUNTY]},
        {"areas": ["4a"]},
    ):
        with pytest.raises(Refused) as stopped:
            make(*clerk, **more)  # type: ignore[arg-type]
        assert stopped.value.code == "beyond-post"
    made = make(*clerk, permissions=["registry.read", "registry.change"])
    # What the post loses later the token loses too.
    Token.objects.update(permissions=["registry.read", "audit.read"], areas=[cast.VILLAGE_CODE, cast.OTHER_VILLAGE])
    who = selectors.by_token(made.secret, at=now()).actor
    assert who.may == {"registry.read"}
    assert who.scope.prefixes == (cast.VILLAGE_CODE,)


def test_an_area_that_the_post_lost_leaves_nothing_and_not_everything(clerk: tuple[int, int]) -> None:
    made = make(*clerk, areas=[cast.VILLAGE_CODE])
    Token.objects.update(areas=[cast.OTHER_VILLAGE])
    who = selectors.by_token(made.secret, at=now()).actor
    assert who.scope.prefixes == ()
    assert not who.scope.covers(cast.VILLAGE_CODE)


@pytest.mark.parametrize("said", ["", "doudi_", "doudi_" + "x" * 43, "Bearer", "doudi_\0", "doudi_\ud800", "长" * 5000])
def test_what_is_no_token(clerk: tuple[int, int], said: str) -> None:
    make(*clerk)
    assert refused(said) == "token-unknown"


def test_it_ends_on_its_day(clerk: tuple[int, int]) -> None:
    made = make(*clerk, days=3)
    assert refused(made.secret, now() + timedelta(days=3, minutes=1)) == "token-expired"
    for days in (0, -1, 367, 10**9):
        with pytest.raises(Refused) as stopped:
            make(*clerk, days=days)
        assert stopped.value.code == "bad-days"


def test_it_stops_at_once_with_its_post_and_its_account(clerk: tuple[int, int]) -> None:
    who, post = clerk
    secret = make(*clerk).secret
    works(secret)
    actions.stop(by=cast.SYSTEM, official=who)
    assert refused(secret) == "stopped"
    actions.resume(by=cast.SYSTEM, official=who)
    works(secret)
    actions.reset_password(by=cast.SYSTEM, official=who, password="another-river-52-stones", on=day_of(now()))
    assert refused(secret) == "temporary-password"
    actions.change_password(by=oneself(who), old="another-river-52-stones", new="third-river-63-stones")
    actions.end_post(by=cast.SYSTEM, post=post, on=day_of(now()) - timedelta(days=1))
    assert refused(secret) == "post-ended"


def test_a_post_that_demands_a_code_gives_no_token_without(tree: str) -> None:
    who = official()
    post = actions.give_post(by=cast.SYSTEM, official=who, role="confirming", area=cast.COUNTY, since=SINCE)
    with pytest.raises(NotAllowed) as stopped:
        make(who, post)
    assert stopped.value.code == "second-factor"
    assert not Token.objects.exists()
    secret = make(who, post, second_factor=True).secret
    works(secret)
    Token.objects.update(second_factor=False)
    assert refused(secret) == "second-factor"
    with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, demo=True)):
        works(secret)


def test_only_for_oneself(clerk: tuple[int, int]) -> None:
    other = official("other")
    with pytest.raises(NotFound):
        make(other, clerk[1])
    with pytest.raises(NotAllowed):
        actions.make_token(by=cast.SYSTEM, post=clerk[1], name="x", days=1, on=day_of(now()))


def test_revoked_by_its_owner_or_who_looks_after_the_account(clerk: tuple[int, int]) -> None:
    other, admin = official("other"), official("admin")
    post = actions.give_post(by=cast.SYSTEM, official=admin, role="administrator", area=cast.COUNTY, since=SINCE)
    keeper = selectors.actor(admin, post, on=day_of(now()), second_factor=True)
    for by, may in ((oneself(other), False), (oneself(clerk[0]), True), (keeper, True)):
        made = make(*clerk)
        if not may:
            with pytest.raises(NotFound):
                actions.revoke_token(by=by, token=made.token.id)
            works(made.secret)
            with pytest.raises(NotAllowed):
                selectors.tokens_of(by, clerk[0])
            continue
        actions.revoke_token(by=by, token=made.token.id)
        assert refused(made.secret) == "token-revoked"
        assert selectors.tokens_of(by, clerk[0])[0].state(now()) == "revoked"
        actions.revoke_token(by=by, token=made.token.id)
    assert Entry.objects.filter(verb="accounts.token-revoked").count() == 2
    with pytest.raises(NotFound):
        actions.revoke_token(by=oneself(other), token=10**9)


def test_a_lost_telephone_takes_its_tokens_along(clerk: tuple[int, int]) -> None:
    plain, guarded = make(*clerk), make(*clerk, second_factor=True)
    actions.reset_second_factor(by=cast.SYSTEM, official=clerk[0], on=day_of(now()), why="手机遗失")
    works(plain.secret)
    assert refused(guarded.secret) == "token-revoked"


def test_the_record_says_so_and_never_the_token(clerk: tuple[int, int]) -> None:
    made = make(*clerk)
    entry = Entry.objects.get(verb="accounts.token-made")
    assert f"接口令牌 {made.token.id}" in entry.zh
    assert made.secret not in entry.zh + entry.en + str(entry.params)


def test_the_same_request_makes_one_token(clerk: tuple[int, int]) -> None:
    first, second = make(*clerk, once="k1"), make(*clerk, once="k1")
    assert first.token.id == second.token.id
    assert (bool(first.secret), second.secret) == (True, "")
    assert Token.objects.count() == 1


def test_not_without_end(clerk: tuple[int, int]) -> None:
    last = [make(*clerk) for _ in range(20)][-1]
    with pytest.raises(Refused) as stopped:
        make(*clerk)
    assert stopped.value.code == "too-many-tokens"
    actions.revoke_token(by=oneself(clerk[0]), token=last.token.id)
    make(*clerk)


def test_when_it_was_last_used(clerk: tuple[int, int]) -> None:
    made = make(*clerk)
    at = datetime.now(UTC) + timedelta(hours=1)
    for minutes, noted in ((0, 0), (4, 0), (6, 6)):
        selectors.by_token(made.secret, at=at + timedelta(minutes=minutes))
        assert selectors.tokens_of(oneself(clerk[0]), clerk[0])[0].last_used_at == at + timedelta(minutes=noted)


def test_a_token_of_a_village_reaches_it_under_its_new_code(clerk: tuple[int, int]) -> None:
    made = make(*clerk, areas=[cast.VILLAGE_CODE])
    day = day_of(now())
    new_town = "451229105"
    recode(by=cast.ADMINISTRATOR, code=cast.TOWN, new_code=new_town, on=day + timedelta(days=1))

    def reached(after: timedelta) -> tuple[set[str], str]:
        found = selectors.by_token(made.secret, at=now() + after).actor
        return set(found.scope.prefixes), found.office

    assert reached(timedelta()) == ({cast.VILLAGE_CODE}, cast.VILLAGE_CODE)
    # And the old code besides: records of the past stand under it.
    assert reached(timedelta(days=2)) == ({cast.VILLAGE_CODE, new_town + "201"}, new_town + "201")


def test_a_token_does_not_reach_another_place_that_is_given_its_code(
    clerk: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # It is refused today; a record taken over from elsewhere may hold such codes.
    monkeypatch.setattr(changing, "_not_of_another", lambda *_: None)
    made = make(*clerk, areas=[cast.VILLAGE_CODE])
    day = day_of(now())
    moved = cast.TOWN + "209"
    recode(by=cast.ADMINISTRATOR, code=cast.VILLAGE_CODE, new_code=moved, on=day + timedelta(days=1))
    recode(by=cast.ADMINISTRATOR, code=cast.NEXT_VILLAGE, new_code=cast.VILLAGE_CODE, on=day + timedelta(days=3))
    assert set(selectors.by_token(made.secret, at=now() + timedelta(days=5)).actor.scope.prefixes) == {moved}
