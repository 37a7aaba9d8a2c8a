"""The pages' URLs."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.views import entrance, record

urlpatterns = [
    path("", record.home, name="home"),
    path("find", record.search, name="find"),
    path("households", record.households, name="households"),
    path("worklist", record.worklist, name="worklist"),
    path("household/<int:household_id>", record.household_page, name="household"),
    path("sign-in", entrance.sign_in, name="sign-in"),
    path("sign-out", entrance.sign_out, name="sign-out"),
    path("code", entrance.code, name="code"),
    path("password", entrance.password, name="password"),
    path("posts", entrance.posts, name="posts"),
    path("language", entrance.language, name="language"),
]
