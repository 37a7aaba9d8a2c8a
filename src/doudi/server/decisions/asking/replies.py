"""What a family replies to a question, as a form sends it, laid into what it told."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doudi.packs.literals import BadLiteral
from doudi.packs.questions import NONE, Question
from doudi.rules.calendar import to_day
from doudi.rules.declared import Fact
from doudi.rules.lexer import normalise
from doudi.rules.types import Kind
from doudi.server.decisions.asking.asks import Ask
from doudi.server.decisions.asking.told import Answers, Told, Value, bounds, root_of
from doudi.server.policybook.policy import Policy

Form = Mapping[str, Sequence[str]]
_RANGE = re.compile(r"\s*(?:-|—|–|~|～|至|到|to)\s*")
_MONEY_UNIT = {"": "元", "块": "元", "万": "万元", "yuan": "元"}
_NUMBER = re.compile(r"(\d[\d,，]*(?:\.\d{1,2})?)\s*(元|万元|块|万|yuan)?")
LONGEST = 40


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a reply, by the field that it is about."""

    field: str
    zh: str
    en: str


class _Wrong(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def reply(
    policy: Policy, day: date, answers: Answers, ask: Ask, form: Form
) -> tuple[Answers, tuple[Complaint, ...], bool]:
    """The answers with this reply in them, what is wrong with it (then they are as they were), and whether the question is done: a row
    that was added leaves it open. ``act`` of the form is go, skip, add, done or ``remove:<id>``."""
    before, answers = answers, copy.deepcopy(answers)
    act = first(form, "act") or "go"
    work = _Work(policy, day, answers.told, form)
    done = act not in ("add",) and not act.startswith("remove:")
    if ask.shape == "rows" and act in ("done", "skip") and work.has_typed(ask):
        # Filled in and not yet added: what was typed is not thrown away.
        work.rows(ask, "add")
    if work.wrong:
        return before, tuple(work.wrong), False
    if act == "skip":
        work.keep(ask)
    elif ask.shape == "who":
        work.who(ask)
    elif ask.shape == "value":
        work.value(ask)
    elif ask.shape == "kinds":
        work.kinds(ask)
    else:
        work.rows(ask, act)
    if work.wrong:
        return before, tuple(work.wrong), False
    if done and ask.id not in answers.trail:
        answers.trail.append(ask.id)
    return answers, (), done


def first(form: Form, name: str) -> str:
    found = form.get(name) or ("",)
    return found[0].strip()


class _Work:
    def __init__(self, policy: Policy, day: date, told: Told, form: Form) -> None:
        self.policy, self.day, self.told, self.form = policy, day, told, form
        self.wrong: list[Complaint] = []

    def row(self, ask: Ask, path: tuple[int, ...]) -> Told:
        found = self.told.at(ask.tables, path)
        assert found is not None
        return found

    def keep(self, ask: Ask) -> None:
        """They do not know or would rather not say: what was said before goes."""
        name = ask.question.key[1]
        for path in ask.among or (ask.path,):
            row = self.row(ask, path)
            if ask.shape == "rows":
                # What was listed stands; only whether it is all is not known.
                row.whole.pop(name, None)
                row.ticked.discard(name)
            else:
                _forget(row, name)
            row.kept.add(name)

    def who(self, ask: Ask) -> None:
        q, name = ask.question, ask.question.key[1]
        ticked, unsure = set(self.form.get("who", ())), set(self.form.get("unsure", ()))
        if not ticked and not unsure and not first(self.form, "none"):
            self.wrong.append(
                Complaint("who", "请至少选一位，或者选“都不是”。", "Tick at least one person, or “none of them”.")
            )
            return
        if ticked and first(self.form, "none"):
            self.wrong.append(
                Complaint(
                    "who", "选了人，就不要再选“都不是”。", "Where somebody is ticked, do not tick “none of them”."
                )
            )
            return
        for path in ask.among:
            row, mark = self.row(ask, path), ".".join(map(str, path))
            if mark in ticked:
                if name not in row.ticked and not self._said_otherwise(ask, row):
                    _forget(row, name)
                    self._yes(ask, row)
            elif mark in unsure:
                _forget(row, name)
                row.kept.add(name)
            else:
                _forget(row, name)
                self._rest(q, row, name)

    def _said_otherwise(self, ask: Ask, row: Told) -> bool:
        """Whether the row has told already, in detail, more than the others' answer."""
        name = ask.question.key[1]
        if ask.fact is None:
            return bool(row.rows.get(name))
        return name in row.said and not ask.question.ticked and row.said[name] != self._of_rest(ask.question)

    def _yes(self, ask: Ask, row: Told) -> None:
        name = ask.question.key[1]
        if ask.question.ticked:
            row.said[name] = ask.question.ticked
        elif ask.fact is not None and ask.fact.type.kind is Kind.TRUTH:
            row.said[name] = "是"
        else:
            row.ticked.add(name)

    def _rest(self, q: Question, row: Told, name: str) -> None:
        if q.rest == NONE:
            row.whole[name] = True
            return
        value = self._of_rest(q)
        if value is None:
            row.kept.add(name)
        else:
            row.said[name] = value

    def _of_rest(self, q: Question) -> Value | None:
        entity, dot, fact = q.rest.partition(".")
        if dot and entity == root_of(self.policy):
            return self.told.said.get(fact)
        return q.rest or "否"

    def value(self, ask: Ask) -> None:
        assert ask.fact is not None
        row, name = self.row(ask, ask.path), ask.question.key[1]
        found = self._read(ask.fact, "v")
        if found is None:
            if not self.wrong:
                self.wrong.append(
                    Complaint(
                        "v",
                        "请回答，或者选“不知道，或者不想说”。",
                        "Please answer, or choose “don't know or would rather not say”.",
                    )
                )
            return
        _forget(row, name)
        row.said[name] = found

    def kinds(self, ask: Ask) -> None:
        """Every kind at once; a kind that is ticked without an amount is there, but how much is not known."""
        q, table = ask.question, ask.question.key[1]
        row = self.row(ask, ask.path)
        ticked = list(dict.fromkeys(self.form.get("k", ())))
        if not ticked and not first(self.form, "none"):
            self.wrong.append(
                Complaint("k", "请至少选一样，或者选“都没有”。", "Tick at least one, or “none of these”.")
            )
            return
        if ticked and first(self.form, "none"):
            self.wrong.append(
                Complaint(
                    "k", "选了一样，就不要再选“都没有”。", "Where something is ticked, do not tick “none of these”."
                )
            )
            return
        before = row.rows.get(table, [])
        made = []
        for number, kind in enumerate(ticked, 1):
            old = next((r for r in before if r.said.get(q.kinds) == kind), Told(0))
            new = Told(
                number, {**old.said, q.kinds: kind}, set(old.kept), set(old.ticked), dict(old.whole), dict(old.rows)
            )
            self._read_kind(table, q, new)
            for name in q.fields:
                if name != q.kinds:
                    self._field(table, name, f"{name}-{kind}", new)
            made.append(new)
        if not self.wrong:
            _forget(row, table)
            row.rows[table], row.whole[table] = made, True

    def _read_kind(self, table: str, q: Question, new: Told) -> None:
        fact = self.policy.declared[table, q.kinds]
        try:
            bounds(self.policy, fact, new.said[q.kinds])
        except BadLiteral as bad:
            self.wrong.append(Complaint("k", bad.zh, bad.en))

    def rows(self, ask: Ask, act: str) -> None:
        table = ask.question.key[1]
        row = self.row(ask, ask.path)
        if act == "add":
            self._add(ask, row, table)
        elif act.startswith("remove:"):
            row.rows[table] = [r for r in row.rows.get(table, []) if str(r.id) != act.partition(":")[2]]
            row.whole.pop(table, None)
        else:
            row.kept.discard(table)
            row.ticked.discard(table)
            row.whole[table] = True

    def has_typed(self, ask: Ask) -> bool:
        names = (f"{name}{part}" for name in ask.question.fields for part in ("", "-y", "-m", "-d"))
        return any(first(self.form, name) for name in names)

    def _add(self, ask: Ask, row: Told, table: str) -> None:
        q = ask.question
        most = next(e.max_rows for e in self.policy.pack.book.entities if e.name == table)
        if len(row.rows.get(table, ())) >= most:
            self.wrong.append(Complaint("add", f"最多只能加 {most} 个。", f"At most {most} can be added."))
            return
        new = row.add(table)
        chosen = first(self.form, "way") or "0"
        if q.ways:
            if not chosen.isdigit() or int(chosen) >= len(q.ways):
                self.wrong.append(Complaint("way", "请选一种。", "Choose one."))
                return
            new.said.update(q.ways[int(chosen)].sets)
        given = [name for name in q.fields if self._field(table, name, name, new)]
        if q.fields and not given and not self.wrong:
            self.wrong.append(Complaint(q.fields[0], "请先填一样再加。", "Fill in at least one thing before adding."))
        row.kept.discard(table)
        row.whole.pop(table, None)

    def _field(self, table: str, name: str, field: str, new: Told) -> bool:
        """Whether it was said; what is left empty is not known, and is not asked for again."""
        found = self._read(self.policy.declared[table, name], field)
        if found is None:
            new.said.pop(name, None)
            new.kept.add(name)
            return False
        new.kept.discard(name)
        new.said[name] = found
        return True

    def _read(self, fact: Fact, field: str) -> Value | None:
        """None for nothing said, and for what is wrong, which is then told."""
        text = _date_text(self.form, field) if fact.type.kind is Kind.DATE else first(self.form, field)
        if not text:
            return None
        try:
            if len(text) > LONGEST:
                raise _Wrong("太长了。", "That is too long.")
            value = written(fact, text)
            lo, _ = bounds(self.policy, fact, value)
            if fact.type.kind is Kind.DATE and lo > to_day(self.day):
                raise _Wrong("这一天还没有到。", "That day has not come yet.")
        except BadLiteral as bad:
            zh, en = (bad.zh, bad.en) if bad.code in ("out-of-bounds", "empty-bounds") else _plain(fact)
            self.wrong.append(Complaint(field, zh, en))
            return None
        except _Wrong as wrong:
            self.wrong.append(Complaint(field, wrong.zh, wrong.en))
            return None
        return value


def written(fact: Fact, text: str) -> Value:
    """As a pack would write it: ``3000`` of money is 3000 元, ``3000-5000`` a range."""
    text = normalise(text).strip()
    if fact.type.kind not in (Kind.MONEY, Kind.INTEGER):
        return text
    parts = _RANGE.split(text)
    if len(parts) > 2:
        raise _Wrong("请写一个数，或者像 3000-5000 这样的范围。", "Write a number, or a range such as 3000-5000.")
    if fact.type.kind is Kind.MONEY:
        parts = _money(parts)
    return parts[0] if len(parts) == 1 else (parts[0], parts[1])


def _money(parts: list[str]) -> list[str]:
    out = []
    for part in parts:
        found = _NUMBER.fullmatch(part)
        if found is None:
            raise _Wrong(
                "请写数字，如 3000；说不准就写 3000-5000。",
                "Write a number such as 3000, or a range such as 3000-5000.",
            )
        unit = found[2] or ""
        out.append(f"{found[1].replace(',', '').replace('，', '')} {_MONEY_UNIT.get(unit, unit)}")
    return out


def _plain(fact: Fact) -> tuple[str, str]:
    match fact.type.kind:
        case Kind.DATE:
            return "请写真有的日子，只写年份也可以。", "Write a day that exists; the year alone will do."
        case Kind.INTEGER | Kind.MONEY:
            return "请写数字。", "Write a number."
        case Kind.AREA:
            return "请从找到的地方里选一个。", "Choose one of the places found."
    return "请选一个。", "Choose one."


def _date_text(form: Form, field: str) -> str:
    """Year, month and day, the last two of which may be empty; or a date in one piece."""
    whole = first(form, field)
    if whole:
        return whole
    year, month, day = (first(form, f"{field}-{part}") for part in "ymd")
    if not year:
        return month or day
    if day and not month:
        return f"{year}--{day}"
    return "-".join(part.zfill(2) for part in (year, month, day) if part)


def _forget(row: Told, name: str) -> None:
    row.said.pop(name, None)
    row.kept.discard(name)
    row.ticked.discard(name)
    row.whole.pop(name, None)
    row.rows.pop(name, None)
