"""The auditor finds what was done, and only within the auditor's areas."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from doudi.server.audit import selectors
from doudi.server.audit.actions import Act, record, record_many
from doudi.server.audit.selectors import Search, search
from doudi.server.audit.verbs import Verb
from doudi.server.lib.actor import Actor, system
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.lib.scope import Scope
from tests.server.audit.tampering import CLERK, DID

OTHER = Actor(8, "陆英", "白沙乡审核人", Scope.of(["990103"]), frozenset(), "10.0.0.9")
SHOWN = Verb("registry.reveal", "查看了{person}号人员的证件号码", "was shown the id number of person {person}")


def auditor(*areas: str) -> Actor:
    return Actor(1, "审计", "审计员", Scope.of(areas), frozenset({"audit.read"}))


ALL = auditor("")


@pytest.fixture
def written(db: str) -> None:
    record_many(CLERK, DID, [Act(household=n, area=f"99010200{n}", why="核对", params={"n": n}) for n in range(1, 6)])
    record(OTHER, DID, household=1, area="990103001", why="复核 100%", n=1)
    record(OTHER, SHOWN, person=4, area="990103001", why="打印证明")
    record(system("doudi keys rotate"), DID, household=9, n=9)


def seqs(reader: Actor, what: Search) -> list[int]:
    return [e.seq for e in search(reader, what).entries]


@pytest.mark.parametrize(
    ("what", "found"),
    [
        (Search(), [8, 7, 6, 5, 4, 3, 2, 1]),
        (Search(official=8), [7, 6]),
        (Search(name="陆英"), [7, 6]),
        (Search(household=1), [6, 1]),
        (Search(person=4), [7]),
        (Search(verb="registry."), [7]),
        (Search(verb="registry"), []),
        (Search(verb="registry.reveal"), [7]),
        (Search(area="990102"), [5, 4, 3, 2, 1]),
        (Search(area="990102003"), [3]),
        (Search(text="复核"), [6]),
        (Search(text="100%"), [6]),
        (Search(text="%"), [6]),
        (Search(text="陆英 打印"), [7]),
        (Search(text="person 4"), [7]),
        (Search(text="\0\ud800"), []),
        (Search(official=8, household=1), [6]),
        (Search(since=date(2000, 1, 1), until=date(2000, 1, 2)), []),
        (Search(since=date(2000, 1, 1), until=date(9000, 1, 2), household=3), [3]),
    ],
)
@pytest.mark.usefixtures("written")
def test_found_by(what: Search, found: list[int]) -> None:
    assert seqs(ALL, what) == found
    assert selectors.count(ALL, what) == (len(found), True)


@pytest.mark.usefixtures("written")
def test_only_within_the_readers_areas() -> None:
    assert seqs(auditor("990103"), Search()) == [7, 6]
    assert seqs(auditor("990103"), Search(area="9901")) == [7, 6]
    assert seqs(auditor("990103"), Search(area="990102")) == []
    assert seqs(auditor("990102001", "990103"), Search(household=1)) == [6, 1]
    assert selectors.count(auditor("990102001"), Search()) == (1, True)
    assert seqs(auditor(), Search()) == []
    assert selectors.entry(auditor("990103"), 6).household == 1
    for seq in (1, 8, 99):
        with pytest.raises(NotFound):
            selectors.entry(auditor("990103"), seq)


@pytest.mark.usefixtures("written")
def test_only_with_the_permission() -> None:
    with pytest.raises(NotAllowed):
        search(CLERK, Search())
    with pytest.raises(NotAllowed):
        selectors.entry(CLERK, 1)
    with pytest.raises(NotAllowed):
        selectors.count(CLERK, Search())


@pytest.mark.usefixtures("written")
def test_pages_meet_without_a_gap_whatever_is_written_meanwhile() -> None:
    page = search(ALL, Search(), limit=3)
    assert ([e.seq for e in page.entries], page.older) == ([8, 7, 6], 6)
    record(CLERK, DID, household=1, n=1)
    page = search(ALL, Search(), before=page.older, limit=3)
    assert ([e.seq for e in page.entries], page.older) == ([5, 4, 3], 3)
    page = search(ALL, Search(), before=page.older, limit=3)
    assert ([e.seq for e in page.entries], page.older) == ([2, 1], None)
    assert len(search(ALL, Search(), limit=-1).entries) == 1
    assert len(search(ALL, Search(), limit=10**9).entries) == 9


@pytest.mark.usefixtures("written")
def test_days_are_the_offices() -> None:
    with connection.cursor() as cursor:
        # 23:30 on the 1st in UTC is the 2nd in Shanghai
        at = connection.ops.adapt_datetimefield_value(datetime(2001, 1, 1, 23, 30, tzinfo=UTC))
        columns = (
            "official, name, post, address, verb, zh, en, why, household, person, area, params, count, digest, mac"
        )
        cursor.execute(
            f"INSERT INTO audit_entry (seq, at, {columns}) SELECT 100, %s, {columns} FROM audit_entry WHERE seq = 1",
            [at],
        )
    assert seqs(ALL, Search(until=date(2001, 1, 1))) == []
    assert seqs(ALL, Search(since=date(2001, 1, 2), until=date(2001, 1, 2))) == [100]


@pytest.mark.usefixtures("written")
def test_what_cannot_be_asked() -> None:
    with pytest.raises(Refused, match="before the first"):
        search(ALL, Search(since=date(2026, 2, 1), until=date(2026, 1, 1)))
    with pytest.raises(Refused, match="all digits"):
        search(ALL, Search(area="990x"))


def test_what_was_asked_is_said_without_what_was_typed() -> None:
    assert Search(household=3, text="韦某某", verb="registry.").said() == "household=3 verb=registry. text=…"
    assert Search().said() == "*"
