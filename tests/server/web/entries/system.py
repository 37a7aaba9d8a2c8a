"""How the installation runs."""

from __future__ import annotations

from tests.server.web.matrix import Entry

ENTRIES = {"system": Entry("/system", ("operations.manage",))}
