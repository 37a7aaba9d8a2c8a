"""When sign-in is locked: an account after a few wrong passwords from anywhere, an address after many at any accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest

ACCOUNT_TRIES = 5
ADDRESS_TRIES = 25
"""More, because a whole office may stand behind one address."""


class Handler(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts in tries at an account; those from an address weigh less, and those from nowhere known are no address's."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        account, address = (
            int(found.aggregate(n=Sum("failures_since_start"))["n"] or 0)
            for found in self.get_user_attempts(request, credentials)
        )
        return max(account, address * ACCOUNT_TRIES // ADDRESS_TRIES if request.axes_ip_address else 0)  # type: ignore[attr-defined]

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """A right password forgives the wrong ones of that account, not those at others from the same address."""
        count, _ = self.filter_user_attempts(request, credentials)[0].delete()
        return int(count)


def cool_off() -> timedelta:
    """How long a lock lasts after the last wrong password."""
    return timedelta(minutes=int(settings.AXES_COOLOFF_TIME.total_seconds() // 60))


def locked_until(username: str, address: str | None, at: datetime) -> datetime | None:
    """Until when the account, or the address, is locked; None where neither is."""
    since = at - cool_off()
    untils = []
    for where, most in (({"username": username}, ACCOUNT_TRIES), ({"ip_address": address}, ADDRESS_TRIES)):
        found = AccessAttempt.objects.filter(attempt_time__gte=since, **where).aggregate(
            n=Sum("failures_since_start"), last=Max("attempt_time")
        )
        if all(where.values()) and (found["n"] or 0) >= most:
            untils.append(found["last"] + cool_off())
    return max(untils, default=None)


def tries_left(username: str, at: datetime) -> int:
    """How many more wrong passwords until the account is locked."""
    since = at - cool_off()
    found = AccessAttempt.objects.filter(attempt_time__gte=since, username=username).aggregate(
        n=Sum("failures_since_start")
    )
    return max(ACCOUNT_TRIES - int(found["n"] or 0), 0)


def accounts_locked(usernames: list[str], at: datetime) -> set[str]:
    """Which of the accounts are locked."""
    rows = (
        AccessAttempt.objects.filter(attempt_time__gte=at - cool_off(), username__in=usernames)
        .values("username")
        .annotate(n=Sum("failures_since_start"))
        .filter(n__gte=ACCOUNT_TRIES)
    )
    return {row["username"] for row in rows}


def forget(*, username: str = "", address: str = "") -> int:
    """Takes a lock away; gives how many counts of wrong passwords there were."""
    where = {k: v for k, v in (("username", username), ("ip_address", address)) if v}
    return int(AccessAttempt.objects.filter(**where).delete()[0]) if where else 0
