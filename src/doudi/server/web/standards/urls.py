"""Standards on their way into force."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.standards import ledger, life, write

urlpatterns = [
    path("standards", life.listed, name="standards-list"),
    path("standards/new", write.new, name="standards-new"),
    path("standards/ledgers", ledger.listed, name="standards-ledgers"),
    path("standards/ledger/<int:repricing>", ledger.one, name="standards-ledger"),
    path("standards/<int:proposal_id>", life.one, name="standards-one"),
    path("standards/<int:proposal_id>/edit", write.edit, name="standards-edit"),
    path("standards/<int:proposal_id>/approve", life.approve, name="standards-approve"),
    path("standards/<int:proposal_id>/publish", life.publish, name="standards-publish"),
    path("standards/<int:proposal_id>/withdraw", life.withdraw, name="standards-withdraw"),
    path("standards/<int:proposal_id>/effect", life.effect, name="standards-effect"),
]
