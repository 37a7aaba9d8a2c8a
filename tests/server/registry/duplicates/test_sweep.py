"""The search over everybody: what it raises, what it leaves alone, and that it can be stopped anywhere."""

from __future__ import annotations

import pytest

from doudi.server.audit.models import Entry
from doudi.server.jobs import running
from doudi.server.jobs.actions import run_here, start
from doudi.server.jobs.models import Job
from doudi.server.lib.refusals import NotAllowed
from doudi.server.registry.actions import correct, correct_name, identify, merge_people, rename, undo
from doudi.server.registry.duplicates.actions import decide, undecide
from doudi.server.registry.duplicates.core.blocks import KINDS
from doudi.server.registry.duplicates.following import recheck
from doudi.server.registry.models import Identifier, Pair, Person, Statement
from tests.server.cast import AUDITOR, CLERK, FAR_VILLAGE, NEXT_VILLAGE, SYSTEM
from tests.server.registry.duplicates.conftest import BEGAN, TODAY, an_id, put


def sweep() -> dict[str, int]:
    view = start(SYSTEM, "duplicates")
    run_here(view.id)
    job = Job.objects.get(id=view.id)
    assert job.state == "done", (job.zh, job.en)
    return dict(job.result)


def states() -> dict[tuple[int, int], str]:
    return {(p.a_id, p.b_id): p.state for p in Pair.objects.all()}


def test_slips_are_raised_and_namesakes_and_twins_are_not(db: str) -> None:
    one = put("韦小明", "1980-01-15", an_id("99010119800115123"))
    sound = put("韦晓明", "1980-01-15", area=NEXT_VILLAGE)
    farmers = put("黄大花", "1979-11-28", sex="女")
    true = put("黄大花", "1980-01-15", sex="女")
    put("韦小明", "1961-07-02", an_id("99010119610702123"), FAR_VILLAGE)
    put("王小明", "2000-03-04", with_="王小亮")
    found = sweep()
    assert found["people"] == 7
    assert found["opened"] == 2
    assert found["compared"] > 0
    assert states() == {(one, sound): "open", (farmers, true): "open"}
    pair = Pair.objects.get(a=one)
    assert {e["code"] for e in pair.evidence} == {"name-sound", "born-same", "sex-same", "place-township"}
    assert "晓" not in str(pair.evidence)
    assert Entry.objects.filter(verb="duplicates.sweep").count() == 1


def test_a_number_is_found_again_whole_and_with_a_wrong_digit(db: str) -> None:
    a = put("韦小明", "1980-01-15", an_id("99010119800115123"))
    b = put("韦小明", "1980-01-25", an_id("99010119800125123"))
    sweep()
    assert states() == {(a, b): "open"}
    assert "id-digit" in {e["code"] for e in Pair.objects.get().evidence}
    # As an old import may have left it: the very same number twice, under another name.
    c = put("蓝大花", "1980-01-15", sex="女")
    Identifier.objects.create(
        person_id=c, kind="id", since=BEGAN, act_id=Person.objects.get(pk=a).identifiers.get().act_id,
        **{f: getattr(Person.objects.get(pk=a).identifiers.get(), f) for f in ("cipher", "blind", "shown")},
    )  # fmt: skip
    sweep()
    assert states()[a, c] == "open"


def test_again_changes_nothing(db: str) -> None:
    put("韦小明", "1980-01-15")
    put("韦晓明", "1980-01-15")
    assert sweep()["raised"] == 1
    before = list(Pair.objects.values("id", "state", "score", "found_at"))
    again = sweep()
    assert (again["raised"], again["reopened"], again["closed"]) == (0, 0, 0)
    assert list(Pair.objects.values("id", "state", "score", "found_at")) == before


def test_a_decision_holds(db: str) -> None:
    put("韦小明", "1980-01-15")
    put("韦晓明", "1980-01-15")
    sweep()
    pair = Pair.objects.get()
    decide(by=CLERK, pair_id=pair.id, same=False, why="村里核实是堂兄弟", on=TODAY)
    sweep()
    pair.refresh_from_db()
    assert pair.state == "different"
    assert pair.why == "村里核实是堂兄弟"


def test_a_decision_holds_for_the_record_that_one_was_merged_into(db: str) -> None:
    a = put("韦小明", "1980-01-15")
    b = put("韦晓明", "1980-01-15")
    sweep()
    decide(by=CLERK, pair_id=Pair.objects.get().id, same=False, why="是两个人", on=TODAY)
    c = put("韦小明", "1980-01-15", area=NEXT_VILLAGE)
    merge_people(by=SYSTEM, keep=c, gone=a, on=TODAY)
    sweep()
    assert {k for k, s in states().items() if s == "open"} == set()
    assert (b, c) not in states()


