"""The commands as a user runs them: a real process, real files, real exit codes."""

from __future__ import annotations

import fcntl
import json
import os
import random
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from doudi.screening.facts import FactsRefused
from doudi.screening.parts import open_facts
from doudi.screening.run import open_run

DOUDI = [sys.executable, "-c", "from doudi.cli.main import main; main()"]


def doudi(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*DOUDI, *args], capture_output=True, text=True, check=False, cwd=cwd, timeout=300)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    done = doudi("demo", "--households", "1200", "--out", str(folder / "out"), "--no-serve")
    assert done.returncode == 0, done.stderr
    return folder / "out", done.stdout


def test_demo_shows_the_county_and_leaves_a_report_and_tells_where(shown: tuple[Path, str]) -> None:
    out, said = shown
    for word in ("七百弄乡", "合计", "低保户", "应保未保", "应退未退", "每月应发"):
        assert word in said
    plain = said.replace("\n", "")
    assert str(out / "report.html") in plain
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (out / "名单.xlsx").stat().st_size > 5_000
    assert "不符合" in said or "符合" in said


def test_demo_in_english(tmp_path: Path) -> None:
    done = doudi("demo", "--households", "300", "--out", str(tmp_path), "--lang", "en", "--no-serve")
    assert done.returncode == 0, done.stderr
    assert "Qibainong" in done.stdout
    assert "Due a month" in done.stdout
    assert (tmp_path / "report.en.html").exists()


def test_explain_in_words_html_and_json(shown: tuple[Path, str]) -> None:
    out, _ = shown
    text = doudi("explain", "--household", "7", "--programme", "低保", "--out", str(out))
    assert text.returncode == 0, text.stderr
    assert text.stdout.count("低保") >= 2
    english = doudi("explain", "--household", "7", "--programme", "低保", "--out", str(out), "--lang", "en")
    assert "Minimum living guarantee" in english.stdout
    told = json.loads(
        doudi("explain", "--household", "7", "--programme", "低保", "--out", str(out), "--format", "json").stdout
    )
    assert told[0]["label"]
    html = doudi("explain", "--household", "7", "--programme", "低保", "--out", str(out), "--format", "html").stdout
    assert html.startswith('<div class="why"')


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("explain", "--household", "99999999"), "99999999"),
        (("explain", "--household", "1", "--programme", "低宝"), "低保"),
        (("explain", "--household", "1", "--pack", "no-such"), "no-such"),
        (("simulate", "--set", "低保标淮=1元"), "低保标准"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_2(
    shown: tuple[Path, str], args: tuple[str, ...], word: str
) -> None:
    done = doudi(*args, "--out", str(shown[0]))
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_facts_is_refused(tmp_path: Path) -> None:
    done = doudi("explain", "--household", "1", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_simulate_says_cost_coverage_winners_and_losers(shown: tuple[Path, str]) -> None:
    done = doudi("simulate", "--set", "低保标准.农村=7200元", "--out", str(shown[0]))
    assert done.returncode == 0, done.stderr
    for word in ("低保", "大化镇", "合计"):
        assert word in done.stdout
    # No sum is cut off, every cost says for how long, and what pays nothing has no cost.
    assert "…" not in done.stdout
    rows = {cells[1].strip(): cells for line in done.stdout.splitlines() if len(cells := line.split("│")) == 10}
    assert rows["低保"][2].strip() == "月"
    assert rows["资助参保"][2].strip() == "年"
    assert [c.strip() for c in rows["低保边缘"][7:9]] == ["—", "—"]


@pytest.mark.parametrize(
    ("lang", "line", "moved"),
    [
        ("zh", "低保标准.农村：6,360.00 元 → 600.00 元", "无法判定"),
        ("en", "Minimum living standard per head, as published.rural: CNY 6,360.00 → CNY 600.00", "undecided"),
    ],
)
def test_simulate_says_what_stands_now(shown: tuple[Path, str], lang: str, line: str, moved: str) -> None:
    done = doudi("simulate", "--set", "低保标准.农村=600元", "--out", str(shown[0]), "--lang", lang)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == line
    moves = [x for x in done.stdout.splitlines() if " → " in x][1:]
    assert any(moved in x for x in moves)
    assert not any("?" in x for x in moves)
    assert lang == "zh" or not re.search("[一-鿿]", "".join(moves))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        (("低保标准.农村",), "没有写改成多少"),
        (("低保标准.农村=7000元", "低保标准.农村=7200元"), "改了两次"),
        (("低保标准.农村=7000元", "低保标准=7200元"), "改了两次"),
    ],
)
def test_changes_that_say_too_little_or_too_much(shown: tuple[Path, str], changes: tuple[str, ...], word: str) -> None:
    done = doudi("simulate", *(w for c in changes for w in ("--set", c)), "--out", str(shown[0]))
    assert done.returncode == 2
    assert word in done.stderr
    assert "是不是" not in done.stderr
    assert not done.stdout


@pytest.mark.parametrize("name", ["演示 [b] 2", "a*?'c", "{1}"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    done = doudi("demo", "--no-serve", "--households", "200", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert (out / "report.html").exists()
    assert f"报告：{out / 'report.html'}\n" in done.stdout
    (again,) = (x for x in done.stdout.splitlines() if x.startswith("再看一户"))
    words = shlex.split(again.partition("doudi ")[2])
    assert words[-1] == str(out)
    told = doudi(*words)
    assert told.returncode == 0, told.stderr


def test_two_runs_do_not_mix_in_one_folder(tmp_path: Path) -> None:
    held = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = doudi("demo", "--no-serve", "--households", "200", "--out", str(tmp_path))
        assert done.returncode == 2
        assert f"另一个命令正在写“{tmp_path}”" in done.stderr
        assert not list(tmp_path.iterdir())
    finally:
        os.close(held)
    assert doudi("demo", "--no-serve", "--households", "200", "--out", str(tmp_path)).returncode == 0


def test_why_a_folder_cannot_be_read_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = doudi("explain", "--household", "1", "--out", str(tmp_path / "file"))
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"读写文件失败“{tmp_path}/file/facts/manifest.json”：路径中间有一段是文件，不是文件夹"
    ]


def test_killed_at_any_moment_nothing_half_is_taken_for_whole(shown: tuple[Path, str], tmp_path: Path) -> None:
    """The same demonstration, killed again and again at random moments: what is found afterwards is whole or refused, and the next run is right."""
    whole_facts, whole_run = open_facts(shown[0] / "facts"), open_run(shown[0] / "run")
    random.seed(20240701)
    out = tmp_path / "out"
    refused = 0
    # no demonstration is done after the first of these, so at least one is caught in the middle
    for delay in (0.6, *(random.uniform(0.5, 4.0) for _ in range(7))):
        process = subprocess.Popen(
            [*DOUDI, "demo", "--no-serve", "--households", "1200", "--out", str(out)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        process.kill()
        process.wait()
        try:
            assert open_facts(out / "facts").digest == whole_facts.digest
            assert open_run(out / "run").digest == whole_run.digest
        except FactsRefused:
            refused += 1
        for page in out.glob("*.html"):
            assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert refused
    done = doudi("demo", "--no-serve", "--households", "1200", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert open_run(out / "run").digest == whole_run.digest


def test_help_names_every_command_at_once() -> None:
    done = doudi("--help")
    assert done.returncode == 0
    for name in ("demo", "screen", "template", "explain", "simulate", "check-pack", "coverage", "generate"):
        assert re.search(rf"^\s+{name}\b", done.stdout, re.MULTILINE), name
