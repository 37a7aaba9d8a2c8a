"""Whether somebody who is about to be put on record may be there already: asked while the form is filled in, answered in milliseconds.

The question goes over everybody on record: a household that moved is registered twice across two offices. Whom the reader may see is shown; of the
others only where they are on record, and only where much speaks for it (see docs/algorithms/duplicates.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice, product

from django.db.models import Q

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.blind import blind, normal
from doudi.server.lib.scope import Scope
from doudi.server.registry.duplicates import people
from doudi.server.registry.duplicates.core import dates, numbers
from doudi.server.registry.duplicates.core.compare import Compared, One, compare
from doudi.server.registry.duplicates.core.evidence import THRESHOLD, Evidence
from doudi.server.registry.duplicates.core.lookalikes import GROUPS
from doudi.server.registry.duplicates.core.names import Name, name
from doudi.server.registry.duplicates.counting import Alone, Asked
from doudi.server.registry.duplicates.verbs import ASKED
from doudi.server.registry.models import Identifier, Person, Term
from doudi.server.registry.selectors.record import showing

ELSEWHERE = 100
"""From here on a reader is told that there is a record in an area that is not the reader's."""
_ALONE = Alone()
_MOST = 1_500
"""People looked at in full for one question; beyond it those of the same birth date come first."""
_SPELLINGS = 120
_GROUP = {c: g for g in reversed(GROUPS) for c in g}


@dataclass(frozen=True)
class Entered:
    """What is known so far of the person at the counter; ``number`` and ``contacts`` (kind -> number) as they were typed. ``person``: the one
    on record who is being corrected, and who is not a double of themselves."""

    name: str
    sex: str = ""
    born: date | None = None
    number: str = ""
    area: str = ""
    household: int | None = None
    contacts: dict[str, str] = field(default_factory=dict)
    person: int | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody on record. Of one outside the reader's areas there is only ``area``, the township: no person, name, date, score or evidence."""

    area: str
    person: int | None = None
    name: str = ""
    sex: str = ""
    born: date | None = None
    score: int | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def elsewhere(self) -> bool:
        return self.person is None


def on_entry(reader: Actor, entered: Entered, *, on: date, limit: int = 10) -> list[Candidate]:
    """Those on record who may be the person entered, the likeliest first. ``on`` is the day whose households count. Recorded as shown.

    Raises NotAllowed without the permission to register people: this is no way to search.
    """
    reader.require("registry.change")
    with showing(reader, ASKED, area=entered.area, outside=0) as shown:
        with acting(replace(reader, scope=Scope.everything())):
            scored = _scored(entered, on)
            rows = Person.objects.filter(id__in=[i for i, _ in scored]) if scored else Person.objects.none()
            known = {r["id"]: r for r in rows.values("id", "name", "sex", "born", "area", "other_area")}
        found: list[Candidate] = []
        for i, compared in scored:
            r = known[i]
            if reader.scope.covers(r["area"], r["other_area"]):
                found.append(Candidate(r["area"], i, r["name"], r["sex"], r["born"], compared.score, compared.evidence))
            elif compared.score >= ELSEWHERE:
                found.append(Candidate(r["area"][:9]))
        found = found[:limit]
        shown.count, shown.keep = len(found), bool(found)
        shown.params["outside"] = sum(c.elsewhere for c in found)
        return found


def _scored(entered: Entered, on: date) -> list[tuple[int, Compared]]:
    number = normal("id", entered.number) if entered.number else ""
    tokens = {blind(kind, normal(kind, text)) for kind, text in entered.contacts.items() if text}
    me = One(
        name(entered.name), entered.sex, people.digits(entered.born), number, (entered.area,) if entered.area else (), entered.household or 0,
        frozenset(t[:8] for t in tokens),
    )  # fmt: skip
    wanted = _by_number(number) | _by_contact(tokens) | _by_name_and_birth(me)
    wanted.discard(entered.person or 0)
    counts = Asked()
    scored = []
    for i, other in people.some(wanted, on).items():
        # As if each name and day were theirs alone: who does not reach the threshold so is not worth a count.
        if compare(me, other, _ALONE).score < THRESHOLD:
            continue
        compared = compare(me, other, counts)
        if compared.score >= THRESHOLD:
            scored.append((i, compared))
    return sorted(scored, key=lambda s: (-s[1].score, s[0]))


