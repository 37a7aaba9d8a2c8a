"""Home and search."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.home import views

urlpatterns = [path("", views.home, name="home"), path("find", views.search, name="find")]
