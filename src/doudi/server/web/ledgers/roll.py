"""The ledgers at a glance, and each as a list that is narrowed, turned forward and back, and taken away as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.registry import checks
from doudi.server.rolls.acts import ACTS, ITEM, ledgers_of
from doudi.server.rolls.asked import HOUSEHOLD, PERSON, UNTOLD, Asked, asked
from doudi.server.rolls.export import MOST, export_roll
from doudi.server.rolls.selectors import Line, opened, shelves
from doudi.server.web.area_choice import area_field, near_names, way_to
from doudi.server.web.fields import Field, Option, options
from doudi.server.web.ledgers.filters import Known, filters
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import T, english

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATHS = {HOUSEHOLD: "/ledgers/households", PERSON: "/ledgers/people"}
_LIMIT = 50


@signed_in
@require_safe
def index(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every ledger of the pack with how many stand on it in an area, and the households by class."""
    on, area = today(), request.GET.get("area", "")
    if request.GET.get("of") == "people":
        return HttpResponseRedirect(address(Asked(PERSON, area=area)))
    chooser = area_field(by, area, on)
    found = shelves(by, on=on, area=area)
    known = Known.of(on)
    rows = [
        (title, [(T(x.zh, x.en), found.ledgers.get(x.code, 0), address(Asked(of, area=area, ledger=x.code))) for x in known.policy.ledgers if x.of == unit])
        for title, unit, of in ((T("按户登记", "Of households"), checks.HOUSEHOLD, HOUSEHOLD), (T("按人登记", "Of people"), checks.PERSON, PERSON))
    ]  # fmt: skip
    page: dict[str, Any] = {
        "area": area, "chooser": chooser, "shelves": rows, "views": [(v, f"/ledgers/views/{v.id}") for v in found.views],
        "everybody": [
            (T("全部家庭", "All households"), found.households, address(Asked(HOUSEHOLD, area=area))),
            (T("全部人员", "All people"), found.people, address(Asked(PERSON, area=area))),
        ],
        "names": near_names({area}, on),
    }  # fmt: skip
    if found.classes is not None:
        said = known.classes
        order = list(said)
        kinds = sorted(found.classes, key=lambda k: (order.index(k) if k in said else len(order), k))
        page["classes"] = [
            (said.get(k, T(k, k)) if k else T("情况不明，未能定类", "Could not be told"), found.classes[k], address(Asked(area=area, kind=k or UNTOLD)))
            for k in kinds
        ]  # fmt: skip
    return render(request, "web/ledgers/index.html", page)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def households(request: HttpRequest, by: Actor) -> HttpResponse:
    """Households, a page of them."""
    return _roll(request, by, HOUSEHOLD)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, by: Actor) -> HttpResponse:
    """People, a page of them."""
    return _roll(request, by, PERSON)


def _roll(request: HttpRequest, by: Actor, of: str) -> HttpResponse:
    """What is sought as text comes in the body and is answered there: names and numbers stay out of addresses. All else is an address."""
    on, words = today(), words_of(request)
    try:
        wanted = asked(of, words)
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        page = {
            "of": of,
            "filters": filters(by, of, _safe(words), Known.of(on), refused),
            "refused": refused,
            "path": PATHS[of],
        }
        return render(request, "web/ledgers/roll.html", page, status=422)
    if request.method == "POST" and not wanted.text:
        return _see(address(wanted))
    return render(request, "web/ledgers/roll.html", _page(by, wanted, words, on))


def _page(by: Actor, wanted: Asked, words: Mapping[str, str], on: date) -> dict[str, Any]:
    after, before = _key(words, "after"), _key(words, "before")
    found, total = opened(by, wanted, on=on, after=after, before=before, limit=_LIMIT)
    pack = Known.of(on)
    known = pack.ledgers
    classes = pack.classes if by.allows("screening.read") else {}
    query = urlencode(wanted.query(text=False))
    names = near_names({*(_area(x) for x in found.lines), *way_to(by, wanted.area)}, on)
    return {
        "of": wanted.of, "path": PATHS[wanted.of], "filters": filters(by, wanted.of, wanted.query(), pack, names=names), "asked": wanted,
        "query": list(wanted.query().items()), "page": found, "total": total, "on": on,
        "title": known.get(wanted.ledger, T(wanted.ledger, wanted.ledger)) if wanted.ledger else None,
        "lines": [(x, _said(x, pack, known, classes)) for x in found.lines],
        "names": names,
        "back": f"?{_with(query, before=found.before)}" if found.before else "",
        "forward": f"?{_with(query, after=found.after)}" if found.after else "",
        "other": address(Asked(PERSON if wanted.of == HOUSEHOLD else HOUSEHOLD, area=wanted.area, ledger=wanted.ledger)),
        "export": f"/ledgers/export/{wanted.of}?{query}" if by.allows("exchange.export") and not wanted.text else "",
        "long": total.n > MOST, "acts": act_fields(by, wanted.of, pack),
        "screens": by.allows("screening.read"),
    }  # fmt: skip


