"""Questions, rows and values as a family reads them, in both languages."""

from __future__ import annotations

from doudi.packs.literals import BadLiteral
from doudi.packs.questions import Question, Said
from doudi.packs.say import say
from doudi.rules.calendar import from_day
from doudi.rules.declared import Fact
from doudi.rules.types import Kind
from doudi.server.decisions.asking.asks import Ask, Standing, tables_to
from doudi.server.decisions.asking.told import Told, Value, bounds
from doudi.server.policybook.policy import Policy


def question_text(standing: Standing, ask: Ask) -> Said:
    q = ask.question
    text = q.who if ask.shape == "who" else q.said
    return filled(standing, q, text, row_name(standing, ask.tables, ask.path) if ask.path else Said())


def hint_text(standing: Standing, ask: Ask) -> Said:
    return filled(
        standing, ask.question, ask.question.hint, row_name(standing, ask.tables, ask.path) if ask.path else Said()
    )


def filled(standing: Standing, q: Question, text: Said, who: Said) -> Said:
    table = q.key[1] if q.since else q.key[0]
    day = standing.since.get(table)
    when = None if day is None else from_day(day)
    zh = "一年前" if when is None else f"{when.year}年{when.month}月{when.day}日"
    en = "a year ago" if when is None else f"{when.day} {when:%B} {when.year}"
    return Said(
        text.zh.replace("{who}", who.zh).replace("{since}", zh), text.en.replace("{who}", who.en).replace("{since}", en)
    )


def row_name(standing: Standing, tables: tuple[str, ...], path: tuple[int, ...]) -> Said:
    """What a row is called: a person by relation and year, what belongs to the person by its kind and the person."""
    policy, told = standing.policy, standing.answers.told
    above = told.at(tables[:-1], path[:-1])
    if above is None:
        return Said("", "")
    own = _own_name(policy, tables, above, path[-1])
    if len(path) == 1:
        return own
    over = row_name(standing, tables[:-1], path[:-1])
    return Said(f"{over.zh}：{own.zh}", f"{over.en}: {own.en}")


def _own_name(policy: Policy, tables: tuple[str, ...], above: Told, number: int) -> Said:
    rows = above.rows.get(tables[-1], [])
    names = [_named(policy, tables, r) for r in rows]
    place = next((i for i, r in enumerate(rows) if r.id == number), None)
    if place is None:
        return Said()
    own = names[place]
    if names.count(own) > 1 or not own.zh:
        nth = place + 1
        return Said(
            f"{own.zh}（第 {nth} 个）" if own.zh else f"第 {nth} 个",
            f"{own.en} (no. {nth})" if own.en else f"no. {nth}",
        )
    return own


def _named(policy: Policy, tables: tuple[str, ...], row: Told) -> Said:
    entity = tables[-1]
    parents = {e.name: e.of for e in policy.pack.book.entities}
    question = policy.pack.questions.get((parents[entity], entity))
    parts = [
        value_text(policy, policy.declared[entity, name], row.said[name], short=True)
        for name in (question.names if question else ())
        if name in row.said
    ]
    if not parts:
        return Said()
    zh, en = parts[0].zh, parts[0].en
    if len(parts) > 1:
        zh, en = f"{zh}（{'，'.join(p.zh for p in parts[1:])}）", f"{en} ({', '.join(p.en for p in parts[1:])})"
    return Said(zh, en)


def value_text(policy: Policy, fact: Fact, value: Value, *, short: bool = False) -> Said:
    """A value that was told, in words. ``short``: of a date only the year."""
    try:
        lo, hi = bounds(policy, fact, value)
    except BadLiteral:
        return Said("?", "?")
    if fact.type.kind is Kind.DATE and (short or lo != hi):
        first, last = from_day(lo), from_day(hi)
        if first.year == last.year:
            month = "" if short or first.month != last.month else f"{first.month}月"
            return Said(f"{first.year}年{month}", f"{first:%B %Y}" if month else str(first.year))
    if lo == hi:
        return stored_text(policy, fact, lo)
    a, b = stored_text(policy, fact, lo), stored_text(policy, fact, hi)
    return Said(f"{a.zh} 到 {b.zh}", f"{a.en} to {b.en}")


def stored_text(policy: Policy, fact: Fact, value: int) -> Said:
    kind, words = fact.type.kind, policy.pack.state.words
    if kind is Kind.TRUTH:
        return Said("是", "Yes") if value else Said("否", "No")
    if kind is Kind.CATEGORY:
        return dict(options(policy, fact))[words.categories[fact.type.category].values[value][0]]
    text = say(value, fact.type, words)
    if kind is Kind.MONEY:
        return Said(text, f"{text.removesuffix(' 元')} yuan")
    if kind is Kind.AREA:
        return Said(text, policy.pack.labels.get(text, text))
    return Said(text, text.split(" ")[0])


def options(policy: Policy, fact: Fact) -> tuple[tuple[str, Said], ...]:
    """The values of a category, in the pack's plainer words where it has them."""
    question = policy.pack.questions.get((fact.entity, fact.name))
    plain = dict(question.options) if question else {}
    values = policy.pack.state.words.categories[fact.type.category].values
    return tuple((zh, plain.get(zh) or Said(zh, en[:1].upper() + en[1:])) for zh, en in values)


__all__ = ["filled", "hint_text", "options", "question_text", "row_name", "stored_text", "tables_to", "value_text"]
