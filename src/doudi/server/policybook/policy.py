"""The text that decides: a pack as loaded, everything compiled of it once, and the digest that names it exactly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from threading import Lock

from doudi.packs import Pack
from doudi.packs.registers import Ledger, Source
from doudi.packs.screening_plan import ScreeningPlan
from doudi.rules import Ruleset, compile_book
from doudi.rules.declared import Fact
from doudi.screening.facts import FactsSchema, schema_of
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.heirs import spoken
from doudi.server.policybook.naming import Names, Said
from doudi.server.policybook.rising import rising

_MOST_RULESETS = 48
"""Rulesets kept for one text: four years of months."""


@dataclass(frozen=True)
class Text:
    """Every file of a pack and of all its parents: ``name/path`` to its bytes, and the name of the pack itself."""

    name: str
    files: dict[str, bytes] = field(repr=False)

    @cached_property
    def manifest(self) -> dict[str, str]:
        """Path to the sha256 of the file, in order of the paths."""
        return {path: sha256(self.files[path]).hexdigest() for path in sorted(self.files)}

    @cached_property
    def digest(self) -> str:
        return digest_of(self.name, self.manifest)


def digest_of(name: str, manifest: dict[str, str]) -> str:
    """The digest of a text by what it is made of: the same files, the same digest, wherever they lie."""
    lines = [name, *(f"{sha} {path}" for path, sha in sorted(manifest.items()))]
    return sha256("\n".join(lines).encode()).hexdigest()


def text_of(pack: Pack) -> Text:
    """The files of a loaded pack and of its parents, as they lie on disk now."""
    found = {
        f"{info.name}/{path.relative_to(info.folder).as_posix()}": path.read_bytes()
        for info in pack.chain
        for listed in info.files.values()
        for path, _ in listed
    }
    return Text(pack.name, found)


@dataclass(frozen=True, eq=False)
class Policy:
    """One text in force. ``digest`` names the files that it was read from; with it the same text is found again at any time."""

    pack: Pack
    digest: str
    text: Text = field(repr=False)
    _rulesets: dict[tuple[date, date], Ruleset] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @cached_property
    def schema(self) -> FactsSchema:
        return schema_of(self.pack.book)

    @property
    def plan(self) -> ScreeningPlan:
        """Raises Refused where neither the pack nor its parents say how a county is summed up."""
        found = self.pack.screening
        if found is None:
            name = self.pack.name
            raise Refused(
                "no-plan",
                f"规则包“{name}”和它的上级都没有 screening.yaml，不知道按什么类别和地区汇总；请给规则包补上。",
                f"Neither the pack “{name}” nor its parents have a screening.yaml: by which class to sum up is not known; add one.",
            )
        return found

    @property
    def sources(self) -> tuple[Source, ...]:
        """The most trusted first."""
        return self.pack.sources

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        return self.pack.ledgers

    @cached_property
    def declared(self) -> dict[tuple[str, str], Fact]:
        """(entity, name) to the fact: what may be stated of a household or person."""
        return {(f.entity, f.name): f for f in self.pack.book.facts}

    @cached_property
    def rising(self) -> frozenset[str]:
        """Standards of which no value may be below the one before."""
        return rising(self.pack)

    @cached_property
    def spoken(self) -> frozenset[str]:
        """The codes of the divisions that it speaks of."""
        return spoken(self.pack.book)

    @cached_property
    def names(self) -> Names:
        """What the text calls things, in both languages."""
        return Names(self.pack)

    def said_value(self, category: str, value: str) -> Said:
        """A value of a category in both languages."""
        return self.names.value(category, value)

    def said_class(self, value: str) -> Said:
        """A class of households in both languages."""
        return self.names.value_of(self.plan.household_class, value)

    def ruleset(self, month: date, as_of: date | None = None) -> Ruleset:
        """The rules for the 所属月 of ``month`` as of ``as_of`` (empty: its first day); compiled once. Raises Faults."""
        first = month.replace(day=1)
        at = as_of or first
        with self._lock:
            found = self._rulesets.get((at, first))
            if found is None:
                found = compile_book(self.pack.book, at, first)
                while len(self._rulesets) >= _MOST_RULESETS:
                    del self._rulesets[next(iter(self._rulesets))]
                self._rulesets[at, first] = found
        return found
