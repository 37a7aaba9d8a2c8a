"""Worked cases of the packs as families that ask: what such a family can say, told at once, or question by question as a browser would send it."""

from __future__ import annotations

import copy
from datetime import date
from functools import cache

from doudi.packs import load
from doudi.packs.case import Case
from doudi.packs.questions import NONE, THE_DAY, Question
from doudi.packs.say import say
from doudi.rules.calendar import from_day, to_day
from doudi.rules.declared import Fact
from doudi.rules.scalar import Row
from doudi.rules.types import Kind
from doudi.server.decisions.asking import Answers, Ask, Told, reply, stand
from doudi.server.decisions.asking.told import bounds, root_of
from doudi.server.policybook.policy import Policy, text_of

PACKS = ("national", "guangxi", "dahua", "demo", "xiamen", "shaanxi", "luoxiao")
MOST_STEPS = 120
Stored = int | tuple[int, int]


@cache
def policy_of(name: str) -> Policy:
    pack = load(name)
    text = text_of(pack)
    return Policy(pack, text.digest, text)


def cases_of(name: str) -> list[Case]:
    """Those that are of the month of their day, as everybody is who asks today."""
    return [c for c in policy_of(name).pack.cases if c.month == c.as_of.replace(day=1)]


# --- told at once -----------------------------------------------------------------------------------------------------


def told_of(policy: Policy, row: Row, entity: str) -> Told:
    """The row in words: exactly the facts of the case."""
    told = Told(int(row.id))
    for name, value in row.facts.items():
        fact = policy.declared[entity, name]
        told.said[name] = words(policy, fact, value)
    for table, whole in row.complete.items():
        told.whole[table] = whole if isinstance(whole, bool) else tuple(_kinds(policy, table, whole))
    for table, rows in row.rows.items():
        told.rows[table] = [told_of(policy, r, table) for r in rows]
    return told


def words(policy: Policy, fact: Fact, value: Stored) -> str | tuple[str, str]:
    if isinstance(value, int):
        return _one(policy, fact, value)
    return _one(policy, fact, value[0]), _one(policy, fact, value[1])


def _one(policy: Policy, fact: Fact, value: int) -> str:
    return f"{value:012d}" if fact.type.kind is Kind.AREA else say(value, fact.type, policy.pack.state.words)


def _kinds(policy: Policy, table: str, codes: frozenset[int]) -> list[str]:
    entity = next(e for e in policy.pack.book.entities if e.name == table)
    category = policy.declared[table, entity.kind].type.category
    values = policy.pack.state.words.categories[category].values
    return [values[c][0] for c in sorted(codes)]


# --- what can be said in answer to the questions ----------------------------------------------------------------------


class CannotBeSaid(Exception):
    """The questions leave no room for what the case says."""


def sayable(policy: Policy, day: date, household: Row) -> Row:
    """The household as far as its family can tell of it: what is taken is taken, and of sums that are asked for together only their total in the
    time that is asked for. Raises CannotBeSaid."""
    row = copy.deepcopy(household)
    _take(policy, day, row, root_of(policy))
    bare = Answers(told_of(policy, Row(row.id, dict(row.facts)), root_of(policy)))
    since = stand(policy, day, bare).since
    _shorten(policy, day, row, root_of(policy), since)
    return row


def _take(policy: Policy, day: date, row: Row, entity: str) -> None:
    for taken in policy.pack.taken:
        if taken.key[0] == entity:
            fact = policy.declared[taken.key]
            row.facts[fact.name] = to_day(day) if taken.value == THE_DAY else bounds(policy, fact, taken.value)[0]
    for table, rows in row.rows.items():
        for r in rows:
            _take(policy, day, r, table)


