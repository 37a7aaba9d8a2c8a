"""Doudi (兜底): the social-assistance system of a civil-affairs department."""
