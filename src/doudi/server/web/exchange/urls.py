"""Imports, comparisons, exports."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.exchange import comparisons, exports, imports

urlpatterns = [
    path("imports", imports.listed, name="exchange-imports"),
    path("imports/new", imports.new, name="exchange-new"),
    path("imports/template", imports.template, name="exchange-template"),
    path("imports/<int:import_id>", imports.one, name="exchange-import"),
    path("imports/<int:import_id>/headers", imports.headers, name="exchange-headers"),
    path("imports/<int:import_id>/marked", imports.marked, name="exchange-marked"),
    path("imports/<int:import_id>/faults", imports.faults, name="exchange-faults"),
    path("imports/comparisons", comparisons.listed, name="exchange-comparisons"),
    path("imports/comparisons/new", comparisons.new, name="exchange-compare"),
    path("imports/comparisons/<int:comparison_id>", comparisons.one, name="exchange-comparison"),
    path("exports", exports.listed, name="exchange-exports"),
    path("exports/new", exports.new, name="exchange-ask"),
    path("exports/roll", exports.of_roll, name="exchange-roll"),
    path("exports/<int:export_id>", exports.one, name="exchange-export"),
    path("exports/<int:export_id>/file", exports.file, name="exchange-file"),
]
