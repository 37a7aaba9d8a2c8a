"""The standards in force at a place on a day, for everybody: how much, since when, and who says so."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from doudi.packs.questions import Said
from doudi.rules.explain.words import clause_in_english
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy, values
from doudi.server.policybook.shapes import ValueView
from doudi.server.web.public import places
from doudi.server.web.signed_in import today

_FIRST, _LAST = date(1950, 1, 1), date(2099, 12, 31)
_UNITS = (
    ("个月", "months"), ("万元", "0,000 yuan"), ("元", "yuan"), ("倍", "times"), ("岁", "years"), ("人", "people"), ("次", "times"),
    ("套", ""), ("辆", ""), ("间", ""), ("项", ""), ("天", "days"), ("年", "years"),
)  # fmt: skip
_STATUS = {
    "document": Said("已核对原文", "checked against the document"),
    "unverified": Said("未核对原文", "not checked against the text"),
    "demo": Said("演示数值，不是真实标准", "a demonstration value, not a real standard"),
}


@dataclass(frozen=True)
class Row:
    """One value: for which kind (empty where there is none), how much, from when, whose, by what clause."""

    key: Said
    amounts: tuple[tuple[Said, Said], ...]
    why: str
    where: str
    since: date | None
    until: date | None
    source: Said
    demo: bool


@dataclass
class Standard:
    name: Said
    rows: list[Row] = field(default_factory=list)


@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """By place, day and a word that is looked for in names, places, documents and clauses."""
    on = _day(request.GET.get("on", "")) or today()
    now = policy(on)
    area, typed, word = (
        request.GET.get("area", ""),
        request.GET.get("place", "").strip()[:40],
        request.GET.get("q", "").strip()[:40],
    )
    area = area if area.isascii() and area.isdigit() and len(area) in (2, 4, 6, 9, 12) else ""
    found = places.find(now, typed, on) if typed else []
    if typed and len(found) == 1:
        area, found = found[0].code, []
    elif typed and found:
        area = area if any(p.code == area for p in found) else ""
    if not area and not typed:
        area = places.shortened(f"{max(now.pack.info.area, 0):012d}")
    names = places.names(now, {area}, on) if area else {}
    page = {
        "on": on, "area": area, "place": names.get(area, ""), "typed": typed, "found": found, "word": word,
        "standards": _matching(_standards(now, area, on), word) if area or not typed else [], "pack": now.pack.info,
        "lost": bool(typed and not found and not area),
    }  # fmt: skip
    return render(request, "web/public/standards.html", page)


def _standards(now: Policy, area: str, on: date) -> list[Standard]:
    rows = values(places.PUBLIC, area, on)
    whose = places.names(now, {r.area for r in rows if r.area}, on)
    out: OrderedDict[str, Standard] = OrderedDict()
    for r in rows:
        made = out.setdefault(r.standard, Standard(_named(now, r.standard)))
        made.rows.append(_row(now, r, whose))
    return [s for s in out.values() if any(r.amounts or r.why == "stale" for r in s.rows)]


def _row(now: Policy, r: ValueView, whose: dict[str, str]) -> Row:
    document = now.pack.documents.get(r.document)
    title = Said(document.zh, document.en) if document else Said(r.document, r.document)
    status = document.status if document else "document"
    note = _STATUS[status]
    source = (
        Said(
            f"{title.zh}，{r.clause}（{note.zh}）",
            f"{title.en}, {clause_in_english(r.clause, now.pack.labels)} ({note.en})",
        )
        if r.document
        else Said()
    )
    amounts: tuple[tuple[Said, Said], ...] = ()
    if r.bands:
        amounts = tuple((_from(at), _amount(value)) for at, value in r.bands)
    elif r.value is not None:
        amounts = ((Said(), _amount(r.value)),)
    key = _named(now, r.key) if r.key else Said()
    return Row(key, amounts, r.why, whose.get(r.area, ""), r.since, r.until, source, status == "demo")


def _named(now: Policy, name: str) -> Said:
    return Said(name, now.pack.labels.get(name, name))


def _from(at: str) -> Said:
    there = _amount(at)
    return Said(f"{there.zh}起", f"from {there.en}")


def _amount(text: str) -> Said:
    """720 元 in both languages."""
    for zh, en in _UNITS:
        if text.endswith(zh):
            return Said(text, f"{text.removesuffix(zh).strip()} {en}".strip())
    return Said(text, {"是": "yes", "否": "no"}.get(text, text))


def _matching(found: list[Standard], word: str) -> list[Standard]:
    """Those in which the word stands, in either language."""
    if not word:
        return found
    low = word.lower()

    def holds(s: Standard) -> bool:
        texts = [s.name, *(t for r in s.rows for t in (r.key, r.source, Said(r.where, r.where)))]
        return any(low in f"{t.zh} {t.en}".lower() for t in texts)

    return [s for s in found if holds(s)]


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found is not None and _FIRST <= found <= _LAST else None
