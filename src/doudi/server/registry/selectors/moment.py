"""Rows as they held on a day of the world, by what was known at a moment."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q


def held(as_of: date, knowing: datetime | None, prefix: str = "") -> Q:
    """True on ``as_of`` (基准日) and known at ``knowing`` (知悉时点; None: now). ``prefix`` leads to the row, as ``memberships__``."""
    return (
        Q(**{f"{prefix}since__lte": as_of})
        & (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": as_of}))
        & known(knowing, prefix)
    )


def known(knowing: datetime | None, prefix: str = "") -> Q:
    """Brought by then and not withdrawn by then, whatever days of the world the row speaks of."""
    if knowing is None:
        return Q(**{f"{prefix}withdrawn": None})
    return Q(**{f"{prefix}act__recorded_at__lte": knowing}) & (
        Q(**{f"{prefix}withdrawn": None}) | Q(**{f"{prefix}withdrawn__recorded_at__gt": knowing})
    )
