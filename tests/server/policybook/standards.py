"""A county's rural line, ready to be drafted, approved and published by three officers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from doudi.rules.ruleset import StandardTable
from doudi.server.lib.actor import Actor
from doudi.server.policybook import actions
from doudi.server.policybook.actions import Done, Draft, NewLine
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy
from doudi.server.policybook.shapes import ProposalView
from tests.server.cast import COUNTY, POLICY, actor

SECOND = actor("policy", COUNTY, official=209, name="韦策")
THIRD = actor("policy", COUNTY, official=309, name="覃策")
DAY = date(2026, 7, 1)
RURAL = NewLine("低保标准", COUNTY, "农村", "7200 元")


def what(*lines: NewLine, since: date = DAY, **more: Any) -> Draft:
    return replace(
        Draft("大化县2026年农村低保标准", lines or (RURAL,), since, "2026年农村居民生活消费支出测算", "县统计局", ("县民政局", "县财政局")),
        **more,
    )  # fmt: skip


def draft(*lines: NewLine, by: Actor = POLICY, **more: Any) -> ProposalView:
    return actions.draft(by, what(*lines, **more))


def approve(p: ProposalView, by: Actor = SECOND, on: date = date(2026, 6, 10)) -> ProposalView:
    return actions.approve(by, p.id, version=p.version, approval="县政府常务会议", approved_on=on)


def publish(
    p: ProposalView, by: Actor = POLICY, on: date = date(2026, 6, 20), number: str = "大政发〔2026〕12号"
) -> Done:
    return actions.publish(by, p.id, version=p.version, number=number, issuer="大化县人民政府", published_on=on)


def published(
    *lines: NewLine, number: str = "大政发〔2026〕12号", on: date = date(2026, 6, 20), **more: Any
) -> ProposalView:
    return publish(approve(draft(*lines, **more)), number=number, on=on).proposal


def value(
    day: date, *, name: str = "低保标准", area: str = COUNTY, key: str = "农村", of: Policy | None = None
) -> Fraction:
    """What the standard is on ``day``, in yuan."""
    found = of or policy(day)
    table = StandardTable(next(s for s in found.pack.book.standards if s.name == name))
    got = table.find(int(area.ljust(12, "0")), key, day).value
    assert isinstance(got, Fraction)
    return got / 100
