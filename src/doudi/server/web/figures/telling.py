"""What a figure is called, for the heading of the list behind it."""

from __future__ import annotations

from doudi.server.decisions.running import claims as c
from doudi.server.decisions.selectors.figures import Figure
from doudi.server.policybook.policy import Policy
from doudi.server.web.figures.blocks import STEPS, UNKNOWN
from doudi.server.web.figures.tables import joined, money
from doudi.server.web.words import T, said

MEASURES = {
    c.ENTITLED: T("应享", "Entitled"),
    c.RECEIVING: T("在领", "Receiving"),
    c.TAKEN: T("已享（应享且在领）", "Taken up (entitled and receiving)"),
    c.MISSED: T("应保未保", "Missed: entitled, not receiving"),
    c.LEAVE: T("应退未退", "Should leave: receiving, no longer entitled"),
    c.CHANGED: T("金额不符", "Receiving another sum than is due"),
    c.OPEN: T("无法判定", "Cannot be decided"),
    c.UNSAID: T("应享，领取情况未知", "Entitled, receipt unknown"),
}


def figure_name(policy: Policy, measure: str, key: str) -> T:
    """In both languages; measures and keys that there are not have been refused before."""
    names = policy.names
    if measure == c.STEP:
        return STEPS[key]
    if measure in (c.CLASS, c.PERSON):
        variable = policy.plan.household_class if measure == c.CLASS else policy.plan.person_class
        kind = names.value_of(variable, key) if key else UNKNOWN
        return (
            T(f"家庭类别：{kind.zh}", f"Households: {kind.en}")
            if measure == c.CLASS
            else T(f"人员类别：{kind.zh}", f"People: {kind.en}")
        )
    if measure in MEASURES:
        what = MEASURES[measure]
        programme = names.name(key) if key else T("全部项目", "All programmes")
        return T(f"{programme.zh}：{what.zh}", f"{programme.en}: {what.en}")
    plan = next((x for x in policy.plan.lists if x.name == key), None)
    sure = T("", "") if measure == c.LIST else T("（待定）", " (unsettled)")
    return T(f"{key}{sure.zh}", f"{plan.en if plan else key}{sure.en}")


def told_of(total: Figure, *, claims: bool, of_people: bool) -> str:
    """What a list sums up to, in words; ``claims``: of several programmes, so that one may stand on it more than once."""
    if claims:
        parts = [
            said(f"{total.items:,} 份", f"{total.items:,} claims"),
            said(f"涉及 {total.households:,} 户", f"of {total.households:,} households"),
        ]
    elif of_people:
        parts = [
            said(f"{total.items:,} 人", f"{total.items:,} people"),
            said(f"涉及 {total.households:,} 户", f"of {total.households:,} households"),
        ]
    else:
        parts = [
            said(f"{total.items:,} 户", f"{total.items:,} households"),
            said(f"{total.people:,} 人", f"{total.people:,} people"),
        ]
        if total.uncounted:
            parts.append(
                said(f"另有 {total.uncounted:,} 户人口未知", f"{total.uncounted:,} households of unknown size")
            )
    if total.amount:
        parts.append(money(total.amount))
    if total.amount and total.unsummed:
        parts.append(said(f"另有 {total.unsummed:,} 份金额未知", f"{total.unsummed:,} sums not known"))
    return joined(parts)
