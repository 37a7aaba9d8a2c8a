"""The cast's divisions, and a stand-in for the job that decides everybody again."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.areas.actions import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.jobs import kinds
from doudi.server.jobs.kinds import Kind
from doudi.server.policybook.actions import REPRICE
from tests.server import cast


@pytest.fixture
def places(db: str) -> str:
    ensure(cast.SYSTEM, [NewDivision(code, name) for code, name in cast.NAMES.items()], date(2000, 1, 1))
    return db


@pytest.fixture(autouse=True)
def reprice(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds.discover()
    stand_in = Kind(REPRICE, "重新核定", "Reprice", lambda job: {"after": job.params["after"]})
    monkeypatch.setitem(kinds._KINDS, REPRICE, stand_in)