def test_the_same_number_later_raises_it_again(db: str) -> None:
    a = put("韦小明", "1980-01-15", an_id("99010119800115123"))
    b = put("韦晓明", "1980-01-15")
    sweep()
    decide(by=CLERK, pair_id=Pair.objects.get().id, same=False, why="是两个人", on=TODAY)
    known = Person.objects.get(pk=a).identifiers.get()
    Identifier.objects.create(
        person_id=b,
        kind="id",
        since=BEGAN,
        act_id=known.act_id,
        cipher=known.cipher,
        blind=known.blind,
        shown=known.shown,
    )
    assert sweep()["reopened"] == 1
    assert states() == {(a, b): "open"}
    pair = Pair.objects.get()
    assert pair.why == "是两个人", "who is asked again sees what was decided before"


def test_a_pair_whose_evidence_is_gone_is_closed(db: str) -> None:
    a = put("韦小明", "1980-01-15")
    b = put("韦晓明", "1980-01-15")
    sweep()
    done = correct_name(by=SYSTEM, person=b, name="蓝大花", on=TODAY, why="录入错误")
    assert sweep()["closed"] == 0, "the correction itself has closed it"
    assert states() == {(a, b): "closed"}
    undo(by=SYSTEM, act=done.act, on=TODAY)
    assert sweep()["reopened"] == 1


def test_a_correction_closes_at_once_what_is_looked_at_again(db: str) -> None:
    """A name, a birth date and a sex, each corrected by an act of its own: the last of them leaves nothing that speaks for the pair."""
    a = put("韦小明", "1980-01-15", an_id("99010119800115123"))
    b = put("韦晓明", "1980-01-15", area=NEXT_VILLAGE)
    sweep()
    assert recheck(by=SYSTEM, people_ids=[a], on=TODAY) == 0
    rename(by=CLERK, person=b, name="韦小鸣", on=TODAY)
    assert states() == {(a, b): "open"}, "it still speaks for the two that they sound alike"
    said = Statement.objects.get(person=b, withdrawn=None)
    corrected = correct(
        by=CLERK, statement=said.id, on=BEGAN, values={"出生日期": "1955-03-08", "性别": "女"}, why="写错"
    )
    assert states() == {(a, b): "closed"}
    assert Entry.objects.get(verb="duplicates.recheck").official == CLERK.official
    undo(by=CLERK, act=corrected.act, on=TODAY)
    assert sweep()["reopened"] == 1


def test_a_number_closes_at_once_what_spoke_for_a_pair(db: str) -> None:
    a = put("韦小明", "", phone="13900000001")
    b = put("韦小明", "", phone="13900000001", area=NEXT_VILLAGE)
    sweep()
    assert states() == {(a, b): "open"}
    identify(by=CLERK, person=a, kind="id", number=an_id("99010119800115123"), on=TODAY)
    assert states() == {(a, b): "open"}
    identify(by=CLERK, person=b, kind="id", number=an_id("99010119550308124"), on=TODAY)
    assert states() == {(a, b): "closed"}


def test_one_stopped_after_any_step_goes_on_and_ends_the_same(db: str) -> None:
    put("韦小明", "1980-01-15")
    put("韦晓明", "1980-01-15")
    put("黄大花", "1979-11-28", sex="女")
    put("黄大花", "1980-01-15", sex="女")
    view = start(SYSTEM, "duplicates")
    rounds = 0
    while Job.objects.get(id=view.id).state == "waiting":
        # Three steps are the reading; every third time it is stopped while it reads, otherwise one step later than it began.
        running.run(view.id, stop=_After(1 if rounds % 3 == 2 else 4))
        rounds += 1
        assert rounds < 60
    job = Job.objects.get(id=view.id)
    assert job.state == "done", (job.zh, job.en)
    assert rounds > 3
    assert set(job.result["stages"]) == set(KINDS)
    assert job.result["raised"] == Pair.objects.count() == 2
    assert Entry.objects.filter(verb="duplicates.sweep").count() == 1


class _After(running.Stop):
    """Asks to stop at the step after so many."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps

    def __getattribute__(self, name: str) -> object:
        if name == "asked":
            self._left -= 1
            return self._left < 0
        return super().__getattribute__(name)


def test_nobody_compared_is_said(db: str) -> None:
    found = sweep()
    assert found["people"] == 0
    assert found["compared"] == 0
    assert all(s["people"] == 0 for s in found["stages"].values())  # type: ignore[attr-defined]


def test_only_who_decides_starts_it(db: str) -> None:
    with pytest.raises(NotAllowed):
        start(AUDITOR, "duplicates")


def test_a_merge_taken_back_by_undo_is_open_again(db: str) -> None:
    put("韦小明", "1980-01-15")
    put("韦晓明", "1980-01-15")
    sweep()
    pair = Pair.objects.get()
    decide(by=CLERK, pair_id=pair.id, same=True, why="同一人", on=TODAY)
    pair.refresh_from_db()
    assert pair.act_id is not None
    assert sweep()["reopened"] == 0
    undo(by=SYSTEM, act=pair.act_id, on=TODAY)
    assert states() == {(pair.a_id, pair.b_id): "open"}
    assert (sweep()["reopened"], sweep()["closed"]) == (0, 0)
    undecide(by=CLERK, pair_id=pair.id, why="已经撤销", on=TODAY)
    assert Pair.objects.get().state == "open"
