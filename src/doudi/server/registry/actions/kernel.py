"""How every act on the registry is done: rows are brought and withdrawn, never changed; at the end the laws are obeyed, what is known today is
worked out anew, and one sentence goes into the record. All of it in one transaction, or none.

An act looks up its households and people within the areas of who acts. From there on it works unhindered by areas: a person who belongs to a
household elsewhere must still not be put into a second one, and a household may be moved to where its old office sees it no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max, Model, QuerySet

from doudi.server.areas.access import TREE
from doudi.server.audit.actions import record
from doudi.server.lib import moments
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.alone import meanwhile_no
from doudi.server.lib.refusals import Changed, NotFound, Refused
from doudi.server.lib.scope import Scope, common
from doudi.server.lib.scrub import scrub
from doudi.server.registry import verbs
from doudi.server.registry.actions.current import chunks, members_ever, refresh
from doudi.server.registry.actions.laws import LawBroken, obey
from doudi.server.registry.actions.pack import one_act
from doudi.server.registry.actions.places import outdated
from doudi.server.registry.actions.rows import fresh, gone, homes_of, kept, must_be_alone, unhindered
from doudi.server.registry.checks import BORN, SEX
from doudi.server.registry.duplicates.following import follow, recheck
from doudi.server.registry.models import (
    Act,
    ActOn,
    Household,
    Identifier,
    Known,
    Membership,
    Person,
    PersonName,
    Residence,
    Statement,
)
from doudi.server.registry.terms import rewrite_terms

EARLIEST = date(1880, 1, 1)
AHEAD = timedelta(days=366)
TICK = timedelta(microseconds=1)
R = TypeVar("R", bound=Known)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Done:
    """What an act left: its number, the household and people it was about, and ``row``, the record it brought where there is one that later
    acts name. ``repeated``: it had been done before under the same key, and nothing was done now."""

    act: int
    household: int | None = None
    people: tuple[int, ...] = ()
    row: int | None = None
    repeated: bool = False


class Work:
    """One act under way. Made by ``work``."""

    def __init__(self, by: Actor, act: Act, at: datetime) -> None:
        self.by, self.act, self.on = by, act, act.on
        self.at, self.today = at, moments.day_of(at)
        self.households: set[int] = set()
        self.people: set[int] = set()
        self.named: set[int] = set()
        self.identified: set[int] = set()
        self.moved: set[int] = set()
        self.alone: dict[bytes, int] = {}
        self.dated: list[tuple[int, date, str]] = []
        self.said: dict[str, Any] = {}
        self.repeated: Done | None = None
        self.built_on: Callable[[LawBroken], Refused] | None = None

    # -- looking up, within the areas of who acts ---------------------------------------------------------------------------

    def household(self, household: int, version: int | None = None) -> Household:
        """The household, locked until the act ends. Raises NotFound, or Changed where it is no longer at ``version``."""
        return self.household_each([household], {household: version})[household]

    def household_each(
        self, ids: Collection[int], versions: Mapping[int, int | None] | None = None
    ) -> dict[int, Household]:
        """Several households, locked in one order so that two acts never wait for each other."""
        seen = self.seen(Household.objects.filter(id__in=ids), "area", "other_area")
        for i in sorted(ids):
            if i not in seen:
                raise NotFound(
                    "household-unknown",
                    f"您的辖区内没有户#{i}。",
                    f"There is no household {i} in your areas.",
                    field="household",
                )
        found = {h.id: h for h in locked(Household.objects.filter(id__in=ids))}
        for i, version in (versions or {}).items():
            if version is not None and found[i].version != version:
                raise self._changed(found[i], version)
        self.households |= set(found)
        return found

    def person(self, person: int, version: int | None = None) -> Person:
        """The person, locked, with the household of today locked before. Raises NotFound; Refused for one merged into another;
        Changed where the household is no longer at ``version``."""
        return self.person_each([person], version)[person]

    def person_each(self, ids: Collection[int], version: int | None = None) -> dict[int, Person]:
        """Several people; ``version`` is that of the household of the first."""
        seen = self.seen(Person.objects.filter(id__in=ids).exclude(name="", merged_into=None), "area", "other_area")
        for i in sorted(ids):
            if i not in seen:
                raise NotFound(
                    "person-unknown",
                    f"您的辖区内没有人#{i}。",
                    f"There is no person {i} in your areas.",
                    field="person",
                )
        homes = homes_of(ids, self.today)
        at_home = {h.id: h for h in locked(Household.objects.filter(id__in=set(homes.values())))}
        first = homes.get(next(iter(ids)))
        if version is not None and first is not None and at_home[first].version != version:
            raise self._changed(at_home[first], version)
        found = {p.id: p for p in locked(Person.objects.filter(id__in=ids))}
        for p in found.values():
            if p.merged_into_id is not None:
                other = p.merged_into_id
                raise Refused(
                    "person-merged", f"人#{p.id} 的档案已并入人#{other}，请在那里办理。",
                    f"The record of person {p.id} was merged into person {other}; act on that one.", field="person",
                )  # fmt: skip
        self.people |= set(found)
        return found

    def hold(self, *, households: Collection[int] = (), people: Collection[int] = ()) -> None:
        """Locks households and people wherever they are, and says that the act is on them: what a law asks of them holds until it ends."""
        list(locked(Household.objects.filter(id__in=households)).values_list("id"))
        list(locked(Person.objects.filter(id__in=people)).values_list("id"))
        self.households |= set(households)
        self.people |= set(people)

    def seen(self, rows: QuerySet[M], *columns: str) -> set[int]:
        with acting(self.by):
            return set(rows.filter(self.by.scope.q(*columns)).values_list("pk", flat=True))

    def _changed(self, household: Household, version: int) -> Changed:
        since = Act.objects.filter(touched__household=household.id, touched__version__gt=version)
        told = tuple(verbs.said(a) for a in since.order_by("recorded_at")[:20])
        return Changed(
            "changed", f"您打开之后，户#{household.id} 已被改动，您的办理没有生效；请看过改动再办。",
            f"Household {household.id} was changed after you opened it and nothing was done; look at what changed, then act again.", since=told,
        )  # fmt: skip

    # -- rows ---------------------------------------------------------------------------------------------------------------

    def bring(self, row: R) -> R:
        """A row that is known from this act on."""
        row.act = self.act
        row.save(force_insert=True)
        self.touch_row(row)
        return row

    def withdraw(self, row: Known) -> None:
        """From this act on the row is known no more. Raises Changed where another act withdrew it before."""
        if not type(row)._default_manager.filter(pk=row.pk, withdrawn=None).update(withdrawn=self.act):
            raise gone(row)
        self.touch_row(row)

    def recast(self, row: R, since: date, until: date | None, **changes: Any) -> R | None:
        """From ``since`` until before ``until`` (empty: as long as the row holds) the row is as ``changes`` say; outside it stays as it was.
        Gives the changed row, or None where it never held within."""
        begin = max(row.since, since)
        end = row.until if until is None else until if row.until is None else min(row.until, until)
        if end is not None and end <= begin:
            return None
        self.withdraw(row)
        self._part(row, row.since, begin)
        made = self.bring(fresh(row, since=begin, until=end, **changes))
        if end is not None:
            self._part(row, end, row.until)
        return made

    def end(self, row: Known, on: date) -> None:
        """The row holds until before ``on``; where it began later it never held. Raises Refused for one that had ended by then."""
        if row.until is not None and row.until <= on:
            raise Refused(
                "ended-already", f"这条记录到 {row.until} 已经截止。", f"This record had ended by {row.until} already.", field="on"
            )  # fmt: skip
        self.withdraw(row)
        self._part(row, row.since, on)

    def _part(self, row: Known, since: date, until: date | None) -> None:
        if until is None or since < until:
            self.bring(fresh(row, since=since, until=until))

    def bring_all(self, model: type[R], rows: Sequence[R]) -> None:
        """As ``bring``, many at once."""
        for row in rows:
            row.act = self.act
            self.touch_row(row)
        model._default_manager.bulk_create(rows, batch_size=1_000)

    def withdraw_all(self, model: type[R], rows: Sequence[R]) -> None:
        """As ``withdraw``, many at once."""
        for part in chunks(rows):
            ids = [row.pk for row in part]
            if model._default_manager.filter(pk__in=ids, withdrawn=None).update(withdrawn=self.act) < len(ids):
                raise gone(part[0])
            for row in part:
                self.touch_row(row)

    def touch_row(self, row: Known) -> None:
        """The act was on the household and the person of the row."""
        household, person = getattr(row, "household_id", None), getattr(row, "person_id", None)
        if household is not None:
            self.households.add(household)
        if person is not None:
            self.people.add(person)
        if isinstance(row, PersonName | Identifier) and person is not None:
            self.named.add(person)
            self.identified.add(person)
        if isinstance(row, Statement) and person is not None and not row.values.keys().isdisjoint((BORN, SEX)):
            self.identified.add(person)
        if isinstance(row, Residence) and household is not None:
            self.moved.add(household)

    def alive(self, person: int, since: date, field: str = "on") -> None:
        """At the end of the act: the person must have been born by ``since``, and not have died before it."""
        self.dated.append((person, since, field))

    # -- the end ------------------------------------------------------------------------------------------------------------

    def tell(self, **said: Any) -> None:
        """What the act's sentence says: surrogate keys, codes, counts; never a name, a number or a value."""
        self.said |= said

    def done(self, *, household: int | None = None, people: Iterable[int] = (), row: int | None = None) -> Done:
        """What the act gives back; kept with it, so that the same act sent again gives the same."""
        made = Done(self.act.id, household, tuple(people), row)
        self.act.params |= {"done": [made.household, list(made.people), made.row]}
        return made

    def finish(self) -> None:
        self._follow_divisions()
        people = self.people | members_ever(self.moved)
        self.named |= refresh(self.households, people, self.today)
        self._obey()
        self._check_dates()
        rewrite_terms(self.named)
        follow(self.named)
        recheck(by=self.by, people_ids=self.identified, on=self.today)
        self._timeline()
        self._place()
        said = {k: self.said.pop(k) for k in ("household", "person", "area", "count", "digest") if k in self.said}
        self.act.params = said | self.said | self.act.params
        record(self.by, verbs.ACTS[self.act.kind], why=self.act.why, **said, **self.said)
        # The record lets one act after the other through: none comes to be known between two others, and each sees what any before it brought.
        must_be_alone(self.alone)
        last = Act.objects.exclude(pk=self.act.pk).aggregate(last=Max("recorded_at"))["last"]
        self.act.recorded_at = max(moments.now(), last + TICK) if last else moments.now()
        self.act.save()

    def _follow_divisions(self) -> None:
        """Residences brought for a day before a division got its present code have that from its own day on."""
        for part in chunks(sorted(self.moved)):
            for row, later in outdated(part):
                rest: Residence | None = row
                for since, area, other in later:
                    rest = self.recast(rest, since, None, area=area, other_area=other) if rest else None

    def _place(self) -> None:
        """The record of the act stands under the area of what it was about, or the nearest above all that it touched."""
        if "area" in self.said:
            return
        known: QuerySet[Any] = Household.objects.filter(id__in=list(self.households)[:500])
        if self.said.get("household") is not None:
            known = Household.objects.filter(id=self.said["household"])
        elif self.said.get("person") is not None:
            known = Person.objects.filter(id=self.said["person"])
        self.said["area"] = common(known.values_list("area", flat=True))

    def _obey(self) -> None:
        try:
            obey(self.households, self.people)
        except LawBroken as broken:
            raise (self.built_on(broken) if self.built_on else broken) from None

    def _timeline(self) -> None:
        households = set(self.households)
        for part in chunks(sorted(self.people)):
            lived = Membership.objects.filter(person__in=part, withdrawn=None).exclude(
                until__lte=min(self.on, self.today)
            )
            households |= set(lived.values_list("household_id", flat=True))
        for part in chunks(sorted(households)):
            Household.objects.filter(id__in=part).update(version=F("version") + 1)
            versions = Household.objects.filter(id__in=part).values_list("id", "version")
            ActOn.objects.bulk_create(ActOn(act=self.act, household=h, version=v) for h, v in versions)
        ActOn.objects.bulk_create((ActOn(act=self.act, person=p) for p in sorted(self.people)), batch_size=2_000)

    def _check_dates(self) -> None:
        known = {p.id: p for p in Person.objects.filter(id__in={p for p, _, _ in self.dated})}
        for i, since, field in self.dated:
            p = known[i]
            if p.born is not None and since < p.born:
                raise Refused(
                    "before-birth", f"{since} 早于人#{i} 的出生日期 {p.born}；请改日期。",
                    f"{since} is before the birth of person {i} on {p.born}; change the date.", field=field,
                )  # fmt: skip
            if p.died is not None and since > p.died:
                raise Refused(
                    "after-death", f"{since} 晚于人#{i} 的死亡日期 {p.died}；请改日期。",
                    f"{since} is after the death of person {i} on {p.died}; change the date.", field=field,
                )  # fmt: skip


