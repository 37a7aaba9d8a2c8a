"""Work lists, runs, differences and jobs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from doudi.server.api.language import both
from doudi.server.api.shapes.common import Area, AskedId, At, Code, Cursor, Day, Given, Limit, Moment, Shown, Told, Why

Listed = Annotated[str, Field(max_length=80, description=both("哪一种清单", "which list"))]
State = Annotated[
    str, Field(pattern="^(open|done|dismissed|closed)?$", max_length=9, description=both("状态；空为全部", "its state; empty is any"))
]  # fmt: skip
Level = Annotated[
    Literal["2", "4", "6", "9", "12"],
    Field(description=both("按几位区划汇总：2 省、4 市、6 县、9 乡、12 村", "digits of the divisions summed by")),
]


class ItemsAsked(Given):
    code: Listed = ""
    programme: Code = Field(default="", description=both("哪个项目", "which programme"))
    state: State = "open"
    area: Area = ""
    household: AskedId | None = Field(default=None, description=both("只要这一户的", "of this household only"))
    cursor: Cursor = ""
    limit: Limit = 50


class Item(Shown):
    id: int
    code: str = Field(description=both("哪一种清单", "which list"))
    programme: str
    household: int
    person: int | None
    area: str
    other_area: str
    zh: str = Field(description=both("为什么在清单上", "why it is on the list, in Chinese"))
    en: str
    certain: bool
    due: int | None = Field(description=both("每月应发，分；null 为不知道", "fen a month; null is not known"))
    received: int | None
    missing: list[str]
    state: str
    why: str
    decided_by: str
    decided_at: At | None
    run: int


class Deciding(Given):
    state: Literal["open", "done", "dismissed"]
    why: Why = Field(min_length=1)


class CountsAsked(Given):
    code: Listed = ""
    state: State = "open"
    area: Area = ""
    level: Level = "9"


class Count(Shown):
    code: str
    programme: str
    area: str
    state: str
    items: int
    due: int = Field(description=both("每月应发合计，分，只含已知的", "fen a month, so far as known"))


class Counts(Shown):
    items: list[Count]


class RunsAsked(Given):
    area: Area = ""
    month: Day | None = Field(
        default=None, description=both("所属月的第一天", "the first day of the month"), examples=["2024-07-01"]
    )
    cursor: Cursor = ""
    limit: Limit = 50


class Run(Shown):
    id: int
    snapshot: int
    area: str
    month: Told
    as_of: Told
    policy: str
    pack: str
    ruleset: str
    engine: str
    digest: str = Field(description=both("全部结果的摘要", "the digest of all answers"))
    state: str
    rows: dict[str, int] | None = Field(
        description=both(
            "各表多少行；筛查的范围大于您的辖区时为 null",
            "rows of each table; null where the run covers more than your areas",
        )
    )
    again: int | None = Field(description=both("是哪次筛查的复核", "the run that this one repeats"))
    made_at: At
    ended_at: At | None


class DifferencesAsked(Given):
    after: AskedId = Field(description=both("与哪次筛查比", "the run to compare with"))
    area: Area = ""
    level: Level = "9"
    cursor: Cursor = ""
    limit: Limit = 50


class Difference(Shown):
    programme: str
    household: int
    person: int | None
    kind: str
    granted_before: int = Field(
        description=both("0 否、1 是、2 未知、-1 不在其中", "0 no, 1 yes, 2 unknown, -1 not in it")
    )
    granted_after: int
    paid_before: int | None
    paid_after: int | None
    class_before: str | None
    class_after: str | None
    area: str
    other_area: str


class DifferenceSum(Shown):
    area: str
    programme: str
    kind: str
    items: int
    before: int
    after: int


class Differences(Shown):
    before: int
    after: int
    count: int
    items: list[Difference]
    sums: list[DifferenceSum]
    next: str | None


class JobsAsked(Given):
    kind: str = Field(default="", max_length=40, description=both("哪一种任务", "which kind of work"))
    state: str = Field(
        default="", max_length=9, pattern="^(waiting|running|done|failed|cancelled)?$",
        description=both("状态；空为全部", "its state; empty is any"),
    )  # fmt: skip
    cursor: Cursor = ""
    limit: Limit = 50


class Job(Shown):
    id: int
    kind: str
    kind_zh: str
    kind_en: str
    state: str = Field(
        description=both("waiting 等待、running 进行、done 完成、failed 失败、cancelled 取消", "where it stands")
    )
    done: int
    total: int | None
    remaining: int | None = Field(
        description=both("估计还要多少秒", "seconds that it will still take, as far as can be told")
    )
    cancelling: bool
    result: dict[str, Any]
    zh: str = Field(description=both("失败的原因", "why it failed, in Chinese"))
    en: str
    area: str
    made_at: At
    started_at: At | None
    ended_at: At | None


class Screening(Given):
    area: Area = Field(min_length=2, description=both("筛查哪个区划", "which division"))
    as_of: Day = Field(description=both("基准日", "the day"))
    knowing: Moment | None = None
    lists: bool = Field(default=True, strict=True, description=both("更新工作清单", "bring the work lists up to it"))
