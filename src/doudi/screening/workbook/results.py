"""The workbook of results: something to hand to a township. What was decided, for whom, why, what is missing, who was held back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from doudi.screening.workbook import idnumber
from doudi.screening.workbook.columns import PERSON
from doudi.screening.workbook.decided import Decided, Said
from doudi.screening.workbook.findings import Finding, row_list
from doudi.screening.workbook.gaps import Lack, gather
from doudi.screening.workbook.households import write_households
from doudi.screening.workbook.ledger import RELATION
from doudi.screening.workbook.overview import Basis, write_overview
from doudi.screening.workbook.page import Page
from doudi.screening.workbook.pen import Cell, Field, workbook
from doudi.screening.workbook.report import write_notes
from doudi.screening.workbook.words import Words

SUFFIX = "筛查结果"


def write_results(
    path: Path, decided: Decided, basis: Basis, findings: Sequence[Finding], made: date, lang: str = "zh"
) -> None:
    """Write the results to ``path``, whole or not at all. ``findings`` are those of the ledger. Raises OSError."""
    words = Words(decided.ruleset, decided.ledger.layout, lang)
    with workbook(path, f"{basis.source.name} {SUFFIX}", made) as pen:
        page = Page(pen, decided, words, decided.ledger.heads())
        write_overview(pen, decided, basis, words)
        people = decided.said(PERSON, words)
        write_households(page, people)
        _people(page, people)
        _mismatches(page)
        _lacks(page)
        _held(page, [f for f in findings if f.severity != "note"])
        write_notes(pen, findings, lang)


def _people(page: Page, people: list[Said]) -> None:
    decided, t = page.decided, page.t
    fields = [
        Field(t("户编号", "Household"), 12, "centre"),
        Field(t("姓名", "Name"), 9, "centre"),
        Field(t("身份证号", "Identity number"), 21, "centre"),
        Field(t("关系", "Relation"), 9, "centre"),
        Field(t("人群类别", "Class"), 14, "centre"),
        Field(t("享受的项目", "Due"), 36),
        Field(t("每月合计（元）", "A month (yuan)"), 12, "money"),
        Field(t("年度、一次性（元）", "Yearly and once (yuan)"), 13, "money"),
        Field(t("不同时享受或接近符合的", "Excluded, or missed by little"), 32),
        Field(t("无法判定", "Undecided"), 24),
    ]
    ledger = decided.ledger
    plan = decided.plan
    classes = decided.values(plan.person_class if plan else None)
    relation = ledger.layout.people.by_header.get(RELATION)
    names = _category(page, relation.fact.type.category) if relation and relation.fact else []
    rows: list[list[Cell]] = []
    for i, person in enumerate(decided.ids(PERSON)):
        said = people[i]
        home = ledger.household_of[person]
        related = ledger.people.values[RELATION][person] if names else None
        money = "open money" if said.unsettled else "money"
        rows.append(
            [
                page.code(home) if home is not None else "",
                ledger.people.names[person],
                idnumber.masked(ledger.people.ids[person]),
                names[related] if isinstance(related, int) else "",
                page.kind(plan.person_class, classes[i]) if plan else None,
                "\n".join(said.enjoyed),
                (said.monthly or None, money),
                (said.other or None, money),
                "\n".join(said.refused),
                ("、".join(said.undecided), "open") if said.undecided else None,
            ]
        )
    note = t(
        "只列本人的项目；全家享受的（如低保）见“家庭结果”。身份证号只留前 3 位和后 4 位。",
        "Only the person's own programmes; what the whole household enjoys is under Households. Identity numbers are masked.",
    )
    page.put("成员结果", "People", fields, rows, note)


def _category(page: Page, name: str) -> list[str]:
    found = page.decided.ledger.layout.categories.get(name)
    return [zh if page.zh else en for zh, en in found.values] if found else []


def _mismatches(page: Page) -> None:
    decided, t = page.decided, page.t
    english = {"应保未保": "due, not received", "应退未退": "received, not due", "金额变动": "amount differs"}
    rows: list[list[Cell]] = []
    for m in decided.mismatches(page.words):
        rows.append(
            [
                (t(m.kind, english[m.kind]), {"应保未保": "good", "应退未退": "bad"}.get(m.kind, "open")),
                page.code(m.home),
                page.head(m.home),
                "" if m.person is None else decided.ledger.people.names[m.person],
                page.words.programme(m.plan),
                m.paid if m.plan.paid else None,
                m.received,
                m.why,
            ]
        )
    if not rows:
        return
    fields = [
        Field(t("名单", "List"), 14, "centre"),
        Field(t("户编号", "Household"), 12, "centre"),
        Field(t("户主", "Head"), 9, "centre"),
        Field(t("本人", "Person"), 9, "centre"),
        Field(t("项目", "Programme"), 20),
        Field(t("应发（元）", "Due (yuan)"), 13, "money"),
        Field(t("本月已发（元）", "Received (yuan)"), 13, "money"),
        Field(t("理由", "Why"), 60),
    ]
    note = t(
        "按台账里本月已发的记录核对；没有登记已发的不在此列。", "Held against what the ledger says was paid this month."
    )
    page.put("应保应退", "To add or stop", fields, rows, note)


def _lacks(page: Page) -> None:
    decided, t = page.decided, page.t
    lacks, figures = gather(decided)
    rows: list[list[Cell]] = []
    for lack in lacks:
        gap = page.words.gap(lack.kind, lack.entity, lack.name, lack.detail, _places(decided, lack))
        rows.append(
            [
                page.code(lack.home),
                page.head(lack.home),
                gap.what,
                _whose(decided, lack),
                gap.place,
                _held_up(page, lack),
            ]
        )
    fields = [
        Field(t("户编号", "Household"), 12, "centre"),
        Field(t("户主", "Head"), 9, "centre"),
        Field(t("缺什么", "What is missing"), 30),
        Field(t("谁的", "Whose"), 12, "centre"),
        Field(t("补在台账的哪里", "Where in the ledger"), 32),
        Field(t("补上才能判定的项目", "Programmes that wait for it"), 60),
    ]
    note = t("补上所缺的材料，填入台账，重新筛查。", "Obtain the papers, fill them in, screen again.")
    page.put("无法判定清单", "Undecided", fields, rows, note)
    if not figures:
        return
    fields = [
        Field(t("缺什么", "What is missing"), 44),
        Field(t("受影响户数", "Households"), 12, "whole"),
        Field(t("受影响的项目", "Programmes"), 60),
    ]
    missing: list[list[Cell]] = [
        [page.words.gap(f.kind, "", f.name, _few(f.details), "").what, len(f.homes), "、".join(f.programmes)]
        for f in figures
    ]
    note = t(
        "这些数值政策包里没有，补台账没有用，请告知政策包的维护人。",
        "The pack has no such figure; tell those who keep it.",
    )
    page.put("缺少的标准", "No standard", fields, missing, note)


def _places(decided: Decided, lack: Lack) -> str:
    """The rows of the sheet where it is missing, as the spreadsheet numbers them."""
    parsed = decided.ledger.sheets.get(lack.entity)
    return row_list(parsed.raw.rows[i] for i in lack.rows) if parsed else ""


def _whose(decided: Decided, lack: Lack) -> str:
    """The people whose rows they are; empty where it is the household's."""
    people, spec = decided.ledger.people, decided.ruleset.entities.get(lack.entity)
    if spec is None or PERSON not in (spec.name, spec.of):
        return ""
    owners = (
        sorted(lack.rows) if spec.name == PERSON else [decided.ledger.owners[spec.name][i] for i in sorted(lack.rows)]
    )
    return "、".join(dict.fromkeys(people.names[o] for o in owners if o is not None))


