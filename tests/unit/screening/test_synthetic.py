"""The synthetic county of a pack, and the command that makes it."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from doudi.cli.main import main
from doudi.packs import load
from doudi.rules import compile_book
from doudi.screening.facts import schema_of
from doudi.screening.generate import places_of
from doudi.screening.parts import MANIFEST, open_facts
from doudi.screening.synthetic import county, home, terms_in_force
from doudi.screening.validate import validate_folder


def test_people_live_in_the_townships_of_the_pack() -> None:
    assert len(places_of(home(load("dahua")))) == 16
    # No townships are declared for these: they are made up inside the pack's own area.
    for name, code in (("shaanxi", 61), ("xiamen", 3502)):
        codes = {p.code for p in places_of(home(load(name)))}
        assert all(str(c).startswith(str(code)) for c in codes)
    assert all(p.code // 10**10 == 99 for p in places_of(home(load("national"))))


def test_without_standards_nobody_is_paid(tmp_path: Path) -> None:
    pack = load("dahua")
    ruleset = compile_book(pack.book, date(2024, 7, 1))
    assert terms_in_force(pack, ruleset) is None
    facts = county(tmp_path, pack, ruleset, households=300, seed=1)
    assert facts.rows["household_received"] == facts.rows["received"] == 0
    assert list(validate_folder(schema_of(pack.book), facts)) == []


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["generate", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_writes_the_same_files_each_time(tmp_path: Path) -> None:
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    assert run("--out", a, "--households", "400", "--seed", "3")[0] == 0
    assert run("--out", b, "--households", "400", "--seed", "3", "--threads", "1")[0] == 0
    assert (tmp_path / "a" / MANIFEST).read_bytes() == (tmp_path / "b" / MANIFEST).read_bytes()
    facts = open_facts(tmp_path / "a", schema_of(load("demo").book))
    facts.verify()
    assert facts.rows["household"] == 400
    assert facts.rows["household_received"] > 0
    assert json.loads((tmp_path / "a" / MANIFEST).read_text(encoding="utf-8"))["seed"] == 3


@pytest.mark.parametrize(("lang", "word"), [("zh", "未覆盖"), ("en", "left as they are")])
def test_the_command_does_not_overwrite_unless_told(tmp_path: Path, lang: str, word: str) -> None:
    words = ("--out", str(tmp_path), "--households", "50", "--lang", lang)
    assert run(*words)[0] == 0
    code, said = run(*words, "--month", "2024-05")
    assert code == 2
    assert word in said
    assert run(*words, "--month", "2024-05", "--overwrite")[0] == 0
    assert open_facts(tmp_path).month == date(2024, 5, 1)


def test_the_command_says_that_nobody_is_paid(tmp_path: Path) -> None:
    code, said = run("--out", str(tmp_path), "--households", "20", "--pack", "dahua")
    assert code == 0
    assert "不生成发放记录" in said
