"""A person decides whether two records are one. What was decided holds, can be taken back, and is on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.db import connection, transaction

from doudi.server.audit.actions import record
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Changed, NotAllowed, Refused
from doudi.server.lib.scope import Scope
from doudi.server.lib.scrub import scrub
from doudi.server.registry.actions.same_person import merge_people
from doudi.server.registry.actions.undo import unmerge
from doudi.server.registry.duplicates import verbs
from doudi.server.registry.duplicates.raising import UNDECIDED
from doudi.server.registry.duplicates.selectors import areas_of, missing, within
from doudi.server.registry.models import Pair, Person

PERMISSION = "duplicates.decide"
_SAID = {"same": ("同一人", "one person"), "different": ("两个人", "two people")}


def decide(
    *, by: Actor, pair_id: int, same: bool, why: str, on: date, keep: int | None = None, new_heads: Mapping[int, int] | None = None
) -> None:  # fmt: skip
    """The two are one (``same``: the records are merged into ``keep``, or into the older one), or they are two people.

    Sent again it does nothing. Raises NotFound; NotAllowed where one of the two is outside the actor's areas; Changed where somebody decided
    otherwise; Refused without a reason, or where the merge cannot be.
    """
    by.require(PERMISSION)
    why = scrub(why.strip())
    if not why:
        raise Refused("why-missing", "请写明认定的理由。", "Say why you decide so.", field="why")
    with acting(by), transaction.atomic():
        pair = _locked(by, pair_id)
        wanted = "same" if same else "different"
        # Found to be the same, but the merger was taken back some other way: it is to be decided again.
        apart = pair.state == "same" and _gone(by, pair) is None
        if pair.state == wanted and not apart:
            return
        if pair.state != "open" and not apart:
            raise _changed(pair)
        _both(by, pair)
        _set(
            pair, state=wanted, decided_at=now(), decided_by=by.official, decided_name=by.name[:80], decided_post=by.post[:160], why=why,
            weighed=sorted(e["code"] for e in pair.evidence), act_id=None,
        )  # fmt: skip
        if same:
            # Decided before it is merged: open pairs of a record that goes up in another are closed by the merger.
            act = _merged(by, pair, keep, on, why, new_heads or {})
            Pair.objects.filter(id=pair.id).update(act_id=act)
        verb = verbs.SAME if same else verbs.DIFFERENT
        record(by, verb, person=pair.a_id, other=pair.b_id, area=pair.area_a, why=why, pair=pair.id)


def undecide(*, by: Actor, pair_id: int, why: str, on: date) -> None:
    """Takes the decision back: the pair is open again, and records that it merged are two again. On an open pair it does nothing.

    Raises NotFound, NotAllowed, Refused without a reason, and what ``unmerge`` raises where later acts rest on the merge.
    """
    by.require(PERMISSION)
    why = scrub(why.strip())
    if not why:
        raise Refused("why-missing", "请写明撤销认定的理由。", "Say why you take the decision back.", field="why")
    with acting(by), transaction.atomic():
        pair = _locked(by, pair_id)
        if pair.state not in _SAID:
            return
        _both(by, pair)
        before = pair.state
        gone = _gone(by, pair) if before == "same" else None
        if gone is not None:
            unmerge(by=by, gone=gone, on=on, why=why)
            pair.refresh_from_db()  # the undo of the merger has opened it already
        _set(pair, **UNDECIDED)
        record(
            by,
            verbs.UNDECIDED,
            person=pair.a_id,
            area=pair.area_a,
            why=why,
            pair=pair.id,
            before="/".join(_SAID[before]),
        )


def _locked(by: Actor, pair_id: int) -> Pair:
    rows = Pair.objects.filter(within(by.scope), id=pair_id)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update()
    found = rows.first()
    if found is None:
        raise missing(pair_id)
    return found


def _both(by: Actor, pair: Pair) -> None:
    """Raises NotAllowed unless both are the actor's to see; of a record that was merged, where it was counts."""
    now = areas_of(by, (pair.a_id, pair.b_id))
    for person, then in ((pair.a_id, pair.area_a), (pair.b_id, pair.area_b)):
        if not by.scope.covers(*(now[person] if any(now[person]) else (then,))):
            raise _outside(pair)


def _outside(pair: Pair) -> NotAllowed:
    return NotAllowed(
        "pair-outside",
        f"第 {pair.id} 号疑似重复有一方不在您的辖区内（{pair.area_a[:9]}、{pair.area_b[:9]}），请由管辖双方的上级认定。",
        f"One of the two of pair {pair.id} is outside your areas ({pair.area_a[:9]}, {pair.area_b[:9]}); an office over both decides.",
    )


def _merged(by: Actor, pair: Pair, keep: int | None, on: date, why: str, new_heads: Mapping[int, int]) -> int:
    kept = pair.a_id if keep is None else keep
    if kept not in (pair.a_id, pair.b_id):
        raise Refused(
            "keep-wrong", "要保留的档案不是这一对里的。", "The record to keep is neither of the two.", field="keep"
        )
    gone = pair.b_id if kept == pair.a_id else pair.a_id
    return merge_people(by=by, keep=kept, gone=gone, on=on, new_heads=new_heads, why=why).act


def _gone(by: Actor, pair: Pair) -> int | None:
    """Which of the two is merged into the other; None where the merge was taken back some other way."""
    two = (pair.a_id, pair.b_id)
    with acting(replace(by, scope=Scope.everything())):
        return Person.objects.filter(id__in=two, merged_into__in=two).values_list("id", flat=True).first()


def _set(pair: Pair, **changes: object) -> None:
    """Writes the decision, unless somebody was quicker."""
    changed = Pair.objects.filter(id=pair.id, state=pair.state).update(**changes)
    if not changed:
        raise _changed(Pair.objects.get(id=pair.id))


def _changed(pair: Pair) -> Changed:
    zh, en = _SAID.get(pair.state, ("已结案", "closed"))
    who = pair.decided_name
    return Changed(
        "pair-decided", f"第 {pair.id} 号疑似重复已由{who}认定为“{zh}”；要改请先撤销认定。" if who else f"第 {pair.id} 号疑似重复已结案。",
        f"Pair {pair.id} was found to be {en} by {who}; take that back first." if who else f"Pair {pair.id} is closed.",
    )  # fmt: skip
