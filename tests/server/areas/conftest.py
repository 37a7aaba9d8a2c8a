"""The divisions of the cast, entered as they are drawn there."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.areas.actions import ensure
from doudi.server.areas.shapes import NewDivision
from tests.server import cast

SINCE = date(2000, 1, 1)


@pytest.fixture
def tree(db: str) -> str:
    """Gives the vendor."""
    ensure(cast.SYSTEM, [NewDivision(code, name) for code, name in cast.NAMES.items()], SINCE)
    return db
