"""What the standards are worth at a place on a day, and who says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from doudi.packs.literals import Words
from doudi.packs.read_standards import key_values
from doudi.packs.say import say
from doudi.rules.declared import Bands, StandardDecl
from doudi.rules.ruleset import StandardTable
from doudi.rules.types import Type
from doudi.server.lib.actor import Actor
from doudi.server.policybook.heirs import short
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors.policies import policy
from doudi.server.policybook.shapes import ValueView


def values(reader: Actor, area: str, on: date, *, standard: str = "") -> list[ValueView]:
    """Every standard that households at ``area`` are measured by on ``on`` (or the one named), a row for each value of its key.

    What is in force is public: it is the same for every reader who may read policy.
    """
    reader.require("policy.read")
    now = policy(on)
    wanted = [s for s in now.pack.book.standards if s.kind == "standard" and standard in ("", s.name)]
    return [row for decl in wanted for row in _rows(now, decl, area, on)]


def _rows(now: Policy, decl: StandardDecl, area: str, on: date) -> Iterator[ValueView]:
    table, words = StandardTable(decl), now.pack.state.words
    code = int(area.ljust(12, "0")) if area else 0
    for key in key_values(now.pack.state, decl) or [""]:
        found = table.find(code, key, on)
        line = found.line
        if line is None:
            yield ValueView(decl.name, key, None, (), found.why, "", None, None, "", "", "")
            continue
        cite = line.cites[0] if line.cites else None
        value, bands = _said(found.value, decl, words)
        yield ValueView(
            decl.name, key, value, bands, found.why, short(line.area), line.since, line.until, cite.document if cite else "",
            cite.clause if cite else "", line.pack,
        )  # fmt: skip


def _said(value: object, decl: StandardDecl, words: Words) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    if isinstance(value, Bands):
        assert decl.x is not None
        steps = tuple((_one(at, decl.x, words), _one(there, decl.type, words)) for at, there in value.steps)
        return _one(value.below or Fraction(0), decl.type, words), steps
    return (_one(value, decl.type, words) if isinstance(value, Fraction) else None), ()


def _one(value: Fraction, kind: Type, words: Words) -> str:
    return say(int(value * kind.store_scale), kind, words)
