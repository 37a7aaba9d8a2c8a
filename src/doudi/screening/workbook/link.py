"""Ties every row to the one it belongs to, says what does not tie, and holds households back."""

from __future__ import annotations

from collections import defaultdict

from doudi.screening.workbook.columns import HOUSEHOLD_CODE, ID_NUMBER, NAME, PERSON, Sheet
from doudi.screening.workbook.findings import Finding, row_list
from doudi.screening.workbook.ledger import RELATION, Ledger
from doudi.screening.workbook.parse import code_text
from doudi.screening.workbook.suspects import Suspects, neighbours


def link(ledger: Ledger) -> None:
    """Fills ``owners``, ``held`` and the log of a ledger whose sheets are parsed."""
    _Linker(ledger).link()


class _Linker:
    """``suspicions``: for a household and the title of a sheet, the rows there that may be the household's."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.log = ledger.log
        self.by_code: dict[str, int] = {}
        self.by_id: dict[str, int] = {}
        self.suspicions: dict[tuple[int, str], list[int]] = defaultdict(list)

    def link(self) -> None:
        self._households()
        self._people()
        suspects = Suspects(self.ledger.people.ids, self.ledger.people.names, self.ledger.household_of)
        for sheet in self.ledger.layout.items:
            self._items(sheet, suspects)
        self._orphan_people()
        for sheet in self.ledger.layout.sheets:
            self._blemishes(sheet)
        self._whole_households()
        self._suspected()

    def _find(self, where: Sheet, at: int, column: str, code: str, home: int | None, /, **words: str) -> None:
        """Record a finding; a fault of a known household holds it back."""
        parsed = self.ledger.sheets[where.entity.name]
        household = self.ledger.code(home) if home is not None else ""
        finding = Finding(code, parsed.raw.title, parsed.raw.rows[at], column, tuple(words.items()), household)
        self.log.add(finding)
        if home is not None and finding.severity == "row":
            self.ledger.held.add(home)

    def _households(self) -> None:
        parsed = self.ledger.households
        places: dict[str, list[int]] = defaultdict(list)
        for i, code in enumerate(parsed.codes):
            if code:
                places[code].append(i)
                self.by_code.setdefault(code, i)
        for at in places.values():
            if len(at) > 1:
                rows = row_list(parsed.raw.rows[i] for i in at)
                for i in at:
                    self._find(self.ledger.layout.households, i, HOUSEHOLD_CODE, "doubled-household", i, rows=rows)

    def _people(self) -> None:
        people = self.ledger.people
        self.ledger.owners[PERSON] = homes = [self.by_code.get(code) if code else None for code in people.codes]
        places: dict[str, list[int]] = defaultdict(list)
        for i, text in enumerate(people.ids):
            # A number that lost its digits may be that of a twin: such rows are faulty on their own account, not doubles.
            if text:
                self.by_id.setdefault(text, i)
                if not text.startswith("#"):
                    places[text].append(i)
        for at in places.values():
            if len(at) > 1:
                codes = {people.codes[i] for i in at}
                rows = row_list(people.raw.rows[i] for i in at)
                for i in at:
                    code = "person-twice" if len(codes) == 1 else "person-in-two"
                    self._find(self.ledger.layout.people, i, ID_NUMBER, code, homes[i], rows=rows)

    def _orphan_people(self) -> None:
        people, homes = self.ledger.people, self.ledger.household_of
        sheet, title = self.ledger.layout.people, self.ledger.households.raw.title
        loose: dict[str, int] = {}
        for text, i in self.by_code.items():
            loose.setdefault(_loosened(text), i)
        relations, head = people.values.get(RELATION, []), self.ledger.head_code()
        # Someone at the head of an unknown household is no lost member of a known one: the whole household is missing from its sheet.
        whole = {people.codes[i] for i, home in enumerate(homes) if home is None and relations and relations[i] == head}
        for i, (text, home) in enumerate(zip(people.codes, homes, strict=True)):
            if home is not None:
                continue
            near = loose.get(_loosened(text)) if text else None
            if text:
                zh = f"；是不是“{self.ledger.code(near)}”？" if near is not None else ""
                en = f"; did you mean “{self.ledger.code(near)}”?" if near is not None else ""
                self._find(sheet, i, HOUSEHOLD_CODE, "no-household", None, sheet=title, hint_zh=zh, hint_en=en)
            suspects = {near} if near is not None else set() if text in whole else neighbours(homes, i)
            for suspect in suspects:
                self.suspicions[suspect, people.raw.title].append(people.raw.rows[i])

    def _items(self, sheet: Sheet, suspects: Suspects) -> None:
        entity = sheet.entity
        parsed = self.ledger.sheets[entity.name]
        keys, index = (parsed.ids, self.by_id) if entity.of == PERSON else (parsed.codes, self.by_code)
        owners = [index.get(key) if key else None for key in keys]
        self.ledger.owners[entity.name] = owners
        people = self.ledger.people
        names = parsed.names or [""] * len(parsed)
        # A number that fails its check digit is said to be nobody's only once: the check digit already says why.
        failed = {b.at for b in parsed.blemishes if b.header == sheet.key}
        for i, (key, owner, name) in enumerate(zip(keys, owners, names, strict=True)):
            if owner is None:
                self._orphan(sheet, i, key, name, suspects, said=i in failed or not key)
            elif name and entity.of == PERSON and people.names[owner] and name != people.names[owner]:
                self._find(
                    sheet, i, NAME, "name-contradiction", self.ledger.household_of[owner], sheet=people.raw.title
                )
                for home in suspects.named(name):
                    self.suspicions[home, parsed.raw.title].append(parsed.raw.rows[i])
        self._too_many(sheet, owners)
        self._twins(sheet)

    def _orphan(self, sheet: Sheet, i: int, key: str, name: str, suspects: Suspects, *, said: bool) -> None:
        parsed = self.ledger.sheets[sheet.entity.name]
        owners, household_of = self.ledger.owners[sheet.entity.name], self.ledger.household_of
        around = neighbours(owners, i)
        if sheet.entity.of == PERSON:
            around = {home for person in around if (home := household_of[person]) is not None}
            found = suspects.of(key, name, around)
            if not said:
                self._find(sheet, i, ID_NUMBER, "no-person", None, sheet=self.ledger.people.raw.title)
        else:
            found = around
            if not said:
                words = {"sheet": self.ledger.households.raw.title, "hint_zh": "", "hint_en": ""}
                self._find(sheet, i, HOUSEHOLD_CODE, "no-household", None, **words)
        for home in found:
            self.suspicions[home, parsed.raw.title].append(parsed.raw.rows[i])

    def _too_many(self, sheet: Sheet, owners: list[int | None]) -> None:
        counts: dict[int, int] = defaultdict(int)
        last: dict[int, int] = {}
        for i, owner in enumerate(owners):
            if owner is not None:
                counts[owner] += 1
                last[owner] = i
        zh, en = ("人", "person") if sheet.entity.of == PERSON else ("户", "household")
        for owner, n in counts.items():
            if n > sheet.entity.max_rows:
                home = self.ledger.home_of(sheet.entity, last[owner])
                words = {"owner": zh, "owner_en": en, "n": str(n), "most": str(sheet.entity.max_rows)}
                self._find(sheet, last[owner], sheet.key, "too-many-rows", home, **words)

    def _twins(self, sheet: Sheet) -> None:
        parsed = self.ledger.sheets[sheet.entity.name]
        first: dict[tuple[object, ...], int] = {}
        for i, row in enumerate(zip(*parsed.raw.cells.values(), strict=True)):
            j = first.setdefault(row, i)
            if j != i:
                home = self.ledger.home_of(sheet.entity, i)
                self._find(sheet, i, sheet.key, "twin-rows", home, row=str(parsed.raw.rows[j]))

    def _blemishes(self, sheet: Sheet) -> None:
        parsed = self.ledger.sheets[sheet.entity.name]
        for blemish in parsed.blemishes:
            home = self.ledger.home_of(sheet.entity, blemish.at)
            finding = blemish.finding(parsed.raw, self.ledger.code(home) if home is not None else "")
            self.log.add(finding)
            if home is not None and finding.severity == "row":
                self.ledger.held.add(home)

    def _whole_households(self) -> None:
        members = self.ledger.members()
        sheet, people = self.ledger.layout.households, self.ledger.people
        self._too_many(self.ledger.layout.people, self.ledger.household_of)
        relations, head = people.values.get(RELATION, []), self.ledger.head_code()
        for home, code in enumerate(self.ledger.households.codes):
            lived = members.get(home, [])
            if not lived:
                if code and self.by_code[code] == home:
                    self._find(sheet, home, HOUSEHOLD_CODE, "no-members", home, sheet=people.raw.title)
                continue
            heads = [p for p in lived if relations and relations[p] == head]
            rows = row_list(people.raw.rows[p] for p in heads)
            if len(heads) > 1:
                self._find(
                    self.ledger.layout.people, heads[1], RELATION, "two-heads", home, n=str(len(heads)), rows=rows
                )
            elif not heads and head is not None and RELATION in people.raw.cells:
                self._find(sheet, home, HOUSEHOLD_CODE, "no-head", home)

    def _suspected(self) -> None:
        for (home, title), rows in self.suspicions.items():
            self._find(
                self.ledger.layout.households, home, HOUSEHOLD_CODE, "suspected", home, sheet=title, rows=row_list(rows)
            )


def _loosened(code: str) -> str:
    """Spellings of a household number that people mix up: letter case, leading zeros, dashes."""
    return code_text(code).replace("-", "").lstrip("0").lower()
