"""Another body's list held against a ledger: differences become work, decided with a reason, in one's own areas only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from doudi.server.exchange.comparing import comparison, comparisons, differences
from doudi.server.exchange.comparisons import hold_against, map_list_headers, settle, settle_many
from doudi.server.exchange.views import ComparisonView
from doudi.server.jobs.running import run
from doudi.server.lib.acting import acting
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.registry.actions.inputs import NewMember, NewStatement
from doudi.server.registry.actions.ledgers import enrol
from doudi.server.registry.actions.people import correct_identifier, identify
from doudi.server.registry.actions.register import register_household
from doudi.server.registry.models import Identifier
from tests.server.cast import CLERK, CONFIRMING, OTHER_TOWN, SYSTEM, TOWN, VILLAGE_CODE
from tests.server.exchange.ledgers import IDS, an_id, write

ON = date(2024, 7, 1)
STRANGER = an_id("19770707", 31)
# Of 韦大山, with one digit of the sequence wrong and the check character right for it: the number of nobody on record.
SLIP = an_id("19610503", 91)


@pytest.fixture
def ledger(db: str) -> dict[str, int]:
    """韦大山, 蓝秀英 and 黄老汉 hold certificates of disability."""
    people = {}
    for name, grade in (("韦大山", "一级"), ("蓝秀英", "二级"), ("黄老汉", "三级")):
        born = {"出生日期": f"{IDS[name][6:10]}-{IDS[name][10:12]}-{IDS[name][12:14]}"}
        member = NewMember(
            name, "户主", head=True, identifiers={"id": IDS[name]}, statements=(NewStatement("导入", born),)
        )
        people[name] = register_household(by=CLERK, area=VILLAGE_CODE, members=[member], on=ON).people[0]
        enrol(by=CLERK, ledger="残疾人", person=people[name], on=ON, details={"等级": grade})
    return people


def held_against(
    folder: Path, rows: list[list[str]], *, ledger: str = "残疾人", key: str = "id", headers: tuple[str, ...] = ("姓名", "身份证号", "等级", "备注")
) -> ComparisonView:  # fmt: skip
    path = write(folder / "残联名单.xlsx", {"名单": [["残联持证名单", "", "", ""], list(headers), *rows]})
    made = hold_against(by=CLERK, path=path, name=path.name, body="残联", ledger=ledger, area=TOWN, on=ON, key=key)
    assert made.job is not None
    run(made.job)
    return comparison(CLERK, made.id)


def test_differences_become_work(ledger: dict[str, int], tmp_path: Path) -> None:
    made = held_against(
        tmp_path,
        [
            ["韦大山", SLIP, "一级", ""],
            ["蓝秀英", IDS["蓝秀英"], "一级", "x"],
            ["陌生人", STRANGER, "二级", ""],
            ["无号者", "12345", "", ""],
        ],
    )
    assert made.counts == {"here": 1, "there": 2, "differs": 1, "likely": 1, "no-number": 1, "rows": 4}
    found = {d.kind + d.name: d for d in differences(CLERK, made.id)}
    assert found["here黄老汉"].person == ledger["黄老汉"]
    assert found["differs蓝秀英"].fields == {"等级": ("二级", "一级")}
    assert found["likely韦大山"].person == ledger["韦大山"]
    assert found["there陌生人"].row == 5
    assert STRANGER not in repr(found)
    assert found["there陌生人"].shown.endswith(STRANGER[-4:])


def test_the_same_list_again_is_the_same_comparison(ledger: dict[str, int], tmp_path: Path) -> None:
    rows = [["陌生人", STRANGER, "", ""]]
    first = held_against(tmp_path, rows)
    assert held_against(tmp_path, rows).id == first.id
    assert len(comparisons(CLERK)) == 1


def test_settled_with_a_reason_once(ledger: dict[str, int], tmp_path: Path) -> None:
    made = held_against(tmp_path, [["陌生人", STRANGER, "", ""]])
    one = differences(CLERK, made.id, kind="there")[0]
    with pytest.raises(Refused):
        settle(by=CLERK, difference=one.id, state="done", why=" ")
    assert settle(by=CLERK, difference=one.id, state="done", why="已入户登记").state == "done"
    assert settle(by=CONFIRMING, difference=one.id, state="done", why="再次").why == "已入户登记"
    with pytest.raises(Refused):
        settle(by=CONFIRMING, difference=one.id, state="dismissed", why="不对")
    assert one.id not in [d.id for d in differences(CLERK, made.id)]
    assert comparisons(CLERK)[0].open == 3


def test_areas(ledger: dict[str, int], tmp_path: Path) -> None:
    made = held_against(tmp_path, [["陌生人", STRANGER, "", ""]])
    one = differences(CLERK, made.id)[0]
    assert comparisons(OTHER_TOWN) == []
    with pytest.raises(NotFound):
        differences(OTHER_TOWN, made.id)
    with pytest.raises(NotFound):
        settle(by=OTHER_TOWN, difference=one.id, state="done", why="x")
    path = write(tmp_path / "a.xlsx", {"名单": [["姓名", "身份证号"]]})
    with pytest.raises(NotAllowed):
        hold_against(by=OTHER_TOWN, path=path, name="a", body="b", ledger="残疾人", area=TOWN, on=ON)


def test_what_cannot_be_compared_is_said(ledger: dict[str, int], tmp_path: Path) -> None:
    refused = held_against(tmp_path, [["甲", "1"]], headers=("名字", "证件"))
    assert (refused.state, refused.strangers) == ("refused", ("名字", "证件"))
    assert "表头" in refused.zh
    with pytest.raises(Refused) as unknown:
        held_against(tmp_path, [], ledger="没有的")
    assert unknown.value.code == "ledger-unknown"
    (tmp_path / "b.xlsx").write_bytes(b"not a workbook")
    made = hold_against(by=CLERK, path=tmp_path / "b.xlsx", name="b", body="b", ledger="残疾人", area=TOWN, on=ON)
    run(made.job or 0)
    assert comparison(CLERK, made.id).state == "refused"
    assert differences(CLERK, made.id) == []


def test_headers_of_another_body_are_mapped(ledger: dict[str, int], tmp_path: Path) -> None:
    rows, headers = [["蓝秀英", IDS["蓝秀英"], "一级"]], ("持证人", "证件", "等级")
    refused = held_against(tmp_path, rows, headers=headers)
    again = map_list_headers(by=CLERK, comparison=refused.id, meant={"持证人": "姓名", "证件": "身份证号", "等级": ""})
    run(again.job or 0)
    assert comparison(CLERK, refused.id).counts["differs"] == 1


def test_a_list_without_numbers_is_compared_by_name_and_birth(ledger: dict[str, int], tmp_path: Path) -> None:
    rows = [["韦大山", "1961-05-03", "二级"], ["蓝秀英", "1963.8.12", "二级"], ["黄老汉", "1950-01-01", "三级"]]
    made = held_against(tmp_path, rows, key="name", headers=("姓名", "出生日期", "等级"))
    assert {k: made.counts[k] for k in ("here", "there", "differs", "likely")} == {
        "here": 1, "there": 1, "differs": 1, "likely": 0
    }  # fmt: skip
    (differs,) = differences(CLERK, made.id, kind="differs")
    assert (differs.person, differs.fields) == (ledger["韦大山"], {"等级": ("一级", "二级")})


def test_several_are_settled_at_once(ledger: dict[str, int], tmp_path: Path) -> None:
    made = held_against(tmp_path, [["陌生人", STRANGER, "", ""]])
    here = differences(CLERK, made.id, kind="here")
    assert all(d.household for d in here)
    settle(by=CONFIRMING, difference=here[0].id, state="dismissed", why="同名")
    chosen = [d.id for d in here]
    assert settle_many(by=CLERK, comparison=made.id, differences=chosen, state="done", why="已核实") == 2
    assert [d.why for d in differences(CLERK, made.id, kind="here", state="")] == ["同名", "已核实", "已核实"]
    with pytest.raises(NotFound):
        settle_many(by=OTHER_TOWN, comparison=made.id, differences=chosen, state="done", why="x")


def test_a_stranger_s_number_is_sealed(ledger: dict[str, int], tmp_path: Path) -> None:
    held_against(tmp_path, [["陌生人", STRANGER, "", ""]])
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM exchange_difference")
        assert STRANGER not in repr(cursor.fetchall())


def test_a_number_withdrawn_as_wrong_is_not_ours(ledger: dict[str, int], tmp_path: Path) -> None:
    """It is another's: the row of theirs with it is that other's, and ours is missing from their list."""
    with acting(SYSTEM):
        row = Identifier.objects.get(person=ledger["黄老汉"])
    correct_identifier(by=CLERK, identifier=row.id, number=an_id("19410117", 77), why="录成了别人的号码", on=ON)
    made = held_against(tmp_path, [["覃别人", IDS["黄老汉"], "三级", ""], ["韦大山", IDS["韦大山"], "一级", ""], ["蓝秀英", IDS["蓝秀英"], "二级", ""]])  # fmt: skip
    assert {(d.kind, d.name) for d in differences(CLERK, made.id)} == {("there", "覃别人"), ("here", "黄老汉")}


def test_a_number_that_was_theirs_before_is_still_ours(ledger: dict[str, int], tmp_path: Path) -> None:
    """Replaced by another number from a day on, not withdrawn: lists of other bodies may go on with the old one."""
    identify(by=CLERK, person=ledger["黄老汉"], kind="id", number=an_id("19410117", 77), on=date(2024, 7, 2))
    made = held_against(tmp_path, [["黄老汉", IDS["黄老汉"], "三级", ""]])
    assert "黄老汉" not in {d.name for d in differences(CLERK, made.id)}
