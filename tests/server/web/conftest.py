"""The site that the browser tests of a module share. The browser leaves an event loop in the process while it is open, in which other tests cannot fork:
so it does not outlive the module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.web.browser import Site
from tests.server.web.browser import site as running
from tests.server.web.chromium import chromium


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    if chromium() is None:
        pytest.skip("Chromium is not installed on this machine")
    with running() as found:
        yield found