def _shorten(policy: Policy, day: date, row: Row, entity: str, since: dict[str, int]) -> None:
    for table, rows in list(row.rows.items()):
        q = policy.pack.questions[entity, table]
        if q.ways:
            rows = [r for r in rows if _way(policy, table, q, r) is not None]
        if q.dated and table in since:
            rows = _in_time(rows, q.dated, since[table], to_day(day))
        if q.kinds:
            rows = _together(q, rows)
            if rows and not isinstance(row.complete.get(table), bool):
                raise CannotBeSaid(f"{table} in part")
            if not rows and row.complete.get(table) is not True:
                row.complete.pop(table, None)
        row.rows[table] = rows
        for r in rows:
            _shorten(policy, day, r, table, since)
    for table, whole in list(row.complete.items()):
        if not isinstance(whole, bool):
            # Some kinds only: asked for the whole table, such a family does not know whether that is all.
            del row.complete[table]


def _in_time(rows: list[Row], dated: str, since: int, until: int) -> list[Row]:
    out = []
    for r in rows:
        value = r.facts.get(dated)
        lo, hi = value if isinstance(value, tuple) else (value, value)
        if lo is None or hi is None or lo < since <= hi:
            raise CannotBeSaid(f"{dated} across the day from which it is asked")
        if lo >= since and hi <= until:
            r.facts[dated] = (since, until)
            out.append(r)
    return out


def _together(q: Question, rows: list[Row]) -> list[Row]:
    """One row a kind, their sums added."""
    made: dict[object, Row] = {}
    for r in rows:
        kind = r.facts.get(q.kinds)
        if not isinstance(kind, int):
            raise CannotBeSaid(f"{q.kinds} not known")
        first = made.setdefault(kind, r)
        if first is not r:
            for name in q.fields:
                if name != q.kinds:
                    first.facts[name] = _sum(first.facts.get(name), r.facts.get(name))
    return list(made.values())


def _sum(a: Stored | None, b: Stored | None) -> Stored:
    if a is None or b is None:
        raise CannotBeSaid("a sum not known")
    (alo, ahi), (blo, bhi) = (x if isinstance(x, tuple) else (x, x) for x in (a, b))
    return alo + blo if (alo, blo) == (ahi, bhi) else (alo + blo, ahi + bhi)


def _way(policy: Policy, table: str, q: Question, row: Row) -> int | None:
    for i, way in enumerate(q.ways):
        if all(
            row.facts.get(name) == bounds(policy, policy.declared[table, name], value)[0] for name, value in way.sets
        ):
            return i
    return None


# --- question by question ---------------------------------------------------------------------------------------------


