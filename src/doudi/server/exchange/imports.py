"""Handing in a ledger or a list, saying what its headers stand for, confirming or giving it up. The work itself runs in the background."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.db import transaction

from doudi.screening.workbook.columns import tidy_header
from doudi.server.audit.actions import record
from doudi.server.exchange import receiving, verbs
from doudi.server.exchange.headers import columns_of, remembered
from doudi.server.exchange.models import Header, Import
from doudi.server.exchange.receiving import PERMISSION
from doudi.server.exchange.selectors import find_import, import_view
from doudi.server.exchange.views import ImportView, What
from doudi.server.jobs.actions import start
from doudi.server.jobs.selectors import states
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.selectors import policy

_TABLE = "exchange_import"


def receive(
    *, by: Actor, path: Path, name: str, area: str, since: date, source: str = "", what: What = "households", ledger: str = ""
) -> ImportView:  # fmt: skip
    """Keeps the file, sealed, and begins to look at it in the background. The same file handed in again for the same day is not kept twice.

    ``what``: a ledger of households with their people and facts, from ``source``; or a list of those who stand on ``ledger``. ``area``: the
    division that hands it in; households that do not say where they live are taken to live there. Raises NotAllowed, and Refused for a file that
    is too large, or a source or ledger that the pack does not list.
    """
    data, digest = receiving.check(by, path, area)
    if what == "list":
        receiving.ledger_of(ledger, since)
        source = ""
    else:
        ledger = ""
        if source not in {s.code for s in policy(since).sources}:
            raise Refused(
                "source-unknown", f"没有“{source}”这种来源。", f"There is no source “{source}”.", field="source"
            )
    with acting(by), transaction.atomic():
        same = Import.objects.filter(digest=digest, since=since, source=source, area=area, what=what, ledger=ledger)
        before = same.exclude(state__in=("given-up", "refused", "done")).defer("cipher").order_by("-id").first()
        if before is not None:
            return import_view(before)
        kept = Import.objects.create(
            name=Path(name).name[:200], what=what, ledger=ledger, digest=digest, cipher=receiving.sealed(data, _TABLE), since=since, source=source,
            area=area, official=by.official, by_name=by.name[:80], made_at=now(),
        )  # fmt: skip
        record(by, verbs.RECEIVED, area=area, digest=digest, id=kept.id)
        _look(by, kept)
        return import_view(kept)


def map_header(*, by: Actor, import_id: int, entity: str, written: str, meant: str) -> ImportView:
    """As ``map_headers``, for one."""
    return map_headers(by=by, import_id=import_id, meant={(entity, written): meant})


def map_headers(*, by: Actor, import_id: int, meant: Mapping[tuple[str, str], str]) -> ImportView:
    """From now on, in workbooks of that division, (entity, written header) stands for the column it is mapped to (empty: it is left out without
    a word); the file is looked at again. Raises Refused for a column that the ledger does not have, or two headers for one column."""
    by.require(PERMISSION)
    with acting(by), transaction.atomic():
        found = find_import(by, import_id, lock=True)
        columns = columns_of(found)
        known = remembered(found.area)
        changed = []
        for (entity, written), column in meant.items():
            written = tidy_header(written)
            if entity not in columns or not written or (column and column not in columns[entity]):
                raise Refused(
                    "column-unknown",
                    f"“{entity}”没有“{column}”这一列。",
                    f"“{entity}” has no column “{column}”.",
                    field="meant",
                )
            if known.get((entity, written)) != column:
                changed.append((entity, written, column))
        _said_once(changed)
        for entity, written, column in changed:
            Header.objects.update_or_create(
                area=found.area, entity=entity, written=written[:80], defaults={"meant": column}
            )
            record(by, verbs.MAPPED, area=found.area, written=written, meant=column or "—", entity=entity)
        if changed and found.state in ("previewed", "refused"):
            _look(by, found)
        return import_view(found)


def look_again(*, by: Actor, import_id: int) -> ImportView:
    """Looks at the file once more: after looking at it was cancelled or failed, or because much has been entered since."""
    by.require(PERMISSION)
    with acting(by), transaction.atomic():
        found = find_import(by, import_id, lock=True)
        if found.state in ("previewed", "refused") or (found.state == "reading" and not _works(found)):
            _look(by, found)
        return import_view(found)


def confirm(*, by: Actor, import_id: int) -> ImportView:
    """Begins the import of a ledger that was looked at, or goes on with one that was cancelled or failed; again does nothing."""
    by.require(PERMISSION)
    with acting(by), transaction.atomic():
        found = find_import(by, import_id, lock=True)
        if found.state == "done" or (found.state == "importing" and _works(found)):
            return import_view(found)
        if found.state not in ("previewed", "importing"):
            raise _not_ready(found)
        found.state = "importing"
        found.job = start(by, "import", params={"import": found.id}, area=found.area).id
        found.save(update_fields=["state", "job"])
        record(by, verbs.CONFIRMED, area=found.area, id=found.id)
        return import_view(found)


def give_up(*, by: Actor, import_id: int) -> ImportView:
    """Forgets the file. What an import has done already stays done. Again does nothing. Raises Refused while it is being imported."""
    by.require(PERMISSION)
    with acting(by), transaction.atomic():
        found = find_import(by, import_id, lock=True)
        if found.state == "importing" and _works(found):
            raise Refused(
                "importing",
                "正在导入，不能放弃；先取消导入任务。",
                "It is being imported and cannot be given up; cancel the import first.",
            )
        if found.state not in ("done", "given-up"):
            found.state, found.cipher, found.done_at = "given-up", b"", now()
            found.save(update_fields=["state", "cipher", "done_at"])
            found.lines.all().delete()
            record(by, verbs.GIVEN_UP, area=found.area, id=found.id)
        return import_view(found)


@contextmanager
def opened(kept: Import) -> Iterator[Path]:
    """The file as it was handed in, readable only here and gone afterwards."""
    with receiving.opened(bytes(kept.cipher), _TABLE) as path:
        yield path


def _look(by: Actor, kept: Import) -> None:
    kept.state = "reading"
    kept.job = start(by, "import-preview", params={"import": kept.id}, area=kept.area).id
    kept.save(update_fields=["state", "job"])


def _works(kept: Import) -> bool:
    """Whether its job waits or runs."""
    return kept.job is not None and states([kept.job]).get(kept.job) in ("waiting", "running")


def _said_once(changed: list[tuple[str, str, str]]) -> None:
    """Two headers of one workbook cannot both stand for one column."""
    seen: set[tuple[str, str]] = set()
    for entity, _, column in changed:
        if column and (entity, column) in seen:
            raise Refused(
                "column-twice",
                f"有两个表头都对应到“{column}”；只能留一个，另一个选“不读取”。",
                f"Two headers stand for “{column}”: keep one, leave the other out.",
                field="meant",
            )
        seen.add((entity, column))


def _not_ready(found: Import) -> Refused:
    if found.state == "given-up":
        return Refused(
            "given-up", "这次导入已经放弃，文件已删除；要导入请重新上传。", "This import was given up and its file deleted; hand it in again."
        )  # fmt: skip
    return Refused(
        "not-previewed",
        "这份台账还没有预览完，或不能导入。",
        "This ledger has not been looked at yet, or cannot be imported.",
    )
