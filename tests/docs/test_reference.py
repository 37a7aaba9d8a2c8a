"""The generated reference says what the code and the packs say today; and what else the docs promise is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)")


def test_the_reference_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stderr}: run python tools/reference.py"


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not target.startswith(("http", "mailto")) and not (page.parent / target).exists()
    ]
    assert not broken


def test_commands_named_in_the_docs_exist() -> None:
    from doudi.cli.main import COMMANDS

    pages = [*ROOT.glob("README*.md"), *ROOT.glob("docs/how-to/*.md")]
    named = {
        name for page in pages for name in re.findall(r"\./doudi ([a-z][a-z-]+)", page.read_text(encoding="utf-8"))
    }
    assert named <= {*COMMANDS, "test"}


def test_every_word_on_a_key_is_of_a_key_that_there_is() -> None:
    from tools.key_words import KEY_WORDS
    from tools.reference import FILES

    keys = {table.en: {*table.required, *table.optional} for _, tables in FILES.values() for table in tables}
    assert {
        f"{table}: {key}" for table, words in KEY_WORDS.items() for key in words if key not in keys.get(table, ())
    } == set()
