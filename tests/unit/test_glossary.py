"""GLOSSARY.md is a table that can be trusted: whole rows, no term twice, and every Python name in it exists."""

import importlib
import re
from pathlib import Path

from doudi.packs import folder, load
from doudi.rules.lexer import FUNCTIONS, KEYWORDS

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


OF_OURS = {"符合", "享受", "知悉时点", "齐全"}
"""Words that packs and their cases write without any pack declaring them."""


def test_chinese_names_are_declared_by_a_pack_or_words_of_the_language() -> None:
    known = {*OF_OURS, *KEYWORDS, *FUNCTIONS}
    for book, ledgers in ((pack.book, pack.ledgers) for pack in map(load, folder.names())):
        for kind in (
            book.facts,
            book.rules,
            book.standards,
            book.categories,
            book.programmes,
            book.views,
            book.derived,
        ):
            known |= {declared.name for declared in kind}
        known |= {value for category in book.categories for value, _ in category.values}
        known |= {name for entity in book.entities for name in (entity.name, entity.table)}
        known |= {ledger.code for ledger in ledgers}
    named = {row[2].strip("`") for row in rows() if re.search("[\u4e00-\u9fff]", row[2])}
    assert named - known == set()
