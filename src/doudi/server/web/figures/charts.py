"""Charts as SVG made here by Vega-Lite without a browser, wide for a desk and for paper, narrow for a telephone. A table stands under each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.cache import cache

ACCENT, PART, BAD, UNKNOWN, INK, QUIET = "#0b5c6b", "#7fb3bd", "#9f2419", "#c3cbcf", "#1b2327", "#566269"
FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
SIZES = {"wide": 680, "narrow": 328}
"""Widths in points: what a desk and paper show, and what a telephone does without shrinking letters."""
_DAY = 86_400


@dataclass(frozen=True)
class Part:
    """A part of stacked bars, with its colour."""

    name: str
    colour: str


def bars(rows: Sequence[tuple[str, int]], title: str, unit: str, size: str) -> str:
    """Horizontal bars, one for each (label, value), in the order given, the value at its end."""
    labels, data = _labels([label for label, _ in rows], size), []
    for (_, value), label in zip(rows, labels, strict=True):
        data.append({"label": label, "value": value, "shown": f"{value:,}"})
    most = max((value for _, value in rows), default=0)
    spec = _spec(data, title, size, _height(labels))
    spec["layer"] = [
        {"mark": {"type": "bar", "color": ACCENT, "height": 16, "cornerRadiusEnd": 2}},
        {
            "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13, "color": INK},
            "encoding": {"text": {"field": "shown"}},
        },
    ]
    spec["encoding"] = {
        "y": _names(),
        # Room at the end for the figures.
        "x": {
            "field": "value", "type": "quantitative", "title": unit, "scale": {"domain": [0, max(most * (1.4 if size == "narrow" else 1.15), 1)]},
            "axis": {"tickCount": 4, "tickMinStep": 1, "format": ",d"},
        },
    }  # fmt: skip
    return svg(spec)


def shares(rows: Sequence[tuple[str, Sequence[int]]], parts: Sequence[Part], title: str, unit: str, size: str) -> str:
    """Horizontal bars of one length, each in parts as large as their share of the row."""
    labels = _labels([label for label, _ in rows], size)
    data = [
        {"label": label, "part": part.name, "value": value, "n": n}
        for (_, values), label in zip(rows, labels, strict=True)
        for n, (part, value) in enumerate(zip(parts, values, strict=True))
        if sum(values)
    ]
    spec = _spec(data, title, size, _height(labels))
    spec["mark"] = {"type": "bar", "height": 16}
    spec["encoding"] = {
        "y": _names(),
        "x": {
            "field": "value", "type": "quantitative", "stack": "normalize", "title": unit, "axis": {"tickCount": 4, "format": "%"},
        },
        "color": {
            "field": "part", "type": "nominal", "scale": {"domain": [p.name for p in parts], "range": [p.colour for p in parts]},
            "legend": {"orient": "top", "title": None, "columns": 1 if size == "narrow" else len(parts)},
        },
        "order": {"field": "n"},
    }  # fmt: skip
    return svg(spec)


def lines(
    months: Sequence[str], series: Sequence[tuple[str, Sequence[int | None]]], title: str, unit: str, size: str
) -> str:
    """A line for each series over the months; a month of which nothing is known is a gap."""
    data = [
        {"month": month, "series": name, "value": value}
        for name, values in series
        for month, value in zip(months, values, strict=True)
        if value is not None
    ]
    colours = (ACCENT, BAD, QUIET)
    spec = _spec(data, title, size, 220)
    spec["mark"] = {"type": "line", "point": {"size": 50, "filled": True}, "strokeWidth": 2}
    spec["encoding"] = {
        "x": {"field": "month", "type": "ordinal", "title": None, "sort": list(months), "axis": {"labelAngle": -45, "labelOverlap": True}},
        "y": {"field": "value", "type": "quantitative", "title": unit, "axis": {"tickCount": 5, "tickMinStep": 1, "format": ",d"}},
        "color": {
            "field": "series", "type": "nominal",
            "scale": {"domain": [name for name, _ in series], "range": list(colours[: len(series)])},
            "legend": {"orient": "top", "title": None, "columns": 1 if size == "narrow" else 3},
        },
        "shape": {"field": "series", "type": "nominal", "legend": None, "scale": {"domain": [name for name, _ in series]}},
    }  # fmt: skip
    return svg(spec)


def svg(spec: dict[str, Any]) -> str:
    """Drawn once for the same figures and words."""
    given = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    key = f"chart-{sha256(given.encode()).hexdigest()}"
    found: str | None = cache.get(key)
    if found is None:
        # Loads a whole drawing engine: only for who draws.
        import vl_convert

        found = str(vl_convert.vegalite_to_svg(spec))
        cache.set(key, found, _DAY)
    return found


def _labels(names: Sequence[str], size: str) -> list[str]:
    """Long names on several lines, so that bars keep room on a telephone."""
    return [wrapped(name, 14 if size == "narrow" else 26) for name in names]


def wrapped(name: str, wide: int) -> str:
    """Lines of at most ``wide`` letters, a Chinese character counting for two; words are kept whole, Chinese breaks anywhere."""
    units = name.split(" ") if " " in name else list(name)
    glue = " " if " " in name else ""
    out, line = [], ""
    for unit in units:
        longer = f"{line}{glue}{unit}" if line else unit
        if line and sum(2 if ch > "⺀" else 1 for ch in longer) > wide:
            out.append(line)
            longer = unit
        line = longer
    return "\n".join([*out, line])


def _height(labels: Sequence[str]) -> int:
    # All bars are as far apart as the longest name needs.
    return max(len(labels), 1) * (12 + 15 * max((label.count("\n") + 1 for label in labels), default=1))


def _names() -> dict[str, Any]:
    return {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelExpr": "split(datum.label, '\\n')"},
    }


def _spec(data: list[dict[str, Any]], title: str, size: str, height: int) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": title,
        "width": SIZES[size],
        "height": height + 60,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": "transparent",
        "data": {"values": data},
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": 13, "titleFontSize": 12, "labelLimit": 240, "domain": False, "ticks": False, "gridColor": "#e6e9ec",
                "labelColor": INK, "titleColor": QUIET, "titleFontWeight": "normal", "labelPadding": 6,
            },
            "legend": {"labelFontSize": 13, "labelLimit": 280, "labelColor": INK},
        },
    }  # fmt: skip
