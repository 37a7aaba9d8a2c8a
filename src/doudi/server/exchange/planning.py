"""What a ledger would change: each household is new, changed, the same, or held because of what is on record already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from doudi.screening.workbook.findings import Finding
from doudi.screening.workbook.messages import Message
from doudi.screening.workbook.parse import mask_code
from doudi.server.exchange.ledger_in import HOME, HouseholdIn, PersonIn, division
from doudi.server.exchange.same_home import TOWNSHIP, Codes, Placed, matched
from doudi.server.lib.actor import Actor
from doudi.server.registry.actions.absorb import Update, Word
from doudi.server.registry.actions.inputs import NewMember, NewStatement
from doudi.server.registry.selectors.matching import KnownHousehold, KnownPerson, LastSaid, last_said

HELD = {
    "refused": Message("row", "{zh}", "改正后再导入", "{en}", "mend it and import again"),
    "elsewhere": Message(
        "row",
        "成员（{who}）登记在另一户（户#{other}）",
        "先在登记里办理迁出或并户，或核对户编号，再导入",
        "a member ({who}) is on record in another household ({other})",
        "have the person leave it first, or check the household number, then import again",
    ),
    "lives-elsewhere": Message(
        "row",
        "台账写的居住地（{said}）不是登记的居住地（{known}）",
        "这一户搬了家的，先在登记里办理迁移；台账没有更新的，改正居住地；再导入",
        "by the ledger the household lives in {said}, on record it lives in {known}",
        "record the move first if it moved, or mend 居住地 in the ledger, then import again",
    ),
    "closed": Message(
        "row",
        "这个户编号属于一户已经销户的家庭",
        "核对户编号；确需恢复的，在登记里办理",
        "the household number is that of a closed household",
        "check the number, or restore the household first",
    ),
    "outside": Message(
        "row",
        "这一户所在的地区（{area}）不在您的管辖范围内",
        "核对居住地，或请当地导入",
        "the household lives in {area}, which is not among your areas",
        "check where it lives, or have that office import it",
    ),
    "nowhere": Message(
        "row",
        "不知道这一户在哪个乡镇、村",
        "填写居住地，精确到村；或在导入时指明乡镇",
        "it is not said in which township or village the household lives",
        "fill in 居住地 down to the village, or name the township when you import",
    ),
    "older": Message(
        "row",
        "这一户已导入过更晚（{since}）的台账",
        "用最新的台账；要更正过去的，在登记里更正",
        "a later ledger (of {since}) of this household was imported before",
        "use the latest ledger; correct the past in the registry",
    ),
}
"""Why a household without a fault of its own is held back all the same."""


@dataclass(frozen=True)
class Change:
    """What a ledger says anew of a household on record: columns and tables by name, people who join, people whose name is another, and ``goes``,
    the division to which the household moves (empty: it stays)."""

    household: int
    columns: tuple[str, ...]
    newcomers: int
    renamed: int
    goes: str = ""


@dataclass
class Plan:
    """Of some households: ``fresh`` with the township that numbers them, ``updates`` for those on record, ``same`` how many need nothing."""

    fresh: list[tuple[HouseholdIn, str, str]] = field(default_factory=list)
    updates: list[tuple[HouseholdIn, Update]] = field(default_factory=list)
    same: int = 0
    held: list[Finding] = field(default_factory=list)
    changes: dict[int, Change] = field(default_factory=dict)
    """Row of the household on its sheet -> what is new of it, for ``updates``."""
    joining: dict[str, int] = field(default_factory=dict)
    """Identity number -> the person on record who joins a fresh household."""

    def counts(self) -> dict[str, int]:
        return {
            "fresh": len(self.fresh), "people": sum(len(h.people) for h, _, _ in self.fresh), "changed": len(self.updates), "same": self.same,
            "held": len(self.held),
        }  # fmt: skip


def plan(
    by: Actor, households: Sequence[HouseholdIn], *, area: str, since: date, today: date, source: str, evidence: str, sheet: str
) -> Plan:  # fmt: skip
    """``area``: where households live that do not say so. ``since``: the day from which the ledger holds. Reads, changes nothing."""
    made = Plan()
    codes = Codes(since, today)
    placed: list[Placed] = []
    for h in households:
        where = h.area if len(h.area) >= len(area) or not area else area
        if len(where) < TOWNSHIP:
            made.held.append(_held("nowhere", h, sheet))
        elif not by.scope.covers(where, h.other_area):
            made.held.append(_held("outside", h, sheet, area=where))
        else:
            placed.append(Placed(h, where, codes.towns(where[:TOWNSHIP])))
    matches = matched(by, placed, on=since)
    people = {x.id for m in matches for x in m.people.values() if x is not None}
    words = last_said(by, source, households={m.home.id for m in matches if m.home}, people=people)
    say = _Said(since, source, evidence, codes)
    for place, match in zip(placed, matches, strict=True):
        h = place.ledger
        stray = match.stray()
        if match.closed:
            made.held.append(_held("closed", h, sheet))
        elif stray is not None:
            who = next(p for p in h.people if match.people[p.number] == stray)
            made.held.append(_held("elsewhere", h, sheet, who=f"{who.name[:1]}**", other=str(stray.household)))
        elif match.home is None:
            made.fresh.append((h, place.where, place.number))
            made.joining |= {n: x.id for n, x in match.people.items() if x is not None}
        else:
            _existing(made, place, match.home, match.people, words, say, sheet)
    return made


@dataclass(frozen=True)
class _Said:
    since: date
    source: str
    evidence: str
    codes: Codes

    def statement(self, values: dict[str, Any], tables: dict[str, Any]) -> NewStatement:
        return NewStatement(self.source, values, tables, self.evidence, self.since)


def _existing(
    made: Plan, place: Placed, home: KnownHousehold, found: Mapping[str, KnownPerson | None], words: dict[tuple[str, int], LastSaid], say: _Said,
    sheet: str,
) -> None:  # fmt: skip
    h = place.ledger
    new: list[Word] = []
    newcomers: list[NewMember] = []
    renamed: list[tuple[int, str]] = []
    latest = max((w.since for w in _words_of(h, home, found, words)), default=say.since)
    if latest > say.since:
        made.held.append(_held("older", h, sheet, since=latest.isoformat()))
        return
    said = words.get(("household", home.id))
    goes = _goes(h, home, say.codes)
    if goes and not _follows(place, home, goes, said, say.codes):
        made.held.append(_held("lives-elsewhere", h, sheet, said=goes, known=home.place))
        return
    new += _word(said, say, h.values, h.tables, None)
    for p in h.people:
        person = found[p.number]
        if person is None or person.household is None:
            newcomers.append(_member(p, person.id if person else None, say))
            continue
        new += _word(words.get(("person", person.id)), say, p.values, p.tables, person.id)
        # A former name, or one that was corrected, is what an office's ledger says until somebody mends it: it takes no name back.
        if p.name not in person.names:
            renamed.append((person.id, p.name))
    if new or newcomers or renamed or goes:
        made.updates.append((h, Update(home.id, home.version, new, newcomers, renamed, goes)))
        columns = [c for w in new for c in _anew(words.get(_subject(w, home.id)), w.said)]
        made.changes[h.row] = Change(home.id, tuple(dict.fromkeys(columns)), len(newcomers), len(renamed), goes)
    else:
        made.same += 1


def _goes(h: HouseholdIn, home: KnownHousehold, codes: Codes) -> str:
    """The division where the household lives by the ledger, where that is another than the registry's on the ledger's day, or lies within it;
    empty: the same, or one of the two does not say."""
    said = division(int(h.values[HOME])) if HOME in h.values else ""
    if not said or not home.place:
        return ""
    now = codes.now(said)
    return "" if codes.now(home.place).startswith(now) else now


def _follows(place: Placed, home: KnownHousehold, goes: str, last: LastSaid | None, codes: Codes) -> bool:
    """Whether the registry follows where the ledger says the household lives: within the township, where the ledger says so anew, or says the
    village where only the township is on record. A ledger that says what it said before does not take back a move that is on record, and nobody
    is moved between offices by the word of one."""
    anew = last is not None and HOME in last.values and last.values[HOME] != place.ledger.values[HOME]
    closer = goes.startswith(codes.now(home.place))
    return (anew or closer) and not home.moves_later and home.area[:TOWNSHIP] in place.towns


def _words_of(
    h: HouseholdIn,
    home: KnownHousehold,
    found: Mapping[str, KnownPerson | None],
    words: dict[tuple[str, int], LastSaid],
) -> list[LastSaid]:
    keys = [("household", home.id), *(("person", x.id) for p in h.people if (x := found[p.number]) is not None)]
    return [words[k] for k in keys if k in words]


def _word(
    last: LastSaid | None, say: _Said, values: dict[str, Any], tables: dict[str, Any], person: int | None
) -> list[Word]:
    """Nothing where the source says what it said last."""
    if last is not None and last.values == values and last.tables == tables:
        return []
    if last is None and not values and not tables:
        return []
    same_day = last is not None and last.since == say.since
    return [Word(say.statement(values, tables), person, last.id if last is not None and same_day else None)]


def _subject(word: Word, household: int) -> tuple[str, int]:
    return ("household", household) if word.person is None else ("person", word.person)


def _anew(last: LastSaid | None, said: NewStatement) -> list[str]:
    """Names of what is said otherwise than last time, or no longer said."""
    pairs = ((last.values if last else {}, said.values), (last.tables if last else {}, said.tables))
    return [k for before, after in pairs for k in {**before, **after} if before.get(k) != after.get(k)]


def _member(p: PersonIn, person: int | None, say: _Said) -> NewMember:
    said = say.statement(p.values, p.tables)
    if person is not None:
        return NewMember(relation=p.relation, head=False, person=person, statements=(said,))
    return NewMember(p.name, p.relation, head=False, identifiers={"id": p.number}, statements=(said,))


def _held(code: str, h: HouseholdIn, sheet: str, **words: str) -> Finding:
    return Finding(code, sheet, h.row, "", tuple(words.items()), mask_code(h.code), own=HELD[code])
