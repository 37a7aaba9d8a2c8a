"""Who acts, in what post, over which areas, with what permissions, from where: passed to every action and every selector."""

from __future__ import annotations

from dataclasses import dataclass, field

from doudi.server.lib.refusals import NotAllowed
from doudi.server.lib.scope import Scope, common


@dataclass(frozen=True)
class Actor:
    """``official`` is the id of the official's account, None for the system itself; ``post`` is the post as one says it, with its area.

    ``may`` holds permission codes (accounts' roles give them); ``address`` is where the request came from, or the command that ran. ``office`` is
    the division of the post, or of an account in no post: there stands in the record what was done for no other place (empty: see ``stands``).
    """

    official: int | None
    name: str
    post: str
    scope: Scope
    may: frozenset[str] = field(default_factory=frozenset)
    address: str = ""
    role: str = ""
    office: str = ""

    def stands(self) -> str:
        """The nearest division above all that the post reaches: who audits there sees what was done, and who audits in a part of it does not."""
        return self.office or common(self.scope.prefixes)

    def require(self, permission: str) -> None:
        """Raises NotAllowed where the post does not carry ``permission``."""
        if "*" not in self.may and permission not in self.may:
            raise NotAllowed(
                "not-allowed",
                f"“{self.post or self.name}”没有办理这件事的权限（{permission}）；请换有权限的岗位，或联系管理员。",
                f"The post “{self.post or self.name}” does not carry the permission {permission}; use another post or ask the administrator.",
            )

    def allows(self, permission: str) -> bool:
        return "*" in self.may or permission in self.may


def system(what: str) -> Actor:
    """The system itself, for jobs and commands: ``what`` names the job or command."""
    return Actor(None, "系统", "系统", Scope.everything(), frozenset({"*"}), what)
