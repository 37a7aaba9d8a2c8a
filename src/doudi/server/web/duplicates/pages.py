"""The list of suspected doubles, and one pair side by side with what speaks for it and against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.server.jobs.selectors import jobs
from doudi.server.lib.actor import Actor
from doudi.server.registry.duplicates.core.evidence import sentence
from doudi.server.registry.duplicates.listing import (
    KINDS,
    STRENGTHS,
    WantedPairs,
    checked,
    next_pair,
)
from doudi.server.registry.duplicates.listing import pair_page as pairs_of
from doudi.server.registry.duplicates.selectors import PairView, Side, pair
from doudi.server.registry.duplicates.sides import Known, known_of
from doudi.server.registry.duplicates.verbs import SEEN
from doudi.server.registry.selectors.record import showing
from doudi.server.web.area_choice import area_field, near_names
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.ledgers.filters import Known as Pack
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import T, english

MAY = "duplicates.decide"
STATES = {
    "open": T("待认定", "to decide"),
    "same": T("同一人", "one person"),
    "different": T("两个人", "two people"),
    "closed": T("已结案", "closed"),
}
CHIPS = {"open": "open", "same": "good", "different": "quiet", "closed": "quiet"}
KIND_NAMES = {
    "number": T("身份证号相同", "same id number"), "number-alike": T("身份证号相近", "id numbers one slip apart"), "name": T("姓名相同", "same name"),
    "name-alike": T("姓名音形相近", "names alike in sound or shape"), "contact": T("电话或卡号相同", "same phone or card"),
}  # fmt: skip
STRENGTH_NAMES = {
    "certain": T("几乎确定", "all but certain"),
    "strong": T("很像", "strong"),
    "likely": T("较像", "likely"),
}
FIELDS = (
    ("name", T("姓名", "Name"), ("name",)), ("id", T("身份证号", "Id number"), ("id",)), ("born", T("出生日期", "Born"), ("born",)),
    ("sex", T("性别", "Sex"), ("sex",)), ("place", T("地区", "Place"), ("place",)), ("contact", T("电话、卡号", "Phone, card"), ("contact",)),
    ("home", T("家庭", "Household"), ("household", "twins", "siblings")),
)  # fmt: skip
"""What is compared, and the beginnings of the codes of evidence on it."""


_NOTHING = {True: T("不计分", "not weighed"), False: T("不能比", "nothing to compare")}
_WHOSE = (Option("", "双方都在本辖区", "both are mine"), Option("shared", "一方在辖区外", "one is elsewhere"))


@dataclass(frozen=True)
class Compared:
    """One line of the comparison. ``kind`` is good (agrees), open (looks alike), bad (differs) or quiet (nothing can be said)."""

    label: T
    left: tuple[str, ...]
    right: tuple[str, ...]
    kind: str
    verdict: T
    told: str
    points: int | None


@signed_in
@require_safe
def index(request: HttpRequest, by: Actor) -> HttpResponse:
    """Those that wait first; decided ones can be looked at and taken back."""
    by.require(MAY)
    on, words = today(), {k: str(v)[:40] for k, v in request.GET.items()}
    wanted = wanted_of(words)
    none = Option("", "不限", "any")
    fields = [
        area_field(by, wanted.area, on),
        Field("kind", "凭什么", "By what", kind="choice", options=(none, *(Option(k, KIND_NAMES[k].zh, KIND_NAMES[k].en) for k in KINDS))),
        Field("strength", "强度", "Strength", kind="choice", options=(none, *(Option(k, STRENGTH_NAMES[k].zh, STRENGTH_NAMES[k].en) for k in STRENGTHS))),
        Field("state", "状态", "State", kind="choice", value="open", options=tuple(Option(k, t.zh, t.en) for k, t in STATES.items())),
        Field("whose", "由谁认定", "Whose to decide", kind="choice", options=_WHOSE),
    ]  # fmt: skip
    found = pairs_of(by, wanted, after=_key(words, "after"), before=_key(words, "before"))
    query = {k: words[k] for k in ("area", "kind", "strength", "state", "whose") if words.get(k)}
    page = {
        "fields": filled(fields, words), "found": found, "rows": [(p, STATES[p.state], CHIPS[p.state], strength_of(p), told_of(p)) for p in found.rows],
        "names": near_names({s.area for p in found.rows for s in p.sides} | {wanted.area}, on), "area": wanted.area,
        "back": f"?{urlencode(query | {'before': found.before})}" if found.before else "",
        "forward": f"?{urlencode(query | {'after': found.after})}" if found.after else "", "here": urlencode(query),
        "search": next(iter(jobs(by, kind="duplicates", limit=1)), None),
    }  # fmt: skip
    return render(request, "web/duplicates/index.html", page)


@signed_in
@require_safe
def pair_page(request: HttpRequest, by: Actor, pair_id: int) -> HttpResponse:
    """The two side by side."""
    by.require(MAY)
    return render(request, "web/duplicates/pair.html", page_of(by, pair_id, request.GET))


@signed_in
@require_safe
def onward(request: HttpRequest, by: Actor, pair_id: int) -> HttpResponse:
    """Later: the next pair that waits, the list where none does."""
    by.require(MAY)
    following = next_pair(by, wanted_of(request.GET), pair_id)
    query = filter_of(request.GET)
    return HttpResponseRedirect(f"/duplicates/{following}{query}" if following is not None else f"/duplicates{query}")


def page_of(by: Actor, pair_id: int, words: Mapping[str, str]) -> dict[str, Any]:
    """All that the page of a pair shows; forms on it add what was typed and refused."""
    on = today()
    with showing(by, SEEN, pair=pair_id, whole=True) as shown:
        found = pair(by, pair_id)
        shown.area = found.sides[0].area
        known = known_of(by, {s.person for s in found.sides if s.person is not None and not s.gone}, on=on)
    sides = [known.get(s.person or 0) for s in found.sides]
    ledgers = Pack.of(on).ledgers
    names = near_names({s.area for s in found.sides}, on)
    return {
        "pair": found, "state": STATES[found.state], "chip": CHIPS[found.state], "strength": strength_of(found), "rows": compared(found, sides, names),
        "sides": [
            {"side": s, "known": k, "ledgers": [ledgers.get(c, T(c, c)) for c in (k.ledgers if k else ())]}
            for s, k in zip(found.sides, sides, strict=True)
        ],
        "names": names, "query": filter_of(words), "decides": found.whole and found.state == "open",
        "undoes": found.state in ("same", "different"),
    }  # fmt: skip


def compared(found: PairView, sides: Sequence[Known | None], names: Mapping[str, str]) -> list[Compared]:
    """Field by field what both records say, and what is found of it. Empty where one of the two is not the reader's to see."""
    one, other = sides
    if not found.whole or one is None or other is None:
        return []
    rows = []
    for code, label, begins in FIELDS:
        evidence = next((e for e in found.evidence if e["code"].split("-")[0] in begins), None)
        left, right = (_values(code, s, k, names) for s, k in zip(found.sides, (one, other), strict=True))
        kind, verdict = _verdict(evidence["code"]) if evidence else ("quiet", _NOTHING[bool(left and right)])
        told = sentence(evidence, "en" if english() else "zh") if evidence else ""
        rows.append(Compared(label, left, right, kind, verdict, told, evidence["points"] if evidence else None))
    return rows


