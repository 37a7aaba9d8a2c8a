"""Packs kept and put in force by command."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from doudi.server.policybook.selectors import policies
from tests.server.policybook.standards import value
from tests.server.policybook.test_packs import LINE, write
from tests.server.processes import command


def test_kept_listed_and_put_in_force(committed: dict[str, str], tmp_path: Path) -> None:
    folder = write(tmp_path / "packs", 7000)
    kept = command(committed, "policy", "install", str(folder), "--lang", "en")
    assert kept.returncode == 0, kept.stderr
    digest = kept.stdout.split()[-1]
    begun = command(committed, "policy", "in-force", digest[:6], "--since", "2026-03-01", "--why", "修订")
    assert begun.stdout == "“county”自 2026-03-01 起施行。\n"
    assert "自 2026-03-01" in command(committed, "policy", "list").stdout
    assert [value(date(2026, 3, 1)), value(date(2027, 1, 1))] == [7000, 7000]
    policies._held.clear()


def test_what_is_wrong_is_said(committed: dict[str, str], tmp_path: Path) -> None:
    folder = write(tmp_path / "packs", 7000)
    (folder / "standards/lines.yaml").write_text(LINE.format(yuan=-1), encoding="utf-8")
    bad = command(committed, "policy", "install", str(folder))
    assert bad.returncode == 2
    assert "county/standards/lines.yaml:3" in bad.stderr
    none = command(committed, "policy", "in-force", "abc", "--since", "2026-03-01", "--lang", "en")
    assert none.returncode == 2
    assert "0 kept packs" in none.stderr
