"""What the lists, their states and the programmes are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.screening.lists import KINDS
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors.policies import base_on
from doudi.server.web.words import T

STATES = {
    "open": T("待办", "open"), "done": T("已办", "done"), "dismissed": T("不需办理", "needs nothing"), "closed": T("已不存在", "no longer the case"),
}  # fmt: skip
CHIPS = {"open": "open", "done": "good", "dismissed": "quiet", "closed": "quiet"}


@dataclass(frozen=True)
class Names:
    """Of the pack in force on a day, asked for once a page."""

    policy: Policy
    on: date

    @classmethod
    def of(cls, on: date) -> Names:
        # Which standards were published since changes no name: that question is spared.
        return cls(base_on(on), on)

    @property
    def lists(self) -> dict[str, T]:
        """In the order in which a page shows them: those that every pack has, then the pack's own."""
        own = {x.name: T(x.name, x.en) for x in self.policy.plan.lists}
        return {zh: T(zh, en) for zh, en in KINDS.items()} | own

    def missing(self, kept: str) -> T:
        """What is missing, kept as ``fact|entity.name``, as it is called."""
        entity, _, name = kept.split("|")[-1].rpartition(".")
        said = self.policy.names.variable(entity, name) if entity else self.policy.names.name(name)
        return T(said.zh, said.en)

    @property
    def programmes(self) -> dict[str, T]:
        plans = self.policy.ruleset(self.on.replace(day=1)).programmes
        return {p.name: T(p.name, p.en or p.name) for p in plans}
