"""A pack of standards read over a loaded one is what loading it from its folder gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from doudi.packs import Pack, load
from doudi.packs.extend import extend
from doudi.rules import Faults
from tests.unit.packs.base import write

PACK = """\
name: over
zh: 上
en: Over
area: 化
parents: [base]
documents:
  丙号: {zh: 丙号文, en: Document C, status: document}
"""
VALUES = """\
低保标准:
  values:
    - {area: "451229", from: 2024-07-01, value: {农村: 550 元}, cites: [{document: 丙号, clause: 全文}]}
    - {from: 2025-01-01, until: 2025-06-30, mode: raise, value: 580 元, cites: [{document: 甲法, clause: 第一条}]}
津贴标准:
  values:
    - {bands: {80: 150 元}, below: 0 元, cites: [{document: 丙号, clause: 全文}]}
"""
FITTING = VALUES.replace("from: 2025-01-01, until", "area: 桂, from: 2025-01-01, until")


@pytest.fixture
def base(tmp_path: Path) -> Pack:
    return load(write(tmp_path))


def over(base: Pack, values: str = VALUES, header: str = PACK) -> Path:
    folder = base.info.folder.parent / "over"
    (folder / "standards").mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(header, encoding="utf-8")
    (folder / "standards/a.yaml").write_text(values, encoding="utf-8")
    return folder


def test_it_is_what_loading_gives(base: Pack) -> None:
    before = (base.book.digest, base.state.documents.keys(), dict(base.state.owners))
    folder = over(base, FITTING)
    made, faults = extend(base, folder)
    whole = load(folder)
    assert made is not None
    assert faults == []
    assert (made.book, made.chain, made.documents, made.warnings, made.labels) == (
        whole.book, whole.chain, whole.documents, whole.warnings, whole.labels,
    )  # fmt: skip
    assert made.book.digest == whole.book.digest != base.book.digest
    assert before == (base.book.digest, base.state.documents.keys(), dict(base.state.owners))


def test_an_area_goes_on_under_more_codes(base: Pack) -> None:
    folder = over(base, FITTING)
    (folder / "areas.yaml").write_text('化: {adds: ["451281", "451290"]}\n', encoding="utf-8")
    made, faults = extend(base, folder)
    assert (made and made.book.digest, faults) == (load(folder).book.digest, [])
    (area,) = [a for a in made.book.areas if a.name == "化"] if made else []
    assert (area.code, area.members) == (451229000000, (451229000000, 451281000000, 451290000000))
    assert next(a for a in base.book.areas if a.name == "化").members == ()


@pytest.mark.parametrize("areas", ['花: {adds: ["451281"]}\n', '化: {adds: ["4512811"]}\n', "化: {code: '451229'}\n"])
def test_codes_that_no_area_can_go_on_under(base: Pack, areas: str) -> None:
    folder = over(base, FITTING)
    (folder / "areas.yaml").write_text(areas, encoding="utf-8")
    made, faults = extend(base, folder)
    assert made is None
    with pytest.raises(Faults) as raised:
        load(folder)
    assert {f.code for f in faults} == {f.code for f in raised.value.faults}


@pytest.mark.parametrize(
    "values",
    [
        VALUES.replace("550 元", "2 万元"), VALUES.replace("低保标准", "低保标淮"), VALUES.replace("农村", "农材"),
        VALUES.replace("丙号", "丁号"), VALUES.replace("  values", "  min: 1 元\n  values"), VALUES.replace("451229", "4512290"),
        VALUES, VALUES.replace("    -", "   -", 1), VALUES + "低保标准: {values: []}\n",
    ],
)  # fmt: skip
def test_it_finds_the_faults_that_loading_finds(base: Pack, values: str) -> None:
    folder = over(base, values)
    made, faults = extend(base, folder)
    assert made is None
    with pytest.raises(Faults) as raised:
        load(folder)
    assert {(f.code, str(f.where)) for f in faults} >= {(f.code, str(f.where)) for f in raised.value.faults}
    assert {f.code for f in faults} <= {f.code for f in raised.value.faults} | {
        "bad-type",
        "missing-key",
        "unknown-clause",
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rules.yaml", "户.甲: {en: A, type: 金额, formula: 1 元}\n"),
        ("pack.yaml", PACK.replace("[base]", "[national]")),
        ("pack.yaml", PACK.replace("[base]", "[]")),
        ("pack.yaml", PACK.replace("name: over", "name: base")),
    ],
)
def test_any_other_pack_is_not_for_it(base: Pack, name: str, text: str) -> None:
    folder = over(base)
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError):
        extend(base, folder)


def test_a_header_that_cannot_be_read(base: Pack) -> None:
    made, faults = extend(base, over(base, header="name: [\n"))
    assert made is None
    assert faults
