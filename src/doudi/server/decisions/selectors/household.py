"""One household on record, decided, with why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from doudi.rules.explain import Explanation, to_dict, to_html, to_text, why
from doudi.rules.scalar import Decision, Outcome, Path
from doudi.rules.scalar import decide as decide_row
from doudi.screening.ones import in_all
from doudi.server.decisions.rows import Made, made
from doudi.server.decisions.verbs import DECISION_SEEN
from doudi.server.lib.actor import Actor
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy
from doudi.server.registry.selectors import HouseholdFacts, facts_of, showing

Lang = Literal["zh", "en"]


@dataclass(frozen=True, eq=False)
class HouseholdDecision:
    """What the rules of ``policy`` (a digest) answer for a household as of ``as_of``, from the facts known at ``knowing`` (None: now).

    ``made`` tells of every fact which statement it is from, what is disputed and what could not be used. Everything can be asked of ``decision``.
    """

    household: int
    as_of: date
    knowing: datetime | None
    policy: str
    facts: HouseholdFacts
    made: Made
    decision: Decision
    household_class: str
    total: tuple[int, int]
    """Bounds of what is due a month in all, in fen."""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """In the order of the pack, those of households of one too."""
        order = {p.name: i for i, p in enumerate(self.decision.ruleset.programmes)}
        return tuple(sorted(self.decision.answers, key=lambda o: order[o.programme]))

    def outcome(self, programme: str, path: Path = ()) -> Outcome:
        """One of ``outcomes``. Raises KeyError for a programme or row that is not there."""
        found = next((o for o in self.outcomes if (o.programme, o.path) == (programme, path)), None)
        if found is None:
            raise KeyError((programme, path))
        return found

    def why(self, programme: str, path: Path = (), lang: Lang = "zh") -> Explanation:
        """Raises KeyError for a programme or row that is not there."""
        return why(self.decision, programme, path, lang)

    def text(self, programme: str, path: Path = (), lang: Lang = "zh") -> str:
        return to_text(self.why(programme, path, lang))

    def html(self, programme: str, path: Path = (), lang: Lang = "zh") -> str:
        return to_html(self.why(programme, path, lang))

    def dict(self, programme: str, path: Path = (), lang: Lang = "zh") -> dict[str, Any]:
        return to_dict(self.why(programme, path, lang))


def decide(
    reader: Actor, household_id: int, *, as_of: date, knowing: datetime | None = None, under: Policy | None = None
) -> HouseholdDecision:
    """Decide a household as of ``as_of`` (基准日) by what was known at ``knowing`` (知悉时点; None: now), under the policy in force then, or ``under``.

    Raises NotAllowed, NotFound outside the reader's areas.
    """
    reader.require("decisions.read")
    with showing(reader, DECISION_SEEN, household=household_id, as_of=as_of.isoformat()) as shown:
        facts = facts_of(reader, household_id, as_of=as_of, knowing=knowing)
        shown.area = facts.area
    return decided(facts, under or policy(as_of))


def decided(facts: HouseholdFacts, chosen: Policy) -> HouseholdDecision:
    """What the rules of ``chosen`` answer on these facts. Reads nothing."""
    as_of = facts.as_of
    row = made(chosen.schema, facts)
    decision = decide_row(chosen.ruleset(as_of, as_of), row.row)
    name, total = summed(chosen, decision)
    return HouseholdDecision(facts.household, as_of, facts.knowing, chosen.digest, facts, row, decision, name, total)


def summed(chosen: Policy, decision: Decision) -> tuple[str, tuple[int, int]]:
    """The class, empty where it cannot be told, and the bounds of what is due a month in all, in fen."""
    plan = chosen.plan
    kind = decision.value(*plan.household_class)
    category = decision.ruleset.variables[plan.household_class].type.category
    values = next(c.values for c in decision.ruleset.book.categories if c.name == category)
    return values[int(kind.lo)][0] if kind.lo == kind.hi else "", in_all(decision, plan)
