"""Officers who act at the same moment: one is first, the other is told."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import date

from doudi.server.areas.actions import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.jobs.models import Job
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.models import Edition, InForce, Proposal
from doudi.server.policybook.selectors import policy
from tests.server import cast
from tests.server.jobs.workers import child
from tests.server.policybook.standards import DAY, RURAL, SECOND, THIRD, approve, draft, publish

DONE, REFUSED = 0, 7


def at_once(*acts: Callable[[], object]) -> list[int]:
    """Each in a process of its own, begun at one moment: done, refused, or anything else."""
    start, pids = time.time() + 0.2, []
    for act in acts:
        pid = child()
        if pid == 0:
            try:
                time.sleep(max(0.0, start - time.time()))
                act()
                os._exit(DONE)
            except Refused:
                os._exit(REFUSED)
            finally:
                os._exit(1)
        pids.append(pid)
    return sorted(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids)


def places() -> None:
    ensure(cast.SYSTEM, [NewDivision(code, name) for code, name in cast.NAMES.items()], date(2000, 1, 1))


def test_the_first_to_need_a_pack_puts_it_in_force(committed: dict[str, str]) -> None:
    from doudi.server.policybook import actions

    policy(DAY)
    assert at_once(*[lambda: actions.ensure(cast.SYSTEM)] * 4) == [DONE] * 4
    assert Edition.objects.count() == 1
    assert len({row.edition_id for row in InForce.objects.all()}) == 1


def test_two_proposals_for_one_cell_approved_and_published_at_once(committed: dict[str, str]) -> None:
    places()
    one, two = draft(), draft()
    assert at_once(lambda: approve(one, by=SECOND), lambda: approve(two, by=THIRD)) == [DONE, REFUSED]
    assert Proposal.objects.filter(state="approved").count() == 1


def test_published_by_two_clicks_it_is_published_once(committed: dict[str, str]) -> None:
    places()
    for n in range(3):
        two = approve(draft(RURAL, since=date(2026, 7, 1 + n)))
        assert at_once(*[lambda p=two: publish(p)] * 3) == [DONE] * 3
        assert Job.objects.filter(kind="reprice").count() == n + 1
