"""Runs worked cases: each on both evaluators, all of one date against one compiled ruleset, and says in plain words
what differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from doudi.packs.case import Case, Expectation
from doudi.packs.differences import Difference, leaf_name, missing_lines
from doudi.packs.literals import Words
from doudi.packs.pack import Pack
from doudi.packs.say import say_bounds
from doudi.rules import Ruleset, compile_book
from doudi.rules.ruleset import ProgrammePlan
from doudi.rules.scalar import Decision, FactError, Outcome, Value, decide

Moment = tuple[date, date]
"""The 基准日 and the 所属月."""


@dataclass(frozen=True)
class CaseReport:
    """``passed`` counts cases of which everything came out as stated, on every evaluator in ``evaluators``."""

    cases: int
    passed: int
    checks: int
    differences: tuple[Difference, ...]
    evaluators: tuple[str, ...]


def run_cases(pack: Pack, cases: Sequence[Case] | None = None) -> CaseReport:
    """Run the cases of a pack (or only ``cases``). Raises Faults where the cases or, on some date, the rules cannot
    be read."""
    from doudi.packs.cases_block import run_block

    found = pack.cases if cases is None else cases
    differences: list[Difference] = []
    for (as_of, month), group in by_moment(found).items():
        ruleset = compile_book(pack.book, as_of, month)
        asker = Asker(ruleset, pack.state.words)
        decided: list[tuple[Case, Decision]] = []
        for case in group:
            try:
                decision = decide(ruleset, case.household)
            except FactError as error:
                differences.append(Difference(case.name, case.where, "scalar", error.zh, str(error)))
                continue
            decided.append((case, decision))
            differences += [d for e in case.expect if (d := asker.compare(case, decision, e)) is not None]
        differences += run_block(ruleset, decided)
    failed = {d.case for d in differences}
    checks = sum(len(case.expect) for case in found)
    return CaseReport(len(found), len(found) - len(failed), checks, tuple(differences), ("scalar", "block"))


def by_moment(cases: Iterable[Case]) -> dict[Moment, list[Case]]:
    """Cases that one ruleset can decide together."""
    out: dict[Moment, list[Case]] = defaultdict(list)
    for case in cases:
        out[case.as_of, case.month].append(case)
    return dict(sorted(out.items()))


@dataclass
class Asker:
    """Compares decisions under one ruleset with what cases expect."""

    ruleset: Ruleset
    words: Words

    def compare(self, case: Case, decision: Decision, e: Expectation) -> Difference | None:
        """What differs, or None."""
        got, why = self.got(decision, e)
        if got is None:
            return None
        asked = self.asked(e)
        return Difference(
            case.name,
            e.where,
            "scalar",
            f"案例“{case.name}”：{asked} 应为 {e.written}，得到 {got}",
            f"Case “{case.name}”: {asked} should be {e.written}, got {got}",
            tuple(why),
        )

    def asked(self, e: Expectation) -> str:
        """What an expectation asks, in words."""
        owner = f"{e.derived}（{e.label}）." if e.derived else f"{e.label}." if e.label else ""
        tail = {"granted": ".享受", "missing": " 所缺"}.get(e.asked, "")
        return f"{owner}{e.name}{tail}"

    def got(self, decision: Decision, e: Expectation) -> tuple[str | None, list[str]]:
        """What came out, in words, and why; None when it is what was expected."""
        inside = self.household(decision, e)
        if inside is None:
            return (None, []) if e.expected in ("不符合", "否") else (f"没有作为{e.derived}", [])
        plan = self.plan(e)
        if plan is None:
            value = inside.value(e.entity, e.name, e.path)
            return self.value(e, value), self.formula(inside, e)
        outcome = inside.outcome(plan.name, e.path)
        if e.asked == "outcome":
            return _unless(outcome.outcome, e.expected), self.reasons(plan, outcome, outcome.outcome != "无法判定")
        if e.asked == "granted":
            return _unless(outcome.granted, e.expected), self.reasons(plan, outcome)
        if e.asked == "missing":
            names = frozenset(leaf_name(m) for m in outcome.missing)
            return (None if names == e.expected else "、".join(sorted(names)) or "无"), []
        return self.value(e, self.planned(plan, outcome, e.name)), self.reasons(plan, outcome)

    def household(self, decision: Decision, e: Expectation) -> Decision | None:
        """The decision in which ``e`` is asked: this one, or that of a household of one; None when there is no such
        household."""
        if not e.derived:
            return decision
        found = next((d for d in decision.derived if d.name == e.derived and d.path == e.person), None)
        return None if found is None else found.decision

    def plan(self, e: Expectation) -> ProgrammePlan | None:
        """The programme that ``e`` asks of, also where it asks by the name of a variable: what a household of one
        changes is in the outcome, not in the variable."""
        for plan in self.ruleset.programmes:
            if plan.entity == e.entity and (
                (e.asked != "value" and plan.name == e.name)
                or (e.asked == "value" and e.name in (plan.eligible, plan.granted, plan.amount, plan.paid))
            ):
                return plan
        return None

    def planned(self, plan: ProgrammePlan, outcome: Outcome, name: str) -> Value:
        if name == plan.eligible:
            return Value(*{"符合": (1, 1), "不符合": (0, 0)}.get(outcome.outcome, (0, 1)))
        if name == plan.granted:
            return Value(*{"是": (1, 1), "否": (0, 0)}.get(outcome.granted, (0, 1)))
        found = outcome.amount if name == plan.amount else outcome.paid
        assert found is not None
        return Value(*found)

    def value(self, e: Expectation, value: Value) -> str | None:
        if e.expected is None:
            return None if value.lo < value.hi else self.say(e, value)
        return None if (value.lo, value.hi) == e.expected else self.say(e, value)

    def say(self, e: Expectation, value: Value) -> str:
        return say_bounds(int(value.lo), int(value.hi), self.ruleset.variables[e.entity, e.name].type, self.words)

    # --- why --------------------------------------------------------------------------------------------------------

    def reasons(self, plan: ProgrammePlan, outcome: Outcome, settled: bool = False) -> list[str]:
        """Why it came out so. ``settled``: nothing that is missing could change it."""
        out = []
        if not plan.in_force:
            out.append("在这一天没有生效的版本 / no version in force on that day")
        if outcome.failing is not None:
            variable = self.ruleset.variables[plan.entity, plan.conditions[outcome.failing]]
            said = variable.zh or (variable.text.source if variable.text else variable.name)
            out.append(f"第 {outcome.failing + 1} 个条件不成立 / condition {outcome.failing + 1} fails: {said}")
        if not settled:
            out += missing_lines(outcome.missing)
        if outcome.reason:
            out.append(f"原因 / reason: {outcome.reason}")
        return out

    def formula(self, decision: Decision, e: Expectation) -> list[str]:
        variable = self.ruleset.variables[e.entity, e.name]
        out = [] if variable.text is None else [f"公式 / formula: {' '.join(variable.text.source.split())}"]
        return out + missing_lines(decision.missing(e.entity, e.name, e.path))


def _unless(got: str, expected: object) -> str | None:
    return None if got == expected else got


__all__ = ["Asker", "CaseReport", "Difference", "by_moment", "leaf_name", "run_cases"]
