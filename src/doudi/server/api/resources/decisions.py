"""What is due to a household, and why; and what would be due to a family that is not on record."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Query, Router

from doudi.server.api.calls import Call, today
from doudi.server.api.language import both
from doudi.server.api.operations import operation
from doudi.server.api.problems import english
from doudi.server.api.resources import examples
from doudi.server.api.resources.things import HouseholdId
from doudi.server.api.shapes import decisions as shapes
from doudi.server.api.shapes.registry import AsOf
from doudi.server.decisions.rows import Where
from doudi.server.decisions.selectors import HouseholdDecision, decide
from doudi.server.decisions.selectors.household import Lang
from doudi.server.decisions.selectors.supposed import Supposed, suppose
from doudi.server.lib.refusals import NotFound

router = Router(tags=["decisions"])
ProgrammeName = Annotated[str, Path(max_length=80, description=both("项目名称", "the programme's name"))]
_TRUTH = {"符合": "yes", "不符合": "no", "无法判定": "unknown", "是": "yes", "否": "no", "未知": "unknown"}


@operation(
    router, "get", "/households/{household_id}/decision", name="decide-household", zh="一户应享受什么", en="What a household is due",
    answers=shapes.Decision, example=examples.DECISION, errors=(404,),
    more=(
        "按基准日有效的政策和知悉时点已知的事实，逐项判定。不知道就是 unknown，绝不当作零；amount 和 paid 给出上下限。家庭项目带 person 的，是此人按单独一户判定的。",
        "Every programme, by the policy in force on the day and the facts known at the moment. What is not known is unknown and never nought; amount "
        "and paid are bounds. A programme of the household with a person is what that person has as a household of one.",
    ),
)  # fmt: skip
def decide_household(request: Call, household_id: HouseholdId, asked: Query[AsOf]) -> Any:
    found = decide(request.by, household_id, as_of=asked.as_of or today(request), knowing=asked.knowing)
    return {**_decision(found), "household": household_id}


@operation(
    router, "get", "/households/{household_id}/decision/{programme}", name="why", zh="为什么", en="Why", answers=shapes.Why,
    example=examples.WHY, errors=(404,),
    more=(
        "一个项目对一户或一名成员的判定理由，一步一步，每步有数字和依据；语言按 Accept-Language。",
        "The reason for one programme, step by step, with numbers and clauses; in the language of Accept-Language.",
    ),
)  # fmt: skip
def why(request: Call, household_id: HouseholdId, programme: ProgrammeName, asked: Query[shapes.WhyAsked]) -> Any:
    found = decide(request.by, household_id, as_of=asked.as_of or today(request), knowing=asked.knowing)
    path = tuple(int(p) for p in asked.path.split(",") if p)
    lang: Lang = "en" if english() else "zh"
    try:
        return {
            "programme": programme,
            "text": found.text(programme, path, lang),
            "steps": found.dict(programme, path, lang),
        }
    except KeyError:
        raise NotFound(
            "no-outcome",
            "这一户在这一天没有这个项目的判定；项目名称和 path 见判定结果。",
            "There is no such outcome for this household on that day; see the decision for names and paths.",
        ) from None


@operation(
    router, "post", "/decisions/suppose", name="suppose", zh="假设的家庭能享受什么", en="What a supposed family would be due",
    answers=shapes.Decision, takes=examples.SUPPOSING, example={**examples.DECISION, "household": None},
    more=(
        "给出事实，得到判定；什么也不保存，什么也不记录。没有给出的事实就是不知道。第一名成员是户主。",
        "Facts in, decision out; nothing is kept and nothing recorded. A fact that is not given is not known. The first member is the head.",
    ),
)  # fmt: skip
def suppose_family(request: Call, asked: shapes.Supposing) -> Any:
    found = suppose(
        request.by, household=Supposed(asked.household.values, asked.household.tables),
        members=[Supposed(m.values, m.tables, m.relation) for m in asked.members], as_of=asked.as_of,
    )  # fmt: skip
    return {**_decision(found), "household": None}


def _decision(found: HouseholdDecision) -> dict[str, Any]:
    plans = {p.name: p for p in found.decision.ruleset.programmes}
    return {
        "as_of": found.as_of,
        "knowing": found.knowing,
        "policy": found.policy,
        "household_class": found.household_class,
        "monthly": _bounds(found.total),
        "outcomes": [
            {
                "programme": o.programme, "en": plans[o.programme].en, "entity": o.entity, "person": _person(o.path), "path": list(o.path),
                "fulfils": _TRUTH[o.outcome], "granted": _TRUTH[o.granted], "amount": _bounds(o.amount), "paid": _bounds(o.paid),
                "reason": o.reason,
                "missing": [{"entity": m.leaf.entity, "name": m.leaf.name, "person": _person(m.path)} for m in o.missing],
            }
            for o in found.outcomes
        ],
        "disputed": [_where(w) for w in found.made.disputed],
        "elsewhere": list(found.made.elsewhere),
    }  # fmt: skip


def _bounds(amount: tuple[int, int] | None) -> dict[str, int] | None:
    return None if amount is None else {"least": amount[0], "most": amount[1]}


def _person(path: tuple[Any, ...]) -> int | None:
    return int(path[0]) if path else None


def _where(where: Where) -> dict[str, Any]:
    return {"entity": where.entity, "name": where.name, "person": _person(where.path)}
