"""The divisions of an area as a map of equal tiles: no boundaries are on record, so none are drawn.

Tiles stand in the order of the divisions' codes. The drawing has presentation attributes only: styles written into a page do not run here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SHADES = ("#eef5f6", "#cde2e6", "#9ac4cc", "#2f7684", "#0b4753")
"""Five steps of the accent, the lightest for the least; the last two carry white letters."""
INK, PAPER, LINE, QUIET = "#1b2327", "#ffffff", "#87949a", "#566269"
COLUMNS, WIDTH, HEIGHT, GAP = 4, 100, 76, 4
LETTERS = 6
"""Characters of a name that fit on a line of a tile."""


@dataclass(frozen=True)
class Tile:
    """``value`` in stored units, None: not known or not counted. ``shown`` is the value as it is written; ``href`` opens the division."""

    name: str
    value: int | None
    shown: str
    href: str


@dataclass(frozen=True)
class Step:
    """A shade and the values that have it."""

    colour: str
    least: int
    most: int


@dataclass(frozen=True)
class TileMap:
    """``gaps``: there are tiles without a value."""

    svg: SafeString
    legend: tuple[Step, ...]
    gaps: bool


def drawn(tiles: Sequence[Tile], title: str) -> TileMap:
    """The drawing, and what its shades mean. ``title`` is what a screen reader says of it."""
    legend = steps([t.value for t in tiles if t.value is not None])
    rows = -(-len(tiles) // COLUMNS)
    body = format_html_join("", "{}", ((_tile(t, i, legend),) for i, t in enumerate(tiles)))
    svg = format_html(
        '<svg viewBox="0 0 {} {}" role="group" aria-label="{}" font-family="inherit">{}</svg>',
        COLUMNS * WIDTH - GAP,
        max(rows * HEIGHT - GAP, 1),
        title,
        body,
    )
    return TileMap(svg, legend, any(t.value is None for t in tiles))


def steps(values: Sequence[int]) -> tuple[Step, ...]:
    """Equal steps from the least to the most, at most five, none of them empty; one where all are the same."""
    if not values:
        return ()
    least, most = min(values), max(values)
    wide = -(-(most - least + 1) // len(SHADES))
    found = []
    for i, colour in enumerate(SHADES):
        low, high = least + i * wide, min(least + (i + 1) * wide - 1, most)
        if any(low <= v <= high for v in values):
            inside = [v for v in values if low <= v <= high]
            found.append(Step(colour, min(inside), max(inside)))
    return tuple(found)


def _tile(t: Tile, i: int, legend: Sequence[Step]) -> SafeString:
    x, y = i % COLUMNS * WIDTH, i // COLUMNS * HEIGHT
    step = next((s for s in legend if t.value is not None and s.least <= t.value <= s.most), None)
    fill, dark = (step.colour, step.colour in SHADES[3:]) if step else (PAPER, False)
    middle = x + (WIDTH - GAP) // 2
    lines = [t.name[:LETTERS], t.name[LETTERS : 2 * LETTERS]] if len(t.name) > LETTERS else [t.name]
    top = y + (30 if len(lines) == 1 else 22)
    ink = PAPER if dark else INK
    name = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle" font-size="14" fill="{}" lang="zh-CN">{}</text>',
        ((middle, top + 17 * n, ink, line) for n, line in enumerate(lines)),
    )
    inner = format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="5" fill="{}" stroke="{}"{}/>{}'
        '<text x="{}" y="{}" text-anchor="middle" font-size="{}" font-weight="600" fill="{}">{}</text>',
        x + 1,
        y + 1,
        WIDTH - GAP - 2,
        HEIGHT - GAP - 2,
        fill,
        LINE,
        "" if step else format_html(' stroke-dasharray="{}"', "4 3"),
        name,
        middle,
        y + 58,
        15 if len(t.shown) <= 9 else 12,
        ink,
        t.shown,
    )
    if not t.href:
        return format_html('<g role="img" aria-label="{} {}">{}</g>', t.name, t.shown, inner)
    return format_html('<a href="{}" aria-label="{} {}">{}</a>', t.href, t.name, t.shown, inner)
