"""Charts as SVG made here: Vega-Lite drawn without a browser, with words for those who cannot see them. A table always stands under a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import vl_convert as vlc

ACCENT = "#1f5f8b"
PALETTE = ("#1f5f8b", "#5b9bc4", "#b9792b", "#8c6bb1", "#6b8e4e", "#b0b7bd", "#d5dade")
FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"


def bars(rows: Sequence[tuple[str, float]], title: str, unit: str, width: int = 720) -> str:
    """Horizontal bars, one for each (label, value), in the order given. ``title`` is what a screen reader says."""
    data = [{"label": label, "value": value} for label, value in rows]
    spec = _spec(data, title, width, 22 * max(len(rows), 1))
    spec["layer"] = [
        {"mark": {"type": "bar", "color": ACCENT, "height": 14, "cornerRadiusEnd": 2}},
        {
            "mark": {"type": "text", "align": "left", "dx": 4, "font": FONT, "fontSize": 11, "color": "#333"},
            "encoding": {"text": {"field": "value", "format": ",.0f"}},
        },
    ]
    spec["encoding"] = {
        "y": {"field": "label", "type": "nominal", "sort": None, "title": None},
        "x": {"field": "value", "type": "quantitative", "title": unit, "axis": {"tickCount": 4, "format": "~s"}},
    }
    return vlc.vegalite_to_svg(spec)


def stacked(
    rows: Sequence[tuple[str, str, float]], order: Sequence[str], title: str, unit: str, width: int = 720
) -> str:
    """Horizontal bars in parts: (label, part, value); ``order`` is the order of the parts and of their colours."""
    data = [{"label": label, "part": part, "value": value, "n": order.index(part)} for label, part, value in rows]
    labels = list(dict.fromkeys(label for label, _, _ in rows))
    spec = _spec(data, title, width, 22 * max(len(labels), 1))
    spec["mark"] = {"type": "bar", "height": 14}
    spec["encoding"] = {
        "y": {"field": "label", "type": "nominal", "sort": None, "title": None},
        "x": {
            "field": "value",
            "type": "quantitative",
            "title": unit,
            "stack": "zero",
            "axis": {"tickCount": 4, "format": "~s"},
        },
        "color": {
            "field": "part",
            "type": "nominal",
            "scale": {"domain": list(order), "range": list(PALETTE[: len(order)])},
            "legend": {"orient": "bottom", "title": None, "columns": 3},
        },
        "order": {"field": "n"},
    }
    return vlc.vegalite_to_svg(spec)


def _spec(data: list[dict[str, Any]], title: str, width: int, height: int) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": title,
        "width": width,
        "height": height,
        "background": "transparent",
        "data": {"values": data},
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": 12,
                "titleFontSize": 11,
                "labelLimit": 150,
                "domain": False,
                "ticks": False,
                "gridColor": "#e6e9ec",
            },
            "legend": {"labelFontSize": 12, "labelLimit": 200},
        },
    }
