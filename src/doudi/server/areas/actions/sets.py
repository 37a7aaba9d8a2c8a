"""Sets of divisions across the tree: contiguous poor areas, resettlement sites."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction

from doudi.server.areas import timeline, verbs
from doudi.server.areas.access import TREE, absent, may_change, proper_name
from doudi.server.areas.models import Division, DivisionSet, DivisionSetMember
from doudi.server.areas.shapes import BEGINNING, KINDS
from doudi.server.audit.actions import record
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.alone import alone
from doudi.server.lib.refusals import NotFound, Refused


def make_set(*, by: Actor, kind: str, name: str, codes: Collection[str], on: date = BEGINNING) -> int:
    """A set of ``kind`` (see ``shapes.KINDS``) of the divisions ``codes``, from ``on`` on; gives its id. Where there is one of that name already,
    nothing is done to it. Raises Refused for a kind, a name or no division at all, NotFound for a division that is not there.
    """
    if not codes:
        raise Refused("empty-set", "请至少选一个地区。", "Choose at least one division.", field="codes")
    with acting(by), transaction.atomic():
        alone(TREE)
        may_change(by, codes)
        _there(codes)
        return put_set(by, kind, name, codes, on)


def put_set(by: Actor, kind: str, name: str, codes: Iterable[str], on: date) -> int:
    """As ``make_set``, for divisions that are known to be there."""
    if kind not in KINDS:
        raise Refused("bad-kind", f"没有“{kind}”这一类片区。", f"There is no kind of set {kind!r}.", field="kind")
    found, made = DivisionSet.objects.get_or_create(kind=kind, name=proper_name(name))
    if made:
        members = sorted(set(codes))
        DivisionSetMember.objects.bulk_create([DivisionSetMember(of=found, code=c, since=on) for c in members])
        record(by, verbs.SET_MADE, count=len(members), kind=KINDS[kind][0], name=found.name)
    return found.pk


def change_set(
    *, by: Actor, set_id: int, on: date, add: Collection[str] = (), remove: Collection[str] = (), why: str = ""
) -> None:
    """From ``on`` on the set has ``add`` and no longer ``remove``. What is so already is left; with nothing left to do nothing is recorded."""
    with acting(by), transaction.atomic():
        alone(TREE)
        may_change(by, [*add, *remove])
        _there(add)
        found = DivisionSet.objects.filter(pk=set_id).first()
        if found is None:
            raise NotFound("no-set", "没有这个片区。", "There is no such set of areas.")
        now = {m.code: m for m in DivisionSetMember.objects.filter(timeline.alive(on), of=found)}
        fresh = sorted(set(add) - now.keys() - set(remove))
        gone = [now[code] for code in sorted(set(remove) & now.keys())]
        later = DivisionSetMember.objects.filter(of=found, code__in=[*fresh, *(m.code for m in gone)], since__gt=on)
        if later.exists() or any(m.until is not None for m in gone):
            raise Refused(
                "later-change",
                f"这个片区在 {on.isoformat()} 之后已有调整，请改用更晚的日期。",
                f"The set was changed for a day after {on.isoformat()} already; choose a later day.",
                field="on",
            )
        if not fresh and not gone:
            return
        DivisionSetMember.objects.filter(pk__in=[m.pk for m in gone], since=on).delete()
        DivisionSetMember.objects.filter(pk__in=[m.pk for m in gone]).update(until=on)
        DivisionSetMember.objects.bulk_create([DivisionSetMember(of=found, code=c, since=on) for c in fresh])
        record(
            by, verbs.SET_CHANGED, why=why, since=on.isoformat(), name=found.name, added=len(fresh), removed=len(gone)
        )


def carry(pairs: Iterable[tuple[str, str]], on: date, *, only_within: bool) -> None:
    """Sets follow divisions that became others. ``only_within``: a set takes in what came of a merger only where all that was merged had been in
    it; a help meant for one of two townships is not given to the other by their merger. ``pairs`` then also names, as itself, a division that
    was there before the others were merged into it.
    """
    became: dict[str, set[str]] = {}
    origins: dict[str, set[str]] = {}
    for before, after in pairs:
        became.setdefault(before, set()).add(after)
        origins.setdefault(after, set()).add(before)
    members: dict[int, dict[str, DivisionSetMember]] = {}
    for part in timeline.chunks(sorted(became)):
        for m in DivisionSetMember.objects.filter(timeline.alive(on), code__in=part, until=None):
            members.setdefault(m.of_id, {})[m.code] = m
    for set_id, had in members.items():
        kept = {
            after
            for code in had
            for after in became[code]
            if not only_within or after in had or all(b in had for b in origins[after])
        }
        ended = [m.pk for code, m in had.items() if code not in kept]
        DivisionSetMember.objects.filter(pk__in=ended, since=on).delete()
        DivisionSetMember.objects.filter(pk__in=ended).update(until=on)
        there = set(DivisionSetMember.objects.filter(of_id=set_id, until=None).values_list("code", flat=True))
        DivisionSetMember.objects.bulk_create(
            [DivisionSetMember(of_id=set_id, code=c, since=on) for c in sorted(kept - there)]
        )


def _there(codes: Collection[str]) -> None:
    for code in codes:
        if not Division.objects.filter(code=code).exists():
            raise absent(code)
