"""``doudi check-pack`` and ``doudi coverage`` as a user runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from doudi.cli.main import COMMANDS, main
from tests.unit.packs.base import BASE, CASES, write
from tests.unit.packs.test_coverage import CLAUSES


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_a_good_pack(tmp_path: Path) -> None:
    result = run("check-pack", str(write(tmp_path, {"cases/a.yaml": CASES})))
    assert result.exit_code == 0, result.output
    assert "案例 3 个，15 处核对，通过 3 个（scalar、block）" in result.output
    assert "通过" in result.output.splitlines()[-1]


def test_a_good_pack_in_english(tmp_path: Path) -> None:
    result = run("check-pack", str(write(tmp_path, {"cases/a.yaml": CASES})), "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "3 cases, 15 checks, 3 passed (scalar, block)" in result.output


def test_every_fault_is_told_and_the_status_is_2(tmp_path: Path) -> None:
    rules = BASE["rules/income.yaml"].replace("人数(成员)", "人数(成圆)").replace("满周岁", "慢周岁")
    result = run(
        "check-pack",
        str(write(tmp_path, {"rules/income.yaml": rules, "cases/a.yaml": CASES.replace("低保: 符合", "低堡: 符合")})),
    )
    assert result.exit_code == 2
    for place in ("base/rules/income.yaml:1:", "base/rules/income.yaml:3:", "base/cases/a.yaml:15:"):
        assert place in result.stderr


def test_warnings_of_the_packs_above_are_told_only_when_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"facts.yaml": BASE["facts.yaml"] + "人.无人用: {en: Unused, type: 是否}\n"})
    lower = write(tmp_path, {"facts.yaml": "人.也无人用: {en: Unused, type: 是否}\n"}, "lower", ["base"])
    told = run("check-pack", str(lower)).output
    assert "也无人用" in told
    assert "base/facts.yaml" not in told
    assert "base/facts.yaml" in run("check-pack", str(lower), "--all").output


def test_an_unknown_pack() -> None:
    result = run("check-pack", "nationl")
    assert result.exit_code == 2
    assert "是不是想写“national”？" in result.stderr


def test_a_case_that_does_not_come_out(tmp_path: Path) -> None:
    result = run(
        "check-pack", str(write(tmp_path, {"cases/a.yaml": CASES.replace("低保实发: 0 元", "低保实发: 3 元", 1)}))
    )
    assert result.exit_code == 1
    assert "base/cases/a.yaml:17:7: 案例“差一分不到线”：低保实发 应为 3 元，得到 0 元" in result.output


def test_mutation_lists_what_no_case_notices(tmp_path: Path) -> None:
    result = run("check-pack", str(write(tmp_path, {"cases/a.yaml": CASES})), "--mutate")
    assert result.exit_code == 1
    assert "没有案例发现: 项目 津贴 条件 2 | 周岁 ≥ 80：≥ 改为 >" in result.output


def test_a_reference_that_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    files = {"clauses.yaml": CLAUSES.replace("项目:低保", "项目:低堡"), "cases/a.yaml": CASES}
    result = run("check-pack", str(write(tmp_path, files)))
    assert result.exit_code == 2
    assert "clauses.yaml:26:" in result.stderr


def test_coverage(tmp_path: Path) -> None:
    folder = str(write(tmp_path, {"clauses.yaml": CLAUSES, "cases/a.yaml": CASES}))
    result = run("coverage", folder)
    assert result.exit_code == 0, result.output
    assert "乙方案：3 条，已落实 1，只作陈述 1，未落实 1，不明 1" in result.output
    (told,) = json.loads(run("coverage", folder, "--json").output)
    assert told["rows"][0]["implemented_by"] == "not yet"
    result = run("coverage", folder, "--open", "--lang", "en")
    assert "Publicity" in result.output
    assert "In general" not in result.output


def test_help_names_every_command() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert all(name in result.output for name in COMMANDS)


@pytest.mark.parametrize("name", ["check-pack", "coverage"])
def test_help_of_a_command(name: str) -> None:
    assert run(name, "--help").exit_code == 0


@pytest.mark.parametrize(
    ("lang", "told"), [("zh", "没有逐处改动；先把案例改对"), ("en", "nothing was changed to try them")]
)
def test_changes_are_not_tried_while_cases_fail_and_that_is_said(tmp_path: Path, lang: str, told: str) -> None:
    wrong = {"cases/a.yaml": CASES.replace("低保实发: 0 元", "低保实发: 3 元", 1)}
    result = run("check-pack", str(write(tmp_path, wrong)), "--mutate", "--lang", lang)
    assert result.exit_code == 1
    assert told in result.output
    assert told not in run("check-pack", str(write(tmp_path, wrong)), "--lang", lang).output


@pytest.mark.parametrize(("lang", "told"), [("zh", "还没有案例"), ("en", "No cases yet")])
def test_a_pack_without_cases_is_not_simply_passed(tmp_path: Path, lang: str, told: str) -> None:
    assert told in run("check-pack", str(write(tmp_path)), "--lang", lang).output
    assert told not in run("check-pack", str(write(tmp_path, {"cases/a.yaml": CASES})), "--lang", lang).output
