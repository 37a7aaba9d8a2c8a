"""Whatever is written in a pack, the answer is a fault or a pack: never a crash."""

import random
import re
import shutil
from pathlib import Path

import pytest

from doudi.packs import examine
from doudi.packs.cases import run_cases
from doudi.packs.coverage import check_references
from tests.unit.packs.base import BASE, CASES, write
from tests.unit.packs.test_cases import DERIVED
from tests.unit.packs.test_coverage import CLAUSES

CITE = "cites: [{document: 甲法, clause: 第一条}]"
FILES = {
    **BASE,
    "cases/a.yaml": CASES,
    "clauses.yaml": CLAUSES,
    "derived.yaml": DERIVED,
    "conflicts.yaml": f"并: {{en: X, kind: cumulate, programmes: [低保], {CITE}}}\n",
    "survivors.yaml": "- {rule: 甲, mutation: 乙, reason: 丙}\n",
}
SCRAPS = [
    "", "null", "[]", "{}", "是", "1", "-1", "0 元", "1/0", "金额", "整数 岁", "类别 城乡", "户.人口", "人口", "如果", "99999999999999",
    "2024-01-01", "9999-12-31", "0001-01-01", "[1, 2]", "{a: 1}", "'", '"', "&a", "*a", "!t", ":", "- ", "(", "）", "  ", "\t", "\n",
]  # fmt: skip
WORD = re.compile(r"[^\s,{}\[\]:]+")


def spoilt(text: str, chance: random.Random) -> str:
    """``text`` with one word replaced, one line doubled or gone, or a scrap put in anywhere."""
    found, lines = list(WORD.finditer(text)), text.split("\n")
    match chance.choice("wwdls"):
        case "w" if found:
            word, other = chance.choice(found), chance.choice(found).group()
            return text[: word.start()] + chance.choice([*SCRAPS, other]) + text[word.end() :]
        case "d":
            del lines[chance.randrange(len(lines))]
        case "l":
            lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
        case _:
            at = chance.randrange(len(text) + 1)
            return text[:at] + chance.choice(SCRAPS) + text[at:]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_no_text_is_too_much(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        files = dict(FILES)
        for name in chance.choices(list(files), k=chance.choice([1, 1, 2])):
            files[name] = spoilt(files[name], chance)
        pack, faults = examine(write(tmp_path, files), thorough=True)
        assert all(f.zh and f.en for f in faults)
        if pack is not None and not any(f.severity == "error" for f in faults):
            check_references(pack)
            run_cases(pack)
        shutil.rmtree(tmp_path / "base")
