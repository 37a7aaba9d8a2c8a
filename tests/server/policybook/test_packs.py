"""Which pack is in force from which day, and that the very text of a past decision is found again."""

from __future__ import annotations

import shutil
import zlib
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from doudi.packs import examine
from doudi.rules import Faults
from doudi.server.audit.models import Entry
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.policybook import actions, texts
from doudi.server.policybook.actions import NewLine
from doudi.server.policybook.models import Edition, InForce, PackFile
from doudi.server.policybook.selectors import declared, editions, in_force, policies, policy, policy_of, setting_differs
from tests.server.audit.tampering import as_owner
from tests.server.cast import ADMINISTRATOR, CLERK, COUNTY, OTHER_COUNTY, POLICY, SYSTEM
from tests.server.policybook.standards import published, value
from tests.unit.packs import base

PACK = """\
name: county
zh: 某县
en: A county
area: 大化
parents: [demo]
"""
LINE = """\
低保标准:
  values:
    - {{from: 2026-01-01, value: {{农村: {yuan} 元}}, cites: [{{document: 演示, clause: 演示值}}]}}
"""


def write(folder: Path, yuan: int) -> Path:
    (folder / "county/standards").mkdir(parents=True, exist_ok=True)
    (folder / "county/pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "county/standards/lines.yaml").write_text(LINE.format(yuan=yuan), encoding="utf-8")
    return folder / "county"


def forget() -> None:
    """As a process that begins knows nothing."""
    policies._held.clear()
    policies._composed.clear()


def test_until_a_pack_is_put_in_force_that_of_the_settings_is(db: str) -> None:
    before = policy(date(2026, 1, 1))
    assert before.pack.name == "demo"
    assert actions.ensure(SYSTEM).digest == before.digest == actions.ensure(SYSTEM).digest
    assert policy(date(1990, 1, 1)).digest == before.digest
    assert [(f.since, f.edition.name) for f in in_force(POLICY)] == [(None, "demo")]
    assert {s.code for s in before.sources} == {"核对", "导入", "申报"}
    assert "低保" in {x.code for x in before.ledgers}
    assert ("户", "户籍地") in declared(date(2026, 1, 1))


def test_the_same_pack_is_kept_once(db: str, tmp_path: Path) -> None:
    first = actions.install(ADMINISTRATOR, write(tmp_path, 7000))
    files = PackFile.objects.count()
    assert actions.install(ADMINISTRATOR, tmp_path / "county") == first
    assert (
        actions.install(ADMINISTRATOR, shutil.copytree(tmp_path / "county", tmp_path / "b/county")).digest
        == first.digest
    )
    assert Edition.objects.count() == 1
    other = actions.install(ADMINISTRATOR, write(tmp_path, 7001))
    assert other.digest != first.digest
    assert PackFile.objects.count() == files + 1
    assert [e.digest for e in editions(POLICY)] == [other.digest, first.digest]
    assert Entry.objects.filter(verb="policy.installed").count() == 2


def test_a_pack_is_in_force_from_its_day(db: str, tmp_path: Path) -> None:
    actions.ensure(SYSTEM)
    old, new = (actions.install(SYSTEM, write(tmp_path, yuan)) for yuan in (7000, 7100))
    actions.put_in_force(POLICY, old.digest, since=date(2026, 3, 1))
    actions.put_in_force(POLICY, new.digest, since=date(2026, 5, 1), why="修订")
    actions.put_in_force(POLICY, new.digest, since=date(2026, 5, 1), why="再按一次")
    assert InForce.objects.count() == 3
    days = {
        date(2026, 2, 28): 6420, date(2026, 3, 1): 7000, date(2026, 3, 2): 7000, date(2026, 4, 30): 7000, date(2026, 5, 1): 7100,
        date(2026, 5, 2): 7100,
    }  # fmt: skip
    assert {day: value(day) for day in days} == days
    actions.put_in_force(POLICY, old.digest, since=date(2026, 5, 1))
    assert value(date(2026, 5, 1)) == 7000
    assert [f.since for f in in_force(POLICY)] == [date(2026, 5, 1), date(2026, 5, 1), date(2026, 3, 1), None]


def test_last_months_decision_finds_its_text_after_the_pack_changed(db: str, tmp_path: Path) -> None:
    old = actions.install(SYSTEM, write(tmp_path, 7000))
    actions.put_in_force(SYSTEM, old.digest, since=None)
    decided = policy(date(2026, 7, 1))
    rules = decided.ruleset(date(2026, 7, 1)).digest
    new = actions.install(SYSTEM, write(tmp_path, 7100))
    actions.put_in_force(SYSTEM, new.digest, since=None)
    shutil.rmtree(tmp_path / "county")
    shutil.rmtree(settings.ENVIRONMENT.home / "policybook")
    forget()
    assert value(date(2026, 7, 1)) == 7100
    again = policy_of(decided.digest)
    assert again is not decided
    assert (again.digest, again.ruleset(date(2026, 7, 1)).digest) == (decided.digest, rules)
    assert value(date(2026, 7, 1), of=again) == 7000


def test_a_laid_out_file_that_somebody_touched_does_not_decide(db: str, tmp_path: Path) -> None:
    old = actions.install(SYSTEM, write(tmp_path, 7000))
    folder = texts.laid_out(texts.kept(old.digest))
    place = folder / "county/standards/lines.yaml"
    place.write_text(LINE.format(yuan=9000), encoding="utf-8")
    (folder / "county/standards/more.yaml").write_text(LINE.format(yuan=9000), encoding="utf-8")
    forget()
    assert value(date(2026, 7, 1), of=policy_of(old.digest)) == 7000
    assert place.read_text(encoding="utf-8") == LINE.format(yuan=7000)
    assert not (folder / "county/standards/more.yaml").exists()
    assert [p.name for p in folder.parent.iterdir() if p.name.startswith(".")] == []


def test_a_kept_file_that_was_altered_is_refused(committed: dict[str, str], tmp_path: Path) -> None:
    old = actions.install(SYSTEM, write(tmp_path, 7000))
    sha = Edition.objects.get().manifest["county/standards/lines.yaml"]
    other = zlib.compress(LINE.format(yuan=9000).encode()).hex()
    content = f"X'{other}'" if connection.vendor == "sqlite" else f"decode('{other}', 'hex')"
    # The application itself may not even try.
    as_owner(committed, f"UPDATE policybook_packfile SET content = {content} WHERE digest = '{sha}'")
    assert bytes(PackFile.objects.get(digest=sha).content) == bytes.fromhex(other)
    forget()
    with pytest.raises(Refused, match="摘要"):
        policy_of(old.digest)
    with pytest.raises(NotFound):
        policy_of("0" * 64)


def test_a_pack_with_faults_is_not_kept(db: str, tmp_path: Path) -> None:
    folder = write(tmp_path, 7000)
    (folder / "standards/lines.yaml").write_text("低保标淮: {values: []}\n", encoding="utf-8")
    with pytest.raises(Faults):
        actions.install(SYSTEM, folder)
    assert not Edition.objects.exists()


def test_who_may(db: str, tmp_path: Path) -> None:
    folder = write(tmp_path, 7000)
    with pytest.raises(NotAllowed):
        actions.install(POLICY, folder)
    kept = actions.install(ADMINISTRATOR, folder)
    for other in (ADMINISTRATOR, OTHER_COUNTY, CLERK):
        with pytest.raises(NotAllowed):
            actions.put_in_force(other, kept.digest, since=None)
    assert not InForce.objects.exists()


def test_what_is_laid_out_is_a_pack_that_can_be_checked(db: str, tmp_path: Path) -> None:
    old = actions.install(SYSTEM, write(tmp_path, 7000))
    pack, faults = examine(texts.laid_out(texts.kept(old.digest)) / "county", thorough=True)
    assert pack is not None
    assert [f for f in faults if f.severity == "error"] == []
    assert all(str(info.folder).startswith(str(settings.ENVIRONMENT.home)) for info in pack.chain)


def test_when_the_settings_name_another_text(db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    day = date(2026, 7, 1)
    actions.ensure(SYSTEM)
    assert not setting_differs(day)
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, pack=str(write(tmp_path, 7000))))
    assert setting_differs(day)
    assert value(day) == 6420
    actions.put_in_force(SYSTEM, actions.install(SYSTEM, tmp_path / "county").digest, since=day)
    assert not setting_differs(day)
    assert setting_differs(date(2026, 6, 30))


def test_a_pack_that_published_standards_do_not_fit_is_not_put_in_force(places: str, tmp_path: Path) -> None:
    published(NewLine("特困护理标准", COUNTY, "半自理", "300 元"))
    other = actions.install(SYSTEM, base.write(tmp_path))
    before = policy(date(2026, 7, 1)).digest
    with pytest.raises(Refused, match="特困护理标准"), transaction.atomic():
        actions.put_in_force(SYSTEM, other.digest, since=date(2026, 8, 1))
    assert InForce.objects.count() == 1
    assert policy(date(2026, 9, 1)).digest == before
