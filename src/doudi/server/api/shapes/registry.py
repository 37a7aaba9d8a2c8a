"""People and households."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from doudi.server.api.language import both
from doudi.server.api.shapes.common import Area, At, Code, Cursor, Day, Given, Id, Limit, Moment, Shown, Told, Why

Name = Annotated[str, Field(max_length=80, description=both("姓名", "what the person is called"))]
Values = Annotated[
    dict[Annotated[str, Field(max_length=80)], Any],
    Field(
        max_length=400,
        description=both(
            "事实名到值：真假、整数（金额以分计）、文字、日期，或 {lo, hi}；不知道的不写，或写 null",
            "fact to value: truth, whole number (money in fen), text, day, or {lo, hi}; what is not known is left out or null",
        ),
    ),
]
Tables = Annotated[
    dict[Annotated[str, Field(max_length=80)], Any],
    Field(
        max_length=40,
        description=both("表名到整张表：{rows: […], complete: true}", "table to the whole of it: {rows: […], complete: true}"),
    ),
]  # fmt: skip
Numbers = Annotated[
    dict[Literal["id", "card", "phone", "disability"], Annotated[str, Field(min_length=3, max_length=60)]],
    Field(description=both("号码：id 身份证、card 卡、phone 电话、disability 残疾人证", "numbers by kind")),
]
Version = Annotated[int, Field(description=both("户的版本，即 ETag 的前一段", "the household's version, the first part of its ETag"))]  # fmt: skip


class AsOf(Given):
    as_of: Day | None = Field(
        default=None,
        description=both("基准日：哪一天的情况；不填为今天", "the day that is asked about; today where not given"),
        examples=["2024-07-01"],
    )
    knowing: Moment | None = Field(
        default=None,
        description=both("知悉时点：按那时已知的情况；不填为现在", "by what was known at that moment; now where not given"),
        examples=["2024-07-15T08:00:00+08:00"],
    )  # fmt: skip


class HouseholdsAsked(Given):
    area: Area = Field(default="", description=both("只要这个区划以内的", "inside this division"), examples=["451229"])
    ledger: Code = Field(default="", description=both("只要在这本台账上的", "that stand on this ledger"))
    on: Day | None = Field(default=None, description=both("哪一天；不填为今天", "on which day; today where not given"))
    closed: bool | None = Field(default=False, description=both("要已注销的户", "closed households"))
    cursor: Cursor = ""
    limit: Limit = 50


class TimelineAsked(Given):
    cursor: Cursor = ""
    limit: Limit = 50


class FindAsked(Given):
    text: str = Field(
        min_length=1,
        max_length=120,
        description=both(
            "姓名、拼音、首字母、身份证号、电话、卡号，或村名加姓名",
            "a name, pinyin, initials, an id number, a phone, a card, or a village and a name",
        ),
    )
    area: Area = Field(default="", description=both("只要这个区划以内的", "inside this division"))
    limit: Annotated[int, Field(strict=True, ge=1, le=100)] = 20


class Number(Shown):
    id: int = Field(description=both("查看完整号码时用", "what reveal takes"))
    kind: str
    shown: str = Field(description=both("遮盖后的号码", "the number, masked"))
    since: Told
    until: Told | None


class Masked(Shown):
    kind: str
    shown: str


class Member(Shown):
    person: int
    name: str
    sex: str
    born: Told | None
    died: Told | None
    relation: str
    head: bool
    since: Told
    until: Told | None
    elsewhere: bool = Field(
        description=both("住在您的辖区之外，不显示其情况", "lives outside your areas and is not shown")
    )
    numbers: list[Number]


class Enrolment(Shown):
    id: int
    ledger: str
    household: int | None
    person: int | None
    since: Told
    until: Told | None
    details: dict[str, Any]
    evidence: str


class Household(Shown):
    id: int
    number: str
    area: str
    other_area: str
    address: str
    closed: bool
    version: Version
    members: list[Member]
    enrolments: list[Enrolment]
    as_of: Told
    knowing: At | None


class HouseholdRow(Shown):
    id: int
    number: str
    area: str
    other_area: str
    closed: bool
    head: str
    people: int


class Named(Shown):
    name: str
    since: Told
    until: Told | None


class Belonged(Shown):
    household: int
    number: str
    relation: str
    head: bool
    since: Told
    until: Told | None


class Person(Shown):
    id: int
    name: str
    names: list[Named]
    sex: str
    born: Told | None
    died: Told | None
    area: str
    other_area: str
    numbers: list[Number]
    memberships: list[Belonged]
    enrolments: list[Enrolment]
    merged_into: int | None
    as_of: Told
    knowing: At | None


class Found(Shown):
    person: int
    name: str
    sex: str
    born: Told | None
    died: Told | None
    area: str
    other_area: str
    household: int | None
    household_number: str
    relation: str
    numbers: list[Masked]
    exact: bool


class FoundList(Shown):
    items: list[Found]


class Happened(Shown):
    act: int
    kind: str
    on: Told
    recorded_at: At
    official: str
    post: str
    zh: str
    en: str
    undone: bool


class Word(Shown):
    """One source's word on one fact."""

    value: Any
    source: str
    since: Told
    statement: int
    evidence: str


