"""Citations: which clause says so. Nothing is cited whose document the packs do not name, nor a clause that the
document does not have."""

from __future__ import annotations

from typing import cast

from doudi.packs.keys import Keys
from doudi.packs.located import Node
from doudi.packs.reading import Fields, Reader
from doudi.packs.state import STATUSES, Cited, State
from doudi.rules.declared import Citation, CitationStatus
from doudi.rules.faults import Where, hint
from doudi.rules.lexer import normalise

CITE = Keys("依据", "A citation", ("document", "clause"), ("status",))


def cites_of(fields: Fields, state: State, required: bool, what: tuple[str, str]) -> tuple[Citation, ...]:
    """The citations of an entry; none where some are ``required`` is a fault that names ``what`` needs them
    (Chinese, English)."""
    found = tuple(c for node in fields.items("cites") if (c := _citation(fields.reader, node, state)) is not None)
    if required and not found and not ("cites" in fields and fields.items("cites")):
        missing_citation(fields.reader, fields.where, what)
    return found


def missing_citation(reader: Reader, where: Where, what: tuple[str, str]) -> None:
    reader.error(
        where,
        "missing-citation",
        f"{what[0]}要写明依据（cites: 文件与条款）",
        f"{what[1]} must cite what says so (cites: document and clause)",
    )


def _citation(reader: Reader, node: Node, state: State) -> Citation | None:
    fields = reader.fields(node, CITE)
    if fields is None:
        return None
    short, clause = fields.text("document"), fields.text("clause")
    if not short or not clause:
        return None
    document = state.documents.get(short)
    if document is None:
        reader.unknown(fields.at("document"), "unknown-document", ("文件", "document"), short, state.documents)
        return None
    status = cast(CitationStatus, fields.choice("status", STATUSES, document.status))
    if status == "document" and document.status != "document":
        reader.error(
            fields.at("status"),
            "status-too-good",
            f"“{short}”没有逐条核对过（{document.status}），引用它不能写 document",
            f"“{short}” has not been checked clause by clause ({document.status}); a citation of it cannot say “document”",
        )
    state.cited.append(Cited(short, clause, fields.at("clause")))
    return Citation(short, clause, status)


def check_clauses(reader: Reader, state: State) -> None:
    """Each cited clause of a document whose clauses are listed must be among them; ``二㈢1`` stands for its parts
    ``二㈢1-a`` too."""
    listed = {short: {normalise(c.clause) for c in book.clauses} for short, book in state.clauses.items()}
    whole = {short: clauses | {c.rpartition("-")[0] for c in clauses if "-" in c} for short, clauses in listed.items()}
    for cited in state.cited:
        known = whole.get(cited.document)
        if known is None or normalise(cited.clause) in known:
            continue
        zh, en = hint(cited.clause, known)
        reader.error(
            cited.where,
            "unknown-clause",
            f"“{cited.document}”没有“{cited.clause}”这一条{zh}",
            f"“{cited.document}” has no clause “{cited.clause}”{en}",
        )
