"""A standard's life: the list by state, one proposal with what it would do, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from doudi.server.areas.selectors import names_of
from doudi.server.decisions.actions import begin_simulation
from doudi.server.decisions.selectors import simulations, snapshots
from doudi.server.decisions.views import SimulationView
from doudi.server.jobs.selectors import job as job_of
from doudi.server.jobs.views import JobView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused
from doudi.server.policybook import actions
from doudi.server.policybook.browse import shelf
from doudi.server.policybook.browse.standards import value_at
from doudi.server.policybook.naming import Names, Said
from doudi.server.policybook.selectors import policy, proposal, proposals, rivals
from doudi.server.policybook.shapes import NewLine, ProposalView
from doudi.server.web.dates import typed_day_or_none
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.policy.frame import area_name
from doudi.server.web.signed_in import signed_in, status_of, today
from doudi.server.web.standards.lines import told
from doudi.server.web.words import T, english

STATES = {
    "drafted": T("草案", "Drafted"), "approved": T("已批准", "Approved"), "published": T("已公布，未到施行日", "Published, not yet in force"),
    "in-force": T("施行中", "In force"), "ended": T("已到期", "Ended"), "replaced": T("已被替换", "Replaced"), "withdrawn": T("已撤回", "Withdrawn"),
}  # fmt: skip
CHIPS = {"drafted": "open", "approved": "open", "published": "open", "in-force": "good", "withdrawn": "bad"}
STEPS = (T("草案", "Draft"), T("批准", "Approval"), T("公布", "Publication"), T("施行", "In force"))
AT = {"drafted": 1, "approved": 2, "published": 3, "in-force": 4, "ended": 4, "replaced": 4, "withdrawn": 1}
TOP = ("/standards", T("标准的办理", "Standards on their way"))
SIZE = 30


@dataclass(frozen=True)
class LineSaid:
    """A value of a proposal with what held the day before it begins."""

    line: NewLine
    name: T
    key: T
    place: str
    before: str
    after: str


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """All that the reader may see: what is published everywhere, drafts of the own areas; the newest first."""
    state, standard = request.GET.get("state", ""), request.GET.get("standard", "")
    before = request.GET.get("before", "")
    found = proposals(
        by, state=state if state in ("drafted", "approved", "published", "withdrawn") else "", standard=standard, limit=SIZE + 1,
        before=int(before) if before.isdigit() and len(before) < 18 else None,
    )  # fmt: skip
    on = today()
    names, words = names_of({p.area for p in found if p.area}, on), policy(on).names
    rows = [
        (p, p.stage(on), STATES[p.stage(on)], CHIPS.get(p.stage(on), "quiet"), names.get(p.area, ""), _names(p, words))
        for p in found[:SIZE]
    ]
    more = {k: v for k, v in (("state", state), ("standard", standard)) if v}
    states = [("", "全部", "All"), ("drafted", "草案", "Drafted"), ("approved", "已批准", "Approved")]
    states += [("published", "已公布", "Published"), ("withdrawn", "已撤回", "Withdrawn")]
    choose = Field("state", "到哪一步", "State", "choice", value=state, options=tuple(Option(*x) for x in states))
    page = {
        "rows": rows, "fields": [choose], "drafts": by.allows("standards.draft"), "ledgers": by.allows("screening.read"),
        "forward": f"/standards?{urlencode({**more, 'before': str(found[SIZE - 1].id)})}" if len(found) > SIZE else "",
    }  # fmt: skip
    return render(request, "web/standards/list.html", page)


@signed_in
@require_safe
def one(request: HttpRequest, by: Actor, proposal_id: int) -> HttpResponse:
    """One proposal: its values, who did which step, what it would do, what comes next."""
    return _shown(request, by, proposal(by, proposal_id))


@signed_in
@require_http_methods(["POST"])
def approve(request: HttpRequest, by: Actor, proposal_id: int) -> HttpResponse:
    """Another than who drafted it records the approval."""

    def act() -> None:
        actions.approve(
            by, proposal_id, version=_version(request), approval=request.POST.get("approval", ""), approved_on=_day(request, "approved_on")
        )  # fmt: skip

    return _step(request, by, proposal_id, "approve", act, T("已登记批准。", "The approval is recorded."))


@signed_in
@require_http_methods(["POST"])
def publish(request: HttpRequest, by: Actor, proposal_id: int) -> HttpResponse:
    """The document is out; everybody that it touches is priced again in the background."""

    def act() -> None:
        actions.publish(
            by, proposal_id, version=_version(request), number=request.POST.get("number", ""), issuer=request.POST.get("issuer", ""),
            published_on=_day(request, "published_on"),
        )  # fmt: skip

    return _step(
        request,
        by,
        proposal_id,
        "publish",
        act,
        T("已公布，正在按新标准重算。", "Published. Everybody is being priced again."),
    )


@signed_in
@require_http_methods(["POST"])
def withdraw(request: HttpRequest, by: Actor, proposal_id: int) -> HttpResponse:
    """Takes it back, with the reason."""

    def act() -> None:
        actions.withdraw(by, proposal_id, version=_version(request), why=request.POST.get("why", ""))

    return _step(request, by, proposal_id, "withdraw", act, T("已撤回。", "Withdrawn."))


@signed_in
@require_http_methods(["POST"])
def effect(request: HttpRequest, by: Actor, proposal_id: int) -> HttpResponse:
    """What its values would do to the households of the last snapshot, worked out in the background; nobody's decision changes."""

    def act() -> None:
        p = proposal(by, proposal_id)
        taken = _last(by, p.area)
        begin_simulation(
            by, p.lines, name=p.title[:120], area=_own(by, p.area), as_of=today(), snapshot=taken, proposal=p.id
        )

    return _step(request, by, proposal_id, "effect", act, T("正在测算。", "Being worked out."))


