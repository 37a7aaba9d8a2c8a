"""Whoever was shown personal data is on record, once for a page."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from django.db import connections

from doudi.server.audit.actions import record_many
from doudi.server.audit.chain import verify
from doudi.server.audit.models import Entry
from doudi.server.audit.verbs import Verb
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.registry.batch import Loaded
from doudi.server.registry.selectors import (
    count_people,
    facts_of,
    find,
    household,
    households,
    ledger_list,
    people,
    person,
    record,
    showing,
    timeline,
)  # fmt: skip
from doudi.server.registry.selectors.record import gathered
from doudi.server.registry.selectors.verbs import HOUSEHOLD_SEEN, IN_BULK
from tests.server.cast import CLERK, VILLAGE_CODE
from tests.server.registry.selectors.homes import DAY, IDS


def _since(n: int) -> list[Entry]:
    return list(Entry.objects.filter(seq__gt=n).order_by("seq"))


def _last() -> int:
    return Entry.objects.count()


def test_every_selector_that_shows_people_is_one_entry(homes: Loaded) -> None:
    home, one = homes.households["黄家"], homes.people["黄小明"]
    for ask, verb, count in (
        (lambda: household(CLERK, home, as_of=DAY), "registry.see-household", 1),
        (lambda: person(CLERK, one, as_of=DAY), "registry.see-person", 1),
        (lambda: facts_of(CLERK, home, as_of=DAY), "registry.see-facts", 1),
        (lambda: timeline(CLERK, household=home), "registry.see-timeline", 1),
        (lambda: find(CLERK, "小明", on=DAY), "registry.find", 2),
        (lambda: households(CLERK, on=DAY), "registry.list", 3),
        (lambda: people(CLERK, on=DAY, limit=2), "registry.list", 2),
        (lambda: ledger_list(CLERK, "低保", on=DAY), "registry.list", 1),
    ):
        before = _last()
        ask()
        (entry,) = _since(before)
        assert (entry.verb, entry.count, entry.official) == (verb, count, CLERK.official)
        assert "黄窗" in entry.zh
        assert entry.area.startswith("451229103")


def test_nothing_shown_nothing_recorded(homes: Loaded) -> None:
    before = _last()
    find(CLERK, "不存在的人", on=DAY)
    people(CLERK, on=DAY, ledger="孤儿")
    count_people(CLERK, on=DAY)
    with pytest.raises(NotFound):
        household(CLERK, homes.households["韦家"], as_of=DAY)
    assert _since(before) == []


def test_what_was_searched_for_is_not_in_the_record(homes: Loaded) -> None:
    before = _last()
    find(CLERK, "黄桂花", on=DAY)
    find(CLERK, IDS["黄桂花"], on=DAY)
    for entry in _since(before):
        text = repr([entry.zh, entry.en, entry.params])
        assert "黄桂花" not in text
        assert IDS["黄桂花"][:14] not in text


def test_a_page_is_one_entry_and_what_is_not_of_it_another(homes: Loaded) -> None:
    home, other = homes.households["黄家"], homes.households["单家"]
    before = _last()
    with showing(CLERK, HOUSEHOLD_SEEN, household=home):
        household(CLERK, home, as_of=DAY)
        facts_of(CLERK, home, as_of=DAY)
        timeline(CLERK, household=home)
    (entry,) = _since(before)
    assert (entry.verb, entry.household) == ("registry.see-household", home)
    before = _last()
    with showing(CLERK, HOUSEHOLD_SEEN, household=home):
        household(CLERK, home, as_of=DAY)
        household(CLERK, other, as_of=DAY)
        find(CLERK, "小明", on=DAY)
    assert [(e.verb, e.household) for e in _since(before)] == [
        ("registry.see-household", home), ("registry.see-household", other), ("registry.find", None),
    ]  # fmt: skip


def test_work_over_many_is_one_entry_with_its_count(homes: Loaded) -> None:
    before = _last()
    with showing(CLERK, IN_BULK, area=VILLAGE_CODE, whole=True, purpose="筛查") as shown:
        for key in ("黄家", "单家"):
            facts_of(CLERK, homes.households[key], as_of=DAY)
        shown.count = 2
    (entry,) = _since(before)
    assert (entry.verb, entry.count, entry.area) == ("registry.read-in-bulk", 2, VILLAGE_CODE)


def test_without_an_entry_nothing_is_shown(homes: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("disk full")

    monkeypatch.setattr("doudi.server.registry.selectors.record.record_many", broken)
    with pytest.raises(RuntimeError):
        find(CLERK, "小明", on=DAY)


def test_sentences_fill_their_templates() -> None:
    from doudi.server.registry.selectors import verbs

    for verb in vars(verbs).values():
        if isinstance(verb, Verb):
            assert Verb.wants(verb.zh) <= {"household", "person", "count", "whose", "how", "what", "purpose"}


def test_a_page_goes_into_the_record_when_it_is_made(homes: Loaded) -> None:
    before = _last()
    with acting(CLERK), gathered():
        household(CLERK, homes.households["黄家"], as_of=DAY)
        people(CLERK, on=DAY, limit=2)
        assert not _since(before), "whoever acts meanwhile does not wait for the page"
    assert [(e.verb, e.count) for e in _since(before)] == [("registry.see-household", 1), ("registry.list", 2)]


def test_a_page_that_is_not_made_was_not_shown(homes: Loaded) -> None:
    def broken_page() -> None:
        with acting(CLERK), gathered():
            household(CLERK, homes.households["黄家"], as_of=DAY)
            raise RuntimeError

    before = _last()
    with pytest.raises(RuntimeError):
        broken_page()
    assert not _since(before)


def test_what_cannot_be_recorded_is_not_shown(homes: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("the record is away")

    monkeypatch.setattr(record, "record_many", broken)
    with pytest.raises(RuntimeError, match="away"), acting(CLERK), gathered():
        household(CLERK, homes.households["黄家"], as_of=DAY)


def _at_once(pages: int, monkeypatch: pytest.MonkeyPatch, broken: str = "") -> list[str]:
    """So many pages are ready while the first is being written; gives what became of each. ``broken``: whose entry cannot be written."""
    real, begun = record_many, Barrier(pages)

    def slow(by: Actor, *args: Any) -> int:
        sleep(0.05)
        if by.name == broken:
            raise RuntimeError("cannot be written")
        return real(by, *args)

    monkeypatch.setattr(record, "record_many", slow)

    def page(n: int) -> str:
        reader = replace(CLERK, name=f"第{n}人")
        try:
            with gathered(), acting(reader):
                begun.wait(20)
                with showing(reader, IN_BULK, purpose=str(n)):
                    pass
        except RuntimeError:
            return "failed"
        finally:
            connections.close_all()
        return "shown"

    with ThreadPoolExecutor(pages) as pool:
        return list(pool.map(page, range(pages)))


def test_pages_ready_at_once_are_all_on_record(committed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert _at_once(6, monkeypatch) == ["shown"] * 6
    assert sorted(e.name for e in Entry.objects.filter(verb=IN_BULK.code)) == [f"第{n}人" for n in range(6)]
    assert not verify().faults


def test_one_that_cannot_be_recorded_keeps_no_other_back(
    committed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    became = _at_once(6, monkeypatch, broken="第3人")
    assert became[3] == "failed"
    on_record = sorted(e.name for e in Entry.objects.filter(verb=IN_BULK.code))
    assert on_record == [f"第{n}人" for n, what in enumerate(became) if what == "shown"]
    assert not verify().faults