def once_key(by: Actor, once: str) -> str | None:
    """The key under which an act of this official is known to be done; one of any length fits."""
    short = once if len(once) <= 80 and once == kept(once) else sha256(once.encode("utf-8", "replace")).hexdigest()
    return f"{by.official or 0}:{short}" if once else None


@contextmanager
def work(
    by: Actor, kind: str, *, on: date, why: str = "", once: str = "", permission: str = "registry.change"
) -> Iterator[Work]:
    """One act: everything within is done, recorded and committed together, or not at all.

    ``on``: the day in the world from which it holds. ``once``: a key of the sender's choosing under which the same act is done only once;
    where ``repeated`` is set on the Work, the act is to give that back and do nothing.
    """
    by.require(permission)
    with unhindered(), acting(replace(by, scope=Scope.everything())), transaction.atomic(), one_act():
        # A division in which the act puts somebody must not end, or become another, before that is on record.
        meanwhile_no(TREE)
        last = Act.objects.aggregate(last=Max("recorded_at"))["last"]
        at = max(moments.now(), last) if last else moments.now()
        _believable(on, moments.day_of(at))
        key = once_key(by, once)
        act = Act(
            kind=kind, on=on, recorded_at=at, official=by.official, name=by.name[:80], post=by.post[:160], why=scrub(kept(why)), once=key
        )  # fmt: skip
        before = _begin(act)
        found = Work(by, act, at)
        if before is not None:
            if before.kind != kind:
                raise Refused(
                    "once-reused", "这次提交的编号已用在另一项业务上；请刷新后重办。",
                    "The key of this act was used for another; reload and try again.", field="once",
                )  # fmt: skip
            household, people, row = before.params["done"]
            found.repeated = Done(before.id, household, tuple(people), row, repeated=True)
        yield found
        if before is None:
            found.finish()


def _begin(act: Act) -> Act | None:
    """Writes the act; gives the one that had been done under the same key, if there is one. Two at once: the second waits for the first."""
    if act.once is None:
        act.save(force_insert=True)
        return None
    before = Act.objects.filter(once=act.once).first()
    if before is not None:
        return before
    try:
        with transaction.atomic():
            act.save(force_insert=True)
    except IntegrityError:
        return Act.objects.get(once=act.once)
    return None


def _believable(on: date, today: date) -> None:
    if not EARLIEST <= on <= today + AHEAD:
        raise Refused(
            "date-unbelievable", f"日期 {on} 不对：应在 {EARLIEST} 至今后一年之内。",
            f"The date {on} cannot be: it should lie between {EARLIEST} and a year from now.", field="on",
        )  # fmt: skip


def locked(rows: QuerySet[M]) -> QuerySet[M]:
    ordered = rows.order_by("pk")
    return ordered.select_for_update() if connection.vendor == "postgresql" else ordered
