"""Beginning the daily round: once a day of the office's calendar, whichever worker notices first."""

from __future__ import annotations

from datetime import date, timedelta

from doudi.server.jobs.actions import start
from doudi.server.jobs.selectors import jobs
from doudi.server.lib.actor import system
from doudi.server.lib.moments import day_of, now


def begin_day() -> int | None:
    """Starts today's round unless it was started; gives its job. After days missed it makes up for them; a round that failed is tried again."""
    by, today = system("daily"), day_of(now())
    done = [date.fromisoformat(j.params["day"]) for j in jobs(by, kind="daily", state="done", limit=1)]
    last = max(done, default=today - timedelta(days=1))
    if last >= today and done:
        return None
    return start(by, "daily", params={"day": today.isoformat(), "last": last.isoformat()}).id
