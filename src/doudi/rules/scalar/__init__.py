"""The reference evaluator: one household, every value of every row kept, what is missing, households of one."""

from doudi.rules.scalar.decide import Answer, Decision, DerivedDecision, Granted, Outcome, decide
from doudi.rules.scalar.missing import Missing
from doudi.rules.scalar.rows import FactError, Path, Row, RowId
from doudi.rules.scalar.values import Value

__all__ = [
    "Answer",
    "Decision",
    "DerivedDecision",
    "FactError",
    "Granted",
    "Missing",
    "Outcome",
    "Path",
    "Row",
    "RowId",
    "Value",
    "decide",
]
