"""Where the machine's own browser is."""

from __future__ import annotations

import os

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def chromium() -> str | None:
    """Where the machine's own Chromium is; None where there is none."""
    return next((c for c in CHROMIUM if os.path.exists(c)), None)
