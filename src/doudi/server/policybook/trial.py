"""The text in force with values tried out over it. Nothing is kept of it: neither in the database nor on disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from doudi.rules import Faults
from doudi.server.lib.actor import Actor
from doudi.server.policybook import checking, overlay, texts
from doudi.server.policybook.overlay import Line
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policies
from doudi.server.policybook.shapes import NewLine

_ABOVE_ALL = date.max.toordinal() + 1


def tried(by: Actor, on: date, lines: Sequence[NewLine]) -> Policy:
    """What would decide on ``on`` if ``lines`` held from that day, over all that is published.

    Raises NotAllowed for a division that is not the officer's; Refused with ``field`` (``lines.0.value``) for what cannot be; Faults.
    """
    by.require("policy.read")
    checking.check_trial(by, lines, on)
    base = policies.base_on(on)
    over = [
        Line(0, x.standard, x.area, x.key, on, None, checking.plain(i, x), "模拟", "模拟", _ABOVE_ALL)
        for i, x in enumerate(lines)
    ]
    text = overlay.over(base, [*policies.lines_of(Q(state="published")), *over]).text
    pack, faults = texts.looked_at(base, text)
    if pack is None:
        raise Faults(faults)
    return Policy(pack, text.digest, text)
