"""Background work."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.jobs import views

urlpatterns = [
    path("jobs", views.listed, name="jobs-all"),
    path("jobs/<int:job_id>", views.one, name="jobs-one"),
    path("jobs/<int:job_id>/bar", views.bar, name="jobs-bar"),
]
