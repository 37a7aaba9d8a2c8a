"""Suspected doubles."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.duplicates import deciding, pages

urlpatterns = [
    path("duplicates", pages.index, name="duplicates-index"),
    path("duplicates/search", deciding.search, name="duplicates-search"),
    path("duplicates/<int:pair_id>", pages.pair_page, name="duplicates-pair"),
    path("duplicates/<int:pair_id>/next", pages.onward, name="duplicates-next"),
    path("duplicates/<int:pair_id>/merge", deciding.merge, name="duplicates-merge"),
    path("duplicates/<int:pair_id>/different", deciding.different, name="duplicates-different"),
    path("duplicates/<int:pair_id>/undo", deciding.undo, name="duplicates-undo"),
]
