"""The living style page."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.style.views import style

urlpatterns = [path("style", style, name="style-page")]
