"""The day of a moment is that of the offices, whose clock is eight hours ahead of UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from doudi.server.audit.anchors import Anchor
from doudi.server.lib.moments import day_of, midnight
from doudi.server.registry.models import Act
from doudi.server.registry.verbs import said

LAST = datetime(2026, 11, 22, 15, 59, 59, 999_999, tzinfo=UTC)
FIRST = datetime(2026, 11, 22, 16, tzinfo=UTC)
DAYS = [
    (LAST, date(2026, 11, 22)),
    (FIRST, date(2026, 11, 23)),
    (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), date(2026, 11, 23)),
]


@pytest.mark.parametrize(("at", "day"), DAYS)
def test_the_day_of_a_moment(at: datetime, day: date) -> None:
    assert day_of(at) == day
    assert midnight(day) <= at
    assert midnight(date(2026, 11, 23)) == FIRST


@pytest.mark.parametrize(("at", "day"), DAYS)
def test_what_is_told_of_an_act_has_the_day_of_the_office(at: datetime, day: date) -> None:
    act = Act(kind="death", on=day, recorded_at=at, name="黄窗", post="岩滩镇 窗口", params={"person": 3})
    assert all(sentence.startswith(day.isoformat()) for sentence in said(act))


@pytest.mark.parametrize(("at", "day"), DAYS)
def test_the_day_of_an_anchor(at: datetime, day: date) -> None:
    assert Anchor("anchor", "", 1, "", at.replace(tzinfo=None).isoformat()).day == day
