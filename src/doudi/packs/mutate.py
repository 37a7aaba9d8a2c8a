"""Proves cases: changes a pack's rules and values one small thing at a time, and sees whether some case fails.

A change is first tried on the formula alone, over the rows of decisions already made: where no value of it changes,
nothing else can, and
the case need not be decided again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from doudi.packs import mutants, mutants_beside, mutants_dated
from doudi.packs.case import Case, Expectation
from doudi.packs.cases import Asker, Moment, by_moment
from doudi.packs.pack import Pack
from doudi.packs.reading import Reader
from doudi.packs.survivors import read_survivors, stale
from doudi.rules import Book, Fault, Faults, Ruleset, Where, compile_book
from doudi.rules.nodes import Node, Read, Scale, Standard, walk
from doudi.rules.ruleset import Key, Variable
from doudi.rules.scalar import Decision
from doudi.rules.scalar.decide import decide_with
from doudi.rules.scalar.evaluate import Run
from doudi.rules.scalar.program import Program

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Mutant:
    """One small change. ``rule`` names what it is in and ``mutation`` says it; together they are its key in
    survivors.yaml."""

    rule: str
    mutation: str
    en: str
    where: Where


@dataclass(frozen=True)
class MutationReport:
    """``survivors`` are the changes that no case noticed and nobody accepted; ``faults`` entries of survivors.yaml
    that no longer hold."""

    changes: int
    noticed: int
    accepted: tuple[Mutant, ...]
    survivors: tuple[Mutant, ...]
    faults: tuple[Fault, ...]


@dataclass
class _Tried:
    """A case as decided by the rules as they are: its runs (itself and households of one), and the variables that it
    rests on."""

    case: Case
    runs: tuple[Run, ...]
    needs: frozenset[Key]
    direct: frozenset[Key]
    asks_missing: bool
    programmes: frozenset[str]


@dataclass
class _Stage:
    """One moment: the ruleset, its program, which variables look a standard up, and the cases decided by it."""

    ruleset: Ruleset
    program: Program
    asker: Asker
    readers: dict[str, list[Key]]
    tried: list[_Tried] = field(default_factory=list)


def mutate(pack: Pack, progress: Progress | None = None, below: Sequence[Pack] = ()) -> MutationReport:
    """Change everything that ``pack`` itself declares. Raises Faults where cases cannot be read, or do not come out as
    stated now.

    What ``pack`` leaves to areas it has no values for, and its own cases can then only say that it is not known. So
    the cases of packs ``below``, which stand on it, count too.
    """
    reader = Reader()
    accepted = read_survivors(reader, pack.info)
    if reader.faults:
        raise Faults(reader.faults)
    trials = _trials(pack, pack.name, _moments(pack))
    survived: list[Mutant] = []
    for done, (mutant, attempts) in enumerate(trials.items(), 1):
        if not any(attempt() for attempt in attempts):
            survived.append(mutant)
        if progress is not None:
            progress(done, len(trials))
    for lower in below:
        if survived:
            more = _trials(lower, pack.name, by_moment(lower.cases))
            survived = [m for m in survived if not any(attempt() for attempt in more.get(m, ()))]
    listed = {(a.rule, a.mutation) for a in accepted}
    kept = tuple(m for m in survived if (m.rule, m.mutation) in listed)
    left = tuple(m for m in survived if (m.rule, m.mutation) not in listed)
    faults = stale(accepted, {(m.rule, m.mutation) for m in survived})
    return MutationReport(len(trials), len(trials) - len(survived), kept, left, tuple(faults))


# --- what is decided before anything is changed
# -------------------------------------------------------------------------


def _moments(pack: Pack) -> dict[Moment, list[Case]]:
    """The moments of the cases, and one more for each version that no case falls in: its changes must be listed too."""
    moments = by_moment(pack.cases)
    spans = [(v.since, v.until) for r in pack.book.rules for v in r.versions if v.pack == pack.name]
    spans += [(v.since, v.until) for p in pack.book.programmes for v in p.versions if v.pack == pack.name]
    for since, until in spans:
        if not any((since is None or since <= at) and (until is None or at <= until) for at, _ in moments):
            at = since or until or date(2024, 1, 1)
            moments[at, at.replace(day=1)] = []
    return moments


def _stage(pack: Pack, moment: Moment, cases: list[Case]) -> _Stage:
    ruleset = compile_book(pack.book, *moment)
    stage = _Stage(ruleset, Program(ruleset), Asker(ruleset, pack.state.words), _readers(ruleset))
    reads = _Reads(ruleset)
    for case in cases:
        asked = frozenset(p.name for e in case.expect if (p := stage.asker.plan(e)) is not None)
        decision = decide_with(stage.program, case.household, asked)
        wrong = [d for e in case.expect if (d := stage.asker.compare(case, decision, e)) is not None]
        if wrong:
            raise Faults(Fault(d.where, "case-fails", d.zh, d.en) for d in wrong)
        direct = frozenset(key for e in case.expect for key in _asked(stage.asker, e))
        asks_missing = any(e.asked == "missing" for e in case.expect)
        stage.tried.append(_Tried(case, _runs(decision), reads.below(direct), direct, asks_missing, asked))
    return stage


def _runs(decision: Decision) -> tuple[Run, ...]:
    found = [decision.first.run, decision.finder.run, *(d.decision.finder.run for d in decision.derived)]
    return tuple({id(run): run for run in found}.values())


def _asked(asker: Asker, e: Expectation) -> Iterator[Key]:
    plan = asker.plan(e)
    names = (e.name,) if plan is None else (plan.eligible, plan.granted, plan.amount, plan.paid)
    return ((e.entity, name) for name in names if name)


class _Reads:
    """Which variables each variable rests on, through all that it reads."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.direct: dict[Key, frozenset[Key]] = {
            key: frozenset((n.entity, n.name) for n in walk(v.node) if isinstance(n, Read))
            for key, v in ruleset.variables.items()
            if v.node is not None
        }
        # whoever may be decided as a household of one rests on what decides that
        self.always = {(d.entity, d.when) for d in ruleset.derived} | {
            (ruleset.root, d.settles) for d in ruleset.derived
        }

    def below(self, keys: Iterable[Key]) -> frozenset[Key]:
        seen: set[Key] = set()
        stack = [*keys, *self.always]
        while stack:
            key = stack.pop()
            if key not in seen:
                seen.add(key)
                stack.extend(self.direct.get(key, ()))
        return frozenset(seen)


