"""How much a token may ask: so many requests a minute, counted in the database and so by all processes together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from doudi.server.api.problems import Problem

MINUTE = 60
PER_MINUTE = 300
"""Requests of one token. A comparison of a county's list, a thousand households at five a second, stays below it."""

_COUNT = """
INSERT INTO api_spent (token, since, requests) VALUES (%s, %s, 1)
ON CONFLICT (token) DO UPDATE SET
  requests = CASE WHEN api_spent.since < excluded.since THEN 1 ELSE api_spent.requests + 1 END,
  since = CASE WHEN api_spent.since < excluded.since THEN excluded.since ELSE api_spent.since END
RETURNING requests
"""
"""One statement, so that two requests at once are two. A process whose clock is behind counts into the later minute."""


def spend(token: int, at: datetime, most: int | None = None) -> Mapping[str, str]:
    """Counts a request, and gives the headers that say what is left. Raises Problem 429 where nothing is."""
    most = PER_MINUTE if most is None else most
    seconds = int(at.timestamp())
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [token, seconds // MINUTE])
        (used,) = cursor.fetchone()
    reset = MINUTE - seconds % MINUTE
    headers = {
        "RateLimit-Policy": f'"token";q={most};w={MINUTE}',
        "RateLimit": f'"token";r={max(0, most - used)};t={reset}',
    }
    if used > most:
        raise Problem(
            429, "rate-limited", f"每分钟最多 {most} 次请求，请在 {reset} 秒后再试。",
            f"At most {most} requests a minute; try again in {reset} seconds.", headers={**headers, "Retry-After": str(reset)},
        )  # fmt: skip
    return headers
