"""Every write to the divisions. Each needs the permission ``areas.change`` and all divisions that it touches in the actor's scope."""

from __future__ import annotations

from doudi.server.areas.actions.changing import end, merge, recode, rename, split
from doudi.server.areas.actions.ensuring import ensure, from_policy
from doudi.server.areas.actions.importing import RowsRefused, load_workbook, preview
from doudi.server.areas.actions.sets import change_set, make_set

__all__ = [
    "RowsRefused", "change_set", "end", "ensure", "from_policy", "load_workbook", "make_set", "merge", "preview", "recode", "rename", "split",
]  # fmt: skip
