"""Links from one thing of the text to another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ref:
    """``kind``: programme, term (a fact or rule of ``entity``), standard, category, table, conflict, derived, case or measure.
    ``text`` is its name in the reader's language."""

    kind: str
    name: str
    entity: str
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.entity, self.name


@dataclass(frozen=True)
class Piece:
    """A stretch of a formula; ``ref`` where it names something."""

    text: str
    ref: Ref | None = None
