"""The tree of divisions, looked through and changed."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.divisions import sets, views

urlpatterns = [
    path("divisions", views.tree, name="divisions-tree"),
    path("divisions/import", views.workbook, name="divisions-import"),
    path("divisions/sets", sets.index, name="divisions-sets"),
    path("divisions/sets/<int:set_id>", sets.one, name="divisions-set"),
    path("divisions/<slug:act>", views.act, name="divisions-act"),
]
