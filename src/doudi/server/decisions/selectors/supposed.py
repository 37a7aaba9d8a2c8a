"""What would be decided of a family that is not on record: facts given by whoever asks, nothing kept of them and nothing recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from doudi.screening.facts import FactsSchema
from doudi.server.decisions.selectors.household import HouseholdDecision, decided
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.selectors import policy
from doudi.server.registry.checks import HOUSEHOLD, PERSON, RELATION, FactsRefused, Fault, checked
from doudi.server.registry.facts import Candidate, Decided, Resolved
from doudi.server.registry.selectors import HouseholdFacts, MemberFacts

SOURCE = "假设"
"""Where supposed facts are said to be from."""
FIRST, LAST = date(1950, 1, 1), date(2099, 12, 31)
"""Days for which rules can be made."""


@dataclass(frozen=True)
class Supposed:
    """Facts and linked tables of a household, or of one member; ``relation`` to the head of a member, as the pack names it."""

    values: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    relation: str = ""


def suppose(reader: Actor, *, household: Supposed, members: Sequence[Supposed], as_of: date) -> HouseholdDecision:
    """Decide a family with these facts as of ``as_of``, under the policy in force then. What is not given is not known. Members are numbered
    from 1 in the order given.

    Raises NotAllowed; FactsRefused with everything that the policy does not know or allow; Refused for a day that no rule speaks of.
    """
    reader.require("decisions.read")
    if not FIRST <= as_of <= LAST:
        raise Refused(
            "date-unbelievable", f"基准日应在 {FIRST} 至 {LAST} 之间。", f"The day should lie between {FIRST} and {LAST}.", field="as_of"
        )  # fmt: skip
    chosen = policy(as_of)
    faults: list[Fault] = []
    whole = _resolved(chosen.schema, HOUSEHOLD, household, "household", as_of, faults)
    people = tuple(
        MemberFacts(i + 1, m.relation, i == 0, None, "", _resolved(chosen.schema, PERSON, _with_relation(m), f"members[{i}]", as_of, faults))
        for i, m in enumerate(members)
    )  # fmt: skip
    if faults:
        raise FactsRefused(tuple(faults))
    return decided(HouseholdFacts(0, "", "", whole, people, as_of, None), chosen)


def _with_relation(m: Supposed) -> Supposed:
    return replace(m, values={RELATION: m.relation, **m.values}) if m.relation else m


def _resolved(schema: FactsSchema, entity: str, said: Supposed, where: str, on: date, faults: list[Fault]) -> Resolved:
    if not said.values and not said.tables:
        return Resolved()
    try:
        values, tables = checked(schema, entity, said.values, said.tables, today=on)
    except FactsRefused as refused:
        faults += [replace(f, field=f"{where}.{f.field}") for f in refused.faults]
        return Resolved()
    return Resolved({k: _certain(v, on) for k, v in values.items()}, {k: _certain(t, on) for k, t in tables.items()})


def _certain(value: Any, on: date) -> Decided:
    word = Candidate(value, SOURCE, 1, on, 0, 0)
    return Decided(value, word, disputed=False, candidates=(word,))
