"""How the installation runs, for the administrator."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.system import views

urlpatterns = [path("system", views.system, name="system")]
