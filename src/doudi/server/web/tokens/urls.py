"""Tokens of one's own programs."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.tokens import views

urlpatterns = [
    path("tokens", views.listed, name="tokens-list"),
    path("tokens/new", views.make, name="tokens-make"),
    path("tokens/<int:token>/revoke", views.revoke, name="tokens-revoke"),
]