def _step(
    request: HttpRequest, by: Actor, proposal_id: int, form: str, act: Callable[[], None], done: T
) -> HttpResponse:
    try:
        act()
    except (NotFound, Changed):
        raise
    except Refused as refused:
        if isinstance(refused, NotAllowed) and refused.code not in ("two-people", "outside"):
            raise
        return _shown(request, by, proposal(by, proposal_id), form=form, refused=refused)
    messages.success(request, str(done))
    return redirect(f"/standards/{proposal_id}")


def _shown(
    request: HttpRequest, by: Actor, p: ProposalView, *, form: str = "", refused: Refused | None = None
) -> HttpResponse:
    on = today()
    stage = p.stage(on)
    own = all(by.scope.covers(x.area) for x in p.lines)
    tried = simulations(by, proposal=p.id, limit=3) if by.allows("screening.read") else []
    steps = forms(by, p, request, form, refused) if own else {}
    job = _job(by, p.job)
    page: dict[str, Any] = {
        "alone": refused if form not in steps and form != "effect" else None,
        "p": p, "stage": STATES[stage], "chip": CHIPS.get(stage, "quiet"), "at": AT[stage], "way_of_it": [str(x) for x in STEPS],
        "lines": lines_said(by, p), "place": names_of([p.area], on).get(p.area, "") if p.area else str(T("全国", "the whole country")),
        "rivals": rivals(by, p.id) if p.state in ("drafted", "approved") else [], "own": own, "mine": p.drafted.official == by.official,
        "forms": steps, "form": form, "refused": refused, "tried": _tried(by, tried),
        "can_try": own and by.allows("screening.run") and p.state in ("drafted", "approved"), "job": job,
        "again": _again(by, p) if own and job is not None and job.state in ("failed", "cancelled") else "",
        "edits": own and p.state == "drafted" and by.allows("standards.draft"), "way": [TOP],
    }  # fmt: skip
    return render(request, "web/standards/one.html", page, status=status_of(refused) if refused else 200)


