"""Pages for everybody."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.public import calculator, standards

urlpatterns = [
    path("can-get", calculator.can_get, name="public-can-get"),
    path("public/standards", standards.standards, name="public-standards"),
]
