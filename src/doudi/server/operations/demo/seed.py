"""The synthetic county brought on record: divisions, officials with posts, and households in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from doudi.packs.pack import Pack
from doudi.rules.declared import Area
from doudi.rules.review import COUNTY
from doudi.screening.facts import schema_of
from doudi.screening.generate import places_of
from doudi.screening.parts import Facts
from doudi.screening.synthetic import home
from doudi.server.accounts.actions.officials import make_official
from doudi.server.accounts.actions.posts import give_post
from doudi.server.accounts.selectors.lists import officials as officials_in
from doudi.server.areas.actions.ensuring import from_policy
from doudi.server.lib.actor import Actor
from doudi.server.operations.demo.census import BORN, SEX, Home, homes
from doudi.server.operations.demo.desks import PASSWORD, Account
from doudi.server.operations.demo.doubles import double_of
from doudi.server.operations.demo.people import Namer
from doudi.server.operations.demo.standing import ledgers_of
from doudi.server.registry.actions.load import load
from doudi.server.registry.batch import Batch, NewEnrolment, NewHousehold, NewMembership, NewPerson, NewStatement

PILOTS = ("451229206", "451229203")
"""The two townships that go first (DH 三)."""
SOURCE = "导入"
BATCH = 500
"""Households in one batch: about 1,700 people."""


def divisions(by: Actor, pack: Pack) -> None:
    """Those that the pack names, and those in which the synthetic people live: numbered villages, townships that are made up where the
    pack names none, and a county above townships that have none. Again does nothing."""
    lived_in = home(pack)
    named = {a.code for a in pack.book.areas}
    areas = [*pack.book.areas, *(a for a in lived_in if a.code not in named)]
    lacking = {a.code // COUNTY for a in areas if a.code > 0} - {
        a.code // COUNTY for a in areas if a.code % COUNTY == 0
    }
    areas += [Area(f"县{county}", f"County {county}", county * COUNTY) for county in sorted(lacking)]
    from_policy(by, areas, places_of(lived_in))


def officials(by: Actor, wanted: Sequence[Account], since: date) -> None:
    """Accounts with a post each. Again does nothing."""
    for a in wanted:
        known = next((o.id for o in officials_in(by, text=a.username) if o.username == a.username), None)
        official = (
            known
            if known is not None
            else make_official(by=by, username=a.username, name=a.name, password=PASSWORD, area=a.area, temporary=False)
        )
        give_post(by=by, official=official, role=a.role, area=a.area, since=since)


def batches(facts: Facts, pack: Pack, townships: Sequence[str], seed: int) -> Iterator[Batch]:
    """The households of ``townships`` (codes of nine digits), some hundred at a time, in an order that never changes."""
    schema = schema_of(pack.book)
    for township in townships:
        namer = Namer(seed)
        rest = homes(facts, schema, (township,))
        while some := list(islice(rest, BATCH)):
            yield _batch(some, township, namer)


def bring(by: Actor, batch: Batch, on: date) -> None:
    """Loads a batch; one that was loaded before is not loaded again."""
    load(by=by, batch=batch, on=on, why="演示数据", once=f"demo-{batch.households[0].number}")


def _batch(some: Sequence[Home], township: str, namer: Namer) -> Batch:
    people: list[NewPerson] = []
    households: list[NewHousehold] = []
    memberships: list[NewMembership] = []
    statements: list[NewStatement] = []
    enrolments: list[NewEnrolment] = []
    for h in some:
        key = f"{township}-{h.id:06d}"
        other = h.origin if h.origin[:12] != h.area[:12] and h.values.get("易地搬迁") else ""
        households.append(NewHousehold(key, h.area, other, number=key))
        statements.append(NewStatement(SOURCE, household=key, values=h.values, tables=h.tables, evidence="演示数据"))
        enrolments += [NewEnrolment(x, household=key) for x in ledgers_of("household", h.values, h.tables)]
        head = next((p.id for p in h.people if p.relation == "户主"), h.people[0].id)
        for p in h.people:
            who = namer.named(h.id, p.id, relation=p.relation, male=p.male, born=p.born, township=township)
            numbers = {"id": who.number} | ({"phone": who.phone} if who.phone else {})
            people.append(NewPerson(f"p{p.id}", who.name, numbers))
            memberships.append(NewMembership(key, f"p{p.id}", p.relation, p.id == head))
            enrolments += [NewEnrolment(x, person=f"p{p.id}") for x in ledgers_of("person", p.values, p.tables)]
            statements.append(
                NewStatement(SOURCE, person=f"p{p.id}", values=p.values, tables=p.tables, evidence="演示数据")
            )
            if p.id == head and BORN in p.values and (double := double_of(namer.seed, h.id, who, p.born)) is not None:
                again, born = double
                households.append(NewHousehold(f"{key}-2", h.area))
                people.append(NewPerson(f"p{p.id}-2", again.name, {"phone": again.phone} if again.phone else {}))
                memberships.append(NewMembership(f"{key}-2", f"p{p.id}-2", "户主", head=True))
                known = {BORN: born.isoformat(), SEX: "男" if p.male else "女"}
                statements.append(
                    NewStatement(SOURCE, person=f"p{p.id}-2", values=known, evidence="旧台账（演示数据）")
                )
    return Batch(people, households, memberships, statements, enrolments)
