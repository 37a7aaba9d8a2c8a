"""What the policy in force says, and who is asking."""

from __future__ import annotations

from pydantic import Field

from doudi.server.api.language import both
from doudi.server.api.shapes.common import Area, At, Code, Day, Given, Shown, Told


class OnDay(Given):
    on: Day | None = Field(default=None, description=both("哪一天；不填为今天", "which day; today where not given"), examples=["2024-07-01"])  # fmt: skip


class ValuesAsked(OnDay):
    area: Area = Field(default="", description=both("在哪个区划", "at which division"), examples=["451229"])
    standard: Code = Field(default="", description=both("只要这项标准", "this standard only"))


class Programme(Shown):
    name: str
    en: str
    entity: str = Field(description=both("对户还是对人", "of the household or of a person"))
    period: str = Field(description=both("月、年或次", "月 monthly, 年 yearly, 次 once"))
    group: str
    group_en: str
    amount: bool = Field(description=both("是否发钱", "whether it pays a sum"))
    apply_zh: str
    apply_en: str


class Programmes(Shown):
    items: list[Programme]


class Standard(Shown):
    name: str
    en: str
    type: str
    form: str
    keys: list[str]
    least: str
    most: str
    rises: bool
    by_area: bool


class Standards(Shown):
    items: list[Standard]


class Band(Shown):
    at: str
    value: str


class Value(Shown):
    standard: str
    key: str
    value: str | None = Field(description=both("标准值；没有人规定时为 null", "the value; null where nobody has said"))
    bands: list[Band]
    why: str
    area: str = Field(description=both("哪一级规定的", "the division that said it"))
    since: Told | None
    until: Told | None
    document: str
    clause: str
    pack: str


class ValueList(Shown):
    items: list[Value]


class Fact(Shown):
    entity: str
    name: str
    en: str
    type: str
    values: list[str]
    least: int | None
    most: int | None
    table: bool = Field(description=both("属于一张表，整张一起登记", "of a table, which is stated as a whole"))


class FactList(Shown):
    items: list[Fact]


class Me(Shown):
    """The token's official, post, areas and permissions."""

    official: int
    name: str
    post: str
    role: str
    areas: list[str] = Field(description=both("管辖范围；空字符串为全国", "areas; the empty code is the whole country"))
    permissions: list[str]
    token: str
    expires_at: At
