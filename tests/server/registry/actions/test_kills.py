"""Processes killed in the midst of acts leave nothing half-done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.registry.actions.homes import family, single

ROOT = Path(__file__).parents[4]


@pytest.mark.slow
def test_killed_at_any_moment(committed: dict[str, str]) -> None:
    family()
    single()
    done = subprocess.run(
        [sys.executable, "-m", "tests.server.registry.actions.churn", "100", "7"], cwd=ROOT, env={**os.environ, **committed},
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == 100
    assert found["within"] > 50
    assert found["acts"] > 10
