"""What the tests of imports, comparisons and exports do through pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from doudi.server.exchange.models import Import
from doudi.server.jobs.models import Job
from doudi.server.jobs.running import run
from doudi.server.lib.acting import acting
from tests.server.cast import SYSTEM, TOWN
from tests.server.exchange.ledgers import Sheets, write

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def work() -> None:
    """What the worker does: every job that waits, to its end."""
    for job in Job.objects.filter(state="waiting").order_by("id"):
        run(job.id)


def send(client: Client, data: bytes, name: str = "台账.xlsx", path: str = "/imports/new", **fields: str) -> Any:
    """A form with a file. Fields as a clerk fills them, unless given."""
    form = {"what": "households", "source": "导入", "area": TOWN, "since": "2024-07-01"} | fields
    return client.post(path, form | {"file": SimpleUploadedFile(name, data, content_type=XLSX)})


def handed_in(client: Client, folder: Path, sheets: Sheets, **fields: str) -> str:
    """Hands a workbook in, lets it be looked at; gives the import's page."""
    answer = send(client, write(folder / "台账.xlsx", sheets).read_bytes(), **fields)
    assert answer.status_code == 303, text(answer)
    work()
    return str(answer["Location"])


def text(answer: Any) -> str:
    """The words of the page, without its markup."""
    page = answer.content.decode().split("<main", 1)[-1].split('<details class="help"')[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def count(model: Any, **where: object) -> int:
    with acting(SYSTEM):
        return int(model._default_manager.filter(**where).count())


def the(model: Any, **where: object) -> Any:
    """The only row there is."""
    with acting(SYSTEM):
        return model._default_manager.get(**where)


def the_import(page: str) -> Import:
    found: Import = the(Import, pk=int(page.rsplit("/", 1)[-1]))
    return found
