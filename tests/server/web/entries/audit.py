"""The record of acts."""

from __future__ import annotations

from tests.server.web.matrix import Entry

ENTRIES = {
    "audit-search": Entry("/audit", ("audit.read",)),
    "audit-entry": Entry("/audit/1", ("audit.read",), status=(200, 404)),
    "audit-verify": Entry("/audit/verify", ("audit.read",), form={}, status=(302,)),
}