# --- changes
# ------------------------------------------------------------------------------------------------------------


Attempt = Callable[[], bool]
"""Tries a change at one moment; whether some case noticed."""


def _trials(pack: Pack, name: str, moments: dict[Moment, list[Case]]) -> dict[Mutant, list[Attempt]]:
    """Every change to what the pack ``name``, of the chain of ``pack``, declares, with all the moments at which it can
    be tried. The same change of the same text at another moment is the same mutant."""
    stages = {moment: _stage(pack, moment, cases) for moment, cases in moments.items()}
    trials: dict[Mutant, list[Attempt]] = defaultdict(list)
    for stage in stages.values():
        for mutant, attempt in _formulas(pack, name, stage):
            trials[mutant].append(attempt)
    for mutant, attempts in _standards(pack, name, stages):
        trials[mutant] += attempts
    for mutant, attempts in _dates(pack, name, stages):
        trials[mutant] += attempts
    for mutant, attempts in _beside(pack, name, stages):
        trials[mutant] += attempts
    return trials


def _formulas(pack: Pack, name: str, stage: _Stage) -> Iterator[tuple[Mutant, Attempt]]:
    named = mutants.Named(frozenset(v.name for v in pack.book.views), {c.name: c.values for c in pack.book.categories})
    for key in stage.ruleset.order:
        variable = stage.ruleset.variables[key]
        if variable.pack != name or variable.text is None:
            continue
        seen: dict[str, int] = {}
        for change, node in mutants.of_variable(variable, named):
            text = " ".join(variable.text.source[slice(*change.span)].split())
            said = f"{text}：{change.zh}"
            seen[said] = seen.get(said, 0) + 1
            nth = f"（第 {seen[said]} 处）" if seen[said] > 1 else ""
            mutant = Mutant(_label(variable), said + nth, f"{text}: {change.en}", variable.text.at(change.span[0]))
            yield mutant, _formula_attempt(stage, key, node)


def _label(variable: Variable) -> str:
    if variable.origin == "condition":
        return f"项目 {variable.programme} 条件 {variable.name.rpartition('#')[2]}"
    return f"{variable.entity}.{variable.name}"


def _formula_attempt(stage: _Stage, key: Key, node: Node) -> Attempt:
    def attempt() -> bool:
        changed: Program | None = None
        # Cases that ask for the variable itself are the likeliest to notice.
        for tried in sorted(stage.tried, key=lambda t: key not in t.direct):
            if key not in tried.needs:
                continue
            changed = changed or stage.program.changed(key, node)
            if _differs(changed, [key], tried) and _notices(stage, changed, tried):
                return True
        return False

    return attempt


