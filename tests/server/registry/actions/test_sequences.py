"""Whatever is done in whatever order: the laws hold, every moment stays readable, and everything can be taken back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.server.registry.actions import undo
from doudi.server.registry.actions.laws import obey
from doudi.server.registry.models import Act, Household, Person
from tests.server.cast import SYSTEM
from tests.server.registry.actions.dice import throw
from tests.server.registry.actions.homes import columns, family, latest, single, snapshot

throws = st.lists(st.lists(st.integers(0, 10_000), min_size=8, max_size=8), min_size=1, max_size=14)


def all_laws() -> None:
    obey(list(Household.objects.values_list("id", flat=True)), list(Person.objects.values_list("id", flat=True)))


few = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
many = settings(few, max_examples=40)


@few
@given(throws)
def test_any_acts_in_any_order(db: str, thrown: list[list[int]]) -> None:
    lived_through(thrown)


@pytest.mark.slow
@many
@given(throws)
def test_any_acts_in_any_order_at_length(db: str, thrown: list[list[int]]) -> None:
    lived_through(thrown)


def lived_through(thrown: list[list[int]]) -> None:
    with transaction.atomic():
        family()
        single()
        start = latest().recorded_at
        known = [(start, snapshot(), columns())]
        for numbers in thrown:
            done = throw(SYSTEM, numbers)
            now = snapshot()
            if done:
                known.append((latest().recorded_at, now, columns()))
                all_laws()
            assert now == known[-1][1]
            assert columns() == known[-1][2]
        for moment, rows, _ in known:
            assert snapshot(moment) == rows
        acts = list(Act.objects.filter(recorded_at__gt=start).order_by("-recorded_at").values_list("id", flat=True))
        for act, (_, rows, current) in zip(acts, reversed(known[:-1]), strict=True):
            undo(by=SYSTEM, act=act, on=date(2024, 1, 1))
            assert snapshot() == rows
            assert columns() == current
        transaction.set_rollback(True)
