"""Every programme of the text in words: for whom, how much, since when, by which clause, and what it excludes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from doudi.rules.declared import Conflict, Programme, ProgrammeVersion
from doudi.rules.nodes import Firm, If, Node
from doudi.rules.ruleset import ProgrammePlan
from doudi.server.lib.refusals import NotFound
from doudi.server.policybook.browse.marked import Line
from doudi.server.policybook.browse.refs import Piece, Ref
from doudi.server.policybook.browse.shelf import Cited, Shelf
from doudi.server.policybook.browse.uses import Owner

PERIODS = {"月": ("每月", "a month"), "年": ("每年", "a year"), "次": ("一次", "once")}
KINDS = {
    "bar": ("互斥", "one bars the other"),
    "higher": ("就高", "the higher one"),
    "topup": ("补差", "tops up"),
    "cumulate": ("可以同享", "go together"),
}


@dataclass(frozen=True)
class Below:
    """A rule that a formula names, and its own formula."""

    ref: Ref
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Condition:
    """What must hold, in words and as a formula."""

    text: str
    lines: tuple[Line, ...]
    cites: tuple[Cited, ...]
    below: tuple[Below, ...] = ()


@dataclass(frozen=True)
class Share:
    level: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Payer:
    """Who bears the cost where ``when`` holds (no lines: always)."""

    when: tuple[Line, ...]
    shares: tuple[Share, ...]
    cites: tuple[Cited, ...]


@dataclass(frozen=True)
class VersionSaid:
    """One dated version; ``now``: the one in force on the page's day."""

    since: date | None
    until: date | None
    pack: str
    now: bool
    conditions: tuple[Condition, ...]
    amount: tuple[Line, ...]
    amount_below: tuple[Below, ...]
    payers: tuple[Payer, ...]
    cites: tuple[Cited, ...]


@dataclass(frozen=True)
class ConflictSaid:
    """A conflict in one sentence; ``others`` are the programmes besides the page's own."""

    ref: Ref
    kind: str
    since: date | None
    until: date | None
    pieces: Line
    cites: tuple[Cited, ...]


@dataclass(frozen=True)
class ProgrammeCard:
    """A line of the index."""

    ref: Ref
    group: str
    period: str
    entity: str
    priced: bool
    in_force: bool
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class ProgrammePage:
    card: ProgrammeCard
    zh: str
    en: str
    versions: tuple[VersionSaid, ...]
    conflicts: tuple[ConflictSaid, ...]
    users: tuple[Ref, ...]
    reads: tuple[Ref, ...]
    standards: tuple[Ref, ...]
    facts: tuple[Ref, ...]
    apply: str
    papers: tuple[str, ...]
    where: str


def cards(s: Shelf) -> tuple[ProgrammeCard, ...]:
    """All programmes, in the order in which the pack wants them shown."""
    declared = {p.name: p for p in s.book.programmes}
    return tuple(_card(s, declared[p.name], p) for p in sorted(s.ruleset.programmes, key=lambda p: (p.rank, p.name)))


def groups(found: Iterable[ProgrammeCard]) -> list[tuple[str, list[ProgrammeCard]]]:
    """The cards under their groups, in the order in which they come."""
    out: dict[str, list[ProgrammeCard]] = {}
    for card in found:
        out.setdefault(card.group, []).append(card)
    return list(out.items())


