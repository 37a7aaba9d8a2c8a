"""Figures of areas, the lists behind them, and the workbook."""

from __future__ import annotations

from django.urls import path, register_converter

from doudi.server.web.figures import views


class Area:
    """A division's code in an address, ``all`` for everything."""

    regex = "all|[0-9]{2,15}"

    def to_python(self, value: str) -> str:
        return "" if value == "all" else value

    def to_url(self, value: str) -> str:
        return value or "all"


register_converter(Area, "division")

urlpatterns = [
    path("figures", views.mine, name="figures-mine"),
    path("figures/<division:area>", views.area_page, name="figures-area"),
    path("figures/<division:area>/list", views.list_page, name="figures-list"),
    path("figures/<division:area>/chart/<slug:name>.svg", views.chart_image, name="figures-chart"),
    path("figures/<division:area>/workbook", views.workbook_file, name="figures-workbook"),
    path("figures/<division:area>/count", views.count_again, name="figures-count"),
    path("figures/<division:area>/targets", views.targets_page, name="figures-targets"),
]
