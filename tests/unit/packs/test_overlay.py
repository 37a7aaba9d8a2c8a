"""A pack over its parents: what wins on which day, what has to be said for it, and when parents disagree."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from doudi.packs import Pack, examine, load
from doudi.rules import compile_book
from doudi.rules.declared import Bands
from tests.unit.packs.base import BASE, CASES, faults_of, told, write

CITE = "cites: [{document: 甲法, clause: 第一条}]"


def right(folder: Path) -> str:
    """What ``replaces`` has to say, as the fault tells it."""
    (fault,) = [f for f in faults_of(folder) if f.code in ("needs-replaces", "replaces-other")]
    found = re.search(r"replaces: (\S+@[0-9a-f]{8})", fault.en)
    assert found is not None
    return found[1]


def formulas(pack: Pack, name: str) -> list[tuple[str, str, str]]:
    """(from, until, formula) of a rule of 户."""
    rule = next(r for r in pack.book.rules if r.name == name)
    return [(str(v.since or ""), str(v.until or ""), v.formula.source) for v in rule.versions]


def values(pack: Pack, name: str = "低保标准", key: str = "农村") -> list[tuple[int, str, str, int]]:
    """(area, from, until, yuan) of a standard's lines for one key."""
    standard = next(s for s in pack.book.standards if s.name == name)
    out = []
    for x in standard.lines:
        if x.key == key and isinstance(x.value, Fraction):
            out.append((x.area, str(x.since or ""), str(x.until or ""), int(x.value) // 100))
    return out


HUA, GUI = 451229000000, 450000000000


# --- rules
# --------------------------------------------------------------------------------------------------------------


def test_replacing_needs_the_digest_of_what_is_replaced(tmp_path: Path) -> None:
    write(tmp_path)
    low = write(tmp_path, {"rules/x.yaml": "户.人口: {formula: 人数(候选成员)}\n"}, "low", ["base"])
    assert told(low) == ["needs-replaces: 户.人口: {formula: 人数(候选成员)}"]
    low = write(
        tmp_path, {"rules/x.yaml": f"户.人口: {{formula: 人数(候选成员), replaces: {right(low)}}}\n"}, "low", ["base"]
    )
    pack = load(low)
    assert formulas(pack, "人口") == [("", "", "人数(候选成员)")]
    assert next(r for r in pack.book.rules if r.name == "人口").en == "Members"


def test_a_change_above_is_told(tmp_path: Path) -> None:
    write(tmp_path)
    rules = "户.人口: {formula: 人数(候选成员), replaces: base@00000000}\n"
    low = write(tmp_path, {"rules/x.yaml": rules}, "low", ["base"])
    pack, faults = examine(low)
    assert pack is not None
    assert [(f.code, f.severity) for f in faults if f.code == "upper-changed"] == [("upper-changed", "warning")]
    assert "upper-changed" in [w.code for w in load(low).warnings]


def test_who_replaces_is_shown_what_is_replaced(tmp_path: Path) -> None:
    """Otherwise the part of it that should have stayed is lost without a word."""
    more = """\
户.甲:
  en: A
  type: 是否
  versions:
    - {until: 2022-12-31, formula: 人口 > 1}
    - {from: 2023-01-01, formula: 城乡 = 农村  且 人口 > 2}
"""
    two_more = "".join(
        f"{x}: {{en: X, of: 人, period: 月, conditions: [计入], amount: 1 元}}\n" for x in ("另一津贴", "又一津贴")
    )
    bar = "只领一样: {en: One, kind: bar, programmes: [津贴], by: [另一津贴, 又一津贴]}\n"
    write(tmp_path, {"rules/more.yaml": more, "programmes/more.yaml": two_more, "conflicts.yaml": bar})
    low = {
        "conflicts.yaml": bar,
        "programmes/x.yaml": "低保: {conditions: [是]}\n",
        "rules/x.yaml": "户.人口: {formula: 人数(候选成员)}\n户.甲: {formula: 人口 > 3}\n",
    }
    faults = [f for f in faults_of(write(tmp_path, low, "low", ["base"])) if f.code == "needs-replaces"]
    shown = [(re.split(r"[0-9a-f]{8}", f.zh)[1], re.split(r"[0-9a-f]{8}", f.en)[1]) for f in faults]
    zh, en = "。上级现在写的是（要保留的请照抄）：", ". What it says now, of which copy what shall stay: "
    programme = (
        "conditions: [人口 > 0; 人均月收入 < 低保标准], amount: 四舍五入(取大(低保标准 - 人均月收入, 0 元) × 人口, 元)"
    )
    conflict = "kind: bar, programmes: [津贴], by: [另一津贴; 又一津贴]"
    one, two = "formula: 人口 > 1", "formula: 城乡 = 农村 且 人口 > 2"
    assert shown == [
        (zh + conflict, en + conflict),
        (zh + programme, en + programme),
        (f"{zh}formula: 人数(成员)", f"{en}formula: 人数(成员)"),
        (
            f"{zh}{one} (2022-12-31 以前)；{two} (2023-01-01 起)",
            f"{en}{one} (until 2022-12-31); {two} (from 2023-01-01)",
        ),
    ]


def test_a_change_above_is_shown_as_it_now_reads(tmp_path: Path) -> None:
    write(tmp_path)
    rules = "户.人口: {formula: 人数(候选成员), replaces: base@00000000}\n"
    _, faults = examine(write(tmp_path, {"rules/x.yaml": rules}, "low", ["base"]))
    (changed,) = [f for f in faults if f.code == "upper-changed"]
    assert changed.zh.endswith("：formula: 人数(成员)")
    assert changed.en.endswith(": formula: 人数(成员)")


def test_spaces_above_do_not_count_as_a_change(tmp_path: Path) -> None:
    write(tmp_path)
    low = write(tmp_path, {"rules/x.yaml": "户.人口: {formula: 人数(候选成员)}\n"}, "low", ["base"])
    mark = right(low)
    write(tmp_path, {"rules/income.yaml": BASE["rules/income.yaml"].replace("人数(成员)", "人数（ 成员 ）")})
    assert right(low) == mark
    write(tmp_path, {"rules/income.yaml": BASE["rules/income.yaml"].replace("人数(成员)", "人数(成员, 周岁 > 1)")})
    assert right(low) != mark


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ("户.新: {en: X, type: 整数, formula: 1, replaces: base@00000000}\n", "replaces-nothing"),
        ("户.人口: {formula: 1 人, replaces: other@00000000}\n", "replaces-other"),
        ("户.人口: {type: 金额, formula: 1 元, replaces: base@00000000}\n", "type-differs"),
        ("户.城乡: {en: X, type: 是否, formula: 是}\n", "declared-twice"),
    ],
)
def test_what_a_lower_rule_may_not_do(tmp_path: Path, rules: str, code: str) -> None:
    write(tmp_path)
    assert [f.code for f in faults_of(write(tmp_path, {"rules/x.yaml": rules}, "low", ["base"]))] == [code]


