"""Townships as bars: what each costs more or less, and how many gain and lose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from doudi.screening.simulate import Effects
from doudi.server.web.figures.charts import ACCENT, BAD, FONT, INK, QUIET, SIZES, svg
from doudi.server.web.words import said

KINDS = ("cost", "people")


def drawn(effects: Effects, names: dict[int, str], what: str, size: str) -> str:
    """``what``: cost (change a month, in yuan) or people (households that gain and that lose)."""
    rows: list[dict[str, Any]] = []
    for a in effects.areas:
        place = names.get(a.area, str(a.area))
        if what == "cost":
            change = a.cost_after - a.cost_before
            rows.append(
                {
                    "place": place,
                    "value": change / 100,
                    "kind": said("增加", "more") if change >= 0 else said("减少", "less"),
                }
            )
        else:
            rows.append({"place": place, "value": a.winners, "kind": said("增加的户", "gain")})
            rows.append({"place": place, "value": -a.losers, "kind": said("减少的户", "lose")})
    titles = {
        "cost": said("各乡镇每月费用变化（元）", "Change in cost a month by township (CNY)"),
        "people": said("各乡镇增加和减少的户", "Households that gain and that lose, by township"),
    }
    kinds = (
        [said("增加", "more"), said("减少", "less")]
        if what == "cost"
        else [said("增加的户", "gain"), said("减少的户", "lose")]
    )
    return svg(_spec(rows, titles[what], kinds, size))


def _spec(rows: Sequence[dict[str, Any]], title: str, kinds: list[str], size: str) -> dict[str, Any]:
    places = len({r["place"] for r in rows})
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "description": title, "width": SIZES[size],
        "height": max(1, places) * 26 + 70, "autosize": {"type": "fit", "contains": "padding"}, "background": "transparent", "padding": 8,
        "data": {"values": list(rows)}, "mark": {"type": "bar", "height": 14},
        "encoding": {
            "y": {"field": "place", "type": "nominal", "sort": None, "title": None},
            "x": {"field": "value", "type": "quantitative", "title": title, "axis": {"tickCount": 5, "format": "~s"}},
            "color": {
                "field": "kind", "type": "nominal", "scale": {"domain": kinds, "range": [ACCENT, BAD]}, "legend": {"orient": "top", "title": None},
            },
        },
        "config": {
            "font": FONT, "view": {"stroke": None},
            "axis": {
                "labelFontSize": 13, "titleFontSize": 12, "labelLimit": 160, "domain": False, "ticks": False, "gridColor": "#e6e9ec",
                "labelColor": INK, "titleColor": QUIET, "titleFontWeight": "normal",
            },
            "legend": {"labelFontSize": 13, "labelColor": INK},
        },
    }  # fmt: skip
