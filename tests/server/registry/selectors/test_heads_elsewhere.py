"""Who headed a household once and lives elsewhere now is not named to its office: not by the page, a list, a roll or a line of any."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.areas.actions import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib.actor import Actor
from doudi.server.registry.actions import NewMember, add_member, enrol, leave
from doudi.server.registry.selectors import household, households, ledger_list
from doudi.server.registry.selectors.named import named_households
from doudi.server.registry.selectors.rolls import household_roll, households_by_id
from doudi.server.registry.selectors.sieve import Sieve
from tests.server.cast import CLERK, FAR_VILLAGE, NAMES, OTHER_COUNTY, PREFECTURE, SYSTEM, actor
from tests.server.registry.actions.homes import family, single

GONE = date(2022, 1, 1)
BOTH = actor("confirming", PREFECTURE, official=900)


@pytest.fixture
def home(db: str) -> int:
    """A family whose head left for another county, where there is a household to belong to."""
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
    made = family()
    assert made.household is not None
    far = single("潘远", by=OTHER_COUNTY, area=FAR_VILLAGE).household
    assert far is not None
    head, spouse, _ = made.people
    enrol(by=CLERK, ledger="低保", household=made.household, on=date(2020, 1, 1))
    leave(by=CLERK, person=head, on=GONE, new_head=spouse)
    add_member(by=BOTH, household=far, member=NewMember(person=head, relation=""), how="join", on=GONE)
    return made.household


def told(reader: Actor, home: int, on: date) -> set[str]:
    """The head by every list that tells of one."""
    on_ledger = [r.household.head for r in ledger_list(reader, "低保", on=on).rows if r.household is not None]
    return {
        *(m.name for m in household(reader, home, as_of=on).members if m.head),
        *(r.head for r in households(reader, on=on).rows if r.id == home),
        *(r.household.head for r in household_roll(reader, Sieve(), on=on).rows if r.household.id == home),
        *on_ledger,
        households_by_id(reader, [home], on=on)[home].head,
        named_households(reader, [home], on=on)[home].head,
    }


def test_a_head_who_moved_away_is_named_only_to_who_may_see_both(home: int) -> None:
    before = date(2021, 12, 31)
    assert told(CLERK, home, before) == {""}
    assert told(BOTH, home, before) == told(SYSTEM, home, before) == {"韦大"}
    assert told(CLERK, home, GONE) == {"韦二"}