class Family:
    """Answers every question truly out of ``facts``, as a browser sends it."""

    def __init__(self, policy: Policy, day: date, facts: Row) -> None:
        self.policy, self.day, self.facts = policy, day, facts

    def interviewed(self) -> Answers:
        """Asked until nothing is open any more. Raises CannotBeSaid."""
        answers = Answers()
        for _ in range(MOST_STEPS):
            standing = stand(self.policy, self.day, answers)
            if not standing.asks:
                return answers
            answers = self.answered(answers, standing.asks[0])
        raise AssertionError(f"more than {MOST_STEPS} questions")

    def answered(self, answers: Answers, ask: Ask) -> Answers:
        for form in self.forms(answers, ask):
            answers, wrong, _ = reply(self.policy, self.day, answers, ask, form)
            assert not wrong, (ask.id, form, wrong)
        return answers

    def forms(self, answers: Answers, ask: Ask) -> list[dict[str, list[str]]]:
        if ask.shape == "who":
            return [self.who(answers, ask)]
        row = self.row(answers, ask.tables, ask.path)
        if ask.shape == "value":
            assert ask.fact is not None
            value = row.facts.get(ask.fact.name)
            return [{"act": ["skip"]}] if value is None else [{"act": ["go"], **self.typed(ask.fact, "v", value)}]
        return [self.kinds(ask, row)] if ask.shape == "kinds" else self.rows(ask, row)

    def who(self, answers: Answers, ask: Ask) -> dict[str, list[str]]:
        form: dict[str, list[str]] = {"act": ["go"], "who": [], "unsure": []}
        for path in ask.among:
            state = self.one(ask, self.row(answers, ask.tables, path))
            if state != "rest":
                form[state].append(".".join(map(str, path)))
        if not form["who"] and not form["unsure"]:
            form["none"] = ["1"]
        return form

    def one(self, ask: Ask, row: Row) -> str:
        q, name = ask.question, ask.question.key[1]
        if ask.fact is None:
            if row.rows.get(name):
                return "who"
            return "rest" if row.complete.get(name) is True and q.rest == NONE else "unsure"
        value = row.facts.get(name)
        if value is None:
            return "unsure"
        rest = (
            self.facts.facts.get(q.rest.partition(".")[2])
            if "." in q.rest
            else bounds(self.policy, ask.fact, q.rest or "否")[0]
        )
        if value == rest:
            return "rest"
        if (q.ticked or ask.fact.type.kind is Kind.TRUTH) and isinstance(value, tuple):
            return "unsure"
        return "who"

    def row(self, answers: Answers, tables: tuple[str, ...], path: tuple[int, ...]) -> Row:
        """The row of the facts that a row of the answers is about: of a table the same place, of kinds the same kind."""
        here, told = self.facts, answers.told
        above = root_of(self.policy)
        for table, number in zip(tables, path, strict=True):
            rows = told.rows[table]
            place = next(i for i, r in enumerate(rows) if r.id == number)
            q = self.policy.pack.questions[above, table]
            if q.kinds:
                fact = self.policy.declared[table, q.kinds]
                kind = bounds(self.policy, fact, rows[place].said[q.kinds])[0]
                here = next(r for r in here.rows[table] if r.facts[q.kinds] == kind)
            else:
                here = here.rows[table][place]
            told, above = rows[place], table
        return here

    def kinds(self, ask: Ask, row: Row) -> dict[str, list[str]]:
        q, table = ask.question, ask.question.key[1]
        rows = row.rows.get(table, [])
        if not rows:
            return {"act": ["go"], "none": ["1"]} if row.complete.get(table) is True else {"act": ["skip"]}
        form: dict[str, list[str]] = {"act": ["go"], "k": []}
        for r in rows:
            kind = _one(self.policy, self.policy.declared[table, q.kinds], int(r.facts[q.kinds]))  # type: ignore[arg-type]
            form["k"].append(kind)
            for name in q.fields:
                if name != q.kinds and name in r.facts:
                    form |= self.typed(self.policy.declared[table, name], f"{name}-{kind}", r.facts[name])
        return form

    def rows(self, ask: Ask, row: Row) -> list[dict[str, list[str]]]:
        q, table = ask.question, ask.question.key[1]
        forms = []
        for r in row.rows.get(table, []):
            form: dict[str, list[str]] = {"act": ["add"]}
            if q.ways:
                form["way"] = [str(_way(self.policy, table, q, r))]
            given = False
            for name in q.fields:
                if name in r.facts:
                    form |= self.typed(self.policy.declared[table, name], name, r.facts[name])
                    given = True
            if not given:
                raise CannotBeSaid(f"nothing of {table}")
            forms.append(form)
        return [*forms, {"act": ["done" if row.complete.get(table) is True else "skip"]}]

    def typed(self, fact: Fact, field: str, value: Stored) -> dict[str, list[str]]:
        """As it is typed, a range where one is known. Raises CannotBeSaid."""
        lo, hi = value if isinstance(value, tuple) else (value, value)
        if fact.type.kind is Kind.DATE:
            first, last = from_day(lo), from_day(hi)
            if last > self.day:
                raise CannotBeSaid(f"{fact.name} after the day")
            if lo == hi:
                return {
                    f"{field}-y": [str(first.year)],
                    f"{field}-m": [str(first.month)],
                    f"{field}-d": [str(first.day)],
                }
            whole_year = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year
            if not whole_year:
                raise CannotBeSaid(f"{fact.name} between days")
            return {f"{field}-y": [str(first.year)]}
        texts = [_one(self.policy, fact, x).removesuffix(" 元") for x in ((lo,) if lo == hi else (lo, hi))]
        if len(texts) > 1 and not fact.type.numeric:
            raise CannotBeSaid(f"{fact.name} between values")
        texts = [t.split(" ")[0] if fact.type.kind is Kind.INTEGER else t for t in texts]
        return {field: ["-".join(texts)]}
