"""Fetching what an import gives back: the list of faults, and the office's own workbook with the faults marked."""

from __future__ import annotations

from typing import Literal

from django.db import transaction

from doudi.server.audit.actions import record
from doudi.server.exchange import verbs
from doudi.server.exchange.kept import fetch
from doudi.server.exchange.receiving import PERMISSION
from doudi.server.exchange.selectors import find_import
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused


def returned(*, by: Actor, import_id: int, which: Literal["marked", "report"]) -> tuple[str, bytes]:
    """Its name and what it holds; the marked one holds what the office wrote, so that it was fetched is on record. Raises NotFound, Refused where there
    is none (any more)."""
    by.require(PERMISSION)
    with acting(by):
        found = find_import(by, import_id)
        file = fetch(found.marked if which == "marked" else found.report)
        if file is None:
            raise Refused(
                "nothing-to-fetch",
                "没有可下载的工作簿：没有问题，或保存期已过。",
                "There is no workbook to fetch: nothing was wrong, or its days are over.",
            )
        with transaction.atomic():
            record(by, verbs.FAULTS_FETCHED, area=found.area, id=found.id)
    return file
