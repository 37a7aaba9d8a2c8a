"""A household of one on the pages: what somebody is granted alone stands with the family's, is explained, and the lists go by it."""

from __future__ import annotations

import html
import re
from datetime import date

import pyarrow.parquet as pq
import pytest

from doudi.server.decisions import places
from doudi.server.decisions.actions import refresh_work, run_snapshot, take_snapshot
from doudi.server.decisions.models import Run
from doudi.server.web.figures.tables import money
from tests.server.cast import COUNTY, settled
from tests.server.decisions.conftest import SYSTEM, County, county, everything, on_record
from tests.server.web.test_matrix import world
from tests.server.web.world import FAST, World, client_of

__all__ = ["county", "on_record", "world"]
DAY = date(2024, 7, 1)


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "按单人户判定"), ("en", "decided as: household of one")])
def test_who_is_granted_the_guarantee_alone_is_shown_and_told_why(on_record: County, language: str, said: str) -> None:
    with FAST:
        who = settled()["CONFIRMING"]
    run = run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=DAY, area=COUNTY).id, threads=1)
    refresh_work(SYSTEM, run.id)
    with everything():
        folder = places.at(Run.objects.get(id=run.id).folder)
    ones = [r for f in sorted(folder.glob("part-*/derived.parquet")) for r in pq.read_table(f).to_pylist()]
    sure = [r for r in ones if r["低保.granted"] == 1 and r["低保.paid"]]
    assert sure, "the county has somebody who is decided alone"
    one = sure[0]
    client = client_of(who, language)
    day = f"as_of={DAY.isoformat()}"
    page = html.unescape(client.get(f"/household/{one['household']}?{day}").content.decode())
    link = next(
        x
        for x in re.findall(r'"(/household/\d+/why\?[^"]*)"', page)
        if f"person={one['entity_row']}" in x and "%E4%BD%8E%E4%BF%9D&" in x
    )
    answer = client.get(link)
    assert answer.status_code == 200
    told = answer.content.decode()
    assert said in told
    assert money(one["低保.paid"]).replace(" 元", "").split(".")[0] in told
    # The family's own answer has its page too, and says nothing of the other.
    own = client.get(f"/household/{one['household']}/why?programme=低保&{day}")
    assert own.status_code == 200
    assert said not in own.content.decode()
    assert client.get(f"/household/{one['household']}/why?programme=低保&person=999999&{day}").status_code == 404


@pytest.mark.parametrize(("language", "family"), [("zh-hans", "全家"), ("en", "The family")])
def test_what_is_open_for_the_family_and_for_one_alone_is_told_apart(world: World, language: str, family: str) -> None:
    """Little is known of this household: it may be on the guarantee, or one of it alone."""
    page = client_of(world.who["CONFIRMING"], language).get(f"/household/{world.here}/open?as_of=2024-07-01")
    told = html.unescape(page.content.decode())
    group = told[told.index({"zh-hans": "低保", "en": "Minimum living guarantee"}[language] + " · ") :].split(
        "</details></details>"
    )[0]
    assert group.count("<details>") == 2
    assert f">{family} · " in group
    assert "韦大山</span> · " in group
    assert ">None" not in told
