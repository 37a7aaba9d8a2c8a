"""One household on record, decided: where each fact is from, what is disputed, what is withheld, and who may ask."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doudi.rules.scalar import decide as decide_row
from doudi.screening.household import row_of
from doudi.server.areas.actions import ensure, recode
from doudi.server.areas.shapes import NewDivision
from doudi.server.decisions.rows import Where
from doudi.server.decisions.selectors import decide, owed
from doudi.server.decisions.selectors.course import course
from doudi.server.lib.refusals import NotAllowed, NotFound
from doudi.server.policybook.actions import NewLine
from tests.server.cast import CLERK, CONFIRMING, COUNTY, NAMES, OTHER_COUNTY, PARTNER, actor
from tests.server.decisions.conftest import AS_OF, RECORDED, SYSTEM, County, everything, state, statement_of
from tests.server.policybook import standards


def paid(county: County, household: int) -> dict[tuple[str, tuple[object, ...]], object]:
    decision = decide(SYSTEM, household, as_of=AS_OF)
    return {(o.programme, o.path): (o.outcome, o.paid) for o in decision.outcomes}


def receiving(county: County, programme: str = "低保") -> int:
    """A household that is granted ``programme``."""
    for household in county.tables["household"]["id"].to_pylist():
        found = decide(SYSTEM, household, as_of=AS_OF)
        if any(o.programme == programme and o.granted == "是" for o in found.outcomes):
            return int(household)
    raise AssertionError("nobody is")


def test_decided_as_the_facts_say(on_record: County) -> None:
    from doudi.server.policybook.selectors import policy

    ruleset = policy(AS_OF).ruleset(AS_OF, AS_OF)
    for household in on_record.tables["household"]["id"].to_pylist()[:15]:
        row = row_of(on_record.schema, on_record.tables, household)
        row.complete["人"] = True
        straight = {(o.programme, o.path): (o.outcome, o.paid) for o in decide_row(ruleset, row).programmes}
        assert paid(on_record, household) == straight


def test_a_new_code_changes_no_answer(on_record: County) -> None:
    """What was stated under the old code, standards and rules that name the place: all go on, for one household and month by month."""
    on = date(2024, 6, 15)
    households = [receiving(on_record), *on_record.tables["household"]["id"].to_pylist()[:8]]

    def answers() -> dict[int, object]:
        return {h: (paid(on_record, h), course(SYSTEM, h, as_of=AS_OF, back=1, ahead=1).back) for h in households}

    before = answers()
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
    recode(by=SYSTEM, code=COUNTY, new_code="451281", on=on)
    assert answers() == before
    row = decide(SYSTEM, households[0], as_of=AS_OF).made.row
    assert str(row.facts["户籍地"]).startswith("451281")
    told = decide(SYSTEM, households[0], as_of=on - timedelta(days=1)).made.row
    assert str(told.facts["户籍地"]).startswith("451229")


def test_a_new_standard_reaches_who_was_stated_under_the_old_code(on_record: County) -> None:
    household, day = receiving(on_record), standards.DAY
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
    recode(by=SYSTEM, code=COUNTY, new_code="451281", on=day - timedelta(days=20))

    def due() -> int:
        (paid,) = [o.paid for o in decide(SYSTEM, household, as_of=day).outcomes if o.programme == "低保"]
        assert paid is not None
        assert paid[0] == paid[1]
        return int(paid[0])

    before = due()
    first, second = (actor("policy", "451281", official=n, name=f"策{n}") for n in (109, 209))
    values = [NewLine("低保标准", "451281", key, value) for key, value in (("农村", "9600 元"), ("城市", "1200 元"))]
    standards.publish(standards.approve(standards.draft(*values, by=first), by=second), by=first)
    assert due() > before


def test_why_in_three_forms_and_two_languages(on_record: County) -> None:
    found = decide(SYSTEM, receiving(on_record), as_of=AS_OF)
    assert "符合" in found.text("低保")
    assert "eligible" in found.text("低保", lang="en")
    assert found.html("低保").startswith("<div")
    assert found.dict("低保")
    assert found.household_class
    assert found.total[0] > 0
    with pytest.raises(KeyError):
        found.why("没有这个项目")


def test_values_tell_which_statement_they_are_from(on_record: County) -> None:
    person = on_record.tables["person"]["id"][0].as_py()
    household = on_record.tables["person"]["parent"][0].as_py()
    ill = on_record.tables["person"]["重病"][0].as_py()
    checked = state(
        RECORDED + timedelta(days=1), source="核对", since=date(2024, 5, 1), person_id=person, values={"重病": not ill}
    )
    found = decide(SYSTEM, household, as_of=AS_OF)
    origin = found.made.origins[Where("人", (person,), "重病")]
    assert (origin.statement, origin.source, origin.since) == (checked, "核对", date(2024, 5, 1))
    row = next(r for r in found.made.row.rows["人"] if r.id == person)
    assert row.facts["重病"] == int(not ill)
    assert row.sources["重病"] == "核对@2024-05-01"
    before = decide(SYSTEM, household, as_of=AS_OF, knowing=RECORDED)
    assert before.made.origins[Where("人", (person,), "重病")].source == "导入"
    earlier = decide(SYSTEM, household, as_of=date(2024, 4, 1))
    assert earlier.made.origins[Where("人", (person,), "重病")].source == "导入"


def test_what_equals_disagree_on_is_unknown_and_named(on_record: County) -> None:
    person, household = (on_record.tables["person"][c][0].as_py() for c in ("id", "parent"))
    for hours, truth in ((1, True), (2, False)):
        state(
            RECORDED + timedelta(hours=hours),
            source="核对",
            since=date(2024, 5, 1),
            person_id=person,
            values={"重病": truth},
        )
    found = decide(SYSTEM, household, as_of=AS_OF)
    where = Where("人", (person,), "重病")
    assert {c.value for c in found.made.disputed[where]} == {True, False}
    assert where not in found.made.origins
    row = next(r for r in found.made.row.rows["人"] if r.id == person)
    assert "重病" not in row.facts


def test_what_does_not_fit_is_unknown_and_named(on_record: County) -> None:
    person, household = (on_record.tables["person"][c][0].as_py() for c in ("id", "parent"))
    state(RECORDED + timedelta(days=1), person_id=person, values={"性别": "未说明", "居住证月数": 10**9})
    found = decide(SYSTEM, household, as_of=AS_OF)
    assert found.made.unfit[Where("人", (person,), "性别")] == "未说明"
    assert found.made.unfit[Where("人", (person,), "居住证月数")] == 10**9


def test_withheld_facts_are_never_a_payment(on_record: County) -> None:
    """Everything said of a household that is paid is taken back: nothing is refused for it, and nothing is paid."""
    from doudi.server.registry.models import Act, Statement

    household = receiving(on_record)
    people = [
        p
        for p, h in zip(*(on_record.tables["person"][c].to_pylist() for c in ("id", "parent")), strict=True)
        if h == household
    ]
    with everything():
        act = Act.objects.create(kind="undo", on=AS_OF, recorded_at=RECORDED + timedelta(days=2), name="测")
        Statement.objects.filter(household_id=household).update(withdrawn=act)
        Statement.objects.filter(person_id__in=people).update(withdrawn=act)
    found = decide(SYSTEM, household, as_of=AS_OF)
    own = next(o for o in found.outcomes if o.programme == "低保")
    assert own.outcome == "无法判定"
    assert own.missing
    assert all(o.granted != "是" for o in found.outcomes)
    assert all(o.paid is None or o.paid[0] == 0 for o in found.outcomes)
    assert decide(SYSTEM, household, as_of=AS_OF, knowing=RECORDED).total[0] > 0


def test_a_corrected_past_is_owed_or_asked_back(on_record: County) -> None:
    household = receiving(on_record)
    head = next(
        p
        for p, h in zip(*(on_record.tables["person"][c].to_pylist() for c in ("id", "parent")), strict=True)
        if h == household
    )
    old = statement_of(person_id=head)
    rich = {"complete": True, "rows": [{"种类": "工资", "金额": 500_000_00, "日期": "2024-05-01", "评估": False}]}
    state(
        RECORDED + timedelta(days=9), source=old.source, since=old.since, person_id=head, values=old.values,
        tables={**old.tables, "收入": rich}, withdraw=(old.id,),
    )  # fmt: skip
    days = [date(2024, 6, 1), date(2024, 7, 1)]
    lines = owed(SYSTEM, household, days=days, knowing=RECORDED)
    over = [x for x in lines if x.programme == "低保"]
    assert [x.month for x in over] == days
    assert all(x.difference is not None and x.difference < 0 and x.after == 0 for x in over)
    assert owed(SYSTEM, household, days=days, knowing=RECORDED + timedelta(days=10)) == []


def test_who_may_ask(on_record: County) -> None:
    from doudi.server.audit.models import Entry
    from doudi.server.registry.models import Residence

    with everything():
        household = Residence.objects.filter(area__startswith="451229103").first()
    assert household is not None
    assert decide(CLERK, household.household_id, as_of=AS_OF).household == household.household_id
    assert decide(CONFIRMING, household.household_id, as_of=AS_OF).facts.members
    assert [e.verb for e in Entry.objects.order_by("seq")] == ["decisions.seen"] * 2
    with pytest.raises(NotFound):
        decide(OTHER_COUNTY, household.household_id, as_of=AS_OF)
    with pytest.raises(NotAllowed):
        decide(PARTNER, household.household_id, as_of=AS_OF)
    with pytest.raises(NotFound):
        decide(SYSTEM, 10**12, as_of=AS_OF)
