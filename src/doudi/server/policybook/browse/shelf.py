"""One text on one day in one language: what every page of the browser reads from."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from threading import Lock
from typing import Literal

from doudi.packs import Pack, names
from doudi.rules import Book, Faults, Ruleset
from doudi.rules.declared import Citation
from doudi.rules.explain import Words, words_for
from doudi.rules.nodes import Node
from doudi.server.lib.actor import Actor
from doudi.server.policybook.browse.marked import Marked
from doudi.server.policybook.browse.refs import Piece, Ref
from doudi.server.policybook.browse.uses import Uses
from doudi.server.policybook.naming import Names
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy
from doudi.server.policybook.selectors.policies import of_settings

Lang = Literal["zh", "en"]

_MOST = 16
_uses: OrderedDict[tuple[str, date], Uses] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Cited:
    """A clause as one cites it; ``document`` is its short name where the text has its clauses (empty: there is nothing to open)."""

    text: str
    document: str
    clause: str
    status: str


@dataclass(frozen=True, eq=False)
class Shelf:
    policy: Policy
    on: date
    lang: Lang

    @property
    def pack(self) -> Pack:
        return self.policy.pack

    @property
    def book(self) -> Book:
        return self.policy.pack.book

    @property
    def names(self) -> Names:
        return self.policy.names

    @cached_property
    def ruleset(self) -> Ruleset:
        return self.policy.ruleset(self.on, self.on)

    @cached_property
    def words(self) -> Words:
        return words_for(self.ruleset, self.lang)

    @cached_property
    def marked(self) -> Marked:
        return Marked(self.ruleset, self.lang)

    @property
    def uses(self) -> Uses:
        """What reads what, worked out once for a text and a day."""
        key = (self.policy.digest, self.on)
        with _lock:
            found = _uses.get(key)
            if found is None:
                found = _uses[key] = Uses(self.ruleset)
                while len(_uses) > _MOST:
                    _uses.popitem(last=False)
        return found

    def pick(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" or not en else en

    def named(self, kind: str, name: str) -> str:
        """A group, unit or payer (``groups``, ``units``, ``payers``) in the reader's language."""
        return self.pick(name, self.pack.english(kind, name))

    def ref(self, kind: str, name: str, entity: str = "") -> Ref:
        """A link to a thing of the text, under its name in the reader's language."""
        said = self.names.variable(entity, name) if entity else self.names.name(name)
        return Ref(kind, name, entity, self.pick(said.zh, said.en))

    def formula(self, node: Node | None, entity: str) -> tuple[tuple[Piece, ...], ...]:
        """A formula in words, a line for each part that has to hold, with links on the names in it."""
        return () if node is None else self.marked.lines(node, entity)

    def at(self, day: date) -> Shelf:
        """The same text on another day. A day on which its rules do not go together gives this one."""
        other = Shelf(self.policy, day, self.lang)
        try:
            _ = other.ruleset
        except Faults:
            return self
        return other

    def cited(self, cites: tuple[Citation, ...]) -> tuple[Cited, ...]:
        clauses = self.pack.clauses
        return tuple(
            Cited(self.words.cite(c), c.document if c.document in clauses else "", c.clause, c.status) for c in cites
        )


def shelf(reader: Actor, on: date, lang: Lang, pack: str = "") -> Shelf:
    """The text in force on ``on``; or ``pack``, one of those that come with Doudi, to be read though it decides nothing here. Raises NotAllowed."""
    reader.require("policy.read")
    return Shelf(of_settings(pack) if pack in shipped() else policy(on), on, lang)


@cache
def shipped() -> tuple[str, ...]:
    """The packs that come with Doudi."""
    return tuple(names())
