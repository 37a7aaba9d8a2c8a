"""Every read of the divisions. They are public, but lists, counts, drop-downs and search give a reader those in the scope only; what lies above
it is told as names on the path.
"""

from __future__ import annotations

from doudi.server.areas.selectors.history import became, codes_changed, formerly, history
from doudi.server.areas.selectors.lineage import UNMOVED, Lineage, changes_from, lineage, lineage_of, moves_of
from doudi.server.areas.selectors.sets import set_scope, sets, sets_of
from doudi.server.areas.selectors.tree import (
    below,
    children,
    count,
    division,
    full_name_of,
    name_of,
    names_of,
    path,
    search,
)

__all__ = [
    "UNMOVED", "Lineage", "became", "below", "changes_from", "children", "codes_changed", "count", "division", "formerly", "full_name_of", "history",
    "lineage", "lineage_of", "moves_of", "name_of", "names_of", "path", "search", "set_scope", "sets", "sets_of",
]  # fmt: skip