def strength_of(p: PairView) -> T | None:
    """How strongly the evidence speaks, in a word; None where that is kept back."""
    if p.score is None:
        return None
    for name, (low, high) in STRENGTHS.items():
        if (low is None or p.score >= low) and (high is None or p.score < high):
            return STRENGTH_NAMES[name]
    return None


def told_of(p: PairView) -> list[str]:
    """The three strongest things that speak for the pair, as sentences."""
    weighty = sorted((e for e in p.evidence if e["points"] > 0), key=lambda e: -e["points"])
    return [sentence(e, "en" if english() else "zh") for e in weighty[:3]]


def wanted_of(words: Mapping[str, str]) -> WantedPairs:
    return checked(
        WantedPairs(
            words.get("state") or "open", words.get("area", ""), words.get("kind", ""), words.get("strength", ""), words.get("whose") == "shared"
        )
    )  # fmt: skip


def filter_of(words: Mapping[str, str]) -> str:
    """The list that one came from, as the end of an address."""
    query = {k: words[k] for k in ("area", "kind", "strength", "whose") if words.get(k)}
    return f"?{urlencode(query)}" if query else ""


def _verdict(code: str) -> tuple[str, T]:
    if (
        code in ("twins", "siblings")
        or code.endswith("-different")
        or code in ("id-doubtful", "place-elsewhere", "name-surname", "name-given")
    ):
        return "bad", T("不同", "differ")
    if code.endswith("-same") or code in ("place-village", "place-township", "born-common"):
        return "good", T("相同", "agree")
    return "open", T("相近", "alike")


def _values(code: str, side: Side, known: Known, names: Mapping[str, str]) -> tuple[str, ...]:
    if code == "name":
        return known.names or (side.name,)
    if code == "born":
        return (side.born.isoformat(),) if side.born else ()
    if code == "sex":
        return (side.sex,) if side.sex else ()
    if code == "place":
        return tuple(x for x in (names.get(side.area, side.area), known.address) if x)
    if code == "home":
        return tuple(m.name for m in known.members if m.name)
    kinds = ("id",) if code == "id" else ("phone", "card")
    return tuple(shown for kind, shown in known.numbers if kind in kinds)


def _key(words: Mapping[str, str], name: str) -> int | None:
    said = words.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
