"""Names, dates and numbers with slips; the evidence for a pair; and that nothing which could be raised is ruled out beforehand."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from random import Random

import numpy as np
import pytest

from doudi.screening.workbook.idnumber import check_character
from doudi.server.registry.duplicates.core import dates, lunar, names, numbers
from doudi.server.registry.duplicates.core.blocks import KINDS, Cut, pairs
from doudi.server.registry.duplicates.core.bounds import bound
from doudi.server.registry.duplicates.core.columns import Builder
from doudi.server.registry.duplicates.core.compare import One, compare
from doudi.server.registry.duplicates.core.evidence import FLAT, THRESHOLD, sentence
from doudi.server.registry.duplicates.core.evidence import KINDS as SENTENCES
from doudi.server.registry.duplicates.core.find import Sweep
from doudi.server.registry.duplicates.core.lookalikes import GROUPS

VILLAGE, NEXT, OTHER_TOWN, OTHER_COUNTY = "990101001001", "990101001002", "990101002001", "990102001001"


def an_id(first: str) -> str:
    return first + check_character(first)


class Few:
    """Everything is shared by two."""

    def name(self, key: str) -> int:
        return 2

    sound = near = shape = name

    def day(self, born: int) -> int:
        return 2


def score(a: One, b: One) -> int:
    return compare(a, b, Few()).score


def someone(
    name: str, born: int = 19800115, number: str = "", area: str = VILLAGE, household: int = 0, sex: str = "男"
) -> One:
    return One(names.name(name), sex, born, number, (area,), household)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ("王小明", "王小明", "same"),
        ("王 小明", "王小明", "same"),
        ("买买提·艾力", "买买提艾力", "same"),
        ("王小明", "王晓明", "sound"),
        ("单小明", "善小明", "sound"),
        ("单小明", "丹小明", "sound"),
        ("覃秀英", "谭秀英", "sound"),
        ("覃秀英", "秦秀英", "sound"),
        ("张志刚", "章自刚", "mixed"),
        ("王林", "王宁", "near"),
        ("李钧", "李钓", "shape"),
        ("杨末", "扬未", "mixed"),
        ("王芳明", "王明芳", "order"),
        ("王小芳", "王芳", "part"),
        ("王小明", "王小亮", "one"),
        ("王小明", "李小明", "given"),
        ("王芳", "王丽", "surname"),
        ("王芳", "李丽", "different"),
        ("", "李丽", "unknown"),
    ],
)
def test_names(a: str, b: str, said: str) -> None:
    assert names.relation(names.name(a), names.name(b)) == said
    assert names.relation(names.name(b), names.name(a)) == said


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (19800115, 19800115, "same"),
        (19800511, 19801105, "month-day"),
        (19800115, 19791128, "farmers"),
        (19800115, 19801128, "farmers"),
        (19750312, 19570312, "swap"),
        (19800112, 19800121, "swap"),
        (19800115, 19810115, "digit"),
        (19800115, 19800101, "month"),
        (19800115, 19800128, "near"),
        (19800101, 19801128, "farmers"),
        (19800101, 19800923, "year"),
        (19800115, 19911003, "different"),
        (0, 19911003, "unknown"),
    ],
)
def test_birth_dates(a: int, b: int, said: str) -> None:
    found = dates.relation(a, b)
    assert found == dates.relation(b, a)
    assert found == said or (said == "farmers" and found in ("farmers", "year"))


def test_one_slip_from_a_date_finds_all_that_a_slip_makes() -> None:
    chance = Random(4)
    days = [int(f"{chance.randint(1930, 2020)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}") for _ in range(60)]
    for day in days:
        others = {*dates.one_slip_from(day)}
        assert day in others
        assert len(others) < 90
        for w in lunar.written_as_common(day):
            assert day in dates.one_slip_from(w)
        assert all(
            dates.relation(day, o) in ("same", "month-day", "farmers", "swap", "digit", "year", "month", "near")
            for o in others
        )


def test_the_farmers_calendar_has_its_new_years() -> None:
    for day, year in ((19000131, 1900), (19490129, 1949), (19800216, 1980), (20240210, 2024), (20260217, 2026)):
        assert lunar.farmers_date(day) == (year, 1, 1)
    assert lunar.farmers_date(19761001) == (1976, 8, 8)  # in the leap eighth month
    assert lunar.farmers_date(18990101) is None
    assert lunar.farmers_date(19800230) is None


def test_numbers() -> None:
    true = an_id("99010119800115123")
    assert numbers.relation(true, true)[0] == "same"
    assert numbers.relation(true, "") == ("none", -1)
    assert numbers.relation(true, an_id("99010119800115124")) == ("digit", 16)
    assert numbers.relation(true, an_id("99010119800151123")) == ("swap", 12)
    assert numbers.relation(true, true[:17] + ("1" if true[17] != "1" else "2"))[0] == "check"
    assert numbers.relation(true, an_id("99010119800216123"))[0] == "different"
    assert numbers.relation("H1234567", true)[0] == "different"
    near = list(numbers.one_slip_from(true))
    assert an_id("99010119800115124") in near
    assert an_id("99010119800151123") in near
    assert true not in near
    assert len(near) < 400
    assert list(numbers.one_slip_from("H1234567")) == []


def test_what_is_raised_and_what_is_not() -> None:
    one = someone("韦小明")
    assert score(one, someone("韦晓明")) >= THRESHOLD
    assert score(one, someone("韦小明", born=19801501 % 10**8 or 0)) >= 0
    assert score(one, someone("韦小明", born=19810115)) >= THRESHOLD
    assert score(one, someone("蓝大花")) < THRESHOLD
    a, b = an_id("99010119800115123"), an_id("99010119800115345")
    assert score(someone("韦小明", number=a), someone("蓝大花", 19700203, number=a, sex="女")) >= FLAT["id-same"]
    assert score(someone("韦小明", number=a), someone("韦小明", number=b, area=OTHER_COUNTY)) < THRESHOLD


def test_twins_and_siblings_are_two_people() -> None:
    a, b = someone("王小明", household=7), someone("王小亮", household=7)
    assert score(a, b) < THRESHOLD
    assert "twins" in {e.code for e in compare(a, b, Few()).evidence}
    grown = someone("王小亮", household=8)
    assert score(a, grown) < THRESHOLD
    ids = an_id("99010119800115123"), an_id("99010119800115125")
    assert (
        score(someone("王小明", number=ids[0], household=7), someone("王小亮", number=ids[1], household=7)) < THRESHOLD
    )
    assert score(someone("王小明", household=7), someone("王小明", household=7)) >= THRESHOLD, (
        "entered twice in one household"
    )


def test_every_piece_of_evidence_can_be_said() -> None:
    for code in {*FLAT, *SENTENCES}:
        stored = {"code": code, "points": 1, "values": {"count": 3, "place": 4, "next": 5, "parts": "yd"}}
        assert "{" not in sentence(stored, "zh") + sentence(stored, "en")
        assert code in SENTENCES
    assert sentence({"code": "born-digit", "values": {"parts": "yd"}}, "zh") == "出生日期只有一位数字不同（年、日）"
    assert sentence({"code": "from-a-later-release"}, "en") == "from-a-later-release"


def test_a_character_stands_in_one_group() -> None:
    characters = "".join(GROUPS)
    assert len(characters) == len(set(characters))
    assert all(len(g) > 1 for g in GROUPS)


def _crowd(size: int = 150) -> Builder:
    """People built to be near each other in every way."""
    chance = Random(7)
    builder = Builder()
    surnames, given = (
        "王汪李单善丹覃谭韦书",
        ["小明", "晓明", "小亮", "明小", "明", "钧", "钓", "林", "宁", "志刚", "自刚", "晓", "乐朝", "岳超", ""],
    )
    born = [0, 19800115, 19800101, 19791128, 19801501 % 100, 19810115, 19800511, 19801105, 19570312, 19750312]
    areas = ["", VILLAGE, NEXT, OTHER_TOWN, OTHER_COUNTY, "990101", "990101001"]
    firsts = ["99010119800115123", "99010119800115124", "99010119800151123", "99010219800115123", "99010119750312001"]
    for k in range(size):
        day = chance.choice(born)
        builder.add(
            k + 1,
            chance.choice(surnames) + chance.choice(given) if k % 40 else "",
            chance.choice(("男", "女", "")),
            day if day > 10**7 else 0,
            chance.choice(areas),
            chance.choice(["", "", VILLAGE]),
        )
    for k in range(size):
        if chance.random() < 0.5:
            first = chance.choice(firsts)
            builder.number(k, chance.choice((an_id(first), first + "1", first + "X")))
        elif chance.random() < 0.1:
            builder.number(k, chance.choice(("H1234567", "H7654321")))
        if chance.random() < 0.3:
            builder.live_in(k, chance.randint(1, 9))
        if chance.random() < 0.2:
            builder.reached_by(k, bytes([chance.randint(1, 5)] * 32))
    return builder


def test_the_bound_is_never_below_the_score() -> None:
    columns = _crowd().columns()
    sweep = Sweep(columns)
    rows = list(combinations(range(len(columns)), 2))
    a, b = (np.array(side, dtype=np.int64) for side in zip(*rows, strict=True))
    most = bound(columns, a, b, contacts=True)
    for (x, y), least in zip(rows, most.tolist(), strict=True):
        found = sweep.compare(x, y).compared
        assert found.score <= least, (columns.one(x), columns.one(y), found)


def test_a_sweep_finds_what_comparing_all_with_all_finds() -> None:
    columns = _crowd(110).columns()
    sweep = Sweep(columns)
    all_pairs = {
        (f.a, f.b)
        for x, y in combinations(range(len(columns)), 2)
        if (f := sweep.compare(x, y)).compared.score >= THRESHOLD
    }
    found: list[tuple[int, int]] = []
    for kind in KINDS:
        stage, raised = sweep.stage(kind)
        found += [(f.a, f.b) for f in raised]
        assert stage.said()["left_out"] == 0
    assert len(found) == len(set(found)), "a pair comes once"
    assert set(found) <= all_pairs
    missed = all_pairs - set(found)
    # Blocks are keys of one slip: what is left are pairs of several slips.
    assert len(missed) <= len(all_pairs) // 20


def test_a_key_that_thousands_share_is_cut_and_said_to_be() -> None:
    builder = Builder()
    for k in range(1_000):
        builder.add(k + 1, "王芳", "女", 19800101, VILLAGE)
    columns = builder.columns()
    cut = Cut()
    looked = sum(len(a) for a, _ in pairs(columns, "name-and-township", cut, window=20))
    assert looked == cut.pairs < 2 * 20 * 1_000
    assert cut.cut_blocks >= 1
    assert cut.left_out > 400_000


def test_nobody_to_compare_is_not_no_duplicates() -> None:
    sweep = Sweep(Builder().columns())
    for kind in KINDS:
        stage, raised = sweep.stage(kind)
        assert list(raised) == []
        assert stage.said()["people"] == 0


def test_the_core_knows_no_django() -> None:
    code = "import sys, doudi.server.registry.duplicates.core.find; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
