"""Home, search, style, health, and the pages not yet moved to a family."""

from __future__ import annotations

from tests.server.web.matrix import Entry

ENTRIES = {
    "home": Entry("/"),
    "find": Entry("/find", ("registry.read",), form={"q": "韦"}),
    "style-page": Entry("/style", public=True),
    "health": Entry("/health", public=True),
}
