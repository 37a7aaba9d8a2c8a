"""Scenarios in the hands of a policy officer: made, watched, read, compared, named, deleted; kept to their areas."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
import python_calamine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doudi.server.decisions.models import Simulation
from doudi.server.jobs import actions as jobs
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import system
from tests.server.cast import settled
from tests.server.decisions.conftest import County, county, on_record
from tests.server.web.entries import simulation as entries
from tests.server.web.world import FAST, World, client_of, made

__all__ = ["county", "on_record"]


@pytest.fixture
def world(db: str) -> Iterator[World]:
    with FAST:
        found = made()
        entries.seed(found)
        yield found


def kept() -> list[str]:
    with acting(system("test")):
        return sorted(Simulation.objects.values_list("name", flat=True))


def test_a_scenario_is_read_with_its_townships(world: World) -> None:
    page = client_of(world.who["POLICY"]).get(f"/simulation/{world.ids['scenario']}").content.decode()
    for text in ("每月费用", "150 元", "岩滩镇", "大化镇", "低保边缘户 → 低保户", "未定 → 低保户", "5 户金额未定"):
        assert text in page, text
    english = client_of(world.who["POLICY"], "en").get(f"/simulation/{world.ids['scenario']}").content.decode()
    assert "marginal → minimum living guarantee" in english
    assert "CNY 7,200.00" in english


def test_its_chart_and_workbook(world: World) -> None:
    client = client_of(world.who["POLICY"])
    for what in ("cost", "people"):
        answer = client.get(f"/simulation/{world.ids['scenario']}/chart/{what}.svg")
        assert answer["Content-Type"] == "image/svg+xml"
        assert "岩滩镇" in answer.content.decode()
    assert client.get(f"/simulation/{world.ids['scenario']}/chart/other.svg").status_code == 404
    answer = client.get(f"/simulation/{world.ids['scenario']}/book.xlsx")
    book = python_calamine.load_workbook(io.BytesIO(answer.content))
    assert book.sheet_names == ["改了什么", "按乡镇", "按项目", "类别变动"]
    rows = book.get_sheet_by_name("按乡镇").to_python()
    assert ["合计", 100.0, 150.0, 50.0, 3.0, 4.0, 2.0, 1.0, 60.0, 10.0] in rows


def test_two_side_by_side(world: World) -> None:
    client = client_of(world.who["POLICY"])
    both = [world.ids["scenario"], world.ids["scenario two"]]
    page = client.get(f"/simulation/compare?of={both[0]}&of={both[1]}").content.decode()
    assert page.count("每月费用") == 2
    assert client.get(f"/simulation/compare?of={both[0]}").status_code == 422
    assert client.get(f"/simulation/compare?of={both[0]}&of={world.ids['scenario there']}").status_code == 404


def test_named_and_deleted(world: World) -> None:
    client = client_of(world.who["POLICY"])
    one = world.ids["scenario"]
    assert client.post(f"/simulation/{one}/name", {"name": "方案甲"}).status_code == 302
    assert client.post(f"/simulation/{one}/name", {"name": " "}).status_code == 422
    assert "方案甲" in kept()
    opened = client.get(f"/simulation/{one}/delete")
    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert "只接收页面上的表单" in opened.content.decode()
    assert client.post(f"/simulation/{one}/delete").status_code == 302
    assert kept() == ["scenario there 提高", "scenario two 提高"]
    assert client.post(f"/simulation/{world.ids['scenario there']}/delete").status_code == 404
    assert client_of(world.who["CLERK"]).post(f"/simulation/{world.ids['scenario two']}/delete").status_code == 403


def test_other_peoples_scenarios_do_not_exist(world: World) -> None:
    for who in ("CLERK", "OTHER_COUNTY"):
        client = client_of(world.who[who])
        assert client.get(f"/simulation/{world.ids['scenario']}").status_code == 404
        assert "scenario 提高" not in client.get("/simulation").content.decode()
    assert "scenario 提高" in client_of(world.who["PROVINCE"]).get("/simulation").content.decode()


def test_what_was_typed_comes_back_with_what_is_wrong(world: World) -> None:
    client = client_of(world.who["POLICY"])
    line = {"lines.0.standard": "低保标准", "lines.0.area": "451229", "lines.0.key": "农村", "lines.0.value": "很多"}
    answer = client.post("/simulation/new", {**line, "name": "试试", "snapshot": "now"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="很多"' in page
    assert 'value="试试"' in page
    assert 'id="f-lines.0.value-error"' in page
    far = client.post("/simulation/new", {**line, "lines.0.value": "7200", "lines.0.area": "451228", "snapshot": "now"})
    assert far.status_code == 403
    more = client.post("/simulation/new", {**line, "add": "1"}).content.decode()
    assert 'name="lines.1.standard"' in more
    assert 'value="很多"' in more


def test_however_many_scenarios_a_page_asks_little(world: World) -> None:
    with acting(system("test")):
        one = Simulation.objects.get(id=world.ids["scenario"])
        for _ in range(40):
            one.pk = None
            one.save(force_insert=True)
    client = client_of(world.who["POLICY"])
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/simulation").content.decode()
    assert len(asked) <= 25
    assert 'rel="next"' in page


def test_from_the_form_to_the_result(on_record: County) -> None:
    """In the background, on the facts of a real snapshot."""
    with FAST:
        # The county's rows have ids of their own: no household is registered beside them.
        who = settled()
    client = client_of(who["POLICY"])
    form = {
        "lines.0.standard": "低保标准", "lines.0.area": "451229", "lines.0.key": "农村", "lines.0.value": "7800", "snapshot": "now", "name": "提高",
    }  # fmt: skip
    answer = client.post("/simulation/new", form)
    assert answer.status_code == 302
    waiting = client.get(answer["Location"]).content.decode()
    assert "排队中" in waiting
    with acting(system("test")):
        job = Simulation.objects.get(name="提高").job
    assert job is not None
    done = jobs.run_here(job)
    assert (done.state, done.zh) == ("done", "")
    page = client.get(answer["Location"]).content.decode()
    assert "按乡镇" in page
    assert "每月费用" in page
    taken = client.get("/simulation/new").content.decode()
    assert re.search(r">[^<]*[1-9]\d* 户<", taken)
