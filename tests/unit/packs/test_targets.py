"""By which figures of a screening a target is measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from doudi.packs import load
from doudi.packs.targets import FIGURES
from tests.unit.packs.base import faults_of, write

STANDARDS = """\
甲率:
  en: Share A
  type: 比例
  kind: target
  min: 0%
  max: 100%
  values:
    - {from: 2020-01-01, value: 100%, cites: [{document: 甲法, clause: 第一条}]}
"""


def given(targets: str) -> dict[str, str]:
    return {"standards/targets.yaml": STANDARDS, "targets.yaml": targets}


def test_they_are_read(tmp_path: Path) -> None:
    pack = load(write(tmp_path, given("甲率: {share: [已享], of: [已享, 应保未保]}\n")))
    found = pack.targets["甲率"]
    assert (found.share, found.of, found.programmes) == (("taken",), ("taken", "missed"), ())


def test_a_pack_needs_none(tmp_path: Path) -> None:
    assert load(write(tmp_path)).targets == {}


def test_our_own_name_programmes_that_there_are() -> None:
    for name in ("demo", "xiamen"):
        pack = load(name)
        assert pack.targets
        known = {p.name for p in pack.book.programmes}
        for target in pack.targets.values():
            assert set(target.programmes) <= known
            assert {*target.share, *target.of} <= set(FIGURES.values())


@pytest.mark.parametrize(
    ("targets", "code"),
    [
        ("乙率: {share: 已享, of: 在领}\n", "unknown-target"),
        ("低保标准: {share: 已享, of: 在领}\n", "unknown-target"),
        ("甲率: {share: 已经享受, of: 在领}\n", "unknown-figure"),
        ("甲率: {share: 已享, of: 在领, programmes: [没有的]}\n", "unknown-programme"),
        ("甲率: {share: 已享}\n", "missing-key"),
        ("甲率: {share: 已享, of: 在领, off: 1}\n", "unknown-key"),
        ("- 甲率\n", "not-a-mapping"),
    ],
)
def test_every_fault_is_told(tmp_path: Path, targets: str, code: str) -> None:
    assert code in {f.code for f in faults_of(write(tmp_path, given(targets)))}
