"""The one true record: a Django project over SQLite or PostgreSQL. Apps, low to high: lib, audit, areas, accounts, jobs, policybook,
registry, decisions, exchange, operations, config; each is written through its ``actions`` and read through its ``selectors``."""
