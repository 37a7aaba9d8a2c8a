"""Why a programme answers what it answers, and why any value is what it is."""

from __future__ import annotations

from dataclasses import replace

from doudi.rules.declared import Conflict
from doudi.rules.explain.build import Builder
from doudi.rules.explain.margin import margin_of
from doudi.rules.explain.parts import deciding_comparison
from doudi.rules.explain.tree import Explanation
from doudi.rules.explain.words import Lang, Words, words_for
from doudi.rules.ruleset import Key, ProgrammePlan
from doudi.rules.scalar.decide import Decision, DerivedDecision, Outcome
from doudi.rules.scalar.evaluate import Run
from doudi.rules.scalar.rows import Live, Path
from doudi.rules.types import MONEY, Kind

DEPTH = 3
"""Rules below a condition that are followed unless asked otherwise."""

SHOWN_MISSING = 6
"""Missing leaves that a headline names; the tree names all."""

_ANSWERS: dict[str, tuple[str, str]] = {
    "符合": ("符合", "eligible"),
    "不符合": ("不符合", "not eligible"),
    "无法判定": ("无法判定", "cannot be decided yet"),
}
_PERIODS: dict[str, tuple[str, str]] = {"月": ("每月", "a month"), "年": ("每年", "a year"), "次": ("一次性", "once")}


def why(decision: Decision, what: str | Key, path: Path = (), lang: Lang = "zh", depth: int = DEPTH) -> Explanation:
    """Explain a programme (by its name) or a variable (by entity and name) on the row at ``path``. A programme of the household is explained at the
    path of a person as their household of one has it.

    ``depth`` limits how many rules deep to go. Raises KeyError for a programme, variable or row that is not there.
    """
    words = words_for(decision.ruleset, lang)
    if isinstance(what, str):
        one = decision.alone(what, path)
        if one is not None:
            return _Programme(one.decision, one.decision.outcome(what), words, depth, one.name).explain()
        return _Programme(decision, decision.outcome(what, path), words, depth).explain()
    run = decision.finder.run
    row = run.find(what[0], path)
    if what not in decision.ruleset.variables:
        raise KeyError(what)
    missing = tuple(words.missing(m) for m in decision.finder.missing((what, row)))
    return replace(Builder(run, words).variable(what, row, depth, unfold=True), missing=missing)


