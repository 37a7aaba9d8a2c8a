"""The generated reference says what the examples say today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_language_reference_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "tools/reference.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "docs/reference/language.md is out of date: run python tools/reference.py"