def test_a_lower_version_wins_on_its_days(tmp_path: Path) -> None:
    write(tmp_path)
    rule = "户.人口: {{from: 2022-01-01, until: 2022-12-31, formula: 人数(候选成员){}}}\n"
    low = write(tmp_path, {"rules/x.yaml": rule.format("")}, "low", ["base"])
    pack = load(write(tmp_path, {"rules/x.yaml": rule.format(f", replaces: {right(low)}")}, "low", ["base"]))
    assert formulas(pack, "人口") == [
        ("", "2021-12-31", "人数(成员)"),
        ("2022-01-01", "2022-12-31", "人数(候选成员)"),
        ("2023-01-01", "", "人数(成员)"),
    ]
    for at, formula in (
        (date(2021, 12, 31), "人数(成员)"),
        (date(2022, 1, 1), "人数(候选成员)"),
        (date(2023, 1, 1), "人数(成员)"),
    ):
        text = compile_book(pack.book, at).variables["户", "人口"].text
        assert text is not None
        assert text.source == formula


def test_a_programme_can_be_replaced(tmp_path: Path) -> None:
    write(tmp_path)
    text = f"津贴: {{conditions: [计入, 周岁 ≥ 70], amount: 50 元, {CITE}REPLACES}}\n"
    low = write(tmp_path, {"programmes/x.yaml": text.replace("REPLACES", "")}, "low", ["base"])
    mark = right(low)
    low = write(tmp_path, {"programmes/x.yaml": text.replace("REPLACES", f", replaces: {mark}")}, "low", ["base"])
    (programme,) = (p for p in load(low).book.programmes if p.name == "津贴")
    assert (programme.period, programme.entity, programme.en) == ("月", "人", "Allowance")
    assert [c.formula.source for c in programme.versions[0].conditions] == ["计入", "周岁 ≥ 70"]


