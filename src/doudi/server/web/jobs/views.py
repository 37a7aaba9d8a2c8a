"""Background work: how far it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.server.jobs.selectors import job
from doudi.server.lib.actor import Actor
from doudi.server.web.signed_in import signed_in


@signed_in
@require_safe
def bar(request: HttpRequest, by: Actor, job_id: int) -> HttpResponse:
    """The progress of a job alone, for a page that shows it; a page that shows an ended job is asked to load anew."""
    found = job(by, job_id)
    answer = render(request, "web/jobs/bar.html", {"job": found})
    if found.ended:
        answer["HX-Refresh"] = "true"
    return answer
