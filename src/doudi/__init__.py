"""Doudi (兜底): the social-assistance system of a civil-affairs department."""

__version__ = "0.1.0"
"""As in pyproject.toml; stamped on everything that a decision is written into."""
