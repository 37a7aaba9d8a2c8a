"""The background work of rolls: one act done to many lines."""

from __future__ import annotations

import time

from django.db import connection, transaction

from doudi.server.jobs.kinds import Result, kind
from doudi.server.jobs.running import Running
from doudi.server.lib.acting import acting
from doudi.server.rolls.actions import AT_ONCE, Outcome, carry_out, end
from doudi.server.rolls.models import DONE, Choice
from doudi.server.rolls.selectors import no_choice, own_choices

PAUSE = 0.1
"""Seconds left to others between two steps."""


@kind("bulk", zh="批量办理", en="One act on many", single=True)
def bulk(job: Running) -> Result:
    """``choice``: carried out some lines at a time, each step committed with the cursor that says so; killed anywhere it goes on after the last.

    What is stopped half-way has done the lines that the cursor says, and no others.
    """
    by, number = job.actor, int(job.params["choice"])
    at = int(job.cursor.get("at", 0))
    outcome = Outcome(*job.cursor.get("outcome", (0, 0, [])))
    with acting(by):
        one = own_choices(by).filter(id=number).first()
    if one is None:
        raise no_choice(number)
    while at < len(one.ids):
        with acting(by), transaction.atomic():
            step = carry_out(by, one, one.ids[at : at + AT_ONCE])
            outcome.done += step.done
            outcome.same += step.same
            outcome.refused += step.refused
            at += AT_ONCE
            told = [outcome.done, outcome.same, outcome.refused]
            job.progress(min(at, len(one.ids)), total=len(one.ids), cursor={"at": at, "outcome": told})
        if connection.vendor == "sqlite":
            # One writes at a time there, and who waits looks only now and then.
            time.sleep(PAUSE)
    with acting(by), transaction.atomic():
        # A job that was killed between its end and its report has ended the choice already.
        if Choice.objects.exclude(state=DONE).filter(id=one.id).exists():
            end(by, one, outcome)
    return {k: v for k, v in outcome.as_result().items() if k != "why"}
