"""The lists of the last screening: how much stands on each and where, each list with its reasons, and what becomes of an item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.server.decisions.actions import decide_work
from doudi.server.decisions.selectors import work_counts
from doudi.server.decisions.selectors.items import ItemPage, Wanted, item_ids, items, items_by_id
from doudi.server.decisions.selectors.runs import ever_screened
from doudi.server.decisions.selectors.unpaid import month_without_receipts
from doudi.server.decisions.verbs import WORK_SEEN
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.rolls import households_by_id, people_by_id
from doudi.server.rolls.actions import MOST, choose
from doudi.server.rolls.acts import ITEM
from doudi.server.web.area_choice import area_field, near_names
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.lists.names import CHIPS, STATES, Names
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.unpaid import without_receipts
from doudi.server.web.words import T

_ASKED = ("list", "programme", "area", "state", "certain")
_TURNED = ("after", "before")
_SENT = {"state": "of_state"}
"""Names of what is asked in the form that settles several, where another field has the name."""
_DIGITS = {0: 2, 2: 4, 4: 6, 6: 9, 9: 12, 12: 15}


@signed_in
@require_safe
def index(request: HttpRequest, by: Actor) -> HttpResponse:
    """Without a list: how many items wait on each, by programme and by division. With one: its items."""
    by.require("screening.read")
    words = request.GET
    if words.get("list") or words.get("programme") or words.get("state"):
        return _list(request, by, {k: str(v) for k, v in words.items()})
    on, area = today(), words.get("area", "")
    chooser = area_field(by, area, on)
    names = Names.of(on)
    prefix = area or (by.scope.prefixes[0] if len(by.scope.prefixes) == 1 else "")
    counts = work_counts(by, area=area, level=_DIGITS.get(len(prefix), 15))
    lists: dict[str, Counter[str]] = {}
    places: dict[str, Counter[str]] = {}
    for c in counts:
        lists.setdefault(c.code, Counter())[c.programme] += c.items
        places.setdefault(c.area, Counter())[c.code] += c.items
    order = [*names.lists, *(c for c in lists if c not in names.lists)]
    shown = [c for c in order if c in lists]
    page = {
        "area": area, "chooser": chooser, "names": near_names({*places, area}, on),
        "lists": [
            (
                names.lists.get(code, T(code, code)), sum(lists[code].values()), _way(code, area=area),
                [(names.programmes.get(p, T(p, p)), n, _way(code, area=area, programme=p)) for p, n in lists[code].most_common() if p],
            )
            for code in shown
        ],
        "heads": [names.lists.get(c, T(c, c)) for c in shown],
        "places": [
            (p, f"/lists?{urlencode({'area': p})}", [(found[c], _way(c, area=p)) for c in shown]) for p, found in sorted(places.items())
        ],
        "runs": by.allows("screening.read"), "unpaid": without_receipts(by, on, area),
        "screened": bool(shown) or ever_screened(by, area),
    }  # fmt: skip
    return render(request, "web/lists/index.html", page)


def _list(request: HttpRequest, by: Actor, asked: Mapping[str, str], refused: Refused | None = None) -> HttpResponse:
    """The items that ``asked`` says. Where settling several was refused: as they were ticked, with what was typed."""
    on, words = today(), {k: v.replace("\0", "")[:60] for k, v in asked.items()}
    area = words.get("area", "")
    names = Names.of(on)
    fields = _filters(by, words, names)
    wanted = _wanted(words)
    with showing(by, WORK_SEEN, area=area, code=wanted.code or "全部", whole=True) as shown:
        found = items(by, wanted, after=_key(words, "after"), before=_key(words, "before"))
        rows = _rows(by, found)
        shown.count, shown.keep = len(rows), bool(rows)
    query = {k: words[k] for k in _ASKED if words.get(k)}
    typed = request.POST if refused else QueryDict()
    page: dict[str, Any] = {
        "title": names.lists.get(wanted.code, T(wanted.code, wanted.code)) if wanted.code else T("全部名单", "All lists"), "fields": fields,
        "rows": rows, "found": found, "programmes": names.programmes, "area": area, "here": f"/lists?{urlencode(query)}",
        "names": near_names({r["item"].area for r in rows} | {area}, on), "query": [(_SENT.get(k, k), words[k]) for k in (*query, *_TURNED) if words.get(k)],
        "back": f"?{urlencode(query | {'before': found.before})}" if found.before else "",
        "forward": f"?{urlencode(query | {'after': found.after})}" if found.after else "",
        "acts": filled(_settling(), typed, refused), "mine": by.allows("decisions.read"), "unpaid": without_receipts(by, on, area),
        "refused": refused, "ticked": {int(i) for i in _ids(typed)}, "all": typed.get("which") == "all",
    }  # fmt: skip
    return render(request, "web/lists/list.html", page, status=422 if refused else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def item_page(request: HttpRequest, by: Actor, item_id: int) -> HttpResponse:
    """One item: why it is on the list, what is missing, and what an official found to be done about it."""
    refused: Refused | None = None
    if request.method == "POST":
        try:
            decide_work(by, item_id, state=request.POST.get("state", ""), why=request.POST.get("why", ""))
        except NotFound:
            raise
        except Refused as error:
            if type(error) is not Refused:
                raise
            refused = error
        else:
            return _see(_onward(request))
    on = today()
    names = Names.of(on)
    with showing(by, WORK_SEEN, code="", whole=True) as shown:
        item = items_by_id(by, [item_id]).get(item_id)
        if item is None:
            raise NotFound(
                "no-item", f"没有清单事项{item_id}，或不在您的辖区内。", f"There is no item {item_id} in your areas."
            )
        shown.household, shown.area, shown.params["code"] = item.household, item.area, item.code
        homes = households_by_id(by, [item.household], on=on)
        people = people_by_id(by, [item.person] if item.person else [])
    unpaid = None if item.state == "closed" else month_without_receipts(item.run, item.area)
    page: dict[str, Any] = {
        "item": item, "home": homes.get(item.household), "person": people.get(item.person or 0), "names": near_names({item.area}, on),
        "list": names.lists.get(item.code, T(item.code, item.code)), "programme": names.programmes.get(item.programme),
        "missing": [names.missing(m) for m in item.missing],
        "state": STATES.get(item.state), "chip": CHIPS.get(item.state, "quiet"), "fields": filled(_settling(), request.POST, refused),
        "refused": refused, "next": _onward(request), "unpaid": [(unpaid, [])] if unpaid else [], "decides": by.allows("decisions.read") and item.state != "closed",
    }  # fmt: skip
    return render(request, "web/lists/item.html", page, status=422 if refused else 200)


@signed_in
@require_POST
def choose_items(request: HttpRequest, by: Actor) -> HttpResponse:
    """Several items settled together: shown first, then confirmed. What is refused comes back to the list as it was."""
    words = {k: str(v).replace("\0", "")[:500] for k, v in request.POST.items()}
    asked = {k: words.get(_SENT.get(k, k), "") for k in (*_ASKED, *_TURNED)}
    asked = {k: v for k, v in asked.items() if v}
    try:
        ids = _all_of(by, asked) if words.get("which") == "all" else [int(i) for i in _ids(request.POST)]
        made = choose(
            by=by, of=ITEM, act="settle", ids=ids, params={"state": words.get("state", "")}, on=today(), why=words.get("why", "")
        )  # fmt: skip
    except Refused as refused:
        if type(refused) is not Refused:
            raise
        return _list(request, by, asked, refused)
    return _see(f"/ledgers/choice/{made.id}")


def _all_of(by: Actor, asked: Mapping[str, str]) -> list[int]:
    """The keys of every item that ``asked`` says. Raises Refused where they are too many to be chosen at once."""
    ids, more = item_ids(by, _wanted(asked), most=MOST)
    if more:
        raise Refused(
            "too-many",
            f"一次最多选 {MOST:,} 条，请加筛选条件。",
            f"At most {MOST:,} items at once: narrow the list.",
            field="ids",
        )
    return ids


def _wanted(asked: Mapping[str, str]) -> Wanted:
    state = asked.get("state", "open")
    certain = {"yes": True, "no": False}.get(asked.get("certain", ""))
    return Wanted(
        asked.get("list", ""), asked.get("programme", ""), "" if state == "all" else state, asked.get("area", ""), certain
    )  # fmt: skip


def _ids(form: QueryDict) -> list[str]:
    """The ticked items, so far as they are numbers."""
    return [x for x in form.getlist("ids") if x.isascii() and x.isdigit() and len(x) < 19]


def _rows(by: Actor, found: ItemPage) -> list[dict[str, Any]]:
    on = today()
    homes = households_by_id(by, [i.household for i in found.rows], on=on) if by.allows("registry.read") else {}
    people = people_by_id(by, [i.person for i in found.rows if i.person]) if by.allows("registry.read") else {}
    return [
        {
            "item": i, "home": homes.get(i.household), "person": people.get(i.person or 0), "state": STATES.get(i.state),
            "chip": CHIPS.get(i.state, "quiet"),
        }
        for i in found.rows
    ]  # fmt: skip


def _filters(by: Actor, words: dict[str, str], names: Names) -> list[Field]:
    any_ = Option("", "不限", "any")
    fields = [
        Field("list", "名单", "List", kind="choice", options=(any_, *(Option(k, t.zh, t.en) for k, t in names.lists.items()))),
        Field("programme", "项目", "Programme", kind="choice", options=(any_, *(Option(k, t.zh, t.en) for k, t in names.programmes.items()))),
        area_field(by, words.get("area", ""), names.on),
        Field("state", "状态", "State", kind="choice", value="open", options=(*(Option(k, t.zh, t.en) for k, t in STATES.items()), Option("all", "全部", "all"))),
        Field("certain", "是否确定", "Certain", kind="choice", options=(any_, Option("yes", "确定", "certain"), Option("no", "待补情况", "something is unknown"))),
    ]  # fmt: skip
    return filled(fields, words)


def _settling() -> list[Field]:
    options = tuple(Option(k, STATES[k].zh, STATES[k].en) for k in ("done", "dismissed", "open"))
    return [
        Field("state", "处理结果", "What became of it", kind="choice", options=options),
        Field("why", "理由（记入操作记录）", "Reason (kept on record)", required=True, attrs={"maxlength": "500"}),
    ]


def _way(code: str, **more: str) -> str:
    return f"/lists?{urlencode({'list': code} | {k: v for k, v in more.items() if v})}"


def _onward(request: HttpRequest) -> str:
    """Back to the list that it was opened from, where it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/lists"
    return wanted if wanted.startswith("/lists") and "//" not in wanted and "\\" not in wanted else "/lists"


def _key(words: dict[str, str], name: str) -> int | None:
    said = words.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def _see(where: str) -> HttpResponse:
    response = HttpResponseRedirect(where)
    response.status_code = 303
    return response
