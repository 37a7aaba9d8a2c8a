"""Long work: started, watched, cancelled."""

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
from doudi.server.jobs.actions import cancel, start
from doudi.server.jobs.selectors import job, jobs

router = Router(tags=["jobs"])


@operation(
    router, "get", "/jobs", name="list-jobs", zh="后台任务", en="Jobs", answers=Page[shapes.Job],
    example={"items": [examples.JOB], "next": None}, more=("新的在前。", "The newest first."),
)  # fmt: skip
def list_jobs(request: Call, asked: Query[shapes.JobsAsked]) -> Any:
    before = cursors.after(request, asked.cursor)
    own = not request.bearer.narrow
    rows = jobs(request.by, kind=asked.kind, state=asked.state, before=before, limit=asked.limit + 1, own=own)
    return cursors.page(request, rows, asked.limit, lambda row: row.id)


@operation(
    router, "get", "/jobs/{job_id}", name="read-job", zh="一项任务", en="A job", answers=shapes.Job, example=examples.JOB, errors=(404,),
    more=("进度、剩余时间和结果；隔几秒看一次即可。", "How far it is, what remains, and its result; look every few seconds."),
)  # fmt: skip
def read_job(request: Call, job_id: PersonId) -> Any:
    return job(request.by, job_id, own=not request.bearer.narrow)


@operation(
    router, "post", "/jobs/{job_id}/cancel", name="cancel-job", zh="取消任务", en="Cancel a job", answers=shapes.Job, writes=True,
    example={**examples.JOB, "state": "cancelled"}, errors=(404,),
    more=("等待中的立即取消，进行中的在下一步停下；已做完的部分保留。", "At once where it waits, at its next step where it runs; what was done stays."),
)  # fmt: skip
def cancel_job(request: Call, job_id: PersonId) -> Any:
    job(request.by, job_id, own=not request.bearer.narrow)
    return cancel(request.by, job_id)


@operation(
    router, "post", "/screenings", name="start-screening", zh="启动筛查", en="Start a screening", answers=shapes.Job, status=202, writes=True,
    takes={"area": "451229", "as_of": "2024-07-01"}, example={**examples.JOB, "state": "waiting", "done": 0, "result": {}},
    more=(
        "在后台筛查一个区划；Location 是这项任务的地址，做完后 result.run 是筛查的编号。",
        "Screens a division in the background; Location is the job, and result.run, once it is done, the run.",
    ),
)  # fmt: skip
def start_screening(request: Call, asked: shapes.Screening) -> Any:
    params: dict[str, Any] = {"as_of": asked.as_of.isoformat(), "lists": asked.lists}
    if asked.knowing is not None:
        params["knowing"] = asked.knowing.isoformat()
    begun = start(request.by, "screening", params=params, area=asked.area)
    request.location = f"/api/v1/jobs/{begun.id}"
    return begun