# --- standards
# ----------------------------------------------------------------------------------------------------------


def low_values(
    root: Path, *lines: str, name: str = "low", parents: tuple[str, ...] = ("base",), area: str = "化"
) -> Path:
    text = "低保标准:\n  values:\n" + "".join(f"    - {{{x}, {CITE}}}\n" for x in lines)
    return write(root, {"standards/x.yaml": text}, name, list(parents), area)


def test_values_stand_beside_those_above(tmp_path: Path) -> None:
    write(tmp_path)
    pack = load(low_values(tmp_path, "from: 2021-01-01, value: {农村: 550 元}"))
    assert values(pack) == [(0, "2020-01-01", "", 500), (HUA, "2021-01-01", "", 550)]
    assert [x.pack for x in next(s for s in pack.book.standards if s.name == "低保标准").lines if x.key == "农村"] == [
        "base",
        "low",
    ]


def test_a_lower_value_cuts_the_one_above(tmp_path: Path) -> None:
    write(tmp_path)
    pack = load(low_values(tmp_path, "area: 全国, from: 2021-01-01, until: 2021-12-31, value: {农村: 550 元}"))
    assert values(pack) == [
        (0, "2020-01-01", "2020-12-31", 500),
        (0, "2021-01-01", "2021-12-31", 550),
        (0, "2022-01-01", "", 500),
    ]
    assert values(pack, key="城市") == [(0, "2020-01-01", "", 600)]


def test_raise_is_the_higher_of_both_on_every_day(tmp_path: Path) -> None:
    write(tmp_path)
    low_values(
        tmp_path,
        "from: 2021-01-01, until: 2021-12-31, value: {农村: 550 元}",
        "from: 2022-01-01, value: {农村: 700 元}",
        name="middle",
        area="桂",
    )
    pack = load(low_values(tmp_path, "mode: raise, from: 2020-07-01, value: {农村: 600 元}", parents=("middle",)))
    assert [v for v in values(pack) if v[0] == HUA] == [
        (HUA, "2020-07-01", "2021-12-31", 600),
        (HUA, "2022-01-01", "", 700),
    ]


def test_raise_does_not_see_its_own_pack(tmp_path: Path) -> None:
    write(tmp_path)
    lines = (
        "area: 桂, from: 2021-01-01, value: {农村: 900 元}",
        "mode: raise, from: 2021-01-01, value: {农村: 600 元}",
    )
    pack = load(low_values(tmp_path, *lines))
    assert [v for v in values(pack) if v[0] == HUA] == [(HUA, "2021-01-01", "", 600)]


def test_raise_is_stale_as_soon_as_either_is(tmp_path: Path) -> None:
    write(tmp_path)
    low_values(tmp_path, "from: 2021-01-01, review_by: 2022-06-30, value: {农村: 550 元}", name="middle", area="桂")
    pack = load(
        low_values(
            tmp_path, "mode: raise, from: 2021-01-01, review_by: 2023-01-01, value: {农村: 600 元}", parents=("middle",)
        )
    )
    (line,) = (x for s in pack.book.standards for x in s.lines if x.area == HUA and s.name == "低保标准")
    assert (line.value, line.review_by) == (Fraction(60_000), date(2022, 6, 30))


