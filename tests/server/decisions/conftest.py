"""A small synthetic county on record, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from django.db import transaction

from doudi.packs import Pack, load
from doudi.screening.facts import FactsSchema, schema_of
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import system
from tests.server.decisions.population import facts_of_county, record

AS_OF = date(2024, 7, 1)
RECORDED = datetime(2024, 6, 20, 8, tzinfo=UTC)
SYSTEM = system("test")


@dataclass(frozen=True)
class County:
    """``tables`` are the facts that were put on record, by file name."""

    pack: Pack
    schema: FactsSchema
    tables: dict[str, pa.Table]


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    pack = load("demo")
    tables = facts_of_county(tmp_path_factory.mktemp("county"), pack, 90, seed=3)
    return County(pack, schema_of(pack.book), tables)


@contextmanager
def everything() -> Iterator[None]:
    """Writes past the actions: rows as they would be after acts that these tests are not about."""
    with acting(SYSTEM), transaction.atomic():
        yield


@pytest.fixture
def on_record(committed: dict[str, str], county: County) -> County:
    """Committed, because the drivers that read for a snapshot have connections of their own."""
    with everything():
        record(county.schema, county.tables, RECORDED)
    return county


def state(
    at: datetime, *, source: str = "核对", since: date = date(2024, 1, 1), withdraw: tuple[int, ...] = (), **of: Any
) -> int:
    """One more statement on record by an act of its own; ``withdraw``: statements that it takes back. Gives the statement."""
    from doudi.server.registry.models import Act, Statement

    with everything():
        act = Act.objects.create(kind="state", on=since, recorded_at=at, name="测试员")
        Statement.objects.filter(id__in=withdraw).update(withdrawn=act)
        return Statement.objects.create(act=act, source=source, since=since, **of).id


def statement_of(**subject: int) -> Any:
    from doudi.server.registry.models import Statement

    with everything():
        return Statement.objects.get(withdrawn=None, **subject)
