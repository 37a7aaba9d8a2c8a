"""Many lines at once: chosen, shown with what it will do, confirmed, carried out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from doudi.server.jobs.selectors import job as job_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.registry.selectors.rolls import households_by_id, people_by_id
from doudi.server.rolls.actions import all_of, broken_off, choose, confirm
from doudi.server.rolls.acts import ACTS, ITEM
from doudi.server.rolls.asked import HOUSEHOLD, Asked, asked
from doudi.server.rolls.export import export_roll
from doudi.server.rolls.selectors import ChoiceView, choice
from doudi.server.web.area_choice import near_names
from doudi.server.web.dates import typed_day
from doudi.server.web.fields import filled
from doudi.server.web.ledgers.filters import Known
from doudi.server.web.ledgers.roll import PATHS, act_fields, sent, words_of
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import T, english

SHOWN = 20
_FIELDS = ("act", "to", "on", "why", "which", "ids", "of")


@signed_in
@require_POST
def choose_lines(request: HttpRequest, by: Actor) -> HttpResponse:
    """Keeps which lines are meant and what is to be done to them; the next page shows it."""
    words = words_of(request)
    of = words.get("of", "")
    try:
        wanted = asked(of, {k: v for k, v in words.items() if k not in _FIELDS})
        ids = all_of(by=by, asked=wanted, on=today()) if words.get("which") == "all" else chosen(request)
        act = words.get("act", "")
        day = typed_day(words.get("on", ""), "on", today())
        why = words.get("why", "") or (T("导出", "export").zh if act == "export" else "")
        made = choose(by=by, of=of, act=act, ids=ids, params={"ledger": words.get("to", "")}, on=day, why=why)
    except NotFound:
        raise
    except Refused as refused:
        if of not in PATHS or type(refused) is not Refused:
            raise
        fields = filled(act_fields(by, of, Known.of(today())), request.POST, refused)
        page = {
            "of": of, "fields": fields, "refused": refused, "kept": [(k, v) for k, v in words.items() if k not in ("act", "to", "on", "why", "ids")],
            "ids": chosen(request), "path": PATHS[of],
        }  # fmt: skip
        return render(request, "web/ledgers/choose.html", page, status=422)
    return see(f"/ledgers/choice/{made.id}")


@signed_in
@require_safe
def choice_page(request: HttpRequest, by: Actor, choice_id: int) -> HttpResponse:
    """What is to be done to whom, before it is done; how far it is, while it is being done; what came of it."""
    c = choice(by, choice_id)
    return render(request, "web/ledgers/choice.html", page_of(by, c))


def page_of(by: Actor, c: ChoiceView) -> dict[str, Any]:
    on = today()
    ledgers = Known.of(on).ledgers
    act = ACTS[c.act]
    lines: list[tuple[str, str, str]] = []
    # While it is being carried out only figures are shown: to show people is to write it down, and the work is writing.
    shown = c.ids[:SHOWN] if c.state == "chosen" else ()
    if c.of == HOUSEHOLD:
        lines = [
            (f"/household/{h.id}", f"{h.head or h.number}", h.area) for h in households_by_id(by, shown, on=on).values()
        ]
    elif c.of != ITEM:
        lines = [("", p.name, p.area) for p in people_by_id(by, shown).values()]
    same = len(act.settled(by, c, c.ids)) if c.state == "chosen" else 0
    return {
        "choice": c, "act": T(act.zh, act.en), "ledger": ledgers.get(c.params.get("ledger", "")), "lines": lines, "rest": len(c.ids) - len(lines) if lines else 0,
        "names": near_names({a for _, _, a in lines}, on), "same": same, "fresh": len(c.ids) - same, "job": job_of(by, c.job) if c.job else None,
        "back": PATHS.get(c.of, "/lists"), "settle": _STATES.get(c.params.get("state", "")), "exports": c.act == "export",
        "again": broken_off(by, c),
    }  # fmt: skip


@signed_in
@require_POST
def confirm_choice(request: HttpRequest, by: Actor, choice_id: int) -> HttpResponse:  # noqa: ARG001
    """Does it, or begins to. Again, it does nothing more."""
    confirm(by=by, choice=choice_id)
    return see(f"/ledgers/choice/{choice_id}")


@signed_in
@require_safe
def workbook(request: HttpRequest, by: Actor, choice_id: int) -> HttpResponse:  # noqa: ARG001
    """The chosen lines as a workbook."""
    c = choice(by, choice_id)
    if c.act != "export":
        raise NotFound("no-workbook", "这次批量办理没有工作簿。", "There is no workbook of that choice.")
    data, _ = export_roll(by=by, asked=Asked(c.of, keys=c.ids), on=today(), lang="en" if english() else "zh")
    return sent(data, c.of)


def chosen(request: HttpRequest) -> list[int]:
    """The ticked lines."""
    return [int(x) for x in request.POST.getlist("ids") if x.isascii() and x.isdigit() and len(x) < 19]


def see(where: str) -> HttpResponse:
    """After an act: look there."""
    response = HttpResponseRedirect(where)
    response.status_code = 303
    return response


_STATES = {"done": T("已办", "done"), "dismissed": T("不需办理", "needs nothing"), "open": T("待办", "open")}
