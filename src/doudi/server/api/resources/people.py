"""People: found by what somebody typed, read, their timeline, and a number shown whole."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from doudi.server.api import cursors
from doudi.server.api.calls import Call, today
from doudi.server.api.operations import operation
from doudi.server.api.resources import examples
from doudi.server.api.resources.things import PersonId
from doudi.server.api.shapes import registry as shapes
from doudi.server.api.shapes.common import Page
from doudi.server.registry.actions import reveal
from doudi.server.registry.selectors import Found, find, person, timeline

router = Router(tags=["people"])


@operation(
    router, "post", "/people/find", name="find-people", zh="查找人员", en="Find people", answers=shapes.FoundList,
    more=(
        "按姓名、拼音、身份证号、电话等查找您辖区内的人。查找的内容在请求体里，不在地址里，因此不会留在任何日志中。不改变任何内容。",
        "People of your areas by name, pinyin, id number, phone and so on. What is looked for is in the body and never in an address, so that no log "
        "keeps it. Nothing is changed.",
    ),
    takes={"text": "韦", "limit": 5}, example={"items": [examples.FOUND]},
)  # fmt: skip
def find_people(request: Call, asked: shapes.FindAsked) -> Any:
    found = find(request.by, asked.text, limit=asked.limit, area=asked.area, on=today(request))
    return {"items": [_found(f) for f in found]}


@operation(
    router, "get", "/people/{person_id}", name="read-person", zh="查看一个人", en="Read a person", answers=shapes.Person,
    example=examples.PERSON, errors=(404,),
)  # fmt: skip
def read_person(request: Call, person_id: PersonId, asked: Query[shapes.AsOf]) -> Any:
    return person(request.by, person_id, as_of=asked.as_of or today(request), knowing=asked.knowing)


@operation(
    router, "get", "/people/{person_id}/timeline", name="person-timeline", zh="一个人办过的事", en="What was done to a person",
    answers=Page[shapes.Happened], example={"items": [examples.HAPPENED], "next": None}, errors=(404,),
)  # fmt: skip
def person_timeline(request: Call, person_id: PersonId, asked: Query[shapes.TimelineAsked]) -> Any:
    before = cursors.after(request, asked.cursor)
    rows = timeline(request.by, person=person_id, before=before, limit=asked.limit + 1)
    return cursors.page(request, rows, asked.limit, lambda row: row.act)


@operation(
    router, "post", "/identifiers/{identifier}/reveal", name="reveal-number", zh="查看完整号码", en="See a whole number",
    answers=shapes.Revealed, takes={"why": "核对银行回单"}, example={"identifier": 7, "number": "990000195001010017"}, errors=(404,),
    more=(
        "须说明理由；谁、为什么看了哪个号码，每次都记入操作记录。其他任何答复里的号码都是遮盖的。",
        "A reason is demanded; who saw which number and why is recorded each time. In every other answer numbers are masked.",
    ),
)  # fmt: skip
def reveal_number(request: Call, identifier: PersonId, asked: shapes.Reason) -> Any:
    return {"identifier": identifier, "number": reveal(by=request.by, identifier=identifier, why=asked.why)}


def _found(f: Found) -> dict[str, Any]:
    numbers = [{"kind": kind, "shown": shown} for kind, shown in f.numbers]
    return {**{k: v for k, v in vars(f).items() if k != "matched"}, "numbers": numbers}