@signed_in
@require_safe
def export(request: HttpRequest, by: Actor, of: str) -> HttpResponse:
    """Exactly the lines that the address shows, all pages of them."""
    data, _ = export_roll(by=by, asked=asked(of, words_of(request)), on=today(), lang="en" if english() else "zh")
    return sent(data, of)


def sent(data: bytes, of: str) -> HttpResponse:
    """A workbook as a download."""
    response = HttpResponse(data, content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="doudi-{of}-{today():%Y%m%d}.xlsx"'
    return response


def act_fields(by: Actor, of: str, known: Known) -> list[Field]:
    """What may be asked of many lines at once; nothing where the post may do none of it."""
    acts = [a for a in ACTS.values() if by.allows(a.permission) and (a.code == "settle") == (of == ITEM)]
    if not acts:
        return []
    fields = [
        Field("act", "办什么", "What is done", kind="choice", options=tuple(Option(a.code, a.zh, a.en) for a in acts))
    ]
    if any(a.code == "enrol" for a in acts):
        ledgers = tuple(Option(x.code, x.zh, x.en) for x in ledgers_of(of, known.policy.ledgers))
        fields += [
            Field("to", "哪一本台账", "Which ledger", kind="choice", options=(*options([""]), *ledgers)),
            Field("on", "从哪一天起", "From which day", kind="date", value=known.on.isoformat()),
        ]
    return [
        *fields,
        Field(
            "why",
            "理由（记入操作记录）",
            "Reason (kept on record)",
            value="",
            required=True,
            attrs={"maxlength": "500"},
        ),
    ]


def words_of(request: HttpRequest) -> dict[str, str]:
    """What is asked, of the address or of the form; a ticked box is a 1."""
    given = request.POST if request.method == "POST" else request.GET
    # Neither database takes a null, nor half of a surrogate pair.
    words = {
        k: str(v).replace("\0", "").encode("utf-8", "ignore").decode()
        for k, v in given.items()
        if k != "csrfmiddlewaretoken"
    }
    if words.get("open") == "on":
        words["open"] = "1"
    return words


def address(wanted: Asked) -> str:
    """Where the list is, without what is sought as text."""
    query = urlencode(wanted.query(text=False))
    return PATHS[wanted.of] + (f"?{query}" if query else "")


def _see(where: str) -> HttpResponse:
    response = HttpResponseRedirect(where)
    response.status_code = 303
    return response


def _safe(words: Mapping[str, str]) -> dict[str, str]:
    """A form that cannot be meant is shown again as it was filled, but for an area that is none."""
    return {k: v for k, v in words.items() if k != "area"}


def _with(query: str, **more: int | None) -> str:
    return "&".join(p for p in (query, urlencode(more)) if p)


def _key(words: Mapping[str, str], name: str) -> int | None:
    said = words.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def _area(x: Line) -> str:
    return x.home.household.area if x.home else x.one.person.area if x.one else ""


def _said(x: Line, pack: Known, ledgers: Mapping[str, T], classes: Mapping[str, T]) -> dict[str, Any]:
    """The words of a line: its ledgers and its class, of a person sex and relation."""
    on = x.home.ledgers if x.home else x.one.ledgers if x.one else ()
    kind = (
        None if x.stood is None else classes.get(x.stood.kind, T(x.stood.kind, x.stood.kind)) if x.stood.kind else None
    )
    own = {} if x.one is None else {checks.SEX: x.one.person.sex, checks.RELATION: x.one.relation}
    sex, relation = (
        pack.person_value(fact, own[fact]) if own.get(fact) else "" for fact in (checks.SEX, checks.RELATION)
    )
    return {"ledgers": [ledgers.get(c, T(c, c)) for c in on], "kind": kind, "sex": sex, "relation": relation}
