"""On PostgreSQL the database itself shows and takes only rows of the reader's areas, whatever is asked of it. (SQLite has no such thing.)"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction

from doudi.server.lib.acting import acting
from doudi.server.lib.moments import now
from doudi.server.registry.batch import Loaded
from doudi.server.registry.models import Act, Household, Membership, Pair, Person, Statement, Term
from tests.server.cast import CLERK, FAR_VILLAGE, NOBODY, OTHER_COUNTY, SYSTEM, VILLAGE_CODE

TABLES = (
    "person",
    "household",
    "residence",
    "membership",
    "statement",
    "identifier",
    "personname",
    "enrolment",
    "term",
    "pair",
    "acton",
)


pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True, scope="session")


@pytest.fixture(autouse=True)
def _pair(homes: Loaded) -> None:
    with acting(SYSTEM):
        one, other = sorted(homes.people[k] for k in ("黄小明", "韦小明"))
        areas = dict(Person.objects.values_list("id", "area"))
        Pair.objects.create(a_id=one, b_id=other, area_a=areas[one], area_b=areas[other], score=5, found_at=now())


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM registry_{table}")
        return int(cursor.fetchone()[0])


@contextmanager
def _refused() -> Iterator[None]:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        yield


def test_without_a_scope_nothing_is_seen() -> None:
    assert {t: _count(t) for t in TABLES} == dict.fromkeys(TABLES, 0)
    with acting(NOBODY):
        assert {t: _count(t) for t in TABLES} == dict.fromkeys(TABLES, 0)


def test_each_sees_what_is_theirs(homes: Loaded) -> None:
    with acting(SYSTEM):
        everything = {t: _count(t) for t in TABLES}
    assert everything == {
        "person": 8, "household": 5, "residence": 5, "membership": 8, "statement": 13, "identifier": 16, "personname": 8, "enrolment": 3,
        "term": everything["term"], "pair": 1, "acton": 13,
    }  # fmt: skip
    with acting(OTHER_COUNTY):
        far = {t: _count(t) for t in TABLES}
    assert far == {
        "person": 1, "household": 1, "residence": 1, "membership": 1, "statement": 2, "identifier": 2, "personname": 1, "enrolment": 1,
        "term": 9, "pair": 1, "acton": 2,
    }  # fmt: skip
    with acting(CLERK):
        here = {t: _count(t) for t in TABLES}
    assert (here["person"], here["household"], here["identifier"], here["enrolment"]) == (5, 3, 10, 1)
    # A relocated person's terms under the other office are not this office's.
    with acting(CLERK):
        assert set(Term.objects.values_list("area", flat=True)) == {VILLAGE_CODE}


def test_raw_sql_reaches_nothing_of_others(homes: Loaded) -> None:
    theirs = homes.people["韦小明"]
    with acting(CLERK), connection.cursor() as cursor:
        for question in (
            "SELECT name FROM registry_person WHERE id = %s", "SELECT shown FROM registry_identifier WHERE person_id = %s",
            "SELECT n.name FROM registry_personname n WHERE n.person_id = %s", "SELECT term FROM registry_term WHERE person_id = %s",
            "SELECT values FROM registry_statement WHERE person_id = %s", "SELECT 1 FROM registry_acton WHERE person = %s",
            "SELECT m.id FROM registry_membership m LEFT JOIN registry_person p ON p.id = m.person_id WHERE m.person_id = %s",
        ):  # fmt: skip
            cursor.execute(question, [theirs])
            assert cursor.fetchall() == [], question
        cursor.execute("UPDATE registry_person SET name = 'x' WHERE id = %s", [theirs])
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM registry_term WHERE person_id = %s", [theirs])
        assert cursor.rowcount == 0


def test_rows_of_others_are_not_taken(homes: Loaded) -> None:
    act = Act.objects.earliest("id")
    day = date(2026, 1, 1)
    theirs, ours = homes.people["韦小明"], homes.people["黄小明"]
    with acting(CLERK):
        with _refused():
            Person.objects.create(name="越界", area=FAR_VILLAGE)
        with _refused():
            Person.objects.create(name="越界")
        with _refused():
            Household.objects.create(number="越界", area=FAR_VILLAGE)
        with _refused():
            Term.objects.create(person_id=ours, kind="n", term="越界", area=FAR_VILLAGE)
        with _refused():
            Statement.objects.create(act=act, since=day, person_id=theirs, source="申报")
        with _refused():
            Membership.objects.create(act=act, since=day, person_id=theirs, household_id=homes.households["韦家"])
        with _refused():
            Person.objects.filter(id=ours).update(area=FAR_VILLAGE)
        Statement.objects.create(act=act, since=day, person_id=ours, source="申报")
        Person.objects.create(name="新人", area="451229102201", other_area=VILLAGE_CODE)


def test_the_scope_ends_with_the_transaction(homes: Loaded) -> None:
    with acting(SYSTEM):
        assert _count("person") == 8
        with acting(CLERK):
            assert _count("person") == 5
        assert _count("person") == 8
    assert _count("person") == 0


def test_every_table_of_the_registry_is_covered() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity FROM pg_class WHERE relname LIKE 'registry\\_%' AND relkind = 'r'"
        )
        found = dict(cursor.fetchall())
    # Acts say who did what when, and name nobody they were done to.
    assert {t for t, on in found.items() if not on} <= {"registry_act"}
    assert {f"registry_{t}" for t in TABLES} <= {t for t, on in found.items() if on}
