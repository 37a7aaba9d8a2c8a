"""A month's facts, frozen: the same as what one household is decided by, whole or not there, and gone when their time is up."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from doudi.rules.scalar import Row
from doudi.screening.facts import FactsRefused
from doudi.screening.household import row_of
from doudi.screening.parts import open_facts
from doudi.server.areas.actions import ensure, recode
from doudi.server.areas.shapes import NewDivision
from doudi.server.decisions import places
from doudi.server.decisions.actions import purge, take_snapshot
from doudi.server.decisions.actions.snapshots import begin
from doudi.server.decisions.rows import made
from doudi.server.decisions.selectors import snapshot, snapshots
from doudi.server.lib.refusals import NotAllowed, NotFound
from doudi.server.registry.selectors import facts_of
from tests.server.cast import CLERK, CONFIRMING, COUNTY, NAMES, OTHER_COUNTY
from tests.server.decisions.conftest import AS_OF, RECORDED, SYSTEM, County, everything, state, statement_of


def plain(row: Row) -> dict[str, Any]:
    """A row without the ids of linked rows and without where its facts are from."""
    kids = {
        name: [(r.id, plain(r)) if name == "人" else plain(r) for r in rows] for name, rows in row.rows.items() if rows
    }
    return {"facts": row.facts, "complete": {k: v for k, v in row.complete.items() if v}, "rows": kids}


def differing(a: Any, b: Any, path: str = "") -> list[str]:
    """Where two plain rows differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        keys = sorted(a.keys() | b.keys())
        return [x for k in keys for x in differing(a.get(k), b.get(k), f"{path}/{k}")]
    if isinstance(a, list | tuple) and isinstance(b, list | tuple) and len(a) == len(b):
        return [x for i, (c, d) in enumerate(zip(a, b, strict=True)) for x in differing(c, d, f"{path}/{i}")]
    return [] if a == b and type(a) is type(b) else [f"{path}: {a!r} {b!r}"]


def folder_of(taken: Any) -> Path:
    return places.at(taken.folder)


def test_the_facts_that_were_recorded(on_record: County) -> None:
    taken = take_snapshot(SYSTEM, as_of=AS_OF)
    facts = open_facts(folder_of(taken), on_record.schema)
    facts.verify()
    (part,) = facts
    found = part.read()
    for file, was in on_record.tables.items():
        for name in was.column_names:
            if name in ("id", "齐全|人") and file != "household":
                continue
            if name not in found[file].column_names:
                assert was[name].null_count == len(was[name]), (file, name)
            elif name != "齐全|人":
                assert found[file][name].to_pylist() == was[name].to_pylist(), (file, name)
    assert (taken.households, taken.people) == (
        on_record.tables["household"].num_rows,
        on_record.tables["person"].num_rows,
    )
    assert taken.state == "whole"
    assert taken.digest == facts.digest
    text = (folder_of(taken) / "manifest.json").read_text(encoding="utf-8")
    assert "某" not in json.dumps(json.loads(text)["parts"], ensure_ascii=False), "surrogate keys only"


def test_the_same_moment_gives_the_same_facts(on_record: County) -> None:
    first = take_snapshot(SYSTEM, as_of=AS_OF, knowing=RECORDED)
    person, ill = (on_record.tables["person"][c][0].as_py() for c in ("id", "重病"))
    state(RECORDED + timedelta(days=1), person_id=person, values={"重病": not ill})
    assert take_snapshot(SYSTEM, as_of=AS_OF, knowing=RECORDED).digest == first.digest
    assert take_snapshot(SYSTEM, as_of=AS_OF).digest != first.digest
    assert first.knowing == RECORDED


WORDS: dict[str, dict[str, list[Any]]] = {
    "人": {
        "出生日期": ["1950-02-03", "1990-12-31", {"lo": "1950-01-01", "hi": "1950-12-31"}, "1700-01-01", 7],
        "重病": [True, False, 1, "是"],
        "居住证月数": [0, 12, 99999, {"lo": 3, "hi": 9}, {"lo": 9, "hi": 3}, True],
        "性别": ["男", "女", "不是性别"],
        "户籍地": ["451229103201", "451229101001"],
        "关系": ["配偶", "子女", "天外来客"],
        "没有这个": [1],
    },
    "户": {"户籍地": ["451229103201", "451229000000", "451229103000", 451229103202, "4512"],
          "城乡": ["城市", "农村"], "申请日期": ["2024-05-01", {"lo": "2024-01-01", "hi": "2024-03-01"}], "易地搬迁": [True, False]},
}  # fmt: skip
ROWS: dict[str, dict[str, dict[str, list[Any]]]] = {
    "人": {"收入": {"种类": ["工资", "没有这种"], "金额": [100_00, {"lo": 5, "hi": 900}, -1], "日期": ["2024-05-01"], "评估": [True]},
          "残疾": {"类别": ["肢体"], "等级": ["一级"]}},
    "户": {"财产": {"种类": ["存款", "住房"], "价值": [5000_00, {"lo": 1, "hi": 2}]}},
}  # fmt: skip
SOURCES = ("核对", "导入", "申报", "别处")
KINDS: dict[str, list[str]] = {"收入": ["工资", "经营"], "财产": ["存款"], "残疾": []}


