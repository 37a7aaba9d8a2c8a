"""Picks the few households that tell most: one missed, one wrongly in, one that cannot be decided, so that a reader sees each kind explained."""

from __future__ import annotations

from doudi.screening.lists import MISSED, UNDECIDED, WRONGLY_IN, Screened


def telling(s: Screened) -> list[tuple[str, int, str, int]]:
    """(list, household, programme, row id) of the most telling row of each list: the largest sum first, and where sums are equal the first household.

    Of those who cannot be decided, the one with the least missing is the most telling: one paper settles it.
    """
    wanted = {
        WRONGLY_IN: "received DESC, abs(coalesce(margin, 0)) DESC",
        MISSED: "paid DESC NULLS LAST",
        UNDECIDED: "len(coalesce(missing, [])) ASC, received DESC NULLS LAST",
    }
    root = s.ruleset.root
    out = []
    for kind, order in wanted.items():
        rows = s.db.execute(
            f"SELECT household, programme, id FROM lists WHERE list = ? ORDER BY (entity = ?) DESC, {order}, household, id LIMIT 1",
            [kind, root],
        ).fetchall()
        out += [(kind, int(household), str(programme), int(row)) for household, programme, row in rows]
    return out
