"""What a pack leaves to areas is proven by the cases of packs that stand on it; targets are no case's business."""

from __future__ import annotations

from pathlib import Path

from doudi.packs import load
from doudi.packs.mutate import mutate
from doudi.packs.pack import standing_on

FILES: dict[str, dict[str, str]] = {
    "upper": {
        "pack.yaml": "name: upper\nzh: 上\nen: Upper\narea: 全国\ndocuments: {法: {zh: 法, en: Law, status: unverified}}\n",
        "areas.yaml": '全国: {code: "0", en: China}\n化: {code: "451229", en: Hua}\n',
        "entities.yaml": "户: {en: Household, file: household}\n",
        "facts.yaml": "户.户籍地: {en: Area, type: 地区}\n户.收入: {en: Income, type: 金额, min: 0 元, max: 1 万元}\n",
        "standards.yaml": """\
线: {en: Line, type: 金额, look_up: {area: 户.户籍地}, min: 0 元, max: 1 万元, values: []}
均线:
  {en: Average, type: 金额, kind: target, min: 0 元, max: 1 万元, values: [{value: 9 元, cites: [{document: 法,
  clause: 一}]}]}
""",
        "rules.yaml": "户.贫困: {en: Poor, type: 是否, formula: 收入 < 线}\n",
    },
    "lower": {
        "pack.yaml": "name: lower\nzh: 下\nen: Lower\narea: 化\nparents: [upper]\n",
        "standards.yaml": "线: {values: [{value: 500 元, cites: [{document: 法, clause: 二}]}]}\n",
        "cases.yaml": """\
cases:
  - {case: 在线上, why: 500 元不低于 500 元, as_of: 2024-01-01, household: {户籍地: 化, 收入: 500 元}, expect: {贫困:
  否}}
  - {case: 差一分, why: 499.99 元低于 500 元, as_of: 2024-01-01, household: {户籍地: 化, 收入: 499.99 元}, expect:
  {贫困: 是}}
""",
    },
}


def written(folder: Path) -> None:
    for pack, files in FILES.items():
        (folder / pack).mkdir()
        for name, text in files.items():
            (folder / pack / name).write_text(text, encoding="utf-8")


def test_cases_below_prove_what_is_left_to_areas(tmp_path: Path) -> None:
    written(tmp_path)
    upper = load(tmp_path / "upper")
    alone = mutate(upper)
    assert [m.mutation for m in alone.survivors] == ["收入 < 线：< 改为 ≤"]
    assert [p.name for p in standing_on(upper)] == ["lower"]
    helped = mutate(upper, below=standing_on(upper))
    assert (helped.changes, helped.noticed, helped.survivors) == (alone.changes, alone.changes, ())


def test_targets_are_not_changed(tmp_path: Path) -> None:
    written(tmp_path)
    assert not any("均线" in m.rule for m in mutate(load(tmp_path / "upper")).survivors)
