"""The URL table."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from doudi.server.operations import views as operations

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("doudi.server.api.urls")),
    path("", include("doudi.server.web.urls")),
    path("health", operations.page, name="health"),
]
