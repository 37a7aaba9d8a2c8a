"""Starting, running, cancelling, failing; who sees what."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from doudi.server.audit.models import Entry
from doudi.server.jobs import actions, running, selectors
from doudi.server.jobs.models import Job
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.lib.scope import Scope
from tests.server.jobs import kinds

CLERK = Actor(7, "甲", "大化县筛查岗", Scope.of(["451229"]), frozenset({"screening.run"}), "10.0.0.1", "county")
OTHER = replace(CLERK, official=8, name="乙", scope=Scope.of(["451222"]))
MANAGER = replace(CLERK, official=9, name="丙", scope=Scope.of(["45"]), may=frozenset({"jobs.manage"}))


def test_a_job_is_done_from_start_to_end(db: str) -> None:
    begun = actions.start(CLERK, "test-count", params={"steps": 3}, area="451229", total=3)
    assert (begun.state, begun.done, begun.total, begun.kind_zh) == ("waiting", 0, 3, "数数")
    ended = actions.run_here(begun.id)
    assert (ended.state, ended.done, ended.result, ended.share) == ("done", 3, {"steps": 3}, 1.0)
    assert kinds.written(f"{begun.id}:") == [f"{begun.id}:{n:06d}" for n in range(3)]
    assert ended.ended_at is not None


def test_it_runs_once(db: str) -> None:
    begun = actions.start(CLERK, "test-count", params={"steps": 2})
    assert running.run(begun.id) == "done"
    assert running.run(begun.id) == ""


def test_it_runs_as_who_started_it(db: str) -> None:
    ended = actions.run_here(actions.start(CLERK, "test-single", params={}).id)
    assert ended.result == {"scope": ["451229"], "may": ["screening.run"], "post": "大化县筛查岗"}
    assert running.actor_of(Job.objects.get(id=ended.id)) == CLERK


def test_the_same_again_gives_the_one_that_waits_or_runs(db: str) -> None:
    first = actions.start(CLERK, "test-single", params={"a": 1, "b": 2})
    assert actions.start(CLERK, "test-single", params={"b": 2, "a": 1}).id == first.id
    others = {
        actions.start(CLERK, "test-single", params={"a": 1}).id,
        actions.start(CLERK, "test-single", params={"a": 1, "b": 2}, area="451229101").id,
        actions.start(OTHER, "test-single", params={"a": 1, "b": 2}).id,
    }
    assert len(others | {first.id}) == 4
    actions.run_here(first.id)
    assert actions.start(CLERK, "test-single", params={"a": 1, "b": 2}).id != first.id


def test_who_may_start(db: str) -> None:
    with pytest.raises(NotAllowed):
        actions.start(replace(CLERK, may=frozenset()), "test-count", params={"steps": 1})
    with pytest.raises(NotAllowed):
        actions.start(CLERK, "test-count", params={"steps": 1}, area="451222")
    with pytest.raises(LookupError, match="test-count"):
        actions.start(CLERK, "test-cuont")
    assert not Job.objects.exists()


@pytest.mark.parametrize("params", [{"who": "45122919900101123X"}, {"a": [{"tel": "13800138000"}]}])
def test_no_persons_number_in_the_parameters(db: str, params: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        actions.start(CLERK, "test-count", params=params)


@pytest.mark.parametrize("digits", ["13800138000", "451229199001011230"])
def test_a_digest_with_the_digits_of_a_number_is_none(db: str, digits: str) -> None:
    digest = f"ab{digits}".ljust(64, "c")
    assert actions.start(CLERK, "test-count", params={"steps": 1, "policies": [digest]}).id
    with pytest.raises(ValueError):
        actions.start(CLERK, "test-count", params={"steps": 1, "policies": [digest[:-1]]})


def test_who_sees_it(db: str) -> None:
    own = actions.start(CLERK, "test-count", params={"steps": 1})
    here = actions.start(CLERK, "test-count", params={"steps": 1}, area="451229")
    colleague = replace(CLERK, official=10)
    assert [j.id for j in selectors.jobs(CLERK)] == [here.id, own.id]
    assert [j.id for j in selectors.jobs(colleague)] == [here.id]
    assert [j.id for j in selectors.jobs(MANAGER)] == [here.id]
    for stranger in (OTHER, replace(colleague, may=frozenset({"audit.read"}))):
        assert selectors.jobs(stranger) == []
        with pytest.raises(NotFound):
            selectors.job(stranger, here.id)
        with pytest.raises(Refused):
            actions.cancel(stranger, here.id)
    assert selectors.job(MANAGER, here.id).id == here.id
    assert [j.id for j in selectors.jobs(CLERK, limit=1)] == [here.id]
    assert [j.id for j in selectors.jobs(CLERK, limit=1, before=here.id)] == [own.id]
    assert selectors.jobs(CLERK, kind="test-single") == []


def test_cancelled_before_it_began(db: str) -> None:
    begun = actions.start(CLERK, "test-single", params={})
    assert actions.cancel(CLERK, begun.id).state == "cancelled"
    assert running.run(begun.id) == ""
    assert actions.start(CLERK, "test-single", params={}).id != begun.id


def test_cancelled_at_the_next_step_and_that_step_undone(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = actions.start(CLERK, "test-count", params={"steps": 5})
    plain = kinds.write

    def write(key: str, said: str) -> None:
        plain(key, said)
        if key.endswith("2"):
            assert actions.cancel(CLERK, begun.id).cancelling

    monkeypatch.setattr(kinds, "write", write)
    ended = actions.run_here(begun.id)
    assert (ended.state, ended.done, ended.cancelling) == ("cancelled", 2, False)
    assert len(kinds.written(f"{begun.id}:")) == 2


def test_only_a_manager_cancels_for_others(db: str) -> None:
    begun = actions.start(CLERK, "test-count", params={"steps": 5}, area="451229")
    with pytest.raises(NotAllowed):
        actions.cancel(replace(CLERK, official=10), begun.id)
    assert actions.cancel(MANAGER, begun.id).state == "cancelled"


@pytest.mark.parametrize(("how", "zh"), [("refused", "不行。"), ("memory", "内存不够"), ("bug", "RuntimeError")])
def test_a_failure_is_kept_in_plain_words(db: str, how: str, zh: str, caplog: pytest.LogCaptureFixture) -> None:
    begun = actions.start(CLERK, "test-fail", params={"how": how})
    with caplog.at_level(logging.DEBUG):
        ended = actions.run_here(begun.id)
    assert ended.state == "failed"
    assert zh in ended.zh
    assert ended.en
    assert "张三" not in caplog.text + ended.zh + ended.en
    assert "45122919900101" not in caplog.text + ended.zh + ended.en
    assert ("test" not in caplog.text) == (how == "refused")
    assert kinds.written(f"{begun.id}:") == [f"{begun.id}:a"]


def test_a_worker_that_lost_its_job_writes_nothing_more(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = actions.start(CLERK, "test-count", params={"steps": 5})
    plain = kinds.write

    def write(key: str, said: str) -> None:
        plain(key, said)
        if key.endswith("3"):
            Job.objects.filter(id=begun.id).update(token="another")

    monkeypatch.setattr(kinds, "write", write)
    assert running.run(begun.id) == ""
    job = Job.objects.get(id=begun.id)
    assert (job.state, job.done) == ("running", 3)


def test_stopped_it_goes_on_later_where_it_was(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = actions.start(CLERK, "test-count", params={"steps": 5})
    plain = kinds.write

    def write(key: str, said: str) -> None:
        plain(key, said)
        if key.endswith("3"):
            running.CURRENT[begun.id].stop.ask()

    monkeypatch.setattr(kinds, "write", write)
    assert running.run(begun.id) == "waiting"
    assert selectors.job(CLERK, begun.id).done == 3
    monkeypatch.setattr(kinds, "write", plain)
    assert running.run(begun.id) == "done"
    assert len(kinds.written(f"{begun.id}:")) == 5


def test_what_never_gets_on_fails(db: str) -> None:
    begun = actions.start(CLERK, "test-count", params={"steps": 1})
    for _ in range(running.MOST_TRIES - 1):
        taken = running._take_up(begun.id, "t")
        assert taken is not None
        assert running.release(begun.id, "t") == "waiting"
    assert running._take_up(begun.id, "t") is not None
    assert running.release(begun.id, "t") == "failed"
    assert "8" in selectors.job(CLERK, begun.id).zh


def test_the_remaining_time_follows_the_pace_since_it_was_taken_up(db: str) -> None:
    begun = actions.start(CLERK, "test-count", params={"steps": 1}, total=100)
    Job.objects.filter(id=begun.id).update(done=40)
    job = running._take_up(begun.id, "t")
    assert job is not None
    assert selectors.job(CLERK, begun.id).remaining is None
    assert job.taken_at is not None
    Job.objects.filter(id=begun.id).update(done=60, moved_at=job.taken_at + timedelta(seconds=10))
    assert selectors.job(CLERK, begun.id).remaining == 20


def test_a_kind_that_is_gone(db: str) -> None:
    begun = actions.start(CLERK, "test-count", params={"steps": 1})
    Job.objects.filter(id=begun.id).update(kind="gone")
    assert selectors.job(CLERK, begun.id).kind_zh == "gone"
    assert actions.run_here(begun.id).state == "failed"


def test_started_and_enqueued_together_or_not_at_all(db: str) -> None:
    from django_tasks_db.models import DBTaskResult

    class Over(Exception):
        pass

    def begin() -> None:
        with transaction.atomic():
            actions.start(CLERK, "test-count", params={"steps": 1})
            raise Over

    with pytest.raises(Over):
        begin()
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_starting_and_cancelling_are_on_the_record(db: str) -> None:
    begun = actions.start(CLERK, "test-single", params={}, area="451229")
    actions.start(CLERK, "test-single", params={}, area="451229")
    actions.cancel(CLERK, begun.id)
    actions.cancel(CLERK, begun.id)
    said = list(Entry.objects.filter(verb__startswith="job.").order_by("seq").values_list("verb", "official", "area"))
    assert said == [("job.started", 7, "451229"), ("job.cancelled", 7, "451229")]


def test_what_has_ended_is_not_cancelled(db: str) -> None:
    ended = actions.run_here(actions.start(CLERK, "test-single", params={}).id)
    assert actions.cancel(CLERK, ended.id) == ended


def test_how_long_the_queue_has_waited(db: str) -> None:
    assert selectors.waiting_since() is None
    first = actions.start(CLERK, "test-count", params={"steps": 1})
    second = actions.start(CLERK, "test-count", params={"steps": 1})
    assert selectors.waiting_since() == first.made_at
    actions.run_here(first.id)
    assert selectors.waiting_since() == second.made_at
    actions.run_here(second.id)
    assert selectors.waiting_since() is None


def test_what_is_being_cancelled_is_not_given_to_who_begins_it_again(db: str) -> None:
    begun = actions.start(CLERK, "test-single", params={})
    assert running._take_up(begun.id, "t") is not None
    assert actions.start(CLERK, "test-single", params={}).id == begun.id
    assert actions.cancel(CLERK, begun.id).cancelling
    assert actions.start(CLERK, "test-single", params={}).id != begun.id
