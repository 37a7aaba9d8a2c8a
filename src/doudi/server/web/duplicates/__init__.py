"""Suspected double records, looked at side by side and decided."""
