"""Tests of actions look at rows directly, whatever their areas; the actions themselves narrow that to whoever acts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from doudi.server.lib.acting import acting
from tests.server.cast import SYSTEM


@pytest.fixture
def db(db: str) -> Iterator[str]:
    with acting(SYSTEM):
        yield db
