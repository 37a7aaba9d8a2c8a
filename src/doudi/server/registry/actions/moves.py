"""Households move, split, and are merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions.heads import depart, members_from, members_on, not_merged_since, stay, succeed
from doudi.server.registry.actions.inputs import (
    NewStatement,
    bring_statement,
    head_relation,
    new_household,
    the_relation,
    the_span,
    the_text,
)
from doudi.server.registry.actions.kernel import Done, Work, work
from doudi.server.registry.actions.members import NOBODY, must_say_why
from doudi.server.registry.actions.places import stay_at, the_place
from doudi.server.registry.actions.rows import fresh
from doudi.server.registry.models import Act, Enrolment, Membership, Residence, Statement


def move(
    *, by: Actor, household: int, area: str, on: date, other_area: str | None = None, address: str = "",
    statements: Sequence[NewStatement] = (), version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """From ``on`` the household is in ``area`` (which need not be the actor's: one moves away). ``other_area`` is the old village that keeps a
    relocated household's land and subsidies; None: as it was. A later move on record stays. Raises Refused, NotFound, Changed."""
    with work(by, "move", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        w.household(household, version)
        lived = _stay(household, on)
        row, before = lived[0], lived[0].area
        other = row.other_area if other_area is None else other_area and the_place(other_area, on, "other_area")
        place = (the_place(area, on), other, the_text(address, 200, "address"))
        if place == (row.area, row.other_area, row.address):
            raise Refused(
                "there-already",
                f"户#{household} 已在 {area}。",
                f"Household {household} is at {area} already.",
                field="area",
            )
        _nothing_rests_on(household, lived, on, place)
        rehouse(w, lived, on, area=place[0], other_area=place[1], address=place[2])
        for said in statements:
            bring_statement(w, said, household=household)
        w.tell(household=household, before=before, area=area)
        return w.done(household=household)


def correct_residence(
    *, by: Actor, household: int, since: date, until: date | None, area: str, other_area: str = "", address: str = "", why: str,
    version: int | None = None, once: str = "",
) -> Done:  # fmt: skip
    """From ``since`` until before ``until`` the household had been in ``area`` all along, and we had it wrongly."""
    with work(by, "correct-residence", on=since, why=why, once=once, permission="registry.correct") as w:
        if w.repeated:
            return w.repeated
        must_say_why(why)
        the_span(since, until)
        w.household(household, version)
        place = {
            "area": the_place(area, since),
            "other_area": other_area and the_place(other_area, since, "other_area"),
        }
        rows = Residence.objects.filter(household=household, withdrawn=None).order_by("since")
        first = rows.first()
        assert first is not None
        if since < first.since:
            w.withdraw(first)
            first = w.bring(
                Residence(
                    household_id=household, area=first.area, other_area=first.other_area, address=first.address, since=since, until=first.until
                )
            )  # fmt: skip
        for row in list(rows.all()):
            w.recast(row, since, until, **place, address=the_text(address, 200, "address"))
        w.tell(household=household)
        return w.done(household=household)


def split(
    *, by: Actor, household: int, people: Sequence[int], head: int, on: date, area: str = "", other_area: str | None = None,
    address: str | None = None, number: str = "", old_head: int | None = None, relations: Mapping[int, str] = NOBODY,
    old_relations: Mapping[int, str] = NOBODY, version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """From ``on`` some members are a household of their own under ``head``, where the old one is unless said otherwise. Where the old head is
    among them, ``old_head`` follows for those who stay. The Done's household is the new one."""
    with work(by, "split", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        w.household(household, version)
        there = members_on(household, on)
        going = [m for m in there if m.person_id in set(people)]
        for person in people:
            if all(m.person_id != person for m in going):
                raise Refused(
                    "not-a-member", f"{on} 这天，人#{person} 不是户#{household} 的成员。",
                    f"On {on} person {person} was no member of household {household}.", field="people",
                )  # fmt: skip
        if head not in people:
            raise Refused(
                "head-elsewhere",
                "新户的户主应在分出的人之中。",
                "The head of the new household must be one of those who leave.",
                field="head",
            )
        if len(going) == len(there):
            raise Refused(
                "all-leave",
                "全部成员都分出等于搬迁；请办理迁移。",
                "All members leave: that is a move; record it as one.",
                field="people",
            )
        w.hold(people=people)
        row = _stay(household, on)[0]
        place = the_place(area, on) if area else row.area
        other = row.other_area if other_area is None else other_area and the_place(other_area, on, "other_area")
        new = new_household(number, place, other)
        w.households.add(new.id)
        where = row.address if address is None else the_text(address, 200, "address")
        w.bring(Residence(household=new, area=place, other_area=other, address=where, since=on))
        own = head_relation(on)
        left: list[Membership] = []
        for m in going:
            is_head = m.person_id == head
            relation = own if is_head else the_relation(relations.get(m.person_id, ""), on)
            # Who leaves takes along all days to come: what was recorded for one of them of the old head holds in the new household no more.
            rows = not_merged_since(stay(m.person_id, on))
            left += depart(w, rows, on)
            w.bring(
                Membership(
                    household=new, person_id=m.person_id, relation=relation, head=is_head, since=on, until=rows[-1].until
                )
            )  # fmt: skip
        succeed(w, household, left, on, old_head, old_relations, "old_head")
        w.tell(household=household, new=new.id, count=len(going))
        return w.done(household=new.id, people=sorted(m.person_id for m in going))


def merge_households(
    *, by: Actor, into: int, gone: int, on: date, relations: Mapping[int, str] = NOBODY, version: int | None = None,
    gone_version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """From ``on`` all members of ``gone`` belong to ``into``, whose head stays; ``relations`` says how they are related to that head. What is
    stated of ``gone``, and its ledgers, end that day."""
    with work(by, "merge-households", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        if into == gone:
            raise Refused(
                "same-household", "不能把一户并入它自己。", "A household cannot be merged into itself.", field="gone"
            )
        w.household_each([into, gone], {into: version, gone: gone_version})
        _stay(into, on)
        joining = members_from(gone, on)
        if not joining:
            raise Refused(
                "nobody-there",
                f"{on} 起，户#{gone} 没有成员。",
                f"From {on} on household {gone} has no members.",
                field="gone",
            )
        empty = not members_on(into, on)
        w.hold(people={m.person_id for m in joining})
        for m in joining:
            w.end(m, on)
            relation = the_relation(relations.get(m.person_id, m.relation if empty else ""), on)
            w.bring(
                Membership(
                    household_id=into, person_id=m.person_id, relation=relation, head=empty and m.head, since=max(on, m.since), until=m.until
                )
            )  # fmt: skip
        still = Q(until=None) | Q(until__gt=on)
        # Where it had been only since that day it stays on record, or nothing would say where it was.
        lived = Residence.objects.filter(household=gone, withdrawn=None, since__lt=on).exists()
        for model in (Residence, Statement, Enrolment):
            for row in model.objects.filter(still, household=gone, withdrawn=None):
                if model is not Residence or lived:
                    w.end(row, on)
        w.tell(household=into, gone=gone)
        return w.done(household=into, people=sorted({m.person_id for m in joining}))


def rehouse(w: Work, stay: Sequence[Residence], on: date, **changes: str) -> None:
    """From ``on`` until the end of the stay the household is where ``changes`` say: the codes that divisions got in between are those of a place
    where it no longer was."""
    for row in stay:
        w.end(row, on)
    w.bring(fresh(stay[0], since=on, until=stay[-1].until, **changes))


def _stay(household: int, on: date) -> list[Residence]:
    found = stay_at(household, on)
    if not found:
        raise Refused(
            "no-place", f"{on} 这天，户#{household} 没有住址；日期不能早于该户登记的日子。",
            f"On {on} household {household} had no residence; no date may come before the household began.", field="on",
        )  # fmt: skip
    return found


def _nothing_rests_on(household: int, stay: Sequence[Residence], on: date, place: tuple[str, str, str]) -> None:
    """Raises Refused where something recorded for a later day took over what this move, told late, says was otherwise: nobody could tell whether
    it was meant so."""
    row, last = stay[0], stay[-1]
    after = (
        Residence.objects.filter(household=household, withdrawn=None, since=last.until).first() if last.until else None
    )
    if after is not None and place[1] != row.other_area and after.other_area == last.other_area:
        raise Refused(
            "moved-since", f"户#{household} 在 {after.since} 又搬迁过，当时原籍村未变；请先撤销那次搬迁，再按先后补录。",
            f"Household {household} moved again on {after.since} and kept its old village; undo that move, then record both in order.", field="on",
        )  # fmt: skip
    later = Act.objects.filter(kind="split", on__gt=on, touched__household=household).distinct()
    for act in later.filter(on__lt=last.until) if last.until else later:
        new = Residence.objects.filter(household=act.params.get("new"), withdrawn=None).order_by("since").first()
        then = next((r for r in stay if r.since <= act.on and (r.until is None or r.until > act.on)), row)
        if act.params.get("household") != household or new is None:
            continue
        pairs = (
            (new.area, then.area, place[0] != row.area),
            (new.other_area, then.other_area, place[1] != row.other_area),
            (new.address, then.address, place[2] != row.address),
        )
        if any(changed and taken == was for taken, was, changed in pairs):
            raise Refused(
                "split-since", f"户#{new.household_id} 在 {act.on} 从户#{household} 分出，住址随原户；请先撤销那次分户，再按先后补录。",
                f"Household {new.household_id} split off from household {household} on {act.on} where that was; undo the split, then record both in order.",
                field="on",
            )  # fmt: skip
