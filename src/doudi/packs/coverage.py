"""What of a document the packs do: each clause with the names that implement it, and faults for names that do not
exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from doudi.packs.pack import Pack
from doudi.packs.read_cases import case_names
from doudi.packs.read_lists import NOT_YET
from doudi.packs.state import Clause, ClauseBook
from doudi.rules.faults import Fault, hint


@dataclass(frozen=True)
class Summary:
    """Clauses of one document: how many there are, how many are implemented, how many only state something (and need
    nothing)."""

    short: str
    title: str
    en: str
    clauses: int
    implemented: int
    statements: int
    unclear: int

    @property
    def open(self) -> int:
        """Clauses that ask for something which nothing here does yet."""
        return self.clauses - self.implemented - self.statements


def summary(book: ClauseBook) -> Summary:
    done = [c for c in book.clauses if c.implemented_by]
    idle = [c for c in book.clauses if c.kind == "statement" and not c.implemented_by]
    unclear = [c for c in book.clauses if c.status == "unclear"]
    return Summary(book.short, book.title, book.en, len(book.clauses), len(done), len(idle), len(unclear))


def check_references(pack: Pack) -> list[Fault]:
    """A fault for every name in ``implemented_by`` that does not exist in the chain. Raises Faults where the cases
    cannot be read."""
    wanted = [(name, where) for c in all_clauses(pack) for name, where in c.implemented_by]
    known = _known(pack, {name.partition(":")[0] for name, _ in wanted})
    faults = []
    for name, where in wanted:
        kind, _, rest = name.partition(":")
        if rest in known[kind]:
            continue
        zh, en = hint(rest, known[kind])
        faults.append(
            Fault(
                where,
                "unknown-reference",
                f"没有这个{kind}：“{rest}”{zh}",
                f"There is no {_EN[kind]} “{rest}”{en}",
            )
        )
    return faults


def all_clauses(pack: Pack) -> Iterable[Clause]:
    for book in pack.clauses.values():
        yield from book.clauses


_EN = {
    "规则": "rule",
    "标准": "standard",
    "项目": "programme",
    "措施": "measure",
    "冲突": "conflict",
    "派生户": "derived household",
    "案例": "case",
}


def _known(pack: Pack, kinds: set[str]) -> dict[str, set[str]]:
    state = pack.state
    sources: dict[str, Callable[[], Iterable[str]]] = {
        "规则": lambda: (f"{entity}.{name}" for entity, name in (*state.rules, *state.facts)),
        "标准": lambda: state.standards,
        "项目": lambda: state.programmes,
        "措施": lambda: state.measures,
        "冲突": lambda: state.conflicts,
        "派生户": lambda: state.derived,
        "案例": lambda: (name for info in pack.chain for name in case_names(info.files["cases"])),
    }
    return {kind: set(sources[kind]()) for kind in kinds}


def to_json(pack: Pack) -> list[dict[str, object]]:
    """Every document with its clauses, ready for JSON."""
    return [
        {
            "document": s.short,
            "title": s.title,
            "en": s.en,
            "clauses": s.clauses,
            "implemented": s.implemented,
            "statements": s.statements,
            "open": s.open,
            "unclear": s.unclear,
            "rows": [_row(c) for c in book.clauses],
        }
        for book in pack.clauses.values()
        for s in [summary(book)]
    ]


def _row(c: Clause) -> dict[str, object]:
    return {
        "clause": c.clause,
        "says": c.says,
        "en": c.en,
        "kind": c.kind,
        "units": list(c.units),
        "due": c.due or None,
        "every": c.every or None,
        "status": c.status,
        "note": c.note or None,
        "implemented_by": [name for name, _ in c.implemented_by] or NOT_YET,
    }
