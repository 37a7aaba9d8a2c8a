"""The comparison set as an OpenFisca tax and benefit system.

Written as someone who knows OpenFisca and wants it right and fast would write it. Where there was a choice, the one that is
better for OpenFisca was taken, and a comment says so.
"""

# OpenFisca's classes are not typed, and a variable is a class whose attributes are its declaration.
# mypy: disallow-subclassing-any=False, disallow-untyped-defs=False, disallow-untyped-calls=False
# ruff: noqa: ANN001, ANN201, ANN202, N801, N805

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import MONTH
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.comparison.names import CLASSES, GRADES, KINDS, REGISTRATIONS, counties, dated_lines

Person = build_entity(key="person", plural="persons", label="", is_person=True)
Household = build_entity(
    key="household", plural="households", label="", roles=[{"key": "member", "plural": "members", "label": ""}]
)

County = Enum("County", [f"c{code}" for _, code in counties()])
Registration = Enum("Registration", list(REGISTRATIONS))
Kind = Enum("Kind", list(KINDS))
Grade = Enum("Grade", list(GRADES))
Class = Enum("Class", list(CLASSES))


# Amounts are yuan in ``float``, which OpenFisca stores as float32: that is what its packages use for money. Its ``int``
# is int32, which as fen ends at 21.47 million yuan, less than a family may own.
def to_fen(x):
    """Half up to the fen; NumPy's own round goes to the even neighbour."""
    return np.floor(x * 100 + 0.5) / 100


def to_yuan(x):
    return np.floor(x + 0.5)


# Inputs


class county(Variable):
    value_type, entity, definition_period = Enum, Household, MONTH
    possible_values, default_value = County, next(iter(County))


class registration(Variable):
    value_type, entity, definition_period = Enum, Household, MONTH
    possible_values, default_value = Registration, next(iter(Registration))


class cars(Variable):
    value_type, entity, definition_period = int, Household, MONTH


class houses(Variable):
    value_type, entity, definition_period = int, Household, MONTH


class deposits(Variable):
    value_type, entity, definition_period = float, Household, MONTH


class birth(Variable):
    value_type, entity, definition_period = date, Person, MONTH


class alive(Variable):
    value_type, entity, definition_period = bool, Person, MONTH


class kind(Variable):
    value_type, entity, definition_period = Enum, Person, MONTH
    possible_values, default_value = Kind, Kind[KINDS[-1]]


class grade(Variable):
    value_type, entity, definition_period = Enum, Person, MONTH
    possible_values, default_value = Grade, Grade[GRADES[-1]]


class able(Variable):
    value_type, entity, definition_period = bool, Person, MONTH


class supporter(Variable):
    value_type, entity, definition_period = bool, Person, MONTH


AMOUNTS = [
    type(name, (Variable,), {"value_type": float, "entity": Person, "definition_period": MONTH})
    for name in ("wages", "farm", "transfer", "pension", "medical", "education")
]


# Rules


class line(Variable):
    value_type, entity, definition_period = float, Household, MONTH

    def formula(household, period, parameters):
        # Fancy indexing, the way OpenFisca's documentation teaches.
        node = parameters(period).line
        return node[household("registration", period)][household("county", period)]


class age(Variable):
    value_type, entity, definition_period = int, Person, MONTH

    def formula(person, period):
        # The way of OpenFisca's country template.
        birth = person("birth", period)
        year = birth.astype("datetime64[Y]").astype(int) + 1970
        month = birth.astype("datetime64[M]").astype(int) % 12 + 1
        day = (birth - birth.astype("datetime64[M]") + 1).astype(int)
        start = period.start
        had_birthday = (month < start.month) | ((month == start.month) & (day <= start.day))
        return start.year - year - ~had_birthday


class severe(Variable):
    value_type, entity, definition_period = bool, Person, MONTH

    def formula(person, period):
        grade = person("grade", period)
        return (grade == Grade.一级) | (grade == Grade.二级)


class counted_income(Variable):
    value_type, entity, definition_period = float, Person, MONTH

    def formula(person, period):
        wages = person("wages", period)
        counted = np.where(person("severe", period), to_fen(wages * 0.7), wages)
        income = counted + person("farm", period) + person("transfer", period) + person("pension", period)
        return income * person("alive", period)


class destitute(Variable):
    value_type, entity, definition_period = bool, Person, MONTH

    def formula(person, period):
        age = person("age", period)
        weak = (age >= 60) | (age < 16) | person("severe", period)
        return (
            person("alive", period)
            & weak
            & ~person("able", period)
            & (person("counted_income", period) == 0)
            & ~person("supporter", period)
        )


class heads(Variable):
    value_type, entity, definition_period = int, Household, MONTH

    def formula(household, period):
        return household.sum(household.members("alive", period))


class destitute_heads(Variable):
    value_type, entity, definition_period = int, Household, MONTH

    def formula(household, period):
        return household.sum(household.members("destitute", period))


class income(Variable):
    value_type, entity, definition_period = float, Household, MONTH

    def formula(household, period):
        # The sum itself is float64 (numpy.bincount); it becomes float32 when it is stored.
        return household.sum(household.members("counted_income", period))


class spending(Variable):
    value_type, entity, definition_period = float, Household, MONTH

    def formula(household, period):
        members = household.members
        spent = members("medical", period) + members("education", period)
        return household.sum(spent * members("alive", period))


class income_per_head(Variable):
    value_type, entity, definition_period = float, Household, MONTH

    def formula(household, period):
        return to_fen(household("income", period) / np.maximum(household("heads", period), 1))


