"""GLOSSARY.md is a table that can be trusted: whole rows, no term twice, and every Python name in it exists."""

import importlib
import re
from pathlib import Path

GLOSSARY = (Path(__file__).parents[2] / "GLOSSARY.md").read_text(encoding="utf-8")
HEADER = ["Chinese", "English", "code name", "source"]


def rows() -> list[list[str]]:
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in GLOSSARY.splitlines() if line.startswith("|")]
    return [row for row in cells if row != HEADER and set("".join(row)) != {"-"}]


def test_rows_are_whole() -> None:
    assert len(rows()) >= 40
    for row in rows():
        assert len(row) == len(HEADER), row
        assert all(row), row


def test_no_term_twice() -> None:
    terms = [row[0] for row in rows()]
    assert sorted(set(terms)) == sorted(terms)


def test_a_code_name_is_a_name_or_a_dash() -> None:
    for row in rows():
        assert row[2] == "—" or re.fullmatch(r"`[\w.]+`", row[2]), row


def test_python_names_exist() -> None:
    for name in re.findall(r"`(doudi\.[\w.]+)`", GLOSSARY):
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name
