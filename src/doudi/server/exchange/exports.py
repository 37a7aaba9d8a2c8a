"""Lists to take away as workbooks: numbers masked, unless who takes them may have them whole and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from django.db import transaction

from doudi.screening.workbook.pen import Cell, Field, workbook, write_list
from doudi.server.areas.selectors import names_of
from doudi.server.audit.actions import record
from doudi.server.exchange import verbs
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.selectors import households, ledger_list, people
from doudi.server.registry.selectors.numbers import masked_numbers, whole_numbers
from doudi.server.registry.selectors.views import EnrolmentRow, HouseholdRow, Page, PersonRow

PERMISSION = "exchange.export"
What = Literal["households", "people", "ledger"]
STEP = 1_000
MOST = 500_000
"""Rows that a workbook may hold; more are taken by township."""
R = TypeVar("R")


@dataclass(frozen=True)
class Exported:
    """What was written: the file, its title and how many rows."""

    path: Path
    title: str
    rows: int


def export_list(
    *, by: Actor, what: What, path: Path, on: date, area: str = "", ledger: str = "", unmasked: bool = False, why: str = "", lang: str = "zh"
) -> Exported:  # fmt: skip
    """Writes the list of households, of people, or of who stands on ``ledger`` on the day ``on`` in ``area`` to ``path``, whole or not at all.

    ``unmasked``: with whole identity numbers, for which the permission ``exchange.export-unmasked`` and a reason are needed. Raises NotAllowed, Refused.
    """
    by.require(PERMISSION)
    if unmasked:
        by.require("exchange.export-unmasked")
        if not why.strip():
            raise Refused(
                "no-reason", "带出完整证件号码须说明理由。", "Say why whole id numbers are taken away.", field="why"
            )
    lists: dict[What, Callable[[_Asked], _List]] = {"households": _households, "people": _people, "ledger": _ledger}
    with transaction.atomic():
        title, fields, rows = lists[what](_Asked(by, on, area, ledger, unmasked, why, lang == "zh"))
        how = ("完整", "whole") if unmasked else ("遮盖", "masked")
        record(by, verbs.EXPORTED, area=area, count=len(rows), why=why, title=title, how="/".join(how))
        note = f"{on.isoformat()}　{by.post}" if lang == "zh" else f"{on.isoformat()} {by.post}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with workbook(path, title, on) as pen:
            write_list(pen, pen.sheet(title[:31]), title, fields, rows, note)
    return Exported(path, title, len(rows))


@dataclass(frozen=True)
class _Asked:
    by: Actor
    on: date
    area: str
    ledger: str
    unmasked: bool
    why: str
    zh: bool

    def numbers(self, people: list[int]) -> dict[int, str]:
        return whole_numbers(self.by, people, why=self.why) if self.unmasked else masked_numbers(self.by, people)

    def names(self, codes: set[str]) -> dict[str, str]:
        return names_of(codes, self.on)


_List = tuple[str, list[Field], list[list[Cell]]]


def _households(a: _Asked) -> _List:
    """A household has no number of its own that identifies anybody."""
    found: list[HouseholdRow] = list(
        _all(lambda after: households(a.by, on=a.on, area=a.area, ledger=a.ledger, after=after, limit=STEP))
    )
    names = a.names({h.area for h in found})
    fields = [
        Field("户编号" if a.zh else "Number", 18, "centre"), Field("户主" if a.zh else "Head", 12), Field("人口" if a.zh else "Members", 8, "whole"),
        Field("地区" if a.zh else "Place", 20), Field("地区代码" if a.zh else "Code", 16, "centre"),
    ]  # fmt: skip
    return (
        "家庭名册" if a.zh else "Households",
        fields,
        [[h.number, h.head, h.people, names.get(h.area, ""), h.area] for h in found],
    )


def _people(a: _Asked) -> _List:
    found: list[PersonRow] = list(
        _all(lambda after: people(a.by, on=a.on, area=a.area, ledger=a.ledger, after=after, limit=STEP))
    )
    numbers, names = a.numbers([p.id for p in found]), a.names({p.area for p in found})
    return "人员名册" if a.zh else "People", _person_fields(zh=a.zh), [_person(p, numbers, names) for p in found]


def _ledger(a: _Asked) -> _List:
    if not a.ledger:
        raise Refused("no-ledger", "请指明是哪一本台账。", "Say which ledger.", field="ledger")
    found: list[EnrolmentRow] = list(
        _all(lambda after: ledger_list(a.by, a.ledger, on=a.on, area=a.area, after=after, limit=STEP))
    )
    numbers = a.numbers([e.person.id for e in found if e.person])
    names = a.names({x.area for e in found if (x := e.person or e.household)})
    columns = sorted({str(k) for e in found for k in e.details})
    fields = [
        Field("户编号" if a.zh else "Household", 18, "centre"), *_person_fields(zh=a.zh), Field("列入日期" if a.zh else "Since", 12, "centre"),
        Field("止期" if a.zh else "Until", 12, "centre"), *(Field(c, 14) for c in columns),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for e in found:
        home = e.household
        who = (
            _person(e.person, numbers, names)
            if e.person
            else [home.head if home else None, None, None, None, names.get(home.area, "") if home else None]
        )
        ends: list[Cell] = [e.since.isoformat(), e.until.isoformat() if e.until else None]
        rows.append([home.number if home else None, *who, *ends, *(str(e.details.get(c, "")) for c in columns)])
    return a.ledger, fields, rows


def _person_fields(*, zh: bool) -> list[Field]:
    return [
        Field("姓名" if zh else "Name", 12), Field("性别" if zh else "Sex", 6, "centre"), Field("出生日期" if zh else "Born", 12, "centre"),
        Field("身份证号" if zh else "Id number", 21, "centre"), Field("地区" if zh else "Place", 20),
    ]  # fmt: skip


def _person(p: PersonRow, numbers: dict[int, str], names: dict[str, str]) -> list[Cell]:
    return [p.name, p.sex, p.born.isoformat() if p.born else None, numbers.get(p.id), names.get(p.area, "")]


def _all(page: Callable[[int | None], Page[R]]) -> Iterator[R]:
    """Every row of a list. Raises Refused for one that no workbook holds."""
    after: int | None = None
    count = 0
    while True:
        found = page(after)
        count += len(found.rows)
        if count > MOST:
            raise Refused(
                "too-many-rows",
                f"超过 {MOST:,} 行，请分乡镇导出。",
                f"More than {MOST:,} rows: export township by township.",
                field="area",
            )
        yield from found.rows
        if found.after is None:
            return
        after = found.after
