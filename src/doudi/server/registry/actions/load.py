"""Many households at once, for imports and for the demonstration: one act, one entry in the record, rows copied in.

What is loaded is the same, row for row, as if each household had been registered by itself; only the timeline says that a batch brought it.
A batch is kept whole or not at all, and everything that is wrong with it is told at once. One law of single acts is not asked of it: that nobody
belongs to a household before birth or after death, for ledgers list the dead of the year, and children under the day of the list.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from hashlib import sha256

from django.db import transaction
from django.db.models import F, Max

from doudi.server.areas.access import TREE
from doudi.server.audit.actions import record
from doudi.server.audit.sealing import digest
from doudi.server.lib import moments
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.alone import meanwhile_no
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.lib.scope import Scope, common
from doudi.server.lib.scrub import scrub
from doudi.server.registry import verbs
from doudi.server.registry.actions import kernel
from doudi.server.registry.actions.current import chunks, refresh
from doudi.server.registry.actions.laws import obey
from doudi.server.registry.actions.loading import Assembler, Row
from doudi.server.registry.actions.register import must_cover
from doudi.server.registry.batch import Batch, Fault, Loaded
from doudi.server.registry.bulk import held_among, write_rows
from doudi.server.registry.duplicates.following import follow, recheck
from doudi.server.registry.models import (
    Act,
    ActOn,
    Enrolment,
    Household,
    Identifier,
    Membership,
    Person,
    PersonName,
    Residence,
    Statement,
    Term,
)  # fmt: skip
from doudi.server.registry.terms import rewrite_terms

_KNOWN = ("since", "until", "act")
_COLUMNS = {
    "household": (Household, ("id", "number", "area", "other_area", "closed", "people", "version")),
    "person": (Person, ("id", "name", "sex", "born", "died", "area", "other_area")),
    "personname": (PersonName, (*_KNOWN, "person", "name")),
    "identifier": (Identifier, (*_KNOWN, "person", "kind", "cipher", "blind", "shown")),
    "residence": (Residence, (*_KNOWN, "household", "area", "other_area", "address")),
    "membership": (Membership, (*_KNOWN, "household", "person", "relation", "head")),
    "statement": (Statement, (*_KNOWN, "household", "person", "source", "evidence", "values", "tables")),
    "enrolment": (Enrolment, (*_KNOWN, "ledger", "household", "person", "details", "evidence")),
    "term": (Term, ("person", "kind", "term", "area")),
}
"""The tables in the order in which they are written, and their columns."""


class BatchRefused(Refused):
    """A batch of which nothing was kept. ``faults`` lists what is wrong, by the caller's keys."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        first = faults[0]
        zh = f"这一批没有登记，有 {len(faults)} 处不对；第一处在“{first.key}”：{first.zh}"
        en = f"Nothing of this batch was kept: {len(faults)} things are wrong; the first, at “{first.key}”: {first.en}"
        super().__init__("batch-refused", zh, en, field=first.field)


def load(
    *, by: Actor, batch: Batch, on: date, why: str = "", once: str = "", permission: str = "registry.change"
) -> Loaded:
    """Brings the batch on record from ``on``, where its entries do not name a day of their own. Safe to send again under the same ``once``.

    Raises BatchRefused, NotAllowed for a household outside the actor's areas, NotFound for a number that names nothing within them.
    """
    by.require(permission)
    for place in {(h.area, h.other_area) for h in batch.households}:
        must_cover(by, *place)
    with acting(replace(by, scope=Scope.everything())), transaction.atomic():
        meanwhile_no(TREE)
        last = Act.objects.aggregate(last=Max("recorded_at"))["last"]
        at = max(moments.now(), last) if last else moments.now()
        today = moments.day_of(at)
        key = f"{by.official or 0}:{once}" if once else None
        act = Act(
            kind="load", on=on, recorded_at=at, official=by.official, name=by.name[:80], post=by.post[:160], why=scrub(why.strip()), once=key
        )  # fmt: skip
        before = kernel._begin(act)
        if before is not None:
            return _as_before(before, batch)
        made = Assembler(batch, act=act.id, on=on, today=today)
        households, people = made.outside()
        homes, places = _on_record(by, households, people)
        made.know(homes)
        made.everything()
        _ids_taken(made, act)
        _numbers_taken(made)
        _sound(made)
        seal = _write(made, act)
        _those_on_record(by, act, households, people, today)
        n, m = len(made.people), len(made.households)
        area = common({*places, *(a for a, _ in made.homes.values())})
        act.params = {"count": n, "households": m, "digest": seal, "act": act.id, "area": area}
        record(by, verbs.ACTS["load"], why=act.why, area=area, count=n, digest=seal, households=m, act=act.id)
        # As in the kernel: the record lets one act after the other through, so none comes to be known between two others, and what another
        # brought since we looked is seen now.
        _ids_taken(made, act)
        _sound(made)
        last = Act.objects.exclude(pk=act.pk).aggregate(last=Max("recorded_at"))["last"]
        act.recorded_at = max(moments.now(), last + kernel.TICK) if last else moments.now()
        act.save()
        return Loaded(act.id, made.households, made.people, seal)


