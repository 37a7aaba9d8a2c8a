"""The tables of an area: what the figures of its screening say, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doudi.rules.declared import Programme
from doudi.server.decisions.running import claims as c
from doudi.server.decisions.selectors.figures import Figures
from doudi.server.policybook.naming import Said
from doudi.server.policybook.policy import Policy
from doudi.server.web.figures.tables import Cell, Head, Links, Table, heads, text
from doudi.server.web.words import T

UNKNOWN = T("无法判定", "Cannot be decided")
STEPS = {
    c.RECORD: T("在册家庭", "On record"),
    c.SCREENED: T("已筛查", "Screened"),
    c.DECIDED: T("能判定应享与否", "Known whether anything is due"),
    c.ENTITLED: T("应享至少一项", "Due something"),
    c.RECEIVING: T("已在领应享项目", "Receiving some of it"),
}
PERIODS = {"月": T("每月", "a month"), "年": T("每年", "a year"), "次": T("每次", "once")}


@dataclass(frozen=True)
class Words:
    """What the policy of the run calls things, in its order."""

    policy: Policy

    def classes(self) -> tuple[Said, ...]:
        return self.policy.names.values_of(self.policy.plan.household_class)

    def person_classes(self) -> tuple[Said, ...]:
        return self.policy.names.values_of(self.policy.plan.person_class)

    def programmes(self, found: Iterable[str]) -> list[Programme]:
        """Those of ``found`` that the policy has, in its order; monthly ones first."""
        chosen = set(found)
        known = [p for p in self.policy.pack.book.programmes if p.name in chosen]
        return sorted(known, key=lambda p: ("月年次".index(p.period), p.rank))

    def told(self, found: Iterable[str]) -> tuple[str, ...]:
        """Those of ``found`` of which the policy says how to tell what is received today."""
        return tuple(p.name for p in self.programmes(found) if p.received is not None)


def classes(f: Figures, words: Words, links: Links) -> Table:
    rows = []
    for kind in _present(words.classes(), f.keys(c.CLASS)):
        one = f.of(c.CLASS, kind.zh)
        href = links.to(c.CLASS, kind.zh)
        rows.append((
            text(_said(kind)), Cell(one.households, href=href), Cell(one.people, href=href), Cell(one.amount, "money", href),
            Cell(one.unsummed),
        ))  # fmt: skip
    all_ = f.of(c.STEP, c.SCREENED)
    href = links.to(c.STEP, c.SCREENED)
    foot = (
        text(T("合计", "Total")), Cell(all_.households, href=href), Cell(all_.people, href=href), Cell(all_.amount, "money", href),
        Cell(all_.unsummed),
    )  # fmt: skip
    note = None
    if all_.uncounted:
        note = T(
            f"另有 {all_.uncounted} 户人口数未知，没有计入人数。",
            f"The number of people of {all_.uncounted} more households is not known and not among the people.",
        )
    return Table(
        "classes",
        T("各类家庭", "Households by class"),
        heads(
            T("家庭类别", "Class"), T("户", "Households"), T("人", "People"), T("每月应发", "Due a month"),
            T("金额未知（户）", "Sum unknown (households)"),
        ),
        tuple(rows),
        foot,
        note,
    )  # fmt: skip


def people(f: Figures, words: Words, links: Links) -> Table:
    rows = []
    for kind in _present(words.person_classes(), f.keys(c.PERSON)):
        one, href = f.of(c.PERSON, kind.zh), links.to(c.PERSON, kind.zh)
        rows.append((text(_said(kind)), Cell(one.people, href=href), Cell(one.households, href=href)))
    return Table(
        "people",
        T("各类人员", "People by class"),
        heads(T("人员类别", "Class"), T("人", "People"), T("涉及户", "Of households")),
        tuple(rows),
        note=T(
            "按户内名单逐人数，包括不计入共同生活成员的人，所以合计可能比上表的人数多。",
            "Counted person by person, also those who do not count as members; the sum may exceed the people above.",
        ),
    )


def programmes(f: Figures, words: Words, links: Links) -> Table:
    """Who is due and who receives, and for how much."""
    rows = []
    for p in words.programmes(f.programmes):
        due, paid = f.of(c.ENTITLED, p.name), f.of(c.RECEIVING, p.name)
        pays, tells = any(v.amount for v in p.versions), p.received is not None
        rows.append((
            text(_name(p)), text(PERIODS[p.period]),
            Cell(due.items, href=links.to(c.ENTITLED, p.name)), Cell(due.people, href=links.to(c.ENTITLED, p.name)),
            Cell(due.amount if pays else None, "money", links.to(c.ENTITLED, p.name) if pays else ""),
            Cell(due.unsummed if pays else None),
            Cell(paid.items if tells else None, href=links.to(c.RECEIVING, p.name) if tells else ""),
            Cell(paid.amount if tells else None, "money", links.to(c.RECEIVING, p.name) if tells else ""),
        ))  # fmt: skip
    return Table(
        "programmes",
        T("各项目：应享与在领", "Programmes: due and received"),
        (
            Head(T("项目", "Programme"), numeric=False), Head(T("周期", "Paid"), numeric=False),
            *map(Head, (T("应享", "Due"), T("涉及人", "People"), T("应发金额", "Sum due"),
            T("金额未知（份）", "Sum unknown (claims)"), T("在领", "Receiving"), T("现发金额", "Sum received"))),
        ),
        tuple(rows),
        note=T(
            "应享、在领按户发的数户，按人发的数人。“—”：这个项目没有金额，或数据里没有它的发放记录，不是零。",
            "Due and receiving count households or people, as the programme is paid. “—”: it has no sum, or what is received is not on record; "
            "that is not nought.",
        ),
    )  # fmt: skip


def coverage(f: Figures, words: Words, links: Links) -> Table:
    """Of each programme that tells what is received: who of those entitled has it, who is missed, who should leave."""
    rows = [
        _covered(f, links, p.name, text(_name(p))) for p in words.programmes(f.programmes) if p.received is not None
    ]
    told = words.told(f.programmes)
    foot = _covered(f, links, "", text(T("合计（份）", "Total (claims)")), told) if len(rows) > 1 else ()
    return Table(
        "coverage",
        T("覆盖：应享的人领到没有", "Coverage: do those entitled receive"),
        heads(
            T("项目", "Programme"), T("应享", "Entitled"), T("已享", "Taken up"), T("应保未保", "Missed"), T("领取情况未知", "Receipt unknown"),
            T("领取率", "Coverage"), T("应退未退", "Should leave"), T("金额不符", "Other sum"), T("无法判定", "Undecided"),
            T("未知比例", "Unknown share"),
        ),
        tuple(rows),
        foot,
        T(
            "领取率＝已享 ÷（已享＋应保未保），未知的不算在内；未知比例＝无法判定 ÷（应享＋无法判定）。应享而现在无款可发的不在已享、应保未保之内。",
            "Coverage is taken up ÷ (taken up + missed), what is unknown left out; unknown share is undecided ÷ (entitled + undecided). Who is "
            "entitled but due nothing now is neither taken up nor missed.",
        ),
    )  # fmt: skip


def _covered(f: Figures, links: Links, name: str, title: Cell, told: Sequence[str] = ()) -> tuple[Cell, ...]:
    chosen = told or (name,)
    n = {m: f.all_of(m, chosen).items for m in c.OF_CLAIMS}

    def cell(measure: str) -> Cell:
        # A list of all programmes together would also hold those that do not tell what is received.
        everywhere = name or measure in (c.TAKEN, c.MISSED, c.LEAVE, c.CHANGED, c.UNSAID)
        return Cell(n[measure], href=links.to(measure, name) if everywhere else "")

    return (
        title, cell(c.ENTITLED), cell(c.TAKEN), cell(c.MISSED), cell(c.UNSAID), Cell(f.coverage(*chosen), "share"), cell(c.LEAVE),
        cell(c.CHANGED), cell(c.OPEN), Cell(f.unknown(*chosen), "share"),
    )  # fmt: skip


def way(f: Figures, links: Links) -> Table:
    """From record to receipt, each step a part of the one before."""
    rows = []
    before: int | None = None
    for step, name in STEPS.items():
        one, href = f.of(c.STEP, step), links.to(c.STEP, step)
        part = one.households * 10_000 // before if before else None
        rows.append((
            text(name), Cell(one.households, href=href), Cell(one.people, href=href), Cell(part, "share"),
            Cell(before - one.households if before is not None else None),
        ))  # fmt: skip
        before = one.households
    return Table(
        "way",
        T("从在册到领取", "From record to receipt"),
        heads(
            T("环节", "Step"), T("户", "Households"), T("人", "People"), T("占上一步", "Of the step before"), T("止于上一步", "Went no further"),
        ),
        tuple(rows),
        note=T(
            "每一步都是上一步的一部分。止于“已筛查”的，是还缺材料、说不清应享与否的家庭；止于“能判定”的，多数是不符合任何项目；止于“应享”的，应享项目里还没有一项在领，"
            "或领取情况没有记录。",
            "Each step is a part of the one before. Who went no further than “screened” lacks some fact; most who went no further than “known” fit no "
            "programme; who went no further than “due something” receives none of it yet, or what they receive is not on record.",
        ),
    )  # fmt: skip


def trend(months: Sequence[Figures], links: Links) -> Table:
    rows = []
    for f in months:
        lists = links if f.run.open else Links(links.area, links.run, lists=False)
        screened = f.of(c.STEP, c.SCREENED)
        href = lists.to(c.STEP, c.SCREENED, run=f.run.id)
        rows.append((
            Cell(f.run.month, "month", links.figures(links.area).split("?")[0] + f"?month={f.run.month:%Y-%m}"),
            Cell(screened.households, href=href), Cell(screened.people, href=href), Cell(screened.amount, "money", href),
            Cell(f.of(c.STEP, c.ENTITLED).households, href=lists.to(c.STEP, c.ENTITLED, run=f.run.id)),
            Cell(f.of(c.STEP, c.RECEIVING).households, href=lists.to(c.STEP, c.RECEIVING, run=f.run.id)),
            Cell(f.coverage(), "share", lists.to(c.TAKEN, run=f.run.id)),
            Cell(f.all_of(c.MISSED).items, href=lists.to(c.MISSED, run=f.run.id)),
            Cell(f.all_of(c.LEAVE).items, href=lists.to(c.LEAVE, run=f.run.id)),
        ))  # fmt: skip
    return Table(
        "trend",
        T("逐月", "Month by month"),
        heads(
            T("月份", "Month"), T("户", "Households"), T("人", "People"), T("每月应发", "Due a month"), T("应享户", "Due something"),
            T("在领户", "Receiving"), T("领取率", "Coverage"), T("应保未保", "Missed"), T("应退未退", "Should leave"),
        ),
        tuple(rows),
        note=T("没有筛查的月份不在表里，也不补零。", "Months without a screening are left out, not filled with noughts."),
    )  # fmt: skip


def _present(kinds: Sequence[Said], found: Sequence[str]) -> list[Said]:
    """The classes of which there is anybody, in the policy's order, then any that it does not have, last the unknown."""
    known = [k for k in kinds if k.zh in found]
    others = [Said(k, k) for k in found if k and k not in {x.zh for x in kinds}]
    return [*known, *others, *([Said("", "")] if "" in found else [])]


def _said(kind: Said) -> T:
    return T(kind.zh, kind.en) if kind.zh else UNKNOWN


def _name(p: Programme) -> T:
    return T(p.name, p.en)