def _held_up(page: Page, lack: Lack) -> str:
    waiting: dict[str, list[str]] = defaultdict(list)
    for programme, person, as_one in lack.held_up:
        name = programme + (f"（{as_one}）" if as_one else "")
        waiting[name] += [] if person is None else [page.decided.ledger.people.names[person]]
    return "、".join(name + _few_names(page, list(dict.fromkeys(people))) for name, people in waiting.items())


def _few_names(page: Page, names: list[str]) -> str:
    if not names:
        return ""
    return f"（{'、'.join(names)}）" if len(names) <= 2 else page.t(f"（{len(names)} 人）", f" ({len(names)} people)")


def _few(details: set[str]) -> str:
    """``area/key/date`` of the places where a standard was sought: the keys and dates, for the areas are many."""
    some = sorted({"，".join(part for part in detail.split("/")[1:] if part) for detail in details})
    return "；".join(some[:3]) + ("…" if len(some) > 3 else "")


def _held(page: Page, faults: Sequence[Finding]) -> None:
    decided, t = page.decided, page.t
    ledger = decided.ledger
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for fault in faults:
        by_code[fault.household].append(fault)
    lang = "zh" if page.zh else "en"
    rows: list[list[Cell]] = []
    for home in sorted(ledger.held):
        own = by_code.get(page.code(home), [])
        text = "\n".join(f.said(lang) for f in own[:3]) + ("\n…" if len(own) > 3 else "")
        rows.append(
            [
                page.code(home) or f"（{t('第', 'row')} {ledger.households.raw.rows[home]}{t(' 行', '')}）",
                page.head(home),
                len(own),
                text,
            ]
        )
    fields = [
        Field(t("户编号", "Household"), 14, "centre"),
        Field(t("户主", "Head"), 9, "centre"),
        Field(t("问题数", "Faults"), 8, "whole"),
        Field(t("问题和改法", "What is wrong and how to mend it"), 120),
    ]
    note = t(
        "这些户没有筛查，也没有计入任何合计。改正台账后重新筛查。",
        "These were not screened and count in no sum. Mend the ledger and screen again.",
    )
    page.put("扣留的家庭", "Held back", fields, rows, note)
