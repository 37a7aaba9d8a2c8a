"""What a page of the record is asked for: a day, a moment of knowledge; and the key under which a form is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import urlencode
from django.utils.timezone import is_naive, make_aware

from doudi.server.registry.actions import Done
from doudi.server.web.signed_in import today

FIRST, LAST = date(1950, 1, 1), date(2099, 12, 31)
"""Days that rules may be asked of."""


@dataclass(frozen=True)
class Asked:
    """``as_of`` (基准日): today unless the page was asked otherwise; ``knowing`` (知悉时点) None: by what is known now."""

    as_of: date
    knowing: datetime | None

    @property
    def now(self) -> bool:
        return self.knowing is None and self.as_of == today()

    @property
    def query(self) -> str:
        """What links to other parts of the same view carry, with its question mark; empty for today by what is known now."""
        found = {} if self.as_of == today() else {"as_of": self.as_of.isoformat()}
        if self.knowing is not None:
            found["knowing"] = self.knowing.isoformat()
        return f"?{urlencode(found)}" if found else ""


def asked(request: HttpRequest) -> Asked:
    """What is no date, or one that no rule speaks of, is taken for none."""
    return Asked(day(request.GET.get("as_of", "")) or today(), moment(request.GET.get("knowing", "")))


def day(text: str) -> date | None:
    """None for what is no date between 1950 and 2099."""
    try:
        found = parse_date(text.strip())
    except ValueError:
        return None
    return found if found is not None and FIRST <= found <= LAST else None


def moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        return None
    return make_aware(found) if found is not None and is_naive(found) else found


def number(text: str) -> int | None:
    """A surrogate key out of a form or an address; None for what can be none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def once_of(request: HttpRequest) -> str:
    """The form's own key with a digest of what it says: sent twice it is one act, sent again with other words it is another."""
    key = request.POST.get("once", "")
    if not key:
        return ""
    said = sorted(
        (k, v) for k in request.POST for v in request.POST.getlist(k) if k not in ("csrfmiddlewaretoken", "once")
    )
    return f"{key}:{sha256(repr(said).encode('utf-8', 'replace')).hexdigest()[:24]}"


def gone_to(done: Done, household: int | None = None) -> HttpResponseRedirect:
    """Where an act leads: to the household's page, which offers to undo it."""
    repeated = "&repeated=1" if done.repeated else ""
    return HttpResponseRedirect(f"/household/{done.household or household}?done={done.act}{repeated}", status=303)
