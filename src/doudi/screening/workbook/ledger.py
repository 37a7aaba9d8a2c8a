"""The ledger of an office, read whole: who lives with whom, what belongs to whom, what is wrong, and who is therefore held back.

A household is good or it is held back; there is nothing between. ``Ledger.good`` are positions in ``households``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from doudi.rules.declared import Entity
from doudi.screening.workbook.columns import PERSON, Layout
from doudi.screening.workbook.findings import Log
from doudi.screening.workbook.parse import Parsed, mask_code

RELATION = "关系"
HEAD = "户主"
"""The fact and its value by which a pack names the head of the household, whose name then stands for it."""


@dataclass
class Ledger:
    """``owners[entity]``: for each row of that sheet the position of the row that it belongs to, None where that is not known.

    ``household_of``: for each person the position of the household. Names and id numbers stay in here: ``facts`` has neither.
    """

    layout: Layout
    log: Log
    sheets: dict[str, Parsed]
    owners: dict[str, list[int | None]] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)

    @property
    def households(self) -> Parsed:
        return self.sheets[self.layout.households.entity.name]

    @property
    def people(self) -> Parsed:
        return self.sheets[PERSON]

    @property
    def household_of(self) -> list[int | None]:
        return self.owners[PERSON]

    @property
    def good(self) -> list[int]:
        return [i for i in range(len(self.households)) if i not in self.held]

    def members(self) -> dict[int, list[int]]:
        """Household position to the positions of its people, in the order of the sheet."""
        out: dict[int, list[int]] = defaultdict(list)
        for person, home in enumerate(self.household_of):
            if home is not None:
                out[home].append(person)
        return out

    def heads(self) -> dict[int, int]:
        """Household position to the person who stands for it: the head, or the first of its people where none is marked."""
        head = self.head_code()
        relations = self.people.values.get(RELATION, [])
        out: dict[int, int] = {}
        for home, people in self.members().items():
            marked = [p for p in people if relations and relations[p] == head]
            out[home] = (marked or people)[0]
        return out

    def head_code(self) -> int | None:
        column = self.layout.people.by_header.get(RELATION)
        if column is None or column.fact is None:
            return None
        values = [zh for zh, _ in self.layout.categories[column.fact.type.category].values]
        return values.index(HEAD) if HEAD in values else None

    def code(self, home: int) -> str:
        """The household number as it may be shown."""
        return mask_code(self.households.codes[home])

    def home_of(self, entity: Entity, at: int) -> int | None:
        """The household that a row belongs to."""
        if not entity.of:
            return at
        owner = self.owners[entity.name][at]
        if entity.of != PERSON or owner is None:
            return owner
        return self.household_of[owner]
