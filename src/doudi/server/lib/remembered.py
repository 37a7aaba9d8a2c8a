"""Answers that cost much and change seldom, kept in the process for as long as nothing they were made of has changed.

Whoever keeps one gives a stamp that any change of what it was made of moves; an answer under another stamp is made anew. It is never old.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")
MOST = 512
"""Answers; of more the one longest unasked goes."""
_KEPT: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
_MAKING: dict[Hashable, Lock] = {}
_LOCK = Lock()


def remembered(key: Hashable, stamp: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives, or gave for ``key`` under the same ``stamp``. The stamp is to be taken before: a change in between makes it anew."""
    with _LOCK:
        making = _MAKING.setdefault(key, Lock())
        if (kept := _known(key, stamp)) is not None:
            return cast(T, kept[1])
    # Whoever asks while another makes it waits for that one, instead of all making it at once.
    with making:
        with _LOCK:
            if (kept := _known(key, stamp)) is not None:
                return cast(T, kept[1])
        made = make()
        with _LOCK:
            _KEPT[key] = (stamp, made)
            _KEPT.move_to_end(key)
            while len(_KEPT) > MOST:
                _MAKING.pop(_KEPT.popitem(last=False)[0], None)
    return made


def _known(key: Hashable, stamp: Hashable) -> tuple[Hashable, Any] | None:
    kept = _KEPT.get(key)
    if kept is None or kept[0] != stamp:
        return None
    _KEPT.move_to_end(key)
    return kept
