"""The one search box."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doudi.server.areas.actions import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.registry import batch as b
from doudi.server.registry.actions.load import load
from doudi.server.registry.batch import Loaded
from doudi.server.registry.selectors import find
from tests.server.cast import CLERK, SYSTEM, VILLAGE, VILLAGE_CODE
from tests.server.registry.selectors.homes import DAY, IDS, ON, PHONES


def _names(text: str, **more: object) -> list[str]:
    return [f.name for f in find(SYSTEM, text, on=DAY, **more)]  # type: ignore[arg-type]


CASES: list[tuple[str, set[str]]] = [
    ("黄桂花", {"黄桂花"}),
    (" 黄 桂花 ", {"黄桂花"}),
    ("小明", {"黄小明", "韦小明", "覃小明"}),
    ("明", {"黄小明", "韦小明", "覃小明", "欧阳明"}),
    ("黄", {"黄桂花", "黄小明"}),
    ("huangguihua", {"黄桂花"}),
    ("HuangGui", {"黄桂花"}),
    ("guihua", {"黄桂花"}),
    ("hgh", {"黄桂花"}),
    ("h", {"黄桂花", "黄小明"}),
    ("shanle", {"单乐"}),
    ("shanyue", {"单乐"}),
    ("danle", set()),
    ("qinxiuying", {"覃秀英"}),
    ("tanxiuying", {"覃秀英"}),
    ("oym", {"欧阳明"}),
    (IDS["单乐"], {"单乐"}),
    (IDS["单乐"].lower(), {"单乐"}),
    (f"{IDS['单乐'][:6]} {IDS['单乐'][6:14]} {IDS['单乐'][14:]}", {"单乐"}),
    (PHONES["韦小明"], {"韦小明"}),
    ("+86 " + PHONES["韦小明"], {"韦小明"}),
    (IDS["单乐"][:17], set()),
    ("", set()),
    ("　 ", set()),
    ("%", set()),
    ("_", set()),
    ("明%", set()),
    ("\U0010ffff", set()),
    ("'; DROP TABLE registry_person; --", set()),
    ("黄" * 5000, set()),
    ("\0", set()),
    ("小\0明", {"黄小明", "韦小明", "覃小明"}),
    ("\ud800", set()),
]


def test_what_finds_whom(homes: Loaded) -> None:
    for text, names in CASES:
        assert set(_names(text)) == names, text[:40]


def test_a_place_and_a_name(homes: Loaded) -> None:
    ensure(SYSTEM, [NewDivision("451229103203", "东山村")])
    load(
        by=SYSTEM,
        batch=b.Batch(
            people=[b.NewPerson("p", "蓝小明")],
            households=[b.NewHousehold("h", "451229103203")],
            memberships=[b.NewMembership("h", "p", head=True)],
        ),
        on=ON,
    )
    assert _names("东山村 小明") == ["蓝小明"]
    assert _names("东山村小明") == ["蓝小明"]
    assert _names("大化瑶族自治县 岩滩镇 小明") == ["蓝小明", "黄小明", "覃小明"] or set(
        _names("大化瑶族自治县 岩滩镇 小明")
    ) == {"蓝小明", "黄小明", "覃小明"}
    assert set(_names("都安瑶族自治县 小明")) == {"韦小明"}
    assert _names("没有的村 小明") == []


def test_the_likeliest_first(homes: Loaded) -> None:
    more = [b.NewPerson("1", "小明月"), b.NewPerson("2", "小明"), b.NewPerson("3", "王小明月")]
    load(
        by=SYSTEM,
        batch=b.Batch(
            people=more,
            households=[b.NewHousehold("h", VILLAGE_CODE)],
            memberships=[b.NewMembership("h", p.key, head=p.key == "1") for p in more],
        ),
        on=ON,
    )
    found = _names("小明")
    assert found[0] == "小明"
    # The dead after the living, what goes on after what is whole.
    assert set(found[1:4]) == {"黄小明", "韦小明", "覃小明"}
    assert found.index("覃小明") > found.index("韦小明")
    assert found[4:] == ["小明月", "王小明月"]


def test_what_is_told_of_somebody_found(homes: Loaded) -> None:
    (one,) = find(CLERK, IDS["黄小明"], on=DAY)
    assert (one.person, one.household, one.relation) == (homes.people["黄小明"], homes.households["黄家"], "子女")
    assert (one.area, one.matched, one.exact) == (VILLAGE_CODE, "b", True)
    assert {kind for kind, _ in one.numbers} == {"id", "phone"}
    assert IDS["黄小明"] not in repr(one)
    assert PHONES["黄小明"] not in repr(one)


def test_no_more_than_asked_for(homes: Loaded) -> None:
    assert len(_names("明", limit=2)) == 2
    assert len(_names("明", limit=0)) == 1
    assert len(_names("明", limit=-5)) == 1
    assert len(_names("明", limit=10**9)) == 4


def test_few_people_and_many_are_found_alike(homes: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    for who in (VILLAGE, CLERK, SYSTEM, replace(CLERK, scope=SYSTEM.scope.of(["451229103", "451229101"]))):
        for text in ("小明", "huang", "hgh", "明"):
            monkeypatch.setattr("doudi.server.registry.selectors.finding._FEW", 200)
            some = [f.person for f in find(who, text, on=DAY)]
            monkeypatch.setattr("doudi.server.registry.selectors.finding._FEW", 0)
            assert [f.person for f in find(who, text, on=DAY)] == some
