"""Whatever the apps sealed is sealed anew, and opens for them afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from doudi.server.accounts.actions import declare_relative, make_official
from doudi.server.audit import rotation
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import system
from doudi.server.lib.keys import make
from doudi.server.registry.actions import register_household, reveal
from doudi.server.registry.models import Identifier
from tests.server.cast import SYSTEM, TOWN, settled
from tests.server.registry.actions.homes import BEGAN, IDS, someone

BY = system("doudi keys rotate")


def test_what_the_apps_sealed(db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "keys")
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, keys=tmp_path / "keys"))
    cast = settled()
    clerk = cast["CLERK"]
    assert clerk.official is not None
    declare_relative(by=clerk, official=clerk.official, name="韦某", relation="兄弟", id_number=IDS[0])
    make_official(by=SYSTEM, username="new", name="新来", password="quiet-river-47-stones", area=TOWN, id_number=IDS[1])
    register_household(
        by=clerk,
        area=TOWN + "201",
        members=[someone("韦大", identifiers={"id": IDS[2], "phone": "13800138000"})],
        on=BEGAN,
    )
    before = {str(c): sum(n.values()) for c, n in rotation.held(BY).items() if n}
    assert before == {"accounts_official.cipher": 1, "accounts_relative.cipher": 1, "registry_identifier.cipher": 2}

    rotation.add_key(BY)
    assert rotation.reseal(BY, settle=0) == 4
    assert {k for counted in rotation.held(BY).values() for k in counted} == {2}
    rotation.retire(BY, 1)
    rotation.file_of(1).unlink()
    with acting(SYSTEM):
        numbers = list(Identifier.objects.values_list("pk", flat=True))
    seen = {reveal(by=SYSTEM, identifier=number, why="核对") for number in numbers}
    assert seen == {IDS[2], "13800138000"}
