"""Two birth dates, as YYYYMMDD (0: not known): the same, one slip apart, near, or different."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from doudi.server.registry.duplicates.core.lunar import written_as_common

EARLIEST, LATEST = "1870", "2099"
"""Years in which somebody on record may have been born."""


@lru_cache(maxsize=200_000)
def relation(a: int, b: int) -> str:
    """unknown, same, month-day (day and month changed places), farmers (one is the farmers' date of the other), swap (two neighbouring digits
    changed places), digit (one digit differs), month (same year and month, and one says the first), year (same year, and one says the first
    of January), near (same year and month, or within a month), or different."""
    if not a or not b:
        return "unknown"
    if a == b:
        return "same"
    year_a, month_a, day_a = a // 10000, a // 100 % 100, a % 100
    year_b, month_b, day_b = b // 10000, b // 100 % 100, b % 100
    if year_a == year_b and month_a == day_b and day_a == month_b:
        return "month-day"
    if abs(year_a - year_b) <= 1 and (a in written_as_common(b) or b in written_as_common(a)):
        return "farmers"
    text_a, text_b = f"{a:08}", f"{b:08}"
    unlike = [k for k in range(8) if text_a[k] != text_b[k]]
    if len(unlike) == 2:
        j, k = unlike
        if k == j + 1 and text_a[j] == text_b[k] and text_a[k] == text_b[j]:
            return "swap"
    if len(unlike) == 1:
        return "digit"
    if year_a == year_b and month_a == month_b:
        return "month" if 1 in (day_a, day_b) else "near"
    if year_a == year_b and (a % 10000 == 101 or b % 10000 == 101):
        return "year"
    return "different"


def parts(a: int, b: int) -> str:
    """Which of y, m, d differ: says where the slip is and nothing of the date."""
    return "".join(
        name
        for name, unlike in (
            ("y", a // 10000 != b // 10000),
            ("m", a // 100 % 100 != b // 100 % 100),
            ("d", a % 100 != b % 100),
        )
        if unlike
    )


@lru_cache(maxsize=10_000)
def one_slip_from(born: int) -> tuple[int, ...]:
    """Every date of the calendar that ``relation`` calls same, month-day, farmers, swap or digit with ``born``: some 40 days, of the years in
    which anybody on record may have been born."""
    if not born:
        return ()
    text = f"{born:08}"
    year, month, day = text[:4], text[4:6], text[6:]
    found = {text, year + day + month}
    found |= {text[:k] + d + text[k + 1 :] for k in range(1, 8) for d in "0123456789"}
    found |= {text[:k] + text[k + 1] + text[k] + text[k + 2 :] for k in range(1, 7)}
    found |= {str(w) for w in written_as_common(born)}
    real = set()
    for written in found:
        if not EARLIEST <= written[:4] <= LATEST:
            continue
        try:
            real.add(date(int(written[:4]), int(written[4:6]), int(written[6:])))
        except ValueError:
            continue
    # The farmers' date may be the one that we were given: the true day is then three to eight weeks later.
    try:
        start = date(int(year), int(month), int(day)).toordinal()
    except ValueError:
        start = 0
    for later in range(15, 60) if start else ():
        true = date.fromordinal(start + later)
        if born in written_as_common(true.year * 10000 + true.month * 100 + true.day):
            real.add(true)
    for earlier in range(300, 370) if start else ():
        true = date.fromordinal(start - earlier)
        if born in written_as_common(true.year * 10000 + true.month * 100 + true.day):
            real.add(true)
    return tuple(sorted(d.year * 10000 + d.month * 100 + d.day for d in real))
