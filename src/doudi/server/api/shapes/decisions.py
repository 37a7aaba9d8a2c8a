"""Decisions and their reasons."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from doudi.server.api.language import both
from doudi.server.api.shapes.common import At, Code, Day, Given, Moment, Shown, Told
from doudi.server.api.shapes.registry import Tables, Values

Truth = Literal["yes", "no", "unknown"]


class Bounds(Shown):
    """In fen. Equal where the amount is known."""

    least: int
    most: int


class Missing(Shown):
    """What is not known and would settle it."""

    entity: str
    name: str
    person: int | None


class Outcome(Shown):
    programme: str
    en: str
    entity: str
    person: int | None = Field(description=both("对哪个人；整户的为 null", "for whom; null for the household"))
    path: list[int] = Field(description=both("问为什么时用", "what a question for the reason takes"))
    fulfils: Truth = Field(description=both("是否符合条件", "whether the conditions are fulfilled"))
    granted: Truth = Field(description=both("是否享受（已排除不能同享的）", "whether it is granted, after conflicts"))
    amount: Bounds | None
    paid: Bounds | None = Field(description=both("每期应发，单位分", "due each period, in fen"))
    reason: str
    missing: list[Missing]


class Disputed(Shown):
    entity: str
    name: str
    person: int | None


class Decision(Shown):
    household: int | None
    as_of: Told
    knowing: At | None
    policy: str = Field(description=both("所依据政策文本的摘要", "the digest of the policy's text"))
    household_class: str = Field(
        description=both("户的类别；不能判定时为空", "the household's class; empty where not known")
    )
    monthly: Bounds = Field(description=both("每月应发合计，单位分", "what is due a month in all, in fen"))
    outcomes: list[Outcome]
    disputed: list[Disputed] = Field(description=both("说法不一、因此不知道的事实", "facts that equals disagree on"))
    elsewhere: list[int] = Field(description=both("住在辖区外、情况未知的成员", "members outside your areas, of whom nothing is known here"))  # fmt: skip


class WhyAsked(Given):
    as_of: Day | None = Field(default=None, description=both("基准日；不填为今天", "the day; today where not given"))
    knowing: Moment | None = Field(default=None, description=both("知悉时点", "by what was known then"))
    path: str = Field(
        default="", max_length=80, pattern=r"^([0-9]{1,18}(,[0-9]{1,18}){0,3})?$",
        description=both("结果里的 path，用逗号连接；整户的不填", "the outcome's path with commas; empty for the household"),
    )  # fmt: skip


class Why(Shown):
    programme: str
    text: str = Field(description=both("理由全文", "the reason in words"))
    steps: dict[str, Any] = Field(
        description=both(
            "每一步：标签、值、算式、依据，逐层展开", "every step: label, value, formula, clauses, within each other"
        )
    )


class SupposedFacts(Given):
    values: Values = Field(default={})
    tables: Tables = Field(default={})


class SupposedMember(SupposedFacts):
    relation: Code = Field(default="", description=both("与户主关系", "relation to the head"))


class Supposing(Given):
    as_of: Day
    household: SupposedFacts = SupposedFacts()
    members: list[SupposedMember] = Field(min_length=1, max_length=30)