class _Programme:
    """The explanation of one outcome: what decided it, what it pays, what is in its way, what is missing."""

    def __init__(self, decision: Decision, outcome: Outcome, words: Words, depth: int, one: str = "") -> None:
        """``one``: the kind of household of one that ``decision`` is of, "" where it is the household's."""
        self.one = one
        self.outcome, self.words, self.pick, self.depth = outcome, words, words.pick, depth
        self.first = decision.first.run
        kind, _, name = outcome.reason.partition(":")
        self.split: DerivedDecision | None = None
        if kind in ("derived", "derived?"):
            self.split = next(d for d in decision.derived if d.name == name and d.path == outcome.path)
        self.there = kind == "derived"
        self.run: Run = decision.finder.run
        if self.split is not None and self.there:
            self.run = self.split.decision.finder.run
            self.outcome = replace(self.split.decision.outcome(outcome.programme, outcome.path), reason=outcome.reason)
        self.plan: ProgrammePlan = next(p for p in decision.ruleset.programmes if p.name == outcome.programme)
        self.row: Live = self.run.find(outcome.entity, outcome.path)
        # Being eligible and being granted are what is explained: their names would only say so again.
        names = (self.plan.eligible, self.plan.granted)
        self.build = Builder(self.run, words, frozenset(((self.plan.entity, n), self.row) for n in names))

    def explain(self) -> Explanation:
        conditions = [self.build.variable(self._key(n), self.row, self.depth, unfold=True) for n in self._conditions()]
        parts = [*conditions, *self._conflicts(), *self._amounts(), *self._split()]
        eligible = self.run.program.ruleset.variables[self._key(self.plan.eligible)]
        missing = tuple(self.words.missing(m) for m in self.outcome.missing)
        cites, reason = self.build.cites(eligible.cites), self._reason()
        made = Explanation(
            "programme",
            self.words.lang,
            self.words.name(self.plan.name),
            self._answer(),
            margin=self._margin(),
            cites=cites,
            missing=missing,
            reason=reason,
            parts=tuple(parts),
            open=True,
        )
        return replace(made, headline=self._headline(made, conditions))

    def _key(self, name: str) -> Key:
        return self.plan.entity, name

    def _conditions(self) -> list[str]:
        """The conditions that decided: the first that fails, all where all hold, those open where it is open."""
        if self.outcome.failing is not None:
            return [self.plan.conditions[self.outcome.failing]]
        values = [(name, self.run.v(self._key(name), self.row)) for name in self.plan.conditions]
        if self.outcome.outcome == "无法判定":
            return [name for name, (lo, _, assumed) in values if not lo or assumed]
        return [name for name, _ in values]

    def _margin(self) -> str:
        """How far the condition that failed was from holding; of conditions that all hold, the comparison of money (income with a standard)."""
        variables = self.run.program.ruleset.variables
        for name in self._conditions() if self.outcome.outcome != "无法判定" else ():
            node = variables[self._key(name)].node
            found = None if node is None else deciding_comparison(self.run, node, self.row)
            if found is not None and (self.outcome.outcome == "不符合" or found[0].a.type.kind is Kind.MONEY):
                return margin_of(self.words, self.run, *found)
        return ""

    def _answer(self) -> str:
        answer = self.pick(*_ANSWERS[self.outcome.outcome])
        if self.outcome.outcome == "符合" and self.outcome.granted == "否":
            return answer + self.pick("，但不享受", ", but not granted")
        if self.outcome.outcome == "符合" and self.outcome.granted == "未知":
            return answer + self.pick("，能否享受尚不能确定", ", not certain to be granted")
        if self.outcome.outcome == "符合" and self.outcome.paid is not None:
            zh, en = _PERIODS[self.plan.period]
            paid = self.words.value(MONEY, *self.outcome.paid)
            return answer + self.pick(f"，{zh} {paid}", f", {paid} {en}")
        return answer

    # --- why something due is not given ----------------------------------------------------------------------------

    def _reason(self) -> str:
        kind, _, name = (self.outcome.reason or (f"derived:{self.one}" if self.one else "")).partition(":")
        called = self.words.name(name)
        if kind == "lapsed":
            return self.pick("基准日没有生效的规定", "no version of the programme is in force on the date")
        if kind == "derived":
            return self.pick(f"按{called}判定", f"decided as: {called.lower()}")
        if kind == "derived?":
            return self.pick(f"是否按{called}判定尚不能确定", f"not certain whether it is decided as: {called.lower()}")
        if kind == "conflict":
            rivals = self._rivals(name)
            zh = f"按“{called}”" + (f"，已享受{'、'.join(rivals)}" if rivals else "") + "，不再享受本项"
            return self.pick(zh, f"“{called}”" + (f": has {', '.join(rivals)}" if rivals else ""))
        return ""

    def _rivals(self, name: str) -> list[str]:
        """The programmes enjoyed that take this one away."""
        ruleset = self.run.program.ruleset
        conflict: Conflict = next(c for c in ruleset.book.conflicts if c.name == name)
        own = self.plan.name
        rivals = [*conflict.by, *(p for leg in conflict.legs if own not in leg for p in leg)]
        plans = {p.name: p for p in ruleset.programmes}
        return [
            self.words.name(rival)
            for rival in rivals
            if rival in plans and self.run.v((plans[rival].entity, plans[rival].granted), self.row)[0]
        ]

    def _conflicts(self) -> list[Explanation]:
        """The conflicts that take it away or may, once it is known to be otherwise due."""
        if self.outcome.outcome != "符合":
            return []
        names = [name for _, name in self.plan.blockers if self.run.v(self._key(name), self.row)[1]]
        return [self.build.variable(self._key(name), self.row, min(self.depth, 2)) for name in names]

    def _amounts(self) -> list[Explanation]:
        if not self.plan.amount or self.outcome.outcome == "不符合" or self.outcome.granted == "否":
            return []
        names = [self.plan.amount]
        if self.outcome.paid != self.outcome.amount:
            names.append(self.plan.paid)
        return [self.build.variable(self._key(name), self.row, self.depth) for name in names]

    def _split(self) -> list[Explanation]:
        """Why the person was tried as a household of one: told of the household they come from."""
        if self.split is None:
            return []
        plan = next(p for p in self.run.program.ruleset.derived if p.name == self.split.name)
        build = Builder(self.first, self.words)
        return [
            build.variable((plan.entity, plan.when), self.first.find(plan.entity, self.split.path), min(self.depth, 2))
        ]

    # --- the lines of a letter --------------------------------------------------------------------------------------

    def _headline(self, made: Explanation, conditions: list[Explanation]) -> tuple[str, ...]:
        lines = [self.pick(f"{made.label}：{made.value}", f"{made.label}: {made.value}")]
        if made.reason:
            lines.append(self.pick(f"原因：{made.reason}", f"Because {made.reason}"))
        lines.extend(self._decisive(made, conditions))
        if made.missing:
            shown = self.pick("；", "; ").join(made.missing[:SHOWN_MISSING])
            more = len(made.missing) - SHOWN_MISSING
            if more > 0:
                shown += self.pick(f"等 {len(made.missing)} 项", f" and {more} more")
            lines.append(self.pick(f"缺少：{shown}", f"Missing: {shown}"))
        if made.cites:
            lines.append(self.pick("依据：", "Under: ") + self.pick("；", "; ").join(made.cites))
        return tuple(lines)

    def _decisive(self, made: Explanation, conditions: list[Explanation]) -> list[str]:
        stop = self.pick("；", "; ")
        match self.outcome.outcome:
            case "不符合" if conditions:
                (failed,) = conditions
                said = made.margin or failed.numbers or failed.formula
                return [
                    self.pick("不满足的条件：", "Condition not met: ") + stop.join(t for t in (failed.label, said) if t)
                ]
            case "符合":
                count = len(self.plan.conditions)
                met = self.pick(
                    f"{count} 项条件全部满足",
                    f"all {count} conditions are met" if count > 1 else "its condition is met",
                )
                return [self.pick("条件：", "Conditions: ") + stop.join(t for t in (met, made.margin) if t)]
            case "无法判定" if conditions and self.split is None:
                return [
                    self.pick("尚不能确定的条件：", "Conditions still open: ") + stop.join(c.label for c in conditions)
                ]
        return []
