"""The site that all browser tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.web.browser import Site
from tests.server.web.browser import site as running


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with running() as found:
        yield found
