"""Identity numbers of several people at once: masked for lists, blind for comparing, whole for who may take them away and says why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from doudi.server.audit.actions import record
from doudi.server.audit.sealing import digest
from doudi.server.audit.verbs import Verb
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.lib.sealed import unseal
from doudi.server.registry.models import Enrolment, Identifier, Membership, Person
from doudi.server.registry.selectors.matching import parts
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.record import showing, within

LEDGER_COMPARED = Verb(
    "registry.compare",
    "取“{ledger}”台账与外来名单比对，{count} 人",
    "took the ledger “{ledger}” to be compared with another list, {count} people",
)
NUMBERS_TAKEN = Verb(
    "registry.take-numbers", "带出了 {count} 人的完整证件号码", "took away the whole id numbers of {count} people"
)


def masked_numbers(reader: Actor, people: Collection[int]) -> dict[int, str]:
    """Person -> the identity number of today, masked. For lists whose showing is recorded already."""
    return {p: n.shown for p, n in _numbers(reader, people).items()}


def whole_numbers(by: Actor, people: Collection[int], *, why: str) -> dict[int, str]:
    """Person -> the whole identity number of today; one entry in the record says how many were taken away and why.

    Raises NotAllowed without ``exchange.export-unmasked``, Refused without a reason.
    """
    by.require("exchange.export-unmasked")
    if not why.strip():
        raise Refused(
            "no-reason", "带出完整证件号码须说明理由。", "Say why whole id numbers are taken away.", field="why"
        )
    with transaction.atomic():
        found = {
            p: unseal(bytes(n.cipher), table="registry_identifier", field="cipher")
            for p, n in _numbers(by, people).items()
        }
        record(by, NUMBERS_TAKEN, why=why, count=len(found), digest=digest([p] for p in sorted(found)))
    return found


@dataclass(frozen=True)
class OnLedger:
    """Somebody who stands on a ledger, as a person or with the household; ``blinds`` are of every identity number that is or was theirs."""

    person: int
    name: str
    born: date | None
    area: str
    blinds: frozenset[bytes]
    details: Mapping[str, Any] = field(default_factory=dict)


def people_on(reader: Actor, ledger: str, *, on: date, area: str = "") -> list[OnLedger]:
    """Everybody on a ledger on the day ``on`` in ``area``, to be compared with another list; one entry in the record for all."""
    with showing(reader, LEDGER_COMPARED, area=area, ledger=ledger, whole=True) as shown:
        scope = reader.scope.narrowed(area)
        rows = Enrolment.objects.filter(held(on, None), ledger=ledger)
        details: dict[int, Mapping[str, Any]] = {}
        for e in rows.exclude(person=None).order_by("id"):
            assert e.person_id is not None
            details[e.person_id] = e.details
        homes = list(rows.exclude(household=None).values_list("household_id", flat=True))
        for some in parts(homes):
            for person in Membership.objects.filter(held(on, None), household__in=some).values_list(
                "person_id", flat=True
            ):
                details.setdefault(person, {})
        blinds: dict[int, set[bytes]] = defaultdict(set)
        found: list[OnLedger] = []
        for some in parts(list(details)):
            # A number withdrawn as wrong is somebody else's.
            known = Identifier.objects.filter(person__in=some, kind="id", withdrawn=None)
            for person, blind in known.values_list("person_id", "blind"):
                blinds[person].add(bytes(blind))
            for p in Person.objects.filter(scope.q("area", "other_area"), id__in=some, merged_into=None):
                found.append(OnLedger(p.id, p.name, p.born, p.area, frozenset(blinds[p.id]), details[p.id]))
        shown.count, shown.keep = len(found), bool(found)
        return sorted(found, key=lambda x: x.person)


def _numbers(reader: Actor, people: Collection[int]) -> dict[int, Identifier]:
    found: dict[int, Identifier] = {}
    with within(reader):
        for some in parts(people):
            rows = Identifier.objects.filter(
                reader.scope.q("person__area", "person__other_area"), person__in=some, kind="id", withdrawn=None, until=None
            )  # fmt: skip
            found |= {n.person_id: n for n in rows.order_by("id")}
    return found
