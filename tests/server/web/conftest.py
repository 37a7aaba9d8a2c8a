"""The site that all browser tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.web.browser import Site
from tests.server.web.browser import site as running
from tests.server.web.chromium import chromium


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    if chromium() is None:
        pytest.skip("Chromium is not installed on this machine")
    with running() as found:
        yield found