def programme(s: Shelf, name: str) -> ProgrammePage:
    """Raises NotFound."""
    p = next((p for p in s.book.programmes if p.name == name), None)
    if p is None:
        raise missing("项目", "programme", name)
    plan = next(x for x in s.ruleset.programmes if x.name == name)
    direct, end = s.uses.of_programme(plan), s.uses.in_the_end(plan)
    variables = s.ruleset.variables
    users = {
        o for n in (plan.eligible, plan.granted, plan.amount, plan.paid) if n for o in s.uses.users[plan.entity, n]
    }
    facts = sorted(k for k in end.variables if k in variables and variables[k].origin == "fact")
    return ProgrammePage(
        _card(s, p, plan), p.name, p.en, tuple(_version(s, p, v) for v in _ordered(p.versions)),
        tuple(told(s, c) for c in s.book.conflicts if name in _named(c)), owners(s, users - {("programme", "", name)}),
        tuple(s.ref("term", k[1], k[0]) for k in sorted(direct.variables) if variables[k].origin in ("fact", "rule")),
        tuple(s.ref("standard", x) for x in sorted(end.standards)),
        tuple(_fact(s, k) for k in facts), s.pick(p.apply_zh, p.apply_en),
        tuple(s.pick(zh, en) for zh, en in p.papers), str(p.where),
    )  # fmt: skip


def told(s: Shelf, c: Conflict) -> ConflictSaid:
    """A conflict in a sentence."""
    ref = s.ref("conflict", c.name)
    return ConflictSaid(ref, s.pick(*KINDS[c.kind]), c.since, c.until, tuple(_sentence(s, c)), s.cited(c.cites))


def owners(s: Shelf, found: Iterable[Owner]) -> tuple[Ref, ...]:
    """Programmes first, then the rest, each by its name."""
    order = {"programme": 0, "conflict": 1, "derived": 2, "term": 3}
    return tuple(s.ref(k, n, e) for k, e, n in sorted(found, key=lambda o: (order[o[0]], o[2])))


def missing(zh: str, en: str, name: str) -> NotFound:
    return NotFound(
        f"no-{en}", f"现行政策里没有{zh}“{name}”。", f"The policy in force has no {en.replace('-', ' ')} “{name}”."
    )


def _fact(s: Shelf, key: tuple[str, str]) -> Ref:
    """Of a table's fact the table is told too: many tables have a 金额."""
    ref = s.ref("term", key[1], key[0])
    of = s.ruleset.entities[key[0]]
    if not of.of or of.file == "person":
        return ref
    said = s.names.name(of.table or of.name)
    return Ref(ref.kind, ref.name, ref.entity, f"{s.pick(said.zh, said.en)} · {ref.text}")


def _card(s: Shelf, p: Programme, plan: ProgrammePlan) -> ProgrammeCard:
    said = [s.ruleset.variables[plan.entity, n] for n in plan.conditions]
    entity = s.names.name(p.entity)
    return ProgrammeCard(
        s.ref("programme", p.name), s.named("groups", p.group), s.pick(*PERIODS[p.period]), s.pick(entity.zh, entity.en), bool(plan.amount),
        plan.in_force, tuple(s.pick(v.zh, v.en) or (v.text.source if v.text else "") for v in said),
    )  # fmt: skip


def _ordered(versions: tuple[ProgrammeVersion, ...]) -> list[ProgrammeVersion]:
    """The newest first."""
    return sorted(versions, key=lambda v: v.since or date.min, reverse=True)


def _version(s: Shelf, p: Programme, v: ProgrammeVersion) -> VersionSaid:
    now = (v.since is None or v.since <= s.on) and (v.until is None or s.on <= v.until)
    day = s.on if now else (v.since or (v.until or s.on) - timedelta(days=1))
    other = s if now else s.at(day)
    variables = other.ruleset.variables
    conditions = []
    for i, c in enumerate(v.conditions, 1):
        found = variables.get((p.entity, f"符合{p.name}#{i}"))
        same = found is not None and found.text is not None and found.text.source == c.formula.source
        node = found.node if found is not None and same else None
        lines = other.formula(node, p.entity) or ((Piece(c.formula.source),),)
        conditions.append(Condition(s.pick(c.zh, c.en), lines, s.cited(c.cites), below(other, lines)))
    amount: tuple[Line, ...] = ()
    if v.amount is not None:
        found = variables.get((p.entity, f"{p.name}金额"))
        same = found is not None and found.text is not None and found.text.source == v.amount.source
        made = inner(found.node) if found is not None and same else None
        amount = other.formula(made, p.entity) or ((Piece(v.amount.source),),)
    return VersionSaid(
        v.since, v.until, v.pack, now, tuple(conditions), amount, below(other, amount), _payers(other, p, v), s.cited(v.cites)
    )  # fmt: skip


