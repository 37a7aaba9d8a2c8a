"""The registry's tables. Whatever is known lies between two dates of the world and two acts of ours (see ``known``)."""

from doudi.server.registry.models.duplicates import Pair
from doudi.server.registry.models.households import Household, Membership, Residence
from doudi.server.registry.models.known import Act, ActOn, Known
from doudi.server.registry.models.people import Identifier, Person, PersonName, Term
from doudi.server.registry.models.statements import Enrolment, Statement

__all__ = [
    "Act", "ActOn", "Enrolment", "Household", "Identifier", "Known", "Membership", "Pair", "Person", "PersonName", "Residence", "Statement",
    "Term",
]  # fmt: skip
