"""Ways to cut a formula into words: the longest words first, and every way in which operands and operators take turns.

A formula is a row of places; at each of them some words may stand, and each word leads to a later place. So the number of ways may double with
every word while the places stay few: what leads nowhere is found from the end, once for each place, and never walked into.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

Cut = tuple[str, int, int, int]
"""A word: its kind, where it starts and ends in the formula's text, and the place after it."""
Places = list[list[Cut]]
"""The words that may stand at each place, the longest first."""

_MOST = 1_000
_TURNS: dict[str, tuple[tuple[bool, ...], bool]] = {
    **dict.fromkeys(
        ("NAME", "NUMBER", "DATE", "TRUE", "FALSE", "AS_OF", "MONTH", "THIS_MONTH", "ROUND_UNIT", "TEXT"),
        ((False,), True),
    ),
    **dict.fromkeys(("NOT", "IF", "FUNCTION", "LPAR"), ((False,), False)),
    **dict.fromkeys(("UNIT", "PERCENT", "RPAR"), ((True,), True)),
    "MINUS": ((False, True), False),
}
"""Whether an operand may stand before a word, and whether one does after it; every other word joins an operand to what follows."""
_JOINS = ((True,), False)


def longest_first(places: Places, first: int) -> list[Cut] | None:
    """The way from the place ``first`` to the end that takes the longest word wherever something can follow it; None where there is none. Two
    names side by side never mean anything and are not taken."""
    end = len(places)
    fine = {(end, False), (end, True)}
    for at in range(end - 1, first - 1, -1):
        for after_name in (False, True):
            if any((cut[3], _named(cut)) in fine for cut in _allowed(places[at], after_name)):
                fine.add((at, after_name))
    if (first, False) not in fine:
        return None
    found: list[Cut] = []
    at, after_name = first, False
    while at < end:
        cut = next(c for c in _allowed(places[at], after_name) if (c[3], _named(c)) in fine)
        found.append(cut)
        at, after_name = cut[3], _named(cut)
    return found


def _named(cut: Cut) -> bool:
    return cut[0] in ("NAME", "TRUE", "FALSE")


def _allowed(cuts: list[Cut], after_name: bool) -> list[Cut]:
    return [c for c in cuts if c[0] not in ("NAME", "FUNCTION")] if after_name else cuts


def in_turns(places: Places) -> Iterator[list[Cut]]:
    """The ways in which operands and operators take turns, longest words first."""
    end = len(places)
    fine = {(end, True)}
    for at in range(end - 1, -1, -1):
        fine.update((at, held) for held in (False, True) if any(_follows(cut, held) in fine for cut in places[at]))
    return islice(_walk(places, fine), _MOST)


def _follows(cut: Cut, held: bool) -> tuple[int, bool] | None:
    """The place after a word and whether an operand stands before it; None where the word cannot stand after what is ``held``."""
    may, after = _TURNS.get(cut[0], _JOINS)
    return (cut[3], after) if held in may else None


def _walk(places: Places, fine: set[tuple[int, bool]]) -> Iterator[list[Cut]]:
    def on(at: int, held: bool) -> Iterator[tuple[Cut, tuple[int, bool]]]:
        return iter([(c, to) for c in places[at] if (to := _follows(c, held)) in fine and to is not None])

    if (0, False) not in fine or not places:
        return
    way: list[Cut] = []
    stack = [on(0, held=False)]
    while stack:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
            if way:
                way.pop()
            continue
        cut, (at, held) = step
        way.append(cut)
        if at == len(places):
            yield list(way)
            way.pop()
        else:
            stack.append(on(at, held=held))
