"""Random acts: each throw of dice is one act on whatever there is. What makes no sense is refused, which is part of what is tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry import actions as act
from doudi.server.registry.actions import NewMember
from doudi.server.registry.models import Act, Enrolment, Household, Membership, Person, Statement
from tests.server.cast import NEXT_VILLAGE, OTHER_VILLAGE, VILLAGE_CODE
from tests.server.registry.actions.homes import BEGAN, IDS, someone

AREAS = (VILLAGE_CODE, NEXT_VILLAGE, OTHER_VILLAGE, "451229103")
T = TypeVar("T")


class Nothing(Exception):
    """There is nothing to act on."""


class Dice:
    """Numbers thrown, taken one after the other; when they run out they begin again."""

    def __init__(self, by: Actor, thrown: Sequence[int]) -> None:
        self.by, self.thrown, self.at = by, thrown, 0

    def number(self, below: int) -> int:
        self.at += 1
        return self.thrown[self.at % len(self.thrown)] % below

    def one(self, of: Sequence[T]) -> T:
        if not of:
            raise Nothing
        return of[self.number(len(of))]

    def household(self) -> int:
        return self.one(list(Household.objects.order_by("id").values_list("id", flat=True)))

    def person(self) -> int:
        return self.one(list(Person.objects.order_by("id").values_list("id", flat=True)))

    def member(self, household: int) -> int:
        rows = Membership.objects.filter(household=household, withdrawn=None).order_by("person_id")
        return self.one(list(rows.values_list("person_id", flat=True).distinct()))

    def day(self) -> date:
        return BEGAN + timedelta(days=30 * self.number(40))


def register(d: Dice) -> None:
    names = [someone(f"人{d.number(99)}", born="" if i else "1960-01-01") for i in range(1 + d.number(3))]
    act.register_household(by=d.by, area=d.one(AREAS), members=names, on=d.day())


def add(d: Dice) -> None:
    new = NewMember(person=d.person()) if d.number(2) else someone("婴", "子女", d.day().isoformat())
    act.add_member(by=d.by, household=d.household(), member=new, how=d.one(("birth", "join", "found")), on=d.day())


def leave(d: Dice) -> None:
    home = d.household()
    act.leave(by=d.by, person=d.member(home), on=d.day(), new_head=d.member(home))


def death(d: Dice) -> None:
    home = d.household()
    act.death(by=d.by, person=d.member(home), on=d.day(), new_head=d.member(home))


def move(d: Dice) -> None:
    act.move(by=d.by, household=d.household(), area=d.one(AREAS), other_area=d.one(("", *AREAS)), on=d.day())


def split(d: Dice) -> None:
    home = d.household()
    going = sorted({d.member(home) for _ in range(1 + d.number(2))})
    act.split(by=d.by, household=home, people=going, head=d.one(going), old_head=d.member(home), on=d.day())


def merge_households(d: Dice) -> None:
    act.merge_households(by=d.by, into=d.household(), gone=d.household(), on=d.day())


def head(d: Dice) -> None:
    home = d.household()
    act.change_head(by=d.by, household=home, person=d.member(home), on=d.day())


def name(d: Dice) -> None:
    act.rename(by=d.by, person=d.person(), name=f"名{d.number(9)}", on=d.day())


def number(d: Dice) -> None:
    kind = d.one(("id", "phone"))
    written = d.one(IDS) if kind == "id" else f"1380000000{d.number(5)}"
    act.identify(by=d.by, person=d.person(), kind=kind, number=written, on=d.day(), shared=bool(d.number(2)))


def state(d: Dice) -> None:
    if d.number(2):
        act.state(by=d.by, source=d.one(("申报", "核对")), household=d.household(), values={"城乡": "农村"}, on=d.day())
    else:
        act.state(
            by=d.by,
            source="申报",
            person=d.person(),
            values={"在业": bool(d.number(2)), "出生日期": "1960-01-01"},
            on=d.day(),
        )


def correct(d: Dice) -> None:
    row = d.one(list(Statement.objects.order_by("id").values_list("id", flat=True)))
    if d.number(2):
        act.correct(by=d.by, statement=row, why="更正", evidence=f"第 {d.number(9)} 份", on=d.day())
    else:
        act.withdraw(by=d.by, statement=row, why="更正", on=d.day())


def enrol(d: Dice) -> None:
    if d.number(2):
        act.enrol(by=d.by, ledger="低保", household=d.household(), on=d.day())
    else:
        act.enrol(by=d.by, ledger="残疾人", person=d.person(), on=d.day())


def strike(d: Dice) -> None:
    row = d.one(list(Enrolment.objects.order_by("id").values_list("id", flat=True)))
    act.strike(by=d.by, enrolment=row, on=d.day())


def merge_people(d: Dice) -> None:
    gone = d.person()
    homes = Membership.objects.filter(person=gone, withdrawn=None).values_list("household_id", flat=True)
    act.merge_people(by=d.by, keep=d.person(), gone=gone, on=d.day(), new_heads={h: d.member(h) for h in homes})


def recorrect(d: Dice) -> None:
    rows = Membership.objects.order_by("id").values_list("id", flat=True)
    act.correct_membership(by=d.by, membership=d.one(list(rows)), since=d.day(), until=None, why="更正")


def undo(d: Dice) -> None:
    act.undo(
        by=d.by, act=d.one(list(Act.objects.order_by("-recorded_at").values_list("id", flat=True)[:6])), on=d.day()
    )


ACTS: tuple[Callable[[Dice], None], ...] = (
    register, register, add, add, leave, death, move, split, merge_households, head, name, number, state, correct, enrol, strike,
    merge_people, recorrect, undo, undo, undo,
)  # fmt: skip


def throw(by: Actor, thrown: Sequence[int]) -> bool:
    """One act, chosen by the first number; whether it was done."""
    try:
        ACTS[thrown[0] % len(ACTS)](Dice(by, thrown))
    except (Refused, Nothing):
        return False
    return True
