"""The bar at the top: whoever may see the pages of a part of the system finds the way to it, and no door is shut."""

from __future__ import annotations

from doudi.server.accounts.roles import roles
from doudi.server.lib.actor import Actor
from doudi.server.web.doors import all_doors, doors_of
from tests.server.cast import actor
from tests.server.web.matrix import all_entries, url_names

ROLES = {code: actor(code) for code in roles().roles}


def door_to(route: str) -> str | None:
    """The main page that stands above the address ``route``; None for what is reached otherwise, as households are, through search and lists."""
    return next((d for d in all_doors() if d != "/" and (route == d or route.startswith(f"{d}/"))), None)


def shown(by: Actor) -> set[str]:
    return {d.href for d in doors_of(by, "/")}


def test_every_permission_that_has_a_page_has_a_door_for_each_role_that_holds_it() -> None:
    entries = all_entries()
    missing = [
        f"{role}: no door {door}, which leads to {name} ({permission})"
        for name, route in url_names()
        for permission in entries[name].needs
        for role, by in ROLES.items()
        if by.allows(permission) and (door := door_to(f"/{route}")) is not None and door not in shown(by)
    ]
    assert not missing, "\n".join(missing)


def test_no_door_is_shut() -> None:
    entries = all_entries()
    main = {f"/{route}": entries[name] for name, route in url_names() if f"/{route}" in all_doors()}
    assert main.keys() == set(all_doors())
    shut = [
        f"{role}: {door}"
        for role, by in ROLES.items()
        for door in shown(by)
        if main[door].needs and not any(by.allows(p) for p in main[door].needs)
    ]
    assert not shut, "\n".join(shut)


def test_who_has_no_part_in_it_finds_no_door() -> None:
    assert shown(ROLES["partner"]) == shown(ROLES["department"]) == {"/"}
    assert "/simulation" in shown(ROLES["confirming"])
    assert "/simulation" not in shown(ROLES["administrator"])
    assert "/duplicates" not in shown(ROLES["finance"])
