"""Choosing a place: by going down from the county, or by typing its name. The divisions of the installation; where there are none, those
that the pack names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.server.areas.selectors import children, names_of, search
from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope
from doudi.server.policybook.policy import Policy

PUBLIC = Actor(None, "公众", "公众", Scope.everything(), frozenset({"policy.read"}))
"""Nobody in particular: may read what is in force, and divisions, which are public."""
ELSEWHERE = "000000000000"
"""Somewhere in the country that is not among the places."""
TOWNSHIP = 9


@dataclass(frozen=True)
class Place:
    """``code`` without the zeros after it; ``over`` is what it lies in, to tell places of one name apart."""

    code: str
    name: str
    over: str = ""
    further: bool = False
    """Whether there is more to choose below it."""


def below(policy: Policy, code: str, on: date) -> list[Place]:
    """The places directly below ``code``; below "" those where a choice begins, so that one county does not have to be gone down to."""
    if code:
        return [Place(c, n, further=len(c) < TOWNSHIP) for c, n in _children(policy, code, on)]
    here = _children(policy, "", on)
    while len(here) == 1 and len(here[0][0]) < TOWNSHIP and (lower := _children(policy, here[0][0], on)):
        here = lower
    return [Place(c, n, further=len(c) < TOWNSHIP and bool(_children(policy, c, on))) for c, n in here]


def find(policy: Policy, text: str, on: date) -> list[Place]:
    """Places by name, pinyin or initials; down to the township."""
    # PostgreSQL takes no text with a zero character in it.
    text = text.replace("\0", "").strip()[:40]
    if not text:
        return []
    found = [d for d in search(PUBLIC, text, on, limit=60) if d.level <= TOWNSHIP][:20]
    if found:
        return [Place(d.code, d.name, d.full_name.removesuffix(d.name)) for d in found]
    named = _pack(policy)
    return [Place(c, n, _over(named, c)) for c, n in named.items() if c and (text in n or n in text)][:20]


def names(policy: Policy, codes: set[str], on: date) -> dict[str, str]:
    """Codes, as short as they come or padded to twelve digits, to names."""
    short = {code: shortened(code) for code in codes}
    known = names_of([s for s in short.values() if s], on)
    pack = _pack(policy)
    return {code: _known(known, s) or pack.get(s, s) if s else "" for code, s in short.items()}


def shortened(code: str) -> str:
    """Twelve digits as the code of a division."""
    if code.strip("0") == "":
        return ""
    return next(code[:n] for n in (2, 4, 6, 9, 12) if not code[n:].strip("0"))


def _known(known: dict[str, str], code: str) -> str:
    found = known.get(code, code)
    return "" if found == code else found


def _children(policy: Policy, code: str, on: date) -> list[tuple[str, str]]:
    found = [(d.code, d.name) for d in children(PUBLIC, code, on)] if _in_tree(code, on) else []
    if found or (code and _in_tree(code, on)) or children(PUBLIC, "", on):
        return [(c, n) for c, n in found if len(c) <= TOWNSHIP]
    named = _pack(policy)
    inside = [c for c in named if c and c.startswith(code) and c != code]
    return [(c, named[c]) for c in sorted(inside) if not any(c.startswith(o) and c != o for o in inside)]


def _in_tree(code: str, on: date) -> bool:
    return not code or names_of([code], on)[code] != code


def _pack(policy: Policy) -> dict[str, str]:
    """The divisions that the pack names; of several names of one the longest."""
    out: dict[str, str] = {}
    for area in policy.pack.book.areas:
        if area.code >= 0:
            code = shortened(f"{area.code:012d}")
            out[code] = max(out.get(code, ""), area.name, key=len)
    return out


def _over(named: dict[str, str], code: str) -> str:
    return "".join(named[code[:n]] for n in (2, 4, 6) if n < len(code) and code[:n] in named)
