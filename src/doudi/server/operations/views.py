"""The health page: for whoever runs the server, and for what watches it. Needs no sign-in and shows nothing of anybody."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation

from doudi.server.operations.health import health, well


def page(request: HttpRequest) -> HttpResponse:
    """HTML for eyes, JSON where that is asked for; 503 where the server cannot work."""
    parts = health(settings.ENVIRONMENT.home)
    status = 200 if well(parts) else 503
    if "application/json" in request.headers.get("Accept", ""):
        said = [{"part": p.code, "state": p.state, "zh": p.zh, "en": p.en} for p in parts]
        return JsonResponse(
            {"well": status == 200, "parts": said}, status=status, json_dumps_params={"ensure_ascii": False}
        )
    english = translation.get_language() == "en"
    rows = [(p.state, p.en if english else p.zh) for p in parts]
    return render(
        request, "operations/health.html", {"rows": rows, "well": status == 200, "english": english}, status=status
    )
