"""A standard's life: drafted by one, approved by another, published, in force from its day, withdrawn; and one job that prices everybody again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from doudi.server.audit.models import Entry
from doudi.server.jobs.models import Job
from doudi.server.lib.actor import system
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused
from doudi.server.operations.divisions import recode
from doudi.server.policybook import actions
from doudi.server.policybook.actions import NewLine
from doudi.server.policybook.models import Proposal
from doudi.server.policybook.selectors import policy, policy_of, policy_with, proposal, proposals, rivals, values
from tests.server.cast import CLERK, COUNTY, OTHER_COUNTY_CODE, POLICY, PROVINCE, PROVINCE_CODE, SYSTEM, TOWN, actor
from tests.server.policybook.standards import (
    DAY,
    RURAL,
    SECOND,
    THIRD,
    approve,
    draft,
    publish,
    published,
    value,
    what,
)

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
ELSEWHERE = actor("policy", OTHER_COUNTY_CODE, official=409, name="潘策")


def test_from_draft_to_force(places: str) -> None:
    untouched = policy(DAY).digest
    one = draft()
    assert (one.state, one.version, one.area, one.lines, one.drafted.name) == ("drafted", 1, COUNTY, (RURAL,), "罗策")
    two = approve(one)
    assert (two.state, two.approved and two.approved.name, two.approval) == ("approved", "韦策", "县政府常务会议")
    assert policy(DAY).digest == untouched
    done = publish(two)
    three = done.proposal
    assert [three.stage(day) for day in (BEFORE, DAY, AFTER)] == ["published", "in-force", "in-force"]
    assert [value(day) for day in (BEFORE, DAY, AFTER)] == [6420, 7200, 7200]
    assert value(DAY, key="城市") == 850
    assert value(DAY, area=TOWN) == 7200
    assert value(date(2027, 6, 1)) == 7200
    acts = list(Entry.objects.filter(verb__startswith="standard.").order_by("seq").values_list("verb", "official"))
    assert acts == [("standard.drafted", 109), ("standard.approved", 209), ("standard.published", 109)]
    assert "大政发〔2026〕12号" in Entry.objects.get(verb="standard.published").zh


def test_the_document_is_cited(places: str) -> None:
    published()
    lines = next(s for s in policy(DAY).pack.book.standards if s.name == "低保标准").lines
    cites = [c for x in lines if x.value == 720000 for c in x.cites]
    assert [(c.document, c.clause, c.status) for c in cites] == [("大政发〔2026〕12号", "全文", "document")]
    assert policy(DAY).pack.documents["大政发〔2026〕12号"].zh == "大化县人民政府《大化县2026年农村低保标准》"


def test_one_job_prices_everybody_again(places: str) -> None:
    untouched = policy(DAY).digest
    approved = approve(draft(RURAL, NewLine("低保标准", COUNTY, "城市", "880 元")))
    done = publish(approved)
    again = publish(approved)
    assert done.job is not None
    assert again.job is not None
    assert done.job.id == again.job.id == done.proposal.job == Job.objects.get(kind="reprice").id
    assert done.job.area == COUNTY
    after = policy(DAY).digest
    assert done.job.params == {
        "proposal": approved.id, "areas": [COUNTY], "since": "2026-07-01", "until": None, "before": untouched, "after": after,
        "preview": False,
    }  # fmt: skip
    assert value(DAY, of=policy_of(untouched)) == 6420
    assert value(DAY, of=policy_of(after)) == 7200


def test_a_preview_decides_as_if_it_were_published(places: str) -> None:
    one = draft()
    job = actions.preview(POLICY, one.id)
    assert (job.params["preview"], job.params["before"], Job.objects.count()) == (True, policy(DAY).digest, 1)
    assert value(DAY, of=policy_of(job.params["after"])) == 7200
    assert policy_with(POLICY, DAY, [one.id]).digest == job.params["after"]
    assert policy_with(POLICY, DAY, []).digest == policy(DAY).digest
    assert value(DAY) == 6420
    publish(approve(one))
    with pytest.raises(Refused):
        actions.preview(POLICY, one.id)


def test_two_people_never_one(places: str) -> None:
    one = draft()
    with pytest.raises(NotAllowed, match="起草人"):
        approve(one, by=POLICY)
    with pytest.raises(NotAllowed, match="起草人"):
        approve(one, by=replace(POLICY, post="大化县 另一个岗位"))
    for nobody in (system("job"), replace(SECOND, official=None)):
        with pytest.raises(NotAllowed):
            approve(one, by=nobody)
        with pytest.raises(NotAllowed):
            draft(by=nobody)
    with pytest.raises(Refused, match="已批准"):
        publish(one)
    changed = actions.redraft(SECOND, one.id, what(replace(RURAL, value="7300 元")), version=1)
    with pytest.raises(NotAllowed, match="起草人"):
        approve(changed)
    assert approve(changed, by=POLICY).state == "approved"


def test_nobody_approves_what_they_have_not_seen(places: str) -> None:
    one = draft()
    actions.redraft(POLICY, one.id, what(replace(RURAL, value="7900 元")), version=1)
    with pytest.raises(Changed) as raised:
        approve(one)
    assert raised.value.since == (("罗策修改", "罗策 changed it"),)
    with pytest.raises(Changed):
        actions.redraft(POLICY, one.id, what(), version=1)
    assert proposal(POLICY, one.id).lines[0].value == "7900 元"


def test_each_step_only_in_its_turn_and_repeated_it_is_one(places: str) -> None:
    one = actions.draft(POLICY, what(), token="a")
    assert actions.draft(POLICY, what(), token="a") == one
    two = approve(one)
    assert approve(one) == two
    with pytest.raises(Refused):
        actions.redraft(POLICY, one.id, what(), version=two.version)
    with pytest.raises(Changed):
        actions.approve(THIRD, one.id, version=1, approval="别的会", approved_on=DAY)
    with pytest.raises(Refused, match="早于批准日"):
        publish(two, on=date(2026, 6, 9))
    three = publish(two).proposal
    with pytest.raises(Refused, match="已公布"):
        actions.publish(
            POLICY, one.id, version=three.version, number="别的号", issuer="县政府", published_on=date(2026, 6, 20)
        )
    assert Entry.objects.filter(verb__startswith="standard.").count() == 3


def test_whose_standards_they_are(places: str) -> None:
    for line in (replace(RURAL, area=OTHER_COUNTY_CODE), replace(RURAL, area="45"), replace(RURAL, area="")):
        with pytest.raises(NotAllowed):
            draft(line)
        with pytest.raises(NotAllowed):
            draft(RURAL, line)
    assert draft(replace(RURAL, area="45", value="7000 元"), by=PROVINCE).area == "45"
    for who in (CLERK, replace(POLICY, may=frozenset({"policy.read"}))):
        with pytest.raises(NotAllowed):
            draft(by=who)
    one = draft()
    for act in (
        lambda: approve(one, by=ELSEWHERE),
        lambda: publish(one, by=ELSEWHERE),
        lambda: actions.preview(ELSEWHERE, one.id),
    ):
        with pytest.raises(NotFound):
            act()
    two = publish(approve(one)).proposal
    with pytest.raises(NotAllowed):
        actions.withdraw(ELSEWHERE, two.id, version=two.version, why="不是我们的")


def test_drafts_are_seen_at_home_and_published_ones_everywhere(places: str) -> None:
    one = draft()
    assert [p.id for p in proposals(POLICY)] == [p.id for p in proposals(PROVINCE)] == [one.id]
    for stranger in (ELSEWHERE, CLERK):
        assert proposals(stranger) == []
        with pytest.raises(NotFound):
            proposal(stranger, one.id)
        with pytest.raises(NotFound):
            policy_with(stranger, DAY, [one.id])
    publish(approve(one))
    assert proposal(ELSEWHERE, one.id).number == proposal(CLERK, one.id).number == "大政发〔2026〕12号"
    assert [p.id for p in proposals(CLERK, standard="低保标准", area="4512", state="published")] == [one.id]
    assert proposals(CLERK, standard="特困护理标准") == proposals(CLERK, area="4513") == []
    with pytest.raises(NotAllowed):
        proposals(replace(CLERK, may=frozenset()))


def test_two_drafts_for_one_cell(places: str) -> None:
    one, two = draft(), draft(replace(RURAL, value="7500 元"))
    assert value(DAY, of=policy_with(POLICY, DAY, [one.id])) == 7200
    assert value(DAY, of=policy_with(POLICY, DAY, [two.id])) == 7500
    approved = approve(one)
    with pytest.raises(Refused, match=f"{one.id} 号"):
        approve(two)
    publish(approved)
    with pytest.raises(Refused, match=f"替换 {one.id} 号"):
        approve(two)
    later = draft(replace(RURAL, value="7600 元"), since=date(2026, 10, 1))
    publish(approve(later), number="大政发〔2026〕20号", on=date(2026, 9, 1))
    assert [value(d) for d in (date(2026, 9, 30), date(2026, 10, 1))] == [7200, 7600]


def test_one_that_replaces_another_ends_it_as_a_whole(places: str) -> None:
    town = NewLine("低保标准", COUNTY, "城市", "900 元")
    first = published(RURAL, town)
    assert value(DAY, key="城市") == 900
    second = published(replace(RURAL, value="7300 元"), number="大政发〔2026〕13号", replaces=first.id)
    assert [value(d) for d in (BEFORE, DAY)] == [6420, 7300]
    assert value(DAY, key="城市") == 850
    assert proposal(POLICY, first.id).stage(DAY) == "replaced"
    third = published(replace(RURAL, value="7400 元"), number="大政发〔2026〕14号", replaces=second.id, since=AFTER)
    assert [value(d) for d in (BEFORE, DAY, AFTER)] == [6420, 7300, 7400]
    with pytest.raises(Refused, match="已公布的标准"):
        draft(replaces=third.id + 1)


def test_what_is_replaced_is_priced_again_wherever_it_was(places: str) -> None:
    """Also where the new one says nothing, and after its last day: what was replaced does not come back."""
    first, second = (actor("policy", PROVINCE_CODE, official=n, name=f"省策{n}") for n in (601, 602))
    given = (RURAL, replace(RURAL, area=OTHER_COUNTY_CODE, value="7100 元"))
    one = publish(approve(draft(*given, by=first), by=second), by=first)
    assert one.job is not None
    assert (one.job.params["areas"], one.job.params["until"]) == ([OTHER_COUNTY_CODE, COUNTY], None)
    last = date(2026, 12, 31)
    two = draft(replace(RURAL, value="7300 元"), by=first, since=AFTER, until=last, replaces=one.proposal.id)
    done = publish(approve(two, by=second), by=first, number="乙")
    assert done.job is not None
    assert (done.job.params["areas"], done.job.params["until"]) == ([OTHER_COUNTY_CODE, COUNTY], None)
    assert value(DAY, area=OTHER_COUNTY_CODE) == 7100
    gone = [v.value for v in values(POLICY, OTHER_COUNTY_CODE, AFTER, standard="低保标准") if v.key == "农村"]
    assert gone == [None], "the pack has none there"
    assert [value(d) for d in (AFTER, last, last + timedelta(days=1))] == [7300, 7300, 6503]
    back = actions.withdraw(second, two.id, version=done.proposal.version, why="撤回")
    assert back.job is not None
    assert back.job.params["areas"] == [OTHER_COUNTY_CODE, COUNTY]
    assert value(AFTER, area=OTHER_COUNTY_CODE) == 7100


def test_who_is_priced_again_is_found_under_the_code_of_today(places: str) -> None:
    recode(by=SYSTEM, code=COUNTY, new_code="451281", on=date(2026, 8, 1))
    both = [actor("policy", COUNTY, "451281", official=n, name=f"策{n}") for n in (109, 209)]
    done = publish(approve(draft(by=both[0]), by=both[1]), by=both[0])
    assert done.job is not None
    assert done.job.params["areas"] == ["451281"]


def test_what_is_for_a_time_gives_way_to_what_was_before_it(places: str) -> None:
    published()
    last, since = date(2026, 12, 31), date(2026, 9, 1)
    p = draft(replace(RURAL, value="7300 元"), since=since, until=last)
    done = publish(approve(p), number="乙")
    days = (since - timedelta(days=1), since, last, last + timedelta(days=1))
    assert [value(d) for d in days] == [7200, 7300, 7300, 7200]
    assert done.job is not None
    assert done.job.params["until"] == last.isoformat(), "after it nothing differs"


def test_two_that_replace_one_end_it_with_the_first(places: str) -> None:
    one = published(RURAL, NewLine("低保标准", COUNTY, "城市", "880 元"))
    first, second = date(2026, 9, 1), date(2026, 12, 1)
    published(replace(RURAL, value="7300 元"), number="乙", since=first, replaces=one.id)
    assert [value(d, key="城市") for d in (first - timedelta(days=1), first)] == [880, 850]
    published(replace(RURAL, value="7400 元"), number="丙", since=second, replaces=one.id)
    assert [value(d, key="城市") for d in (first - timedelta(days=1), first)] == [880, 850]
    assert [value(d) for d in (first, second - timedelta(days=1), second)] == [7300, 7300, 7400]


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
def test_a_job_that_came_to_nothing_is_begun_anew(places: str, ended: str) -> None:
    approved = approve(draft())
    first = publish(approved).job
    assert first is not None
    assert publish(approved).job == first
    Job.objects.filter(id=first.id).update(state=ended, single=None)
    again = publish(approved)
    assert again.job is not None
    assert again.job.id != first.id
    assert (again.job.state, again.job.params) == ("waiting", first.params)
    assert again.proposal.job == again.job.id
    gone = actions.withdraw(SECOND, approved.id, version=again.proposal.version, why="撤回")
    assert gone.job is not None
    Job.objects.filter(id=gone.job.id).update(state=ended, single=None)
    with pytest.raises(NotAllowed):
        actions.withdraw(replace(SECOND, may=SECOND.may - {"standards.approve"}), approved.id, version=1, why="撤回")
    anew = actions.withdraw(SECOND, approved.id, version=1, why="撤回")
    assert anew.job is not None
    assert (anew.job.id != gone.job.id, anew.job.params) == (True, gone.job.params)


def test_how_far_back_one_may_begin(places: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """36 months with this one; by the clock of the office, where the month has begun already."""
    monkeypatch.setattr("doudi.server.policybook.checking.now", lambda: datetime(2026, 11, 30, 17, tzinfo=UTC))
    with pytest.raises(Refused) as refused:
        draft(since=date(2023, 12, 31))
    assert (refused.value.code, refused.value.field) == ("too-far-back", "since")
    assert draft(since=date(2024, 1, 1)).state == "drafted"


def test_an_old_one_that_is_withdrawn_is_priced_again_as_far_as_can_be(
    places: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = published()
    later = datetime(2031, 2, 15, tzinfo=UTC)
    monkeypatch.setattr("doudi.server.policybook.actions.steps.now", lambda: later)
    gone = actions.withdraw(SECOND, one.id, version=one.version, why="撤回")
    assert gone.job is not None
    assert gone.job.params["since"] == "2028-03-01"


def test_until_its_last_day(places: str) -> None:
    one = published(until=date(2026, 12, 31))
    assert [value(d) for d in (date(2026, 12, 31), date(2027, 1, 1))] == [7200, 6503]
    assert [one.stage(d) for d in (date(2026, 12, 31), date(2027, 1, 1))] == ["in-force", "ended"]


def test_withdrawn(places: str) -> None:
    untouched = policy(DAY).digest
    one = draft()
    gone = actions.withdraw(POLICY, one.id, version=1, why="测算有误")
    assert (gone.proposal.state, gone.job) == ("withdrawn", None)
    assert actions.withdraw(POLICY, one.id, version=1, why="再按一次") == gone
    with pytest.raises(NotFound):
        policy_with(POLICY, DAY, [one.id])
    two = published()
    with pytest.raises(NotAllowed, match="公布人"):
        actions.withdraw(POLICY, two.id, version=two.version, why="错了")
    done = actions.withdraw(SECOND, two.id, version=two.version, why="文件撤销")
    assert done.job is not None
    assert done.job.params["after"] == untouched == policy(DAY).digest
    assert value(DAY, of=policy_of(done.job.params["before"])) == 7200
    assert published(number="大政发〔2026〕15号").state == "published"


def test_a_pack_that_comes_later_carries_what_was_published(places: str) -> None:
    published()
    demo = actions.install(system("x"), "demo")
    actions.put_in_force(POLICY, demo.digest, since=AFTER)
    assert value(AFTER) == 7200


def test_publishing_does_all_or_nothing(places: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from doudi.server.jobs import actions as jobs

    two = approve(draft())
    untouched = policy(DAY).digest

    def away(*args: object, **more: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as m:
        m.setattr(jobs, "start", away)
        with pytest.raises(OSError):
            publish(two)
    assert Proposal.objects.get(id=two.id).state == "approved"
    assert policy(DAY).digest == untouched
    assert not Entry.objects.filter(verb="standard.published").exists()
    assert publish(two, number="大政发〔2026〕99号").proposal.number == "大政发〔2026〕99号"
    cites = {c.document for s in policy(DAY).pack.book.standards for x in s.lines for c in x.cites}
    assert "大政发〔2026〕99号" in cites
    assert "大政发〔2026〕12号" not in cites


def test_which_others_are_for_the_same(places: str) -> None:
    one, two = draft(), draft(replace(RURAL, value="7500 元"))
    draft(since=AFTER)
    draft(replace(RURAL, key="城市", value="900 元"))
    draft(replace(RURAL, area="45", value="7000 元"), by=PROVINCE)
    assert [p.id for p in rivals(POLICY, one.id)] == [two.id]
    actions.withdraw(POLICY, two.id, version=1, why="重复")
    assert rivals(POLICY, one.id) == []


def test_what_is_in_force_at_a_place(places: str) -> None:
    published()
    rural, urban = sorted(values(CLERK, TOWN, DAY, standard="低保标准"), key=lambda v: v.key, reverse=True)[::-1]
    assert {v.key: (v.value, v.document, v.area, v.since) for v in (rural, urban)} == {
        "农村": ("7200 元", "大政发〔2026〕12号", COUNTY, DAY), "城市": ("850 元", "演示", COUNTY, date(2026, 1, 1)),
    }  # fmt: skip
    assert {v.why for v in values(CLERK, "46", DAY, standard="低保标准")} == {"none"}
    every = values(CLERK, COUNTY, DAY)
    assert any(v.bands for v in every)
    assert {v.why for v in every} <= {"found", "none", "stale"}
    assert len(every) > 60
    with pytest.raises(NotAllowed):
        values(replace(CLERK, may=frozenset()), COUNTY, DAY)
