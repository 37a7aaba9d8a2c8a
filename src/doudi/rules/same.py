"""A ruleset as a key of a cache: itself and no other. (It holds dicts, so that it cannot be hashed by what it says.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.rules.ruleset import Ruleset


class Same:
    """Equal only for the very same ruleset; holds it, so that its identity is not given to another meanwhile."""

    __slots__ = ("ruleset",)

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset

    def __hash__(self) -> int:
        return id(self.ruleset)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.ruleset is other.ruleset
