"""Appending: one sentence an act, and the chain that it joins."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from doudi.server.audit.actions import Act, record, record_many
from doudi.server.audit.models import Entry, Head, KeyCheck
from doudi.server.audit.selectors import Search, search
from doudi.server.audit.verbs import Verb
from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope

MOVED = Verb("test.moved", "把{household}号家庭户迁到{to}", "moved household {household} to {to}")
CLERK = Actor(7, "韦青", "红河乡窗口经办人", Scope.of(["990102"]), frozenset(), "10.0.0.8")


def test_one_act_is_one_sentence(db: str) -> None:
    assert record(CLERK, MOVED, household=12, area="990102003", why="易地搬迁", to="990102003004") == 1
    entry = Entry.objects.get()
    assert entry.zh == "韦青（红河乡窗口经办人）把12号家庭户迁到990102003004，理由：易地搬迁（来自 10.0.0.8）。"
    assert entry.en == ("韦青 (红河乡窗口经办人) moved household 12 to 990102003004, because: 易地搬迁, from 10.0.0.8.")
    assert (entry.official, entry.name, entry.post, entry.address) == (7, "韦青", "红河乡窗口经办人", "10.0.0.8")
    assert (entry.verb, entry.household, entry.person, entry.area) == ("test.moved", 12, None, "990102003")
    assert entry.params == '{"to":"990102003004"}'


def test_each_joins_the_chain(db: str) -> None:
    record(CLERK, MOVED, household=1, to="a")
    assert record_many(CLERK, MOVED, [Act(household=n, params={"to": "b"}) for n in range(5)]) == 6
    head = Head.objects.get()
    assert (head.seq, bytes(head.last)) == (6, bytes(Entry.objects.get(seq=6).mac))
    assert len(head.chain) == 32
    assert set(KeyCheck.objects.values_list("name", flat=True)) == {"index", "audit", "field-1"}


def test_only_within_the_transaction_that_does_the_act(committed: dict[str, str]) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record(CLERK, MOVED, household=1, to="a")
    with transaction.atomic():
        record(CLERK, MOVED, household=1, to="a")
    assert not connection.in_atomic_block


@pytest.mark.parametrize(
    ("prefixes", "office", "area", "stands"),
    [
        (["451229103"], "", "", "451229103"),
        (["451229103"], "", "451229103201", "451229103201"),
        # Two townships, or one with the code that it had before and today's.
        (["451229101", "451229103"], "", "", "451229"),
        (["451229103", "451229105"], "451229105", "", "451229105"),
        (["451228", "451229"], "", "", "4512"),
        ([""], "", "", ""),
        # In no post.
        ([], "451229", "", "451229"),
        ([], "", "", ""),
    ],
)
def test_what_is_about_no_place_stands_where_the_post_is(
    db: str, prefixes: list[str], office: str, area: str, stands: str
) -> None:
    """Whoever audits there, or above, finds it; whoever audits in a part of it does not."""
    who = Actor(7, "韦青", "审核岗", Scope.of(prefixes), office=office)
    record(who, MOVED, household=1, area=area, to="a")
    entry = Entry.objects.get()
    assert entry.area == stands
    for reads in ("", "45", "4512", "451229", "451229101", "451229103", "451229105"):
        auditor = Actor(8, "何审", "审计岗", Scope.of([reads]), frozenset({"audit.read"}))
        assert bool(search(auditor, Search(official=7)).entries) == stands.startswith(reads), reads
