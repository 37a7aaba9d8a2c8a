"""Where assumptions can reach: decided once from the model, so that evaluators keep no marks where none can arise."""

from __future__ import annotations

from doudi.rules.nodes import Default, Firm, Known, Node, Read
from doudi.rules.ruleset import Key, Variable
from doudi.rules.types import Kind


def may_assume(node: Node, variables: dict[Key, Variable]) -> bool:
    """Whether the value of ``node`` can rest on 缺省 or 已知. Variables must come in order: ``may_assume`` of those read must be settled."""
    match node:
        case Default() | Known():
            return True
        case Firm() if node.type.kind is not Kind.TRUTH:
            return False
        case Read():
            return variables[(node.entity, node.name)].may_assume
    return any(may_assume(part, variables) for part in node.parts)
