"""The form that narrows a ledger, made of what the pack and the divisions say there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from doudi.server.areas.selectors import sets
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors.policies import base_on
from doudi.server.registry.checks import PERSON as PERSON_ENTITY
from doudi.server.registry.checks import SEX
from doudi.server.rolls.asked import HOUSEHOLD, UNTOLD
from doudi.server.web.area_choice import area_field
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.words import T

_ORDERS = {
    HOUSEHOLD: (
        Option("area", "按地区", "by place"), Option("number", "按户编号", "by number"), Option("-people", "人口多的在前", "largest first"),
        Option("people", "人口少的在前", "smallest first"),
    ),
    "person": (
        Option("area", "按地区", "by place"), Option("age", "年长的在前", "oldest first"), Option("-age", "年幼的在前", "youngest first"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """``first`` are always in sight, ``more`` are folded away unless one of them is set (``open``)."""

    first: list[Field]
    more: list[Field]
    open: bool


@dataclass(frozen=True)
class Known:
    """What the pack in force on a day knows, asked of it once a page."""

    policy: Policy
    on: date

    @classmethod
    def of(cls, on: date) -> Known:
        # Which standards were published since changes no name: that question is spared.
        return cls(base_on(on), on)

    @property
    def ledgers(self) -> dict[str, T]:
        return {x.code: T(x.zh, x.en) for x in self.policy.ledgers}

    @property
    def classes(self) -> dict[str, T]:
        """The classes of households."""
        return {zh: T(zh, en) for zh, en in self._values(*self.policy.plan.household_class)}

    @property
    def sexes(self) -> tuple[Option, ...]:
        return tuple(Option(zh, zh, en) for zh, en in self._values(PERSON_ENTITY, SEX))

    def person_value(self, fact: str, value: str) -> T:
        """A value of a person's category fact."""
        said = self.policy.names.value_of((PERSON_ENTITY, fact), value)
        return T(said.zh, said.en)

    def _values(self, entity: str, name: str) -> tuple[tuple[str, str], ...]:
        fact = self.policy.declared.get((entity, name))
        first = self.on.replace(day=1)
        kind = fact.type if fact is not None else self.policy.ruleset(first).variables[entity, name].type
        found = next((c.values for c in self.policy.pack.book.categories if c.name == kind.category), ())
        return tuple((str(zh), str(en)) for zh, en in found)


def filters(
    by: Actor,
    of: str,
    words: Mapping[str, str],
    known: Known,
    refused: Refused | None = None,
    names: Mapping[str, str] | None = None,
) -> Filters:
    """The form as it was filled. Raises NotFound for an area that is not the reader's."""
    ledgers = tuple(Option(code, t.zh, t.en) for code, t in known.ledgers.items())
    none = Option("", "不限", "any")
    first = [
        area_field(by, words.get("area", ""), known.on, names),
        Field("ledger", "台账", "Ledger", kind="choice", options=(none, *ledgers)),
        Field(
            "q",
            "姓名、拼音、号码",
            "Name, pinyin, number",
            kind="search",
            attrs={"autocomplete": "off", "maxlength": "120"},
        ),
    ]
    more = []
    if by.allows("screening.read"):
        classes = (
            none, *(Option(code, t.zh, t.en) for code, t in known.classes.items()), Option(UNTOLD, "情况不明，未能定类", "could not be told"),
        )  # fmt: skip
        first.insert(2, Field("class", "上次筛查类别", "Class at the last screening", kind="choice", options=classes))
        more.append(Field("open", "有情况不明、暂不能定的", "Something unknown keeps an answer open", kind="check"))
    if found := sets(by, known.on):
        choices = tuple(Option(str(s.id), s.name, s.name) for s in found)
        more.append(Field("set", "片区", "Set of areas", kind="choice", options=(none, *choices)))
    size = T("人", "people")
    more += [
        Field("people_from", "家庭人口，从", "Members, from", kind="number", unit=size),
        Field("people_to", "到", "to", kind="number", unit=size),
    ]
    if of != HOUSEHOLD:
        years = T("周岁", "years")
        more += [
            Field("age_from", "年龄，从", "Age, from", kind="number", unit=years),
            Field("age_to", "到", "to", kind="number", unit=years),
            Field("sex", "性别", "Sex", kind="choice", options=(none, *known.sexes)),
        ]
    more.append(Field("sort", "排序", "Order", kind="choice", options=_ORDERS[of]))
    set_ = any(words.get(f.name) for f in more)
    typed = {k: v for k, v in words.items() if k != "open" or v == "1"}
    return Filters(filled(first, typed, refused), filled(more, typed, refused), set_ or bool(refused))
