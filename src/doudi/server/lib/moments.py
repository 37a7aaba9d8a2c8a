"""The clock. Everything else is handed its dates; only what is being recorded asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC, to the microsecond."""
    return datetime.now(UTC)
