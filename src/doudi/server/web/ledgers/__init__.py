"""Ledgers: households and people by group, filtered, kept as views, acted on together, taken away."""
