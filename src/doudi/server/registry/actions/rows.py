"""Small helpers of acts: rows made of rows, rows that are gone, and what is said when acts stand in each other's way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import date
from typing import Any, TypeVar

from django.db import OperationalError

from doudi.server.lib.refusals import Changed, Refused
from doudi.server.registry import verbs
from doudi.server.registry.models import Act, Identifier, Known, Membership

R = TypeVar("R", bound=Known)


def kept(text: str) -> str:
    """Text that every database keeps as it is: without null characters and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode().strip()


@contextmanager
def unhindered() -> Iterator[None]:
    """Where two acts stood in each other's way and the database let one of them go, says so in words."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "40P01" and "database is locked" not in str(error):
            raise
        raise Refused(
            "busy", "别人正在办理相关的业务，您的办理没有生效；请稍后再试。",
            "Others were acting on the same records and nothing was done; try again in a moment.",
        ) from error  # fmt: skip


def homes_of(people: Iterable[int], day: date) -> dict[int, int]:
    """Person -> the household that each belongs to on ``day``."""
    rows = Membership.objects.filter(person__in=people, withdrawn=None, since__lte=day).exclude(until__lte=day)
    return dict(rows.values_list("person_id", "household_id"))


def must_be_alone(numbers: Mapping[bytes, int]) -> None:
    """Raises Refused where one of the id numbers (blind index -> whose it is to be) is on record for another person."""
    for index, person in numbers.items():
        if Identifier.objects.filter(blind=index, kind="id", withdrawn=None).exclude(person=person).exists():
            raise Refused(
                "id-taken", "这个身份证号已登记在另一人名下；请先查找此人，不要重复建档。",
                "This id number is on record for another person; find that record first and do not make a second one.", field="id",
            )  # fmt: skip


def fresh(row: R, **changes: Any) -> R:
    """The row once more, not yet written, with ``changes``."""
    made = copy(row)
    made._state = type(row._state)()
    made.pk, made.withdrawn, made.again = None, None, None
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def gone(row: Known) -> Changed:
    """What to raise for a row that another act has withdrawn since it was read."""
    act = Act.objects.filter(pk=type(row)._default_manager.filter(pk=row.pk).values("withdrawn")[:1]).first()
    told = (verbs.said(act),) if act else ()
    return Changed(
        "row-gone", "这条记录已被别人更正或撤回，您的办理没有生效；请刷新。",
        "This record was corrected or withdrawn by somebody else and nothing was done; reload.", since=told,
    )  # fmt: skip
