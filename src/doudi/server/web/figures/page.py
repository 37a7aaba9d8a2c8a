"""All that the page of an area shows, gathered once: for the page itself, for its charts and for the workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.server.areas.selectors import names_of, path
from doudi.server.decisions.running import claims as c
from doudi.server.decisions.selectors.figures import CountedRun, Figures, overview
from doudi.server.lib.actor import Actor
from doudi.server.policybook.selectors import policy_of
from doudi.server.web.figures import blocks
from doudi.server.web.figures.blocks import STEPS, Words
from doudi.server.web.figures.charts import ACCENT, BAD, PART, UNKNOWN, Part, bars, lines, shares
from doudi.server.web.figures.places import Places, places
from doudi.server.web.figures.tables import Cell, Kind, Links, Table, joined, moved, said_area
from doudi.server.web.words import T, said

MONTHS = 13
LISTS = "screening.read"
"""Who may open the lists behind figures."""
EVERYWHERE = T("全部地区", "Everywhere")
CHARTS = ("classes", "coverage", "way", "trend")


@dataclass(frozen=True)
class Headline:
    """``said`` is the figure as it is written, ``moved`` how it differs from the run before, ``note`` what is not in it."""

    name: T
    said: str
    href: str
    moved: str
    note: str = ""


@dataclass(frozen=True)
class Dashboard:
    """``now`` None: nothing of the area was ever counted, and ``uncounted`` is a run that could be. ``runs``: the months there are, the newest
    first."""

    area: str
    name: str
    full_name: str
    way: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    runs: tuple[CountedRun, ...]
    now: Figures | None
    before: Figures | None
    months: tuple[Figures, ...]
    parts: dict[str, Figures]
    words: Words | None
    links: Links
    uncounted: int | None


def dashboard(by: Actor, area: str, month: date | None, on: date, *, of: str = "") -> Dashboard:
    """Of ``area`` in ``month``, or else the newest month before it that was screened. Raises NotAllowed, NotFound."""
    seen = overview(by, area, month, most=MONTHS)
    now, before = (*seen.months[:2], None, None)[:2]
    way = path(area, on) if area else ()
    name = way[-1].name if way and way[-1].code == area else names_of([area], on)[area] if area else str(EVERYWHERE)
    above = [(f"/figures/{d.code}", d.name) for d in way if d.code != area and by.scope.covers(d.code)]
    everywhere = [("/figures/all", str(EVERYWHERE))] if area and "" in by.scope.prefixes else []
    others = [p for p in by.scope.prefixes if not area.startswith(p)] if not above and not everywhere else []
    names = names_of(others, on) if others else {}
    return Dashboard(
        area,
        name,
        way[-1].full_name if way and way[-1].code == area else name,
        (*everywhere, *above),
        tuple((f"/figures/{said_area(p)}", names[p]) for p in others),
        seen.runs,
        now,
        before,
        seen.months[::-1],
        seen.parts,
        Words(policy_of(now.run.policy)) if now else None,
        Links(
            area, now.run.id if now else 0, lists=by.allows(LISTS) and bool(now and now.run.open),
            month=now.run.month if now and seen.runs[0] != now.run else None, query={"of": of} if of else {},
        ),
        seen.uncounted,
    )  # fmt: skip


def headlines(d: Dashboard) -> list[Headline]:
    """The few figures that stand first, each against the run before."""
    if d.now is None:
        return []
    now, before, links = d.now, d.before, d.links
    out = []

    def one(name: T, value: int | None, was: int | None, kind: Kind, href: str, note: str = "") -> None:
        out.append(
            Headline(name, Cell(value, kind).shown, href if value is not None else "", moved(value, was, kind), note)
        )

    def step(key: str, part: str) -> tuple[int, int | None]:
        return tuple(None if f is None else getattr(f.of(c.STEP, key), part) for f in (now, before))  # type: ignore[return-value]

    def claims(measure: str) -> tuple[int, int | None]:
        return now.all_of(measure).items, before.all_of(measure).items if before else None

    screened = now.of(c.STEP, c.SCREENED)
    href = links.to(c.STEP, c.SCREENED)
    one(T("家庭", "Households"), *step(c.SCREENED, "households"), "count", href)
    unknown = (
        said(f"{screened.uncounted} 户人口未知", f"of {screened.uncounted} households not known")
        if screened.uncounted
        else ""
    )
    one(T("人口", "People"), *step(c.SCREENED, "people"), "count", href, unknown)
    unsummed = (
        said(f"{screened.unsummed} 户金额未知，未计入", f"of {screened.unsummed} households not known, not in it")
        if screened.unsummed
        else ""
    )
    one(T("每月应发", "Due a month"), *step(c.SCREENED, "amount"), "money", href, unsummed)
    one(
        T("在领应享项目（户）", "Receiving what is due (households)"),
        *step(c.RECEIVING, "households"),
        "count",
        links.to(c.STEP, c.RECEIVING),
    )
    told = d.words.told(now.programmes) if d.words else ()
    untold = now.unknown(*told) if told else None
    unknown_share = Cell(untold, "share").shown
    one(
        T("领取率", "Coverage"), now.coverage(), before.coverage() if before else None, "share", links.to(c.TAKEN),
        said(f"另有 {unknown_share} 无法判定", f"{unknown_share} more cannot be decided") if untold else "",
    )  # fmt: skip
    one(T("应保未保（份）", "Missed (claims)"), *claims(c.MISSED), "count", links.to(c.MISSED))
    one(T("应退未退（份）", "Should leave (claims)"), *claims(c.LEAVE), "count", links.to(c.LEAVE))
    return out


def tables(d: Dashboard) -> dict[str, Table]:
    """Every table of the page but that of the divisions below, by key."""
    if d.now is None or d.words is None:
        return {}
    found = [
        blocks.classes(d.now, d.words, d.links), blocks.people(d.now, d.words, d.links), blocks.programmes(d.now, d.words, d.links),
        blocks.coverage(d.now, d.words, d.links), blocks.way(d.now, d.links), blocks.trend(d.months, d.links),
    ]  # fmt: skip
    return {t.key: t for t in found}


def below(by: Actor, d: Dashboard, of: str, on: date) -> Places | None:
    return places(by, d.now, d.parts, d.words, d.links, of, on) if d.now is not None and d.words is not None else None


def chart(d: Dashboard, name: str, size: str) -> str:
    """One of ``CHARTS`` as SVG. Raises KeyError for another, or where there is nothing to draw."""
    table = tables(d)[name]
    title = described(d, table)
    match name:
        case "classes":
            rows, _ = _without_most(table)
            return bars(rows, title, said("户", "households"), size)
        case "coverage":
            parts = (
                Part(said("已享", "Taken up"), ACCENT), Part(said("应保未保", "Missed"), BAD),
                Part(said("领取情况未知", "Receipt unknown"), PART), Part(said("无法判定", "Undecided"), UNKNOWN),
            )  # fmt: skip
            picked = [(str(r[0].value), [_int(r[i]) for i in (2, 3, 4, 8)]) for r in table.rows]
            return shares(
                [r for r in picked if sum(r[1])],
                parts,
                title,
                said("占应享和无法判定", "of entitled and undecided"),
                size,
            )
        case "way":
            return bars([(str(r[0].value), _int(r[1])) for r in table.rows], title, said("户", "households"), size)
        case "trend":
            months = [r[0].shown for r in table.rows]
            series = [(str(STEPS[k]), [_int(r[i]) for r in table.rows]) for k, i in ((c.ENTITLED, 4), (c.RECEIVING, 5))]
            return lines(months, series, title, said("户", "households"), size)
    raise KeyError(name)


def drawable(table: Table) -> bool:
    """Whether there is anything in it to draw: a line needs two months."""
    if table.key == "trend":
        return len(table.rows) > 1
    return table.key in CHARTS and any(_int(cell) for row in table.rows for cell in row[1:])


def most(table: Table) -> T | None:
    """What the chart of classes leaves out, in words: the class that most are in would flatten all others."""
    _, largest = _without_most(table)
    if largest is None:
        return None
    name, n = largest
    return T(
        f"图中没有画最多的一类：{name} {n:,} 户。", f"Left out of the chart, being the most: {name}, {n:,} households."
    )


def described(d: Dashboard, table: Table) -> str:
    """What a screen reader says of the chart: title, place, month."""
    month = f"{d.now.run.month:%Y-%m}" if d.now else ""
    return joined([str(table.title), d.name, month, said("数字见下表", "the figures are in the table below")])


def _without_most(table: Table) -> tuple[list[tuple[str, int]], tuple[str, int] | None]:
    rows = [(str(r[0].value), _int(r[1])) for r in table.rows]
    if len(rows) < 3:
        return rows, None
    largest = max(rows, key=lambda r: r[1])
    if largest[1] * 2 < sum(n for _, n in rows):
        return rows, None
    return [r for r in rows if r is not largest], largest


def _int(cell: Cell) -> int:
    return cell.value if isinstance(cell.value, int) else 0
