"""Every read of the registry. Each selector narrows to the reader's areas, and records what it showed; what lies outside is NotFound."""

from __future__ import annotations

from doudi.server.registry.selectors.finding import find
from doudi.server.registry.selectors.lists import (
    count_households,
    count_people,
    counts_by_area,
    counts_by_ledger,
    households,
    ledger_list,
    people,
)
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.single import household, person, timeline
from doudi.server.registry.selectors.stated import facts_of
from doudi.server.registry.selectors.views import (
    EnrolmentRow,
    Found,
    Happened,
    HouseholdFacts,
    HouseholdRow,
    HouseholdView,
    MemberFacts,
    MemberView,
    Page,
    PersonRow,
    PersonView,
)

__all__ = [
    "EnrolmentRow", "Found", "Happened", "HouseholdFacts", "HouseholdRow", "HouseholdView", "MemberFacts", "MemberView", "Page", "PersonRow",
    "PersonView", "count_households", "count_people", "counts_by_area", "counts_by_ledger", "facts_of", "find", "household", "households",
    "ledger_list", "people", "person", "showing", "timeline",
]  # fmt: skip
