"""Ledgers."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.ledgers import bulk, roll, saved

urlpatterns = [
    path("ledgers", roll.index, name="ledgers-index"),
    path("ledgers/households", roll.households, name="ledgers-households"),
    path("ledgers/people", roll.people, name="ledgers-people"),
    path("ledgers/export/<str:of>", roll.export, name="ledgers-export"),
    path("ledgers/choose", bulk.choose_lines, name="ledgers-choose"),
    path("ledgers/choice/<int:choice_id>", bulk.choice_page, name="ledgers-choice"),
    path("ledgers/choice/<int:choice_id>/confirm", bulk.confirm_choice, name="ledgers-confirm"),
    path("ledgers/choice/<int:choice_id>/workbook", bulk.workbook, name="ledgers-workbook"),
    path("ledgers/views", saved.save, name="ledgers-save-view"),
    path("ledgers/views/<int:view_id>", saved.open_view, name="ledgers-view"),
    path("ledgers/views/<int:view_id>/drop", saved.drop, name="ledgers-drop-view"),
]
