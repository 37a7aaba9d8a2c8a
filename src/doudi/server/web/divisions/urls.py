"""The tree of divisions, looked through and changed."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.divisions import views

urlpatterns = [
    path("divisions", views.tree, name="divisions-tree"),
    path("divisions/import", views.workbook, name="divisions-import"),
    path("divisions/<slug:act>", views.act, name="divisions-act"),
]
