"""The API as a program meets it: the cast with a token each, a household here and one elsewhere, a list, a run and a job."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from doudi.server.accounts.actions import make_token
from doudi.server.accounts.selectors import oneself, posts_of
from doudi.server.decisions.models import Run, Snapshot, WorkItem
from doudi.server.jobs.actions import start
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from tests.server.cast import COUNTY, FAR_VILLAGE, OTHER_COUNTY_CODE, SYSTEM, VILLAGE_CODE
from tests.server.web import world

AT = datetime(2024, 7, 2, 1, tzinfo=UTC)
MONTH = date(2024, 7, 1)


@dataclass
class Answered:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["code"])


@dataclass
class Program:
    """A program with a token; none where it is empty."""

    token: str = ""
    language: str = "zh-CN"
    client: Client = field(default_factory=lambda: Client(SERVER_NAME="localhost"))

    def get(self, path: str, **headers: str) -> Answered:
        return self.send("GET", path, None, headers)

    def post(
        self, path: str, body: Any = None, *, key: str | None = None, match: str | None = None, **headers: str
    ) -> Answered:
        """Under a fresh key where none is given."""
        headers = {"Idempotency-Key": uuid.uuid4().hex if key is None else key, **headers}
        if match is not None:
            headers["If-Match"] = match
        return self.send("POST", path, None if body is None else json.dumps(body).encode(), headers)

    def send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], media: str = "application/json"
    ) -> Answered:
        said = {
            "Accept-Language": self.language,
            **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
            **headers,
        }
        answer = self.client.generic(
            method, path if path.startswith("/") else f"/api/v1/{path}", body or b"", content_type=media,
            headers={k.replace("_", "-"): v for k, v in said.items()},
        )  # fmt: skip
        return Answered(answer.status_code, dict(answer.headers), answer.content.decode())


@dataclass
class Office(world.World):
    """``item``, ``run``, ``job``: of the county; those ``far_…`` of another county."""

    def token(self, name: str, *, permissions: Collection[str] | None = None, areas: Collection[str] = ()) -> str:
        who = self.who[name].official
        assert who is not None
        post = posts_of(who, on=day_of(now()))[0].id
        return make_token(
            by=oneself(who), post=post, name=name, days=30, on=day_of(now()), permissions=permissions, areas=areas, second_factor=True
        ).secret  # fmt: skip

    def program(self, name: str = "CLERK", **narrow: Any) -> Program:
        return Program(self.token(name, **narrow))


@pytest.fixture
def office(db: str) -> Office:
    return furnished()


def furnished() -> Office:
    made = world.made()
    office = Office(made.who, made.here, made.there, made.person_here, made.person_there)
    for prefix, area, village, household, by in (
        ("", COUNTY, VILLAGE_CODE, office.here, "CONFIRMING"),
        ("far_", OTHER_COUNTY_CODE, FAR_VILLAGE, office.there, "OTHER_COUNTY"),
    ):
        office.ids |= {prefix + k: v for k, v in _screened(area, village, household, office.who[by]).items()}
    return office


def _screened(area: str, village: str, household: int, by: Actor) -> dict[str, int]:
    with acting(SYSTEM), transaction.atomic():
        snapshot = Snapshot.objects.create(
            month=MONTH, as_of=MONTH, knowing=AT, area=area, policy="p" * 64, shape="s" * 64, digest="d" * 64, state="whole", folder="none",
            made_at=AT, keep_until=date(2030, 1, 1),
        )  # fmt: skip
        run = Run.objects.create(
            snapshot=snapshot, area=area, month=MONTH, as_of=MONTH, policy="p" * 64, pack="demo", ruleset="r" * 64, engine="0", digest="d" * 64,
            state="whole", rows={"household": 1}, folder="none", made_at=AT, ended_at=AT,
        )  # fmt: skip
        item = WorkItem.objects.create(
            code="应享未享", programme="低保", household=household, person=0, area=village, other_area="", zh="符合而没有领", en="fulfils it",
            certain=True, due=42000, received=0, missing=[], first_run=run, last_run=run,
        )  # fmt: skip
    job = start(by, "screening", params={"as_of": "2024-07-01"}, area=area)
    return {"run": run.id, "item": item.id, "job": job.id}
