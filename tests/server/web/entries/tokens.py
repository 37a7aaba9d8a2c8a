"""Tokens of one's own programs."""

from __future__ import annotations

from tests.server.web.matrix import Entry

ENTRIES = {
    "tokens-list": Entry("/tokens"),
    "tokens-make": Entry("/tokens/new", form={"name": ""}, status=(422,)),
    "tokens-revoke": Entry("/tokens/999999/revoke", form={}, status=(404,)),
}
