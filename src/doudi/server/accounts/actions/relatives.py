"""Relatives whom an official declares, so that nobody handles the case of their own family."""

from __future__ import annotations

from django.db import transaction

from doudi.server.accounts import verbs
from doudi.server.accounts.access import managed, proper_name
from doudi.server.accounts.identity import identified
from doudi.server.accounts.models import Official, Relative
from doudi.server.audit.actions import record
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import NotFound


def declare_relative(*, by: Actor, official: int, name: str, relation: str, id_number: str) -> int:
    """By the official, or by an administrator from paper; gives the entry's id, the same where it was declared already."""
    with transaction.atomic():
        whose = _allowed(by, official)
        at = now()
        name, relation = proper_name(name), proper_name(relation, 20)
        blind, cipher, shown = identified(id_number, table="accounts_relative", on=day_of(at))
        known = Relative.objects.filter(official=whose, blind=blind, withdrawn_at=None).first()
        if known is not None:
            return known.pk
        row = Relative.objects.create(
            official=whose, name=name, relation=relation, blind=blind, cipher=cipher, shown=shown, declared_at=at
        )
        record(by, verbs.RELATIVE_DECLARED, account=verbs.account(official), relation=relation, number=row.pk)
        return row.pk


def withdraw_relative(*, by: Actor, relative: int, why: str) -> None:
    """The entry counts no longer; it is kept. Withdrawn already: nothing is done."""
    with transaction.atomic():
        row = Relative.objects.select_for_update().filter(pk=relative).first()
        if row is None:
            raise NotFound(
                "no-relative", "没有这条申报，或不归您管理。", "There is no such entry, or it is not yours to manage."
            )
        _allowed(by, row.official_id)
        if row.withdrawn_at is None:
            row.withdrawn_at = now()
            row.save(update_fields=["withdrawn_at"])
            record(by, verbs.RELATIVE_WITHDRAWN, why=why, account=verbs.account(row.official_id), number=row.pk)


def _allowed(by: Actor, official: int) -> Official:
    if by.official == official:
        return Official.objects.select_for_update().get(pk=official)
    return managed(by, official, lock=True)
