"""Households and people enter the ledgers of groups, and leave them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.registry.actions.inputs import day_after, the_span, the_text
from doudi.server.registry.actions.kernel import Done, Work, work
from doudi.server.registry.actions.pack import pack_on
from doudi.server.registry.actions.rows import gone, kept
from doudi.server.registry.checks import HOUSEHOLD
from doudi.server.registry.models import Enrolment, Person, Residence
from doudi.server.registry.verbs import whose

MOST_DETAILS, LONGEST = 60, 500


def enrol(
    *, by: Actor, ledger: str, on: date, household: int | None = None, person: int | None = None, until: date | None = None,
    details: Mapping[str, object] | None = None, evidence: str = "", version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """The household, or the person, stands on ``ledger`` from ``on``: until it was merged into another, or the person died, where that is on record
    already. The Done's ``row`` is the enrolment. Raises Refused, NotFound, Changed."""
    with work(by, "enrol", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        _of_right_kind(ledger, household, person, on)
        _lock(w, household, person, version)
        the_span(on, until)
        last = _last(household, person, on)
        until = last if until is None else min(until, last or until)
        row = Enrolment(
            ledger=ledger, household_id=household, person_id=person, details=_details(details or {}), since=on, until=until,
            evidence=the_text(evidence, 200, "evidence"),
        )  # fmt: skip
        w.bring(row)
        if person is not None:
            w.alive(person, on)
        return _told(w, row)


def strike(*, by: Actor, enrolment: int, on: date, version: int | None = None, why: str = "", once: str = "") -> Done:
    """It stands on the ledger until before ``on``; from the day it began, or before: it never should have."""
    with work(by, "strike", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        row = Enrolment.objects.filter(pk=enrolment).first()
        if row is None:
            raise NotFound(
                "enrolment-unknown",
                "您的辖区内没有这条台账记录。",
                "There is no such enrolment in your areas.",
                field="enrolment",
            )
        _lock(w, row.household_id, row.person_id, version)
        row.refresh_from_db()
        if row.withdrawn_id is not None:
            raise gone(row)
        w.end(row, on)
        return _told(w, row)


def _of_right_kind(ledger: str, household: int | None, person: int | None, on: date) -> None:
    known = {item.code: item for item in pack_on(on).ledgers}
    if ledger not in known:
        raise Refused(
            "ledger-unknown", f"没有“{ledger}”台账；可选：{'、'.join(known)}。", f"There is no ledger “{ledger}”; choose one of {', '.join(known)}.",
            field="ledger",
        )  # fmt: skip
    wanted = HOUSEHOLD if person is None else "人"
    if (household is None) == (person is None) or known[ledger].of != wanted:
        of = known[ledger].of
        raise Refused(
            "ledger-of-other", f"“{ledger}”台账按{of}登记，请填一个{of}。",
            f"The ledger “{ledger}” lists {'households' if of == HOUSEHOLD else 'people'}; name one of those.", field="ledger",
        )  # fmt: skip


def _last(household: int | None, person: int | None, on: date) -> date | None:
    """The day from which neither is on a ledger any more; None where that is not known. Raises Refused for a household that had ended by ``on``."""
    if person is not None:
        return day_after(Person.objects.get(pk=person), on)
    ends = set(Residence.objects.filter(household=household, withdrawn=None).values_list("until", flat=True))
    gone = None if None in ends else max((day for day in ends if day is not None), default=None)
    if gone is not None and gone <= on:
        raise Refused(
            "household-ended", f"户#{household} 到 {gone} 为止，已并入别户；请在那一户登记。",
            f"Household {household} ended on {gone}, when it was merged into another; enter that one.", field="on",
        )  # fmt: skip
    return gone


def _lock(w: Work, household: int | None, person: int | None, version: int | None) -> None:
    if household is not None:
        w.household(household, version)
    if person is not None:
        w.person(person, version)


def _details(details: Mapping[str, object]) -> dict[str, object]:
    wrong = [
        k for k, v in details.items() if not isinstance(v, str | int | None) or len(str(v)) > LONGEST or len(k) > 60
    ]
    if wrong or len(details) > MOST_DETAILS:
        raise Refused(
            "details-wrong", f"台账栏目最多 {MOST_DETAILS} 个，每栏是文字、整数或是否，不超过 {LONGEST} 字。",
            f"A ledger has at most {MOST_DETAILS} columns of text, whole numbers or truths, each at most {LONGEST} characters.", field="details",
        )  # fmt: skip
    return {kept(k): kept(v) if isinstance(v, str) else v for k, v in details.items()}


def _told(w: Work, row: Enrolment) -> Done:
    w.tell(
        household=row.household_id,
        person=row.person_id,
        whose=whose(row.household_id, row.person_id),
        ledger=row.ledger,
    )
    return w.done(household=row.household_id, people=[row.person_id] if row.person_id else [], row=row.id)
