"""What every list of the results needs: the pen, the decisions, the words, and whose household is whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from doudi.rules.ruleset import Key
from doudi.screening.workbook.decided import Decided
from doudi.screening.workbook.pen import Cell, Field, Pen, write_list
from doudi.screening.workbook.words import Words


@dataclass
class Page:
    """What every list needs."""

    pen: Pen
    decided: Decided
    words: Words
    heads: dict[int, int]

    @cached_property
    def areas(self) -> dict[int, tuple[str, str]]:
        return {a.code: (a.name, a.en) for a in self.decided.ruleset.book.areas if a.code > 0}

    @property
    def zh(self) -> bool:
        return self.words.zh

    def t(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    def head(self, home: int) -> str:
        person = self.heads.get(home)
        return "" if person is None else self.decided.ledger.people.names[person]

    def code(self, home: int) -> str:
        return self.decided.ledger.code(home)

    @property
    def unsettled(self) -> Cell:
        return self.t("未定", "open"), "open"

    def area(self, code: int | None) -> Cell:
        """The name of the nearest division that the pack names; the code where it names none."""
        if code is None:
            return self.unsettled
        digits = f"{code:012d}"
        ladder = (int(digits[:n].ljust(12, "0")) for n in (12, 9, 6, 4, 2))
        found = next((self.areas[c] for c in ladder if c in self.areas), None)
        return digits if found is None else (found[0] if self.zh else found[1])

    def put(self, zh: str, en: str, fields: Sequence[Field], rows: Sequence[Sequence[Cell]], note: str = "") -> None:
        title = self.t(zh, en)
        write_list(self.pen, self.pen.sheet(title), title, fields, rows, note)

    def kind(self, key: Key | None, value: Any) -> Cell:
        """A class in its colour: the last of its list is none of the others."""
        if key is None:
            return None
        if value is None:
            return self.t("无法判定", "undecided"), "open"
        values = self.decided.ledger.layout.categories[self.decided.ruleset.variables[key].type.category].values
        named = value if self.zh else dict(values).get(value, value)
        return str(named), "centre" if value == values[-1][0] else "good"
