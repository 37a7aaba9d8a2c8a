"""A question as its page shows it: the text, what can be chosen, what was said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from doudi.packs.questions import Desk, Said
from doudi.rules.declared import Fact
from doudi.rules.types import Kind
from doudi.server.decisions.asking import Ask, Complaint, Result, Standing, Told, find_ask
from doudi.server.decisions.asking.told import Value, bounds
from doudi.server.decisions.asking.wording import hint_text, options, question_text, row_name, value_text
from doudi.server.policybook.policy import Policy
from doudi.server.web.public import places

Typed = Mapping[str, Sequence[str]]
_NOTHING = Said()


@dataclass
class Control:
    """One thing to fill in. ``kind``: choice, money, number, date, place."""

    name: str
    kind: str
    said: Said
    value: str = ""
    parts: tuple[str, str, str] = ("", "", "")
    options: tuple[tuple[str, Said], ...] = ()
    unit: Said = _NOTHING
    wrong: Complaint | None = None
    hint: Said = _NOTHING


@dataclass
class Choice:
    """One of several boxes or buttons; of a kind, ``controls`` ask how much."""

    value: str
    said: Said
    chosen: bool = False
    unsure: bool = False
    controls: list[Control] = field(default_factory=list)


@dataclass
class QuestionPage:
    ask: Ask
    said: Said
    hint: Said
    section: int
    sections: tuple[Said, ...]
    wrong: tuple[Complaint, ...]
    choices: list[Choice] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    rows: list[tuple[int, Said]] = field(default_factory=list)
    none: bool = False
    place: PlacePicker | None = None
    left: int = 0
    back: str = ""
    then: str = ""

    @property
    def here(self) -> Said:
        return self.sections[self.section - 1] if self.section else Said()


@dataclass
class PlacePicker:
    """``within``: the place that was gone down to; ``found`` what the typed name gave (None: nothing was typed)."""

    within: str
    name: str
    below: list[places.Place]
    typed: str = ""
    found: list[places.Place] | None = None
    same: Said = _NOTHING
    chosen: str = ""
    now: places.Place | None = None
    """What was chosen before, where it is not among those shown."""


def question_page(
    standing: Standing, ask: Ask, typed: Typed | None = None, wrong: tuple[Complaint, ...] = ()
) -> QuestionPage:
    """``typed``: a form that was refused, or that asked for places; it is shown as it was."""
    policy = standing.policy
    names = [s.name for s in policy.pack.sections]
    section = ask.question.section
    page = QuestionPage(
        ask, question_text(standing, ask), hint_text(standing, ask), names.index(section) + 1 if section in names else 0,
        tuple(Said(s.name, s.en) for s in policy.pack.sections), wrong, left=len(standing.asks),
    )  # fmt: skip
    if ask.shape == "who":
        page.choices = [_person(standing, ask, path, typed) for path in ask.among]
        page.none = bool(_all(typed, "none")) if typed is not None else _nobody(standing, ask)
    elif ask.shape == "value":
        assert ask.fact is not None
        row = _row(standing, ask)
        told = row.said.get(ask.question.key[1])
        page.controls = [_control(standing, ask.fact, "v", told, typed, wrong)]
        if ask.fact.type.kind is Kind.AREA:
            page.place = _picker(standing, ask, told, typed)
    elif ask.shape == "kinds":
        page.choices = _kinds(standing, ask, typed, wrong)
        page.none = bool(_all(typed, "none")) if typed is not None else _empty(standing, ask)
    else:
        _rows(standing, ask, page, typed)
    return page


def _row(standing: Standing, ask: Ask, path: tuple[int, ...] | None = None) -> Told:
    found = standing.answers.told.at(ask.tables, ask.path if path is None else path)
    assert found is not None
    return found


def _all(typed: Typed | None, name: str) -> Sequence[str]:
    return () if typed is None else typed.get(name, ())


def _person(standing: Standing, ask: Ask, path: tuple[int, ...], typed: Typed | None) -> Choice:
    mark, row, name = ".".join(map(str, path)), _row(standing, ask, path), ask.question.key[1]
    said = row_name(standing, ask.tables, path)
    if typed is not None:
        return Choice(mark, said, mark in _all(typed, "who"), mark in _all(typed, "unsure"))
    return Choice(mark, said, ticked(standing.answers.told, ask, row), name in row.kept)


def ticked(root: Told, ask: Ask, row: Told) -> bool:
    """Whether the person is one of those that the question asks for."""
    q, name = ask.question, ask.question.key[1]
    if name in row.ticked:
        return True
    if ask.fact is None:
        return bool(row.rows.get(name))
    if name not in row.said:
        return False
    if q.ticked:
        return row.said[name] == q.ticked
    _, dot, fact = q.rest.partition(".")
    return row.said[name] != (root.said.get(fact) if dot else q.rest or "否")


def _nobody(standing: Standing, ask: Ask) -> bool:
    """Whether it was answered before, and of nobody."""
    told, name = standing.answers.told, ask.question.key[1]
    rows = [_row(standing, ask, path) for path in ask.among]
    answered = all(name in r.said or (ask.fact is None and r.whole.get(name)) for r in rows)
    return ask.id in standing.answers.trail and answered and not any(ticked(told, ask, r) for r in rows)


def _empty(standing: Standing, ask: Ask) -> bool:
    row, table = _row(standing, ask), ask.question.key[1]
    return bool(row.whole.get(table)) and not row.rows.get(table) and table not in row.ticked


def _control(
    standing: Standing, fact: Fact, name: str, told: Value | None, typed: Typed | None, wrong: tuple[Complaint, ...]
) -> Control:
    policy = standing.policy
    question = policy.pack.questions.get((fact.entity, fact.name))
    kind = {
        Kind.TRUTH: "choice", Kind.CATEGORY: "choice", Kind.DATE: "date", Kind.MONEY: "money", Kind.AREA: "place",
    }.get(fact.type.kind, "number")  # fmt: skip
    control = Control(name, kind, Said(fact.name, fact.en), hint=question.hint if question else Said())
    control.wrong = next((w for w in wrong if w.field == name), None)
    if kind == "choice":
        both = (("是", Said("是", "Yes")), ("否", Said("不是", "No")))
        control.options = both if fact.type.kind is Kind.TRUTH else options(policy, fact)
    if kind == "money":
        control.unit = Said("元", "yuan")
    if kind == "number":
        control.unit = Said(fact.type.unit, "")
    if typed is not None:
        control.value = next(iter(_all(typed, name)), "")
        y, m, d = (next(iter(_all(typed, f"{name}-{p}")), "") for p in "ymd")
        control.parts = (y, m, d)
    elif told is not None:
        control.value = plain(policy, fact, told)
        control.parts = _parts(control.value) if kind == "date" else ("", "", "")
    return control


def plain(policy: Policy, fact: Fact, told: Value) -> str:
    """What was told as one types it again."""
    texts = (told,) if isinstance(told, str) else told
    if fact.type.kind is Kind.DATE and not isinstance(told, str):
        lo, _ = bounds(policy, fact, told)
        return told[0][:4] if lo else told[0]
    return "-".join(
        t.removesuffix(" 元").split(" ")[0] if fact.type.kind in (Kind.MONEY, Kind.INTEGER) and "万" not in t else t
        for t in texts
    )


def _parts(text: str) -> tuple[str, str, str]:
    found = [part.lstrip("0") for part in text.split("-")]
    y, m, d = (*found, "", "")[:3]
    return y, m, d


def _kinds(standing: Standing, ask: Ask, typed: Typed | None, wrong: tuple[Complaint, ...]) -> list[Choice]:
    q, table = ask.question, ask.question.key[1]
    policy, row = standing.policy, _row(standing, ask)
    listed = {r.said.get(q.kinds): r for r in row.rows.get(table, ())}
    out = []
    for value, said in options(policy, policy.declared[table, q.kinds]):
        there = listed.get(value)
        chosen = value in _all(typed, "k") if typed is not None else there is not None
        controls = [
            _control(
                standing, policy.declared[table, name], f"{name}-{value}", there.said.get(name) if there and typed is None else None, typed, wrong
            )
            for name in q.fields
            if name != q.kinds
        ]  # fmt: skip
        out.append(Choice(value, said, chosen, controls=controls))
    return out


def _rows(standing: Standing, ask: Ask, page: QuestionPage, typed: Typed | None) -> None:
    q, table = ask.question, ask.question.key[1]
    policy, row = standing.policy, _row(standing, ask)
    page.rows = [(r.id, row_name(standing, (*ask.tables, table), (*ask.path, r.id))) for r in row.rows.get(table, ())]
    chosen = next(iter(_all(typed, "way")), "0")
    page.choices = [Choice(str(i), w.said, str(i) == chosen) for i, w in enumerate(q.ways)]
    for name in q.fields:
        control = _control(standing, policy.declared[table, name], name, None, typed, page.wrong)
        own = policy.pack.questions.get((table, name))
        if own is not None and own.hint and control.kind in ("money", "date"):
            control.hint = own.hint
        page.controls.append(control)


def _picker(standing: Standing, ask: Ask, told: Value | None, typed: Typed | None) -> PlacePicker:
    policy, day = standing.policy, standing.day
    within = next(iter(_all(typed, "within")), "")
    pressed = next(iter(_all(typed, "v")), "")
    if pressed.startswith("in:"):
        within = pressed.removeprefix("in:")
    within = within if within.isascii() and within.isdigit() and len(within) <= 12 else ""
    text = next(iter(_all(typed, "find")), "")
    same = Said()
    _, dot, fact = ask.question.rest.partition(".")
    if dot and fact in standing.answers.told.said and fact != ask.question.key[1]:
        value = standing.answers.told.said[fact]
        name = place_text(policy, value, day)
        same = Said(f"和户口在一起：{name}", f"The same as the registration: {name}")
    shown = places.below(policy, within, day)
    chosen = told if typed is None and isinstance(told, str) else ""
    now = places.shortened(chosen) if chosen.isdigit() else ""
    before = places.Place(now, place_text(policy, chosen, day)) if now and now not in {p.code for p in shown} else None
    return PlacePicker(
        within, places.names(policy, {within}, day)[within] if within else "", shown, text,
        places.find(policy, text, day) if text else None, same, now or chosen, before,
    )  # fmt: skip


def place_text(policy: Policy, value: Value, day: date) -> str:
    """A place that was told, by its name."""
    code = value if isinstance(value, str) else value[0]
    if not (code.isascii() and code.isdigit()):
        return code
    return places.names(policy, {code}, day)[code] or "别的地方"


@dataclass
class Counter:
    """Where to go, for which programmes; what goes to one place with the same papers is told once."""

    desk: Desk
    cites: tuple[Said, ...]
    results: list[Result]


def desks(found: Sequence[Result]) -> list[Counter]:
    out: dict[tuple[Said, tuple[Said, ...]], Counter] = {}
    for r in found:
        if r.desk is not None:
            out.setdefault((r.desk.apply, r.desk.papers), Counter(r.desk, r.says_where, [])).results.append(r)
    return list(out.values())


@dataclass(frozen=True)
class Answered:
    """One question that was answered, with the answer, and its id to answer it anew."""

    id: str
    said: Said
    answer: Said


def said_so_far(standing: Standing) -> list[Answered]:
    """Everything that was answered, in the order in which it was asked."""
    out = []
    for wanted in standing.answers.trail:
        ask = find_ask(standing.policy, standing.answers, wanted)
        if ask is not None:
            out.append(Answered(wanted, question_text(standing, ask), _answer(standing, ask)))
    return out


def _answer(standing: Standing, ask: Ask) -> Said:
    answers, name, policy = standing.answers, ask.question.key[1], standing.policy
    if ask.shape == "who":
        rows = [(path, _row(standing, ask, path)) for path in ask.among]
        chosen = [row_name(standing, ask.tables, path) for path, row in rows if ticked(answers.told, ask, row)]
        kept = [row for _, row in rows if name in row.kept]
        parts = chosen or ([] if len(kept) == len(rows) else [Said("都不是", "None of them")])
        more = [Said(f"说不准 {len(kept)} 位", f"{len(kept)} not sure")] if kept else []
        return _joined([*parts, *more])
    row = _row(standing, ask)
    if ask.shape == "value":
        assert ask.fact is not None
        if name not in row.said:
            return Said("没有说", "Not said")
        if ask.fact.type.kind is Kind.AREA:
            text = place_text(policy, row.said[name], standing.day)
            return Said(text, text)
        return value_text(policy, ask.fact, row.said[name])
    parts = [_item(standing, ask, r) for r in row.rows.get(name, ())]
    if name in row.kept:
        parts.append(Said("不知道是不是都说了", "Perhaps not all"))
    return _joined(parts) if parts else Said("没有", "None")


def _item(standing: Standing, ask: Ask, r: Told) -> Said:
    """A row by its name, and the sums that were said of it."""
    policy, table = standing.policy, ask.question.key[1]
    own = row_name(standing, (*ask.tables, table), (*ask.path, r.id))
    zh, en = own.zh.split("：")[-1], own.en.split(": ")[-1]
    for name in ask.question.fields:
        fact = policy.declared[table, name]
        if name in r.said and name not in ask.question.names and fact.type.kind is Kind.MONEY:
            much = value_text(policy, fact, r.said[name])
            zh, en = f"{zh} {much.zh}", f"{en} {much.en}"
    return Said(zh, en)


def _joined(parts: Sequence[Said]) -> Said:
    return Said("、".join(p.zh for p in parts), "; ".join(p.en for p in parts))
