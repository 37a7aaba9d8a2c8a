"""Pages for everybody, without signing in."""

from __future__ import annotations

from tests.server.web.matrix import Entry

ENTRIES = {
    "public-can-get": Entry("/can-get", public=True),
    "public-standards": Entry("/public/standards", public=True),
}
