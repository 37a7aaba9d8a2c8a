"""A gentle bound on computing for nobody in particular: so many answers at once, then so many a second, for each address."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock


class Limit:
    """``burst`` at once, ``rate`` a second after that. What it knows is in this process's memory and nowhere else; of addresses seen long ago
    it forgets the first, which is kind to them and costs nothing."""

    def __init__(self, burst: int, rate: float, most: int = 10_000) -> None:
        self.burst, self.rate, self.most = burst, rate, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, address: str, now: float | None = None) -> bool:
        at = time.monotonic() if now is None else now
        with self._lock:
            left, seen = self._left.pop(address, (float(self.burst), at))
            left = min(float(self.burst), left + (at - seen) * self.rate)
            allowed = left >= 1
            self._left[address] = (left - 1 if allowed else left, at)
            while len(self._left) > self.most:
                self._left.popitem(last=False)
        return allowed

    def forget(self) -> None:
        with self._lock:
            self._left.clear()


COMPUTING = Limit(burst=120, rate=3)
"""A family that answers as fast as it can read stays far below; a village school behind one address too."""
