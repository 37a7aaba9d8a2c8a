"""Accepted survivors of mutation: changes that no case can notice, each with the reason why that is right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.packs.keys import Keys
from doudi.packs.located import Sequence, read_file
from doudi.packs.reading import Reader
from doudi.rules import Fault, Where

if TYPE_CHECKING:
    from doudi.packs.pack import PackInfo

SURVIVOR = Keys("幸存的改动", "A survivor", ("rule", "mutation", "reason"))


@dataclass(frozen=True)
class Accepted:
    """``rule`` and ``mutation`` as ``doudi check-pack --mutate`` prints them."""

    rule: str
    mutation: str
    reason: str
    where: Where


def read_survivors(reader: Reader, info: PackInfo) -> tuple[Accepted, ...]:
    """The entries of ``survivors.yaml``: a list of rule, mutation and reason."""
    out: list[Accepted] = []
    for path, shown in info.files["survivors"]:
        root = read_file(path, shown, reader.faults)
        if root is None:
            continue
        for node in (
            root.items if isinstance(root, Sequence) else reader.items(root, "survivors.yaml", "survivors.yaml")
        ):
            f = reader.fields(node, SURVIVOR)
            if f is not None and all(f.text(key) for key in SURVIVOR.required):
                out.append(Accepted(f.text("rule"), f.text("mutation"), f.text("reason"), f.at("rule")))
    return tuple(out)


def stale(accepted: Iterable[Accepted], survived: set[tuple[str, str]]) -> list[Fault]:
    """A fault for each entry that accepts a change which some case does notice, or which there is no longer."""
    return [
        Fault(
            a.where,
            "stale-survivor",
            f"“{a.rule}”的改动“{a.mutation}”没有幸存（已有案例能发现它，或规则已变）；请删去这一条",
            f"The change “{a.mutation}” of “{a.rule}” does not survive (a case notices it, or the rule has changed); remove this entry",
        )
        for a in accepted
        if (a.rule, a.mutation) not in survived
    ]
