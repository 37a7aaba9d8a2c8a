"""What sources say of people and households."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.registry.actions.inputs import NewStatement, bring_statement
from doudi.server.registry.actions.kernel import Done, Work, work
from doudi.server.registry.actions.members import must_say_why
from doudi.server.registry.actions.rows import gone
from doudi.server.registry.checks import named
from doudi.server.registry.models import Statement
from doudi.server.registry.verbs import whose

_TOLD = 12
"""Facts that one sentence names."""


def state(
    *, by: Actor, source: str, on: date, household: int | None = None, person: int | None = None, values: Mapping[str, Any] | None = None,
    tables: Mapping[str, Any] | None = None, until: date | None = None, evidence: str = "", version: int | None = None, why: str = "",
    once: str = "", instead_of: int | None = None,
) -> Done:  # fmt: skip
    """``source`` says this of the household, or of the person, from ``on``; a table is given as a whole. The Done's ``row`` is the statement.
    ``instead_of``: what the same official took down today of the same and put wrongly; it is withdrawn.

    Raises FactsRefused with all that the pack in force does not know or allow, Refused, NotFound, Changed.
    """
    with work(by, "state", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        _lock(w, household, person, version)
        if instead_of is not None:
            w.withdraw(_slip(w, instead_of, household, person, {*(values or {}), *(tables or {})}))
        said = NewStatement(source, values or {}, tables or {}, evidence, on, until)
        made = bring_statement(w, said, household=household, person=person)
        return _told(w, made)


def correct(
    *, by: Actor, statement: int, why: str, on: date, values: Mapping[str, Any] | None = None, tables: Mapping[str, Any] | None = None,
    since: date | None = None, until: date | None = None, source: str | None = None, evidence: str | None = None, version: int | None = None,
    once: str = "",
) -> Done:  # fmt: skip
    """The statement was taken down wrongly: it is withdrawn and stated as given here. What is not given stays as it was, its days above all."""
    with work(by, "correct", on=on, why=why, once=once, permission="registry.correct") as w:
        if w.repeated:
            return w.repeated
        must_say_why(why)
        row = _of(w, statement, version)
        w.withdraw(row)
        said = NewStatement(
            row.source if source is None else source, row.values if values is None else values, row.tables if tables is None else tables,
            row.evidence if evidence is None else evidence, since or row.since, until or row.until,
        )  # fmt: skip
        return _told(w, bring_statement(w, said, household=row.household_id, person=row.person_id))


def withdraw(*, by: Actor, statement: int, why: str, on: date, version: int | None = None, once: str = "") -> Done:
    """The statement should never have been taken down; that it was is still known."""
    with work(by, "withdraw", on=on, why=why, once=once, permission="registry.correct") as w:
        if w.repeated:
            return w.repeated
        must_say_why(why)
        row = _of(w, statement, version)
        w.withdraw(row)
        return _told(w, row)


def end_statement(
    *, by: Actor, statement: int, on: date, version: int | None = None, why: str = "", once: str = ""
) -> Done:
    """What was stated holds until before ``on``, and was right till then."""
    with work(by, "withdraw", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        row = _of(w, statement, version)
        w.end(row, on)
        return _told(w, row)


def _of(w: Work, statement: int, version: int | None) -> Statement:
    """The statement, within the actor's areas and still known."""
    row = Statement.objects.filter(pk=statement).first()
    if row is None:
        raise NotFound(
            "statement-unknown",
            "您的辖区内没有这条说明。",
            "There is no such statement in your areas.",
            field="statement",
        )
    _lock(w, row.household_id, row.person_id, version)
    row.refresh_from_db()
    if row.withdrawn_id is not None:
        raise gone(row)
    return row


def _slip(w: Work, statement: int, household: int | None, person: int | None, names: set[str]) -> Statement:
    """What who acts took down today of the same facts: no decision of an earlier day rests on it, so that putting it right needs no correction
    of the past. Raises Refused for any other statement."""
    row = Statement.objects.filter(pk=statement).select_related("act").first()
    own = (
        row is not None and row.act.official is not None and row.act.official == w.by.official and day_of(row.act.recorded_at) == w.today
    )  # fmt: skip
    if (
        row is None
        or not own
        or (row.household_id, row.person_id) != (household, person)
        or not {*row.values, *row.tables} <= names
    ):
        raise Refused(
            "not-ones-slip", "只能改正自己今天记下的这一项；其他的请用“更正”。",
            "Only what you took down today of the same can be replaced; correct anything else.", field="instead",
        )  # fmt: skip
    if row.withdrawn_id is not None:
        raise gone(row)
    return row


def _lock(w: Work, household: int | None, person: int | None, version: int | None) -> None:
    if (household is None) == (person is None):
        raise Refused(
            "one-subject",
            "请说明是哪一户或哪一个人的情况，二者填一。",
            "Say of which household or of which person: one of the two.",
        )
    if household is not None:
        w.household(household, version)
    if person is not None:
        w.person(person, version)


def _told(w: Work, row: Statement) -> Done:
    names = list(named(row.values, row.tables))
    facts = "、".join(names[:_TOLD]) + ("…" if len(names) > _TOLD else "")
    w.tell(household=row.household_id, person=row.person_id, whose=whose(row.household_id, row.person_id))
    w.tell(source=row.source, facts=facts)
    return w.done(household=row.household_id, people=[row.person_id] if row.person_id else [], row=row.id)
