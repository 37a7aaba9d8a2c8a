"""Two screenings of a real county compared by a program, a page at a time."""

from __future__ import annotations

from collections import Counter

from doudi.server.accounts.actions import make_token
from doudi.server.accounts.selectors import oneself, posts_of
from doudi.server.decisions.actions import run_snapshot, take_snapshot
from doudi.server.decisions.selectors import difference
from doudi.server.lib.moments import day_of, now
from tests.server.api.conftest import Program
from tests.server.cast import COUNTY, settled
from tests.server.decisions.conftest import AS_OF, County, county, on_record
from tests.server.decisions.test_runs import enrich
from tests.server.web.world import FAST

__all__ = ["county", "on_record"]


def test_what_changed_from_one_run_to_another(on_record: County) -> None:
    with FAST:
        who = settled()
    by = who["CONFIRMING"]
    assert by.official is not None
    first = run_snapshot(by, take_snapshot(by, as_of=AS_OF, area=COUNTY).id, threads=1)
    enrich(on_record, people=120)
    second = run_snapshot(by, take_snapshot(by, as_of=AS_OF, area=COUNTY).id, threads=1)
    post = posts_of(by.official, on=day_of(now()))[0].id
    made = make_token(by=oneself(by.official), post=post, name="x", days=3, on=day_of(now()), second_factor=True)
    program, path = Program(made.secret), f"runs/{first.id}/differences?after={second.id}&limit=20"
    items, sums, pages, count = [], [], 0, 0
    while path:
        answer = program.get(path)
        assert answer.status == 200, answer.text
        items += answer.json["items"]
        pages, count, sums = pages + 1, answer.json["count"], answer.json["sums"]
        path = answer.json["next"] or ""
    whole = difference(by, first.id, second.id, limit=100_000)
    assert pages > 1
    assert len(items) == whole.count == count > 2
    assert [(i["household"], i["person"], i["programme"], i["paid_after"]) for i in items] == [
        (r.household, r.person, r.programme, r.paid_after) for r in whole.rows
    ]
    told = Counter((s["kind"], s["programme"]) for s in sums for _ in range(s["items"]))
    assert told == Counter((i["kind"], i["programme"]) for i in items), "the sums are of all pages"
