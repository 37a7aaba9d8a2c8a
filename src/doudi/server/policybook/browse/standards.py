"""Standards at a place through the years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from doudi.packs.literals import Words
from doudi.packs.read_standards import key_values
from doudi.packs.say import say
from doudi.rules.declared import Bands, StandardDecl, StandardLine
from doudi.rules.ruleset import StandardTable
from doudi.rules.types import Kind, Type
from doudi.server.policybook.browse.programmes import missing, owners
from doudi.server.policybook.browse.refs import Ref
from doudi.server.policybook.browse.shelf import Cited, Shelf

FORMS = {"plain": ("一个数", "one value"), "bands": ("分档", "in bands"), "slices": ("分段累进", "slice by slice")}
KINDS = {"standard": ("标准", "standard"), "target": ("目标", "target"), "floor": ("底线", "floor")}


@dataclass(frozen=True)
class Span:
    """What held at a place from ``since`` until ``until``: ``value`` as one reads it, ``number`` in yuan, points or units for a chart. Where nobody
    has said anything ``why`` is none, where its time for review is over stale; then there is no value."""

    key: str
    since: date | None
    until: date | None
    value: str
    bands: tuple[tuple[str, str], ...]
    number: float | None
    why: str
    area: int
    cites: tuple[Cited, ...]
    pack: str
    now: bool


@dataclass(frozen=True)
class StandardPage:
    """``area_by`` is the fact whose division counts (None: one value for all); ``keys`` the values it is kept by."""

    ref: Ref
    zh: str
    en: str
    kind: str
    form: str
    type: str
    least: str
    most: str
    rises: bool
    area_by: Ref | None
    keyed_by: Ref | None
    keys: tuple[tuple[str, str], ...]
    spans: tuple[Span, ...]
    users: tuple[Ref, ...]
    looked_up: bool
    where: str


@dataclass(frozen=True)
class Row:
    """A standard at a place on the page's day, for one value of its key. ``why`` none: nobody has said; stale: its time for review is over."""

    ref: Ref
    kind: str
    key: str
    value: str
    bands: tuple[tuple[str, str], ...]
    why: str
    since: date | None
    area: int
    cites: tuple[Cited, ...]
    pack: str


def current(s: Shelf, area: str) -> list[Row]:
    """Every standard as it is at ``area`` on the page's day, in the pack's order."""
    code = int(area.ljust(12, "0")[:12]) if area else 0
    out = []
    for decl in s.book.standards:
        table = StandardTable(decl)
        for key in key_values(s.pack.state, decl) or [""]:
            found = table.find(code, key, s.on)
            value, bands, _ = said(s, decl, found.line.value) if found.line is not None else ("", (), None)
            label = s.names.value_of(decl.by, key) if decl.by and key else None
            out.append(
                Row(
                    s.ref("standard", decl.name), decl.kind, s.pick(label.zh, label.en) if label else key, value, bands, found.why,
                    found.line.since if found.line else None, found.line.area if found.line else 0,
                    s.cited(found.line.cites) if found.line else (), found.line.pack if found.line else "",
                )
            )  # fmt: skip
    return out


def standard(s: Shelf, name: str, area: str) -> StandardPage:
    """The standard as it is at the division ``area`` (empty: the country). Raises NotFound."""
    decl = declared(s, name)
    keys = key_values(s.pack.state, decl) or []
    labels = [s.names.value_of(decl.by, k) if decl.by else None for k in keys]
    return StandardPage(
        s.ref("standard", name), name, decl.en, s.pick(*KINDS[decl.kind]), s.pick(*FORMS[decl.form]), _type(s, decl),
        s.words.value(decl.type, decl.lo, decl.lo), s.words.value(decl.type, decl.hi, decl.hi), name in s.policy.rising,
        s.ref("term", decl.area[1], decl.area[0]) if decl.area else None,
        s.ref("term", decl.by[1], decl.by[0]) if decl.by else None,
        tuple((k, s.pick(x.zh, x.en) if x else k) for k, x in zip(keys, labels, strict=True)),
        tuple(span for key in keys or [""] for span in history(s, decl, area, key)),
        owners(s, s.uses.standard_users[name]), decl.kind == "standard", str(decl.where),
    )  # fmt: skip


def declared(s: Shelf, name: str) -> StandardDecl:
    found = next((d for d in s.book.standards if d.name == name), None)
    if found is None:
        raise missing("标准", "standard", name)
    return found


