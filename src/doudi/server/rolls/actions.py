"""One act done to many lines of a list: chosen, shown, confirmed, carried out line by line, safe to repeat."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from doudi.server.audit.actions import record
from doudi.server.jobs.actions import start
from doudi.server.jobs.selectors import job as job_of
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Changed, NotAllowed, Refused
from doudi.server.lib.scrub import scrub
from doudi.server.registry.selectors.rolls import roll_ids
from doudi.server.rolls import verbs
from doudi.server.rolls.acts import ACTS, visible
from doudi.server.rolls.asked import Asked
from doudi.server.rolls.models import CHOSEN, DONE, UNDER_WAY, Choice
from doudi.server.rolls.selectors import ChoiceView, choice_view, no_choice, office, own_choices

MOST = 20_000
AT_ONCE = 20
"""So many are done while one waits; more in the background, as many in one transaction."""
_TOLD = 200


@dataclass
class Outcome:
    """How many were done, how many needed nothing, and which were refused, with why."""

    done: int = 0
    same: int = 0
    refused: list[list[Any]] = field(default_factory=list)

    def as_result(self) -> dict[str, Any]:
        return {"done": self.done, "same": self.same, "refused": len(self.refused), "why": self.refused[:_TOLD]}


def choose(
    *, by: Actor, of: str, act: str, ids: Collection[int], params: Mapping[str, Any], on: date, why: str
) -> ChoiceView:  # fmt: skip
    """Keeps what is to be done to which lines; nothing is done yet. Lines outside the actor's areas are left out without a word.

    Raises NotAllowed; Refused for an act or ledger that there is not, without a reason, for none or too many.
    """
    found = ACTS.get(act)
    if found is None:
        raise Refused("bad-act", "请选要办的事。", "Choose what is to be done.", field="act")
    by.require(found.permission)
    why = scrub(why.strip())
    if not why:
        raise Refused("no-reason", "请写明理由。", "Give the reason.", field="why")
    if len(ids) > MOST:
        raise _too_many()
    if by.official is None or not by.scope.prefixes:
        raise Refused("no-office", "没有岗位，不能办理。", "Without a post nothing is done.")
    made = Choice(
        official=by.official, area=office(by), of=of, act=act, params=dict(params), ids=visible(by, of, ids, on), on=on, why=why, made_at=now()
    )  # fmt: skip
    found.check(by, made)
    if not made.ids:
        raise Refused("none-chosen", "没有选中任何一条。", "No line is chosen.", field="ids")
    with acting(by), transaction.atomic():
        made.save(force_insert=True)
        record(by, verbs.CHOSEN, area=made.area, count=len(made.ids), why=why, act=act, choice=made.id)
    return choice_view(made)


def all_of(*, by: Actor, asked: Asked, on: date) -> list[int]:
    """The keys of every line of a roll. Raises Refused where they are too many to be chosen at once."""
    found, more = roll_ids(by, asked.sieve(by, on), of=asked.of, on=on, most=MOST)
    if more:
        raise _too_many()
    return found


def confirm(*, by: Actor, choice: int) -> ChoiceView:
    """Carries a choice out: a few lines at once, many in the background. Again, it does nothing more, but where the work in the background failed or
    was cancelled: then it is begun anew, and what was done already needs nothing. Raises NotFound, NotAllowed."""
    with acting(by), transaction.atomic():
        one = own_choices(by).select_for_update().filter(id=choice).first()
        if one is None:
            raise no_choice(choice)
        by.require(ACTS[one.act].permission)
        if one.state != CHOSEN and not broken_off(by, one):
            return choice_view(one)
        if len(one.ids) > AT_ONCE:
            job = start(by, "bulk", params={"choice": one.id}, area=one.area, total=len(one.ids))
            one.state, one.job = UNDER_WAY, job.id
            one.save(update_fields=["state", "job"])
            return choice_view(one)
        one.state = UNDER_WAY
        one.save(update_fields=["state"])
        outcome = carry_out(by, one, one.ids)
        end(by, one, outcome)
        return choice_view(one)


def broken_off(by: Actor, c: Choice | ChoiceView) -> bool:
    """Whether the work in the background ended before all was done."""
    return c.state == UNDER_WAY and c.job is not None and job_of(by, c.job).state in ("failed", "cancelled")


def carry_out(by: Actor, c: Choice, ids: Iterable[int]) -> Outcome:
    """Does the act to each of ``ids``, in the caller's transaction; what one is refused does not hinder the others."""
    act, outcome = ACTS[c.act], Outcome()
    wanted = list(ids)
    settled = act.settled(by, c, wanted)
    for key in wanted:
        if key in settled:
            outcome.same += 1
            continue
        try:
            with transaction.atomic():
                act.one(by, c, key)
        except NotAllowed:
            raise
        except (Refused, Changed) as refused:
            outcome.refused.append([key, refused.zh, refused.en])
        else:
            outcome.done += 1
    return outcome


def end(by: Actor, c: Choice, outcome: Outcome) -> None:
    """The choice is carried out, with what came of it."""
    c.state, c.result = DONE, outcome.as_result()
    c.save(update_fields=["state", "result"])
    record(
        by, verbs.CARRIED_OUT, area=c.area, count=outcome.done, choice=c.id, done=outcome.done, same=outcome.same,
        refused=len(outcome.refused),
    )  # fmt: skip


def _too_many() -> Refused:
    return Refused(
        "too-many", f"一次最多选 {MOST:,} 条，请加筛选条件或分乡镇办理。",
        f"At most {MOST:,} lines at once: narrow the list, or go township by township.", field="ids",
    )  # fmt: skip
