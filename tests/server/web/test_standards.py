"""A standard's life in the browser's own requests: drafted by one, approved by another, published, everybody priced again, the ledger read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doudi.server.decisions.models import RepricingLine
from doudi.server.decisions.selectors import repricing_places, repricings, simulations
from doudi.server.jobs import actions as jobs
from doudi.server.jobs.models import Job
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import system
from doudi.server.policybook.selectors import policy, proposal, proposals
from tests.server.cast import COUNTY, settled
from tests.server.decisions.conftest import County, county, on_record
from tests.server.policybook import standards
from tests.server.web.entries import standards as entries
from tests.server.web.world import FAST, World, client_of, made

__all__ = ["county", "on_record"]
LINE = {"lines.0.standard": "低保标准", "lines.0.area": COUNTY, "lines.0.key": "农村", "lines.0.value": "7800"}
REST = {
    "title": "大化县2026年农村低保标准", "since": "2026-10-01", "until": "", "basis": "生活消费支出测算", "measured_by": "县统计局",
    "proposed_by": "县民政局\n县财政局", "replaces": "",
}  # fmt: skip


@pytest.fixture
def world(db: str) -> Iterator[World]:
    with FAST:
        found = made()
        entries.seed(found)
        yield found


def drafted(client: Client, **other: str) -> int:
    answer = client.post("/standards/new", {**LINE, **REST, "once": "a", **other})
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>([^<]*)', answer.content.decode())
    return int(answer["Location"].rsplit("/", 1)[1])


def version(client: Client, number: int) -> str:
    found = re.search(r'name="version" value="(\d+)"', client.get(f"/standards/{number}").content.decode())
    assert found
    return found[1]


def test_a_draft_keeps_what_was_typed_where_something_is_wrong(world: World) -> None:
    client = client_of(world.who["POLICY"])
    for wrong, field in (
        ({"title": " "}, "title"),
        ({"proposed_by": "县民政局"}, "proposed_by"),
        ({"lines.0.value": "很多"}, "lines.0.value"),
        ({"since": "明天"}, "since"),
    ):
        answer = client.post("/standards/new", {**LINE, **REST, **wrong})
        page = answer.content.decode()
        assert answer.status_code == 422, field
        assert f'id="f-{field}-error"' in page
        assert "县统计局" in page
    assert proposals(world.who["POLICY"], state="drafted", area=COUNTY)[0].id == world.ids["draft"]


def test_what_only_fits_the_form_does_not_wait_until_all_is_filled_in(world: World) -> None:
    client = client_of(world.who["POLICY"])
    for path in ("/standards/new", "/simulation/new"):
        page = client.get(path).content.decode()
        buttons = re.findall(r'<button[^>]*name="(?:again|add)"[^>]*>', page)
        assert len(buttons) == 2, path
        assert all("formnovalidate" in b for b in buttons), path


def test_sent_twice_it_is_one_draft(world: World) -> None:
    client = client_of(world.who["POLICY"])
    assert drafted(client) == drafted(client)


def test_a_bare_number_is_in_yuan_and_bands_are_typed_line_by_line(world: World) -> None:
    client = client_of(world.who["POLICY"])
    assert proposal(world.who["POLICY"], drafted(client)).lines[0].value == "7800 元"
    begun = client.get("/standards/new?standard=高龄津贴标准").content.decode()
    typed = re.search(r"<textarea[^>]*lines.0.value[^>]*>([^<]*)", begun)
    assert typed
    assert typed[1].splitlines()[0] == "以下: 0 元"
    bands = {
        "lines.0.standard": "高龄津贴标准",
        "lines.0.area": COUNTY,
        "lines.0.value": typed[1].replace("50 元", "80 元"),
    }
    value = proposal(world.who["POLICY"], drafted(client, once="b", **bands)).lines[0].value
    assert value == {"bands": {"80 岁": "80 元", "90 岁": "100 元", "100 岁": "300 元"}, "below": "0 元"}


def test_a_draft_is_changed_until_it_is_approved(world: World) -> None:
    client = client_of(world.who["POLICY"])
    number = drafted(client)
    page = client.get(f"/standards/{number}/edit").content.decode()
    assert 'value="7800 元"' in page
    changed = {**LINE, **REST, "lines.0.value": "7700", "version": version(client, number)}
    assert client.post(f"/standards/{number}/edit", changed).status_code == 302
    assert client.post(f"/standards/{number}/edit", changed).status_code == 409, "somebody else's version"
    assert proposal(world.who["POLICY"], number).lines[0].value == "7700 元"


def test_nobody_approves_their_own(world: World) -> None:
    client = client_of(world.who["POLICY"])
    number = drafted(client)
    page = client.get(f"/standards/{number}").content.decode()
    assert "要由另一位" in page
    assert "/approve" not in page
    form = {"version": "1", "approval": "常务会议", "approved_on": "2026-09-01"}
    answer = client.post(f"/standards/{number}/approve", form)
    assert answer.status_code == 403
    assert "起草人不能" in answer.content.decode()
    assert client_of(world.who["CLERK"]).post(f"/standards/{number}/approve", form).status_code in (403, 404)


def test_what_is_missing_in_a_step_is_said_at_its_field(world: World) -> None:
    number = drafted(client_of(world.who["POLICY"]))
    other = client_of(world.who["PROVINCE"])
    answer = other.post(f"/standards/{number}/approve", {"version": "1", "approval": " ", "approved_on": "2026-09-01"})
    assert answer.status_code == 422
    assert 'id="f-approval-error"' in answer.content.decode()
    answer = other.post(f"/standards/{number}/approve", {"version": "1", "approval": "会议", "approved_on": "哪天"})
    assert answer.status_code == 422
    assert 'value="会议"' in answer.content.decode()


def test_others_drafts_do_not_exist(world: World) -> None:
    client = client_of(world.who["OTHER_COUNTY"])
    assert client.get(f"/standards/{world.ids['draft']}").status_code == 404
    assert f'/standards/{world.ids["draft"]}"' not in client.get("/standards").content.decode()
    assert client.get(f"/standards/ledger/{world.ids['ledger']}").status_code == 404


def test_a_repricing_that_failed_is_begun_anew_from_the_page(world: World) -> None:
    officer = world.who["POLICY"]
    done = standards.publish(standards.approve(standards.draft(by=officer)), by=officer)
    assert done.job is not None
    client, url = client_of(officer), f"/standards/{done.proposal.id}"
    assert "重新开始重算" not in client.get(url).content.decode()
    Job.objects.filter(id=done.job.id).update(state="failed", single=None, zh="磁盘满了。")
    page = client.get(url).content.decode()
    assert "磁盘满了" in page
    form = page[: page.index("重新开始重算")].rpartition("<form")[2]
    assert f'action="{url}/publish"' in form
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert client.post(f"{url}/publish", sent).status_code == 302
    assert proposal(officer, done.proposal.id).job != done.job.id


def test_however_many_proposals_the_list_asks_little(world: World) -> None:
    client = client_of(world.who["POLICY"])
    for n in range(35):
        drafted(client, once=f"n{n}", title=f"第{n}份")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/standards").content.decode()
    assert len(asked) <= 25
    assert 'rel="next"' in page


def test_from_draft_to_ledger(on_record: County) -> None:
    """With the real work in the background: the effect before, publication, everybody priced again, the ledger, withdrawal."""
    with FAST:
        # The county's rows have ids of their own: no household is registered beside them.
        who = settled()
    one, two = client_of(who["POLICY"]), client_of(who["PROVINCE"])
    number = drafted(one)
    assert one.post(f"/standards/{number}/effect").status_code == 302
    (tried,) = simulations(who["POLICY"], proposal=number)
    assert tried.job is not None
    assert jobs.run_here(tried.job).state == "done"
    page = one.get(f"/standards/{number}").content.decode()
    assert "增加的户" in page
    (tried,) = simulations(who["POLICY"], proposal=number)
    assert tried.effects is not None
    assert tried.effects.total.winners > 0

    form = {"version": version(two, number), "approval": "县政府常务会议", "approved_on": "2026-09-01"}
    assert two.post(f"/standards/{number}/approve", form).status_code == 302
    untouched = policy(date(2026, 10, 1)).digest
    form = {
        "version": version(one, number),
        "number": "大政发〔2026〕12号",
        "issuer": "大化县人民政府",
        "published_on": "2026-09-20",
    }
    assert one.post(f"/standards/{number}/publish", form).status_code == 302
    assert one.post(f"/standards/{number}/publish", form).status_code == 302, "published twice is published once"
    assert policy(date(2026, 10, 1)).digest != untouched
    (job,) = Job.objects.filter(kind="reprice")
    assert "排队中" in one.get(f"/standards/{number}").content.decode()
    done = jobs.run_here(job.id)
    assert (done.state, done.zh) == ("done", "")

    page = one.get(f"/standards/{number}").content.decode()
    assert "施行中" in page
    (ledger,) = repricings(who["POLICY"])
    assert f"/standards/ledger/{ledger.id}" in page
    assert (ledger.back_pay or 0) > 0
    assert sum(p.back_pay for p in repricing_places(who["POLICY"], ledger.id)) == ledger.back_pay
    with CaptureQueriesContext(connection) as asked:
        told = one.get(f"/standards/ledger/{ledger.id}").content.decode()
    assert len(asked) <= 25
    assert "应补发" in told
    with acting(system("test")):
        lines = list(RepricingLine.objects.filter(repricing=ledger.id))
    assert sum(x.difference for x in lines if x.difference and x.difference > 0) == ledger.back_pay
    assert f'href="/household/{lines[0].household}"' in told or len(lines) > 50
    own = client_of(who["CLERK"]).get(f"/standards/ledger/{ledger.id}").content.decode()
    assert "2026-10: " in told
    assert "2026-10: " not in own, "a township is not told how many lines the county has"
    shown = {int(x) for x in re.findall(r'href="/household/(\d+)"', own)}
    assert shown == {x.household for x in lines if x.area.startswith("451229103")} or len(shown) >= 40

    assert (
        one.post(f"/standards/{number}/withdraw", {"version": version(two, number), "why": "算错了"}).status_code == 403
    )
    form = {"version": version(two, number), "why": "算错了"}
    assert two.post(f"/standards/{number}/withdraw", form).status_code == 302
    assert policy(date(2026, 10, 1)).digest == untouched
    assert "已撤回" in two.get(f"/standards/{number}").content.decode()
