"""An area in figures: every figure on the page recounted from the list behind it, in the reader's areas, on paper and in the workbook."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from doudi.server.accounts.roles import roles
from doudi.server.decisions.actions import run_snapshot, take_snapshot
from doudi.server.decisions.actions.figures import rebuild_figures
from doudi.server.decisions.selectors.behind import BehindRow, behind
from doudi.server.decisions.selectors.figures import Figure, figures
from doudi.server.lib.actor import Actor
from doudi.server.web.figures.tables import money
from tests.server.cast import COUNTY, NO_SCREENINGS, OTHER_TOWN_CODE, TOWN, VILLAGE_CODE, settled
from tests.server.decisions.conftest import AS_OF, County, county, everything, on_record
from tests.server.decisions.test_runs import enrich
from tests.server.web.world import FAST, client_of

__all__ = ["county", "on_record"]
NEXT = AS_OF.replace(month=8)


@dataclass(frozen=True)
class Place:
    who: dict[str, Actor]
    runs: tuple[int, ...]

    def client(self, name: str, language: str = "zh-hans") -> Client:
        return client_of(self.who[name], language)


def screened(who: dict[str, Actor], *days: Any) -> Place:
    by = who["CONFIRMING"]
    return Place(
        who,
        tuple(run_snapshot(by, take_snapshot(by, as_of=d, area=COUNTY).id, threads=1).id for d in days),
    )


@pytest.fixture
def place(on_record: County) -> Place:
    with FAST:
        return screened(settled(), AS_OF)


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()


PARTS: dict[str, Callable[[Figure], str]] = {
    "户": lambda f: f"{f.households:,}",
    "家庭": lambda f: f"{f.households:,}",
    "家庭（户）": lambda f: f"{f.households:,}",
    "应享至少一项（户）": lambda f: f"{f.households:,}",
    "在领应享项目（户）": lambda f: f"{f.households:,}",
    "应享户": lambda f: f"{f.households:,}",
    "在领户": lambda f: f"{f.households:,}",
    "涉及户": lambda f: f"{f.households:,}",
    "人": lambda f: f"{f.people:,}",
    "人口": lambda f: f"{f.people:,}",
    "涉及人": lambda f: f"{f.people:,}",
    "每月应发": lambda f: money(f.amount),
    "应发金额": lambda f: money(f.amount),
    "现发金额": lambda f: money(f.amount),
    **dict.fromkeys(
        (
            "应享", "在领", "已享", "应保未保", "应保未保（份）", "领取情况未知", "应退未退", "应退未退（份）", "金额不符", "无法判定", "无法判定（份）",
        ),
        lambda f: f"{f.items:,}",
    ),
}  # fmt: skip
"""By the heading of a column, or the name of a headline: which part of its list a figure is."""


def shown(markup: str) -> Iterator[tuple[str, str, str]]:
    """Every figure with a list: its heading, the list's address, the figure as written."""
    for name, inner in re.findall(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", markup, re.S):
        for href, figure in re.findall(r'<a href="(/figures/[^"]*list[^"]*)">([^<]*)</a>', inner):
            yield html.unescape(name), html.unescape(href), html.unescape(figure)
    for table in re.findall(r"<table>(.*?)</table>", markup, re.S):
        names = [text(h) for h in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table, re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.S):
            cells = re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", row, re.S)
            for name, cell in zip(names, cells, strict=False):
                for href, figure in re.findall(r'<a href="(/figures/[^"]*/list[^"]*)">([^<]*)</a>', cell):
                    yield name, html.unescape(href), html.unescape(figure)


def recounted(by: Actor, href: str) -> Figure:
    """The list read to its end, row by row."""
    split = urlsplit(href)
    asked = {k: v[0] for k, v in parse_qs(split.query, keep_blank_values=True).items()}
    area = split.path.split("/")[2]
    rows: list[BehindRow] = []
    after = None
    while True:
        found = behind(
            by, "" if area == "all" else area, int(asked["run"]), asked["measure"], asked.get("key", ""),
            exact=asked.get("exact") == "1", after=after, limit=500,
        )  # fmt: skip
        rows += found.rows
        after = found.after
        if after is None:
            break
    return Figure(
        len(rows),
        len({r.household for r in rows}),
        sum(r.people or 0 for r in rows),
        0,
        sum(r.amount or 0 for r in rows),
    )


def test_every_figure_on_the_page_is_the_count_of_its_list(place: Place) -> None:
    client, by = place.client("CLERK"), place.who["CLERK"]
    seen = set()
    for name, href, figure in shown(page(client, f"/figures/{TOWN}?of=class:低保户")):
        if name == "领取率":
            # A share: its list are those who have taken up.
            assert recounted(by, href).items > 0
            continue
        part = PARTS["户" if name == "低保户（户）" else name]
        assert figure == part(recounted(by, href)), (name, href)
        seen.add(name)
    assert seen >= {
        "家庭",
        "人口",
        "每月应发",
        "户",
        "人",
        "应享",
        "在领",
        "已享",
        "应发金额",
        "现发金额",
        "低保户（户）",
    }


def test_the_list_shows_as_many_rows_as_the_figure_says(place: Place) -> None:
    client = place.client("CONFIRMING")
    now = figures(place.who["CONFIRMING"], COUNTY)
    assert now is not None
    way = f"/figures/{COUNTY}/list?run={place.runs[0]}&measure=step&key=screened"
    n = now.of("step", "screened").households
    assert f"{n:,} 户" in page(client, way)
    rows = 0
    while way:
        markup = page(client, way)
        rows += markup.count("<tr data-row>")
        onward = re.search(r'rel="next" href="([^"]*)"', markup)
        way = f"/figures/{COUNTY}/list{html.unescape(onward[1])}" if onward else ""
    assert rows == n > 50


def test_each_page_asks_the_database_few_things(place: Place) -> None:
    client = place.client("CONFIRMING")
    for way in (
        f"/figures/{COUNTY}", f"/figures/{TOWN}", f"/figures/{COUNTY}/targets",
        f"/figures/{COUNTY}/list?run={place.runs[0]}&measure=step&key=screened", f"/figures/{COUNTY}/chart/way.svg",
    ):  # fmt: skip
        page(client, way)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            markup = page(client, way)
        # What only begins, ends or narrows a transaction asks for nothing.
        questions = [
            q["sql"]
            for q in asked
            if not re.match(r"BEGIN|COMMIT|SAVEPOINT|RELEASE|SELECT (set_config|current_setting)", q["sql"])
        ]
        assert len(questions) <= 20, "\n".join([way, *(q[:150] for q in questions)])
        assert len(markup.encode()) < 150_000, way


def test_others_areas_are_not_there(place: Place) -> None:
    clerk = place.client("CLERK")
    run = place.runs[0]
    for way in (
        f"/figures/{COUNTY}", f"/figures/{OTHER_TOWN_CODE}", "/figures/all", "/figures/4512", "/figures/99", f"/figures/{COUNTY}/workbook",
        f"/figures/{COUNTY}/chart/way.svg", f"/figures/{COUNTY}/targets", f"/figures/{COUNTY}/list?run={run}&measure=step&key=screened",
        f"/figures/{OTHER_TOWN_CODE}/list?run={run}&measure=step&key=screened",
    ):  # fmt: skip
        page(clerk, way, 404)
    markup = page(clerk, f"/figures/{TOWN}")
    links = set(re.findall(r'href="/figures/([0-9a-z]+)', markup))
    assert all(code.startswith(TOWN) for code in links)
    county_wide = figures(place.who["CONFIRMING"], COUNTY)
    assert county_wide is not None
    assert f">{county_wide.of('step', 'screened').people:,}<" not in markup
    for role in ("PARTNER", "ADMINISTRATOR"):
        page(place.client(role), f"/figures/{COUNTY}", 403)


def test_who_may_not_read_screenings_sees_figures_without_lists(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles().roles, "village", replace(roles().roles["village"], permissions=NO_SCREENINGS.may))
    village = place.client("VILLAGE")
    assert village.get("/figures").headers["Location"] == f"/figures/{VILLAGE_CODE}"
    markup = page(village, f"/figures/{VILLAGE_CODE}")
    assert 'class="figures"' in markup
    assert "/list?" not in markup
    page(village, f"/figures/{VILLAGE_CODE}/list?run={place.runs[0]}&measure=step&key=screened", 403)


def test_addresses_that_mean_nothing(place: Place) -> None:
    client, run = place.client("CONFIRMING"), place.runs[0]
    for way, status in (
        (f"/figures/{COUNTY}?month=2024-13&of=nothing", 200), (f"/figures/{COUNTY}?month=9999-99", 200), (f"/figures/{COUNTY}?month=xx", 200),
        (f"/figures/{COUNTY}?month=2020-01", 200), (f"/figures/{COUNTY}/list", 404), (f"/figures/{COUNTY}/list?run=999999", 404),
        (f"/figures/{COUNTY}/list?run={'9' * 40}", 404), (f"/figures/{COUNTY}/list?run={run}&measure=nothing", 404),
        (f"/figures/{COUNTY}/list?run={run}&measure=step&key=nowhere", 404), (f"/figures/{COUNTY}/list?run={run}&measure=class&key=没有", 200),
        (f"/figures/{COUNTY}/list?run={run}&measure=list&key=没有", 404),
        (f"/figures/{COUNTY}/list?run={run}&measure=step&key=screened&after=x", 200), ("/figures/12345678901234567890", 404),
        (f"/figures/{COUNTY}/chart/nothing.svg", 404), (f"/figures/{COUNTY}/chart/way.svg?size=huge", 404), (f"/figures/{COUNTY}7", 404),
        (f"/figures/{COUNTY}/list?run={run}&measure=missed&key=没有", 200),
    ):  # fmt: skip
        page(client, way, status)


def test_against_the_month_before_and_month_by_month(on_record: County) -> None:
    with FAST:
        who = settled()
    screened(who, AS_OF)
    enrich(on_record, people=10_000)
    place = screened(who, NEXT)
    client = place.client("CONFIRMING")
    markup = page(client, f"/figures/{COUNTY}")
    assert "与上次 <time" in markup
    assert "比上次少" in markup
    assert f"/figures/{COUNTY}/chart/trend.svg" in markup
    answer = client.get(f"/figures/{COUNTY}/chart/trend.svg")
    drawn = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert {"2024-07", "2024-08"} <= set(re.findall(r">(2024-\d\d)<", drawn))
    before = page(client, f"/figures/{COUNTY}?month=2024-07")
    assert "没有可以比较的筛查" in before
    assert f"/figures/{COUNTY}/chart/trend.svg" not in before
    assert 'href="/figures/451229103?month=2024-07"' in before, "going down stays in the month"


def test_charts_bring_no_styles_of_their_own(place: Place) -> None:
    client = place.client("CLERK")
    markup = page(client, f"/figures/{TOWN}")
    for name in ("classes", "coverage", "way"):
        narrow, wide = (
            client.get(f"/figures/{TOWN}/chart/{name}.svg?size={s}").content.decode() for s in ("narrow", "wide")
        )
        for drawn in (narrow, wide):
            assert not re.search(r"\sstyle=|<style|<script", drawn)
        assert int(re.search(r'width="(\d+)"', narrow)[1]) <= 328 < int(re.search(r'width="(\d+)"', wide)[1])  # type: ignore[index]
        assert re.search(rf'<img src="[^"]*{name}\.svg[^"]*" alt="[^"]+"', markup)
    tiles = re.search(r"<svg viewBox.*?</svg>", markup, re.S)
    assert tiles
    assert "style=" not in tiles[0]
    assert 'aria-label="第1村' in tiles[0]
    assert "这不是地图" in markup


def test_both_languages(place: Place) -> None:
    english = page(place.client("CLERK", "en"), f"/figures/{TOWN}")
    marked = re.sub(r'<(\w+)[^>]*lang="zh-CN"[^>]*>.*?</\1>', "", english, flags=re.S)
    main = marked[marked.index("<main") :]
    assert "Households by class" in main
    found = set(re.findall(r"[\u4e00-\u9fff]+", text(re.sub(r'href="[^"]*"', "", main))))
    assert found == set()


def test_the_workbook_holds_the_same_figures(place: Place) -> None:
    client, by = place.client("CONFIRMING"), place.who["CONFIRMING"]
    answer = client.get(f"/figures/{COUNTY}/workbook")
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    now = figures(by, COUNTY)
    assert now is not None
    assert book.sheet_names == [
        "说明",
        "各地数字",
        "各类家庭",
        "各类人员",
        "各项目 应享与在领",
        "覆盖 应享的人领到没有",
        "从在册到领取",
        "逐月",
    ]
    sheet = {row[0]: row for row in book.get_sheet_by_name("各类家庭").to_python()}
    total = now.of("step", "screened")
    assert sheet["合计"][1:4] == [total.households, total.people, total.amount / 100]
    low = now.of("class", "低保户")
    assert sheet["低保户"][1:4] == [low.households, low.people, low.amount / 100]
    places = book.get_sheet_by_name("各地数字").to_python()
    assert (
        sum(row[1] for row in places[1:] if row[0] not in ("合计", "") and isinstance(row[1], float))
        == total.households
    )
    programmes = book.get_sheet_by_name("各项目 应享与在领").to_python()
    assert any("—" in row for row in programmes), "what there is no figure of is no nought"


def test_a_screening_that_was_never_counted(place: Place) -> None:
    from doudi.server.decisions.models import Run, RunFigure
    from doudi.server.jobs.models import Job

    with everything():
        RunFigure.objects.all().delete()
        Run.objects.update(figured=False)
    client = place.client("CONFIRMING")
    markup = page(client, f"/figures/{COUNTY}")
    assert "没有数字不是零" in markup
    assert "/count" in markup
    assert "/count" not in page(place.client("CLERK"), f"/figures/{TOWN}")
    for _ in range(2):
        assert client.post(f"/figures/{COUNTY}/count").status_code == 303
    with everything():
        assert Job.objects.filter(kind="figures").count() == 1, "pressed twice it is one"
    assert place.client("CLERK").post(f"/figures/{TOWN}/count").status_code == 403
    page(client, f"/figures/{COUNTY}/workbook", 404)
    rebuild_figures(place.who["CONFIRMING"], place.runs[0])
    assert 'class="figures"' in page(client, f"/figures/{COUNTY}")


def test_files_that_are_gone_leave_the_sums(place: Place) -> None:
    from doudi.server.decisions.models import PURGED, Run

    with everything():
        Run.objects.update(state=PURGED)
    client = place.client("CONFIRMING")
    markup = page(client, f"/figures/{COUNTY}")
    assert "只剩合计" in markup
    assert "/list?" not in markup
    page(client, f"/figures/{COUNTY}/list?run={place.runs[0]}&measure=step&key=screened", 422)


def test_targets_beside_facts(place: Place) -> None:
    client, by = place.client("CONFIRMING"), place.who["CONFIRMING"]
    now = figures(by, COUNTY)
    assert now is not None
    markup = page(client, f"/figures/{COUNTY}/targets")
    rows = {r[0]: r for r in re.findall(r'<tr><th scope="row">([^<]*)(.*?)</tr>', markup, re.S)}
    taken, missed = now.of("taken", "低保").items, now.of("missed", "低保").items
    kept = text(rows["低保应保尽保率"][1])
    assert f"低保已享 {taken}" in kept
    assert f"低保应保未保 {missed}" in kept
    assert ("未达到" in kept) == (missed > 0)
    assert "100%" in kept
    assert "只管 2016-01-01—2016-12-31" in text(rows["全区农村低保平均标准"][1])
    for name, href, figure in shown(markup):
        assert figure == f"{recounted(by, href).items:,}", name