def _by_number(number: str) -> set[int]:
    """Whoever has this number, or one a slip away: the blind index of every such number is looked up, so that none need be stored."""
    if not number:
        return set()
    wanted = [blind("id", n) for n in (number, *numbers.one_slip_from(number))]
    return set(
        Identifier.objects.filter(blind__in=wanted, kind="id", withdrawn=None).values_list("person_id", flat=True)
    )


def _by_contact(tokens: Iterable[bytes]) -> set[int]:
    wanted = list(tokens)
    if not wanted:
        return set()
    found = Identifier.objects.filter(blind__in=wanted, kind__in=people.CONTACTS, withdrawn=None)
    return set(found.values_list("person_id", flat=True)[:50])


def _by_name_and_birth(me: One) -> set[int]:
    """Names that sound or look alike with a birth date a slip away or unknown, and every name on the birth date itself that keeps an end."""
    found: set[int] = set()
    alike = [Term.objects.filter(q) for q in _alike(me.name)] if me.name.text else []
    if not me.born:
        here = me.areas[0][:9] if me.areas else ""
        for terms in alike:
            rows = terms.filter(area__startswith=here) if here else terms
            found.update(rows.values_list("person_id", flat=True)[:_MOST])
        return found
    same_day = Person.objects.filter(born=_date(me.born), merged_into=None).values_list("id", "name")
    found.update(i for i, written in same_day[: 2 * _MOST] if _keeps_an_end(me.name, name(written)))
    days = [_date(d) for d in dates.one_slip_from(me.born)]
    month = _date(me.born).replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    when = Q(person__born__in=days) | Q(person__born=None) | Q(person__born__gte=month, person__born__lt=after)
    for terms in alike:
        found.update(terms.filter(when).values_list("person_id", flat=True)[:_MOST])
    return found


def _alike(me: Name) -> list[Q]:
    """The terms of names that sound alike, the name itself among them, and of those that look alike where there are any."""
    sounds = ["".join(way) for way in islice(product(*(sorted(_with_accents(s)) for s in me.sounds)), _SPELLINGS)]
    looks = ["".join(way) for way in islice(product(*(sorted({c, *_GROUP.get(c, "")}) for c in me.text)), _SPELLINGS)]
    return [Q(kind="p", term__in=sounds), *([Q(kind="n", term__in=looks)] if len(looks) > 1 else [])]


def _with_accents(syllables: Iterable[str]) -> set[str]:
    """The syllables and those that are said like them: zh and z, l and n, ang and an."""
    found = set(syllables)
    for s in list(found):
        starts = {s}
        for a, b in (("zh", "z"), ("ch", "c"), ("sh", "s")):
            if s.startswith(a):
                starts.add(b + s[2:])
            elif s.startswith(b):
                starts.add(a + s[1:])
        if s[:1] in "ln":
            starts.add({"l": "n", "n": "l"}[s[0]] + s[1:])
        for t in starts:
            found.add(t)
            if t.endswith(("ang", "eng", "ing")):
                found.add(t[:-1])
            elif t.endswith(("an", "en", "in")):
                found.add(t + "g")
    return found


def _keeps_an_end(a: Name, b: Name) -> bool:
    if not a.text or not b.text:
        return False
    return bool(
        a.nears[0] & b.nears[0]
        or a.nears[-1] & b.nears[-1]
        or a.shapes[0] == b.shapes[0]
        or a.shapes[-1] == b.shapes[-1]
    )


def _date(born: int) -> date:
    return date(born // 10000, born // 100 % 100, born % 100)


__all__ = ["Candidate", "Entered", "on_entry"]
