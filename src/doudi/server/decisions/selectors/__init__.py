"""What may be asked of decisions, each answer narrowed to the reader's areas."""

from doudi.server.decisions.selectors.household import HouseholdDecision, decide

__all__ = ["HouseholdDecision", "decide"]
