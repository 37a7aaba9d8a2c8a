"""Writes docs/reference/language.md from the examples in tests/spec, which are run on both evaluators: the reference cannot say what is not so.

Run ``python tools/reference.py``; with ``--check`` it writes nothing and exits 1 where the page is out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from doudi.rules.lexer import FUNCTIONS, KEYWORDS, ROUND_UNITS, UNITS  # noqa: E402
from tests.spec.examples import Chapter, Group, chapters, small_pack  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "language.md"
HEAD = """# The rules language

*Written by `tools/reference.py` from the examples in `tests/spec`, each of which is run on both evaluators. Edit those, not this page.*

How a pack is laid out, file by file, is told in [how to write a pack](../how-to/write-a-pack.md). What follows is what may stand in a formula. The
examples stand in a small pack of households, people and incomes, decided as of 2024-07-01.

"""


def page() -> str:
    """The whole page."""
    pack = small_pack()
    parts = [HEAD, *(_chapter(c) for c in chapters(pack)), _words()]
    return "\n".join(parts).rstrip() + "\n"


def _chapter(c: Chapter) -> str:
    return f"## {c.title}\n\n{c.text.strip()}\n\n" + "\n".join(_group(g) for g in c.groups)


def _group(g: Group) -> str:
    lines = []
    if g.text:
        lines += [g.text.strip(), ""]
    given = [
        f"{name} = {_said(value)}"
        for name, value in {**{f"户.{k}": v for k, v in g.household.items()}, **g.given}.items()
    ]
    if given:
        lines += ["Given: " + "; ".join(f"`{part}`" for part in given), ""]
    missing = any(e.missing for e in g.examples)
    lines += ["| formula | gives |" + (" missing |" if missing else ""), "|---|---|" + ("---|" if missing else "")]
    for e in g.examples:
        gives = (
            f"refused: `{e.gives.removeprefix('fault ')}`"
            if e.gives.startswith("fault ")
            else e.gives.replace(" assumed", " (an assumption)")
        )
        row = f"| `{e.formula}` | {gives} |"
        lines.append(row + (f" {', '.join(sorted(e.missing))} |" if missing else ""))
    return "\n".join(lines) + "\n"


def _said(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_said(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_said(v)}" for k, v in value.items()) + "}"
    return str(value)


def _words() -> str:
    """Every word of the language, Chinese and ASCII."""
    by_meaning: dict[str, list[str]] = {}
    for word, meaning in FUNCTIONS.items():
        by_meaning.setdefault(meaning, []).append(word)
    keywords: dict[str, list[str]] = {}
    for word, kind in KEYWORDS.items():
        keywords.setdefault(kind, []).append(word)
    lines = [
        "## All words",
        "",
        "| functions |",
        "|---|",
        *(f"| {' · '.join(f'`{w}`' for w in words)} |" for words in by_meaning.values()),
        "",
    ]
    lines += [
        "| other words |",
        "|---|",
        *(f"| {' · '.join(f'`{w}`' for w in words)} |" for words in keywords.values()),
        "",
    ]
    lines += [
        f"Units after a number: {' '.join(f'`{u}`' for u in (*UNITS, '%', '‰'))}.",
        "",
        f"Roundings: {' '.join(f'`{u}`' for u in ROUND_UNITS)}.",
    ]
    return "\n".join(lines)


def main() -> int:
    text = page()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
