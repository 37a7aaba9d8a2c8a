"""What acts are given: people and statements to be, and the checks that all acts share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from secrets import token_hex
from typing import Any

from django.db import connection

from doudi.server.lib.blind import blind, mask, normal
from doudi.server.lib.idnumber import read
from doudi.server.lib.refusals import Refused
from doudi.server.lib.sealed import seal
from doudi.server.registry.actions.kernel import Work
from doudi.server.registry.actions.pack import pack_on
from doudi.server.registry.actions.rows import kept, must_be_alone
from doudi.server.registry.checks import HOUSEHOLD, PERSON, RELATION, checked
from doudi.server.registry.models import Household, Identifier, Person, PersonName, Statement

KINDS = {"id": "身份证号", "card": "银行卡或社保卡号", "phone": "电话", "disability": "残疾人证号"}
"""Kinds of numbers that people are known by."""
TABLE, FIELD = "registry_identifier", "cipher"
"""What a sealed number is bound to."""
HEAD_RELATIONS = ("户主", "本人")


@dataclass(frozen=True)
class NewStatement:
    """What ``source`` says. ``since`` empty: from the day of the act. Values and tables: see the model Statement."""

    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    evidence: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class NewMember:
    """Who joins a household: somebody on record (``person``), or a new person with a ``name``. ``identifiers``: kind -> number as written."""

    name: str = ""
    relation: str = ""
    head: bool = False
    person: int | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    statements: Sequence[NewStatement] = ()


def the_name(text: str) -> str:
    """A person's name as it is kept. Raises Refused for none, or one that is no name."""
    name = " ".join(kept(text).replace("•", "·").split())
    if not name or len(name) > 80:
        raise Refused(
            "name-wrong", "请填写姓名，不超过 80 个字。", "Give a name of at most 80 characters.", field="name"
        )
    return name


def the_relation(relation: str, on: date) -> str:
    """A relation to the head as the pack's category names it, or empty: not known. Raises Refused."""
    columns = {c.fact.name: c for c in pack_on(on).schema.of(PERSON).columns}
    allowed = columns[RELATION].values if RELATION in columns else ()
    if relation and allowed and relation not in allowed:
        raise Refused(
            "relation-unknown", f"没有“{relation}”这种与户主的关系；可选：{'、'.join(allowed)}。",
            f"There is no relation “{relation}”; choose one of {', '.join(allowed)}.", field="relation",
        )  # fmt: skip
    return relation


def head_relation(on: date) -> str:
    """How the pack names the head's relation to the head; empty where it does not."""
    columns = {c.fact.name: c for c in pack_on(on).schema.of(PERSON).columns}
    allowed = columns[RELATION].values if RELATION in columns else ()
    return next((r for r in HEAD_RELATIONS if r in allowed), "")


def the_source(code: str, on: date) -> str:
    """Raises Refused for a source that the pack does not list."""
    known = [s.code for s in pack_on(on).sources]
    if code not in known:
        raise Refused(
            "source-unknown", f"没有“{code}”这种来源；可选：{'、'.join(known)}。",
            f"There is no source “{code}”; choose one of {', '.join(known)}.", field="source",
        )  # fmt: skip
    return code


def the_text(text: str, most: int, field: str) -> str:
    """Free text that fits its column. Raises Refused."""
    tidy = kept(text)
    if len(tidy) > most:
        raise Refused(
            "too-long",
            f"文字过长，最多 {most} 个字。",
            f"The text is too long: at most {most} characters.",
            field=field,
        )
    return tidy


def bring_statement(
    w: Work, said: NewStatement, *, household: int | None = None, person: int | None = None
) -> Statement:
    """Checks and keeps what a source says of a household or a person."""
    since = said.since or w.on
    the_span(since, said.until)
    entity = HOUSEHOLD if person is None else PERSON
    values, tables = checked(pack_on(since).schema, entity, said.values, said.tables, today=w.today)
    return w.bring(
        Statement(
            household_id=household, person_id=person, source=the_source(said.source, since), values=values, tables=tables,
            evidence=the_text(said.evidence, 200, "evidence"), since=since, until=said.until,
        )
    )  # fmt: skip


def the_span(since: date, until: date | None) -> None:
    """Raises Refused where it ends before it begins."""
    if until is not None and until <= since:
        raise Refused(
            "span-wrong",
            f"止期 {until} 应在起期 {since} 之后。",
            f"It cannot end on {until}, before or when it begins on {since}.",
            field="until",
        )


def bring_person(w: Work, new: NewMember, since: date) -> Person:
    """A new person with name, numbers and statements, known by that name from ``since``."""
    person = Person.objects.create(name="")
    w.bring(PersonName(person=person, name=the_name(new.name), since=since))
    for kind, text in new.identifiers.items():
        bring_identifier(w, person.id, kind, text, since)
    for said in new.statements:
        bring_statement(w, said, person=person.id)
    return person


def day_after(person: Person, since: date) -> date | None:
    """The day from which somebody on record as dead belongs nowhere any more; None of the living, and for what begins later, which is refused."""
    return person.died + timedelta(days=1) if person.died is not None and person.died >= since else None


def bring_identifier(
    w: Work, person: int, kind: str, text: str, since: date, *, until: date | None = None, shared: bool = False
) -> Identifier:
    """A number of ``kind``, sealed, blinded and masked. Raises Refused for one that cannot be, or that somebody else has (unless ``shared``)."""
    if kind not in KINDS:
        raise Refused(
            "identifier-kind", f"没有“{kind}”这类号码；可选：{'、'.join(KINDS)}。", f"There is no kind of number “{kind}”; choose one of {', '.join(KINDS)}.",
            field="kind",
        )  # fmt: skip
    number = normal(kind, text)
    if kind == "id":
        number = read(number, on=w.today).text
    if not 3 <= len(number) <= 40:
        raise Refused(
            "identifier-wrong", f"{KINDS[kind]}不对，请核对。", "This number cannot be right; check it.", field=kind
        )
    index = blind(kind, number)
    if kind == "id" and not shared:
        alone_with([index])
        must_be_alone({index: person})
        w.alone[index] = person
    sealed = seal(number, table=TABLE, field=FIELD)
    return w.bring(
        Identifier(
            person_id=person, kind=kind, cipher=sealed, blind=index, shown=mask(kind, number), since=since, until=until
        )
    )


def alone_with(indexes: Collection[bytes]) -> None:
    """Of two who enter one number at once, the second waits and finds that it is taken. (SQLite lets one act at a time write anyway.)"""
    if connection.vendor == "postgresql" and indexes:
        keys = sorted(int.from_bytes(index[:8], "big", signed=True) for index in indexes)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS k", [keys])


def new_household(number: str, area: str, other_area: str) -> Household:
    """A household under ``number``, or under one of our own. One whose registration was undone is taken up again under its old number."""
    number = the_text(number, 30, "number")
    before = Household.objects.filter(number=number).first() if number else None
    if before is not None:
        if before.residences.filter(withdrawn=None).exists():
            raise Refused(
                "number-taken",
                f"户编号“{number}”已被使用。",
                f"There is a household with the number “{number}” already.",
                field="number",
            )
        return before
    made = Household.objects.create(number=number or token_hex(12), area=area, other_area=other_area, closed=True)
    if not number:
        made.number = f"D{made.id:09d}"
        made.save(update_fields=["number"])
    return made