class FactShown(Shown):
    name: str
    value: Any = Field(description=both("算数的值；null 为不知道", "what counts; null is not known"))
    source: str
    since: Told
    statement: int
    disputed: bool = Field(description=both("同等来源说法不一，因此不知道", "equals disagree, so that it is not known"))
    said: list[Word] = Field(description=both("所有说法，最有分量的在前", "every word on it, the weightiest first"))


class MemberFacts(Shown):
    person: int
    relation: str
    head: bool
    elsewhere: bool
    values: list[FactShown]
    tables: list[FactShown]


class Facts(Shown):
    household: int
    area: str
    other_area: str
    values: list[FactShown]
    tables: list[FactShown]
    members: list[MemberFacts]
    as_of: Told
    knowing: At | None


class Reason(Given):
    why: Why = Field(min_length=1)


class Revealed(Shown):
    identifier: int
    number: str


class Stated(Given):
    source: Code = Field(description=both("来源的代码", "the source's code"), examples=["申报"])
    values: Values = Field(default={})
    tables: Tables = Field(default={})
    evidence: str = Field(default="", max_length=200)
    since: Day | None = None
    until: Day | None = None


class Joining(Given):
    name: Name = ""
    relation: Code = Field(default="", description=both("与户主关系", "relation to the head"))
    person: Id | None = Field(
        default=None, description=both("已建档的人；新人不填", "somebody on record; not for a new person")
    )
    numbers: Numbers = Field(default={})
    statements: list[Stated] = Field(default=[], max_length=20)


class NewMember(Joining):
    head: bool = Field(default=False, strict=True)


class NewHousehold(Given):
    area: Area = Field(
        min_length=6, description=both("管理这户的村（社区）代码", "the village that manages the household")
    )
    other_area: Area = ""
    number: str = Field(
        default="", max_length=30, description=both("户编号；不填由系统编", "its number; ours where not given")
    )
    address: str = Field(default="", max_length=200)
    on: Day = Field(description=both("自哪天起", "from which day"))
    members: list[NewMember] = Field(min_length=1, max_length=60)
    statements: list[Stated] = Field(default=[], max_length=20, description=both("对户的说明", "of the household"))
    why: Why = ""


class NewStatement(Given):
    person: Id | None = Field(default=None, description=both("说的是哪名成员；不填为整户", "of which member; of the household where not given"))  # fmt: skip
    source: Code = Field(description=both("来源的代码", "the source's code"), examples=["申报"])
    on: Day = Field(description=both("自哪天起如此", "from which day it is so"))
    until: Day | None = None
    values: Values = Field(default={})
    tables: Tables = Field(default={})
    evidence: str = Field(default="", max_length=200)
    why: Why = ""


Relations = Annotated[dict[Annotated[str, Field(pattern="^[1-9][0-9]{0,17}$")], Code], Field(max_length=60)]


class NewJoin(Given):
    member: Joining
    how: Literal["birth", "adoption", "marry-in", "join", "found"] = Field(
        description=both(
            "怎样加入；婚入的人从原来的户转来，一次办完",
            "how they join; who marries in from another household leaves that in the same act",
        )
    )
    on: Day
    new_head: Id | None = Field(
        default=None,
        description=both(
            "婚入的人是原户户主时，接任的人", "who follows where the head of another household marries in"
        ),
    )
    relations: Relations = Field(
        default={}, description=both("原户各成员与新户主的关系", "there, person to relation to the new head")
    )
    why: Why = ""


class Leaving(Given):
    person: Id
    how: Literal["leave", "marry-out", "divorce", "death"]
    on: Day
    new_head: Id | None = Field(
        default=None, description=both("户主离开时，接任的人", "who follows where the head goes")
    )
    relations: Relations = Field(
        default={}, description=both("各成员与新户主的关系", "person to relation to the new head")
    )
    source: Code = Field(default="", description=both("死亡的来源", "who says so, of a death"))
    evidence: str = Field(default="", max_length=200)
    why: Why = ""


class Moving(Given):
    area: Area = Field(min_length=6)
    other_area: Area = ""
    address: str = Field(default="", max_length=200)
    on: Day
    why: Why = ""


class Done(Shown):
    """What an act left."""

    act: int = Field(description=both("业务的编号", "the act's number"))
    household: int | None
    people: list[int]
    statement: int | None = Field(default=None, description=both("新的说明", "the new statement"))
    version: int | None = Field(description=both("户现在的版本", "the household's version now"))