def test_raise_of_bands_is_higher_at_every_point(tmp_path: Path) -> None:
    write(tmp_path)
    text = f"津贴标准:\n  values:\n    - {{mode: raise, bands: {{70: 50 元, 85: 150 元, 95: 180 元}}, below: 10 元, {CITE}}}\n"
    pack = load(write(tmp_path, {"standards/x.yaml": text}, "low", ["base"], "化"))
    (line,) = (x for s in pack.book.standards for x in s.lines if x.area == HUA)
    assert isinstance(line.value, Bands)
    steps = [(int(x), int(y) // 100) for x, y in line.value.steps]
    assert steps == [(70, 50), (80, 100), (85, 150), (90, 200), (95, 200)]
    assert line.value.below == 1000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"低保标准: {{type: 金额, values: [{{value: 1 元, {CITE}}}]}}\n", "standard-redeclared"),
        ("低保标准: {}\n", "missing-key"),
    ],
)
def test_a_lower_pack_gives_values_only(tmp_path: Path, text: str, code: str) -> None:
    write(tmp_path)
    assert [f.code for f in faults_of(write(tmp_path, {"standards/x.yaml": text}, "low", ["base"]))] == [code]


def test_an_area_of_several_gives_each_the_value(tmp_path: Path) -> None:
    write(tmp_path)
    files = {
        "areas.yaml": '片: {members: [化, "45"], en: Both}\n',
        "standards/x.yaml": f"低保标准:\n  values:\n    - {{area: 片, value: {{农村: 700 元}}, {CITE}}}\n",
    }
    pack = load(write(tmp_path, files, "low", ["base"]))
    assert [v for v in values(pack) if v[3] == 700] == [(GUI, "", "", 700), (HUA, "", "", 700)]


# --- what can only be added
# ---------------------------------------------------------------------------------------------


def test_a_category_can_grow_at_its_end(tmp_path: Path) -> None:
    write(tmp_path)
    pack = load(write(tmp_path, {"categories.yaml": "城乡: {adds: {牧区: pastoral}}\n"}, "low", ["base"]))
    (category,) = (c for c in pack.book.categories if c.name == "城乡")
    assert [v for v, _ in category.values] == ["城市", "农村", "牧区"]
    assert next(f for f in pack.book.facts if f.name == "城乡").hi == 2


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        ({"categories.yaml": "城乡: {adds: {城市: city}}\n"}, ["declared-twice"]),
        ({"categories.yaml": "城乡: {en: X, values: {甲: a}}\n"}, ["declared-twice"]),
        ({"entities.yaml": "车: {en: Car, file: car, of: 户, max_rows: 2}\n"}, ["entities-in-lower-pack"]),
        ({"facts.yaml": "户.城乡: {en: X, type: 是否}\n"}, ["declared-twice"]),
        ({"areas.yaml": '化: {code: "4513", en: Hua}\n'}, ["declared-twice"]),
        ({"areas.yaml": '化: {code: "451229", en: Other}\n'}, []),
    ],
)
def test_what_is_declared_above_stays(tmp_path: Path, files: dict[str, str], codes: list[str]) -> None:
    write(tmp_path)
    assert [f.code for f in faults_of(write(tmp_path, files, "low", ["base"]))] == codes


# --- two parents
# --------------------------------------------------------------------------------------------------------


def test_the_later_parent_is_the_lower(tmp_path: Path) -> None:
    write(tmp_path)
    low_values(tmp_path, "value: {农村: 700 元}", name="one")
    low_values(tmp_path, "value: {城市: 800 元}", name="two", area="桂")
    pack = load(write(tmp_path, {}, "both", ["one", "two"]))
    assert [info.name for info in pack.chain] == ["both", "two", "one", "base"]
    assert (HUA, "", "", 700) in values(pack)
    assert (GUI, "", "", 800) in values(pack, key="城市")


def test_parents_that_say_the_same_do_not_disagree(tmp_path: Path) -> None:
    write(tmp_path)
    for name in ("one", "two"):
        low_values(tmp_path, "value: {农村: 700 元}", name=name)
    assert faults_of(write(tmp_path, {}, "both", ["one", "two"])) == []


