"""Formulas in words with marks around the names, cut at the marks into pieces that can be linked."""

from __future__ import annotations

import re

from doudi.rules.explain import Lang, Words
from doudi.rules.explain.phrases import AND, COMPARE, LOOSE, Teller
from doudi.rules.nodes import And, Firm, If, Node
from doudi.rules.ruleset import Key, Ruleset
from doudi.server.policybook.browse.refs import Piece, Ref

_OPEN, _SEP, _CLOSE = "\ue000", "\ue001", "\ue002"
"""Private characters: none stands in a pack."""
_MARK = re.compile(f"“?{_OPEN}([a-z]+){_SEP}([^{_SEP}]*){_SEP}([^{_SEP}]*){_SEP}([^{_CLOSE}]*){_CLOSE}”?")
_OWN = ("condition", "eligible", "amount", "granted", "paid", "received", "share")
"""Origins of variables that the compiler made of a programme: they are told on its page."""

Line = tuple[Piece, ...]


class Marked(Words):
    """``Words`` whose names carry what they are names of."""

    def __init__(self, ruleset: Ruleset, lang: Lang) -> None:
        super().__init__(ruleset, lang)
        book = ruleset.book
        self._tables = {v.name for v in book.views} | {e.table for e in book.entities if e.table}
        self._tables |= {e.name for e in book.entities if e.of and not e.table}
        self._standards = {s.name for s in book.standards}

    def label(self, key: Key) -> str:
        said = super().label(key)
        v = self.ruleset.variables.get(key)
        if v is None or _OPEN in said:
            return said
        if v.programme and v.origin in _OWN:
            return _mark("programme", "", v.programme, said)
        if v.origin == "derived":
            return _mark("derived", "", v.name.removeprefix("作为"), said)
        return _mark("term", *key, said) if v.origin in ("fact", "rule") else said

    def plain(self, key: Key) -> str:
        """The label without a mark."""
        return super().label(key)

    def name(self, name: str) -> str:
        said = super().name(name)
        if name in self._standards:
            return _mark("standard", "", name, said)
        return _mark("table", "", name, said) if name in self._tables else said

    def lines(self, node: Node, entity: str) -> tuple[Line, ...]:
        """One line for each part of an “and” at the top, and for each branch of a choice there; one line for anything else."""
        teller = Teller(self, entity)
        return tuple(pieces(text) for text in self._lines(teller, node))

    def _lines(self, teller: Teller, node: Node) -> list[str]:
        node = _bare(node)
        if isinstance(node, And):
            told = [teller.tell(x, AND) for x in node.xs]
            return [told[0], *(self.pick("且 ", "and ") + t for t in told[1:])]
        if isinstance(node, If):
            out, first = [], True
            rest: Node = node
            while isinstance(rest, If):
                word = self.pick("如果 ", "if ") if first else self.pick("否则如果 ", "otherwise if ")
                out.append(f"{word}{teller.tell(rest.c)}{self.pick('，则 ', ': ')}{teller.tell(rest.a, COMPARE)}")
                rest, first = _bare(rest.b), False
            return [*out, self.pick("否则 ", "otherwise ") + teller.tell(rest, COMPARE)]
        return [teller.tell(node, LOOSE)]


def pieces(text: str) -> Line:
    """Marked text cut into pieces. The quotation marks around an English name of several words go: the link sets it apart."""
    out: list[Piece] = []
    at = 0
    for found in _MARK.finditer(text):
        if found.start() > at:
            out.append(Piece(text[at : found.start()]))
        kind, entity, name, said = found.groups()
        out.append(Piece(said, Ref(kind, name, entity, said)))
        at = found.end()
    if at < len(text):
        out.append(Piece(text[at:]))
    return tuple(out)


def _bare(node: Node) -> Node:
    while isinstance(node, Firm):
        node = node.x
    return node


def _mark(kind: str, entity: str, name: str, said: str) -> str:
    return f"{_OPEN}{kind}{_SEP}{entity}{_SEP}{name}{_SEP}{said}{_CLOSE}"


__all__ = ["Line", "Marked", "pieces"]
