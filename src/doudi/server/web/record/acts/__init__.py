"""Acts on a household, each a page with one form."""

from __future__ import annotations

from doudi.server.lib.actor import Actor
from doudi.server.registry.selectors.views import HouseholdView
from doudi.server.web.record.acts import homes, known_by, ledgers, people, said
from doudi.server.web.record.acts.form import ActPage

PAGES: dict[str, ActPage] = {p.slug: p for some in (people, homes, known_by, said, ledgers) for p in some.PAGES}


def offered(by: Actor, view: HouseholdView) -> list[ActPage]:
    """What the household's page offers: what the post may do, and what makes sense for the household as it is."""
    return [p for p in PAGES.values() if p.menu and by.allows(p.permission) and (view.members or p.empty_too)]
