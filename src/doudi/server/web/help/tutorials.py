"""Tutorials by role: steps with words in both languages, and for each a picture of the page that ``tools/screenshots.py`` takes by really doing it.

The steps are data (``tutorials.yaml``); a test walks them in a browser, so that what they say can be done.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from doudi.server.web.words import T

HERE = Path(__file__).parent
PICTURES = HERE.parent / "static" / "web" / "help"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Step:
    """``do``: what leads from the page of the step before to the one in the picture, each one of goto (an address), fill (selector, text), choose
    (selector, value), click or wait (a selector)."""

    name: str
    words: T
    do: tuple[dict[str, Any], ...]

    def picture(self, tutorial: str, language: str) -> str:
        """The file's name below ``PICTURES``."""
        return f"{tutorial}-{self.name}.{language}.png"


@dataclass(frozen=True)
class Tutorial:
    """``role`` is the code of the role it is for; ``phone``: it is shown as on a telephone."""

    code: str
    role: str
    phone: bool
    title: T
    lead: T
    steps: tuple[Step, ...]


@cache
def tutorials() -> tuple[Tutorial, ...]:
    raw = yaml.safe_load((HERE / "tutorials.yaml").read_text(encoding="utf-8"))
    return tuple(
        Tutorial(
            code, t["role"], bool(t.get("phone")), _t(t["title"]), _t(t["lead"]),
            tuple(Step(s["name"], _t(s["words"]), tuple(s.get("do", ()))) for s in t["steps"]),
        )
        for code, t in raw.items()
    )  # fmt: skip


def _t(said: dict[str, str]) -> T:
    return T(said["zh"], said["en"])
