"""Asking for a list to take away, making it in the background, fetching it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from doudi.server.audit.actions import record
from doudi.server.exchange import exports, verbs
from doudi.server.exchange.comparing import comparison as comparison_of
from doudi.server.exchange.exports import Asked, What
from doudi.server.exchange.kept import alone, fetch, keep
from doudi.server.exchange.models import Export, Kept
from doudi.server.exchange.views import ExportView
from doudi.server.jobs.actions import start
from doudi.server.jobs.kinds import Result, kind
from doudi.server.jobs.running import Running
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.lib.scope import Scope
from doudi.server.rolls import asked as rolls

PERMISSION = "exchange.export"
WHOLE = "exchange.export-unmasked"
DAYS = 7
"""How long an export can be fetched."""


@dataclass(frozen=True)
class Exported:
    """What was written: the file, its title and how many rows."""

    path: Path
    title: str
    rows: int


def ask_export(
    *, by: Actor, what: What, on: date, area: str = "", ledger: str = "", comparison: int | None = None, columns: Sequence[str] = (),
    unmasked: bool = False, why: str = "", lang: str = "zh", once: str = "", roll: rolls.Asked | None = None,
) -> ExportView:  # fmt: skip
    """Begins to write the list of households, of people, of who stands on ``ledger`` on the day ``on`` in ``area``, what the filter ``roll`` lets
    through, or the differences of a comparison.

    ``columns``: codes of ``exports.COLUMNS``, none: all. ``unmasked``: with whole identity numbers, for which the permission
    ``exchange.export-unmasked`` and a reason are needed. ``once``: the same key gives the same export. Raises NotAllowed, Refused.
    """
    by.require(PERMISSION)
    asked = Asked(
        by, what, on, area, ledger if what == "ledger" else "", comparison, tuple(columns), unmasked, why, lang, roll if what == "roll" else None
    )  # fmt: skip
    _check(asked)
    key = f"{by.official}:{once}"[:64] if once else None
    try:
        with acting(by), transaction.atomic():
            before = Export.objects.filter(once=key).first() if key else None
            if before is not None:
                return _view(before)
            made = Export.objects.create(
                official=by.official, by_name=by.name[:80], once=key, what=what, ledger=asked.ledger, comparison=comparison, area=area, on=on,
                scope=list(by.scope.narrowed(area).prefixes), columns=list(columns), unmasked=unmasked, why=why.strip(), lang=lang,
                filter={} if asked.roll is None else {"of": asked.roll.of, **asked.roll.query(text=False)}, title=exports.title_of(asked)[:120], made_at=now(),
            )  # fmt: skip
            made.job = start(by, "export", params={"export": made.id}, area=area).id
            made.save(update_fields=["job"])
            return _view(made)
    except IntegrityError:
        # The same form was sent twice at the same moment.
        with acting(by):
            return _view(Export.objects.get(once=key))


def export_list(
    *, by: Actor, what: What, path: Path, on: date, area: str = "", ledger: str = "", comparison: int | None = None,
    columns: Sequence[str] = (), unmasked: bool = False, why: str = "", lang: str = "zh",
) -> Exported:  # fmt: skip
    """Writes the same to ``path`` here and now, whole or not at all: for who works on the server itself. Raises NotAllowed, Refused."""
    by.require(PERMISSION)
    asked = Asked(
        by, what, on, area, ledger if what == "ledger" else "", comparison, tuple(columns), unmasked, why, lang
    )
    _check(asked)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = exports.rows_of(asked, lambda _: None)
    with transaction.atomic():
        _recorded(asked, len(rows))
        exports.write(asked, rows, path, on)
    return Exported(path, exports.title_of(asked), len(rows))


@kind("export", zh="导出名册", en="Exporting a list", permission=PERMISSION)
def export(job: Running) -> Result:
    """Reads page after page, then writes, keeps and records in one go; killed before that it begins anew."""
    with acting(job.actor):
        made = Export.objects.get(pk=job.params["export"])
    if made.kept is not None:
        return {"export": made.id, "rows": made.rows}
    asked = Asked(
        job.actor, made.what, made.on, made.area, made.ledger, made.comparison, tuple(made.columns), made.unmasked, made.why, made.lang,  # type: ignore[arg-type]
        rolls.asked(made.filter["of"], made.filter) if made.filter else None,
    )  # fmt: skip
    job.progress(0, total=exports.total_of(asked))
    rows = exports.rows_of(asked, job.progress)
    with alone() as path:
        exports.write(asked, rows, path, day_of(now()))
        with acting(job.actor), transaction.atomic():
            made.rows, made.until = len(rows), now() + timedelta(days=DAYS)
            made.kept = keep(path, f"{made.title} {made.on.isoformat()}.xlsx", DAYS)
            made.save(update_fields=["rows", "until", "kept"])
            _recorded(asked, len(rows))
            job.progress(len(rows), total=len(rows))
    return {"export": made.id, "rows": len(rows)}


def exports_of(reader: Actor, *, limit: int = 30, before: int | None = None) -> list[ExportView]:
    """The reader's own of the present post, the latest first: what somebody took away is theirs alone."""
    reader.require(PERMISSION)
    rows = _own(reader).order_by("-id")
    rows = rows.filter(id__lt=before) if before is not None else rows
    with acting(reader):
        found = list(islice((e for e in rows.iterator() if _reaches(reader, e)), limit))
    there = set(
        Kept.objects.filter(pk__in=[e.kept for e in found if e.kept], until__gt=now()).values_list("id", flat=True)
    )
    return [_view(e, ready=e.kept in there) for e in found]


