"""Screening lists and screenings."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.lists import items, runs

urlpatterns = [
    path("lists", items.index, name="lists-index"),
    path("lists/item/<int:item_id>", items.item_page, name="lists-item"),
    path("lists/choose", items.choose_items, name="lists-choose"),
    path("lists/runs", runs.index, name="lists-runs"),
    path("lists/runs/<int:run_id>", runs.run_page, name="lists-run"),
    path("lists/compare", runs.compare, name="lists-compare"),
]
