"""The record of acts, for the auditor."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.audit import views

urlpatterns = [
    path("audit", views.search, name="audit-search"),
    path("audit/<int:seq>", views.one, name="audit-entry"),
    path("audit/verify", views.verify, name="audit-verify"),
]
