"""Answers as one line of text, for a hidden field or the fragment of a link: compact JSON with a version, in base64url."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from doudi.server.decisions.asking.told import Answers, Told, unreadable

VERSION = 1
LONGEST = 60_000
"""Characters: a family of twenty with all that may be told of them takes a third of it."""
_MOST_DEEP = 4
_MOST_ROWS = 400


def write(answers: Answers, *, trail: bool = True) -> str:
    """Without the ``trail`` for links: whoever opens one starts at the answer."""
    whole: dict[str, Any] = {"v": VERSION, "a": _plain(answers.told)}
    if trail and answers.trail:
        whole["q"] = answers.trail
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str) -> Answers:
    """Nothing told for an empty text. Raises Refused for anything that ``write`` did not write."""
    text = text.strip().lstrip("#")
    if not text:
        return Answers()
    if len(text) > LONGEST or not text.isascii():
        raise unreadable()
    try:
        # One that was cut off must not be taken for a shorter one: padding and JSON tell.
        whole = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode())
    except (binascii.Error, ValueError, RecursionError):
        raise unreadable() from None
    if not isinstance(whole, dict) or set(whole) - {"v", "a", "q"} or whole.get("v") != VERSION:
        raise unreadable()
    left = [_MOST_ROWS]
    return Answers(_told(whole.get("a"), left, 0), _words(whole.get("q", [])))


def _plain(told: Told) -> dict[str, Any]:
    out: dict[str, Any] = {"i": told.id}
    if told.said:
        out["f"] = {k: v if isinstance(v, str) else list(v) for k, v in told.said.items()}
    if told.kept:
        out["k"] = sorted(told.kept)
    if told.ticked:
        out["t"] = sorted(told.ticked)
    if told.whole:
        out["w"] = {k: 1 if v is True else 0 if v is False else list(v) for k, v in told.whole.items()}
    rows = {k: [_plain(r) for r in v] for k, v in told.rows.items() if v}
    if rows:
        out["r"] = rows
    return out


def _told(thing: Any, left: list[int], deep: int) -> Told:
    left[0] -= 1
    if not isinstance(thing, dict) or left[0] < 0 or deep > _MOST_DEEP or set(thing) - set("ifktwr"):
        raise unreadable()
    number = thing.get("i")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 10**6:
        raise unreadable()
    told = Told(number, kept=set(_words(thing.get("k", []))), ticked=set(_words(thing.get("t", []))))
    for name, value in _table(thing.get("f", {})).items():
        if isinstance(value, str):
            told.said[name] = value
        else:
            low, high = _pair(value)
            told.said[name] = (low, high)
    for name, value in _table(thing.get("w", {})).items():
        told.whole[name] = bool(value) if value in (0, 1) else tuple(_words(value))
    for name, rows in _table(thing.get("r", {})).items():
        if not isinstance(rows, list):
            raise unreadable()
        told.rows[name] = [_told(r, left, deep + 1) for r in rows]
        if len({r.id for r in told.rows[name]}) < len(rows):
            raise unreadable()
    return told


def _table(thing: Any) -> dict[str, Any]:
    if not isinstance(thing, dict):
        raise unreadable()
    return thing


def _words(thing: Any) -> list[str]:
    if (
        not isinstance(thing, list)
        or len(thing) > _MOST_ROWS
        or not all(isinstance(x, str) and len(x) < 80 for x in thing)
    ):
        raise unreadable()
    return list(thing)


def _pair(thing: Any) -> tuple[str, str]:
    if not isinstance(thing, list) or len(thing) != 2 or not all(isinstance(x, str) for x in thing):
        raise unreadable()
    return thing[0], thing[1]
