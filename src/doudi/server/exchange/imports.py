"""Handing in a ledger, looking at what it would change, confirming or giving it up. The work itself runs in the background."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from doudi.screening.workbook.columns import layout, tidy_header
from doudi.screening.workbook.sheets import Aliases
from doudi.server.audit.actions import record
from doudi.server.exchange import verbs
from doudi.server.exchange.models import Header, Import
from doudi.server.jobs.actions import start
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.lib.sealed import seal, unseal
from doudi.server.policybook.selectors import policy

PERMISSION = "exchange.import"
MOST_BYTES = 64 << 20
"""A workbook of 300,000 full rows is about 40 MB."""
_PLACE = {"table": "exchange_import", "field": "cipher"}


@dataclass(frozen=True)
class ImportView:
    """See the model Import. ``strangers``: headers nobody knows, as (entity, header)."""

    id: int
    name: str
    digest: str
    since: date
    source: str
    area: str
    state: str
    counts: Mapping[str, int]
    strangers: tuple[tuple[str, str], ...]
    report: str
    job: int | None
    made_at: datetime
    done_at: datetime | None


def receive(*, by: Actor, path: Path, name: str, area: str, since: date, source: str) -> ImportView:
    """Keeps the file, sealed, and begins to look at it in the background. The same file handed in again for the same day is not kept twice.

    ``area``: the division that hands it in; households that do not say where they live are taken to live there. Raises NotAllowed, and Refused for
    a file that is too large or a source that the pack does not list.
    """
    by.require(PERMISSION)
    if not by.scope.covers(area):
        raise NotAllowed(
            "area-not-yours",
            f"{area} 不在您的管辖范围内，不能在那里导入。",
            f"{area} is not among your areas.",
            field="area",
        )
    if source not in {s.code for s in policy(since).sources}:
        raise Refused("source-unknown", f"没有“{source}”这种来源。", f"There is no source “{source}”.", field="source")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Refused(
            "file-too-large", f"文件有 {size >> 20} MB，最多 {MOST_BYTES >> 20} MB；请按乡镇分开导入。",
            f"The file has {size >> 20} MB, at most {MOST_BYTES >> 20} MB can be taken; import it township by township.", field="path",
        )  # fmt: skip
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        same = Import.objects.filter(digest=digest, since=since, source=source, area=area).exclude(
            state__in=("given-up", "refused")
        )
        if (before := same.order_by("-id").first()) is not None and before.state != "done":
            return _view(before)
        kept = Import.objects.create(
            name=Path(name).name[:200], digest=digest, cipher=seal(base64.b64encode(data).decode(), **_PLACE), since=since, source=source, area=area,
            official=by.official, made_at=now(),
        )  # fmt: skip
        record(by, verbs.RECEIVED, area=area, digest=digest, id=kept.id)
        kept.job = start(by, "import-preview", params={"import": kept.id}, area=area).id
        kept.save(update_fields=["job"])
    return _view(kept)


def map_header(*, by: Actor, import_id: int, entity: str, written: str, meant: str) -> ImportView:
    """From now on, in workbooks of that division, ``written`` stands for the column ``meant`` (empty: it is left out without a word); the
    file is looked at again. Raises Refused for a column that the ledger does not have."""
    by.require(PERMISSION)
    found = _find(by, import_id)
    columns = layout(policy(found.since).pack.book).by_entity
    if entity not in columns or (meant and meant not in columns[entity].by_header):
        raise Refused(
            "column-unknown", f"“{entity}”没有“{meant}”这一列。", f"“{entity}” has no column “{meant}”.", field="meant"
        )
    with transaction.atomic():
        Header.objects.update_or_create(
            area=found.area, entity=entity, written=tidy_header(written), defaults={"meant": meant}
        )
        record(by, verbs.MAPPED, area=found.area, written=written, meant=meant or "—", entity=entity)
        if found.state in ("previewed", "refused") and len(bytes(found.cipher)):
            found.state, found.job = (
                "reading",
                start(by, "import-preview", params={"import": found.id}, area=found.area).id,
            )
            found.save(update_fields=["state", "job"])
    return _view(found)


def confirm(*, by: Actor, import_id: int) -> ImportView:
    """Begins the import of a ledger that was looked at; again does nothing."""
    by.require(PERMISSION)
    with transaction.atomic():
        found = _find(by, import_id, lock=True)
        if found.state in ("importing", "done"):
            return _view(found)
        if found.state != "previewed":
            raise Refused(
                "not-previewed",
                "这份台账还没有预览完，或不能导入。",
                "This ledger has not been looked at yet, or cannot be imported.",
            )
        found.state = "importing"
        found.job = start(by, "import", params={"import": found.id}, area=found.area).id
        found.save(update_fields=["state", "job"])
        record(by, verbs.CONFIRMED, area=found.area, id=found.id)
    return _view(found)


def give_up(*, by: Actor, import_id: int) -> ImportView:
    """Forgets the file. What an import has done already stays done. Again does nothing."""
    by.require(PERMISSION)
    with transaction.atomic():
        found = _find(by, import_id, lock=True)
        if found.state in ("reading", "previewed", "refused"):
            found.state, found.cipher, found.done_at = "given-up", b"", now()
            found.save(update_fields=["state", "cipher", "done_at"])
            record(by, verbs.GIVEN_UP, area=found.area, id=found.id)
    return _view(found)


def imports(reader: Actor, *, limit: int = 50, before: int | None = None) -> list[ImportView]:
    """The latest first; ``before``: the id of the last one of the page before."""
    reader.require(PERMISSION)
    rows = Import.objects.filter(reader.scope.q("area")).order_by("-id")
    return [_view(i) for i in (rows.filter(id__lt=before) if before is not None else rows)[:limit]]


def import_of(reader: Actor, import_id: int) -> ImportView:
    """Raises NotFound, also for one of another's area."""
    reader.require(PERMISSION)
    return _view(_find(reader, import_id))


def aliases(area: str) -> Aliases:
    """Headers that stand for others in workbooks of ``area``, by entity. What is to be left out stands for nothing the ledger has."""
    out: dict[str, dict[str, str]] = {}
    for h in Header.objects.filter(area=area):
        out.setdefault(h.entity, {})[h.written] = h.meant or f"备注（{h.written}）"
    return out


@contextmanager
def opened(kept: Import) -> Iterator[Path]:
    """The file as it was handed in, readable only here and gone afterwards."""
    data = base64.b64decode(unseal(bytes(kept.cipher), **_PLACE))
    with tempfile.TemporaryDirectory(prefix="doudi-") as folder:
        path = Path(folder) / "ledger.xlsx"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        yield path


def _find(by: Actor, import_id: int, *, lock: bool = False) -> Import:
    rows = Import.objects.filter(by.scope.q("area"), pk=import_id)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound(
            "import-unknown",
            f"您的辖区内没有 {import_id} 号台账导入。",
            f"There is no import {import_id} in your areas.",
        )
    return found


def _view(i: Import) -> ImportView:
    strangers: list[Any] = i.strangers
    return ImportView(
        i.id, i.name, i.digest, i.since, i.source, i.area, i.state, i.counts, tuple((a, b) for a, b in strangers), i.report, i.job, i.made_at, i.done_at
    )  # fmt: skip
