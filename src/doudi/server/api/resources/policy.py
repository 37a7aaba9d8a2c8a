"""What the policy in force says on a day: programmes, standards by place, and the facts that may be stated. And who is asking."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from doudi.server.api.calls import Call, today
from doudi.server.api.operations import operation
from doudi.server.api.resources import examples
from doudi.server.api.shapes import policy as shapes
from doudi.server.policybook.selectors import standards, values
from doudi.server.policybook.selectors.declares import facts, programmes

router = Router(tags=["policy"])


@operation(
    router, "get", "/me", name="me", zh="这个令牌是谁的", en="Whose token this is", answers=shapes.Me, example=examples.ME,
)  # fmt: skip
def me(request: Call) -> Any:
    by = request.by
    return {
        "official": by.official, "name": by.name, "post": by.post, "role": by.role, "areas": list(by.scope.prefixes),
        "permissions": sorted(by.may), "token": request.bearer.name, "expires_at": request.bearer.expires_at,
    }  # fmt: skip


@operation(
    router, "get", "/programmes", name="list-programmes", zh="救助项目", en="Programmes", answers=shapes.Programmes,
    example={"items": [examples.PROGRAMME]},
)  # fmt: skip
def list_programmes(request: Call, asked: Query[shapes.OnDay]) -> Any:
    return {"items": programmes(request.by, asked.on or today(request))}


@operation(
    router, "get", "/facts", name="list-facts", zh="可以登记的事实", en="Facts that may be stated", answers=shapes.FactList,
    example={"items": [examples.FACT]},
)  # fmt: skip
def list_facts(request: Call, asked: Query[shapes.OnDay]) -> Any:
    return {"items": facts(request.by, asked.on or today(request))}


@operation(
    router, "get", "/standards", name="list-standards", zh="标准的名称和单位", en="Standards that there are", answers=shapes.Standards,
    example={"items": [examples.STANDARD]},
)  # fmt: skip
def list_standards(request: Call, asked: Query[shapes.OnDay]) -> Any:
    return {"items": standards(request.by, asked.on or today(request))}


@operation(
    router, "get", "/standards/values", name="standard-values", zh="某地某日的标准", en="What standards are worth at a place on a day",
    answers=shapes.ValueList, example={"items": [examples.VALUE]},
)  # fmt: skip
def standard_values(request: Call, asked: Query[shapes.ValuesAsked]) -> Any:
    found = values(request.by, asked.area, asked.on or today(request), standard=asked.standard)
    return {"items": [{**vars(v), "bands": [{"at": at, "value": value} for at, value in v.bands]} for v in found]}
