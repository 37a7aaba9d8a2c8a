"""Coming in, choosing a post and a language, going out."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.entrance import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("code", views.code, name="code"),
    path("password", views.password, name="password"),
    path("posts", views.posts, name="posts"),
    path("language", views.language, name="language"),
]
