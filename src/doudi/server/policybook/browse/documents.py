"""The documents behind the text: every clause with what implements it, and what in them is not clear."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.packs.coverage import Summary, summary
from doudi.packs.read_lists import EVERY, GROUPS
from doudi.packs.state import Clause, ClauseBook
from doudi.server.lib.refusals import NotFound
from doudi.server.policybook.browse.cases import titles
from doudi.server.policybook.browse.refs import Ref
from doudi.server.policybook.browse.shelf import Shelf

KINDS = {
    "duty": ("职责", "duty"), "rule": ("规则", "rule"), "standard": ("标准", "standard"), "fund": ("资金", "funds"),
    "target": ("目标", "target"), "organisation": ("机构", "organisation"), "statement": ("陈述", "statement"),
}  # fmt: skip
_REFERENCES = {
    "规则": "term", "标准": "standard", "项目": "programme", "措施": "measure", "冲突": "conflict", "派生户": "derived", "案例": "case",
}  # fmt: skip
DONE, OPEN, IDLE = "done", "open", "statement"


@dataclass(frozen=True)
class ClauseSaid:
    """``state``: done (something implements it), open (it asks for something that nothing here does yet) or statement (it asks for nothing)."""

    clause: str
    says: str
    kind: str
    state: str
    unclear: bool
    units: tuple[str, ...]
    due: str
    every: str
    note: str
    rows: tuple[str, ...]
    implemented_by: tuple[Ref, ...]


@dataclass(frozen=True)
class DocumentPage:
    short: str
    title: str
    issuer: str
    day: str
    pack: str
    summary: Summary
    unclear: tuple[str, ...]
    clauses: tuple[ClauseSaid, ...]


@dataclass(frozen=True)
class Source:
    """A document that is cited; ``summary`` where its clauses are listed."""

    short: str
    title: str
    status: str
    pack: str
    summary: Summary | None
    uses: int


@dataclass(frozen=True)
class MeasureSaid:
    ref: Ref
    group: str
    classes: tuple[str, ...]
    formula: str
    sum: str
    cites: tuple[object, ...]


def documents(s: Shelf) -> list[Source]:
    """All that the text cites, those with clauses first."""
    cited = s.pack.state.cited
    counts: dict[str, int] = {}
    for c in cited:
        counts[c.document] = counts.get(c.document, 0) + 1
    out = []
    for short, d in s.pack.documents.items():
        book = s.pack.clauses.get(short)
        title = book.title if book and s.lang == "zh" else (book.en if book else s.pick(d.zh, d.en))
        out.append(Source(short, title, d.status, d.pack, summary(book) if book else None, counts.get(short, 0)))
    return sorted(out, key=lambda x: (x.summary is None, x.status, x.short))


def document(s: Shelf, short: str) -> DocumentPage:
    """Raises NotFound."""
    book: ClauseBook | None = s.pack.clauses.get(short)
    if book is None:
        raise NotFound(
            "no-document", f"没有收录“{short}”的条款。", f"The clauses of “{short}” are not in the policy in force."
        )
    return DocumentPage(
        short, s.pick(book.title, book.en), s.pick(book.issuer, book.issuer_en), book.day, book.pack, summary(book),
        tuple(s.pick(zh, en) for zh, en in book.unclear),
        tuple(_clause(s, c) for c in book.clauses),
    )  # fmt: skip


def implements(s: Shelf, ref: Ref) -> list[tuple[str, ClauseSaid]]:
    """The clauses that a thing implements: (document, clause)."""
    name = f"{ref.entity}.{ref.name}" if ref.entity else ref.name
    found = []
    for short, book in s.pack.clauses.items():
        for c in book.clauses:
            if any(_ref_parts(x) == (ref.kind, name) for x, _ in c.implemented_by):
                found.append((short, _clause(s, c)))
    return found


def measures(s: Shelf) -> list[MeasureSaid]:
    """What is open to a class and decided elsewhere."""
    return [
        MeasureSaid(
            s.ref("measure", m.name) if s.lang == "zh" else Ref("measure", m.name, "", m.en), s.pick(m.group, GROUPS[m.group]),
            tuple(s.pick(*_both(s, c, v)) for c, v in m.classes), m.formula.source if m.formula else "", s.pick(m.sum_zh, m.sum_en), s.cited(m.cites),
        )
        for m in s.pack.measures
    ]  # fmt: skip


def _both(s: Shelf, category: str, value: str) -> tuple[str, str]:
    said = s.names.value(category, value)
    return said.zh, said.en


def _clause(s: Shelf, c: Clause) -> ClauseSaid:
    state = DONE if c.implemented_by else IDLE if c.kind == "statement" else OPEN
    return ClauseSaid(
        c.clause, s.pick(c.says, c.en), s.pick(*KINDS[c.kind]), state, c.status == "unclear",
        tuple(s.named("units", u) for u in c.units), c.due, s.pick(c.every, EVERY.get(c.every, "")), s.pick(c.note, c.note_en), c.rows,
        tuple(_ref(s, name) for name, _ in c.implemented_by),
    )  # fmt: skip


def _ref_parts(name: str) -> tuple[str, str]:
    kind, _, rest = name.partition(":")
    return _REFERENCES.get(kind, kind), rest


def _ref(s: Shelf, name: str) -> Ref:
    kind, rest = _ref_parts(name)
    if kind == "term":
        entity, _, own = rest.partition(".")
        return s.ref("term", own, entity)
    if kind == "measure":
        said = next((m.en for m in s.pack.measures if m.name == rest), rest)
        return Ref(kind, rest, "", s.pick(rest, said))
    return Ref(kind, rest, "", s.pick(rest, titles(s).get(rest, ""))) if kind == "case" else s.ref(kind, rest)
