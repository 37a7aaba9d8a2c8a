"""Households and people."""

from __future__ import annotations

from tests.server.web.matrix import Entry

ENTRIES = {
    "households": Entry("/households", ("registry.read",)),
    "worklist": Entry("/worklist", ("screening.read",)),
    "household": Entry(
        lambda w: f"/household/{w.here}?as_of=2024-07-01",
        ("registry.read",),
        there=lambda w: f"/household/{w.there}?as_of=2024-07-01",
    ),
}