def below(s: Shelf, lines: tuple[Line, ...]) -> tuple[Below, ...]:
    """The rules named in a formula, each with its own, in the order of naming."""
    out: dict[tuple[str, str], Below] = {}
    for line in lines:
        for piece in line:
            key = (piece.ref.entity, piece.ref.name) if piece.ref is not None and piece.ref.kind == "term" else None
            v = s.ruleset.variables.get(key) if key else None
            if key and piece.ref is not None and v is not None and v.origin == "rule" and v.node is not None:
                out.setdefault(key, Below(piece.ref, s.formula(v.node, v.entity)))
    return tuple(out.values())


def inner(node: Node | None) -> Node | None:
    """The amount as the pack writes it, without what the compiler puts around it."""
    if isinstance(node, If):
        node = node.a
    while isinstance(node, Firm):
        node = node.x
    return node


def _payers(s: Shelf, p: Programme, v: ProgrammeVersion) -> tuple[Payer, ...]:
    out = []
    for i, f in enumerate(v.funding):
        when = () if f.when is None else _of(s, p.entity, f"{p.name}@出资{i}", f.when.source)
        shares = []
        for x in f.shares:
            rest: tuple[Line, ...] = ((Piece(s.pick("其余", "the rest")),),)
            lines = rest if x.formula is None else _of(s, p.entity, f"{p.name}@出资{i}·{x.level}", x.formula.source)
            shares.append(Share(s.named("payers", x.level), lines))
        out.append(Payer(when, tuple(shares), s.cited(f.cites)))
    return tuple(out)


def _of(s: Shelf, entity: str, name: str, source: str) -> tuple[Line, ...]:
    found = s.ruleset.variables.get((entity, name))
    return s.formula(found.node if found else None, entity) or ((Piece(source),),)


def _named(c: Conflict) -> set[str]:
    return {*c.programmes, *c.by, *(name for leg in c.legs for name in leg)}


def _sentence(s: Shelf, c: Conflict) -> list[Piece]:
    zh = s.lang == "zh"

    def listed(names: Iterable[str]) -> list[Piece]:
        out: list[Piece] = []
        for name in names:
            if out:
                out.append(Piece("、" if zh else ", "))
            ref = s.ref("programme", name)
            out.append(Piece(ref.text, ref))
        return out

    if c.kind == "bar":
        if zh:
            return [Piece("享受"), *listed(c.by), Piece("的，不再享受"), *listed(c.programmes), Piece("。")]
        return [Piece("Whoever enjoys "), *listed(c.by), Piece(" does not enjoy "), *listed(c.programmes), Piece(".")]
    if c.kind == "higher":
        legs: list[Piece] = []
        for i, leg in enumerate(c.legs):
            legs += [Piece(("；" if zh else "; ") if i else ""), *listed(leg)]
        end = Piece(
            "：只享受金额较高的一项，相等时取写在前面的。"
            if zh
            else ": only the higher is enjoyed; if equal, the first named."
        )
        return [*legs, end]
    if c.kind == "topup":
        over = c.over.source if c.over else ""
        first = next((p.entity for p in s.book.programmes if p.name in c.programmes), "")
        link = s.ref("term", over, first) if (first, over) in s.ruleset.variables else None
        mid = Piece("只补足超过" if zh else " pay only what they exceed ")
        return [
            *listed(c.programmes),
            mid,
            Piece(link.text if link else f"“{over}”", link),
            Piece("的差额。" if zh else " by."),
        ]
    return [*listed(_ordered_names(c)), Piece("可以同时享受。" if zh else " may be enjoyed together.")]


def _ordered_names(c: Conflict) -> list[str]:
    return list(dict.fromkeys([*c.programmes, *c.by, *(n for leg in c.legs for n in leg)]))
