"""What changed standards would do."""

from __future__ import annotations

from django.urls import path

from doudi.server.web.simulation import views

urlpatterns = [
    path("simulation", views.listed, name="simulation-list"),
    path("simulation/new", views.new, name="simulation-new"),
    path("simulation/compare", views.compare, name="simulation-compare"),
    path("simulation/<int:number>", views.one, name="simulation-one"),
    path("simulation/<int:number>/name", views.rename, name="simulation-name"),
    path("simulation/<int:number>/delete", views.delete, name="simulation-delete"),
    path("simulation/<int:number>/chart/<str:what>.svg", views.chart, name="simulation-chart"),
    path("simulation/<int:number>/book.xlsx", views.book, name="simulation-book"),
]
