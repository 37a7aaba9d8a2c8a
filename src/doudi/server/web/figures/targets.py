"""What the policies want reached, beside what the screening found: computed from the data, not reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from doudi.packs.say import say
from doudi.rules.declared import Bands, StandardDecl, StandardLine
from doudi.rules.types import Kind
from doudi.server.decisions.running import claims as c
from doudi.server.decisions.selectors.figures import SHARE, Figures
from doudi.server.policybook.policy import Policy
from doudi.server.web.figures.tables import Links, money, share
from doudi.server.web.words import T, said

NAMES = {
    c.ENTITLED: T("应享", "entitled"), c.RECEIVING: T("在领", "receiving"), c.TAKEN: T("已享", "taken up"), c.MISSED: T("应保未保", "missed"),
    c.LEAVE: T("应退未退", "should leave"), c.CHANGED: T("金额不符", "other sum"), c.OPEN: T("无法判定", "undecided"),
    c.UNSAID: T("领取情况未知", "receipt unknown"),
}  # fmt: skip


@dataclass(frozen=True)
class Count:
    """One figure that the fact is reckoned from."""

    name: T
    programme: T
    items: int
    href: str


@dataclass(frozen=True)
class Fact:
    """``state``: good (met), bad (not met), open (not known, or no figure measures it), quiet (not in force then)."""

    name: T
    wanted: str
    found: str
    state: str
    told: T
    part: tuple[Count, ...]
    whole: tuple[Count, ...]
    source: str
    clause: str


def facts(f: Figures, policy: Policy, links: Links) -> list[Fact]:
    """Every target that the policy holds for the area: first those measured, then those that no figure measures, then those of other times."""
    found = [
        fact for decl in policy.pack.book.standards if decl.kind == "target" for fact in _of(decl, f, policy, links)
    ]
    order = {"bad": 0, "good": 0, "open": 1, "quiet": 2}
    return sorted(found, key=lambda x: order[x.state])


def _of(decl: StandardDecl, f: Figures, policy: Policy, links: Links) -> Iterator[Fact]:
    lines = [x for x in decl.lines if _holds(x, f.area)]
    if not lines:
        return
    on = f.run.as_of
    now = [x for x in lines if _covers(x, on)]
    for line in now or lines[-1:]:
        wanted = _said(line, decl, policy)
        cite = line.cites[0] if line.cites else None
        source, clause = (cite.document, cite.clause) if cite else ("", "")
        name = T(decl.name, decl.en)
        if not now:
            told = T(f"只管 {_span(line)}", f"for {_span(line)} only")
            yield Fact(name, wanted, "", "quiet", told, (), (), source, clause)
            continue
        measured = policy.pack.targets.get(decl.name)
        if measured is None or not isinstance(line.value, Fraction):
            told = T("筛查数字里没有能衡量它的", "no figure of a screening measures it")
            yield Fact(name, wanted, "", "open", told, (), (), source, clause)
            continue
        programmes = measured.programmes or f.programmes
        part, whole = (tuple(_counts(f, m, programmes, policy, links)) for m in (measured.share, measured.of))
        n, of = sum(x.items for x in part), sum(x.items for x in whole)
        if not of:
            yield Fact(name, wanted, "", "open", T("没有人可数", "nobody to count"), part, whole, source, clause)
            continue
        # Rounded down, and compared exactly: only all is all.
        met = Fraction(n, of) >= line.value
        told = T("达到", "met") if met else T("未达到", "not met")
        yield Fact(name, wanted, share(n * SHARE // of), "good" if met else "bad", told, part, whole, source, clause)


def _counts(
    f: Figures, measures: tuple[str, ...], programmes: tuple[str, ...], policy: Policy, links: Links
) -> Iterator[Count]:
    for measure in measures:
        for programme in programmes:
            named = policy.names.name(programme)
            yield Count(
                NAMES[measure], T(named.zh, named.en), f.of(measure, programme).items, links.to(measure, programme)
            )


def _holds(line: StandardLine, area: str) -> bool:
    """Whether the value is said for the area or for what it lies in; of sets of areas across the tree nothing is known here."""
    if line.area < 0:
        return False
    code = f"{line.area:012d}"
    short = next(n for n in (0, 2, 4, 6, 9, 12) if not int(code[n:] or 0))
    return area.startswith(code[:short])


def _covers(line: StandardLine, on: date) -> bool:
    return (line.since is None or line.since <= on) and (line.until is None or on <= line.until)


def _span(line: StandardLine) -> str:
    return f"{line.since or ''}—{line.until or ''}"


def _said(line: StandardLine, decl: StandardDecl, policy: Policy) -> str:
    if isinstance(line.value, Bands):
        return ""
    stored = int(line.value * decl.type.store_scale)
    match decl.type.kind:
        case Kind.MONEY:
            return money(stored)
        case Kind.RATIO:
            return share(stored)
        case Kind.TRUTH:
            return said("是", "yes") if stored else said("否", "no")
    return say(stored, decl.type, policy.pack.state.words)
