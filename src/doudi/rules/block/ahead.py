"""Work on a stream in threads, in order, with few items in hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")


def ahead(work: Callable[[T], R], items: Iterable[T], threads: int) -> Generator[R, None, None]:
    """``map`` in threads, in order, never more than ``threads`` + 1 items in hand: memory stays flat however many there are."""
    if threads <= 1:
        yield from map(work, items)
        return
    # Most runs share their work among processes and need not load what threads take.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
