"""The cast in the database acts as its plain values say."""

from __future__ import annotations

from doudi.server.lib.actor import Actor
from tests.server import cast


def test_settled(db: str) -> None:
    found = cast.settled()
    assert set(found) == {name for name, value in vars(cast).items() if isinstance(value, Actor) and value.role}
    for name, one in found.items():
        plain: Actor = getattr(cast, name)
        assert (one.name, one.role, one.scope, one.may, one.address) == (
            plain.name,
            plain.role,
            plain.scope,
            plain.may,
            plain.address,
        )
        assert one.post.endswith(plain.post.split()[-1])