def random_statement(rng: random.Random, of: str) -> dict[str, Any]:
    values = {name: rng.choice([*words, None]) for name, words in WORDS[of].items() if rng.random() < 0.5}
    tables: dict[str, Any] = {}
    for name, columns in ROWS[of].items():
        if rng.random() < 0.5:
            rows = [
                {c: rng.choice([*words, None]) for c, words in columns.items() if rng.random() < 0.8}
                for _ in range(rng.choice([0, 1, 2, 2, 61]) if name == "财产" else rng.choice([0, 1, 2]))
            ]
            tables[name] = {"complete": rng.choice([True, False, KINDS[name]]), "rows": rows}
    return {"values": values, "tables": tables}


@pytest.mark.parametrize(("seed", "recoded"), [(0, False), (1, False), (2, False), (0, True), (1, True)])
def test_snapshot_and_facts_of_agree(on_record: County, seed: int, recoded: bool) -> None:
    """Whatever was said by whom and when, withdrawn or ended, also where the county has a new code since: the county's row is what one household is
    decided by."""
    from doudi.server.registry.models import Act, Membership, Statement

    if recoded:
        ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
        recode(by=SYSTEM, code=COUNTY, new_code="451281", on=date(2024, 3, 15))
    rng = random.Random(seed)
    households = on_record.tables["household"]["id"].to_pylist()[:25]
    people = [
        p
        for p, h in zip(*(on_record.tables["person"][c].to_pylist() for c in ("id", "parent")), strict=True)
        if h in households
    ]
    with everything():
        acts = [
            Act.objects.create(kind="state", on=AS_OF, recorded_at=RECORDED + timedelta(hours=i + 1), name="测")
            for i in range(6)
        ]
        Statement.objects.filter(id__in=rng.sample(list(Statement.objects.values_list("id", flat=True)), 30)).update(
            withdrawn=acts[2]
        )
        for of, ids in (("户", households), ("人", people)):
            for subject in ids:
                for _ in range(rng.choice([0, 1, 1, 2, 3])):
                    since = rng.choice([date(2023, 1, 1), date(2024, 1, 1), date(2024, 5, 1), date(2024, 9, 1)])
                    act = rng.choice(acts[:4])
                    Statement.objects.create(
                        **{"household_id" if of == "户" else "person_id": subject}, source=rng.choice(SOURCES), since=since,
                        until=rng.choice([None, None, since + timedelta(days=200)]), act=act,
                        withdrawn=rng.choice([None, None, None, acts[5]]), **random_statement(rng, of),
                    )  # fmt: skip
        for m in Membership.objects.filter(household__in=households):
            Membership.objects.filter(id=m.id).update(relation=rng.choice(["", "配偶", "子女", "天外来客"]))
    for as_of, knowing in (
        (AS_OF, None),
        (AS_OF, RECORDED + timedelta(hours=3)),
        (date(2024, 2, 1), RECORDED + timedelta(hours=9)),
    ):
        taken = take_snapshot(SYSTEM, as_of=as_of, knowing=knowing)
        (part,) = open_facts(folder_of(taken), on_record.schema)
        tables = part.read()
        for household in households:
            one = made(on_record.schema, facts_of(SYSTEM, household, as_of=as_of, knowing=taken.knowing))
            found = row_of(on_record.schema, tables, household)
            assert differing(plain(found), plain(one.row)) == [], (household, as_of, knowing)
        places_of = {str(code)[:6] for code in tables["person"]["户籍地"].to_pylist() if code is not None}
        assert places_of == ({"451281"} if recoded and as_of == AS_OF else {"451229"})


def test_only_the_households_of_the_area(on_record: County) -> None:
    from doudi.server.registry.models import Residence

    with everything():
        here = list(Residence.objects.filter(area__startswith="451229101").values_list("household_id", flat=True))
    taken = take_snapshot(SYSTEM, as_of=AS_OF, area="451229101")
    (part,) = open_facts(folder_of(taken), on_record.schema)
    assert part.read()["household"]["id"].to_pylist() == sorted(here)
    assert 0 < len(here) < on_record.tables["household"].num_rows


