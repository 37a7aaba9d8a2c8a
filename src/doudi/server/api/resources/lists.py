"""Work lists of screenings, the runs behind them, and what changed from one run to another."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from doudi.server.api import cursors
from doudi.server.api.calls import Call
from doudi.server.api.operations import operation
from doudi.server.api.resources import examples
from doudi.server.api.resources.things import PersonId
from doudi.server.api.shapes import lists as shapes
from doudi.server.api.shapes.common import Page
from doudi.server.decisions.actions.work import decide_work
from doudi.server.decisions.selectors import difference, run, runs, work, work_counts, work_item

router = Router(tags=["lists"])


@operation(
    router, "get", "/lists/items", name="list-items", zh="工作清单", en="Work lists", answers=Page[shapes.Item],
    example={"items": [examples.ITEM], "next": None},
    more=(
        "最近一次筛查列出的事项，每条带理由；查看记入操作记录。",
        "What the last screening listed, each with its reason; that it was shown is recorded.",
    ),
)  # fmt: skip
def list_items(request: Call, asked: Query[shapes.ItemsAsked]) -> Any:
    found = work(
        request.by, code=asked.code, programme=asked.programme, state=asked.state, area=asked.area, household=asked.household,
        after=cursors.after(request, asked.cursor), limit=asked.limit,
    )  # fmt: skip
    return {"items": found.rows, "next": cursors.next_page(request, found.after)}


@operation(
    router, "get", "/lists/items/{item}", name="read-item", zh="一条事项", en="An item of a work list", answers=shapes.Item,
    example=examples.ITEM, errors=(404,),
)  # fmt: skip
def read_item(request: Call, item: PersonId) -> Any:
    return work_item(request.by, item)


@operation(
    router, "post", "/lists/items/{item}/decide", name="decide-item", zh="办结一条事项", en="Decide an item", answers=shapes.Item,
    example={**examples.ITEM, "state": "done", "why": "已受理申请", "decided_by": "黄窗"}, errors=(404,), writes=True,
    takes={"state": "done", "why": "已受理申请"},
)  # fmt: skip
def decide_item(request: Call, item: PersonId, asked: shapes.Deciding) -> Any:
    return decide_work(request.by, item, state=asked.state, why=asked.why)


@operation(
    router, "get", "/lists/counts", name="count-items", zh="清单计数", en="How much is on the lists", answers=shapes.Counts,
    example={"items": [{"code": "应享未享", "programme": "低保", "area": "451229103", "state": "open", "items": 12, "due": 504000}]},
)  # fmt: skip
def count_items(request: Call, asked: Query[shapes.CountsAsked]) -> Any:
    found = work_counts(request.by, area=asked.area, level=int(asked.level), code=asked.code, state=asked.state)
    return {"items": found}


@operation(
    router, "get", "/runs", name="list-runs", zh="筛查", en="Runs", answers=Page[shapes.Run],
    example={"items": [examples.RUN], "next": None}, more=("做完的筛查，新的在前。", "Finished runs, the newest first."),
)  # fmt: skip
def list_runs(request: Call, asked: Query[shapes.RunsAsked]) -> Any:
    before = cursors.after(request, asked.cursor)
    rows = runs(request.by, area=asked.area, month=asked.month, before=before, limit=asked.limit + 1)
    return cursors.page(request, rows, asked.limit, lambda row: row.id)


@operation(
    router, "get", "/runs/{run_id}", name="read-run", zh="一次筛查", en="A run", answers=shapes.Run, example=examples.RUN, errors=(404,),
)  # fmt: skip
def read_run(request: Call, run_id: PersonId) -> Any:
    return run(request.by, run_id)


@operation(
    router, "get", "/runs/{run_id}/differences", name="compare-runs", zh="两次筛查的差异", en="What changed between two runs",
    answers=shapes.Differences, example=examples.DIFFERENCES, errors=(404,),
    more=(
        "从这次筛查到 after 那次，哪些户、哪些人的结果变了；sums 按区划汇总。",
        "From this run to the one named by after: whose answers changed; sums are by division.",
    ),
)  # fmt: skip
def compare_runs(request: Call, run_id: PersonId, asked: Query[shapes.DifferencesAsked]) -> Any:
    offset = cursors.after(request, asked.cursor) or 0
    found = difference(
        request.by, run_id, asked.after, area=asked.area, level=int(asked.level), limit=asked.limit, offset=offset
    )  # fmt: skip
    end = offset + len(found.rows)
    more = cursors.next_page(request, end) if found.rows and end < found.count else None
    return {
        "before": found.before, "after": found.after, "count": found.count, "items": found.rows, "sums": found.sums, "next": more,
    }  # fmt: skip
