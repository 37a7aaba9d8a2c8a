"""How many households and people there are, remembered until the next act on the registry, or until a day turns."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from django.db import connection

from doudi.server.audit.selectors import last_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.remembered import remembered
from doudi.server.lib.steady import asked
from doudi.server.registry.models import Act
from doudi.server.registry.selectors.lists import counts_by_area
from doudi.server.registry.verbs import TURNED

_BELOW = {0: 2, 2: 4, 4: 6, 6: 9, 9: 12, 12: 15}


@dataclass(frozen=True)
class Counted:
    """On record in the reader's areas; ``below``: for each part of the scope its code, and of each division below it (code, households, people);
    ``apart``: the households and people that none of these has, managed elsewhere or by an office above. Together they are all."""

    households: int
    people: int
    below: tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...]
    apart: tuple[int, int]


def stamp() -> Hashable:
    """Moves with every act on the registry, and with every step of bringing it up to a new day, which is no act."""
    return last_act(), last_of(TURNED)


def last_act() -> Hashable:
    return asked("last act", lambda: Act.objects.order_by("-id").values_list("id", "recorded_at").first())


def counted(reader: Actor) -> Counted:
    """As the lists count them. Raises NotAllowed."""
    reader.require("registry.read")
    key = ("counted", connection.settings_dict["NAME"], reader.scope.prefixes)
    return remembered(key, stamp(), lambda: _count(reader))


def _count(reader: Actor) -> Counted:
    digits = {prefix: _BELOW.get(len(prefix), 15) for prefix in reader.scope.prefixes}
    # By divisions small enough for every part of the scope.
    found = counts_by_area(reader, digits=max(digits.values(), default=2))
    below = []
    for prefix, n in digits.items():
        inside: dict[str, tuple[int, int]] = {}
        for code, (h, p) in found.items():
            if code.startswith(prefix) and code:
                was = inside.get(code[:n], (0, 0))
                inside[code[:n]] = was[0] + h, was[1] + p
        below.append((prefix, tuple((code, *inside[code]) for code in sorted(inside))))
    return Counted(
        sum(h for h, _ in found.values()), sum(p for _, p in found.values()), tuple(below), found.get("", (0, 0))
    )