def history(s: Shelf, decl: StandardDecl, area: str, key: str) -> list[Span]:
    """What held at ``area`` for ``key``, oldest first, without what nobody has said before the first value."""
    table = StandardTable(decl)
    code = int(area.ljust(12, "0")[:12]) if area else 0
    ladder = set(table.ladder(code))
    lines = [x for x in decl.lines if x.area in ladder and x.key == key]
    starts = sorted({date.min, *_changes(lines)})
    spans: list[Span] = []
    for at, after in zip(starts, [*starts[1:], None], strict=True):
        found = table.find(code, key, at)
        until = None if after is None else after - timedelta(days=1)
        span = _span(s, decl, key, None if at == date.min else at, until, found.line, found.why)
        before = spans[-1] if spans else None
        if before is not None and _same(before, span):
            spans[-1] = Span(**{**vars(before), "until": span.until, "now": before.now or span.now})
        else:
            spans.append(span)
    while spans and spans[0].why == "none":
        spans.pop(0)
    return spans


def _changes(lines: Iterable[StandardLine]) -> set[date]:
    out: set[date] = set()
    for x in lines:
        if x.since is not None:
            out.add(x.since)
        out |= {day + timedelta(days=1) for day in (x.until, x.review_by) if day is not None}
    return out


def _same(a: Span, b: Span) -> bool:
    return (a.value, a.bands, a.why, a.area, a.pack, a.cites) == (b.value, b.bands, b.why, b.area, b.pack, b.cites)


def _span(
    s: Shelf,
    decl: StandardDecl,
    key: str,
    since: date | None,
    until: date | None,
    line: StandardLine | None,
    why: str,
) -> Span:
    value, bands, number = said(s, decl, line.value) if line is not None else ("", (), None)
    now = (since is None or since <= s.on) and (until is None or s.on <= until)
    return Span(
        key, since, until, value, bands, None if why == "stale" else number, why, line.area if line else 0,
        s.cited(line.cites) if line else (), line.pack if line else "", now,
    )  # fmt: skip


def said(
    s: Shelf, decl: StandardDecl, value: Fraction | Bands
) -> tuple[str, tuple[tuple[str, str], ...], float | None]:
    """A value as one reads it, its bands (from, value) with what holds below the first, and the number for a chart."""
    if isinstance(value, Bands):
        assert decl.x is not None
        steps = tuple((_one(s, at, decl.x), _one(s, there, decl.type)) for at, there in value.steps)
        return (_one(s, value.below, decl.type) if value.below is not None else ""), steps, None
    return _one(s, value, decl.type), (), _number(value, decl.type)


def value_at(s: Shelf, decl: StandardDecl, area: str, key: str, *, written: bool = False) -> str:
    """What holds at a place on the page's day, as one reads it, or as a pack writes it; empty where nobody has said or it is stale."""
    found = StandardTable(decl).find(int(area.ljust(12, "0")[:12]) if area else 0, key, s.on)
    if found.line is None or found.value is None:
        return ""
    if isinstance(found.line.value, Bands):
        _, bands, _ = said(s, decl, found.line.value)
        if not written:
            return s.pick("；", "; ").join(f"{at} → {there}" for at, there in bands)
        assert decl.x is not None
        x, words = decl.x, s.pack.state.words
        steps = [f"{_write(at, x, words)}: {_write(there, decl.type, words)}" for at, there in found.line.value.steps]
        return "\n".join(
            [f"{s.pick('以下', 'below')}: {_write(found.line.value.below or Fraction(0), decl.type, words)}", *steps]
        )
    if written:
        return _write(found.line.value, decl.type, s.pack.state.words)
    return _one(s, found.line.value, decl.type)


def in_words(s: Shelf, decl: StandardDecl, value: Fraction) -> str:
    """A value of a standard in natural units as one reads it."""
    return _one(s, value, decl.type)


def _write(value: Fraction, kind: Type, words: Words) -> str:
    return say(int(value * kind.store_scale), kind, words)


def _one(s: Shelf, value: Fraction, kind: Type) -> str:
    return (
        s.words.natural(kind, value, value)
        if kind.kind is not Kind.CATEGORY
        else say(int(value), kind, s.pack.state.words)
    )


def _number(value: Fraction, kind: Type) -> float | None:
    if not kind.numeric:
        return None
    return float(value / 100) if kind.kind is Kind.MONEY else float(value * 100 if kind.kind is Kind.RATIO else value)


def _type(s: Shelf, decl: StandardDecl) -> str:
    from doudi.server.policybook.browse.terms import said_type

    return said_type(s, decl.type)
