"""Programmes, conflicts and derived households become ordinary variables here; the evaluators know nothing of them.

For a programme X: its conditions 符合X#1, #2 …; 符合X is all of them, made firm; X金额 its amount, 0 where not 符合; X#可享 after bars;
享受X after the choice of the higher; X实发 what is paid. A conflict C adds truths ``X@C`` that are true when C takes X away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from doudi.rules.check import Checker
from doudi.rules.declared import Book, Citation, Condition, Conflict, Funding, Programme, ProgrammeVersion, Text
from doudi.rules.faults import NOWHERE, Fault, Where, hint
from doudi.rules.funding import UNSTATED, nothing, read, share_of
from doudi.rules.nodes import And, Arith, Compare, Const, Extreme, Firm, If, Node, Not, Or
from doudi.rules.ruleset import Origin, ProgrammePlan
from doudi.rules.syntax import Tree
from doudi.rules.types import MONEY, TRUTH, Type

Make = Callable[[Checker, Tree | None], Node]


@dataclass(frozen=True)
class Pending:
    """A variable whose node is still to be made: ``make`` gets a checker for its entity and the tree of ``text`` (None where it has none)."""

    entity: str
    name: str
    en: str
    type: Type
    origin: Origin
    make: Make
    text: Text | None = None
    cites: tuple[Citation, ...] = ()
    zh: str = ""
    programme: str = ""
    pack: str = ""
    where: Where = NOWHERE
    since: date | None = None
    until: date | None = None


def covers(since: date | None, until: date | None, at: date) -> bool:
    return (since is None or since <= at) and (until is None or at <= until)


def false() -> Node:
    return Const(type=TRUTH, value=0)


def _all_of(parts: list[Node]) -> Node:
    """What is eligible and has nothing in its way, which no assumption may say: eligible is firm by itself."""
    return Firm(type=TRUTH, x=And(xs=tuple(parts))) if len(parts) > 1 else parts[0]


def written(wanted: Type, firm: bool = False) -> Make:
    """The node of the formula as written, made firm where asked."""

    def make(check: Checker, tree: Tree | None) -> Node:
        assert tree is not None
        node = check.formula(tree, wanted)
        return Firm(type=node.type, x=node) if firm else node

    return make


class Desugar:
    """Turns the programmes and conflicts of a book in force on ``at`` into pending variables and plans."""

    def __init__(self, book: Book, at: date) -> None:
        self.programmes = {p.name: p for p in book.programmes}
        self.conflicts = [c for c in book.conflicts if covers(c.since, c.until, at)]
        self.at = at
        self.pending: list[Pending] = []
        self.plans: list[ProgrammePlan] = []
        self.faults: list[Fault] = []

    def run(self) -> None:
        self._check_conflicts()
        for programme in self.programmes.values():
            self._programme(programme)
        for conflict in self.conflicts:
            if conflict.kind == "higher":
                self._legs(conflict)

    # --- programmes -------------------------------------------------------------------------------------------------

    def _programme(self, p: Programme) -> None:
        version = next((v for v in p.versions if covers(v.since, v.until, self.at)), None)
        priced = any(v.amount is not None for v in p.versions)
        conditions = self._conditions(p, version)
        self._eligible(p, version, conditions)
        blockers = self._blockers(p)
        self._granted(p, blockers)
        shares: list[tuple[str, str]] = []
        if p.received is not None:
            self._add(
                p,
                f"{p.name}现领",
                f"Received now: {p.en}",
                MONEY,
                "received",
                written(MONEY),
                p.received,
                f"{p.name}现领",
            )
        if priced:
            self._paid(p, version)
            shares = self._shares(p, version.funding if version else ())
        self.plans.append(
            ProgrammePlan(
                p.name, p.en, p.entity, p.period, tuple(conditions), f"符合{p.name}", f"{p.name}金额" if priced else "", f"享受{p.name}",
                f"{p.name}实发" if priced else "", tuple(blockers), tuple(shares), "" if p.received is None else f"{p.name}现领",
                p.rank, p.group, version is not None,
            )
        )  # fmt: skip

    def _add(
        self,
        p: Programme,
        name: str,
        en: str,
        kind: Type,
        origin: Origin,
        make: Make,
        text: Text | None = None,
        zh: str = "",
        cites: tuple[Citation, ...] = (),
    ) -> None:
        version = next((v for v in p.versions if covers(v.since, v.until, self.at)), None)
        self.pending.append(
            Pending(
                p.entity,
                name,
                en,
                kind,
                origin,
                make,
                text,
                cites,
                zh,
                p.name,
                version.pack if version else "",
                p.where,
            )
        )

    def _conditions(self, p: Programme, version: ProgrammeVersion | None) -> list[str]:
        out: list[str] = []
        listed: tuple[Condition, ...] = version.conditions if version else ()
        for i, c in enumerate(listed, 1):
            name = f"符合{p.name}#{i}"
            out.append(name)
            self._add(p, name, c.en, TRUTH, "condition", written(TRUTH), c.formula, c.zh, c.cites)
        return out

    def _eligible(self, p: Programme, version: ProgrammeVersion | None, conditions: list[str]) -> None:
        def make(check: Checker, _: Tree | None) -> Node:
            if not conditions:
                return false()  # a programme not in force, or one that says of nobody who it is for
            parts = tuple(read(check, p.entity, c) for c in conditions)
            return Firm(type=TRUTH, x=And(xs=parts) if len(parts) > 1 else parts[0])

        cites = version.cites if version else ()
        self._add(p, f"符合{p.name}", f"Eligible: {p.en}", TRUTH, "eligible", make, None, f"符合{p.name}", cites)

    def _paid(self, p: Programme, version: ProgrammeVersion | None) -> None:
        text = version.amount if version else None

        def amount(check: Checker, tree: Tree | None) -> Node:
            if tree is None:
                return nothing()
            node = check.formula(tree, MONEY)
            return If(
                type=MONEY,
                c=read(check, p.entity, f"符合{p.name}"),
                a=Firm(type=MONEY, x=node),
                b=nothing(),
                span=node.span,
            )

        self._add(
            p,
            f"{p.name}金额",
            f"Amount: {p.en}",
            MONEY,
            "amount",
            amount,
            text,
            f"{p.name}金额",
            version.cites if version else (),
        )
        tops = [c for c in self.conflicts if c.kind == "topup" and p.name in c.programmes and c.over is not None]
        for c in tops:
            self._add(
                p, f"{p.name}@{c.name}", c.en, MONEY, "conflict", written(MONEY, firm=True), c.over, c.name, c.cites
            )

        def paid(check: Checker, _: Tree | None) -> Node:
            due = read(check, p.entity, f"{p.name}金额")
            for c in tops:
                due = Arith(type=MONEY, op="-", a=due, b=read(check, p.entity, f"{p.name}@{c.name}"))
            # whatever a formula or a top-up leaves, a programme never takes money
            due = Extreme(type=MONEY, greatest=True, xs=(due, nothing()))
            return If(type=MONEY, c=read(check, p.entity, f"享受{p.name}"), a=due, b=nothing())

        self._add(p, f"{p.name}实发", f"Paid: {p.en}", MONEY, "paid", paid, None, f"{p.name}实发")

    # --- conflicts --------------------------------------------------------------------------------------------------

    def _blockers(self, p: Programme) -> list[tuple[str, str]]:
        out: list[tuple[str, str]] = []
        bars = [c for c in self.conflicts if c.kind == "bar" and p.name in c.programmes]
        for c in bars:
            out.append((c.name, f"{p.name}@{c.name}"))

            def barred(check: Checker, _: Tree | None, c: Conflict = c) -> Node:
                parts = tuple(read(check, p.entity, f"享受{other}") for other in c.by)
                return Or(xs=parts) if len(parts) > 1 else parts[0]

            self._add(p, f"{p.name}@{c.name}", c.en, TRUTH, "conflict", barred, None, c.name, c.cites)

        def clear(check: Checker, _: Tree | None) -> Node:
            parts = [read(check, p.entity, f"符合{p.name}")]
            parts += [Not(x=read(check, p.entity, f"{p.name}@{c.name}")) for c in bars]
            return _all_of(parts)

        self._add(p, f"{p.name}#可享", f"Not barred: {p.en}", TRUTH, "conflict", clear, None, f"{p.name}未被排除")
        for c in self.conflicts:
            if c.kind == "higher" and any(p.name in leg for leg in c.legs):
                out.append((c.name, f"{p.name}@{c.name}"))
                self._add(p, f"{p.name}@{c.name}", c.en, TRUTH, "conflict", self._loses(p, c), None, c.name, c.cites)
        return out

    def _loses(self, p: Programme, c: Conflict) -> Make:
        mine = next(i for i, leg in enumerate(c.legs) if p.name in leg)

        def make(check: Checker, _: Tree | None) -> Node:
            beaten: list[Node] = []
            own = read(check, p.entity, f"{c.name}#腿{mine + 1}")
            for i, leg in enumerate(c.legs):
                if i == mine:
                    continue
                other = read(check, p.entity, f"{c.name}#腿{i + 1}")
                if i > mine:
                    beaten.append(Compare(op=">", a=other, b=own))
                    continue
                rivals = tuple(read(check, p.entity, f"{name}#可享") for name in leg)
                some = Or(xs=rivals) if len(rivals) > 1 else rivals[0]
                beaten.append(And(xs=(some, Compare(op=">=", a=other, b=own))))
            return Or(xs=tuple(beaten)) if len(beaten) > 1 else beaten[0]

        return make

    def _legs(self, c: Conflict) -> None:
        for i, leg in enumerate(c.legs, 1):
            if any(name not in self.programmes for name in leg):
                continue
            first = self.programmes[leg[0]]

            def total(check: Checker, _: Tree | None, leg: tuple[str, ...] = leg, first: Programme = first) -> Node:
                node: Node | None = None
                for name in leg:
                    part = If(
                        type=MONEY,
                        c=read(check, first.entity, f"{name}#可享"),
                        a=read(check, first.entity, f"{name}金额"),
                        b=nothing(),
                    )
                    node = part if node is None else Arith(type=MONEY, op="+", a=node, b=part)
                assert node is not None
                return node

            self.pending.append(
                Pending(
                    first.entity,
                    f"{c.name}#腿{i}",
                    f"{c.en}: {' + '.join(leg)}",
                    MONEY,
                    "conflict",
                    total,
                    None,
                    c.cites,
                    "、".join(leg),
                    "",
                    c.pack,
                    c.where,
                )
            )

    def _granted(self, p: Programme, blockers: list[tuple[str, str]]) -> None:
        higher = [
            variable
            for name, variable in blockers
            if any(c.name == name and c.kind == "higher" for c in self.conflicts)
        ]

        def make(check: Checker, _: Tree | None) -> Node:
            parts = [read(check, p.entity, f"{p.name}#可享"), *(Not(x=read(check, p.entity, v)) for v in higher)]
            return _all_of(parts)

        self._add(p, f"享受{p.name}", f"Granted: {p.en}", TRUTH, "granted", make, None, f"享受{p.name}")

    def _check_conflicts(self) -> None:
        """Every conflict names programmes of one entity that exist; the legs of ``higher`` pay in one rhythm and none stands in two such groups."""
        grouped: dict[str, str] = {}
        for c in list(self.conflicts):
            named = [*c.programmes, *c.by, *(name for leg in c.legs for name in leg)]
            bad = [n for n in named if n not in self.programmes]
            for n in bad:
                zh, en = hint(n, self.programmes)
                self.faults.append(
                    Fault(c.where, "unknown-programme", f"没有项目“{n}”{zh}", f"There is no programme “{n}”{en}")
                )
            if bad:
                self.conflicts.remove(c)
                continue
            listed = [self.programmes[n] for n in named]
            if len({p.entity for p in listed}) > 1:
                self.faults.append(
                    Fault(
                        c.where,
                        "mixed-entities",
                        f"冲突“{c.name}”里的项目不属于同一实体",
                        f"The programmes of “{c.name}” are not of one entity",
                    )
                )
                self.conflicts.remove(c)
                continue
            if c.kind == "higher" and len({p.period for p in listed}) > 1:
                self.faults.append(
                    Fault(
                        c.where,
                        "mixed-periods",
                        f"冲突“{c.name}”要比较的项目发放周期不同",
                        f"The legs of “{c.name}” are not paid over the same period",
                    )
                )
            for n in {name for leg in c.legs for name in leg}:
                if n in grouped:
                    self.faults.append(
                        Fault(
                            c.where,
                            "two-groups",
                            f"“{n}”已在“{grouped[n]}”里择高，不能再在“{c.name}”里择高",
                            f"“{n}” already stands in “{grouped[n]}”",
                        )
                    )
                grouped[n] = c.name

    def _shares(self, p: Programme, funding: tuple[Funding, ...]) -> list[tuple[str, str]]:
        """A variable for each level, the shares of one payment always adding up to it; what nobody is named for is 未载明."""
        levels = list(dict.fromkeys(s.level for f in funding for s in f.shares))
        if not levels:
            return []
        for i, f in enumerate(funding):
            if f.when is not None:
                self._add(p, f"{p.name}@出资{i}", "Funding applies", TRUTH, "share", written(TRUTH), f.when)
            for s in f.shares:
                if s.formula is not None:
                    self._add(
                        p,
                        f"{p.name}@出资{i}·{s.level}",
                        f"Borne by {s.level}",
                        MONEY,
                        "share",
                        written(MONEY),
                        s.formula,
                        "",
                        f.cites,
                    )
        out: list[tuple[str, str]] = []
        for level in [*levels, UNSTATED]:
            name = f"{p.name}实发·{level}"
            out.append((level, name))
            self._add(p, name, f"{p.en}, borne by {level}", MONEY, "share", share_of(p, funding, level), None, name)
        return out
