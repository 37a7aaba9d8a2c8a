"""While something is only looked at, what was asked once need not be asked again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_KEPT: ContextVar[dict[Hashable, Any] | None] = ContextVar("steady", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """Nothing is changed within, so ``asked`` asks each question once."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def asked(question: Hashable, ask: Callable[[], T]) -> T:
    """What ``ask`` gives; within ``steady`` what it gave to the same question before."""
    kept = _KEPT.get()
    if kept is None:
        return ask()
    if question not in kept:
        kept[question] = ask()
    found: T = kept[question]
    return found
