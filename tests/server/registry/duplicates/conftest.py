"""People on record who may be doubles, registered as a clerk would; rows are looked at directly, whatever their areas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from doudi.screening.workbook.idnumber import check_character
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.registry.actions import NewMember, NewStatement, register_household
from tests.server.cast import SYSTEM, VILLAGE_CODE

BEGAN = date(2020, 1, 1)
TODAY = date(2026, 11, 22)


@pytest.fixture
def db(db: str) -> Iterator[str]:
    with acting(SYSTEM):
        yield db


def an_id(first: str) -> str:
    return first + check_character(first)


def put(
    name: str, born: str = "", number: str = "", area: str = VILLAGE_CODE, *, by: Actor = SYSTEM, phone: str = "", sex: str = "男", with_: str = ""
) -> int:  # fmt: skip
    """A household of one, or of two ``with_`` a second; gives the (first) person."""
    said = {"出生日期": born, "性别": sex} if born else {"性别": sex}
    numbers = {k: v for k, v in (("id", number), ("phone", phone)) if v}
    members = [NewMember(name, identifiers=numbers, statements=(NewStatement("申报", said),))]
    if with_:
        members.append(NewMember(with_, "子女", statements=(NewStatement("申报", said),)))
    return register_household(by=by, area=area, members=members, on=BEGAN).people[0]
