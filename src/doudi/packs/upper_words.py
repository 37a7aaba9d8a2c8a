"""What an upper pack says of a name, in one line of its own words: whoever replaces it has to say again what shall stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from doudi.packs import spans
from doudi.rules.declared import Conflict, Derived, ProgrammeVersion, Text, Version


def now_says(versions: Iterable[Any], lang: str) -> str:
    """Every version as written, with its days where it does not hold always; the keys are those of the files."""
    return ("；" if lang == "zh" else "; ").join(_dated(v, lang) for v in versions)


def _dated(version: Any, lang: str) -> str:
    text = ", ".join(f"{key}: {said}" for key, said in _keys(version) if said)
    if version.since is None and version.until is None:
        return text
    return f"{text} ({spans.said(spans.span(version.since, version.until), lang)})"


def _keys(version: Any) -> list[tuple[str, str]]:
    match version:
        case Version():
            return [("formula", _line(version.formula))]
        case ProgrammeVersion():
            shares = [f"{s.level}: {_line(s.formula) or '其余'}" for f in version.funding for s in f.shares]
            return [
                ("conditions", _list(_line(c.formula) for c in version.conditions)),
                ("amount", _line(version.amount)),
                ("funding", _list(shares) if shares else ""),
            ]
        case Conflict():
            return [
                ("kind", version.kind),
                ("programmes", _list(version.programmes)),
                ("by", _list(version.by) if version.by else ""),
                ("legs", _list(_list(leg) for leg in version.legs) if version.legs else ""),
                ("over", _line(version.over)),
            ]
        case Derived():
            return [("when", _line(version.when)), ("settles", version.settles)]
    return []


def _line(formula: Text | None) -> str:
    return "" if formula is None else " ".join(formula.source.split())


def _list(of: Iterable[str]) -> str:
    return f"[{'; '.join(of)}]"
