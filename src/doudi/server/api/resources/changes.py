"""Households, changed: each act once under its key, and only where nobody changed the household in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from doudi.server.api.calls import Call
from doudi.server.api.conditions import version_wanted
from doudi.server.api.operations import operation
from doudi.server.api.resources import households
from doudi.server.api.resources.things import HouseholdId
from doudi.server.api.shapes import registry as shapes
from doudi.server.lib.refusals import NotFound
from doudi.server.registry import actions
from doudi.server.registry.selectors.versions import belongs_to, version_after

router = households.router
_DONE = {"act": 90210, "household": 4711, "people": [8013], "statement": None, "version": 13}
_CHANGED = (
    "If-Match 的值是家庭户的 ETag；期间有人改过这户，答复 412，什么也不办。",
    "If-Match is the household's ETag; where somebody changed it in between the answer is 412 and nothing is done.",
)
_STATED = {"source": "申报", "values": {"健在": True, "劳动能力": "有劳动能力"}}


@operation(
    router, "post", "/households", name="register-household", zh="登记一户", en="Register a household", answers=shapes.Done, status=201,
    writes=True, errors=(404,), example={**_DONE, "version": 1},
    takes={
        "area": "451229103201", "on": "2024-07-01", "address": "下屯 12 号",
        "members": [
            {"name": "韦大山", "relation": "户主", "head": True, "numbers": {"id": "990000195001010017"}, "statements": [_STATED]},
            {"name": "韦小河", "relation": "子女"},
        ],
        "why": "入户走访新登记",
    },
    more=(
        "一户及其成员、地址和对他们的说明，一次登记。第一个标为户主的成员是户主；都没有标的，第一个成员是户主。",
        "A household with its people, where it is, and what is stated of them, at once. The member marked head is the head, or else the first.",
    ),
)  # fmt: skip
def register_household(request: Call, asked: shapes.NewHousehold) -> Any:
    done = actions.register_household(
        by=request.by, area=asked.area, other_area=asked.other_area, number=asked.number, address=asked.address, on=asked.on,
        members=[_member(m, head=m.head) for m in asked.members], statements=_stated(asked.statements), why=asked.why,
    )  # fmt: skip
    request.location = f"/api/v1/households/{done.household}"
    return _done(request, done)


@operation(
    router, "post", "/households/{household_id}/statements", name="state-facts", zh="登记事实", en="State facts", answers=shapes.Done,
    status=201, writes=True, changes=True, more=_CHANGED, example={**_DONE, "statement": 5120},
    takes={"person": 8013, "source": "申报", "on": "2024-07-01", "values": {"劳动能力": "完全丧失"}, "evidence": "县医院证明"},
)  # fmt: skip
def state_facts(request: Call, household_id: HouseholdId, asked: shapes.NewStatement) -> Any:
    if asked.person is not None and not belongs_to(request.by, household_id, asked.person, on=asked.on):
        raise _no_member(household_id, asked.person)
    done = actions.state(
        by=request.by, source=asked.source, on=asked.on, until=asked.until, household=None if asked.person else household_id,
        person=asked.person, values=asked.values, tables=asked.tables, evidence=asked.evidence, why=asked.why,
        version=version_wanted(request),
    )  # fmt: skip
    return _done(request, done, household_id)


@operation(
    router, "post", "/households/{household_id}/members", name="add-member", zh="增加成员", en="Add a member", answers=shapes.Done,
    status=201, writes=True, changes=True, more=_CHANGED, example=_DONE,
    takes={"member": {"name": "韦小溪", "relation": "子女"}, "how": "birth", "on": "2024-07-01"},
)  # fmt: skip
def add_member(request: Call, household_id: HouseholdId, asked: shapes.NewJoin) -> Any:
    done = actions.add_member(
        by=request.by, household=household_id, member=_member(asked.member), how=asked.how, on=asked.on, new_head=asked.new_head,
        relations=_relations(asked.relations), why=asked.why, version=version_wanted(request),
    )  # fmt: skip
    return _done(request, done, household_id)


@operation(
    router, "post", "/households/{household_id}/departures", name="member-goes", zh="成员离开或死亡", en="A member leaves or has died",
    answers=shapes.Done, status=201, writes=True, changes=True, more=_CHANGED, example=_DONE,
    takes={"person": 8013, "how": "marry-out", "on": "2024-07-01"},
)  # fmt: skip
def member_goes(request: Call, household_id: HouseholdId, asked: shapes.Leaving) -> Any:
    if not belongs_to(request.by, household_id, asked.person, on=asked.on):
        raise _no_member(household_id, asked.person)
    given: dict[str, Any] = {
        "by": request.by, "person": asked.person, "on": asked.on, "new_head": asked.new_head, "why": asked.why,
        "relations": _relations(asked.relations), "version": version_wanted(request),
    }  # fmt: skip
    if asked.how == "death":
        given |= {"evidence": asked.evidence} | ({"source": asked.source} if asked.source else {})
        done = actions.death(**given)
    else:
        done = actions.leave(how=asked.how, **given)
    return _done(request, done, household_id)


@operation(
    router, "post", "/households/{household_id}/moves", name="move-household", zh="迁移", en="Move a household", answers=shapes.Done,
    status=201, writes=True, changes=True, more=_CHANGED, example=_DONE,
    takes={"area": "451229103202", "address": "新村 3 号", "on": "2024-07-01"},
)  # fmt: skip
def move_household(request: Call, household_id: HouseholdId, asked: shapes.Moving) -> Any:
    done = actions.move(
        by=request.by, household=household_id, area=asked.area, other_area=asked.other_area or None, address=asked.address, on=asked.on,
        why=asked.why, version=version_wanted(request),
    )  # fmt: skip
    return _done(request, done, household_id)


def _no_member(household: int, person: int) -> NotFound:
    return NotFound(
        "not-a-member", f"您的辖区内没有户#{household}，或那天人#{person} 不是它的成员。",
        f"There is no household {household} in your areas, or person {person} was no member of it on that day.", field="person",
    )  # fmt: skip


def _relations(given: Mapping[str, str]) -> dict[int, str]:
    return {int(person): relation for person, relation in given.items()}


def _member(m: shapes.Joining, *, head: bool = False) -> actions.NewMember:
    return actions.NewMember(
        m.name, m.relation, head=head, person=m.person, identifiers={str(k): v for k, v in m.numbers.items()}, statements=_stated(m.statements)
    )  # fmt: skip


def _stated(given: Iterable[shapes.Stated]) -> list[actions.NewStatement]:
    return [actions.NewStatement(s.source, s.values, s.tables, s.evidence, s.since, s.until) for s in given]


def _done(request: Call, done: actions.Done, household: int | None = None) -> dict[str, Any]:
    about = done.household if household is None else household
    request.version = version_after(request.by, about, done.act) if about is not None else None
    return {
        "act": done.act, "household": about, "people": done.people, "statement": done.row, "version": request.version,
    }  # fmt: skip
