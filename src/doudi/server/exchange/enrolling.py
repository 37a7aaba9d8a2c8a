"""A list that an office holds of those on a group's ledger, brought on record: everybody on it who is known here stands on the ledger."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from doudi.screening.workbook.findings import Finding
from doudi.screening.workbook.messages import Message
from doudi.screening.workbook.report import Source, write_report
from doudi.server.audit.actions import record
from doudi.server.exchange import verbs
from doudi.server.exchange.comparisons import Row, read_list
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, Refused
from doudi.server.policybook.selectors import policy
from doudi.server.registry.actions.load import load
from doudi.server.registry.batch import Batch, NewEnrolment
from doudi.server.registry.selectors import ledger_list
from doudi.server.registry.selectors.matching import KnownPerson, people_by_blind

PERMISSION = "exchange.import"
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
}


@dataclass(frozen=True)
class Enrolled:
    """``fresh``: newly on the ledger; ``same``: stood on it already; ``held``: rows not taken, told in ``report`` (None: there is none)."""

    fresh: int
    same: int
    held: int
    report: Path | None


def enrol_list(*, by: Actor, path: Path, ledger: str, area: str, since: date, report: Path) -> Enrolled:
    """Everybody on the list (first sheet, with 姓名 and 身份证号; further columns are the ledger's own) stands on ``ledger`` from ``since``. Of a ledger
    of households, the household of each. Rows that cannot be taken are told in a workbook at ``report``; the same list again changes nothing.

    Raises NotAllowed, Refused for a file or ledger that cannot be used; then nothing is done.
    """
    by.require(PERMISSION)
    if not by.scope.covers(area):
        raise NotAllowed(
            "area-not-yours", f"{area} 不在您的管辖范围内。", f"{area} is not among your areas.", field="area"
        )
    found = next((x for x in policy(since).ledgers if x.code == ledger), None)
    if found is None:
        raise Refused("ledger-unknown", f"没有“{ledger}”这本台账。", f"There is no ledger “{ledger}”.", field="ledger")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = read_list(path, since)
    with acting(by), transaction.atomic():
        of_people = found.of == "人"
        known = people_by_blind(by, [r.theirs.blind for r in rows if r.theirs.blind], on=since)
        there = _standing(by, ledger, area, since, of_people=of_people)
        fresh, held, same = _sorted(rows, known, there, ledger, of_people=of_people)
        for at in range(0, len(fresh), STEP):
            load(by=by, batch=Batch(enrolments=fresh[at : at + STEP]), on=since, permission=PERMISSION)
        record(by, verbs.ENROLLED, area=area, count=len(fresh), digest=digest, ledger=ledger, held=len(held))
    if held:
        report.parent.mkdir(parents=True, exist_ok=True)
        write_report(report, Source(path.name, digest[:12]), held, len(held), len(fresh) + same, since)
    return Enrolled(len(fresh), same, len(held), report if held else None)


def _standing(by: Actor, ledger: str, area: str, on: date, *, of_people: bool) -> set[int]:
    """Who stands on the ledger already."""
    there: set[int] = set()
    after: int | None = None
    while True:
        page = ledger_list(by, ledger, on=on, area=area, after=after, limit=STEP)
        there |= {x.id for e in page.rows if (x := e.person if of_people else e.household) is not None}
        if page.after is None:
            return there
        after = page.after


def _sorted(
    rows: list[Row], known: dict[bytes, KnownPerson], there: set[int], ledger: str, *, of_people: bool
) -> tuple[list[NewEnrolment], list[Finding], int]:  # fmt: skip
    fresh: list[NewEnrolment] = []
    held: list[Finding] = []
    taken: dict[int, int] = {}
    same = 0
    for r in rows:
        person = known.get(r.theirs.blind) if r.theirs.blind else None
        if person is None:
            held.append(_held("not-known" if r.theirs.blind else "no-number", r))
        elif r.theirs.name and r.theirs.name != person.name:
            held.append(_held("other-name", r))
        elif (who := person.id if of_people else person.household) is None:
            held.append(_held("no-household", r))
        elif who in taken:
            held.append(_held("twice", r, row=str(taken[who])))
        elif who in there:
            taken[who] = r.theirs.row
            same += 1
        else:
            taken[who] = r.theirs.row
            evidence = f"名单第 {r.theirs.row} 行"
            if of_people:
                fresh.append(NewEnrolment(ledger, person=who, details=dict(r.theirs.fields), evidence=evidence))
            else:
                fresh.append(NewEnrolment(ledger, household=who, details=dict(r.theirs.fields), evidence=evidence))
    return fresh, held, same


def _held(code: str, r: Row, **words: str) -> Finding:
    return Finding(code, "", r.theirs.row, "身份证号", tuple(words.items()), own=NOT_TAKEN[code])
