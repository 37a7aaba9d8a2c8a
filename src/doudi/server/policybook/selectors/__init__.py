"""Which text is in force, what it declares, and where standards stand on their way into force."""

from doudi.server.policybook.selectors.policies import (
    declared,
    policy,
    policy_of,
    policy_with,
    setting_differs,
    unsettled,
)
from doudi.server.policybook.selectors.proposals import editions, in_force, proposal, proposals, rivals, standards
from doudi.server.policybook.selectors.values import values

__all__ = [
    "declared",
    "editions",
    "in_force",
    "policy",
    "policy_of",
    "policy_with",
    "proposal",
    "proposals",
    "rivals",
    "setting_differs",
    "standards",
    "unsettled",
    "values",
]
