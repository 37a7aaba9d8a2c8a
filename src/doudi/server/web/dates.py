"""Days, months and numbers as somebody types them into a form."""

from __future__ import annotations

from datetime import date

from doudi.server.lib.refusals import Refused

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


def typed_day(text: str, field: str, default: date | None = None) -> date:
    """A day; ``default`` where nothing was typed. Raises Refused for what is none."""
    text = text.strip()
    if not text and default is not None:
        return default
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not FIRST <= found <= LAST:
        raise Refused("no-date", "日期要写成 2024-07-01 这样。", "A date is written like 2024-07-01.", field=field)
    return found


def typed_day_or_none(text: str, field: str) -> date | None:
    """As ``typed_day``; None where nothing was typed."""
    return typed_day(text, field) if text.strip() else None
