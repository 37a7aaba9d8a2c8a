"""The cells of a sheet read into stored values; every cell that cannot be is a blemish with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from doudi.rules.calendar import to_day
from doudi.rules.types import Kind
from doudi.screening.workbook import idnumber
from doudi.screening.workbook.cells import Parser, Raw, Stored, area_known, completeness, parser, shown, tidy
from doudi.screening.workbook.columns import HOUSEHOLD_CODE, ID_NUMBER, NAME, Column, Layout
from doudi.screening.workbook.findings import Bad, Finding
from doudi.screening.workbook.idnumber import BadIdNumber, IdNumber
from doudi.screening.workbook.sheets import RawSheet

BIRTH = "出生日期"
SEX = "性别"
MALE, FEMALE = "男", "女"
"""Names by which a pack declares what an identity number also tells."""

Numbers = dict[str, IdNumber | BadIdNumber]

EXACT_TO = 10**15
"""A spreadsheet keeps fifteen digits of a number; the rest of a longer one are zeros."""


@dataclass(frozen=True)
class Blemish:
    """Something wrong (or worth a note) at position ``at`` among the rows read."""

    at: int
    header: str
    code: str
    words: tuple[tuple[str, str], ...] = ()

    def finding(self, raw: RawSheet, household: str) -> Finding:
        value = _shown_value(raw, self) if self.header in raw.cells else ""
        return Finding(self.code, raw.title, raw.rows[self.at], self.header, self.words, household, value)


@dataclass
class Parsed:
    """The rows of one sheet: keys as texts ("" where blank or unreadable), facts and completeness as stored values."""

    raw: RawSheet
    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    births: list[date | None] = field(default_factory=list)
    males: list[bool] = field(default_factory=list)
    values: dict[str, list[Stored]] = field(default_factory=dict)
    blemishes: list[Blemish] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.raw.rows)


def parse(raw: RawSheet, layout: Layout, latest_birth: date, numbers: Numbers) -> Parsed:
    """Read every column. ``latest_birth``: nobody is born after it. ``numbers`` keeps what each identity number was found to be."""
    out = Parsed(raw)
    keys = {c.key for c in raw.sheet.columns if c.key}
    if HOUSEHOLD_CODE in keys:
        out.codes = _each(raw, HOUSEHOLD_CODE, out, _code)
    if NAME in keys:
        required = raw.sheet.by_header[NAME].required
        out.names = _each(raw, NAME, out, lambda v: _name(v, required=required))
    if ID_NUMBER in keys:
        _read_ids(out, latest_birth, numbers, notes=raw.sheet is layout.people)
    for column in raw.sheet.columns:
        if not column.key:
            out.values[column.header] = _facts(raw, column, layout, out)
    if raw.sheet is layout.people:
        _derive_from_ids(out, layout, latest_birth)
    return out


def _each(raw: RawSheet, header: str, out: Parsed, read: Callable[[Raw], str]) -> list[str]:
    texts = []
    hollow = raw.hollow.get(header, {})
    for i, value in enumerate(raw.column(header)):
        try:
            if i in hollow:
                raise Bad(hollow[i])
            texts.append(read(value))
        except Bad as bad:
            texts.append("")
            out.blemishes.append(Blemish(i, header, bad.code, bad.words))
    return texts


def code_text(value: Raw) -> str:
    """A household number as text: 12, 12.0 and １２ are the same."""
    if isinstance(value, float) and value == int(value) and abs(value) < EXACT_TO:
        return str(int(value))
    return "".join(tidy(value).split()).lstrip("'’")


def _code(value: Raw) -> str:
    if isinstance(value, float) and abs(value) >= EXACT_TO:
        raise Bad("code-as-number")
    text = code_text(value)
    if not text:
        raise Bad("code-missing")
    return text


def _name(value: Raw, *, required: bool) -> str:
    text = "".join(tidy(value).split())
    if not text and required:
        raise Bad("name-missing")
    return text


def _number(text: str, latest_birth: date, numbers: Numbers) -> IdNumber | BadIdNumber:
    if text not in numbers:
        try:
            numbers[text] = idnumber.parse(text, latest_birth)
        except BadIdNumber as bad:
            numbers[text] = bad
    return numbers[text]


def _read_ids(out: Parsed, latest_birth: date, numbers: Numbers, *, notes: bool) -> None:
    """A number that fails still ties an item to its person, so its text is kept; one stored as a number is kept apart from all texts."""
    hollow = out.raw.hollow.get(ID_NUMBER, {})
    for i, value in enumerate(out.raw.column(ID_NUMBER)):
        text, birth, male, code = "", None, False, ""
        words: tuple[tuple[str, str], ...] = ()
        if i in hollow:
            code = hollow[i]
        elif isinstance(value, str):
            text = idnumber.tidy(value)
            if not text:
                code = "id-missing"
            else:
                number = _number(text, latest_birth, numbers)
                if isinstance(number, BadIdNumber):
                    code, words = number.code, tuple(number.args_said.items())
                else:
                    text, birth, male = number.text, number.birth, number.male
                    if notes and number.old:
                        out.blemishes.append(Blemish(i, ID_NUMBER, "old-id"))
                    if notes and not number.known_division:
                        out.blemishes.append(Blemish(i, ID_NUMBER, "unknown-division"))
        else:
            text, code = f"#{value!r}", "id-as-number"
        if code:
            out.blemishes.append(Blemish(i, ID_NUMBER, code, words))
        out.ids.append(text)
        out.births.append(birth)
        out.males.append(male)


def _facts(raw: RawSheet, column: Column, layout: Layout, out: Parsed) -> list[Stored]:
    if column.header not in raw.cells:
        return [None] * len(raw.rows)
    read = _reader(column, layout)
    hollow = raw.hollow.get(column.header, {})
    fraction = column.fact is not None and column.fact.type.kind is Kind.RATIO
    # A column repeats itself: each text and each number is read once. Truths, dates and the rest are too few to keep (and True equals 1.0).
    texts: dict[str, Stored] = {"": None}
    floats: dict[float, Stored] = {}
    stored: list[Stored] = []
    for i, value in enumerate(raw.cells[column.header]):
        try:
            if hollow and i in hollow and not (hollow[i] == "percentage" and (fraction or value == 0)):
                raise Bad(hollow[i])
            if isinstance(value, str):
                if value not in texts:
                    texts[value] = read(value)
                stored.append(texts[value])
            elif type(value) is float:
                if value not in floats:
                    floats[value] = read(value)
                stored.append(floats[value])
            else:
                stored.append(read(value))
        except Bad as bad:
            out.blemishes.append(Blemish(i, column.header, bad.code, bad.words))
            stored.append(None)
    if column.fact is not None and column.fact.type.kind is Kind.AREA:
        declared = {a.code for a in layout.book.areas}
        strange = {v for v in set(stored) if isinstance(v, int) and v not in declared and not area_known(v)}
        out.blemishes += [Blemish(i, column.header, "area-outside") for i, v in enumerate(stored) if v in strange]
    return stored


def _reader(column: Column, layout: Layout) -> Parser:
    if column.fact is not None:
        return parser(column.fact, layout.categories.get(column.fact.type.category), layout.book.areas)
    assert column.child is not None
    kind = column.child.kind
    fact = (
        next((f for f in layout.book.facts if f.entity == column.child.name and f.name == kind), None) if kind else None
    )
    return completeness(layout.categories[fact.type.category] if fact else None)


def _derive_from_ids(out: Parsed, layout: Layout, latest_birth: date) -> None:
    """An identity number tells birth date and sex: they fill what is blank and must not contradict what is written."""
    latest = to_day(latest_birth)
    if BIRTH in out.values:
        births = out.values[BIRTH]
        for i, (written, known) in enumerate(zip(births, out.births, strict=True)):
            lo, hi = written if isinstance(written, tuple) else (written, written)
            if lo is not None and lo > latest:
                out.blemishes.append(Blemish(i, BIRTH, "future-birth", (("latest", latest_birth.isoformat()),)))
            elif known is not None:
                if lo is not None and hi is not None and not lo <= to_day(known) <= hi:
                    out.blemishes.append(Blemish(i, BIRTH, "birth-contradiction"))
                births[i] = to_day(known)
                fact = layout.people.by_header[BIRTH].fact
                if fact is not None and not fact.lo <= to_day(known) <= fact.hi:
                    bounds = (("lo", shown(fact.type, fact.lo)), ("hi", shown(fact.type, fact.hi)))
                    out.blemishes.append(Blemish(i, ID_NUMBER, "id-birth-bounds", bounds))
    column = layout.people.by_header.get(SEX)
    if column is None or column.fact is None:
        return
    values = [zh for zh, _ in layout.categories[column.fact.type.category].values]
    if MALE not in values or FEMALE not in values:
        return
    for i, written in enumerate(out.values[SEX]):
        if out.births[i] is not None:
            told = values.index(MALE if out.males[i] else FEMALE)
            if written is not None and written != told:
                out.blemishes.append(Blemish(i, SEX, "sex-contradiction"))
            out.values[SEX][i] = told


def mask_code(text: str) -> str:
    """A household number as shown: masked where an office uses the head's identity number for it."""
    return idnumber.masked(text) if len(text) in (15, 18) and text[:-1].isdigit() else text


def _shown_value(raw: RawSheet, blemish: Blemish) -> str:
    value = raw.cells[blemish.header][blemish.at]
    if value == "":
        return ""
    column = raw.sheet.by_header[blemish.header]
    if column.key == ID_NUMBER:
        return idnumber.masked(idnumber.tidy(value)) if isinstance(value, str) else "（数字）"
    if column.key == NAME:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    text = str(value)
    return mask_code(text) if column.key else text[:60]
