"""The block evaluator: whole columns of households through the same typed model as the scalar evaluator, to the same decisions.

``decide_tables`` decides one set of Arrow tables, ``decide_stream`` a stream of them on several threads; ``lay_out`` makes tables of
households given one by one; ``digest`` tells whether decisions are the same.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "BLOCK": "decide", "decide_stream": "decide", "decide_tables": "decide", "needed_columns": "decide",
    "FactsError": "facts", "Digest": "results", "Results": "results", "digest": "results", "Laid": "rows", "lay_out": "rows",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    # Checking a pack goes by ``representation`` in this package, and must not have to load NumPy and Arrow for it.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{home}"), name)
