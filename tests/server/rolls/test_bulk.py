"""One act on many lines: what was shown is what it is done to, line by line, on record, and never twice."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest
from python_calamine import CalamineWorkbook

from doudi.server.audit.models import Entry
from doudi.server.decisions.selectors import work
from doudi.server.jobs.actions import cancel, run_here
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.registry.batch import Loaded
from doudi.server.registry.selectors import ledger_list
from doudi.server.rolls import actions
from doudi.server.rolls.actions import Outcome, all_of, carry_out, choose, confirm
from doudi.server.rolls.asked import Asked
from doudi.server.rolls.export import export_roll
from doudi.server.rolls.models import Choice, SavedView
from doudi.server.rolls.selectors import choice, saved_view, saved_views
from doudi.server.rolls.views import drop_view, save_view
from tests.server.cast import AUDITOR, CLERK, OBSERVER, OTHER_TOWN, REVIEWER, SYSTEM, VILLAGE
from tests.server.registry.selectors.homes import DAY, IDS

WHY = "民政会议第 5 号纪要"


def stand_on(ledger: str) -> set[int]:
    rows = ledger_list(SYSTEM, ledger, on=DAY).rows
    return {x.id for e in rows if (x := e.household or e.person)}


def test_a_choice_is_carried_out_once(homes: Loaded) -> None:
    ids = all_of(by=CLERK, asked=Asked(), on=DAY)
    made = choose(by=CLERK, of="household", act="enrol", ids=ids, params={"ledger": "低保"}, on=DAY, why=WHY)
    assert stand_on("低保") == {homes.households["黄家"]}, "nothing is done before it is confirmed"
    done = confirm(by=CLERK, choice=made.id)
    assert (done.state, done.result) == ("done", {"done": 2, "same": 1, "refused": 0, "why": []})
    assert stand_on("低保") == {homes.households[h] for h in ("黄家", "单家", "覃家")}
    acts = Entry.objects.filter(verb="registry.enrol").count()
    assert acts == 2, "one act a household"
    assert confirm(by=CLERK, choice=made.id) == done
    assert Entry.objects.filter(verb="registry.enrol").count() == acts
    again = choose(by=CLERK, of="household", act="enrol", ids=ids, params={"ledger": "低保"}, on=DAY, why=WHY)
    assert confirm(by=CLERK, choice=again.id).result["same"] == 3
    off = choose(by=CLERK, of="household", act="strike", ids=ids[:1], params={"ledger": "低保"}, on=DAY, why=WHY)
    assert confirm(by=CLERK, choice=off.id).result["done"] == 1
    assert len(stand_on("低保")) == 2


def test_many_are_done_in_the_background_and_the_job_again_does_nothing_more(
    homes: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    monkeypatch.setattr("doudi.server.rolls.work.AT_ONCE", 1)
    ids = list(homes.people.values())
    made = choose(by=CLERK, of="person", act="enrol", ids=ids, params={"ledger": "残疾人"}, on=DAY, why=WHY)
    begun = confirm(by=CLERK, choice=made.id)
    assert (begun.state, confirm(by=CLERK, choice=made.id).job) == ("under-way", begun.job)
    job = run_here(begun.job or 0)
    assert (job.state, job.done) == ("done", len(begun.ids))
    told = choice(CLERK, made.id)
    # 覃小明 has died, and nobody dead is enrolled: that one line is refused, with the reason.
    assert told.state == "done"
    assert (told.result["done"], told.result["refused"]) == (4, 1)
    assert told.result["why"][0][0] == homes.people["覃小明"]
    assert job.result == {"done": 4, "same": 0, "refused": 1}


def test_lines_of_other_areas_are_left_out_without_a_word(homes: Loaded) -> None:
    other = homes.households["韦家"]
    made = choose(
        by=CLERK, of="household", act="enrol", ids=[*homes.households.values(), 999_999], params={"ledger": "受灾"}, on=DAY, why=WHY
    )  # fmt: skip
    assert other not in made.ids
    assert len(made.ids) == 3
    with pytest.raises(Refused, match="没有选中"):
        choose(by=CLERK, of="household", act="enrol", ids=[other], params={"ledger": "受灾"}, on=DAY, why=WHY)
    for by in (OTHER_TOWN, REVIEWER):
        with pytest.raises(NotFound):
            choice(by, made.id)
        with pytest.raises(NotFound):
            confirm(by=by, choice=made.id)
    assert stand_on("受灾") == set()


def test_what_cannot_be_chosen(homes: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = list(homes.households.values())
    for act, of, params, why, field in (
        ("burn", "household", {}, WHY, "act"), ("enrol", "household", {"ledger": "没有"}, WHY, "ledger"),
        ("enrol", "household", {"ledger": "高龄"}, WHY, "ledger"), ("enrol", "household", {"ledger": "低保"}, " ", "why"),
        ("settle", "household", {"state": "done"}, WHY, "state"), ("settle", "item", {"state": "closed"}, WHY, "state"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            choose(by=CLERK, of=of, act=act, ids=ids, params=params, on=DAY, why=why)
        assert refused.value.field == field, act
    with pytest.raises(NotAllowed):
        choose(by=AUDITOR, of="household", act="enrol", ids=ids, params={"ledger": "低保"}, on=DAY, why=WHY)
    monkeypatch.setattr(actions, "MOST", 2)
    with pytest.raises(Refused, match="最多"):
        all_of(by=CLERK, asked=Asked(), on=DAY)
    with pytest.raises(Refused, match="最多"):
        choose(by=CLERK, of="household", act="enrol", ids=[1, 2, 3], params={"ledger": "低保"}, on=DAY, why=WHY)


def test_items_of_a_list_are_settled_together(homes: Loaded) -> None:
    items = [w.id for w in work(CLERK).rows]
    made = choose(
        by=CLERK, of="item", act="settle", ids=items, params={"state": "dismissed"}, on=DAY, why="已核实，不需办理"
    )
    assert confirm(by=CLERK, choice=made.id).result["done"] == len(items) == 3
    assert work(CLERK).rows == ()
    assert {w.why for w in work(CLERK, state="dismissed").rows} == {"已核实，不需办理"}


def test_saved_views_are_of_an_office(homes: Loaded) -> None:
    what = Asked(ledger="低保", text="黄桂花", people_from=2)
    view = save_view(by=CLERK, asked=what, name=" 低保  两人以上 ", shared=False)
    assert saved_view(CLERK, view).query == {"ledger": "低保", "people_from": "2"}, "nobody's name is kept"
    assert saved_view(CLERK, view).name == "低保 两人以上"
    assert saved_views(REVIEWER) == []
    with pytest.raises(NotFound):
        saved_view(REVIEWER, view)
    assert save_view(by=CLERK, asked=what, name="低保 两人以上", shared=True) == view
    assert [(v.id, v.mine) for v in saved_views(REVIEWER)] == [(view, False)]
    assert saved_views(OTHER_TOWN) == saved_views(VILLAGE) == []
    with pytest.raises(NotFound):
        saved_view(VILLAGE, view)
    with pytest.raises(NotFound):
        drop_view(by=REVIEWER, view=view)
    with pytest.raises(Refused):
        save_view(by=CLERK, asked=what, name=" ", shared=False)
    drop_view(by=CLERK, view=view)
    assert SavedView.objects.filter(id=view).count() == 0


def test_an_export_is_what_is_shown(homes: Loaded) -> None:
    data, n = export_roll(by=CLERK, asked=Asked(people_from=2), on=DAY)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    said = [str(c) for row in rows for c in row]
    assert n == 2
    assert "黄桂花" in said
    assert "覃秀英" in said
    assert "单乐" not in said
    assert "欧阳明" not in said, "of another township"
    keys = (homes.people["单乐"], homes.people["韦小明"])
    people, n = export_roll(by=CLERK, asked=Asked("person", keys=keys), on=DAY)
    assert n == 1
    assert IDS["单乐"].encode() not in people
    assert Entry.objects.filter(verb="rolls.exported").count() == 2
    with pytest.raises(NotAllowed):
        export_roll(by=OBSERVER, asked=Asked(), on=DAY)


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
def test_work_that_broke_off_is_begun_again_and_does_the_rest(
    homes: Loaded, monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    monkeypatch.setattr("doudi.server.rolls.work.AT_ONCE", 1)
    ids = list(homes.people.values())
    made = choose(by=CLERK, of="person", act="enrol", ids=ids, params={"ledger": "残疾人"}, on=DAY, why=WHY)
    first = confirm(by=CLERK, choice=made.id)
    assert first.job is not None
    before, carry = stand_on("残疾人"), iter([True])

    def breaks(by: Actor, c: Choice, some: Iterable[int]) -> Outcome:
        if not next(carry, False):
            if ended == "failed":
                raise ValueError
            cancel(CLERK, first.job or 0)
        return carry_out(by, c, some)

    monkeypatch.setattr("doudi.server.rolls.work.carry_out", breaks)
    assert run_here(first.job).state == ended
    assert len(stand_on("残疾人")) == len(before) + 1, "one was done and committed"
    monkeypatch.setattr("doudi.server.rolls.work.carry_out", carry_out)
    again = confirm(by=CLERK, choice=made.id)
    assert again.job not in (None, first.job)
    assert run_here(again.job or 0).state == "done"
    told = choice(CLERK, made.id)
    settled = len(before & set(made.ids)) + 1
    # 覃小明 has died and is refused.
    assert (told.state, told.result["done"], told.result["same"]) == ("done", len(made.ids) - settled - 1, settled)
    assert confirm(by=CLERK, choice=made.id) == told, "and then it does nothing more"
