"""What a pack wants shown of a screened county: by which class and area it is summed up, and the lists beyond who is
missed or wrongly in."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.rules.faults import NOWHERE, Where

Key = tuple[str, str]


@dataclass(frozen=True)
class ListPlan:
    """Rows of ``entity`` on which the truth ``when`` holds (or is unknown), shown with the variables ``show``."""

    name: str
    en: str
    entity: str
    when: str
    show: tuple[str, ...]
    where: Where = NOWHERE


@dataclass(frozen=True)
class ScreeningPlan:
    """``household_class`` and ``person_class`` are category variables, ``area`` the fact whose township a row is
    counted under,
    ``headcount`` the number of members, ``total`` what a household is paid a month in all; ``person_total`` the part of it that is a member's own
    (None: a household of one is not in the total)."""

    household_class: Key
    person_class: Key
    area: Key
    headcount: Key
    total: Key
    lists: tuple[ListPlan, ...] = ()
    person_total: Key | None = None
