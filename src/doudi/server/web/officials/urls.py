"""Accounts, posts and declared relatives."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.officials import own, views

urlpatterns = [
    path("officials", views.listed, name="officials-list"),
    path("officials/new", views.new, name="officials-new"),
    path("officials/<int:official_id>", views.one, name="officials-one"),
    path("officials/<int:official_id>/<slug:act>", views.act, name="officials-act"),
    path("me", own.me, name="officials-me"),
    path("me/relatives", own.declare, name="officials-declare"),
    path("me/relatives/<int:relative>/withdraw", own.withdraw, name="officials-withdraw"),
]
