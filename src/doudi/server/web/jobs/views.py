"""Background work: one's own and that of one's areas, how far it is, what came of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from doudi.server.areas.selectors import names_of
from doudi.server.jobs.actions import cancel
from doudi.server.jobs.kinds import kinds
from doudi.server.jobs.selectors import job, jobs
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.web.jobs.links import figures_of, link_of
from doudi.server.web.signed_in import signed_in, status_of, today
from doudi.server.web.words import T

STATES = {
    "waiting": ("quiet", T("排队中", "waiting")), "running": ("open", T("进行中", "running")), "done": ("good", T("已完成", "done")),
    "failed": ("bad", T("失败", "failed")), "cancelled": ("quiet", T("已取消", "cancelled")),
}  # fmt: skip
PART = 30


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """What waits and runs with its progress, then what has ended."""
    asked = request.GET
    state = asked.get("state", "") if asked.get("state") in STATES else ""
    kind = asked.get("kind", "") if asked.get("kind") in {k.name for k in kinds()} else ""
    before = int(asked["before"]) if asked.get("before", "").isdigit() and len(asked["before"]) < 19 else None
    found = jobs(by, kind=kind, state=state, limit=PART + 1, before=before)
    forward = ""
    if len(found) > PART:
        query = asked.copy()
        query["before"] = str(found[PART - 1].id)
        forward = f"/jobs?{query.urlencode()}"
    found = found[:PART]
    page = {
        "live": [j for j in found if not j.ended], "ended": [(j, link_of(j), figures_of(j)) for j in found if j.ended], "states": STATES, "state": state,
        "kind": kind, "kinds": kinds(), "names": names_of({j.area for j in found if j.area}, today()), "forward": forward, "by": by,
    }  # fmt: skip
    return render(request, "web/jobs/jobs.html", page)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, by: Actor, job_id: int) -> HttpResponse:
    """One job. Cancelling is sent to this very address."""
    refused: Refused | None = None
    if request.method == "POST":
        try:
            if request.POST.get("do") != "cancel":
                raise Refused("no-act", "没有这种操作。", "There is no such act.")
            cancel(by, job_id)
            return HttpResponseRedirect(_next(request, job_id), status=303)
        except NotFound:
            raise
        except Refused as error:
            refused = error
    found = job(by, job_id)
    page = {
        "job": found, "refused": refused, "states": STATES[found.state], "link": link_of(found), "figures": figures_of(found),
        "place": names_of([found.area], today())[found.area] if found.area else "",
        "mine": found.official is not None and found.official == by.official, "manages": by.allows("jobs.manage"),
    }  # fmt: skip
    return render(request, "web/jobs/job.html", page, status=status_of(refused) if refused else 200)


@signed_in
@require_safe
def bar(request: HttpRequest, by: Actor, job_id: int) -> HttpResponse:
    """The progress of a job alone, for a page that shows it; a page that shows an ended job is asked to load anew."""
    found = job(by, job_id)
    answer = render(request, "web/jobs/bar.html", {"job": found})
    if found.ended:
        answer["HX-Refresh"] = "true"
    return answer


def _next(request: HttpRequest, job_id: int) -> str:
    wanted = request.POST.get("next", "")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe else f"/jobs/{job_id}"
