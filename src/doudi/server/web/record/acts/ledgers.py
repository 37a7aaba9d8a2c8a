"""The household, or one of its people, enters a group's ledger or leaves it; an act done by mistake is undone."""

from __future__ import annotations

from doudi.server.lib.refusals import Refused
from doudi.server.registry import actions
from doudi.server.registry.actions import Done
from doudi.server.registry.checks import HOUSEHOLD
from doudi.server.web.fields import Field, Option
from doudi.server.web.record.acts.form import ActPage, Ctx, Typed, evidence_field, on_field, why_field
from doudi.server.web.words import T


def _enrol_fields(ctx: Ctx) -> list[Field]:
    ledgers = tuple(
        Option(
            x.code,
            f"{x.zh}（{'户' if x.of == HOUSEHOLD else '人'}）",
            f"{x.en} ({'household' if x.of == HOUSEHOLD else 'person'})",
        )
        for x in ctx.tell.policy.ledgers
    )
    none = Option("", "全户", "the household")
    return [
        Field("ledger", "台账", "Ledger", "choice", ctx.asked.text("ledger"), options=ledgers, required=True),
        Field("person", "谁", "Who", "radio", ctx.asked.text("person"), options=(none, *ctx.people())),
        on_field(value=ctx.today.isoformat()), Field("until", "到哪一天为止（不含；没有期限就空着）", "Until before (empty: no end)", "date"),
        evidence_field(), why_field(),
    ]  # fmt: skip


def _enrol(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    person = typed.key("person")
    return actions.enrol(
        by=ctx.by, ledger=typed.text("ledger"), on=typed.on(), household=None if person else ctx.view.id, person=person,
        until=typed.day("until", needed=False), evidence=typed.text("evidence"), version=version, why=typed.text("why"), once=once,
    )  # fmt: skip


def _strike_fields(ctx: Ctx) -> list[Field]:
    return [
        Field("enrolment", "", "", "hidden", ctx.asked.text("enrolment")),
        on_field("从哪一天起不在台账上", "From which day off the ledger", ctx.today.isoformat()), why_field(),
    ]  # fmt: skip


def _strike(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    key = typed.the_key("enrolment", "没有指明是哪一条台账记录。", "Which entry of a ledger is not said.")
    return actions.strike(by=ctx.by, enrolment=key, on=typed.on(), version=version, why=typed.text("why"), once=once)


def _undo_fields(ctx: Ctx) -> list[Field]:
    return [Field("act", "", "", "hidden", ctx.asked.text("act")), why_field()]


def _undo(ctx: Ctx, typed: Typed, _version: int | None, once: str) -> Done:
    # An act stands or is undone, whatever version the household is at: undoing finds out what has been built on it.
    act = typed.key("act")
    if act is None:
        raise Refused("act-needed", "没有指明要撤销哪一项业务。", "Which act to undo is not said.", field="act")
    return actions.undo(by=ctx.by, act=act, on=ctx.today, why=typed.text("why"), once=once)


PAGES = (
    ActPage(
        "enrol",
        T("列入台账", "Enter on a ledger"),
        T("把全户或一名成员列入一类群体的台账。", "The household, or one member, stands on a group's ledger."),
        T("列入台账", "Enter on the ledger"),
        _enrol_fields,
        _enrol,
        empty_too=True,
    ),
    ActPage(
        "strike",
        T("移出台账", "Take off a ledger"),
        T("到那一天为止在台账上。", "It stands on the ledger until that day."),
        T("移出台账", "Take off the ledger"),
        _strike_fields,
        _strike,
        menu=False,
        empty_too=True,
    ),
    ActPage(
        "undo",
        T("撤销", "Undo"),
        T(
            "办错了：这项业务当作没有办过，办过和撤销都仍能查到。再撤销一次就恢复。",
            "Done by mistake: as if it had not been; that it was, and was undone, stays known. Undone again it is restored.",
        ),
        T("撤销", "Undo"),
        _undo_fields,
        _undo,
        permission="registry.undo",
        menu=False,
        empty_too=True,
        grave=True,
    ),
)
