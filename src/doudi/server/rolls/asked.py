"""What is asked of a roll, as it stands in an address or in a saved view: plain words, checked, and made into the registry's conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from doudi.server.areas.levels import is_code
from doudi.server.areas.selectors import set_scope
from doudi.server.decisions.selectors.standing import listed_households, standing_households
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.selectors.sieve import HOUSEHOLD_ORDERS, PERSON_ORDERS, Sieve

HOUSEHOLD, PERSON = "household", "person"
OF = (HOUSEHOLD, PERSON)
UNTOLD = "-"
"""In place of a class: it could not be told."""
_OLDEST = 130
_MOST_PEOPLE, _MOST_SETS = 99, 9_999


@dataclass(frozen=True)
class Asked:
    """``kind`` is the class at the last screening (``-``: it could not be told), ``waiting``: some answer waits for something unknown, ``listed``: an
    open item on that screening list. ``within`` is a set of divisions. Ages in whole years, both included. ``keys``: of these households or
    people only; no address says it."""

    of: str = HOUSEHOLD
    area: str = ""
    within: int | None = None
    ledger: str = ""
    kind: str = ""
    listed: str = ""
    waiting: bool = False
    text: str = ""
    people_from: int | None = None
    people_to: int | None = None
    age_from: int | None = None
    age_to: int | None = None
    sex: str = ""
    order: str = "area"
    falling: bool = False
    keys: tuple[int, ...] | None = None

    @property
    def sort(self) -> str:
        """The order as one word: ``-people`` is the largest first."""
        return f"-{self.order}" if self.falling else self.order

    def query(self, *, text: bool = True) -> dict[str, str]:
        """As words of an address, what is not asked left out; ``text`` False: without what was searched for."""
        said: dict[str, Any] = {
            "area": self.area, "set": self.within, "ledger": self.ledger, "class": self.kind, "list": self.listed, "open": self.waiting and "1",
            "q": self.text if text else "", "people_from": self.people_from, "people_to": self.people_to, "age_from": self.age_from,
            "age_to": self.age_to, "sex": self.sex, "sort": self.sort if self.sort != "area" else "",
        }  # fmt: skip
        return {k: str(v) for k, v in said.items() if v not in ("", None, False)}

    def sieve(self, reader: Actor, on: date) -> Sieve:
        """The registry's conditions on the day ``on``. Raises NotAllowed where what is asked is not the reader's to know,
        NotFound for a set of divisions that is not in the reader's areas."""
        among: list[QuerySet[Any]] = []
        if self.kind or self.waiting:
            among.append(
                standing_households(
                    reader,
                    kind="" if self.kind == UNTOLD else self.kind or None,
                    waiting=True if self.waiting else None,
                )
            )
        if self.listed:
            among.append(listed_households(reader, self.listed))
        return Sieve(
            area=self.area, places=None if self.within is None else set_scope(reader, self.within, on), ledger=self.ledger, text=self.text,
            people_from=self.people_from, people_to=self.people_to,
            born_from=_birthday(on, self.age_to + 1) + timedelta(days=1) if self.age_to is not None else None,
            born_to=_birthday(on, self.age_from) if self.age_from is not None else None,
            sex=self.sex, among=tuple(among), order=self.order, falling=self.falling, keys=self.keys,
        )  # fmt: skip


def asked(of: str, words: Mapping[str, str]) -> Asked:
    """What an address says. Raises Refused, naming the field, for what cannot be meant."""
    if of not in OF:
        raise Refused("bad-roll", "没有这种名册。", "There is no such list.", field="of")
    area = words.get("area", "").strip()
    if area and not is_code(area):
        raise Refused(
            "bad-area", f"“{area[:20]}”不是行政区划代码。", f"“{area[:20]}” is no division code.", field="area"
        )
    sort = words.get("sort", "").strip() or "area"
    order = sort.removeprefix("-")
    if order not in (HOUSEHOLD_ORDERS if of == HOUSEHOLD else PERSON_ORDERS):
        raise Refused("bad-order", "不能按这一项排序。", "The list cannot be put in that order.", field="sort")
    ages = of == PERSON
    return Asked(
        of=of, area=area, within=_number(words, "set", 1, _MOST_SETS), ledger=words.get("ledger", "").strip()[:30], kind=words.get("class", "").strip()[:40],
        listed=words.get("list", "").strip()[:40], waiting=words.get("open", "") == "1", text=words.get("q", "").strip()[:120],
        people_from=_number(words, "people_from", 1, _MOST_PEOPLE), people_to=_number(words, "people_to", 1, _MOST_PEOPLE),
        age_from=_number(words, "age_from", 0, _OLDEST) if ages else None, age_to=_number(words, "age_to", 0, _OLDEST) if ages else None,
        sex=words.get("sex", "").strip()[:4] if ages else "", order=order, falling=sort.startswith("-"),
    )  # fmt: skip


def _number(words: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    said = words.get(name, "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) <= 4 and least <= int(said) <= most):
        raise Refused(
            "bad-number", f"请填 {least} 到 {most} 的整数。", f"Give a whole number from {least} to {most}.", field=name
        )
    return int(said)


def _birthday(on: date, years: int) -> date:
    """The latest day of birth of somebody who is ``years`` old on ``on``."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        # Born on 29 February one comes of age on 1 March.
        return date(on.year - years, 2, 28)
