"""What is asked next: of all that the open programmes still miss, what the pack has a question for and the family did not decline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from doudi.packs.questions import Question
from doudi.rules.declared import Fact
from doudi.rules.ruleset import Ruleset
from doudi.rules.scalar import Decision, FactError, Missing, Outcome, Row
from doudi.rules.scalar.decide import decide_with
from doudi.rules.scalar.program import program_for
from doudi.server.decisions.asking.told import Answers, Told, everything, root_of, row_of, unreadable
from doudi.server.policybook.policy import Policy

Shape = Literal["value", "who", "rows", "kinds"]


@dataclass(frozen=True)
class Ask:
    """One question to one family. ``tables`` and ``path`` lead to the row it is asked of; ``who`` is asked of all rows of an entity at once,
    ``among`` are their paths. ``fact`` is what a value is of, None for a table."""

    question: Question
    shape: Shape
    tables: tuple[str, ...]
    path: tuple[int, ...]
    fact: Fact | None
    among: tuple[tuple[int, ...], ...] = ()

    @cached_property
    def id(self) -> str:
        """``人.收入`` asked of all at once; ``人.收入@3`` of the third."""
        name = ".".join(self.question.key)
        return name if self.shape == "who" else f"{name}@{'.'.join(map(str, self.path))}"


@dataclass(frozen=True, eq=False)
class Standing:
    """Where a family stands: what the rules answer to what was told, and what is asked next, the first first."""

    policy: Policy
    day: date
    answers: Answers
    ruleset: Ruleset
    since: dict[str, int]
    decision: Decision
    asks: tuple[Ask, ...]


def stand(policy: Policy, day: date, answers: Answers) -> Standing:
    """Decides on what was told, on ``day``. Raises Refused where it cannot be read."""
    ruleset = policy.ruleset(day, day)
    since = _since(policy, ruleset, day, answers.told)
    try:
        decision = decide_with(program_for(ruleset), row_of(policy, answers.told, day, since))
    except FactError:
        raise unreadable() from None
    asks = tuple(_asks(policy, answers.told, decision))
    return Standing(policy, day, answers, ruleset, since, decision, asks)


def open_outcomes(decision: Decision) -> Iterator[Outcome]:
    """Programmes whose answer or amount may still turn out this way or that."""
    root = decision.ruleset.root
    for d in (decision, *(split.decision for split in decision.derived)):
        for o in d.programmes:
            if (d is decision or o.entity == root) and is_open(o):
                yield o


def is_open(o: Outcome) -> bool:
    if o.reason == "lapsed":
        return False
    return o.granted == "未知" or (o.granted == "是" and o.paid is not None and o.paid[0] != o.paid[1])


def asked_of(policy: Policy, told: Told, missing: Missing) -> tuple[Question, tuple[str, ...], Told] | None:
    """The question that would settle it, the tables that lead to its row and the row; None where there is none to ask."""
    leaf, path = missing
    if leaf.kind not in ("fact", "table"):
        return None
    question = policy.pack.questions.get((leaf.entity, leaf.name))
    tables = tables_to(policy, leaf.entity)
    row = told.at(tables, tuple(int(p) for p in path))
    return None if question is None or row is None else (question, tables, row)


def find_ask(policy: Policy, answers: Answers, wanted: str, among: Sequence[str] | None = None) -> Ask | None:
    """A question by its id, whether it is open or was answered before; None for what is not there (any more). One that is asked of all at once
    is of the rows ``among`` (ids), or of all there are."""
    name, at, ids = wanted.partition("@")
    entity, _, thing = name.partition(".")
    told = answers.told
    question = policy.pack.questions.get((entity, thing))
    if question is None:
        return None
    tables = tables_to(policy, entity)
    if not at:
        rows = [path for e, _, path, _ in everything(policy, told) if e == entity]
        if among is not None:
            rows = [path for path in rows if ".".join(map(str, path)) in among]
        return _ask(policy, question, tables, (), tuple(rows)) if question.who and rows else None
    if ids and not all(part.isascii() and part.isdigit() and len(part) < 7 for part in ids.split(".")):
        return None
    path = tuple(int(part) for part in ids.split(".")) if ids else ()
    if len(path) != len(tables) or told.at(tables, path) is None:
        return None
    return _ask(policy, question, tables, path)


def tables_to(policy: Policy, entity: str) -> tuple[str, ...]:
    """The entities from below the root down to ``entity``, itself the last."""
    above = {e.name: e.of for e in policy.pack.book.entities}
    out: list[str] = []
    while above[entity]:
        out.append(entity)
        entity = above[entity]
    return tuple(reversed(out))


def _asks(policy: Policy, told: Told, decision: Decision) -> list[Ask]:
    grouped: dict[tuple[str, str], tuple[Question, tuple[str, ...], list[tuple[int, ...]]]] = {}
    single: dict[str, Ask] = {}
    for missing in dict.fromkeys(m for o in open_outcomes(decision) for m in o.missing):
        found = asked_of(policy, told, missing)
        if found is None:
            continue
        question, tables, row = found
        name, path = question.key[1], tuple(int(p) for p in missing.path)
        if name in row.kept or name in row.said:
            # What was said within bounds (a year of birth, 3000-5000) is as much as they know; the answer tells what more would help.
            continue
        if question.who and name not in row.ticked:
            grouped.setdefault(question.key, (question, tables, []))[2].append(path)
        else:
            ask = _ask(policy, question, tables, path)
            single.setdefault(ask.id, ask)
    together = [_ask(policy, q, tables, (), tuple(sorted(paths))) for q, tables, paths in grouped.values()]
    return sorted([*together, *single.values()], key=lambda a: _order(policy, a))


def _order(policy: Policy, ask: Ask) -> tuple[int, int, tuple[int, ...], int]:
    """By rank; a row of a table is asked about right after the table, one row after another."""
    entity = ask.question.key[0]
    above = policy.pack.questions.get((ask.tables[-2] if len(ask.tables) > 1 else root_of(policy), entity))
    deep = len(ask.path) > 1 and above is not None
    rank = above.rank if deep and above is not None else ask.question.rank
    return rank, int(ask.shape != "who"), ask.path, ask.question.rank


def _ask(
    policy: Policy,
    question: Question,
    tables: tuple[str, ...],
    path: tuple[int, ...],
    among: tuple[tuple[int, ...], ...] = (),
) -> Ask:
    fact = policy.declared.get(question.key)
    shape: Shape = "who" if among else "value" if fact is not None else "kinds" if question.kinds else "rows"
    return Ask(question, shape, tables, path, fact, among)


def _since(policy: Policy, ruleset: Ruleset, day: date, told: Told) -> dict[str, int]:
    """Tables to the first day from which their rows are asked for, where the rules know it already."""
    wanted = {q.key[1]: q.since for q in policy.pack.questions.values() if q.since}
    if not wanted:
        return {}
    bare = row_of(policy, Told(told.id, told.said), day, {})
    root = ruleset.root
    decision = decide_with(program_for(ruleset), Row(bare.id, bare.facts), frozenset())
    found = {}
    for table, name in wanted.items():
        value = decision.value(root, name)
        if value.lo == value.hi:
            found[table] = int(value.lo)
    return found