def test_parents_that_differ_on_a_value_are_settled_below(tmp_path: Path) -> None:
    write(tmp_path)
    low_values(tmp_path, "value: {农村: 700 元}", name="one")
    low_values(tmp_path, "from: 2021-01-01, value: {农村: 800 元}", name="two")
    assert told(write(tmp_path, {}, "both", ["one", "two"])) == ["parents-disagree: two]"]
    both = low_values(
        tmp_path, "from: 2021-01-01, until: 2021-12-31, value: {农村: 750 元}", name="both", parents=("one", "two")
    )
    (fault,) = faults_of(both)
    assert fault.code == "parents-disagree"
    assert "2022-01-01" in fault.zh
    both = low_values(tmp_path, "from: 2021-01-01, value: {农村: 750 元}", name="both", parents=("one", "two"))
    assert faults_of(both) == []


def test_a_parent_that_raises_does_not_disagree(tmp_path: Path) -> None:
    write(tmp_path)
    low_values(tmp_path, "value: {农村: 700 元}", name="county")
    low_values(tmp_path, "mode: raise, value: {农村: 650 元}", "mode: raise, value: {城市: 650 元}", name="belt")
    pack = load(write(tmp_path, {}, "both", ["county", "belt"]))
    assert [v for v in values(pack) if v[0] == HUA] == [(HUA, "", "", 700)]


def test_parents_that_differ_on_a_rule_are_settled_below(tmp_path: Path) -> None:
    write(tmp_path)
    for name, formula in (("one", "1 人"), ("two", "2 人")):
        text = f"户.新: {{en: X, type: 整数 人, formula: {formula}}}\n"
        write(tmp_path, {"rules/x.yaml": text}, name, ["base"])
    assert told(write(tmp_path, {}, "both", ["one", "two"])) == ["parents-disagree: two]"]
    rule = "户.新: {{formula: 3 人{}}}\n"
    both = write(tmp_path, {"rules/x.yaml": rule.format("")}, "both", ["one", "two"])
    assert right(both).startswith("two@")
    both = write(tmp_path, {"rules/x.yaml": rule.format(f", replaces: {right(both)}")}, "both", ["one", "two"])
    assert formulas(load(both), "新") == [("", "", "3 人")]


def test_parents_that_declare_a_standard_differently(tmp_path: Path) -> None:
    write(tmp_path)
    for name, top in (("one", 1), ("two", 2)):
        write(tmp_path, {"standards/x.yaml": f"额: {{en: X, type: 金额, min: 0 元, max: {top} 元}}\n"}, name, ["base"])
    assert told(write(tmp_path, {}, "both", ["one", "two"])) == ["parents-disagree: two]"]


@pytest.mark.parametrize(
    ("packs", "top", "expected"),
    [
        ({"a": ["b"], "b": ["a"]}, "a", ["parent-circle: a]"]),
        ({"a": ["base"], "b": ["a", "base"]}, "b", ["parents-order: base]"]),
        ({"a": ["base"], "b": ["base", "a"]}, "b", []),
        ({"a": ["base", "base"]}, "a", ["duplicate-parent: base]"]),
        ({"a": ["bose"]}, "a", ["unknown-parent: bose]"]),
    ],
)
def test_chains(tmp_path: Path, packs: dict[str, list[str]], top: str, expected: list[str]) -> None:
    write(tmp_path)
    for name, parents in packs.items():
        write(tmp_path, {}, name, parents)
    assert told(tmp_path / top) == expected


def test_a_parent_must_be_what_it_is_called(tmp_path: Path) -> None:
    write(tmp_path, {"pack.yaml": BASE["pack.yaml"].replace("name: base", "name: best")})
    assert told(write(tmp_path, {}, "low", ["base"])) == ["name-differs: base]"]


def test_a_parent_beside_comes_before_one_of_ours(tmp_path: Path) -> None:
    write(tmp_path, {"pack.yaml": BASE["pack.yaml"].replace("name: base", "name: national")}, "national")
    assert load(write(tmp_path, {}, "low", ["national"])).chain[1].folder == tmp_path / "national"
    assert load(write(tmp_path / "elsewhere", {}, "low", ["national"])).chain[1].folder != tmp_path / "national"


def test_cases_are_those_of_the_pack_itself(tmp_path: Path) -> None:
    write(tmp_path, {"cases/a.yaml": CASES})
    assert len(load(tmp_path / "base").cases) == 3
    assert load(write(tmp_path, {}, "low", ["base"])).cases == ()