def export_of(reader: Actor, export_id: int) -> ExportView:
    """Raises NotFound, also for another's, and for one of another post."""
    return _view(_found(reader, export_id))


def fetch_export(*, by: Actor, export_id: int) -> tuple[str, bytes]:
    """The workbook and its name; that it was fetched is on record. Raises NotFound, Refused where it is not ready or not there any more."""
    made = _found(by, export_id)
    if made.kept is None:
        raise Refused("not-ready", "还在生成，请稍候。", "It is still being made.")
    file = fetch(made.kept)
    if file is None:
        raise Refused(
            "expired", f"保存期（{DAYS} 天）已过，文件已删除；请重新导出。", f"It was kept for {DAYS} days and is gone; export it again."
        )  # fmt: skip
    with transaction.atomic():
        record(by, verbs.FETCHED, area=made.area, count=made.rows or 0, title=made.title, id=made.id)
    return file


def _check(asked: Asked) -> None:
    by = asked.by
    exports.check(asked)
    if asked.area and not by.scope.covers(asked.area):
        raise NotAllowed(
            "area-not-yours",
            f"“{asked.area}”不在您的管辖范围内。",
            f"“{asked.area}” is not among your areas.",
            field="area",
        )
    if asked.what == "comparison":
        comparison_of(by, asked.comparison or 0)
    if asked.unmasked:
        by.require(WHOLE)
        if not asked.why.strip():
            raise Refused(
                "no-reason", "带出完整证件号码须说明理由。", "Say why whole id numbers are taken away.", field="why"
            )


def _recorded(asked: Asked, rows: int) -> None:
    how = "完整/whole" if asked.unmasked else "遮盖/masked"
    record(asked.by, verbs.EXPORTED, area=asked.area, count=rows, why=asked.why, title=exports.title_of(asked), how=how)


def _found(reader: Actor, export_id: int) -> Export:
    reader.require(PERMISSION)
    with acting(reader):
        found = _own(reader).filter(pk=export_id).first()
    if found is None or not _reaches(reader, found):
        raise NotFound(
            "export-unknown",
            f"您的这个岗位没有 {export_id} 号导出；在别的岗位上导出的，请换到那个岗位再取。",
            f"There is no export {export_id} of yours in this post; one made in another post is fetched in that post.",
        )
    return found


def _reaches(reader: Actor, e: Export) -> bool:
    """Whether the reader, as they now act, could ask for the same: who was transferred leaves what was exported there behind."""
    return Scope.of(e.scope).within(reader.scope) and (not e.unmasked or reader.allows(WHOLE))


def _own(reader: Actor) -> QuerySet[Export]:
    """Of the system itself: what no official asked for."""
    return Export.objects.filter(official=reader.official)


def _view(e: Export, *, ready: bool | None = None) -> ExportView:
    if ready is None:
        ready = e.kept is not None and Kept.objects.filter(pk=e.kept, until__gt=now()).exists()
    return ExportView(
        e.id, e.official, e.by_name, e.what, e.ledger, e.comparison, e.area, e.on, tuple(e.columns), e.unmasked, e.why, e.title, e.rows, ready, e.job,
        e.made_at, e.until, e.filter,
    )  # fmt: skip
