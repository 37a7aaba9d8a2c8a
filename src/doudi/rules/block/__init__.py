"""The block evaluator: whole columns of households through the same typed model as the scalar evaluator, to the same decisions."""

from doudi.rules.block.decide import BLOCK, decide_stream, decide_tables, needed_columns
from doudi.rules.block.facts import FactsError
from doudi.rules.block.results import Digest, Results, digest
from doudi.rules.block.rows import Laid, lay_out

__all__ = [
    "BLOCK",
    "Digest",
    "FactsError",
    "Laid",
    "Results",
    "decide_stream",
    "decide_tables",
    "digest",
    "lay_out",
    "needed_columns",
]