def _differs(changed: Program, keys: list[Key], tried: _Tried) -> bool:
    """Whether any of ``keys`` comes to another value on any row that was decided. What is missing can change without
    that."""
    if tried.asks_missing:
        return True
    for key in keys:
        node = changed.ruleset.variables[key].node
        if node is None:
            continue
        fn, slot = changed.fn(node, key[0]), changed.slots[key]
        for run in tried.runs:
            if any(fn(row) != row.v[slot] for row in run.rows[key[0]]):
                return True
    return False


def _notices(stage: _Stage, changed: Program, tried: _Tried) -> bool:
    asker = Asker(changed.ruleset, stage.asker.words)
    try:
        decision = decide_with(changed, tried.case.household, tried.programmes)
    except (ArithmeticError, ValueError):
        return True  # a rule that breaks is a rule that is noticed
    return any(asker.compare(tried.case, decision, e) is not None for e in tried.case.expect)


def _standards(pack: Pack, name: str, stages: dict[Moment, _Stage]) -> Iterator[tuple[Mutant, list[Attempt]]]:
    # targets and floors are nobody's standard: no rule reads them, so no case can
    for decl in (d for d in pack.book.standards if d.kind == "standard"):
        for valued in mutants_dated.of_standard(decl, name, pack.state.words):
            said = f"{valued.text}：{valued.zh}".strip()
            mutant = Mutant(f"标准 {decl.name}", said, f"{valued.text}: {valued.en}", valued.where)
            yield mutant, [_standard_attempt(stage, decl.name, valued) for stage in stages.values()]


def _readers(ruleset: Ruleset) -> dict[str, list[Key]]:
    """The variables whose formulas look a standard up, by standard."""
    out: dict[str, list[Key]] = defaultdict(list)
    for key in ruleset.order:
        node = ruleset.variables[key].node
        looked_up = {n.name for n in walk(node) if isinstance(n, Standard | Scale)} if node is not None else ()
        for name in looked_up:
            out[name].append(key)
    return out


def _standard_attempt(stage: _Stage, standard: str, valued: mutants_dated.Valued) -> Attempt:
    def attempt() -> bool:
        changed: Program | None = None
        readers = stage.readers.get(standard, [])
        for tried in stage.tried:
            if tried.needs.isdisjoint(readers):
                continue
            changed = changed or stage.program.with_standard(valued.decl)
            if _differs(changed, readers, tried) and _notices(stage, changed, tried):
                return True
        return False

    return attempt


def _dates(pack: Pack, name: str, stages: dict[Moment, _Stage]) -> Iterator[tuple[Mutant, list[Attempt]]]:
    for dated in mutants_dated.of_dates(pack.book, name):
        mutant = Mutant(dated.name, f"{dated.text}：{dated.zh}", f"{dated.text}: {dated.en}", dated.where)
        yield (
            mutant,
            [_dated_attempt(stage, moment, dated) for moment, stage in stages.items() if moment[0] == dated.day],
        )


def _dated_attempt(stage: _Stage, moment: Moment, dated: mutants_dated.Dated) -> Attempt:
    return lambda: _book_noticed(stage, moment, dated.book, stage.tried)


def _book_noticed(stage: _Stage, moment: Moment, book: Book, cases: list[_Tried]) -> bool:
    """Whether one of ``cases`` comes out otherwise by a changed book."""
    if not cases:
        return False
    try:
        changed = Program(compile_book(book, *moment))
    except Faults:
        return True
    return any(_notices(stage, changed, tried) for tried in cases)


def _beside(pack: Pack, name: str, stages: dict[Moment, _Stage]) -> Iterator[tuple[Mutant, list[Attempt]]]:
    for one in mutants_beside.of_book(pack.book, name):
        mutant = Mutant(one.name, one.zh, one.en, one.where)
        yield mutant, [_beside_attempt(stage, moment, one) for moment, stage in stages.items()]


def _beside_attempt(stage: _Stage, moment: Moment, one: mutants_beside.Beside) -> Attempt:
    def attempt() -> bool:
        cases = [t for t in stage.tried if not one.touches or not one.touches.isdisjoint(t.needs)]
        return _book_noticed(stage, moment, one.book, cases)

    return attempt
