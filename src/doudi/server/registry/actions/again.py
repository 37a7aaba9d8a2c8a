"""Whether a form was sent before: asked first, so that what it said then is not held against it now that the act is done."""

from __future__ import annotations

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.registry.actions.kernel import Done, once_key
from doudi.server.registry.models import Act


def done_before(by: Actor, once: str) -> Done | None:
    """What the act that this official did under the key ``once`` left; None where there is none."""
    key = once_key(by, once)
    if key is None:
        return None
    with acting(by):
        act = Act.objects.filter(once=key).first()
    if act is None or "done" not in act.params:
        return None
    household, people, row = act.params["done"]
    return Done(act.id, household, tuple(people), row, repeated=True)
