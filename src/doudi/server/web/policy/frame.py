"""What all pages of policy share: the day and the place that they are of, carried from link to link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from doudi.rules import Faults
from doudi.server.areas.selectors import children, names_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.browse import Shelf, shelf, shipped
from doudi.server.web.dates import typed_day
from doudi.server.web.fields import Field, Option
from doudi.server.web.signed_in import today
from doudi.server.web.words import T, english

TOP = ("/policy", T("政策", "Policy"))


@dataclass(frozen=True)
class Asked:
    """The page's text, its day and place. ``carry`` is what links take along: only what the reader chose."""

    shelf: Shelf
    on: date
    area: str
    area_name: str
    carry: dict[str, str] = field(default_factory=dict)

    def query(self, **more: str) -> str:
        return urlencode({**self.carry, **more})


def asked(request: HttpRequest, by: Actor) -> Asked:
    """Raises NotAllowed; Refused for a day that is none, and for one on which the rules do not go together."""
    carry = {name: request.GET[name] for name in ("on", "area") if request.GET.get(name)}
    if request.GET.get("pack", "") in shipped():
        carry["pack"] = request.GET["pack"]
    on = typed_day(request.GET.get("on", ""), "on", today())
    pack = carry.get("pack", "")
    s = shelf(by, on, "en" if english() else "zh", pack)
    try:
        _ = s.ruleset
    except Faults as error:
        first = error.faults[0]
        raise Refused(
            "rules", f"{on} 这一天的规则合不起来：{first.zh}。", f"The rules of {on} do not go together: {first.en}."
        ) from None
    # Of another pack's policy its own place is shown unless one is asked for.
    area = (
        short(s.pack.info.area) if pack and not request.GET.get("area") else place(request.GET.get("area", ""), by, s)
    )
    return Asked(s, on, area, area_name(s, area, on), carry)


def place(said: str, by: Actor, s: Shelf) -> str:
    """The division asked for (its code); without one the reader's own, else the pack's. Raises Refused for what is no code."""
    if said == "0":
        return ""
    if said:
        return code(said)
    own = by.scope.prefixes
    if len(own) == 1 and own[0]:
        return own[0]
    whole = f"{max(s.pack.info.area, 0):012d}"
    return short(int(whole))


def code(said: str, field: str = "area") -> str:
    if not (said.isascii() and said.isdigit() and len(said) in (2, 4, 6, 9, 12, 15)):
        raise Refused(
            "bad-area",
            f"“{said[:20]}”不是行政区划代码；要 2、4、6、9 或 12 位数字。",
            f"“{said[:20]}” is not the code of a division: 2, 4, 6, 9 or 12 digits.",
            field=field,
        )
    return said[:12]


def short(number: int) -> str:
    """A twelve-digit code as a prefix; empty: the country."""
    whole = f"{max(number, 0):012d}"
    return next((whole[:n] for n in (2, 4, 6, 9, 12) if number > 0 and not int(whole[n:] or 0)), "")


def area_name(s: Shelf, area: str, on: date) -> str:
    """A division as the office calls it, else as the pack does."""
    if not area:
        return s.pick("全国", "the whole country")
    known = names_of([area], on).get(area, area)
    if known != area and s.lang == "zh":
        return known
    number = int(area.ljust(12, "0"))
    named = next((a for a in s.book.areas if a.code == number), None)
    return s.pick(named.name, named.en) if named else known


def day_field(on: date, name: str = "on", zh: str = "哪一天的政策", en: str = "Policy on") -> Field:
    return Field(name, zh, en, "date", value=on.isoformat())


def area_field(
    by: Actor,
    s: Shelf,
    area: str,
    on: date,
    name: str = "area",
    zh: str = "地区",
    en: str = "Place",
    *,
    options: tuple[Option, ...] | None = None,
) -> Field:
    """Where; ``options`` were looked up already where a page has several such fields."""
    found = places(by, s, [area], on) if options is None else options
    return Field(name, zh, en, "choice", value=area or "0", options=found)


def places(by: Actor, s: Shelf, areas: Iterable[str], on: date) -> tuple[Option, ...]:
    """Places to look at: the country, those that the text names, the reader's own, and what lies around and below ``areas``. What is in force
    is public, so they are not only the reader's."""
    found: dict[str, Option] = {"0": Option("0", "全国", "The whole country")}
    for a in s.book.areas:
        if a.code > 0:
            found[short(a.code)] = Option(short(a.code), a.name, a.en)
    wanted = [x for x in dict.fromkeys([*by.scope.prefixes, *areas]) if x]
    around = {x[:n] for x in wanted for n in (2, 4, 6, 9, 12) if n <= len(x)} - found.keys()
    names = names_of(around, on) if around else {}
    for x in sorted(around):
        found[x] = Option(x, names[x], names[x])
    for x in dict.fromkeys(x for x in areas if x and by.scope.covers(x)):
        for d in children(by, x, on):
            found.setdefault(d.code, Option(d.code, d.name, d.name))
    return tuple(found[k] for k in sorted(found))


def shown(request: HttpRequest, template: str, page: Asked, more: dict[str, Any], *, status: int = 200) -> HttpResponse:
    here = {n: request.GET[n] for n in ("name", "of") if n in request.GET}
    here |= {n: page.carry[n] for n in ("pack",) if n in page.carry}
    context = {
        "here": here,
        "page": page,
        "on": page.on,
        "area": page.area,
        "carry": page.carry,
        "way": [_top(page)],
        **more,
    }
    return render(request, f"web/policy/{template}.html", context, status=status)


def _top(page: Asked) -> tuple[str, T]:
    info = page.shelf.pack.info
    name = T(f"政策（{info.zh}）", f"Policy ({info.en})") if page.carry.get("pack") else TOP[1]
    return (f"/policy?{page.query()}" if page.carry else "/policy"), name


def way(page: Asked, *steps: tuple[str, T]) -> list[tuple[str, T]]:
    """The way to a page, its day and place taken along."""
    return [_top(page), *((f"{href}?{page.query()}" if page.carry else href, name) for href, name in steps)]