def lines_said(by: Actor, p: ProposalView) -> list[LineSaid]:
    """Its values beside what holds the day before they begin (of one that is published: before it)."""
    s = shelf(by, p.since - timedelta(days=1), "en" if english() else "zh")
    decls = {d.name: d for d in s.book.standards}
    out = []
    for x in p.lines:
        decl = decls.get(x.standard)
        name = s.names.name(x.standard)
        key = s.names.value_of(decl.by, x.key) if decl is not None and decl.by is not None and x.key else None
        out.append(
            LineSaid(
                x, T(name.zh, name.en), T(key.zh, key.en) if key else T(x.key, x.key), area_name(s, x.area, s.on),
                value_at(s, decl, x.area, x.key) if decl is not None else "", told(s, x),
            )
        )  # fmt: skip
    return out


def forms(
    by: Actor, p: ProposalView, request: HttpRequest, form: str, refused: Refused | None
) -> dict[str, list[Field]]:
    """The forms of the steps that can come next for this reader, the one that was refused as it was typed."""
    out: dict[str, list[Field]] = {}
    on = today().isoformat()
    if p.state == "drafted" and by.allows("standards.approve") and p.drafted.official != by.official:
        out["approve"] = [
            Field("approval", "批准的文件或会议", "Document or meeting that approved it", required=True),
            Field("approved_on", "批准日期", "Approved on", "date", value=on, required=True),
        ]
    if p.state == "approved" and by.allows("standards.publish"):
        out["publish"] = [
            Field(
                "number",
                "文号",
                "Number of the document",
                required=True,
                hint=T(
                    "例如 大政发〔2026〕12号", "as it stands at the head of the document, such as 大政发〔2026〕12号"
                ),
            ),
            Field("issuer", "发布单位", "Issued by", required=True),
            Field("published_on", "公布日期", "Published on", "date", value=on, required=True),
        ]
    may = by.allows("standards.draft" if p.state == "drafted" else "standards.approve")
    self_published = p.published is not None and p.published.official == by.official
    if p.state in ("drafted", "approved", "published") and may and not self_published:
        out["withdraw"] = [Field("why", "撤回的理由", "Why it is withdrawn", "textarea", required=True)]
    if form in out:
        out[form] = filled(out[form], request.POST, refused)
    return out


def _tried(by: Actor, found: list[SimulationView]) -> list[tuple[SimulationView, JobView | None]]:
    return [(s, _job(by, s.job) if s.effects is None else None) for s in found]


def _again(by: Actor, p: ProposalView) -> str:
    """The step that, done again, begins anew the job that came to nothing; empty where it is not this officer's."""
    step, may = ("withdraw", "standards.approve") if p.state == "withdrawn" else ("publish", "standards.publish")
    return step if by.allows(may) else ""


def _job(by: Actor, number: int | None) -> JobView | None:
    try:
        return job_of(by, number) if number is not None else None
    except NotFound:
        return None


def _last(by: Actor, area: str) -> int | None:
    """The newest snapshot, whole, of the area or of what holds it and is the reader's."""
    for s in snapshots(by, limit=50):
        if s.state == "whole" and by.scope.covers(s.area) and area.startswith(s.area):
            return s.id
    return None


def _own(by: Actor, area: str) -> str:
    """Where to look: the area of the proposal; of one for the whole country the reader's own."""
    own = by.scope.prefixes
    return area or (own[0] if len(own) == 1 else "")


def _names(p: ProposalView, words: Names) -> list[Said]:
    return [words.name(x) for x in dict.fromkeys(x.standard for x in p.lines)]


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _day(request: HttpRequest, name: str) -> date:
    found = typed_day_or_none(request.POST.get(name, ""), name)
    if found is None:
        raise Refused("empty", "请填写日期。", "Give the date.", field=name)
    return found
