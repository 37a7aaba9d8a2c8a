from __future__ import annotations

import pytest

from doudi.server.registry.batch import Loaded
from tests.server.registry.selectors.homes import settle


@pytest.fixture
def homes(db: str) -> Loaded:
    return settle()
