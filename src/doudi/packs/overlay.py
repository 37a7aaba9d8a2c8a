"""How a pack lies over its parents: dated versions of rules, programmes, conflicts and derived households.

The lower pack wins on the dates that it covers; what the upper one says is cut to the dates that remain. A
replacement has to name what it
replaces and what that said at the time, so that a change above never passes unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, TypeVar

from doudi.packs import spans
from doudi.packs.normal import digest
from doudi.packs.reading import Reader
from doudi.packs.spans import Span
from doudi.packs.state import Layer, Replaces, Said, State
from doudi.packs.upper_words import now_says
from doudi.rules.declared import Conflict, Derived, ProgrammeVersion, StandardLine, Version
from doudi.rules.faults import Where, hint

V = TypeVar("V", bound=Version | ProgrammeVersion | Conflict | Derived | StandardLine)


@dataclass(frozen=True)
class Dispute:
    """Two packs, neither above the other, that say different things of one name on the days ``days``."""

    what: str
    kind: str
    name: str
    one: str
    other: str
    days: tuple[Span, ...]
    places: tuple[Where, Where]
    area: int = 0
    key: str = ""


@dataclass
class Overlay:
    """Lays packs over each other, the highest first."""

    reader: Reader
    state: State
    disputes: list[Dispute] = field(default_factory=list)
    ancestors: dict[str, frozenset[str]] = field(default_factory=dict)
    standards_said: dict[str, list[tuple[str, tuple[StandardLine, ...]]]] = field(default_factory=dict)

    def rules(self, layer: Layer) -> None:
        for part in layer.rules:
            name = f"{part.rule.entity}.{part.rule.name}"
            key = (part.rule.entity, part.rule.name)
            versions = self.lay("rule", name, layer, part.rule.versions, part.replaces, part.rule.where)
            self.state.rules[key] = replace(part.rule, versions=versions)

    def programmes(self, layer: Layer) -> None:
        for part in layer.programmes:
            p = part.programme
            versions = self.lay("programme", p.name, layer, p.versions, part.replaces, p.where)
            self.state.programmes[p.name] = replace(p, versions=versions)

    def conflicts(self, layer: Layer) -> None:
        for part in layer.conflicts:
            self.state.conflicts[part.name] = self.lay(
                "conflict", part.name, layer, part.versions, part.replaces, part.where
            )

    def derived(self, layer: Layer) -> None:
        for part in layer.derived:
            self.state.derived[part.name] = self.lay(
                "derived", part.name, layer, part.versions, part.replaces, part.where
            )

    def lay(
        self, kind: str, name: str, layer: Layer, own: tuple[V, ...], replaces: Replaces | None, where: Where
    ) -> tuple[V, ...]:
        """What holds once ``layer`` has said ``own`` of a name."""
        _no_overlap(self.reader, own, name, where)
        said = self.state.said.setdefault((kind, name), [])
        above = [s for s in said if s.pack in layer.ancestors]
        self._check_replaces(kind, name, above, replaces, where)
        for other in said:
            if other.pack not in layer.ancestors:
                self._dispute(kind, name, other, layer.name, own, where)
        said.append(Said(layer.name, own, where))
        self.state.own(kind, name, layer.name)
        return merged(s.versions for s in said)

    def _check_replaces(self, kind: str, name: str, above: list[Said], replaces: Replaces | None, where: Where) -> None:
        if not above:
            if replaces is not None:
                others = {n for (k, n), said in self.state.said.items() if k == kind and n != name and said}
                zh, en = hint(name, others)
                self.reader.error(
                    replaces.where,
                    "replaces-nothing",
                    f"上级没有“{name}”，没有什么可替换{zh}",
                    f"No upper pack has “{name}”; there is nothing to replace{en}",
                )
            return
        upper = above[-1].pack
        holds = merged(s.versions for s in above)
        right = f"{upper}@{digest8(holds)}"
        zh = f"。上级现在写的是（要保留的请照抄）：{now_says(holds, 'zh')}"
        en = f". What it says now, of which copy what shall stay: {now_says(holds, 'en')}"
        if replaces is None:
            self.reader.error(
                where,
                "needs-replaces",
                f"“{name}”在上级规则包 {upper} 已有；要替换它，请写 replaces: {right}{zh}",
                f"“{name}” stands in the upper pack {upper}; to replace it write replaces: {right}{en}",
            )
        elif replaces.pack != upper:
            self.reader.error(
                replaces.where,
                "replaces-other",
                f"这里替换的是 {upper} 的“{name}”，应写 replaces: {right}{zh}",
                f"What is replaced here is “{name}” of {upper}; write replaces: {right}{en}",
            )
        elif f"{upper}@{replaces.digest}" != right:
            self.reader.warn(
                replaces.where,
                "upper-changed",
                f"{upper} 的“{name}”在这里替换它之后改过；请看一遍，再写 replaces: {right}{zh}",
                f"“{name}” of {upper} has changed since it was replaced here; look at it, then write replaces: {right}{en}",
            )

    def _dispute(self, kind: str, name: str, other: Said, pack: str, own: tuple[V, ...], where: Where) -> None:
        days = tuple(
            both
            for mine in own
            for theirs in other.versions
            if essence(mine) != essence(theirs) and (both := spans.meet(days_of(mine), days_of(theirs))) is not None
        )
        if days:
            self.disputes.append(Dispute(name, kind, name, other.pack, pack, days, (other.where, where)))

    def settle(self, joined: Callable[[str, str], Where]) -> None:
        """Faults for disputes that no pack below both has settled. ``joined`` gives the place where the two become
        parents of one pack."""
        for d in self.disputes:
            left = list(d.days)
            for pack, days in self._said_below(d):
                if d.one in self.ancestors.get(pack, ()) and d.other in self.ancestors.get(pack, ()):
                    left = [piece for day in left for piece in spans.cut(day, days)]
            if left:
                self.reader.error(
                    joined(d.one, d.other),
                    "parents-disagree",
                    f"上级 {d.one}（{d.places[0]}）与 {d.other}（{d.places[1]}）对“{d.what}”说法不同"
                    f"（{spans.said(left[0])}）；请在本包里写明用哪个",
                    f"The parents {d.one} ({d.places[0]}) and {d.other} ({d.places[1]}) differ on “{d.what}” "
                    f"({spans.said(left[0], 'en')}); say in this pack which counts",
                )

    def _said_below(self, d: Dispute) -> Iterable[tuple[str, list[Span]]]:
        if d.kind != "standard":
            for s in self.state.said[(d.kind, d.name)]:
                yield s.pack, [days_of(v) for v in s.versions]
            return
        for pack, lines in self.standards_said[d.name]:
            yield pack, [days_of(x) for x in lines if x.area == d.area and x.key == d.key]


def days_of(version: V) -> Span:
    return spans.span(version.since, version.until)


def merged(layers: Iterable[tuple[V, ...]]) -> tuple[V, ...]:
    """The versions that hold, upper layers first in ``layers``; in the order of their dates."""
    held: list[V] = []
    for own in layers:
        taken = [days_of(v) for v in own]
        kept = [with_days(v, piece) for v in held for piece in spans.cut(days_of(v), taken)]
        held = [*kept, *own]
    return tuple(sorted(held, key=days_of))


def with_days(version: V, days: Span) -> V:
    since, until = spans.dates(days)
    if (since, until) == (version.since, version.until):
        return version
    return replace(version, since=since, until=until)


def _no_overlap(reader: Reader, own: tuple[V, ...], name: str, where: Where) -> None:
    """Two versions of one pack may not hold on the same day."""
    ordered = sorted(own, key=days_of)
    for before, after in pairwise(ordered):
        both = spans.meet(days_of(before), days_of(after))
        if both is not None:
            place = after.formula.where if isinstance(after, Version) else where
            reader.error(
                place,
                "overlapping-dates",
                f"“{name}”的两个版本在同一些日子都有效（{spans.said(both)}）",
                f"Two versions of “{name}” hold on the same days ({spans.said(both, 'en')})",
            )


def essence(version: Any) -> tuple[Any, ...]:
    """What a version says, without dates, citations, pack and places."""
    if isinstance(version, Version):
        return _plain((version.formula,))
    if isinstance(version, ProgrammeVersion):
        funding = [(x.when, [(s.level, s.formula) for s in x.shares]) for x in version.funding]
        return _plain(([c.formula for c in version.conditions], version.amount, funding))
    if isinstance(version, Conflict):
        return _plain((version.kind, version.programmes, version.by, version.legs, version.over))
    if isinstance(version, Derived):
        return _plain((version.of, version.when, version.settles, version.counts_in_original))
    return (version.value,)


def _plain(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return (digest(parts),)


def digest8(versions: tuple[V, ...]) -> str:
    """Eight hexadecimal digits for what ``versions`` say and when: what ``replaces`` has to quote."""
    return digest([(v.since, v.until, essence(v)) for v in versions])[:8]
