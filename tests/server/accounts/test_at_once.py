"""Two at the same time: only one gets what only one may have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread

from django.db import connections

from doudi.server.accounts import actions, selectors
from doudi.server.accounts.codes import code_at
from doudi.server.areas import selectors as areas
from doudi.server.areas.actions import ensure, recode
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Refused
from tests.server import cast
from tests.server.accounts.conftest import DAY, PASSWORD, SINCE, official, request


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What came of each, in threads of their own: done, or the code of the refusal; sorted."""
    found: list[str] = []
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(30)
            act()
            found.append("done")
        except Refused as refused:
            found.append(refused.code)
        except Exception as error:  # noqa: BLE001 - shown by the test that then fails
            found.append(repr(error))
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(found)


def divisions() -> None:
    ensure(cast.SYSTEM, [NewDivision(code, name) for code, name in cast.NAMES.items()], SINCE)


def test_posts_that_one_person_may_not_hold_together(committed: dict[str, str]) -> None:
    divisions()
    who = official()

    def give(role: str, area: str) -> Callable[[], object]:
        return lambda: actions.give_post(by=cast.SYSTEM, official=who, role=role, area=area, since=DAY)

    assert at_once(give("reviewer", cast.TOWN), give("confirming", cast.COUNTY)) == ["done", "posts-apart"]
    assert len(selectors.posts_of(who)) == 1


def test_one_username_and_one_first_administrator(committed: dict[str, str]) -> None:
    divisions()
    assert at_once(*[official] * 3) == ["done", "username-taken", "username-taken"]

    def first(name: str) -> Callable[[], object]:
        return lambda: actions.first_administrator(by=cast.SYSTEM, username=name, name="梁管", area="", on=DAY)

    assert at_once(first("one-admin"), first("two-admin")) == ["done", "has-administrator"]


def test_one_code_is_taken_once(committed: dict[str, str]) -> None:
    divisions()
    me, at = selectors.oneself(official()), now()
    secret = actions.enrol(by=me).secret
    actions.confirm(by=me, code=code_at(secret, at), at=at)
    later = at + timedelta(seconds=30)

    def give() -> None:
        actions.give_code(by=me, code=code_at(secret, later), at=later)

    came = at_once(give, give, give)
    assert came.count("done") == 1
    assert set(came) <= {"done", "wrong-code", "wait"}


def test_one_township_to_two_new_codes(committed: dict[str, str]) -> None:
    divisions()

    def to(code: str) -> Callable[[], object]:
        return lambda: recode(by=cast.SYSTEM, code=cast.TOWN, new_code=code, on=DAY)

    assert at_once(to("451229105"), to("451229106")) == ["done", "no-division"]
    assert len(areas.became(cast.TOWN, date(2010, 1, 1), DAY)) == 1


def test_the_same_divisions_entered_by_two(committed: dict[str, str]) -> None:
    assert at_once(divisions, divisions) == ["done", "done"]
    assert official(password=PASSWORD)


def test_many_wrong_passwords_at_once(committed: dict[str, str]) -> None:
    divisions()
    official()

    def guess() -> None:
        actions.sign_in(request(), username="lanlan", password="not-the-password")

    assert set(at_once(*[guess] * 8)) <= {"wrong-sign-in", "locked"}
    assert at_once(guess) == ["locked"]
