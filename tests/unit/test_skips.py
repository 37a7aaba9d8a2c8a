"""A skip is loud on a user's machine and a failure in continuous integration (tests/conftest.py)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"

PASSES = "def test_passes(): pass\n"
SKIPS = PASSES + "import pytest\ndef test_skips(): pytest.skip('no browser here')\n"
SKIPS_WHOLE_MODULE = "import pytest\npytest.skip('no browser here', allow_module_level=True)\n"
FAILS = SKIPS + "def test_fails(): assert False\n"
EXPECTED_FAILURE = PASSES + "import pytest\n@pytest.mark.xfail\ndef test_known(): assert False\n"

OK, FAILED = 0, 1


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(
    ("ci", "source", "code"),
    [
        ("true", PASSES, OK),
        ("true", SKIPS, FAILED),
        ("1", SKIPS, FAILED),
        ("true", FAILS, FAILED),
        ("true", EXPECTED_FAILURE, OK),
        ("", SKIPS, OK),
        ("false", SKIPS, OK),
        ("", FAILS, FAILED),
    ],
)
def test_exit_code(tmp_path: Path, ci: str, source: str, code: int, workers: str) -> None:
    run = _pytest(tmp_path, source, ci, workers)
    assert run.returncode == code, run.stdout


def test_a_skipped_module_counts_too(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(PASSES)
    assert _pytest(tmp_path, SKIPS_WHOLE_MODULE, "true", "0").returncode == FAILED


def test_a_skip_is_loud(tmp_path: Path) -> None:
    assert "1 skipped: a failure, because CI is set" in _pytest(tmp_path, SKIPS, "true", "0").stdout
    on_a_users_machine = _pytest(tmp_path, SKIPS, "", "0").stdout
    assert "1 skipped: parts are absent on this machine" in on_a_users_machine
    assert "no browser here" in on_a_users_machine


def test_nothing_is_said_without_skips(tmp_path: Path) -> None:
    assert "skipped" not in _pytest(tmp_path, PASSES, "true", "0").stdout


def _pytest(folder: Path, source: str, ci: str, workers: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "test_it.py").write_text(source)
    # The variables that the outer pytest sets for its own workers must not reach the inner one.
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")} | {"CI": ci}
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "-n", workers, "--rootdir", str(folder)]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
