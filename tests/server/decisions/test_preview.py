"""What would follow if something more were known, and how a household stands month by month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doudi.server.audit.models import Entry
from doudi.server.decisions.running.differences import NEW, STOPPED
from doudi.server.decisions.selectors import decide
from doudi.server.decisions.selectors.course import course
from doudi.server.decisions.selectors.preview import preview
from doudi.server.lib.refusals import NotAllowed, NotFound
from doudi.server.registry.checks import FactsRefused
from doudi.server.registry.models import Act, Statement
from doudi.server.registry.selectors import facts_of
from doudi.server.registry.selectors.stated import ranks
from doudi.server.registry.selectors.through import Belonging, Supposing, through
from tests.server.cast import OTHER_COUNTY, PARTNER
from tests.server.decisions.conftest import AS_OF, RECORDED, SYSTEM, County, everything, state, statement_of
from tests.server.decisions.test_decide import receiving

RICH = {"complete": True, "rows": [{"种类": "工资", "金额": 500_000_00, "日期": "2024-05-01", "评估": False}]}


def people_of(county: County, household: int) -> list[int]:
    pairs = zip(*(county.tables["person"][c].to_pylist() for c in ("id", "parent")), strict=True)
    return [p for p, h in pairs if h == household]


def test_read_once_is_the_same_as_read_for_a_day(on_record: County) -> None:
    people = on_record.tables["person"]["id"].to_pylist()
    state(RECORDED + timedelta(days=1), since=date(2024, 5, 1), person_id=people[0], values={"重病": True})
    for household in on_record.tables["household"]["id"].to_pylist()[:20]:
        for knowing in (None, RECORDED):
            known = through(SYSTEM, household, knowing=knowing)
            for day in (date(2024, 4, 1), date(2024, 5, 1), AS_OF, date(2030, 1, 1)):
                asked = facts_of(SYSTEM, household, as_of=day, knowing=knowing)
                assert known.on(day, ranks(day)) == asked


def test_a_statement_that_ends_the_guarantee(on_record: County) -> None:
    household = receiving(on_record)
    person = people_of(on_record, household)[0]
    rows = (Act.objects.count(), Statement.objects.count())
    said = Supposing("核对", AS_OF, person, tables={"收入": RICH})
    found = preview(SYSTEM, household, as_of=AS_OF, today=AS_OF, stated=[said])
    assert found.before.household_class == decide(SYSTEM, household, as_of=AS_OF).household_class
    stopped = next(c for c in found.changes if c.programme == "低保")
    assert (stopped.kind, stopped.granted_before, stopped.granted_after) == (STOPPED, "是", "否")
    assert stopped.paid_before is not None
    assert stopped.paid_before[0] > 0
    assert found.class_changes
    assert found.after.total[0] < found.before.total[0]
    assert [(w.person, w.name, w.counts) for w in found.weighed] == [(person, "收入", True)]
    assert (Act.objects.count(), Statement.objects.count()) == rows
    assert Entry.objects.order_by("-seq")[0].verb == "decisions.seen"
    assert Entry.objects.filter(verb="decisions.previewed", household=household).count() == 1


def test_once_stated_it_is_as_it_was_previewed(on_record: County) -> None:
    household = receiving(on_record)
    person = people_of(on_record, household)[0]
    said = Supposing("核对", AS_OF, person, tables={"收入": RICH})
    found = preview(SYSTEM, household, as_of=AS_OF, today=AS_OF, stated=[said])
    state(RECORDED + timedelta(days=1), since=AS_OF, person_id=person, tables={"收入": RICH})
    now = decide(SYSTEM, household, as_of=AS_OF)
    assert now.household_class == found.after.household_class
    assert now.total == found.after.total
    assert [(o.programme, o.path, o.granted, o.paid) for o in now.outcomes] == [
        (o.programme, o.path, o.granted, o.paid) for o in found.after.outcomes
    ]


def test_a_weaker_word_does_not_count_and_is_told_so(on_record: County) -> None:
    household = receiving(on_record)
    person = people_of(on_record, household)[0]
    state(RECORDED + timedelta(days=1), source="核对", since=date(2024, 5, 1), person_id=person, values={"重病": True})
    weak = Supposing("申报", AS_OF, person, values={"重病": False})
    found = preview(SYSTEM, household, as_of=AS_OF, today=AS_OF, stated=[weak])
    (weighed,) = found.weighed
    assert not weighed.counts
    assert weighed.over is not None
    assert weighed.over.source == "核对"
    assert found.same
    rival = Supposing("核对", date(2024, 5, 1), person, values={"重病": False})
    (weighed,) = preview(SYSTEM, household, as_of=AS_OF, today=AS_OF, stated=[rival]).weighed
    assert weighed.disputed
    assert not weighed.counts


def test_what_is_withdrawn_and_who_goes_and_comes(on_record: County) -> None:
    household = receiving(on_record)
    person = people_of(on_record, household)[0]
    old = statement_of(person_id=person)
    found = preview(SYSTEM, household, as_of=AS_OF, today=AS_OF, withdrawn=[old.id])
    assert found.after.facts.members[0].facts.values == {} or any(not m.facts.values for m in found.after.facts.members)
    gone = preview(SYSTEM, household, as_of=AS_OF, today=AS_OF, left={person: AS_OF})
    assert person not in {m.person for m in gone.after.facts.members}
    assert person in {m.person for m in gone.before.facts.members}
    child = Belonging(-1, "子女", head=False, since=AS_OF, until=None)
    born = Supposing("申报", AS_OF, -1, values={"健在": True, "出生日期": "2024-06-30"})
    came = preview(SYSTEM, household, as_of=AS_OF, today=AS_OF, joined=[child], stated=[born])
    assert -1 in {m.person for m in came.after.facts.members}
    assert {c.kind for c in came.changes if c.person == -1} <= {NEW}


def test_what_the_pack_does_not_allow_is_refused(on_record: County) -> None:
    household = on_record.tables["household"]["id"][0].as_py()
    with pytest.raises(FactsRefused):
        preview(SYSTEM, household, as_of=AS_OF, today=AS_OF, stated=[Supposing("核对", AS_OF, values={"没有": 1})])


def test_the_course_says_since_when_and_what_comes(on_record: County) -> None:
    household = receiving(on_record)
    person = people_of(on_record, household)[0]
    before = course(SYSTEM, household, as_of=AS_OF)
    assert before.household_class == decide(SYSTEM, household, as_of=AS_OF).household_class
    assert before.first == date(2024, 1, 1)
    # From August on somebody earns a lot; the job ends with the year.
    state(
        RECORDED + timedelta(days=1), since=date(2024, 8, 1), until=date(2025, 1, 1), person_id=person, tables={"收入": RICH}
    )  # fmt: skip
    found = course(SYSTEM, household, as_of=AS_OF)
    turn = next(t for t in found.ahead if t.class_changes)
    assert turn.on == date(2024, 8, 1)
    assert any(c.programme == "低保" and c.kind == STOPPED for c in turn.changes)
    assert (date(2025, 1, 1), person, "核对", ("收入",)) in found.ends
    later = course(SYSTEM, household, as_of=date(2024, 9, 15))
    assert later.since == date(2024, 8, 1)
    assert turn.now == later.household_class
    assert course(SYSTEM, household, as_of=date(2024, 9, 15), knowing=RECORDED).since == before.since


def test_who_may_ask(on_record: County) -> None:
    household = on_record.tables["household"]["id"][0].as_py()
    for ask in (
        lambda who: preview(who, household, as_of=AS_OF, today=AS_OF),
        lambda who: course(who, household, as_of=AS_OF),
    ):
        with pytest.raises(NotFound):
            ask(OTHER_COUNTY)
        with pytest.raises(NotAllowed):
            ask(PARTNER)
    with everything():
        assert not Entry.objects.filter(verb__startswith="decisions.").exists()
