"""What an office keeps is still its own under the code that it is given."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.accounts import selectors as accounts
from doudi.server.lib.actor import Actor
from doudi.server.operations import divisions
from doudi.server.registry.actions import NewMember, register_household
from doudi.server.rolls.actions import choose, confirm
from doudi.server.rolls.asked import Asked
from doudi.server.rolls.selectors import choice, office, saved_views
from doudi.server.rolls.views import drop_view, save_view
from tests.server.cast import ADMINISTRATOR, TOWN, VILLAGE_CODE, settled

CHANGE = date(2024, 7, 15)


@pytest.fixture
def cast(db: str) -> dict[str, Actor]:
    return settled()


def later(who: Actor) -> Actor:
    """The official in the post, once the division has its new code."""
    assert who.official is not None
    return accounts.actor(who.official, accounts.posts_of(who.official)[0].id, on=CHANGE)


def test_saved_views_and_choices_go_along_with_the_office(cast: dict[str, Actor]) -> None:
    clerk, reviewer, other = cast["CLERK"], cast["REVIEWER"], cast["OTHER_TOWN"]
    home = register_household(by=clerk, area=VILLAGE_CODE, members=[NewMember("韦大")], on=date(2024, 1, 1)).household
    assert home is not None
    made = choose(by=clerk, of="household", act="enrol", ids=[home], params={"ledger": "低保"}, on=CHANGE, why="会议")
    view = save_view(by=clerk, asked=Asked(), name="我的", shared=True)
    divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code="451229102", on=CHANGE)
    clerk, reviewer, other = later(clerk), later(reviewer), later(other)
    assert office(clerk) == "451229102"
    assert [v.id for v in saved_views(clerk)] == [v.id for v in saved_views(reviewer)] == [view]
    assert saved_views(other) == []
    assert save_view(by=clerk, asked=Asked(), name="我的", shared=False) == view, "one of the same name is replaced"
    assert saved_views(reviewer) == []
    assert choice(clerk, made.id).ids == (home,)
    assert confirm(by=clerk, choice=made.id).state == "done"
    drop_view(by=clerk, view=view)
    assert saved_views(clerk) == []