class left_per_head(Variable):
    value_type, entity, definition_period = float, Household, MONTH

    def formula(household, period):
        left = household("income", period) - household("spending", period)
        return to_fen(left / np.maximum(household("heads", period), 1))


class open_to_aid(Variable):
    value_type, entity, definition_period = bool, Household, MONTH

    def formula(household, period):
        heads = household("heads", period)
        return (
            (heads > 0)
            & (household("destitute_heads", period) < heads)
            & (household("cars", period) == 0)
            & (household("houses", period) <= 1)
        )


class low(Variable):
    value_type, entity, definition_period = bool, Household, MONTH

    def formula(household, period):
        line = household("line", period)
        limit = 24 * line * household("heads", period)
        return (
            household("open_to_aid", period)
            & (household("income_per_head", period) < line)
            & (household("deposits", period) <= limit)
        )


class marginal(Variable):
    value_type, entity, definition_period = bool, Household, MONTH

    def formula(household, period):
        line = household("line", period)
        limit = 36 * line * household("heads", period)
        return (
            household("open_to_aid", period)
            & ~household("low", period)
            & (household("income_per_head", period) < line * 1.5)
            & (household("deposits", period) <= limit)
        )


class hardship(Variable):
    value_type, entity, definition_period = bool, Household, MONTH

    def formula(household, period):
        line = household("line", period)
        limit = 36 * line * household("heads", period)
        return (
            household("open_to_aid", period)
            & ~household("low", period)
            & ~household("marginal", period)
            & (household("left_per_head", period) < line)
            & (household("deposits", period) <= limit)
        )


class low_amount(Variable):
    value_type, entity, definition_period = float, Household, MONTH

    def formula(household, period):
        heads = household("heads", period)
        gap = household("line", period) * heads - household("income", period)
        share = (heads - household("destitute_heads", period)) / np.maximum(heads, 1)
        return to_yuan(gap * share) * household("low", period)


class topup(Variable):
    value_type, entity, definition_period = float, Person, MONTH

    def formula(person, period):
        age, grade, kind = person("age", period), person("grade", period), person("kind", period)
        third = (grade == Grade.三级) & ((kind == Kind.智力) | (kind == Kind.精神))
        rate = np.select([person("severe", period), (age >= 70) | third, age < 18], [0.3, 0.2, 0.1], 0)
        due = person.household("low", period) & person("alive", period) & ~person("destitute", period)
        return to_fen(person.household("line", period) * rate) * due


class support(Variable):
    value_type, entity, definition_period = float, Person, MONTH

    def formula(person, period):
        return to_yuan(person.household("line", period) * 1.3) * person("destitute", period)


class old_age(Variable):
    value_type, entity, definition_period = float, Person, MONTH

    def formula(person, period):
        age = person("age", period)
        return np.select([age >= 100, age >= 90, age >= 80], [1100, 200, 100], 0) * person("alive", period)


class subsidised(Variable):
    value_type, entity, definition_period = bool, Person, MONTH

    def formula(person, period):
        disabled = person("grade", period) != Grade.无残疾
        return person("alive", period) & disabled & ~person("destitute", period)


class living(Variable):
    value_type, entity, definition_period = float, Person, MONTH

    def formula(person, period):
        aided = person.household("low", period) | person.household("marginal", period)
        amount = np.where(person("severe", period), 120, 100)
        return amount * (person("subsidised", period) & aided)


class nursing(Variable):
    value_type, entity, definition_period = float, Person, MONTH

    def formula(person, period):
        amount = np.where(person("grade", period) == Grade.一级, 150, 100)
        return amount * (person("subsidised", period) & person("severe", period))


class total(Variable):
    value_type, entity, definition_period = float, Household, MONTH

    def formula(household, period):
        members = household.members
        amounts = sum(members(name, period) for name in ("support", "topup", "old_age", "living", "nursing"))
        return household("low_amount", period) + household.sum(amounts)


class family_class(Variable):
    value_type, entity, definition_period = Enum, Household, MONTH
    possible_values, default_value = Class, Class[CLASSES[-1]]

    def formula(household, period):
        heads = household("heads", period)
        return np.select(
            [
                (heads > 0) & (household("destitute_heads", period) == heads),
                household("low", period),
                household("marginal", period),
                household("hardship", period),
            ],
            [0, 1, 2, 3],
            4,
        )


def tuned_line() -> type[Variable]:
    """The same from a table made once of the same parameters: fancy indexing walks the rows in Python, a second for a
    million households, and taking by the enums' indices does not."""

    class line(Variable):
        value_type, entity, definition_period = float, Household, MONTH

        def formula(household, period, parameters):
            node = parameters(period).line
            table = np.array([[node[r.name][c.name] for r in Registration] for c in County], np.float32)
            return table[household("county", period), household("registration", period)]

    return line


def parameters() -> ParameterNode:
    """The dated lines, yuan a month, by registration type and county."""
    tree: dict[str, Any] = {r.name: {c.name: {"values": {}} for c in County} for r in Registration}
    codes = {name: f"c{code}" for name, code in counties()}
    for county_name, registration_name, since, _, fen in dated_lines():
        tree[registration_name][codes[county_name]]["values"][since.isoformat()] = {"value": fen / 100}
    return ParameterNode("", data={"line": tree})


def system(tuned: bool = False) -> TaxBenefitSystem:
    """The system with its parameters and every variable of this module."""
    out = TaxBenefitSystem([Person, Household])
    out.parameters = parameters()
    for variable in (*AMOUNTS, *globals().values()):
        if isinstance(variable, type) and issubclass(variable, Variable) and variable is not Variable:
            out.add_variable(variable)
    if tuned:
        out.replace_variable(tuned_line())
    return out
