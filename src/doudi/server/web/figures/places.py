"""The divisions below an area: which figure of theirs is looked at, as tiles and as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from doudi.server.areas.levels import LEVELS
from doudi.server.areas.selectors import children, names_of
from doudi.server.decisions.running import claims as c
from doudi.server.decisions.selectors.figures import Figures
from doudi.server.lib.actor import Actor
from doudi.server.policybook.naming import Said
from doudi.server.web.figures.blocks import Words
from doudi.server.web.figures.tables import Cell, Head, Kind, Links, Table, text
from doudi.server.web.figures.tiles import Tile, TileMap, drawn
from doudi.server.web.words import T

_CLASS = "class:"


@dataclass(frozen=True)
class Look:
    """One figure to look at place by place. ``of`` gives it; ``measure`` and ``key`` name the list behind it."""

    code: str
    name: T
    kind: Kind
    of: Callable[[Figures], int | None]
    measure: str
    key: str = ""


@dataclass(frozen=True)
class Places:
    """``level`` is what the divisions below are called."""

    level: T
    look: Look
    looks: tuple[Look, ...]
    map: TileMap
    table: Table

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Each shade with the values that have it, as written."""
        return [
            (s.colour, _span(Cell(s.least, self.look.kind).shown, Cell(s.most, self.look.kind).shown))
            for s in self.map.legend
        ]

    @property
    def gaps(self) -> bool:
        """Whether there are divisions without the figure."""
        return self.map.gaps


def looks(words: Words) -> tuple[Look, ...]:
    """What can be looked at, households first."""

    def step(code: str, name: T, key: str, part: str = "households", kind: Kind = "count") -> Look:
        return Look(code, name, kind, lambda f: int(getattr(f.of(c.STEP, key), part)), c.STEP, key)

    def claims(measure: str, name: T) -> Look:
        return Look(measure, name, "count", lambda f: f.all_of(measure).items, measure)

    def by_class(kind: Said) -> Look:
        name = T(f"{kind.zh}（户）", f"Households: {kind.en}")
        return Look(f"{_CLASS}{kind.zh}", name, "count", lambda f: f.of(c.CLASS, kind.zh).households, c.CLASS, kind.zh)

    return (
        step("households", T("家庭（户）", "Households"), c.SCREENED),
        step("people", T("人口", "People"), c.SCREENED, "people"),
        step("entitled", T("应享至少一项（户）", "Due something (households)"), c.ENTITLED),
        step("receiving", T("在领应享项目（户）", "Receiving some of it (households)"), c.RECEIVING),
        step("due", T("每月应发", "Due a month"), c.SCREENED, "amount", "money"),
        Look("coverage", T("领取率", "Coverage"), "share", lambda f: f.coverage(), c.TAKEN),
        claims(c.MISSED, T("应保未保（份）", "Missed (claims)")),
        claims(c.LEAVE, T("应退未退（份）", "Should leave (claims)")),
        claims(c.OPEN, T("无法判定（份）", "Undecided (claims)")),
        *map(by_class, words.classes()),
    )


_SHOWN = ("households", "people", "entitled", "receiving", "due", "coverage", c.MISSED, c.LEAVE, c.OPEN)


def places(
    by: Actor, f: Figures, parts: dict[str, Figures], words: Words, links: Links, chosen: str, on: date
) -> Places | None:
    """None where the tree has nothing below the area. A division where nobody was counted has noughts: the run looked there too."""
    divisions = [] if len(f.area) >= max(LEVELS) else list(children(by, f.area, on))
    # A county may stand directly under its province: then its figures stand under the code that it has.
    codes = [d.code for d in divisions] if {len(d.code) for d in divisions} == {len(k) for k in parts} else list(parts)
    known = {d.code: d.name for d in divisions}
    codes = sorted({*codes, *(k for k in parts if len(k) > len(f.area))})
    if not codes:
        return None
    unnamed = [k for k in codes if k not in known]
    names = known | (names_of(unnamed, on) if unnamed else {})
    all_looks = looks(words)
    look = next((x for x in all_looks if x.code == chosen), all_looks[0])
    counted = {k: parts.get(k) or Figures(f.run, k, {}) for k in codes}
    level = LEVELS[len(codes[0])]
    # Of a division that has only itself below it there is nothing to compare.
    tiles = [
        Tile(names[k], look.of(x), Cell(look.of(x), look.kind).shown, links.figures(k)) for k, x in counted.items()
    ]
    title = T(f"各地{look.name.zh}", f"{look.name.en} by division")
    return Places(
        T(level.zh, level.en),
        look,
        all_looks,
        drawn(tiles, str(title)),
        _table(f, counted, names, parts, look, all_looks, links),
    )


def _table(
    f: Figures, counted: dict[str, Figures], names: dict[str, str], parts: dict[str, Figures], look: Look, all_looks: tuple[Look, ...],
    links: Links,
) -> Table:  # fmt: skip
    columns = [x for x in all_looks if x.code in _SHOWN or x is look]
    rows = []
    for code, one in counted.items():
        name = Cell(names[code], "text", links.figures(code), chinese=True)
        rows.append((name, *(_cell(x, one, links, area=code) for x in columns)))
    rest = parts.get(f.area)
    if rest is not None and f.area not in counted:
        name = text(T("没有落到下一级的", "Stand no deeper"))
        rows.append((name, *(_cell(x, rest, links, exact=True) for x in columns)))
    foot = (text(T("合计", "Total")), *(_cell(x, f, links) for x in columns))
    return Table(
        "places",
        T("各地数字", "Figures by division"),
        (Head(T("区划", "Division"), numeric=False), *(Head(x.name) for x in columns)),
        tuple(rows),
        foot,
    )


def _cell(x: Look, f: Figures, links: Links, *, area: str | None = None, exact: bool = False) -> Cell:
    value = x.of(f)
    return Cell(value, x.kind, links.to(x.measure, x.key, area=area, exact=exact) if value is not None else "")


def _span(least: str, most: str) -> str:
    return least if least == most else f"{least} – {most}"
