"""A table as data: shown on the page, printed and written to the workbook from the same cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from doudi.screening.reasons import yuan
from doudi.server.web.words import T, english, said

Kind = Literal["text", "count", "money", "share", "month"]
NONE = "—"
"""In place of a figure that there is not; what that means is said beside it."""


@dataclass(frozen=True)
class Cell:
    """``value`` in stored units: money in fen, shares in ten-thousandths; None: there is no such figure. ``href`` opens the list behind it.
    ``chinese``: shown in Chinese whatever the language, as names of places are."""

    value: int | str | date | None
    kind: Kind = "count"
    href: str = ""
    chinese: bool = False

    @property
    def shown(self) -> str:
        value = self.value
        if value is None:
            return NONE
        if isinstance(value, int):
            return {"money": money, "share": share}.get(self.kind, number)(value)
        return f"{value:%Y-%m}" if isinstance(value, date) else str(value)

    @property
    def numeric(self) -> bool:
        return self.kind in ("count", "money", "share")


@dataclass(frozen=True)
class Head:
    text: T
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """``rows`` begin with the name of the row; ``foot`` sums up, where anything does."""

    key: str
    title: T
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...] = ()
    note: T | None = None

    @property
    def label(self) -> T:
        """What the table is called beside the part of the page that it stands in."""
        return T(f"{self.title.zh}（表）", f"{self.title.en} (table)")


@dataclass(frozen=True)
class Links:
    """Addresses of the lists behind figures, and of the figures of other areas. ``lists`` false: this reader may not open lists."""

    area: str
    run: int
    lists: bool
    month: date | None = None
    query: dict[str, str] = field(default_factory=dict)

    def to(
        self, measure: str, key: str = "", *, area: str | None = None, run: int | None = None, exact: bool = False
    ) -> str:
        if not self.lists:
            return ""
        asked = {"run": str(run or self.run), "measure": measure, "key": key, **({"exact": "1"} if exact else {})}
        return f"/figures/{said_area(self.area if area is None else area)}/list?{urlencode(asked)}"

    def figures(self, area: str) -> str:
        asked = {**({"month": f"{self.month:%Y-%m}"} if self.month else {}), **self.query}
        return f"/figures/{said_area(area)}" + (f"?{urlencode(asked)}" if asked else "")


def said_area(area: str) -> str:
    """An area in an address; everything has a word of its own."""
    return area or "all"


def text(value: str | T, *, chinese: bool = False, href: str = "") -> Cell:
    return Cell(str(value), "text", href, chinese)


def heads(first: T, *others: T) -> tuple[Head, ...]:
    return (Head(first, numeric=False), *(Head(t) for t in others))


def number(value: int) -> str:
    return f"{value:,}"


def money(fen: int) -> str:
    return yuan(fen, "en" if english() else "zh")


def share(parts: int) -> str:
    """Ten-thousandths as per cent, to a tenth; what is not all is never said to be all, and what is there never to be nothing."""
    tenths = parts // 10 if parts >= 5_000 else -(-parts // 10)
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


def moved(now: int | None, was: int | None, kind: Kind = "count") -> str:
    """How much more or less than the run before, in words; empty where either is not known."""
    if now is None or was is None:
        return ""
    if now == was:
        return said("与上次相同", "as last time")
    by = abs(now - was)
    size = {"money": money, "share": points}.get(kind, number)(by)
    return (
        said(f"比上次多 {size}", f"{size} more than last time")
        if now > was
        else said(f"比上次少 {size}", f"{size} less than last time")
    )


def points(parts: int) -> str:
    return said(f"{parts / 100:.2f} 个百分点", f"{parts / 100:.2f} points")


def joined(parts: Sequence[str]) -> str:
    return said("，", ", ").join(p for p in parts if p)
