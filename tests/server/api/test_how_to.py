"""The how-to of the API is true: its commands run as they stand, and each is answered as the page says."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.server.api.conftest import furnished
from tests.server.processes import serving

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "use-the-api.md"
WRAPPED = 'curl() { command curl -sS -w "%{stderr}%{http_code}\\n" "$@" 2>>statuses; echo; }\n'


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_runs_from_top_to_bottom(committed: dict[str, str], tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    wanted = re.findall(r"# → (\d{3})", "\n".join(lines))
    assert len(wanted) > 15
    script = "\n".join(line for line in lines if not line.startswith("export "))
    token = furnished().token("CLERK")
    folder = tmp_path / "shell"
    folder.mkdir()
    with serving(committed, "--no-worker") as (port, _):
        done = subprocess.run(
            ["bash", "-euc", WRAPPED + script], cwd=folder, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "DOUDI": f"http://127.0.0.1:{port}", "TOKEN": token},
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "statuses").read_text().split() == wanted, done.stdout
    assert "韦大山" in done.stdout
    assert '"code": "changed"' in done.stdout
