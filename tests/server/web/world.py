"""A small world to look at pages in: the cast with accounts, a household in the county's village and one in another county, and what the
page families add to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth import get_user_model
from django.test import Client, override_settings

from doudi.server.accounts.models import SecondFactor
from doudi.server.accounts.selectors import posts_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.registry.actions.inputs import NewMember, NewStatement
from doudi.server.registry.actions.register import register_household
from tests.server.cast import FAR_VILLAGE, VILLAGE_CODE, settled
from tests.server.exchange.ledgers import IDS

ON = date(2024, 7, 1)
PASSWORD = "quiet-river-47-stones"
"""Of every account of the cast."""
FAST = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


@dataclass
class World:
    """``who``: the cast as they act, by their names in ``tests.server.cast``. ``here`` and ``there``: ids of a household in the village and of one
    in another county; ``person_here`` and ``person_there`` their heads. ``ids``: what a family added, by names of its own."""

    who: dict[str, Actor]
    here: int
    there: int
    person_here: int
    person_there: int
    ids: dict[str, int] = field(default_factory=dict)


def made() -> World:
    """The world without what the families add."""
    who = settled()
    here, person_here = _home(who["CLERK"], VILLAGE_CODE, "韦大山")
    there, person_there = _home(who["OTHER_COUNTY"], FAR_VILLAGE, "覃小花")
    return World(who, here, there, person_here, person_there)


def client_of(actor: Actor, language: str = "zh-hans") -> Client:
    """A visitor signed in as ``actor``, the one-time code given where the post demands it."""
    client = Client(SERVER_NAME="localhost", headers={"accept-language": language}, raise_request_exception=True)
    user = get_user_model().objects.get(pk=actor.official or 0)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    device, _ = SecondFactor.objects.get_or_create(
        user=user, defaults={"name": "test", "confirmed": True, "cipher": b"none", "made_at": now()}
    )
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session["post"] = posts_of(int(actor.official or 0), on=date(2024, 7, 1))[0].id
    session.save()
    return client


def _home(by: Actor, area: str, name: str) -> tuple[int, int]:
    said = NewStatement("导入", {"健在": True, "劳动能力": "有劳动能力"})
    member = NewMember(name, "户主", head=True, identifiers={"id": IDS[name]}, statements=(said,))
    done = register_household(by=by, area=area, members=[member], on=ON, address="一组 3 号")
    assert done.household is not None
    return done.household, next(iter(done.people))
