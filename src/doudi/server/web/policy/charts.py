"""The history of a standard as steps: what held from which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from doudi.server.policybook.browse.standards import Span
from doudi.server.web.figures.charts import ACCENT, BAD, FONT, INK, PART, QUIET, SIZES, svg

COLOURS = (ACCENT, BAD, PART, QUIET)
DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2])
_BEFORE, _AFTER = timedelta(days=365), timedelta(days=365)


def steps(series: Sequence[tuple[str, Sequence[Span]]], title: str, on: date, size: str) -> str:
    """A stepped line for each key; the day of the page as an upright line. A span in which nothing holds is a gap."""
    days = [d for _, spans in series for x in spans for d in (x.since, x.until) if d is not None]
    first, last = min([*days, on]) - _BEFORE, max([*days, on]) + _AFTER
    names = [name for name, _ in series]
    data: list[dict[str, Any]] = []
    for name, spans in series:
        for run, x in enumerate(spans):
            start, end = x.since or first, x.until + timedelta(days=1) if x.until else last
            for at in (start, end):
                data.append(
                    {"at": at.isoformat(), "value": x.number, "series": name, "run": run if x.number is None else 0}
                )
    spec: dict[str, Any] = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "description": title, "width": SIZES[size], "height": 260,
        "autosize": {"type": "fit", "contains": "padding"}, "background": "transparent",
        "layer": [
            {
                "data": {"values": data},
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5, "invalid": "break-paths-show-domains"},
                "encoding": {
                    "x": {"field": "at", "type": "temporal", "title": None, "axis": {"format": "%Y", "tickCount": 6}},
                    "y": {"field": "value", "type": "quantitative", "title": None, "scale": {"zero": True}, "axis": {"tickCount": 5}},
                    "color": {
                        "field": "series", "type": "nominal", "scale": {"domain": names, "range": list(COLOURS[: len(names)])},
                        "legend": {"orient": "top", "title": None} if len(names) > 1 else None,
                    },
                    "strokeDash": {
                        "field": "series", "type": "nominal", "legend": None,
                        "scale": {"domain": names, "range": [DASHES[i % len(DASHES)] for i in range(len(names))]},
                    },
                },
            },
            {
                "data": {"values": [{"at": on.isoformat()}]},
                "mark": {"type": "rule", "color": QUIET, "strokeDash": [3, 3]},
                "encoding": {"x": {"field": "at", "type": "temporal"}},
            },
            {
                "data": {"values": [{"at": on.isoformat(), "text": on.isoformat()}]},
                "mark": {"type": "text", "align": "left", "dx": 4, "y": 8, "color": QUIET, "fontSize": 12},
                "encoding": {"x": {"field": "at", "type": "temporal"}, "text": {"field": "text"}},
            },
        ],
        "config": {
            "font": FONT, "view": {"stroke": None},
            "axis": {"labelFontSize": 13, "domain": False, "ticks": False, "gridColor": "#e6e9ec", "labelColor": INK},
            "legend": {"labelFontSize": 13, "labelColor": INK},
        },
    }  # fmt: skip
    return svg(spec)


__all__ = ["SIZES", "steps"]
