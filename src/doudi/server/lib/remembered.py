"""Answers that cost much and change seldom, kept in the process for as long as nothing they were made of has changed.

Whoever keeps one gives a stamp that any change of what it was made of moves; an answer under another stamp is made anew. It is never old.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 512
"""Answers; of more the one longest unasked goes."""
_KEPT: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
_LOCK = Lock()


def remembered(key: Hashable, stamp: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives, or gave for ``key`` under the same ``stamp``. The stamp is to be taken before: a change in between makes it anew."""
    with _LOCK:
        if key in _KEPT and _KEPT[key][0] == stamp:
            _KEPT.move_to_end(key)
            found: T = _KEPT[key][1]
            return found
    made = make()
    with _LOCK:
        _KEPT[key] = (stamp, made)
        _KEPT.move_to_end(key)
        while len(_KEPT) > MOST:
            _KEPT.popitem(last=False)
    return made
