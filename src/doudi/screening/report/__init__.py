"""The county's report: one HTML file that needs nothing else, readable on a phone and on paper."""

from doudi.screening.report.page import Report, render

__all__ = ["Report", "render"]
