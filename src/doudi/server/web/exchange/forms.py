"""What the forms of this family ask alike: where, which ledger, which day."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header

from doudi.server.areas.selectors import children, names_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.selectors import policy
from doudi.server.web.fields import Option
from doudi.server.web.signed_in import today

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIRST, _LAST = date(1950, 1, 1), date(2099, 12, 31)


def area_options(by: Actor) -> tuple[Option, ...]:
    """The divisions of the post and those directly below them."""
    found: list[Option] = []
    names = names_of([p for p in by.scope.prefixes if p], today())
    for prefix in by.scope.prefixes:
        if prefix:
            found.append(Option(prefix, names[prefix], names[prefix]))
        found += [Option(d.code, f"　{d.name}", f"  {d.name}") for d in children(by, prefix, today())]
    return tuple(found)


def ledger_options() -> tuple[Option, ...]:
    return tuple(Option(x.code, x.zh, x.en) for x in policy(today()).ledgers)


def source_options() -> tuple[Option, ...]:
    return tuple(Option(s.code, s.zh, s.en) for s in policy(today()).sources)


def ledger_names() -> dict[str, Option]:
    """Code of a ledger -> its names."""
    return {o.value: o for o in ledger_options()}


def day_of(text: str, field: str) -> date:
    """Raises Refused for what is no date."""
    try:
        found = parse_date(text.strip())
    except ValueError:
        found = None
    if found is None or not _FIRST <= found <= _LAST:
        raise Refused("no-date", "请填写日期，如 2026-11-01。", "Give a date, such as 2026-11-01.", field=field)
    return found


def number_of(text: str) -> int | None:
    """An id out of an address; anything else is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def workbook(name: str, data: bytes) -> HttpResponse:
    """A workbook to be saved."""
    return HttpResponse(
        data, content_type=XLSX, headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
    )  # fmt: skip


def page_of(request: HttpRequest, **changed: object) -> str:
    """The address of this page with other filters."""
    asked = request.GET.copy()
    for name, value in changed.items():
        if value in (None, ""):
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path
