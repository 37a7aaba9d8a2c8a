"""Policy, to be read."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.policy import cases, comparing, home, papers, standard, things, trying

urlpatterns = [
    path("policy", home.index, name="policy-home"),
    path("policy/names", home.names, name="policy-names"),
    path("policy/programme", things.programme_page, name="policy-programme"),
    path("policy/term", things.term_page, name="policy-term"),
    path("policy/category", things.category_page, name="policy-category"),
    path("policy/table", things.table_page, name="policy-table"),
    path("policy/conflict", things.conflict_page, name="policy-conflict"),
    path("policy/conflicts", things.conflicts_page, name="policy-conflicts"),
    path("policy/derived", things.derived_page, name="policy-derived"),
    path("policy/standards", standard.listed, name="policy-standards"),
    path("policy/standard", standard.one, name="policy-standard"),
    path("policy/standard/chart.svg", standard.chart, name="policy-standard-chart"),
    path("policy/documents", papers.listed, name="policy-documents"),
    path("policy/document", papers.one, name="policy-document"),
    path("policy/measures", papers.measures_page, name="policy-measures"),
    path("policy/cases", cases.listed, name="policy-cases"),
    path("policy/case", cases.one, name="policy-case"),
    path("policy/try", trying.made_up, name="policy-try"),
    path("policy/try/household", trying.household, name="policy-try-household"),
    path("policy/compare", comparing.page, name="policy-compare"),
]
