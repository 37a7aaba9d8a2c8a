"""What a change would do to a decision, as before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.server.decisions.running.differences import AMOUNT, ANSWER, NEW, STOPPED
from doudi.server.decisions.selectors.course import Turn
from doudi.server.decisions.selectors.preview import Change, Preview, Weighed, preview_known
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.naming import Said
from doudi.server.policybook.selectors import policy
from doudi.server.registry.selectors.through import Through
from doudi.server.web.record.story import PERIODS
from doudi.server.web.record.telling import Teller
from doudi.server.web.words import T

_KINDS = {
    NEW: ("good", T("新增", "granted")), STOPPED: ("bad", T("停止", "ended")), AMOUNT: ("open", T("金额变动", "sum changes")),
    ANSWER: ("open", T("结论变动", "answer changes")),
}  # fmt: skip
_ANSWERS = {"是": T("享受", "granted"), "否": T("不享受", "not granted"), "未知": T("未定", "open"), None: T("—", "—")}


@dataclass(frozen=True)
class Changed:
    """One programme that is answered otherwise, in words."""

    kind: str
    sign: str
    name: str
    who: str
    period: T
    change: Change

    @property
    def before(self) -> T:
        return _ANSWERS[self.change.granted_before]

    @property
    def after(self) -> T:
        return _ANSWERS[self.change.granted_after]


@dataclass(frozen=True)
class Unheard:
    """Something typed that would not count, and over which word."""

    name: str
    disputed: bool
    source: str
    since: date | None


@dataclass(frozen=True)
class Effect:
    """``classes``: before and after, None where not settled. ``totals`` are bounds in fen a month."""

    as_of: date
    classes: tuple[Said | None, Said | None]
    totals: tuple[tuple[int, int], tuple[int, int]]
    changes: tuple[Changed, ...]
    unheard: tuple[Unheard, ...]
    same: bool

    @property
    def class_changes(self) -> bool:
        return self.classes[0] != self.classes[1]


def effect(by: Actor, known: Through, *, as_of: date, today: date, who: Mapping[int, str], **supposed: Any) -> Effect:
    """Decides the household as it is and as it would be. ``who``: person -> name. Raises as ``preview`` does."""
    chosen = policy(as_of)
    found: Preview = preview_known(by, known, as_of=as_of, today=today, under=chosen, **supposed)
    tell = Teller(chosen, as_of)
    names = (found.before.household_class, found.after.household_class)
    before, after = (chosen.said_class(n) if n else None for n in names)
    return Effect(
        as_of, (before, after), (found.before.total, found.after.total),
        tuple(_changed(c, who, tell) for c in found.changes), tuple(_unheard(w, tell) for w in found.weighed if not w.counts), found.same,
    )  # fmt: skip


def changed_words(turn: Turn, who: Mapping[int, str], tell: Teller) -> list[Changed]:
    """The programmes of a month that answers otherwise than the one before."""
    return [_changed(c, who, tell) for c in turn.changes]


def _changed(c: Change, who: Mapping[int, str], tell: Teller) -> Changed:
    sign, word = _KINDS[c.kind]
    name = who.get(c.person, str(T("新成员", "the new member"))) if c.person is not None else ""
    return Changed(str(word), sign, tell.name(c.programme), name, PERIODS.get(c.period, T("", "")), c)


def _unheard(w: Weighed, tell: Teller) -> Unheard:
    return Unheard(
        tell.name(w.name), w.disputed, tell.origin(w.over.source) if w.over else "", w.over.since if w.over else None
    )


def tried(
    by: Actor, known: Through, *, on: date, today: date, who: Mapping[int, str], **supposed: Any
) -> Effect | Refused:
    """``effect`` on the day from which it would hold, or today where that was before; what is wrong with what is typed instead, where it is."""
    try:
        return effect(by, known, as_of=max(on, today), today=today, who=who, **supposed)
    except Refused as refused:
        return refused
