"""How a pack's values of a standard lie over those of its parents: by area, key and date, and the higher of two
where it says ``raise``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from doudi.packs import spans
from doudi.packs.normal import digest
from doudi.packs.overlay import Dispute, Overlay, days_of, with_days
from doudi.packs.spans import FIRST, LAST, Span
from doudi.packs.state import Layer, StandardPart
from doudi.rules.declared import Bands, StandardDecl, StandardLine
from doudi.rules.ruleset import StandardTable

Spot = tuple[int, str]
"""(area, key): where a line applies."""


def lay_standards(overlay: Overlay, layer: Layer) -> None:
    for part in layer.standards:
        decl = overlay.state.standards.get(part.name) or part.decl
        if decl is None:
            continue
        # two packs beside each other may declare one standard, if they agree on what it is
        if part.decl is not None and digest(replace(part.decl, lines=())) != digest(replace(decl, lines=())):
            first = overlay.standards_said[part.name][0][0]
            every = ((FIRST, LAST),)
            overlay.disputes.append(
                Dispute(part.name, "standard", part.name, first, layer.name, every, (decl.where, part.where), -1)
            )
        overlay.state.standards[part.name] = _lay(overlay, layer, part, decl)


def _lay(overlay: Overlay, layer: Layer, part: StandardPart, decl: StandardDecl) -> StandardDecl:
    _no_overlap(overlay, part, decl)
    own = [piece for p in part.lines for piece in (_raised(p.line, decl) if p.raises else [p.line])]
    said = overlay.standards_said.setdefault(part.name, [])
    plain = [p.line for p in part.lines if not p.raises]
    for other, lines in said:
        if other not in layer.ancestors:
            _dispute(overlay, decl, other, lines, layer.name, plain)
    said.append((layer.name, tuple(own)))
    taken: dict[Spot, list[Span]] = defaultdict(list)
    for line in own:
        taken[line.area, line.key].append(days_of(line))
    kept = [
        with_days(line, piece) for line in decl.lines for piece in spans.cut(days_of(line), taken[line.area, line.key])
    ]
    ordered = sorted([*kept, *own], key=lambda x: (x.area, x.key, days_of(x)))
    return replace(decl, lines=tuple(ordered))


def _no_overlap(overlay: Overlay, part: StandardPart, decl: StandardDecl) -> None:
    by_spot: dict[Spot, list[StandardLine]] = defaultdict(list)
    for p in part.lines:
        by_spot[p.line.area, p.line.key].append(p.line)
    told = set()
    for lines in by_spot.values():
        ordered = sorted(lines, key=days_of)
        for before, after in pairwise(ordered):
            both = spans.meet(days_of(before), days_of(after))
            if both is None or (before.where, after.where) in told:
                continue
            told.add((before.where, after.where))
            overlay.reader.error(
                after.where,
                "overlapping-dates",
                f"“{decl.name}”的这个值与第 {before.where.line} 行的在同一地区、同一些日子都有效（{spans.said(both)}）",
                f"This value of “{decl.name}” and the one on line {before.where.line} hold for the same area on the same days "
                f"({spans.said(both, 'en')})",
            )


def _dispute(
    overlay: Overlay,
    decl: StandardDecl,
    other: str,
    theirs: Iterable[StandardLine],
    pack: str,
    own: Iterable[StandardLine],
) -> None:
    for a in own:
        for b in theirs:
            if (a.area, a.key) != (b.area, b.key) or a.value == b.value:
                continue
            both = spans.meet(days_of(a), days_of(b))
            if both is not None:
                named = "/".join(str(x) for x in (decl.name, a.area or "", a.key) if x)
                overlay.disputes.append(
                    Dispute(named, "standard", decl.name, other, pack, (both,), (b.where, a.where), a.area, a.key)
                )


def _raised(line: StandardLine, decl: StandardDecl) -> list[StandardLine]:
    """``line`` where it is more than what ``decl`` (upper packs only) says of its area, and what that says where it
    is not."""
    ladder = StandardTable(decl).ladder(line.area)
    whole = days_of(line)
    near = [x for code in ladder for x in decl.lines if x.area == code and x.key == line.key]
    starts = {whole[0]}
    for x in near:
        first, last = days_of(x)
        starts |= {day for day in (first, last + 1) if whole[0] < day <= whole[1]}
    ordered = sorted(starts)
    pieces: list[StandardLine] = []
    for start, after in zip(ordered, [*ordered[1:], whole[1] + 1], strict=True):
        days = (start, after - 1)
        upper = next((x for x in near if days_of(x)[0] <= start <= days_of(x)[1]), None)
        piece = line if upper is None else _higher(line, upper)
        if pieces and _same(pieces[-1], piece):
            days = (days_of(pieces.pop())[0], days[1])
        pieces.append(with_days(piece, days))
    return pieces


def _same(a: StandardLine, b: StandardLine) -> bool:
    """Whether two pieces of one line differ only in their days."""
    return (a.value, a.cites, a.review_by) == (b.value, b.cites, b.review_by)


def _higher(own: StandardLine, upper: StandardLine) -> StandardLine:
    """The higher of two values. It is stale as soon as either is: a stale value could by now be the higher one."""
    reviews = [day for day in (own.review_by, upper.review_by) if day is not None]
    review_by = min(reviews) if reviews else None
    if isinstance(own.value, Bands) and isinstance(upper.value, Bands):
        value = higher_bands(own.value, upper.value)
        cites = own.cites if value == own.value else (*own.cites, *(c for c in upper.cites if c not in own.cites))
        return replace(own, value=value, cites=cites, review_by=review_by)
    assert isinstance(own.value, Fraction)
    assert isinstance(upper.value, Fraction)
    if own.value >= upper.value:
        return replace(own, review_by=review_by)
    return replace(own, value=upper.value, cites=upper.cites, review_by=review_by)


def higher_bands(a: Bands, b: Bands) -> Bands:
    """At every x the higher of the two."""
    steps: list[tuple[Fraction, Fraction]] = []
    below = max(_at(a, None), _at(b, None))
    for x in sorted({x for x, _ in (*a.steps, *b.steps)}):
        value = max(_at(a, x), _at(b, x))
        if value != (steps[-1][1] if steps else below) or any(x == own for own, _ in a.steps):
            steps.append((x, value))
    return Bands(tuple(steps), below)


def _at(bands: Bands, x: Fraction | None) -> Fraction:
    """The value at ``x``, or below every threshold for None."""
    value = bands.below if bands.below is not None else Fraction(0)
    for threshold, here in bands.steps:
        if x is not None and threshold <= x:
            value = here
    return value
