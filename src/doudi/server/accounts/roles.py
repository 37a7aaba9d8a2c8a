"""The roles of officials, read from roles.yaml: what each may do, where it may stand, and which do not go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from doudi.server.areas.levels import BY_CODE

FILE = Path(__file__).with_name("roles.yaml")


@dataclass(frozen=True)
class Permission:
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Role:
    """``levels`` are lengths of the codes of divisions at which a post of the role may stand, 0 for the whole country."""

    code: str
    zh: str
    en: str
    permissions: frozenset[str]
    levels: tuple[int, ...]
    second_factor: bool
    apart: frozenset[str]


@dataclass(frozen=True)
class Roles:
    permissions: Mapping[str, Permission]
    roles: Mapping[str, Role]

    def clash(self, one: str, other: str) -> bool:
        """Whether one person may not hold both at the same time; the same role twice (over two places) is no clash."""
        return one != other and (other in self.roles[one].apart or one in self.roles[other].apart)


@cache
def roles() -> Roles:
    """The roles that come with Doudi."""
    return read(yaml.safe_load(FILE.read_text("utf-8")))


def read(data: Mapping[str, Any]) -> Roles:
    """Raises ValueError naming the role and the word in it that means nothing."""
    permissions = {code: Permission(code, said["zh"], said["en"]) for code, said in data["permissions"].items()}
    given = data["roles"]
    found: dict[str, Role] = {}
    for code, said in given.items():
        apart = [r for r in given if r != code] if said.get("apart") == "*" else said.get("apart", [])
        for word, known in ((said["permissions"], permissions), (said["levels"], BY_CODE), (apart, given)):
            strange = [w for w in word if w not in known]
            if strange:
                raise ValueError(f"roles.yaml: {code}: {strange[0]!r} is not known")
        if not said["levels"]:
            raise ValueError(f"roles.yaml: {code}: no levels")
        found[code] = Role(
            code, said["zh"], said["en"], frozenset(said["permissions"]), tuple(BY_CODE[w].length for w in said["levels"]),
            bool(said.get("second_factor", False)), frozenset(apart),
        )  # fmt: skip
    return Roles(permissions, found)
