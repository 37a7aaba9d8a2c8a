"""Bulk load: the same as single acts, whole or not at all, one entry for a batch."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import connections

from doudi.screening.workbook.idnumber import check_character
from doudi.server.audit.models import Entry
from doudi.server.lib.acting import acting
from doudi.server.lib.blind import blind
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.registry import batch as b
from doudi.server.registry.actions.inputs import NewMember, NewStatement
from doudi.server.registry.actions.load import BatchRefused, load
from doudi.server.registry.actions.people import correct_identifier
from doudi.server.registry.actions.register import register_household
from doudi.server.registry.actions.undo import undo
from doudi.server.registry.models import Act, Household, Identifier, Person, Statement, Term
from doudi.server.registry.selectors import facts_of, find, household, person, timeline
from tests.server.cast import CLERK, CONFIRMING, OTHER_TOWN, OTHER_VILLAGE, REVIEWER, SYSTEM, VILLAGE, VILLAGE_CODE

ON = date(2026, 10, 1)
DAY = date(2026, 11, 22)


def an_id(serial: int = 1, born: str = "19610503") -> str:
    first = f"990101{born}{serial:03d}"
    return first + check_character(first)


HEAD: dict[str, Any] = {"出生日期": "1961-05-03", "性别": "女", "健在": True}
SON: dict[str, Any] = {"出生日期": {"lo": "1990-01-01", "hi": "1990-12-31"}, "性别": "男", "劳动能力": None}
INCOME = {"收入": {"complete": True, "rows": [{"种类": "工资", "金额": 120_000}]}}


def a_batch(prefix: str = "", serial: int = 1, **changes: Any) -> b.Batch:
    h, p, q = f"{prefix}h", f"{prefix}p", f"{prefix}q"
    return b.Batch(
        people=[b.NewPerson(p, "韦桂花", {"id": an_id(serial), "phone": "13900000001"}), b.NewPerson(q, "韦小明")],
        households=[b.NewHousehold(h, VILLAGE_CODE, OTHER_VILLAGE, "三组8号")],
        memberships=[b.NewMembership(h, p, head=True), b.NewMembership(h, q, "子女")],
        statements=[
            b.NewStatement("申报", person=p, values=HEAD, tables=INCOME),
            b.NewStatement("核对", person=q, values=SON, since=date(2026, 1, 1), evidence="户口簿"),
            b.NewStatement("申报", household=h, values={"城乡": "农村"}),
        ],
        enrolments=[],
    ) if not changes else replace(a_batch(prefix, serial), **changes)  # fmt: skip


def same(view: Any) -> str:
    """A view without its surrogate keys."""
    import re

    return re.sub(r"(id|person|household|act|statement|membership|version|number)=('?D?\d+'?)", r"\1=_", repr(view))


def test_a_loaded_household_is_as_one_registered_by_itself(db: str) -> None:
    loaded = load(by=CLERK, batch=a_batch(), on=ON)
    single = register_household(
        by=CLERK, area=VILLAGE_CODE, other_area=OTHER_VILLAGE, address="三组8号", on=ON,
        members=[
            NewMember("韦桂花", head=True, identifiers={"id": an_id(2), "phone": "13900000001"}, statements=[NewStatement("申报", HEAD, INCOME)]),
            NewMember("韦小明", "子女", statements=[NewStatement("核对", SON, since=date(2026, 1, 1), evidence="户口簿")]),
        ],
        statements=[NewStatement("申报", {"城乡": "农村"})],
    )  # fmt: skip
    assert single.household is not None
    one, other = (household(CLERK, h, as_of=DAY) for h in (loaded.households["h"], single.household))
    assert same(one).replace(one.members[0].numbers[0].shown, "") == same(other).replace(
        other.members[0].numbers[0].shown, ""
    )
    assert one.version == other.version
    for a, z in zip(loaded.people.values(), single.people, strict=True):
        before, after = person(CLERK, a, as_of=DAY), person(CLERK, z, as_of=DAY)
        assert same(replace(before, numbers=())) == same(replace(after, numbers=()))
        with acting(SYSTEM):
            terms = [
                sorted(Term.objects.filter(person=i).exclude(kind="b").values_list("kind", "term", "area"))
                for i in (a, z)
            ]
        assert terms[0] == terms[1] != []
    assert same(facts_of(CLERK, loaded.households["h"], as_of=DAY)) == same(
        facts_of(CLERK, single.household, as_of=DAY)
    )
    told = timeline(CLERK, household=loaded.households["h"])
    assert [t.kind for t in told] == ["load"]
    assert "2 人" in told[0].zh


def test_one_entry_for_a_batch(db: str) -> None:
    before = Entry.objects.count()
    loaded = load(by=CLERK, batch=a_batch(), on=ON, why="年度普查")
    entry = Entry.objects.latest("seq")
    assert Entry.objects.count() == before + 1
    assert (entry.verb, entry.count, entry.digest, entry.why) == ("registry.load", 2, loaded.digest, "年度普查")
    assert len(loaded.digest) == 64
    assert entry.area == VILLAGE_CODE
    load(by=CLERK, batch=b.Batch(statements=[b.NewStatement("申报", person=loaded.people["p"], values=HEAD)]), on=ON)
    assert Entry.objects.latest("seq").area == VILLAGE_CODE


def test_numbers_are_sealed_and_found(db: str) -> None:
    loaded = load(by=CLERK, batch=a_batch(), on=ON)
    with acting(SYSTEM):
        kept = Identifier.objects.get(kind="id")
    assert an_id().encode() not in bytes(kept.cipher)
    assert "19610503" not in kept.shown
    assert [f.person for f in find(CLERK, an_id().lower())] == [loaded.people["p"]]


def test_all_that_is_wrong_is_told_and_nothing_is_kept(db: str) -> None:
    wrong = a_batch()
    wrong = replace(
        wrong,
        people=[
            *wrong.people,
            b.NewPerson("r", " "),
            b.NewPerson("q", "重复"),
            b.NewPerson("t", "韦三", {"id": an_id()[:-1] + "0"}),
        ],
        memberships=[*wrong.memberships, b.NewMembership("nowhere", "p")],
        statements=[
            *wrong.statements,
            b.NewStatement("申报", person="p", values={"性别": "无", "没有的": 1}),
            b.NewStatement("风闻", person="p", values=HEAD),
        ],
        enrolments=[b.NewEnrolment("没有的台账", person="p")],
    )
    acts = Act.objects.count()
    with pytest.raises(BatchRefused) as refused:
        load(by=CLERK, batch=wrong, on=ON)
    codes = {f.code for f in refused.value.faults}
    assert {
        "name-wrong",
        "key-twice",
        "key-unknown",
        "value-unknown",
        "fact-unknown",
        "source-unknown",
        "ledger-unknown",
    } <= codes
    assert {f.key for f in refused.value.faults} >= {"r", "q", "t", "p"}
    assert an_id()[:17] not in str(refused.value)
    with acting(SYSTEM):
        assert (Person.objects.count(), Household.objects.count(), Statement.objects.count(), Act.objects.count()) == (
            0,
            0,
            0,
            acts,
        )


@pytest.mark.parametrize(
    ("memberships", "code"),
    [
        ([b.NewMembership("h", "p", head=True)], "no-household"),
        ([b.NewMembership("h", "p"), b.NewMembership("h", "q")], "not-one-head"),
        ([b.NewMembership("h", "p", head=True), b.NewMembership("h", "q", head=True)], "not-one-head"),
        ([b.NewMembership("h", "p", head=True), b.NewMembership("h", "q"), b.NewMembership("h", "q", since=DAY)], "two-households"),
        ([b.NewMembership("h", "p", head=True, until=DAY), b.NewMembership("h", "q")], "not-one-head"),
    ],
)  # fmt: skip
def test_the_laws_hold_within_a_batch(db: str, memberships: list[b.NewMembership], code: str) -> None:
    with pytest.raises(BatchRefused) as refused:
        load(by=CLERK, batch=a_batch(memberships=memberships), on=ON)
    assert code in {f.code for f in refused.value.faults}


def test_an_id_number_on_record_is_refused(db: str) -> None:
    load(by=CLERK, batch=a_batch(), on=ON)
    with pytest.raises(BatchRefused) as refused:
        load(by=CLERK, batch=a_batch("again"), on=ON)
    assert [(f.key, f.code) for f in refused.value.faults] == [("againp", "id-taken")]


def test_the_same_batch_sent_again(db: str) -> None:
    first = load(by=CLERK, batch=a_batch(), on=ON, once="台账第一批")
    again = load(by=CLERK, batch=a_batch(), on=ON, once="台账第一批")
    assert again.repeated
    assert (again.act, again.people, again.households, again.digest) == (
        first.act,
        first.people,
        first.households,
        first.digest,
    )
    with acting(SYSTEM):
        assert Person.objects.count() == 2


def test_areas(db: str) -> None:
    with pytest.raises(NotAllowed):
        load(
            by=replace(OTHER_TOWN, scope=OTHER_TOWN.scope),
            batch=a_batch(households=[b.NewHousehold("h", VILLAGE_CODE)]),
            on=ON,
        )
    loaded = load(by=CLERK, batch=a_batch(households=[b.NewHousehold("h", VILLAGE_CODE)]), on=ON)
    more = b.Batch(statements=[b.NewStatement("申报", person=loaded.people["q"], values={"劳动能力": None})])
    with pytest.raises(NotFound):
        load(by=OTHER_TOWN, batch=more, on=ON)
    assert load(by=VILLAGE, batch=more, on=ON).people == {}


def test_those_on_record_are_spoken_of_and_joined(db: str) -> None:
    first = load(by=CLERK, batch=a_batch(), on=ON)
    home, head = first.households["h"], first.people["p"]
    more = b.Batch(
        people=[b.NewPerson("n", "韦新生")],
        memberships=[b.NewMembership(home, "n", "子女", since=DAY)],
        statements=[
            b.NewStatement("核对", person=head, values={"出生日期": "1961-05-04"}),
            b.NewStatement("申报", person="n", values={"出生日期": str(DAY)}),
        ],
    )
    load(by=CLERK, batch=more, on=ON)
    view = household(CLERK, home, as_of=DAY)
    assert [(m.name, str(m.born)) for m in view.members] == [
        ("韦桂花", "1961-05-04"),
        ("韦小明", "None"),
        ("韦新生", "2026-11-22"),
    ]
    assert view.version == 2
    assert [t.kind for t in timeline(CLERK, person=head)] == ["load", "load"]


def test_a_batch_is_atomic_to_the_last_row(committed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> str:
        raise RuntimeError("power cut")

    monkeypatch.setattr("doudi.server.registry.actions.load.record", fail)
    with pytest.raises(RuntimeError):
        load(by=CLERK, batch=a_batch(), on=ON)
    monkeypatch.undo()
    with acting(SYSTEM):
        assert (Person.objects.count(), Term.objects.count(), Act.objects.count()) == (0, 0, 0)
    loaded = load(by=CONFIRMING, batch=a_batch(), on=ON)
    assert len(loaded.people) == 2


def test_several_loads_at_once(committed: dict[str, str]) -> None:
    def some(prefix: str) -> list[int]:
        try:
            return [
                load(by=CLERK, batch=a_batch(f"{prefix}{k}", serial=int(prefix) * 10 + k), on=ON).act for k in range(3)
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        acts = [act for part in pool.map(some, "123") for act in part]
    with acting(SYSTEM):
        assert len(set(acts)) == 9
        assert Act.objects.values("recorded_at").distinct().count() == 9
        assert (Person.objects.count(), Household.objects.count()) == (18, 9)
        assert Term.objects.values("person").distinct().count() == 18


def looking(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str, ready: threading.Barrier, ended: threading.Event | None = None
) -> None:  # fmt: skip
    """In each thread the first call of the function waits until the other has looked too, and then until the other has ``ended``, where the database
    lets two write at once."""
    whole = importlib.import_module(f"doudi.server.registry.actions.{module}")
    real, mine = getattr(whole, name), threading.local()

    def looked(*asked: Any) -> None:
        real(*asked)
        if not hasattr(mine, "looked"):
            mine.looked = True
            with suppress(threading.BrokenBarrierError):
                ready.wait()
            if ended is not None:
                ended.wait(timeout=2)

    monkeypatch.setattr(whole, name, looked)


def bring(prefix: str, ended: threading.Event) -> None:
    load(by=CLERK, batch=a_batch(prefix), on=ON)
    ended.set()


def both(*entering: Callable[[], object]) -> list[str]:
    """How each ended, begun at once: done, or the code of the refusal."""

    def run(entering: Callable[[], object]) -> str:
        try:
            entering()
        except BatchRefused as refused:
            return refused.faults[0].code
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(entering)) as pool:
        return list(pool.map(run, entering))


@pytest.mark.parametrize("other", ["batch", "act"])
def test_one_number_entered_by_two_at_once(
    committed: dict[str, str], monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    """Both have looked before either has written: by two batches, or by a batch and a single act."""
    ready = threading.Barrier(2, timeout=2)
    looking(monkeypatch, "load", "_ids_taken", ready)
    loaded = threading.Event()
    looking(monkeypatch, "inputs", "must_be_alone", ready, loaded)
    members = [NewMember("韦桂花", head=True, identifiers={"id": an_id()})]

    def batch(prefix: str) -> Callable[[], object]:
        return partial(bring, prefix, loaded)

    def act() -> object:
        return register_household(by=CLERK, area=VILLAGE_CODE, members=members, on=ON)

    assert sorted(both(batch("1"), batch("2") if other == "batch" else act)) == ["done", "id-taken"]
    with acting(SYSTEM):
        assert Identifier.objects.filter(kind="id", withdrawn=None).count() == 1
        assert Act.objects.count() == Entry.objects.filter(verb__in=("registry.load", "registry.register")).count() == 1


def test_a_number_that_comes_back_while_a_batch_brings_it(
    committed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction that took a number away is undone at the moment in which a batch gives the number to another."""
    members = [NewMember("韦桂花", head=True, identifiers={"id": an_id()})]
    person = register_household(by=CLERK, area=VILLAGE_CODE, members=members, on=ON).people[0]
    with acting(SYSTEM):
        row = Identifier.objects.get(person=person).id
    wrong = correct_identifier(by=CLERK, identifier=row, number=an_id(7), why="录错", on=ON).act
    ready = threading.Barrier(2, timeout=2)
    looking(monkeypatch, "load", "_ids_taken", ready)
    loaded = threading.Event()
    looking(monkeypatch, "undo", "_numbers_are_free", ready, loaded)
    found = both(partial(bring, "", loaded), lambda: undo(by=REVIEWER, act=wrong, on=ON))
    assert found.count("done") == 1
    assert set(found) <= {"done", "id-taken", "built-on"}
    with acting(SYSTEM):
        owners = Identifier.objects.filter(kind="id", blind=blind("id", an_id()), withdrawn=None)
        assert owners.values("person").distinct().count() == 1
