"""Which sheets and columns a ledger has: worked out from what the pack declares, nothing of it written here twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from doudi.rules.declared import Book, Category, Entity, Fact
from doudi.rules.types import Kind
from doudi.screening.workbook.written import narrow

PERSON = "人"
"""The entity whose rows are people with a name and an identity number. A ledger has no use without one."""

HOUSEHOLD_CODE = "户编号"
NAME = "姓名"
ID_NUMBER = "身份证号"
COMPLETE = "已列全"
"""收入已列全: whether the sheet 收入 holds every item of the person on this row."""

GUIDE_SHEET = "填写说明"
LISTS_SHEET = "选项"
OWN_SHEETS = frozenset({GUIDE_SHEET, LISTS_SHEET})

ROOT_TITLE = "家庭"
PERSON_TITLE = "成员"


@dataclass(frozen=True)
class Column:
    """One column. Exactly one of ``key`` (one of the three names above), ``fact`` and ``child`` (completeness of that table) is set."""

    header: str
    key: str = ""
    fact: Fact | None = None
    child: Entity | None = None
    required: bool = False
    """The column must be there (its cells may be blank unless it is a key)."""

    @property
    def filled(self) -> bool:
        """No cell of it may be blank."""
        return bool(self.key) and self.required


@dataclass(frozen=True)
class Sheet:
    """A sheet holds the rows of one entity."""

    title: str
    entity: Entity
    columns: tuple[Column, ...]
    required: bool

    @property
    def key(self) -> str:
        """The header of the column that ties a row to its owner."""
        return ID_NUMBER if self.entity.of == PERSON else HOUSEHOLD_CODE

    @property
    def names(self) -> tuple[str, ...]:
        """Every name the sheet may go by: its title first."""
        return tuple(dict.fromkeys(n for n in (self.title, self.entity.name, self.entity.table) if n))

    @cached_property
    def by_header(self) -> dict[str, Column]:
        return {c.header: c for c in self.columns}


@dataclass(frozen=True)
class Layout:
    """The whole ledger: the household sheet, the people's, then one for each linked table, in the pack's order."""

    book: Book
    sheets: tuple[Sheet, ...]

    @property
    def households(self) -> Sheet:
        return self.sheets[0]

    @property
    def people(self) -> Sheet:
        return self.sheets[1]

    @property
    def items(self) -> tuple[Sheet, ...]:
        return self.sheets[2:]

    @cached_property
    def by_name(self) -> dict[str, Sheet]:
        return {name: sheet for sheet in self.sheets for name in sheet.names}

    @cached_property
    def categories(self) -> dict[str, Category]:
        return {c.name: c for c in self.book.categories}

    @cached_property
    def by_entity(self) -> dict[str, Sheet]:
        return {s.entity.name: s for s in self.sheets}


def layout(book: Book) -> Layout:
    """The sheets and columns for ``book``. Raises ValueError when it has no household or no people, or tables deeper than a person's."""
    roots = [e for e in book.entities if not e.of]
    people = [e for e in book.entities if e.name == PERSON]
    if len(roots) != 1 or len(people) != 1 or people[0].of != roots[0].name:
        raise ValueError(f"a ledger needs one household entity and its people ({PERSON})")
    root, person = roots[0], people[0]
    items = [e for e in book.entities if e not in (root, person)]
    if any(e.of not in (root.name, person.name) for e in items):
        raise ValueError("a ledger has no place for tables of tables")
    order = [root, person, *(e for e in items if e.of == person.name), *(e for e in items if e.of == root.name)]
    return Layout(book, tuple(_sheet(book, e, root, person) for e in order))


def word(entity: Entity) -> str:
    """What a sheet, and the completeness column for it, calls the rows of ``entity``."""
    return PERSON_TITLE if entity.name == PERSON else entity.name


def _sheet(book: Book, entity: Entity, root: Entity, person: Entity) -> Sheet:
    # 作为<派生户> is set by the evaluators, never by an office.
    built_in = {f"作为{d.name}" for d in book.derived}
    facts = [f for f in book.facts if f.entity == entity.name and f.name not in built_in]
    if entity is root:
        title, keys = ROOT_TITLE, [Column(HOUSEHOLD_CODE, key=HOUSEHOLD_CODE, required=True)]
    elif entity is person:
        title, keys = PERSON_TITLE, [Column(k, key=k, required=True) for k in (HOUSEHOLD_CODE, NAME, ID_NUMBER)]
    elif entity.of == person.name:
        # The name is there for the eye; where given, it must be the right one.
        title, keys = entity.name, [Column(ID_NUMBER, key=ID_NUMBER, required=True), Column(NAME, key=NAME)]
    else:
        title, keys = entity.name, [Column(HOUSEHOLD_CODE, key=HOUSEHOLD_CODE, required=True)]
    is_item = entity is not root and entity is not person
    # A table of items says nothing without its kinds and amounts; every other column may be left out whole.
    columns = [
        Column(f.name, fact=f, required=is_item and (f.name == entity.kind or f.type.kind is Kind.MONEY)) for f in facts
    ]
    complete = [Column(word(e) + COMPLETE, child=e) for e in book.entities if e.of == entity.name]
    return Sheet(title, entity, (*keys, *columns, *complete), required=not is_item)


def tidy_header(text: str) -> str:
    """A header as written by people: full-width letters, blanks, line breaks, a star for required and （元） do not matter."""
    plain = re.sub(r"\s+", "", narrow(text)).strip("*")
    return re.sub(r"\((元|必填)\)$", "", plain).strip("*")


def is_remark(header: str) -> bool:
    """A column the office keeps for itself."""
    return header.startswith("备注")
