"""Types that many operations share. Everything is bounded: a number that no database holds, a day that no rule speaks of is refused at the door."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from doudi.server.api.bodies import WIDEST
from doudi.server.api.language import both

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
"""Days outside are slips: nobody on record was born before, and no rule looks further ahead."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)
T = TypeVar("T")


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(both("日期写作 YYYY-MM-DD。", "A day is written YYYY-MM-DD"))
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise ValueError(both("没有这一天。", "There is no such day")) from None
    if not FIRST <= found <= LAST:
        raise ValueError(both(f"日期应在 {FIRST} 至 {LAST} 之间。", f"A day lies between {FIRST} and {LAST}"))
    return found


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _MOMENT.fullmatch(value.replace(" ", "+")):
        raise ValueError(both("时刻写作 YYYY-MM-DDTHH:MM:SS+08:00。", "A moment is written YYYY-MM-DDTHH:MM:SS+08:00"))
    # In an address a plus sign that was not written as %2B is read as a blank.
    try:
        found = datetime.fromisoformat(value.replace(" ", "+").upper())
    except ValueError:
        raise ValueError(both("没有这一时刻。", "There is no such moment")) from None
    if not FIRST.year < found.year < LAST.year:
        raise ValueError(
            both(f"时刻应在 {FIRST.year + 1} 至 {LAST.year - 1} 年之间。", f"A moment lies between {FIRST.year + 1} and {LAST.year - 1}")
        )  # fmt: skip
    return found.astimezone(UTC)


def _whole(value: Any) -> int:
    """A number of an address, where everything is text."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(both("应为整数。", "A whole number is wanted"))


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day of the world."""
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
"""A moment, with its offset."""
Told = Annotated[date, WithJsonSchema({"type": "string", "format": "date"})]
"""A day in an answer."""
At = Annotated[
    datetime, PlainSerializer(lambda m: m.astimezone(UTC).isoformat()), WithJsonSchema({"type": "string", "format": "date-time"})
]  # fmt: skip
"""A moment in an answer, in UTC."""
Id = Annotated[int, Field(strict=True, ge=1, le=WIDEST)]
Whole = Annotated[int, Field(strict=True, ge=-WIDEST, le=WIDEST)]
AskedId = Annotated[int, Field(ge=1, le=WIDEST), BeforeValidator(_whole)]
"""The number of a thing, in an address."""
Area = Annotated[
    str,
    Field(
        pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})?$",
        max_length=15,
        description=both("区划代码；空为全部辖区", "a division's code; empty is all of your areas"),
    ),
]
"""A division's code, or nothing."""
Code = Annotated[str, Field(max_length=80)]
Why = Annotated[
    str, Field(max_length=500, description=both("理由，记入操作记录", "the reason, which the record keeps"))
]
Cursor = Annotated[
    str,
    Field(
        max_length=400,
        pattern=r"^[A-Za-z0-9_:=-]*$",
        description=both("上一页答复里的 next 已带好", "the next of the page before has it"),
    ),
]
Limit = Annotated[int, Field(ge=1, le=200, description=both("每页多少条", "rows of a page")), BeforeValidator(_whole)]


class Given(Schema):
    """What a request brings: nothing that the schema does not name."""

    model_config = ConfigDict(extra="forbid", regex_engine="python-re")


class Shown(Schema):
    """What an answer holds."""


class Page(Shown, Generic[T]):
    """Part of a list. ``next`` is the address of what follows."""

    items: list[T]
    next: str | None = Field(
        description=both("下一页的地址；没有下一页时为 null", "the address of the next page; null where there is none")
    )


class FaultShown(Shown):
    field: str
    code: str
    detail: str


class Problem(Shown):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = Field(description=both("为什么、怎样改", "why, and how to mend it"))
    code: str = Field(description=both("不变的代码，供程序判断", "stable, for programs"))
    field: str = Field(description=both("指内容里的哪一项；没有则为空", "what of the request is meant; or empty"))
    errors: list[FaultShown] | None = None
    since: list[str] | None = Field(
        default=None, description=both("期间有哪些改动，每项一句", "what was done in between, a sentence each")
    )
