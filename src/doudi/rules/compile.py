"""A book to a ruleset for one decision date: choose versions, understand every formula, put them in order, bound them. All faults come at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from doudi.rules.calendar import month_start
from doudi.rules.check import Checker, CheckError
from doudi.rules.declared import Book, Rule, Text
from doudi.rules.faults import NOWHERE, Fault, Faults
from doudi.rules.nodes import And, Firm, Node, Not, Read, walk
from doudi.rules.programmes import Desugar, Pending, covers, false, written
from doudi.rules.ranges import Overflow, settle
from doudi.rules.ruleset import DerivedPlan, Key, Ruleset, StandardTable, Variable
from doudi.rules.scope import Names, Signature, index, kind_bounds
from doudi.rules.sound import unsound
from doudi.rules.storage import bounds_fault, fraction_fault, holds, overflow_fault, stored_bounds, stores_whole
from doudi.rules.syntax import Tree, parse
from doudi.rules.types import TRUTH, Kind, Type

_ROUND = 12
"""The most names that a circle is told by."""
_LANGUAGE = "3"
"""Part of every digest: changes when the meaning of the language changes."""


def compile_book(book: Book, as_of: date, month: date | None = None) -> Ruleset:
    """The rules of ``book`` as they stand on ``as_of`` (the 基准日), for the 所属月 ``month`` (any day of it; default: the month of ``as_of``).

    Raises Faults with every fault found.
    """
    work = Compiler(book, as_of, month_start(month or as_of))
    ruleset = work.run()
    if work.faults:
        raise Faults(set(work.faults))
    assert ruleset is not None
    return ruleset


@dataclass
class _Made:
    pending: Pending
    node: Node | None
    reads: set[Key]


class Compiler:
    """One run over a book for one date; ``faults`` holds what was found."""

    def __init__(self, book: Book, as_of: date, month: date) -> None:
        self.book = book
        self.as_of = as_of
        self.month = month
        self.faults: list[Fault] = []
        self.trees: dict[tuple[str, str], Tree | Fault] = {}
        self.filters: dict[str, Node] = {}
        self.desugar = Desugar(book, as_of)
        self.desugar.run()
        self.faults += self.desugar.faults
        self.pending = [*self._rules(), *self.desugar.pending, *self._derived()]
        extra = [Signature((p.entity, p.name), p.type, p.en, p.where) for p in self.pending if p.origin != "rule"]
        self.names: Names = index(book, extra)
        self.faults += self.names.faults
        self.faults += unsound(book)
        self.as_root = self.names.root
        self.pending += self._lapsed_flags()

    # --- what is to be made -----------------------------------------------------------------------------------------

    def _rules(self) -> list[Pending]:
        """The version of each rule in force; a rule with none stays without a node."""
        out: list[Pending] = []
        self.lapsed: list[Rule] = []
        for r in self.book.rules:
            v = next((v for v in r.versions if covers(v.since, v.until, self.as_of)), None)
            if v is None:
                self.lapsed.append(r)
                continue
            out.append(
                Pending(
                    r.entity,
                    r.name,
                    r.en,
                    r.type,
                    "rule",
                    written(r.type),
                    v.formula,
                    v.cites,
                    r.name,
                    "",
                    v.pack,
                    r.where,
                    v.since,
                    v.until,
                )
            )
        return out

    def _derived(self) -> list[Pending]:
        self.in_force = [d for d in self.book.derived if covers(d.since, d.until, self.as_of)]
        return [
            Pending(
                d.of,
                f"{d.name}#条件",
                f"Tried as {d.en}",
                TRUTH,
                "when",
                written(TRUTH),
                d.when,
                d.cites,
                d.name,
                "",
                d.pack,
                d.where,
            )
            for d in self.in_force
        ]

    def _lapsed_flags(self) -> list[Pending]:
        """作为X is false on a date on which no version of the derived household X is in force: nobody is decided as one."""
        now = {d.name for d in self.in_force}
        lapsed = {d.name: d for d in self.book.derived if d.name not in now}

        def never(_: Checker, __: Tree | None) -> Node:
            return false()

        return [
            Pending(self.as_root, f"作为{d.name}", f"Decided as {d.en}", TRUTH, "derived", never, where=d.where)
            for d in lapsed.values()
        ]

    # --- formulas ---------------------------------------------------------------------------------------------------

    def tree(self, text: Text) -> Tree:
        """The parsed formula. Raises CheckError."""
        found = parse(text, self.names.lexicon)
        if isinstance(found, Fault):
            raise CheckError(found)
        return found

    def checker(self, text: Text | None, entity: str) -> Checker:
        return Checker(self.names, text or Text("", NOWHERE), entity, self.as_of, self.month, self.filter_of)

    def filter_of(self, view: str) -> Node:
        """The truth that says which rows of the table belong to ``view``. Raises CheckError."""
        if view not in self.filters:
            v = next(v for v in self.book.views if v.name == view)
            node = self.checker(v.formula, v.entity).truth(self.tree(v.formula))
            self.filters[view] = node
        return self.filters[view]

    def _make(self, p: Pending) -> _Made | None:
        check = self.checker(p.text, p.entity)
        try:
            tree = None if p.text is None else self.tree(p.text)
            return _Made(p, p.make(check, tree), check.reads)
        except CheckError as error:
            self.faults.append(error.fault)
            return None

    def check_all_versions(self) -> list[Fault]:
        """Read and type every version of everything, whatever its dates."""
        found: list[Fault] = []

        def look(text: Text | None, entity: str, wanted: Type) -> None:
            if text is None or entity not in self.names.entities:
                return
            try:
                self.checker(text, entity).formula(self.tree(text), wanted)
            except CheckError as error:
                found.append(error.fault)

        money = Type(Kind.MONEY)
        for r in self.book.rules:
            for v in r.versions:
                look(v.formula, r.entity, r.type)
        for p in self.book.programmes:
            for pv in p.versions:
                look(pv.amount, p.entity, money)
                for c in pv.conditions:
                    look(c.formula, p.entity, TRUTH)
                for f in pv.funding:
                    look(f.when, p.entity, TRUTH)
                    for s in f.shares:
                        look(s.formula, p.entity, money)
        for d in self.book.derived:
            look(d.when, d.of, TRUTH)
        return found

    # --- the whole --------------------------------------------------------------------------------------------------

    def run(self) -> Ruleset | None:
        if self.faults:
            # names that clash would only produce noise further on, but formulas can still be read
            self.faults += self.check_all_versions()
            return None
        self._views()
        made = {(m.pending.entity, m.pending.name): m for m in map(self._make, self.pending) if m is not None}
        self._settled_names()
        if self.faults:
            return None
        self._confine(made)
        order = self._order(made)
        if order is None:
            return None
        variables = self._bound(made, order)
        if self.faults:
            return None
        return Ruleset(
            book=self.book,
            as_of=self.as_of,
            month=self.month,
            root=self.names.root,
            entities=self.names.entities,
            variables=variables,
            order=tuple(order),
            standards={s.name: StandardTable(s) for s in self.book.standards},
            programmes=tuple(sorted(self.desugar.plans, key=lambda p: (p.rank, p.name))),
            derived=self._plans(),
            membership=self._membership(),
            digest=hashlib.sha256(f"{_LANGUAGE}|{self.book.digest}|{self.as_of}|{self.month}".encode()).hexdigest(),
        )

    def _views(self) -> None:
        for view in self.book.views:
            try:
                self.filter_of(view.name)
            except CheckError as error:
                self.faults.append(error.fault)

    def _settled_names(self) -> None:
        for d in self.in_force:
            entity, _, name = d.settles.partition(".")
            sig = self.names.variables.get((entity, name))
            if sig is None or sig.type != TRUTH or entity != self.names.root:
                root = self.names.root
                self.faults.append(
                    Fault(
                        d.where,
                        "derived-settles",
                        f"“{d.settles}”不是{root}的“是否”量",
                        f"“{d.settles}” is not a truth of {root}",
                    )
                )

    def _plans(self) -> tuple[DerivedPlan, ...]:
        return tuple(
            DerivedPlan(
                d.name,
                d.en,
                d.of,
                f"{d.name}#条件",
                f"作为{d.name}",
                d.settles.partition(".")[2],
                d.counts_in_original,
                d.cites,
            )
            for d in self.in_force
        )

    def _membership(self) -> Key | None:
        """The single truth that the view of counted members rests on (it is what a derived household fixes)."""
        for view in self.book.views:
            node = self.filters.get(view.name)
            if (
                self.names.entities[view.entity].of == self.names.root
                and isinstance(node, Read)
                and node.entity == view.entity
            ):
                return (node.entity, node.name)
        return None

    def _confine(self, made: dict[Key, _Made]) -> None:
        """A household of one is decided for what its settling truth rests on. Whatever else is due to households (relief of a fire, a house to be
        rebuilt) is the original's, out of the very same facts: decided in both, it would be paid twice."""
        for d in self.in_force:
            alone = Read(type=TRUTH, entity=self.as_root, name=f"作为{d.name}")
            settled = self._below(made, (self.as_root, d.settles.partition(".")[2]))
            for p in self.desugar.programmes.values():
                key = (self.as_root, f"符合{p.name}")
                node = made[key].node if p.entity == self.as_root and key not in settled else None
                if isinstance(node, Firm):
                    made[key] = replace(made[key], node=replace(node, x=And(xs=(Not(x=alone), node.x))))

    def _below(self, made: dict[Key, _Made], key: Key) -> set[Key]:
        """``key`` and all that it rests on."""
        seen: set[Key] = set()
        stack = [key]
        while stack:
            at = stack.pop()
            if at not in seen:
                seen.add(at)
                stack += self._needs(made, at) if at in made else ()
        return seen

    # --- order ------------------------------------------------------------------------------------------------------

    def _order(self, made: dict[Key, _Made]) -> list[Key] | None:
        """Every computed variable after what it reads; a circle is a fault that names it."""
        state: dict[Key, int] = {}
        order: list[Key] = []
        for start in made:
            if start in state:
                continue
            stack: list[tuple[Key, list[Key]]] = [(start, self._needs(made, start))]
            state[start] = 1
            while stack:
                key, needs = stack[-1]
                if not needs:
                    stack.pop()
                    state[key] = 2
                    order.append(key)
                    continue
                need = needs.pop()
                if need not in made or state.get(need) == 2:
                    continue
                if state.get(need) == 1:
                    circle = [k for k, _ in stack]
                    self._circle([*circle[circle.index(need) :], need], made)
                    return None
                state[need] = 1
                stack.append((need, self._needs(made, need)))
        return order

    def _needs(self, made: dict[Key, _Made], key: Key) -> list[Key]:
        reads = set(made[key].reads)
        node = made[key].node
        if node is not None:
            reads |= {(n.entity, n.name) for n in walk(node) if isinstance(n, Read)}
        return sorted(reads, reverse=True)

    def _circle(self, circle: list[Key], made: dict[Key, _Made]) -> None:
        # Names of our own making say nothing to whoever wrote the rules, and a long round is told by its beginning.
        own = [key for key in circle if not any(mark in key[1] for mark in "#@·")]
        told = [f"{entity}.{name}" for entity, name in (own if len(set(own)) > 1 else circle)]
        if told[0] != told[-1]:
            told.append(told[0])
        said = " → ".join(told if len(told) <= _ROUND else [*told[: _ROUND - 1], "…", told[-1]])
        p = made[circle[0]].pending
        where = p.text.where if p.text is not None else p.where
        self.faults.append(
            Fault(
                where, "circle", f"这些量互相依赖，绕成了圈：{said}", f"These depend on each other in a circle: {said}"
            )
        )

    # --- bounds -----------------------------------------------------------------------------------------------------

    def _bound(self, made: dict[Key, _Made], order: list[Key]) -> dict[Key, Variable]:
        variables: dict[Key, Variable] = {}
        for f in self.book.facts:
            variables[(f.entity, f.name)] = Variable(f.entity, f.name, f.en, f.type, f.lo, f.hi, "fact")
        for d in self.book.derived:
            name = f"作为{d.name}"
            variables[(self.as_root, name)] = Variable(self.as_root, name, f"Decided as {d.en}", TRUTH, 0, 1, "derived")
        for r in self.lapsed:
            lo, hi = self._declared_bounds(r)
            variables[(r.entity, r.name)] = Variable(r.entity, r.name, r.en, r.type, lo, hi, "rule", in_force=False)
        standards = {s.name: s for s in self.book.standards}
        declared = {(r.entity, r.name): r for r in self.book.rules}

        def bounds(entity: str, name: str) -> tuple[int, int]:
            v = variables[(entity, name)]
            return v.lo, v.hi

        for key in order:
            p, node = made[key].pending, made[key].node
            assert node is not None
            lo, hi = 0, 0
            try:
                form = settle(node, bounds, self.names.entities, standards)
                lo, hi = stored_bounds(p.type, node)
                if not stores_whole(p.type, form):
                    self.faults.append(fraction_fault(p))
            except Overflow as fault:
                self.faults.append(overflow_fault(p, fault))
            rule = declared.get(key)
            if rule is not None and not holds(rule, lo, hi):
                self.faults.append(bounds_fault(rule, lo, hi))
            variables[key] = Variable(
                p.entity, p.name, p.en, p.type, lo, hi, p.origin, node, p.text, p.cites, p.zh, p.programme,
                pack=p.pack, since=p.since, until=p.until,
            )  # fmt: skip
        return variables

    def _declared_bounds(self, r: Rule) -> tuple[int, int]:
        """Bounds of a rule that has no version in force: what it declares, else what its kind allows."""
        lo, hi = kind_bounds(r.type, self.names)
        return (lo if r.lo is None else r.lo), (hi if r.hi is None else r.hi)
