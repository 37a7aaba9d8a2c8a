"""The list of households: who, what they are due, the figures it hangs on, why not, and what is open."""

from __future__ import annotations

from collections import defaultdict

from doudi.screening.workbook.columns import PERSON
from doudi.screening.workbook.decided import Said
from doudi.screening.workbook.page import Page
from doudi.screening.workbook.pen import Cell, Field


def write_households(page: Page, people: list[Said]) -> None:
    """``people`` are what the people come to, in the order of the decisions about them."""
    decided, t = page.decided, page.t
    root, plan = decided.ruleset.root, decided.plan
    figures = [decided.ruleset.variables[key] for key in decided.figures]
    fields = [
        Field(t("户编号", "Household"), 12, "centre"),
        Field(t("户主", "Head"), 9, "centre"),
        *([Field(t("地区", "Area"), 12, "centre")] if plan else []),
        Field(t("人口", "Members"), 6, "whole"),
        Field(t("家庭类别", "Class"), 12, "centre"),
        *(Field(f"{v.name}（元）" if page.zh else f"{v.en} (yuan)", 12, "money") for v in figures),
        Field(t("享受的项目", "Due"), 36),
        Field(t("每月合计（元）", "A month (yuan)"), 12, "money"),
        Field(t("年度、一次性（元）", "Yearly and once (yuan)"), 13, "money"),
        Field(t("没有享受的及理由", "Not due, and why"), 44),
        Field(t("无法判定", "Undecided"), 20),
    ]
    own = decided.said(root, page.words)
    person_ids = decided.ids(PERSON)
    members: dict[int, list[int]] = defaultdict(list)
    for i, person in enumerate(person_ids):
        home = decided.ledger.household_of[person]
        if home is not None:
            members[home].append(i)
    classes = decided.values(plan.household_class if plan else None)
    counts = decided.values(plan.headcount if plan else None)
    areas = decided.values(plan.area if plan else None)
    amounts = [decided.values(v.key) for v in figures]
    rows: list[list[Cell]] = []
    for i, home in enumerate(decided.ids(root)):
        said, inside = own[i], [(decided.ledger.people.names[person_ids[m]], people[m]) for m in members[home]]
        enjoyed = list(said.enjoyed)
        for name, member in inside:
            if member.enjoyed:
                enjoyed.append(f"{name}：{'、'.join(member.enjoyed)}")
        undecided = said.undecided + sorted({u for _, member in inside for u in member.undecided})
        unsettled = said.unsettled or any(member.unsettled for _, member in inside)
        money = "open money" if unsettled else "money"
        count = counts[i] if counts else len(inside)
        rows.append(
            [
                page.code(home),
                page.head(home),
                *([page.area(areas[i])] if plan else []),
                page.unsettled if count is None else int(count),
                page.kind(plan.household_class, classes[i]) if plan else None,
                *(page.unsettled if a[i] is None else int(a[i]) for a in amounts),
                "\n".join(enjoyed),
                (said.monthly + sum(member.monthly for _, member in inside) or None, money),
                (said.other + sum(member.other for _, member in inside) or None, money),
                "\n".join(said.refused),
                ("、".join(undecided), "open") if undecided else None,
            ]
        )
    note = t(
        "金额是已经确定的部分；琥珀色表示还有未定的。理由按项目次序，最多三条。",
        "Amounts are what is settled; amber: not all is settled. At most three reasons, in the order of programmes.",
    )
    page.put("家庭结果", "Households", fields, rows, note)
