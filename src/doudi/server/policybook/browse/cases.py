"""Worked cases: households with their facts, what must come out and the arithmetic, and what the rules answer to them now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from threading import Lock

from doudi.packs import Pack, load
from doudi.packs.case import Case, Expectation
from doudi.packs.cases import Asker, leaf_name
from doudi.rules import compile_book
from doudi.rules.explain import Words, to_html, why, words_for
from doudi.rules.ruleset import Ruleset
from doudi.rules.scalar import Decision, Path, Row, decide
from doudi.rules.types import Kind
from doudi.server.policybook.browse.programmes import missing
from doudi.server.policybook.browse.refs import Ref
from doudi.server.policybook.browse.shelf import Shelf

_MOST = 3
_kept: OrderedDict[str, tuple[Pack, ...]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class FactSaid:
    ref: Ref
    value: str


@dataclass(frozen=True)
class RowSaid:
    """A household, person or item with what is known of it; ``complete`` names the tables all of which is listed."""

    entity: str
    id: str
    facts: tuple[FactSaid, ...]
    complete: tuple[str, ...]
    rows: tuple[RowSaid, ...]


@dataclass(frozen=True)
class Expected:
    """``asked`` is what of, ``wanted`` what the case says, ``got`` what the rules say now where that is another."""

    asked: str
    wanted: str
    got: str
    programme: str


@dataclass(frozen=True)
class CaseCard:
    """``name`` is the case's own, ``title`` and ``why`` are in the reader's language."""

    name: str
    title: str
    pack: str
    as_of: date
    why: str
    about: tuple[str, ...]


@dataclass(frozen=True)
class CasePage:
    card: CaseCard
    household: RowSaid
    expected: tuple[Expected, ...]
    explained: tuple[tuple[str, str], ...]
    """(programme, why as HTML)."""


def packs(s: Shelf) -> tuple[Pack, ...]:
    """The packs of the chain, each as it is loaded by itself: a case proves the pack that it stands in."""
    with _lock:
        found = _kept.get(s.policy.digest)
        if found is None:
            own = (info for info in s.pack.chain if info.files["cases"])
            found = _kept[s.policy.digest] = tuple(load(info.folder) for info in own)
            while len(_kept) > _MOST:
                _kept.popitem(last=False)
    return found


def cases(s: Shelf, *, programme: str = "", pack: str = "") -> list[CaseCard]:
    """All worked cases, or those about one programme, or of one pack."""
    names = _plans(s)
    out = []
    for p in packs(s):
        if pack in ("", p.name):
            cards = (_card(s, c, names) for c in p.cases)
            out += [c for c in cards if not programme or programme in c.about]
    return out


def titles(s: Shelf) -> dict[str, str]:
    """The name of every case to its English; none where Chinese is read, which needs no other."""
    return {} if s.lang == "zh" else {c.name: c.en for p in packs(s) for c in p.cases}


def case(s: Shelf, pack: str, name: str) -> CasePage:
    """Raises NotFound."""
    of = next((p for p in packs(s) if p.name == pack), None)
    found = next((c for c in of.cases if c.name == name), None) if of else None
    if of is None or found is None:
        raise missing("案例", "case", name)
    ruleset = compile_book(of.book, found.as_of, found.month)
    decision = decide(ruleset, found.household)
    asker = Asker(ruleset, of.state.words)
    card = _card(s, found, _plans(s))
    return CasePage(
        card, row_said(s, ruleset, ruleset.root, found.household), tuple(_expected(s, asker, decision, e) for e in found.expect),
        tuple(_why(s, decision, found)),
    )  # fmt: skip


def row_said(s: Shelf, ruleset: Ruleset, entity: str, row: Row) -> RowSaid:
    """A row with its facts in words, and the rows below it."""
    said = s.names.name(entity)
    facts = []
    for name, value in row.facts.items():
        v = ruleset.variables[entity, name]
        lo, hi = value if isinstance(value, tuple) else (value, value)
        facts.append(
            FactSaid(
                s.ref("term", name, entity), s.words.value(v.type, lo, hi) if _known(s, v.type.category) else str(value)
            )
        )
    complete = []
    for table, marked in row.complete.items():
        child = ruleset.entities[table]
        label = s.names.name(child.table or table)
        text = s.pick(label.zh, label.en)
        if isinstance(marked, frozenset):
            kind = ruleset.variables[table, child.kind].type
            listed = [s.words.value(kind, code, code) for code in sorted(marked)] if kind.kind is Kind.CATEGORY else []
            text += f"（{'、'.join(listed)}）" if s.lang == "zh" else f" ({', '.join(listed)})"
        complete.append(text)
    rows = [row_said(s, ruleset, table, r) for table, listed in row.rows.items() for r in listed]
    return RowSaid(s.pick(said.zh, said.en), str(row.id), tuple(facts), tuple(complete), tuple(rows))


def _known(s: Shelf, category: str) -> bool:
    return not category or category in s.words.categories


def _plans(s: Shelf) -> dict[str, str]:
    """Every name under which a case may ask of a programme, to the programme."""
    out: dict[str, str] = {}
    for p in s.ruleset.programmes:
        out |= {n: p.name for n in (p.name, p.eligible, p.granted, p.amount, p.paid) if n}
    return out


def _card(s: Shelf, c: Case, names: dict[str, str]) -> CaseCard:
    about = dict.fromkeys(names[e.name] for e in c.expect if e.name in names)
    return CaseCard(c.name, s.pick(c.name, c.en), c.pack, c.as_of, s.pick(c.why, c.why_en), tuple(about))


def _expected(s: Shelf, asker: Asker, decision: Decision, e: Expectation) -> Expected:
    got, _ = asker.got(decision, e)
    plan = asker.plan(e)
    programme = plan.name if plan else ""
    if s.lang == "zh":
        return Expected(asker.asked(e), e.written, got or "", programme)
    words = words_for(asker.ruleset, s.lang)
    told = "" if got is None else _got(words, asker, decision, e, got)
    return Expected(_asked(words, e), _wanted(words, e), told, programme)


_ENGLISH = {
    "符合": "eligible", "不符合": "not eligible", "无法判定": "cannot be determined", "是": "yes", "否": "no", "未知": "not known", "无": "none",
}  # fmt: skip


def _asked(words: Words, e: Expectation) -> str:
    """As ``Asker.asked``, in English: 甲: Old-age allowance, granted."""
    owner = f"{words.name(e.derived)} ({e.label}): " if e.derived else f"{e.label}: " if e.label else ""
    tail = {"granted": ", granted", "missing": ", what is missing"}.get(e.asked, "")
    return f"{owner}{_name(words, e.entity, e.name)}{tail}"


def _wanted(words: Words, e: Expectation) -> str:
    if isinstance(e.expected, frozenset):
        return _leaves(words, e.expected)
    if isinstance(e.expected, tuple):
        return words.value(words.ruleset.variables[e.entity, e.name].type, *e.expected)
    return words.unknown if e.expected is None else _ENGLISH[e.expected]


def _got(words: Words, asker: Asker, decision: Decision, e: Expectation, got: str) -> str:
    """What came out, as ``Asker.got`` says it in Chinese (``got``), in English."""
    inside = asker.household(decision, e)
    if inside is None:
        return f"not taken as {words.name(e.derived)}"
    plan = asker.plan(e)
    if plan is not None and e.asked == "missing":
        return _leaves(words, (leaf_name(m) for m in inside.outcome(plan.name, e.path).missing))
    if plan is not None and e.asked != "value":
        return _ENGLISH[got]
    found = (
        inside.value(e.entity, e.name, e.path)
        if plan is None
        else asker.planned(plan, inside.outcome(plan.name, e.path), e.name)
    )
    return words.value(words.ruleset.variables[e.entity, e.name].type, found.lo, found.hi)


def _leaves(words: Words, names: Iterable[str]) -> str:
    """What is missing: facts as ``entity.name``, or tables."""
    told = (_name(words, *x.split(".", 1)) if "." in x else words.name(x) for x in sorted(names))
    return ", ".join(told) or _ENGLISH["无"]


def _name(words: Words, entity: str, name: str) -> str:
    return words.label((entity, name)) if (entity, name) in words.ruleset.variables else words.name(name)


def _why(s: Shelf, decision: Decision, found: Case) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    seen: set[tuple[str, Path]] = set()
    plans = {n: p for p in decision.ruleset.programmes for n in (p.name, p.eligible, p.granted, p.amount, p.paid) if n}
    for e in found.expect:
        plan = plans.get(e.name)
        if plan is None or e.derived or (plan.name, e.path) in seen:
            continue
        seen.add((plan.name, e.path))
        try:
            out.append((plan.name, to_html(why(decision, plan.name, e.path, s.lang))))
        except KeyError:
            continue
    return out
