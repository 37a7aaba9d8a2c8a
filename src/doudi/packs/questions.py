"""What a family is asked in plain words, and where help is applied for: for people who ask for themselves."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.rules.declared import Citation
from doudi.rules.faults import NOWHERE, Where

Key = tuple[str, str]
"""(entity, fact), or (entity, table) with the table by the name of its entity."""


@dataclass(frozen=True)
class Said:
    """A text in both languages."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh)


@dataclass(frozen=True)
class Way:
    """A way of adding a row: what it is called, and what goes without saying of such a row (fact to value as written)."""

    said: Said
    sets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Question:
    """How a fact, or a table, is asked for.

    ``who`` asks for all rows at once (“who of you …?”): of those ticked ``ticked`` holds, where it is empty they are asked one by one; of
    the others ``rest`` holds: a value as written, ``户.户籍地`` for the household's own, or 无 for a table that has no rows.

    Of a table, ``fields`` are asked when a row is added, ``kinds`` is the category fact of which every value is asked for at once,
    ``since`` names the day of the root from which rows are asked for and ``dated`` the fact that it bounds, ``names`` are the facts by
    which a row is called, ``ways`` the ways of adding one. ``options`` are plainer words for the values of a category. In the texts
    ``{who}`` stands for the row and ``{since}`` for that day.
    """

    key: Key
    said: Said
    hint: Said = Said()
    section: str = ""
    rank: int = 0
    who: Said = Said()
    ticked: str = ""
    rest: str = ""
    fields: tuple[str, ...] = ()
    kinds: str = ""
    since: str = ""
    dated: str = ""
    names: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    options: tuple[tuple[str, Said], ...] = ()
    where: Where = NOWHERE


@dataclass(frozen=True)
class Taken:
    """What is never asked but taken to be so of everybody who asks, and said so: ``value`` as written, or 基准日 for the day."""

    key: Key
    value: str
    said: Said
    where: Where = NOWHERE


@dataclass(frozen=True)
class Desk:
    """Where something is applied for and with what papers. ``cites`` may be empty: then it is shown as for demonstration only."""

    apply: Said
    papers: tuple[Said, ...]
    cites: tuple[Citation, ...]
    where: Where = NOWHERE


@dataclass(frozen=True)
class Section:
    """A part of the interview."""

    name: str
    en: str
    where: Where = NOWHERE


NONE = "无"
THE_DAY = "基准日"
