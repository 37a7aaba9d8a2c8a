"""The one task of django-tasks: its rows are the queue, the Job is the record."""

from __future__ import annotations

from django_tasks import task

from doudi.server.jobs import running


@task()
def run(job_id: int) -> None:
    running.run(job_id)
