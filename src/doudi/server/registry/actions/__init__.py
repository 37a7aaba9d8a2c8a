"""Every write to the registry: single acts, each atomic, on record, undoable. See ``kernel`` for how they are done."""

from doudi.server.registry.actions.inputs import NewMember, NewStatement
from doudi.server.registry.actions.kernel import Done
from doudi.server.registry.actions.laws import LawBroken
from doudi.server.registry.actions.ledgers import enrol, strike
from doudi.server.registry.actions.members import (
    add_member,
    change_head,
    change_relations,
    correct_membership,
    death,
    leave,
)
from doudi.server.registry.actions.moves import correct_residence, merge_households, move, split
from doudi.server.registry.actions.people import (
    correct_identifier,
    correct_name,
    drop_identifier,
    identify,
    rename,
    reveal,
)
from doudi.server.registry.actions.recode import recode
from doudi.server.registry.actions.register import register_household
from doudi.server.registry.actions.same_person import merge_people
from doudi.server.registry.actions.statements import correct, end_statement, state, withdraw
from doudi.server.registry.actions.undo import BuiltOn, undo, unmerge

__all__ = [
    "BuiltOn", "Done", "LawBroken", "NewMember", "NewStatement", "add_member", "change_head", "change_relations", "correct", "correct_identifier",
    "correct_membership", "correct_name", "correct_residence", "death", "drop_identifier", "end_statement", "enrol", "identify", "leave",
    "merge_households", "merge_people", "move", "recode", "register_household", "rename", "reveal", "split", "state", "strike", "undo",
    "unmerge", "withdraw",
]  # fmt: skip
