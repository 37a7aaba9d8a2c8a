"""The acts that may be done to many lines of a list at once. Each line is its own act, recorded by itself, and done once however often it is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from doudi.packs.registers import Ledger
from doudi.server.decisions.actions import decide_work
from doudi.server.decisions.actions.work import STATES
from doudi.server.decisions.selectors.items import items_by_id
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.selectors import policy
from doudi.server.registry import checks
from doudi.server.registry.actions import enrol, strike
from doudi.server.registry.selectors.rolls import households_by_id, people_by_id, standing_on
from doudi.server.rolls.asked import HOUSEHOLD, PERSON

ITEM = "item"
"""Beside households and people: lines of the screening lists."""


class Chosen(Protocol):
    """What an act needs to know of a choice."""

    @property
    def id(self) -> int: ...

    @property
    def of(self) -> str: ...

    @property
    def params(self) -> Mapping[str, Any]: ...

    @property
    def on(self) -> date: ...

    @property
    def why(self) -> str: ...


@dataclass(frozen=True)
class BulkAct:
    """``settled`` gives those of the keys to which nothing needs to be done; ``one`` does it to one of them, and raises Refused."""

    code: str
    zh: str
    en: str
    permission: str
    settled: Callable[[Actor, Chosen, Collection[int]], set[int]]
    one: Callable[[Actor, Chosen, int], None]
    check: Callable[[Actor, Chosen], None]


def ledgers_of(of: str, ledgers: Iterable[Ledger]) -> list[Ledger]:
    """Those of ``ledgers`` that list households, or people."""
    wanted = checks.HOUSEHOLD if of == HOUSEHOLD else checks.PERSON
    return [x for x in ledgers if x.of == wanted]


def _check_ledger(_: Actor, c: Chosen) -> None:
    if c.of not in (HOUSEHOLD, PERSON) or c.params.get("ledger") not in {
        x.code for x in ledgers_of(c.of, policy(c.on).ledgers)
    }:
        raise Refused("ledger-unknown", "请选一本台账。", "Choose a ledger.", field="ledger")


def _on_it(by: Actor, c: Chosen, ids: Collection[int]) -> dict[int, int]:
    return standing_on(by, c.params["ledger"], of=c.of, ids=sorted(ids), on=c.on)


def _enrol(by: Actor, c: Chosen, key: int) -> None:
    household, person = (key, None) if c.of == HOUSEHOLD else (None, key)
    enrol(
        by=by, ledger=c.params["ledger"], on=c.on, household=household, person=person, why=c.why, once=f"choice-{c.id}-{key}"
    )  # fmt: skip


def _strike(by: Actor, c: Chosen, key: int) -> None:
    stands = _on_it(by, c, [key])
    if key in stands:
        strike(by=by, enrolment=stands[key], on=c.on, why=c.why, once=f"choice-{c.id}-{key}")


def _check_state(_: Actor, c: Chosen) -> None:
    if c.of != ITEM or c.params.get("state") not in STATES:
        raise Refused("bad-state", "请选一种处理结果。", "Choose what became of them.", field="state")


def _check_roll(_: Actor, c: Chosen) -> None:
    if c.of not in (HOUSEHOLD, PERSON):
        raise Refused(
            "bad-roll", "只有家庭和人员名册可以导出。", "Lists of households and people can be exported.", field="act"
        )


def _taken(by: Actor, c: Chosen, key: int) -> None:
    """A workbook is taken from the page of the choice; nothing is done to the lines."""


def _settle(by: Actor, c: Chosen, key: int) -> None:
    decide_work(by, key, state=c.params["state"], why=c.why)


ACTS = {
    a.code: a
    for a in (
        BulkAct(
            "enrol", "列入台账", "enter on a ledger", "registry.change",
            lambda by, c, ids: set(_on_it(by, c, ids)), _enrol, _check_ledger,
        ),
        BulkAct(
            "strike", "退出台账", "take off a ledger", "registry.change",
            lambda by, c, ids: set(ids) - set(_on_it(by, c, ids)), _strike, _check_ledger,
        ),
        BulkAct("export", "导出工作簿", "take as a workbook", "exchange.export", lambda _by, _c, _ids: set(), _taken, _check_roll),
        BulkAct(
            "settle", "清单事项处理", "settle items of a list", "screening.read",
            lambda by, c, ids: {i.id for i in items_by_id(by, ids).values() if i.state == c.params["state"]}, _settle, _check_state,
        ),
    )
}  # fmt: skip


def visible(by: Actor, of: str, ids: Collection[int], on: date) -> list[int]:
    """Those of ``ids`` that are in the actor's areas, in ascending order: nobody is told which of the others there are."""
    if of == ITEM:
        return sorted(items_by_id(by, ids))
    return sorted(households_by_id(by, sorted(ids), on=on) if of == HOUSEHOLD else people_by_id(by, sorted(ids)))
