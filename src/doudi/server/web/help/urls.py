"""Help and tutorials; no sign-in."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.help import views

urlpatterns = [path("help", views.index, name="help-index"), path("help/<slug:code>", views.one, name="help-tutorial")]
