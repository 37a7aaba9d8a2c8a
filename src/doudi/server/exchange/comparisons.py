"""The list of another body held against one of our ledgers; what does not agree becomes a work list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from django.db import transaction

from doudi.screening.workbook.columns import tidy_header
from doudi.server.audit.actions import record
from doudi.server.exchange import receiving, verbs
from doudi.server.exchange.comparing import comparison_view, find_comparison, row_view
from doudi.server.exchange.headers import LIST, LIST_COLUMNS, remembered
from doudi.server.exchange.lists import NoHeader, Row, read_list
from doudi.server.exchange.matching import Found, Ours, compare
from doudi.server.exchange.models import Comparison, Difference, Header
from doudi.server.exchange.receiving import PERMISSION
from doudi.server.exchange.views import ComparisonView, DifferenceView
from doudi.server.jobs.actions import start
from doudi.server.jobs.kinds import Result, kind
from doudi.server.jobs.running import Running
from doudi.server.jobs.selectors import states
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.blind import mask
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.lib.sealed import seal
from doudi.server.registry.selectors.numbers import people_on

KEYS = ("id", "name")
STATES = ("done", "dismissed")
MOST_AT_ONCE = 500
_TABLE = "exchange_comparison"


def hold_against(
    *, by: Actor, path: Path, name: str, body: str, ledger: str, area: str, on: date, key: str = "id"
) -> ComparisonView:
    """Keeps a list (first sheet, with 姓名 and 身份证号, or by ``key`` name with 姓名 and 出生日期, and any further columns), sealed, and holds it in the
    background against who stands on ``ledger`` on the day ``on`` in ``area``.

    Nobody's record is changed. The same file again gives the comparison that there is. Raises NotAllowed, Refused for a file or ledger that cannot be
    used.
    """
    data, digest = receiving.check(by, path, area)
    receiving.ledger_of(ledger, on)
    if key not in KEYS:
        raise Refused("key-unknown", "请选择按什么核对。", "Choose by what people are the same.", field="key")
    if not body.strip():
        raise Refused("no-body", "请写明名单来自哪个单位。", "Say which body the list is from.", field="body")
    with acting(by), transaction.atomic():
        same = Comparison.objects.filter(digest=digest, ledger=ledger, area=area, on=on, key=key)
        before = same.exclude(state="refused").defer("cipher").first()
        if before is not None:
            return comparison_view(before)
        made = Comparison.objects.create(
            name=Path(name).name[:120], body=body.strip()[:80], ledger=ledger, key=key, area=area, on=on, digest=digest, state="reading",
            cipher=receiving.sealed(data, _TABLE), official=by.official, by_name=by.name[:80], made_at=now(),
        )  # fmt: skip
        _begin(by, made)
        return comparison_view(made)


def map_list_headers(*, by: Actor, comparison: int, meant: Mapping[str, str]) -> ComparisonView:
    """From now on, in lists of that division, the headers stand for 姓名, 身份证号, 出生日期 or (empty) for themselves; the list is read again."""
    by.require(PERMISSION)
    with acting(by), transaction.atomic():
        found = find_comparison(by, comparison, lock=True)
        known = remembered(found.area)
        chosen = [m for m in meant.values() if m]
        if len(chosen) != len(set(chosen)) or any(m not in LIST_COLUMNS for m in chosen):
            raise Refused(
                "column-twice", "一列只能对应一个表头。", "A column can be that of one header only.", field="meant"
            )
        for written, column in meant.items():
            header = tidy_header(written)[:80]
            if header and column and known.get((LIST, header)) != column:
                Header.objects.update_or_create(
                    area=found.area, entity=LIST, written=header, defaults={"meant": column}
                )
                record(by, verbs.MAPPED, area=found.area, written=header, meant=column, entity=LIST)
        if found.state == "refused":
            _begin(by, found)
        return comparison_view(found)


def compare_again(*, by: Actor, comparison: int) -> ComparisonView:
    """Begins anew where reading the list was cancelled or failed."""
    by.require(PERMISSION)
    with acting(by), transaction.atomic():
        found = find_comparison(by, comparison, lock=True)
        idle = found.job is None or states([found.job]).get(found.job) not in ("waiting", "running")
        if found.state == "reading" and idle:
            _begin(by, found)
        return comparison_view(found)


def drop_comparison(*, by: Actor, comparison: int) -> None:
    """Forgets a list that could not be read, or that was not read to its end. Raises Refused for one that was compared."""
    by.require(PERMISSION)
    with acting(by), transaction.atomic():
        found = find_comparison(by, comparison, lock=True)
        if found.state == "done":
            raise Refused(
                "compared", "已经比对完的不能放弃，请逐条办结。", "It was compared already: settle its differences."
            )
        record(by, verbs.LIST_GIVEN_UP, area=found.area, digest=found.digest, ledger=found.ledger)
        found.delete()


@kind("compare", zh="比对名单", en="Comparing a list", permission=PERMISSION, single=True)
def comparing(job: Running) -> Result:
    """Differences, counts and state are written together, or not at all."""
    by = job.actor
    with acting(by):
        made = Comparison.objects.filter(pk=job.params["comparison"]).first()
        if made is None or made.state != "reading":
            return {"comparison": job.params["comparison"]}
        alias = {w: m for (entity, w), m in remembered(made.area).items() if entity == LIST and m}
    try:
        with receiving.opened(bytes(made.cipher), _TABLE) as path:
            rows = read_list(path, max(day_of(now()), made.on), alias, "name" if made.key == "name" else "id")
    except Refused as refused:
        with acting(by), transaction.atomic():
            made.state, made.zh, made.en = "refused", refused.zh, refused.en
            made.strangers = refused.headers if isinstance(refused, NoHeader) else []
            made.save(update_fields=["state", "zh", "en", "strangers"])
            job.progress(0)
        return {"comparison": made.id, "state": "refused"}
    job.progress(0, total=len(rows))
    with acting(by), transaction.atomic():
        ours = [
            Ours(p.person, p.name, p.born.isoformat() if p.born else "", p.blinds, p.area, {str(k): str(v) for k, v in p.details.items()})
            for p in people_on(by, made.ledger, on=made.on, area=made.area)
        ]  # fmt: skip
        found = compare(ours, [r.theirs for r in rows], by_name=made.key == "name")
        _write(made, found, rows)
        record(by, verbs.COMPARED, area=made.area, count=len(found), digest=made.digest, ledger=made.ledger)
        job.progress(len(rows))
    return {"comparison": made.id, **made.counts}


def settle(*, by: Actor, difference: int, state: str, why: str) -> DifferenceView:
    """The difference was dealt with (done) or is none (dismissed). Raises NotFound, Refused without a reason or where another settled it otherwise."""
    _check(by, state, why)
    with acting(by), transaction.atomic():
        rows = Difference.objects.select_for_update(of=("self",)).filter(by.scope.q("comparison__area"), pk=difference)
        found = rows.defer("cipher").first()
        if found is None:
            raise NotFound(
                "difference-unknown",
                f"您的辖区内没有 {difference} 号差异。",
                f"There is no difference {difference} in your areas.",
            )
        if found.state not in ("open", state):
            raise Refused("settled", "这条差异已由别人办结。", "Somebody else has settled this difference.")
        if found.state == "open":
            _settle(by, found, state, why)
        return row_view(found)


def settle_many(*, by: Actor, comparison: int, differences: Collection[int], state: str, why: str) -> int:
    """Several of one comparison at once; those that somebody has settled already stay as they are. Gives how many were settled."""
    _check(by, state, why)
    if not differences:
        raise Refused("nothing-chosen", "请先勾选要办结的差异。", "Choose the differences first.", field="rows")
    if len(differences) > MOST_AT_ONCE:
        raise Refused(
            "too-many", f"一次最多办结 {MOST_AT_ONCE} 条。", f"At most {MOST_AT_ONCE} at a time.", field="rows"
        )
    with acting(by), transaction.atomic():
        of = find_comparison(by, comparison)
        rows = Difference.objects.select_for_update().filter(comparison=of, pk__in=list(differences), state="open")
        found = list(rows.defer("cipher").order_by("id"))
        for each in found:
            _settle(by, each, state, why)
        return len(found)


def _check(by: Actor, state: str, why: str) -> None:
    by.require(PERMISSION)
    if state not in STATES:
        raise Refused("no-state", "请选择办结方式。", "Choose how it is settled.", field="state")
    if not why.strip():
        raise Refused("no-reason", "请说明情况。", "Say why.", field="why")


def _settle(by: Actor, found: Difference, state: str, why: str) -> None:
    found.state, found.why, found.decided_by, found.decided_at = state, why.strip(), by.official, now()
    found.save(update_fields=["state", "why", "decided_by", "decided_at"])
    record(by, verbs.DECIDED, person=found.person, area=found.area, why=why, id=found.id, state=state)


def _begin(by: Actor, made: Comparison) -> None:
    made.state, made.zh, made.en = "reading", "", ""
    made.job = start(by, "compare", params={"comparison": made.id}, area=made.area).id
    made.save(update_fields=["state", "zh", "en", "job"])


def _write(made: Comparison, found: list[Found], rows: list[Row]) -> None:
    numbers = {r.theirs.row: r.number for r in rows}
    made.counts = {k: sum(f.kind == k for f in found) for k in ("here", "there", "differs", "likely")}
    made.counts["rows"] = len(rows)
    made.counts["no-number"] = sum(not (r.theirs.born if made.key == "name" else r.theirs.blind) for r in rows)
    made.state, made.cipher, made.strangers = "done", b"", []
    made.save(update_fields=["counts", "state", "cipher", "strangers"])
    Difference.objects.filter(comparison=made).delete()
    Difference.objects.bulk_create((_difference(made, f, numbers) for f in found), batch_size=1_000)


def _difference(made: Comparison, f: Found, numbers: dict[int, str]) -> Difference:
    number = numbers.get(f.theirs.row, "") if f.theirs else ""
    return Difference(
        comparison=made, kind=f.kind, person=f.ours.person if f.ours else None, area=f.ours.area if f.ours else made.area,
        name=f.theirs.name if f.theirs else f.ours.name if f.ours else "", shown=mask("id", number) if number else "",
        cipher=seal(number, table="exchange_difference", field="cipher") if number and f.kind in ("there", "likely") else b"",
        fields={k: list(v) for k, v in f.fields.items()}, row=f.theirs.row if f.theirs else None,
    )  # fmt: skip
