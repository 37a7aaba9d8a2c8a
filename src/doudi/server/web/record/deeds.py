"""What acts did, with ledgers, facts, sources and kinds of numbers under the names that the pack has for them in the reader's language."""

from __future__ import annotations

from doudi.server.registry.checks import HOUSEHOLD, PERSON
from doudi.server.registry.selectors import Happened
from doudi.server.registry.verbs import deed_of
from doudi.server.web.record.acts.known_by import NUMBERS
from doudi.server.web.record.telling import Teller
from doudi.server.web.words import english

_MORE = "…"


def deed(h: Happened, tell: Teller) -> str:
    """The sentence of an act; people and households are in it by their keys."""
    said = dict(h.params)
    if "ledger" in said:
        said["ledger"] = tell.ledger(said["ledger"])
    if "source" in said:
        said["source"] = tell.origin(said["source"])
    if "sort" in said:
        said["sort"] = NUMBERS.get(said["sort"], said["sort"])
    if "facts" in said and english():
        # Kept as the Chinese sentence has them; which of them there were more of than it holds was not kept.
        entity = HOUSEHOLD if said.get("person") is None else PERSON
        names, more = said["facts"].removesuffix(_MORE), said["facts"].endswith(_MORE)
        said["facts"] = ", ".join(tell.fact(entity, n) for n in names.split("、")) + (_MORE if more else "")
    zh, en = deed_of(h.kind, said)
    return en if english() else zh
