"""The clock. Everything else is handed its dates; only what is being recorded asks what time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Shanghai")
"""The clock of the offices: all of China has one."""


def now() -> datetime:
    """This moment, in UTC, to the microsecond."""
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """The day of a moment (aware) by the clock of the offices: until eight in the morning that of UTC is yesterday's."""
    return at.astimezone(HERE).date()


def midnight(day: date) -> datetime:
    """The moment at which ``day`` begins in the offices."""
    return datetime.combine(day, time(), HERE)
