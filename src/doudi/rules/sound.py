"""What is declared but cannot mean anything: tables that belong to themselves, conflicts over nothing, costs that no one can bear.

Each of these would otherwise be passed over without a word, or surface as a stranger fault far from where it was written.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from doudi.rules.declared import Book, Conflict, Derived, Programme, ProgrammeVersion
from doudi.rules.faults import Fault, Where
from doudi.rules.lexer import ROUND_UNITS, UNITS
from doudi.rules.types import Kind

COLUMNS = frozenset({"id", "parent", "household", "derived"})
"""Names of columns of our own in tables of facts and results."""
TABLES = frozenset({"missing", "derived", "derived_missing"})
"""Tables of results that stand beside those of the entities."""


def unsound(book: Book) -> list[Fault]:
    """Every such fault of a book, whatever the date."""
    return [*_names(book), *_entities(book), *_programmes(book), *_conflicts(book), *_derived(book)]


def _names(book: Book) -> Iterator[Fault]:
    written: list[tuple[str, Where]] = [(f.name, f.where) for f in book.facts]
    written += [(r.name, r.where) for r in book.rules]
    values = list(written)
    written += [(p.name, p.where) for p in book.programmes]
    written += [(s.name, s.where) for s in book.standards]
    written += [(v.name, v.where) for v in book.views]
    written += [(a.name, a.where) for a in book.areas]
    written += [(value, c.where) for c in book.categories for value, _ in c.values]
    for name, where in written:
        plain = unicodedata.normalize("NFKC", name)
        if plain != name and plain.replace("_", "a").isalnum():
            yield Fault(
                where,
                "bad-name",
                f"名称“{name}”里有全角或变体字符，和“{plain}”看起来一样；请写成“{plain}”",
                f"The name “{name}” holds full-width or variant characters and looks like “{plain}”; write “{plain}”",
            )
        marks = sorted({c for c in name if c in "#@·|"})
        if marks:
            yield Fault(
                where, "bad-name", f"名称“{name}”里不能有“{marks[0]}”", f"The name “{name}” may not hold “{marks[0]}”"
            )
    for name, where in values:
        if name in UNITS or name in ROUND_UNITS:
            yield Fault(
                where,
                "reserved-word",
                f"“{name}”是单位，不能用作名称",
                f"“{name}” is a unit and cannot be a name",
            )
    for f in book.facts:
        if f.name in COLUMNS:
            yield Fault(
                f.where,
                "reserved-word",
                f"“{f.name}”留给系统自己的列，不能用作事实名",
                f"“{f.name}” is a column of our own; no fact can be called so",
            )
    variables = dict(reversed(values))
    for v in book.views:
        if v.name in variables:
            yield Fault(
                v.where,
                "name-clash",
                f"“{v.name}”已在 {variables[v.name]} 用作变量，视图要另起名称",
                f"“{v.name}” already names a value at {variables[v.name]}; the view needs another name",
            )


def _entities(book: Book) -> Iterator[Fault]:
    of = {e.name: e.of for e in book.entities}
    kinds = {(f.entity, f.name): f.type.kind for f in book.facts}
    for e in book.entities:
        seen, at = [e.name], e.of
        while at and at in of and at not in seen:
            seen.append(at)
            at = of[at]
        if at == e.name:
            listed = " → ".join([*seen, at])
            yield Fault(
                e.where, "entity-circle", f"实体绕成了圈：{listed}", f"The entities go round in a circle: {listed}"
            )
        if e.kind and kinds.get((e.name, e.kind)) is not Kind.CATEGORY:
            yield Fault(
                e.where,
                "entity-kind",
                f"“{e.kind}”不是“{e.name}”的类别事实，不能按它说齐全",
                f"“{e.kind}” is not a fact of {e.name} from a closed list; completeness cannot be told by it",
            )
        if e.file in TABLES:
            yield Fault(
                e.where,
                "reserved-word",
                f"文件名“{e.file}”留给系统自己的结果表",
                f"“{e.file}” is a table of results of our own",
            )
    for v in book.views:
        if v.entity in of and not of[v.entity]:
            yield Fault(
                v.where,
                "view-of-root",
                f"“{v.entity}”没有上级，取不出“{v.name}”",
                f"{v.entity} belongs to nothing, so nothing can count “{v.name}”",
            )


def _programmes(book: Book) -> Iterator[Fault]:
    for p in book.programmes:
        for v in p.versions:
            yield from _funding(p, v)


def _funding(p: Programme, v: ProgrammeVersion) -> Iterator[Fault]:
    if v.funding and v.amount is None:
        yield Fault(
            p.where,
            "funds-nothing",
            f"“{p.name}”没有 amount，谈不上出资",
            f"“{p.name}” has no amount, so there is nothing to fund",
        )
    for i, f in enumerate(v.funding):
        if not f.shares:
            yield Fault(p.where, "no-shares", f"“{p.name}”的出资没有写由谁出", f"Funding of “{p.name}” names nobody")
        if f.when is None and i + 1 < len(v.funding):
            yield Fault(
                p.where,
                "unreachable-funding",
                f"“{p.name}”的第 {i + 1} 条出资没有 when，后面的永远轮不到；无条件的写在最后",
                f"Entry {i + 1} of the funding of “{p.name}” has no when, so those after it never count; write it last",
            )
            return


def _conflicts(book: Book) -> Iterator[Fault]:
    paid = {p.name for p in book.programmes if any(v.amount is not None for v in p.versions)}
    known = {p.name for p in book.programmes}
    for c in book.conflicts:
        named = [n for leg in c.legs for n in leg] if c.kind == "higher" else [*c.programmes]
        named += c.by if c.kind == "bar" else ()
        for n, times in Counter(named).items():
            if times > 1:
                yield Fault(
                    c.where, "named-twice", f"“{c.name}”里“{n}”写了不止一次", f"“{c.name}” names “{n}” more than once"
                )
        if c.kind in ("higher", "topup"):
            for n in dict.fromkeys(n for n in named if n in known and n not in paid):
                yield Fault(
                    c.where,
                    "no-amount",
                    f"“{n}”没有金额，不能在“{c.name}”里比较或补差",
                    f"“{n}” has no amount, so “{c.name}” can neither compare it nor pay a difference",
                )
        for other in book.conflicts if c.kind == "cumulate" else ():
            if _overlap(c, other) and (rivals := _rivals(other, set(c.programmes))):
                yield Fault(
                    other.where,
                    "rival-conflict",
                    f"“{other.name}”不许{'、'.join(rivals)}同享，可“{c.name}”说可以同享",
                    f"“{other.name}” keeps {', '.join(rivals)} apart, but “{c.name}” says that they go together",
                )


def _overlap(a: Conflict | Derived, b: Conflict | Derived) -> bool:
    return (a.until is None or b.since is None or b.since <= a.until) and (
        b.until is None or a.since is None or a.since <= b.until
    )


def _rivals(c: Conflict, together: set[str]) -> list[str]:
    """Which of ``together`` the conflict keeps apart."""
    if c.kind == "bar":
        sides = [c.programmes, c.by]
    elif c.kind == "higher":
        sides = list(c.legs)
    else:
        return []
    hit = [[n for n in side if n in together] for side in sides]
    return [n for side in hit for n in side] if sum(map(bool, hit)) > 1 else []


def _derived(book: Book) -> Iterator[Fault]:
    roots = {e.name for e in book.entities if not e.of}
    of = {e.name: e.of for e in book.entities}
    for d in book.derived:
        if d.of in of and of[d.of] not in roots:
            root = next(iter(roots), "")
            yield Fault(
                d.where,
                "derived-of",
                f"“{d.name}”要由{root}的成员单独成户，“{d.of}”不是",
                f"“{d.name}” makes households of members of {root}; {d.of} is none",
            )
    for one, other in combinations(book.derived, 2):
        if one.name != other.name and (one.of, one.settles) == (other.of, other.settles) and _overlap(one, other):
            yield Fault(
                other.where,
                "derived-twice",
                f"“{one.name}”（{one.where}）与“{other.name}”在同一些日子都决定“{other.settles}”，同一个人可能领两份；请合成一个，条件用“或”连起来",
                f"“{one.name}” ({one.where}) and “{other.name}” both settle “{other.settles}” on the same days, so one person could be paid "
                "twice; make them one, with 或 (or) between their conditions",
            )
