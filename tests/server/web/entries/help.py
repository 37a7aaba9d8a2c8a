"""Help and tutorials."""

from __future__ import annotations

from tests.server.web.matrix import Entry

ENTRIES = {"help-index": Entry("/help", public=True), "help-tutorial": Entry("/help/clerk", public=True)}
