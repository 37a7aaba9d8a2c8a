"""What an official must do today: from each part of the system what waits for this post, the most pressing first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from doudi.screening.lists import KINDS
from doudi.server.decisions.selectors.waiting import waiting_lists
from doudi.server.exchange.selectors import to_finish
from doudi.server.jobs.views import JobView
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of
from doudi.server.policybook.selectors import proposals
from doudi.server.policybook.selectors.policies import base_on
from doudi.server.registry.duplicates.waiting import waiting_pairs
from doudi.server.web.words import T


@dataclass(frozen=True)
class Todo:
    """``count`` things that wait behind ``href``; ``note`` says since when, or what they are. A smaller ``rank`` is shown first."""

    rank: int
    what: T
    count: int
    href: str
    note: T | None = None


def todos(by: Actor, on: date, recent: Sequence[JobView]) -> list[Todo]:
    """Everything that waits for ``by`` on ``on``, in the order in which it should be done; ``recent`` jobs among it."""
    found = [todo for waiting in _WAITING for todo in waiting(by, on) if todo.count]
    found += [todo for todo in _failed(by, recent) if todo.count]
    return sorted(found, key=lambda t: (t.rank, -t.count))


def _failed(by: Actor, recent: Sequence[JobView]) -> Iterator[Todo]:
    failed = [j for j in recent if j.state == "failed" and j.official == by.official]
    if failed:
        last = failed[0]
        yield Todo(
            0,
            T("没有做成的后台任务", "Background work that failed"),
            len(failed),
            "/jobs?state=failed",
            T(last.zh, last.en),
        )


def _imports(by: Actor, _on: date) -> Iterator[Todo]:
    waiting, first = to_finish(by)
    if waiting:
        yield Todo(
            1,
            T("没有完成的导入", "Imports to finish"),
            waiting,
            f"/imports/{first[0].id}" if waiting == 1 else "/imports",
        )


def _standards(by: Actor, _on: date) -> Iterator[Todo]:
    if by.allows("standards.approve"):
        drafts = len(proposals(by, state="drafted", limit=50))
        yield Todo(2, T("等待批准的标准", "Standards to approve"), drafts, "/standards?state=drafted")
    if by.allows("standards.publish"):
        approved = len(proposals(by, state="approved", limit=50))
        yield Todo(
            2, T("已批准、等待公布的标准", "Approved standards to publish"), approved, "/standards?state=approved"
        )


def _duplicates(by: Actor, _on: date) -> Iterator[Todo]:
    if by.allows("duplicates.decide"):
        waiting = waiting_pairs(by)
        since = waiting.since and day_of(waiting.since)
        note = T(f"最早的 {since} 发现", f"the oldest found on {since}") if since else None
        yield Todo(3, T("疑似重复，等待认定", "Suspected doubles to decide"), waiting.pairs, "/duplicates", note)


def _lists(by: Actor, on: date) -> Iterator[Todo]:
    """Lists of the screenings, in the order and with the names that the pack gives them."""
    if not by.allows("screening.read"):
        return
    names = KINDS | {kept.name: kept.en for kept in base_on(on).plan.lists}
    order = {name: i for i, name in enumerate(names)}
    for w in waiting_lists(by):
        note = T(f"最早的来自 {w.since:%Y-%m} 的筛查", f"the oldest since the screening of {w.since:%Y-%m}")
        what = T(w.code, names.get(w.code) or w.code)
        yield Todo(4 + order.get(w.code, len(order)), what, w.items, f"/lists?list={quote(w.code)}", note)


_WAITING: tuple[Callable[[Actor, date], Iterator[Todo]], ...] = (_imports, _standards, _duplicates, _lists)
