"""The how-to for officers is true: the pack that it builds, in either language's text, checks and its cases come out as worked by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doudi.packs.cases import run_cases
from doudi.packs.pack import examine

DOCS = Path(__file__).resolve().parents[2] / "docs" / "how-to"
BLOCK = re.compile(r"```yaml\n# (\S+\.yaml)\n(.*?)```", re.DOTALL)


def written(page: str, folder: Path) -> Path:
    """Every YAML block of the page that begins with a file's name, as files of a pack."""
    pack = folder / "qingshi"
    for name, text in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(text, encoding="utf-8")
    return pack


@pytest.mark.parametrize("page", ["write-a-pack.zh-CN.md", "write-a-pack.md"])
def test_the_pack_of_the_how_to_checks_and_its_cases_pass(page: str, tmp_path: Path) -> None:
    pack, faults = examine(written(page, tmp_path), thorough=True)
    own = [f for f in faults if f.severity == "error" or f.where.file.startswith("qingshi")]
    assert not own, "\n".join(f.said("en") for f in own)
    assert pack is not None
    report = run_cases(pack)
    assert report.cases == 12
    assert not report.differences, report.differences


def test_both_pages_build_the_same_pack(tmp_path: Path) -> None:
    blocks = [
        dict(BLOCK.findall((DOCS / page).read_text(encoding="utf-8")))
        for page in ("write-a-pack.zh-CN.md", "write-a-pack.md")
    ]
    assert blocks[0].keys() == blocks[1].keys()
    assert blocks[0]["programmes/nutrition.yaml"] == blocks[1]["programmes/nutrition.yaml"]
