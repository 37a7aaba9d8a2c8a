"""How the installation runs: its parts, its background work, the texts in force."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi import __version__
from doudi.server.audit.chain import length
from doudi.server.jobs.selectors import jobs
from doudi.server.lib.actor import Actor
from doudi.server.operations.chain_state import chain_state
from doudi.server.operations.health import health, well
from doudi.server.policybook.selectors import policy
from doudi.server.web.signed_in import signed_in, today


@signed_in
@require_safe
def system(request: HttpRequest, by: Actor) -> HttpResponse:
    """What the health page says, and what only the administrator needs."""
    by.require("operations.manage")
    parts, on = health(settings.ENVIRONMENT.home), today()
    recent = jobs(by, limit=200)
    states = Counter(j.state for j in recent)
    page = {
        "parts": parts, "well": well(parts), "version": __version__, "policy": policy(on), "state": chain_state(on), "entries": length(),
        "waiting": states["waiting"], "running": [j for j in recent if j.state == "running"],
        "failed": [j for j in recent if j.state == "failed"][:10], "daily": next((j for j in recent if j.kind == "daily" and j.ended), None),
    }  # fmt: skip
    return render(request, "web/system/system.html", page, status=200 if page["well"] else 503)
