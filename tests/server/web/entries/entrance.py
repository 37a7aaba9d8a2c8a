"""Coming in and going out."""

from __future__ import annotations

from tests.server.web.matrix import Entry

ENTRIES = {
    "sign-in": Entry("/sign-in", public=True),
    "sign-out": Entry("/sign-out", public=True, form={}, status=(302,), alone=True),
    "code": Entry("/code", public=True),
    "password": Entry("/password", public=True),
    "posts": Entry("/posts", public=True),
    "language": Entry("/language", public=True, form={"language": "zh"}, status=(302,)),
}