def test_an_area_without_anybody_is_an_empty_snapshot(on_record: County) -> None:
    assert take_snapshot(SYSTEM, as_of=AS_OF, area="11").households == 0


def test_small_parts_hold_the_same(on_record: County, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = take_snapshot(SYSTEM, as_of=AS_OF, knowing=RECORDED)
    monkeypatch.setattr("doudi.server.decisions.snapshot.freeze.PART", 20)
    parts = open_facts(folder_of(take_snapshot(SYSTEM, as_of=AS_OF, knowing=RECORDED)), on_record.schema)
    (one,) = open_facts(folder_of(whole), on_record.schema)
    assert len(parts.parts) == -(-(whole.households or 0) // 20)
    ids = [i for p in parts for i in p.read()["household"]["id"].to_pylist()]
    assert ids == one.read()["household"]["id"].to_pylist()


def test_whose_areas(on_record: County) -> None:
    with pytest.raises(NotFound):
        take_snapshot(OTHER_COUNTY, as_of=AS_OF, area="451229")
    with pytest.raises(NotFound):
        take_snapshot(CONFIRMING, as_of=AS_OF)
    with pytest.raises(NotAllowed):
        take_snapshot(CLERK, as_of=AS_OF, area="451229103")
    taken = take_snapshot(CONFIRMING, as_of=AS_OF, area="451229")
    assert [s.id for s in snapshots(CONFIRMING)] == [taken.id]
    assert snapshots(OTHER_COUNTY) == []
    with pytest.raises(NotFound):
        snapshot(OTHER_COUNTY, taken.id)


def test_half_written_is_never_taken_for_whole(on_record: County, monkeypatch: pytest.MonkeyPatch) -> None:
    from doudi.server.decisions.actions import run_snapshot
    from doudi.server.decisions.actions.snapshots import write
    from doudi.server.lib.refusals import Refused

    announced = begin(SYSTEM, as_of=AS_OF)

    class Killed(Exception):
        pass

    def killed(self: Any) -> None:
        raise Killed

    with monkeypatch.context() as m:
        m.setattr("doudi.screening.parts.FactsWriter.finish", killed)
        with pytest.raises(Killed):
            write(SYSTEM, announced)
    left = snapshot(SYSTEM, announced)
    assert left.state == "writing"
    with pytest.raises(FactsRefused):
        open_facts(folder_of(left), on_record.schema)
    with pytest.raises(Refused, match="没有完成"):
        run_snapshot(SYSTEM, announced)
    assert write(SYSTEM, announced).state == "whole"
    assert write(SYSTEM, announced).digest == snapshot(SYSTEM, announced).digest


def test_purged_when_its_time_is_up(on_record: County) -> None:
    from doudi.server.audit.models import Entry
    from doudi.server.decisions.actions import run_snapshot
    from doudi.server.lib.refusals import Refused

    taken = take_snapshot(SYSTEM, as_of=AS_OF)
    run = run_snapshot(SYSTEM, taken.id, threads=1)
    assert taken.keep_until == date(2027, 7, 1)
    assert purge(SYSTEM, date(2027, 7, 1)) == 0
    assert purge(SYSTEM, date(2027, 7, 2)) == 1
    assert purge(SYSTEM, date(2027, 7, 2)) == 0
    assert not folder_of(taken).exists()
    assert not folder_of(run).exists()
    kept = snapshot(SYSTEM, taken.id)
    assert (kept.state, kept.digest) == ("purged", taken.digest)
    with pytest.raises(Refused, match="保存期"):
        run_snapshot(SYSTEM, taken.id)
    verbs = list(Entry.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["decisions.snapshot", "decisions.run", "decisions.purged"]


def test_a_clock_set_back_hides_nothing(on_record: County) -> None:
    person = on_record.tables["person"]["id"][0].as_py()
    state(
        datetime(2099, 1, 1, tzinfo=UTC),
        person_id=person,
        values={"重病": True},
        withdraw=(statement_of(person_id=person).id,),
    )
    taken = take_snapshot(SYSTEM, as_of=AS_OF)
    assert taken.knowing == datetime(2099, 1, 1, tzinfo=UTC)
    (part,) = open_facts(folder_of(taken), on_record.schema)
    table = part.read()["person"]
    assert table["重病"][table["id"].to_pylist().index(person)].as_py() is True
