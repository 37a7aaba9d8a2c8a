"""What may be asked of imports, narrowed to the reader's areas. The files themselves are read only where they are fetched."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from doudi.server.exchange.headers import columns_of, remembered, titles_of
from doudi.server.exchange.models import Import, Line
from doudi.server.exchange.receiving import PERMISSION
from doudi.server.exchange.views import ImportView, Kind, LineView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound

OPEN = ("reading", "refused", "previewed", "importing")


def imports(
    reader: Actor, *, unfinished: bool | None = None, limit: int = 50, before: int | None = None
) -> list[ImportView]:
    """The latest first; ``unfinished``: only those that somebody must still finish, or only those that have ended. ``before``: the id of the last
    one of the page before."""
    reader.require(PERMISSION)
    with acting(reader):
        rows = _seen(reader)
        if unfinished is not None:
            rows = rows.filter(state__in=OPEN) if unfinished else rows.exclude(state__in=OPEN)
        rows = rows.filter(id__lt=before) if before is not None else rows
        return [import_view(i) for i in rows.order_by("-id")[:limit]]


def to_finish(reader: Actor, *, limit: int = 5) -> tuple[int, list[ImportView]]:
    """How many imports of the reader's areas wait for somebody, and the oldest of them. For the home page: two questions at most."""
    if not reader.allows(PERMISSION):
        return 0, []
    with acting(reader):
        rows = _seen(reader).filter(state__in=("refused", "previewed", "reading", "importing"))
        first = [import_view(i) for i in rows.order_by("id")[: limit + 1]]
        return (len(first) if len(first) <= limit else rows.count()), first[:limit]


def import_of(reader: Actor, import_id: int) -> ImportView:
    """Raises NotFound, also for one of another's area."""
    reader.require(PERMISSION)
    with acting(reader):
        return import_view(find_import(reader, import_id))


def lines(
    reader: Actor, import_id: int, *, kind: str = "", after: int | None = None, limit: int = 50
) -> tuple[list[LineView], int | None]:
    """What the preview tells line by line, and the id to go on after, None at the end; nothing of an import of another's area."""
    reader.require(PERMISSION)
    with acting(reader):
        rows = Line.objects.filter(reader.scope.q("of__area"), of=import_id).order_by("id")
        rows = rows.filter(kind=kind) if kind else rows
        rows = rows.filter(id__gt=after) if after is not None else rows
        part = list(rows[: limit + 1])
        made = [
            LineView(
                x.id, x.kind, x.sheet, x.row, x.column, x.code, x.household, x.value, x.zh, x.en, x.mend_zh, x.mend_en
            )
            for x in part[:limit]
        ]
        return made, made[-1].id if len(part) > limit else None


@dataclass(frozen=True)
class Headers:
    """``columns`` and ``titles`` of the sheets by entity; ``known``: (entity, header) -> what was remembered for the division, empty: left out."""

    columns: dict[str, tuple[str, ...]]
    titles: dict[str, str]
    known: dict[tuple[str, str], str]


def headers_of(reader: Actor, import_id: int) -> Headers:
    """What the headers of an import may stand for, and do."""
    reader.require(PERMISSION)
    with acting(reader):
        found = find_import(reader, import_id)
        return Headers(columns_of(found), titles_of(found), remembered(found.area))


def find_import(by: Actor, import_id: int, *, lock: bool = False) -> Import:
    """The row, without its file; for actions. Raises NotFound."""
    rows = _seen(by).filter(pk=import_id)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound(
            "import-unknown",
            f"您的辖区内没有 {import_id} 号台账导入。",
            f"There is no import {import_id} in your areas.",
        )
    return found


def import_view(i: Import) -> ImportView:
    return ImportView(
        i.id, i.name, i.what, i.ledger, i.digest, i.since, i.source, i.area, i.state, i.counts, tuple((a, b) for a, b in i.strangers),
        tuple(Kind(*k) for k in i.kinds), i.report is not None, i.marked is not None, bool(i.cursor), i.job, i.official, i.by_name, i.made_at,
        i.done_at,
    )  # fmt: skip


def _seen(reader: Actor) -> QuerySet[Import]:
    return Import.objects.filter(reader.scope.q("area")).defer("cipher")
