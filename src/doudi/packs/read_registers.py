"""Reads sources.yaml and ledgers.yaml. A pack can only add to what its parents say, never change it."""

from __future__ import annotations

from doudi.packs.keys import Keys
from doudi.packs.located import Node, Scalar
from doudi.packs.read_schema import declare, each
from doudi.packs.reading import Reader
from doudi.packs.registers import Ledger, Source
from doudi.packs.state import State

SOURCE = Keys("来源", "A source", ("zh", "en", "rank"))
LEDGER = Keys("名册", "A ledger", ("zh", "en", "of"))
MOST_RANK = 99
LONGEST_SOURCE, LONGEST_LEDGER = 20, 30
"""The most characters of a code: it stands beside every fact, and on every row of a ledger."""


def read_sources(reader: Reader, state: State, root: Node | None) -> None:
    """Adds to ``state.sources``."""

    def one(code: Scalar, node: Node) -> None:
        f = reader.fields(node, SOURCE, code.where)
        if f is None or not _short(reader, code, LONGEST_SOURCE):
            return
        rank = f.whole("rank", 0, least=1, most=MOST_RANK)
        thing = Source(code.text, f.text("zh"), f.text("en"), rank, code.where)
        declare(reader, state.sources, code.text, thing)

    if root is not None:
        each(reader, root, "来源", "Sources", one)


def read_ledgers(reader: Reader, state: State, root: Node | None) -> None:
    """Adds to ``state.ledgers``."""

    def one(code: Scalar, node: Node) -> None:
        f = reader.fields(node, LEDGER, code.where)
        if f is None or not _short(reader, code, LONGEST_LEDGER):
            return
        of = f.text("of")
        if of and of not in state.entities:
            reader.unknown(f.at("of"), "unknown-entity", ("实体", "entity"), of, state.entities)
            return
        declare(reader, state.ledgers, code.text, Ledger(code.text, f.text("zh"), f.text("en"), of, code.where))

    if root is not None:
        each(reader, root, "名册", "Ledgers", one)


def _short(reader: Reader, code: Scalar, most: int) -> bool:
    if len(code.text) <= most:
        return True
    zh, en = f"“{code.text}”超过 {most} 个字", f"“{code.text}” has more than {most} characters"
    reader.error(code.where, "too-long", zh, en)
    return False
