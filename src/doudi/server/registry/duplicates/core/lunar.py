"""The farmers' calendar (农历): a birthday kept by it and written down as if it were a date of the common one lands some weeks early.

Months have 29 or 30 days, a year 12 or 13 months. The table holds what almanacs publish (紫金山天文台; rules: GB/T 33661-2017): a word for each year
from 1900, bit k set where the year's month k+1 has 30 days, and above bit 13 the number of the month after which a leap month follows.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import cache

FIRST_YEAR = 1900
_FIRST_DAY = date(1900, 1, 31).toordinal()
_TABLE = """
116d2 00752 00ea5 0b64a 0064b 00a9b 09556 0056a 00b59 05752 00752 0db25 00b25 00a4b 0b4ab 002ad 0056b 04b69 00da9 0fd92
00e92 00d25 0ba4d 00a56 002b6 095b5 006d4 00ea9 05e92 00e92 0cd26 0052b 00a57 0b2d6 00b5a 006d4 06ec9 00749 0f693 00a93
0052b 0ca5b 00aad 0056a 09b55 00ba4 00b49 05a93 00a95 0f52d 00536 00aad 0b5aa 005b2 00ba5 07d4a 00d4a 10a95 00a97 00556
0cab5 00ad5 006d2 08ea5 00ea5 0064a 06c97 00a9b 0f55a 0056a 00b69 0b752 00b52 00b25 0964b 00a4b 114ab 002ad 005ad 0cb69
00da9 00d92 09d25 00d25 15a4d 00a56 002b6 0c5b5 006d5 00ea9 0be92 00e92 00d26 06a56 00a57 114d6 0035a 006d5 0b6c9 00749
00693 0952b 0052b 00a5b 0555a 0056a 0fb55 00ba4 00b49 0ba93 00a95 0052d 08aad 00ab5 135aa 005d2 00da5 0dd4a 00d4a 00c95
0952e 00556 00ab5 055b2 006d2 0cea5 00725 0064b 0ac97 00cab 0055a 06ad6 00b69 17752 00b52 00b25 0da4b 00a4b 004ab 0a55b
005ad 00b6a 05b52 00d92 0fd25 00d25 00a55 0b4ad 004b6 005b5 06daa 00ec9 11e92 00e92 00d26 0ca56 00a57 00556 086d5 00755
00749 06e93 00693 0f52b 0052b 00a5b 0b55a 0056a 00b65 0974a 00b4a 11a95 00a95 0052d 0caad 00ab5 005aa 08ba5 00da5 00d4a
07c95 00c96 0f94e 00556 00ab5 0b5b2 006d2 00ea5 08e4a 0068b 10c97 004ab 0055b 0cad6 00b6a 00752 09725 00b45 00a8b
"""
_WORDS = _TABLE.split()


@cache
def _months() -> tuple[tuple[int, int, int, int], ...]:
    """(first day as an ordinal, year, month, days) of every month; a leap month bears the number of the month before it."""
    months, start = [], _FIRST_DAY
    for k, word in enumerate(_WORDS):
        bits = int(word, 16)
        leap = bits >> 13
        numbers = [m for m in range(1, 13) for _ in range(2 if m == leap else 1)]
        for place, month in enumerate(numbers):
            days = 29 + (bits >> place & 1)
            months.append((start, FIRST_YEAR + k, month, days))
            start += days
    return tuple(months)


@cache
def _starts() -> tuple[int, ...]:
    return tuple(m[0] for m in _months())


@cache
def farmers_date(born: int) -> tuple[int, int, int] | None:
    """Year, month and day in the farmers' calendar of the common date ``born`` (YYYYMMDD); None outside the table or where there is no such day."""
    try:
        day = date(born // 10000, born // 100 % 100, born % 100).toordinal()
    except ValueError:
        return None
    k = bisect_right(_starts(), day) - 1
    if k < 0:
        return None
    start, year, month, days = _months()[k]
    return (year, month, day - start + 1) if day - start < days else None


@cache
def written_as_common(born: int) -> tuple[int, ...]:
    """What stands in a register (YYYYMMDD) where the farmers' month and day of ``born`` were written as if they were the common ones: under
    the farmers' year, and under the common year where that is another."""
    found = farmers_date(born)
    if found is None:
        return ()
    year, month, day = found
    written = {y * 10000 + month * 100 + day for y in (year, born // 10000)} - {born}
    return tuple(sorted(w for w in written if _exists(w)))


def _exists(day: int) -> bool:
    try:
        date(day // 10000, day // 100 % 100, day % 100)
    except ValueError:
        return False
    return True
