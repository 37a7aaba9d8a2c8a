"""What people are called and known by."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from doudi.server.audit.actions import record
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.blind import blind, normal
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.lib.sealed import unseal
from doudi.server.registry import verbs
from doudi.server.registry.actions.inputs import FIELD, TABLE, bring_identifier, the_name
from doudi.server.registry.actions.kernel import Done, work
from doudi.server.registry.actions.members import must_say_why
from doudi.server.registry.models import Identifier, PersonName


def rename(
    *, by: Actor, person: int, name: str, on: date, version: int | None = None, why: str = "", once: str = ""
) -> Done:
    """The person is called ``name`` from ``on``; the former name still finds them. Raises Refused, NotFound, Changed."""
    with work(by, "rename", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        w.person(person, version)
        row = _name(person, on)
        _other_than(row, the_name(name))
        w.recast(row, on, None, name=the_name(name))
        w.alive(person, on)
        w.tell(person=person)
        return w.done(people=[person])


def correct_name(
    *, by: Actor, person: int, name: str, on: date, why: str, version: int | None = None, once: str = ""
) -> Done:
    """The name that we have for ``on`` was written wrongly: the person was called ``name`` for as long."""
    with work(by, "correct-name", on=on, why=why, once=once, permission="registry.correct") as w:
        if w.repeated:
            return w.repeated
        must_say_why(why)
        w.person(person, version)
        row = _name(person, on)
        _other_than(row, the_name(name))
        w.recast(row, row.since, row.until, name=the_name(name))
        w.tell(person=person)
        return w.done(people=[person])


def identify(
    *, by: Actor, person: int, kind: str, number: str, on: date, replaces: int | None = None, shared: bool = False, version: int | None = None,
    why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """The person is known by a number of ``kind`` (id, card, phone, disability) from ``on``. An id number follows the one before, until the next on
    record; of the others one may have several, and ``replaces`` names a record that ends. ``shared``: somebody else on record has it too, and that is meant (a double
    not yet decided). The Done's ``row`` is the new record. Raises Refused, NotFound, Changed."""
    with work(by, "identify", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        w.person(person, version)
        _not_there_already(person, kind, number)
        until = None
        for old in _standing(person, on):
            if old.pk == replaces or (kind == old.kind == "id" and old.since <= on):
                w.end(old, on)
            elif kind == old.kind == "id":
                until = min(until or old.since, old.since)
        made = bring_identifier(w, person, kind, number, on, until=until, shared=shared)
        w.tell(person=person, sort=kind)
        return w.done(people=[person], row=made.id)


def correct_identifier(
    *, by: Actor, identifier: int, number: str, why: str, on: date, shared: bool = False, version: int | None = None, once: str = "",
) -> Done:  # fmt: skip
    """The number was entered wrongly: the person was known by this one all along."""
    with work(by, "identify", on=on, why=why, once=once, permission="registry.correct") as w:
        if w.repeated:
            return w.repeated
        must_say_why(why)
        row = Identifier.objects.filter(pk=identifier).first()
        w.person(row.person_id if row else 0, version)
        assert row is not None
        w.withdraw(row)
        made = bring_identifier(w, row.person_id, row.kind, number, row.since, shared=shared)
        if row.until is not None:
            w.end(made, row.until)
        w.tell(person=row.person_id, sort=row.kind)
        return w.done(people=[row.person_id], row=made.id)


def drop_identifier(
    *, by: Actor, identifier: int, on: date, version: int | None = None, why: str = "", once: str = ""
) -> Done:
    """The number is the person's no more from ``on``."""
    with work(by, "drop-identifier", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        row = Identifier.objects.filter(pk=identifier).first()
        w.person(row.person_id if row else 0, version)
        assert row is not None
        w.end(row, on)
        w.tell(person=row.person_id, sort=row.kind)
        return w.done(people=[row.person_id])


def reveal(*, by: Actor, identifier: int, why: str) -> str:
    """The whole number, which the record says was seen, by whom and why. Raises NotAllowed, NotFound, Refused without a reason."""
    by.require("registry.reveal")
    must_say_why(why)
    with acting(by), transaction.atomic():
        known = Identifier.objects.filter(by.scope.q("person__area", "person__other_area"), pk=identifier)
        row = known.select_related("person").first()
        if row is None:
            raise NotFound(
                "identifier-unknown",
                "您的辖区内没有这条号码记录。",
                "There is no such number in your areas.",
                field="identifier",
            )
        number = unseal(bytes(row.cipher), table=TABLE, field=FIELD)
        record(
            by, verbs.REVEALED, person=row.person_id, area=row.person.area, why=why, kind=row.kind, identifier=row.id
        )  # fmt: skip
    return number


def _name(person: int, on: date) -> PersonName:
    rows = PersonName.objects.filter(Q(until=None) | Q(until__gt=on), person=person, withdrawn=None, since__lte=on)
    found = rows.first()
    if found is None:
        raise Refused(
            "no-name",
            f"{on} 这天，人#{person} 还没有登记姓名。",
            f"On {on} no name is on record for person {person}.",
            field="on",
        )
    return found


def _other_than(row: PersonName, name: str) -> None:
    if row.name == name:
        raise Refused("name-same", "新姓名与原姓名相同。", "The new name is the old one.", field="name")


def _standing(person: int, on: date) -> list[Identifier]:
    return list(Identifier.objects.filter(Q(until=None) | Q(until__gt=on), person=person, withdrawn=None))


def _not_there_already(person: int, kind: str, number: str) -> None:
    index = blind(kind, normal(kind, number))
    if Identifier.objects.filter(person=person, kind=kind, blind=index, withdrawn=None, until=None).exists():
        raise Refused(
            "number-there",
            "这个号码已登记在此人名下。",
            "This number is on record for this person already.",
            field="number",
        )