def _as_before(act: Act, batch: Batch) -> Loaded:
    """What the same batch got when it was loaded: keys are given in ascending order."""
    homes = ActOn.objects.filter(act=act, household__isnull=False).order_by("id").values_list("household", flat=True)
    people = ActOn.objects.filter(act=act, person__isnull=False).order_by("id").values_list("person", flat=True)
    return Loaded(
        act.id, {h.key: i for h, i in zip(batch.households, homes, strict=False) if i is not None},
        {p.key: i for p, i in zip(batch.people, people, strict=False) if i is not None}, act.params.get("digest", ""), repeated=True,
    )  # fmt: skip


def _on_record(
    by: Actor, households: Collection[int], people: Collection[int]
) -> tuple[dict[int, tuple[str, str]], set[str]]:
    """The areas of the households on record that the batch names, by household, and those of the people. Raises NotFound where one of either is
    not the actor's."""
    homes: dict[int, tuple[str, str]] = {}
    for part in chunks(sorted(households)):
        found = kernel.locked(Household.objects.filter(by.scope.q("area", "other_area"), id__in=part))
        homes |= {i: (a, b) for i, a, b in found.values_list("id", "area", "other_area")}
    seen: dict[int, str] = {}
    for part in chunks(sorted(people)):
        known = Person.objects.filter(by.scope.q("area", "other_area"), id__in=part, merged_into=None).exclude(name="")
        seen |= dict(kernel.locked(known).values_list("id", "area"))
    for i in sorted(set(households) - homes.keys())[:1]:
        raise NotFound(
            "household-unknown",
            f"您的辖区内没有户#{i}。",
            f"There is no household {i} in your areas.",
            field="household",
        )
    for i in sorted(set(people) - seen.keys())[:1]:
        raise NotFound(
            "person-unknown", f"您的辖区内没有人#{i}。", f"There is no person {i} in your areas.", field="person"
        )
    return homes, set(seen.values())


def _sound(made: Assembler) -> None:
    if made.faults:
        raise BatchRefused(made.faults)


def _ids_taken(made: Assembler, act: Act) -> None:
    """Id numbers that are on record already, but for those that ``act`` brought."""
    others = f"kind = 'id' AND withdrawn_id IS NULL AND act_id <> {act.id:d}"
    for index in held_among(Identifier, "blind", list(made.ids), others):
        key = made.ids[bytes(index)]
        made.faults.append(
            Fault(
                key,
                "id-taken",
                "这个身份证号已登记在另一人名下。",
                "This id number is on record for another person.",
                "id",
            )
        )


def _numbers_taken(made: Assembler) -> None:
    """Household numbers that are on record already."""
    given = {h.number: h.key for h in made.batch.households if h.number}
    if len(given) < sum(bool(h.number) for h in made.batch.households):
        made.faults.append(
            Fault(
                "",
                "number-twice",
                "这一批里有相同的户编号。",
                "Two households of this batch have one number.",
                "number",
            )
        )
    for number in held_among(Household, "number", list(given), "1 = 1"):
        zh, en = f"户编号“{number}”已被使用。", f"There is a household with the number “{number}” already."
        made.faults.append(Fault(given[number], "number-taken", zh, en, "number"))


def _write(made: Assembler, act: Act) -> str:
    """Writes every row and gives the digest of the batch: of all that was brought, but for the terms, which follow from it, and the sealed
    numbers, which never look the same twice."""
    whole = sha256()
    for name, (model, columns) in _COLUMNS.items():
        rows = made.rows.pop(name, [])
        if name != "term":
            skip = columns.index("cipher") if "cipher" in columns else None
            for row in rows:
                whole.update(_line(row, skip))
        write_rows(model, columns, rows)
    touched = [(act.id, h, None, 1) for h in made.households.values()]
    write_rows(
        ActOn,
        ("act", "household", "person", "version"),
        [*touched, *((act.id, None, p, None) for p in made.people.values())],
    )
    return digest([whole.hexdigest()])


def _line(row: Row, skip: int | None) -> bytes:
    return "\x1f".join(_plain(v) for i, v in enumerate(row) if i != skip).encode() + b"\n"


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else "\0" if value is None else str(value)


def _those_on_record(by: Actor, act: Act, households: Collection[int], people: Collection[int], today: date) -> None:
    """Households and people that were on record before and of whom something was said: as after any act."""
    if not households and not people:
        return
    changed = refresh(households, people, today)
    obey(households, people)
    rewrite_terms(changed)
    follow(changed)
    recheck(by=by, people_ids=people, on=today)
    for part in chunks(sorted(households)):
        Household.objects.filter(id__in=part).update(version=F("version") + 1)
        versions = Household.objects.filter(id__in=part).order_by("id").values_list("id", "version")
        ActOn.objects.bulk_create(ActOn(act=act, household=h, version=v) for h, v in versions)
    ActOn.objects.bulk_create((ActOn(act=act, person=p) for p in sorted(people)), batch_size=2_000)
