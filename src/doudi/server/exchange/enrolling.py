"""A list that an office holds of those on a group's ledger, brought on record: everybody on it who is known here stands on the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from doudi.screening.workbook.findings import Finding
from doudi.screening.workbook.messages import Message
from doudi.server.exchange.lists import Row
from doudi.server.exchange.receiving import ledger_of
from doudi.server.lib.actor import Actor
from doudi.server.registry.batch import NewEnrolment
from doudi.server.registry.selectors.matching import KnownPerson, on_ledger, people_by_blind

STEP = 1_000
NOT_TAKEN = {
    "no-number": Message(
        "row",
        "没有可用的身份证号",
        "填写 18 位身份证号",
        "there is no usable id number",
        "give the 18 characters of the id number",
    ),
    "not-known": Message(
        "row",
        "登记里没有这个人，或不在您的管辖范围内",
        "先登记这个人，再导入",
        "this person is not on record, or not in your areas",
        "register the person first, then import again",
    ),
    "other-name": Message(
        "row",
        "姓名与登记的不同",
        "核对号码和姓名",
        "the name is not the one on record",
        "check the number and the name",
    ),
    "no-household": Message(
        "row",
        "这个人现在不属于任何一户",
        "先把人登记到户",
        "this person belongs to no household now",
        "register the household first",
    ),
    "twice": Message(
        "row",
        "与第 {row} 行是同一个人或同一户",
        "删去一行",
        "the same person or household as row {row}",
        "delete one of the rows",
    ),
    "later": Message(
        "row",
        "从 {since} 起已列入这本台账，晚于名单的日期",
        "名单的日期对的，在登记里更正列入的日期；不对的，改用 {since} 或以后的日期",
        "stands on this ledger from {since} on, a day after that of the list",
        "correct that day on record, or hand the list in for {since} or a later day",
    ),
    "refused": Message("row", "{zh}", "改正后再导入", "{en}", "mend it and import again"),
}


@dataclass(frozen=True)
class Taken:
    """``fresh``: who would newly stand on the ledger; ``who``, in the same order: (row, name with all but the family name hidden, household).
    ``same``: how many stand on it already. ``held``: rows that are not taken, and why."""

    fresh: list[NewEnrolment]
    who: list[tuple[int, str, int | None]]
    same: int
    held: list[Finding]


def sort_out(by: Actor, rows: list[Row], *, ledger: str, since: date) -> Taken:
    """What the list would change. Of a ledger of households it takes the household of each. Reads, changes nothing; Refused for an unknown ledger."""
    of_people = ledger_of(ledger, since).of == "人"
    known = people_by_blind(by, [r.theirs.blind for r in rows if r.theirs.blind], on=since)
    subjects = {who for p in known.values() if (who := p.id if of_people else p.household) is not None}
    there = on_ledger(by, ledger, subjects, of_people=of_people, on=since)
    return _sorted(rows, known, there, ledger, since, of_people=of_people)


def _sorted(
    rows: list[Row], known: dict[bytes, KnownPerson], there: dict[int, date], ledger: str, since: date, *, of_people: bool
) -> Taken:  # fmt: skip
    """``there``: who stands on the ledger on the day ``since`` or later, and since when."""
    fresh: list[NewEnrolment] = []
    names: list[tuple[int, str, int | None]] = []
    held: list[Finding] = []
    taken: dict[int, int] = {}
    same = 0
    for r in rows:
        person = known.get(r.theirs.blind) if r.theirs.blind else None
        if person is None:
            held.append(_held("not-known" if r.theirs.blind else "no-number", r))
        elif r.theirs.name and r.theirs.name not in person.names:
            held.append(_held("other-name", r))
        elif (who := person.id if of_people else person.household) is None:
            held.append(_held("no-household", r))
        elif who in taken:
            held.append(_held("twice", r, row=str(taken[who])))
        elif who in there:
            taken[who] = r.theirs.row
            if there[who] <= since:
                same += 1
            else:
                held.append(_held("later", r, since=there[who].isoformat()))
        else:
            taken[who] = r.theirs.row
            names.append((r.theirs.row, f"{person.name[:1]}**", person.household))
            evidence = f"名单第 {r.theirs.row} 行"
            if of_people:
                fresh.append(NewEnrolment(ledger, person=who, details=dict(r.theirs.fields), evidence=evidence))
            else:
                fresh.append(NewEnrolment(ledger, household=who, details=dict(r.theirs.fields), evidence=evidence))
    return Taken(fresh, names, same, held)


def _held(code: str, r: Row, **words: str) -> Finding:
    return not_taken(code, r.theirs.row, words.items())


def not_taken(code: str, row: int, words: Iterable[tuple[str, str]]) -> Finding:
    """Why a row of the list is not taken."""
    return Finding(code, "", row, "身份证号", tuple(words), own=NOT_TAKEN[code])
