"""Households, read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ninja import Query, Router

from doudi.server.api import cursors
from doudi.server.api.calls import Call, today
from doudi.server.api.operations import operation
from doudi.server.api.resources import examples
from doudi.server.api.resources.things import HouseholdId
from doudi.server.api.shapes import registry as shapes
from doudi.server.api.shapes.common import Page
from doudi.server.registry.facts import Decided, Resolved
from doudi.server.registry.selectors import facts_of, household, households, timeline

router = Router(tags=["households"])


@operation(
    router, "get", "/households", name="list-households", zh="家庭户清单", en="List households", answers=Page[shapes.HouseholdRow],
    example={"items": [examples.HOUSEHOLD_ROW], "next": None},
    more=(
        "您辖区内的家庭户，每次一页；下一页的地址在 next 里。查看清单记入操作记录。",
        "The households of your areas, a page at a time; next is the address of the next page. That a list was shown is recorded.",
    ),
)  # fmt: skip
def list_households(request: Call, asked: Query[shapes.HouseholdsAsked]) -> Any:
    found = households(
        request.by, on=asked.on or today(request), area=asked.area, ledger=asked.ledger, closed=asked.closed,
        after=cursors.after(request, asked.cursor), limit=asked.limit,
    )  # fmt: skip
    return {"items": found.rows, "next": cursors.next_page(request, found.after)}


@operation(
    router, "get", "/households/{household_id}", name="read-household", zh="查看一户", en="Read a household", answers=shapes.Household,
    example=examples.HOUSEHOLD, errors=(404,),
    more=(
        "一户在某一天、按某一时点已知的情况；答复的 ETag 用于变更（If-Match）。",
        "A household on a day, by what was known at a moment; its ETag is what a change takes as If-Match.",
    ),
)  # fmt: skip
def read_household(request: Call, household_id: HouseholdId, asked: Query[shapes.AsOf]) -> Any:
    found = household(request.by, household_id, as_of=asked.as_of or today(request), knowing=asked.knowing)
    request.version = found.version
    return found


@operation(
    router, "get", "/households/{household_id}/facts", name="household-facts", zh="一户的事实", en="A household's facts",
    answers=shapes.Facts, example=examples.FACTS, errors=(404,),
    more=(
        "户和每名成员的每项事实：算数的值、来源，以及所有说法。没有人说过的事实不在其中，就是不知道。",
        "Every fact of the household and of each member: what counts, where it is from, and every word on it. A fact that nobody stated is not there, and "
        "is not known.",
    ),
)  # fmt: skip
def household_facts(request: Call, household_id: HouseholdId, asked: Query[shapes.AsOf]) -> Any:
    found = facts_of(request.by, household_id, as_of=asked.as_of or today(request), knowing=asked.knowing)
    members = [
        {"person": m.person, "relation": m.relation, "head": m.head, "elsewhere": m.elsewhere, **_resolved(m.facts)}
        for m in found.members
    ]
    return {
        "household": found.household, "area": found.area, "other_area": found.other_area, **_resolved(found.facts), "members": members,
        "as_of": found.as_of, "knowing": found.knowing,
    }  # fmt: skip


@operation(
    router, "get", "/households/{household_id}/timeline", name="household-timeline", zh="一户办过的事", en="What was done to a household",
    answers=Page[shapes.Happened], example={"items": [examples.HAPPENED], "next": None}, errors=(404,),
)  # fmt: skip
def household_timeline(request: Call, household_id: HouseholdId, asked: Query[shapes.TimelineAsked]) -> Any:
    before = cursors.after(request, asked.cursor)
    rows = timeline(request.by, household=household_id, before=before, limit=asked.limit + 1)
    return cursors.page(request, rows, asked.limit, lambda row: row.act)


def _resolved(resolved: Resolved) -> dict[str, Any]:
    return {"values": _facts(resolved.values), "tables": _facts(resolved.tables)}


def _facts(decided: Mapping[str, Decided]) -> list[dict[str, Any]]:
    return [
        {
            "name": name, "value": d.value, "source": d.source, "since": d.since, "statement": d.by.statement, "disputed": d.disputed,
            "said": d.candidates,
        }
        for name, d in decided.items()
    ]  # fmt: skip
