"""URLs of households and people."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.record import editor, page, parts, person, register, reveal
from doudi.server.web.record.acts import PAGES
from doudi.server.web.record.acts.view import act_page

urlpatterns = [
    path("household/new", register.register_page, name="record-register"),
    path("household/entry", register.entry_part, name="record-entry"),
    path("household/<int:household_id>", page.household_page, name="record-household"),
    path("household/<int:household_id>/why", parts.why_part, name="record-why"),
    path("household/<int:household_id>/refused", parts.refused_part, name="record-refused"),
    path("household/<int:household_id>/open", parts.open_part, name="record-open"),
    path("household/<int:household_id>/facts", parts.facts_part, name="record-facts"),
    path("household/<int:household_id>/course", parts.course_part, name="record-course"),
    path("household/<int:household_id>/fact", editor.fact_page, name="record-fact"),
    path("household/<int:household_id>/preview", editor.fact_preview, name="record-preview"),
    path("person/<int:person_id>", person.person_page, name="record-person"),
    path("number/<int:identifier>", reveal.reveal_page, name="record-reveal"),
    *(path(f"household/<int:household_id>/{slug}", act_page, {"slug": slug}, name=f"record-{slug}") for slug in PAGES),
]
