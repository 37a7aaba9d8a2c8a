"""Filtered lists: every line once, forward and back the same, each filter what it says, and nothing of other areas."""

from __future__ import annotations

from itertools import product

import pytest

from doudi.server.areas.actions import make_set
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.registry.batch import Loaded
from doudi.server.registry.selectors import rolls, sought
from doudi.server.registry.selectors.rolls import count_roll, roll_ids
from doudi.server.rolls.asked import Asked, asked
from doudi.server.rolls.selectors import count, roll
from tests.server.cast import (
    CLERK,
    CONFIRMING,
    FAR_VILLAGE,
    NEXT_VILLAGE,
    NO_SCREENINGS,
    OTHER_COUNTY,
    OTHER_TOWN,
    PARTNER,
    SYSTEM,
    TOWN,
    VILLAGE_CODE,
)
from tests.server.registry.selectors.homes import DAY, IDS

READERS = (SYSTEM, CONFIRMING, CLERK, OTHER_TOWN, OTHER_COUNTY)
ORDERS = {"household": ("area", "number", "people"), "person": ("area", "age")}


def forward(reader: Actor, what: Asked, limit: int) -> list[list[int]]:
    pages: list[list[int]] = []
    after = None
    while True:
        page = roll(reader, what, on=DAY, after=after, limit=limit)
        if page.lines or not pages:
            pages.append([x.key for x in page.lines])
        if page.after is None:
            return pages
        after = page.after


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize("of", ["household", "person"])
def test_every_line_once_and_back_again_the_same(homes: Loaded, of: str, limit: int) -> None:
    for reader, order, falling in product(READERS, ORDERS[of], (False, True)):
        what = Asked(of, order=order, falling=falling)
        pages = forward(reader, what, limit)
        lines = [key for page in pages for key in page]
        ids, more = roll_ids(reader, what.sieve(reader, DAY), of=of, on=DAY, most=100)
        assert sorted(lines) == ids, (reader.name, order)
        assert not more
        assert count(reader, what, on=DAY).n == len(lines)
        assert (
            lines
            == [k for page in forward(reader, Asked(of, order=order, falling=not falling), limit) for k in page][::-1]
        )
        # From the last page back to the first.
        at, back = roll(reader, what, on=DAY, after=pages[-2][-1] if len(pages) > 1 else None, limit=limit), [pages[-1]]
        while at.before is not None:
            at = roll(reader, what, on=DAY, before=at.before, limit=limit)
            back.insert(0, [x.key for x in at.lines])
        assert [k for page in back for k in page] == lines
        if len(pages) > 1:
            assert roll(reader, what, on=DAY, before=pages[1][0], limit=limit).lines[-1].key == pages[0][-1]


def named(homes: Loaded, reader: Actor, **how: object) -> set[str]:
    ids = {x.key for x in roll(reader, Asked("household", **how), on=DAY).lines}  # type: ignore[arg-type]
    assert count(reader, Asked("household", **how), on=DAY).n == len(ids)  # type: ignore[arg-type]
    return {name for name, i in homes.households.items() if i in ids}


def test_each_filter_of_households(homes: Loaded) -> None:
    every = set(homes.households)
    assert named(homes, SYSTEM) == every
    assert named(homes, SYSTEM, ledger="低保") == {"黄家"}
    assert named(homes, SYSTEM, ledger="高龄") == {"欧家"}, "by a member"
    assert named(homes, SYSTEM, area=VILLAGE_CODE) == {"黄家", "单家", "覃家"}, (
        "a relocated household is of both its areas"
    )
    assert named(homes, SYSTEM, people_from=2) == {"黄家", "覃家", "欧家"}
    assert named(homes, SYSTEM, people_to=1) == {"单家", "韦家"}
    assert named(homes, SYSTEM, kind="低保") == {"黄家"}
    assert named(homes, SYSTEM, kind="-") == {"单家"}, "the class could not be told"
    assert named(homes, SYSTEM, waiting=True) == {"单家", "覃家"}
    assert named(homes, SYSTEM, listed="应保未保") == {"黄家"}
    assert named(homes, SYSTEM, waiting=True, kind="低收入", people_from=2) == {"覃家"}
    assert named(homes, SYSTEM, ledger="没有的") == set()


def test_a_set_of_divisions_across_the_tree(homes: Loaded) -> None:
    within = make_set(by=SYSTEM, kind="resettlement", name="安置点", codes=[VILLAGE_CODE, FAR_VILLAGE], on=DAY)
    here, far = named(homes, SYSTEM, area=VILLAGE_CODE), named(homes, SYSTEM, area=FAR_VILLAGE)
    assert far
    assert named(homes, SYSTEM, within=within) == here | far
    assert named(homes, SYSTEM, within=within, area=FAR_VILLAGE) == far, "and within the place that was chosen"
    assert named(homes, SYSTEM, within=within, area=NEXT_VILLAGE) == set()
    assert named(homes, CLERK, within=within) == here, "of it what is the reader's"
    other = make_set(by=SYSTEM, kind="resettlement", name="别处", codes=[FAR_VILLAGE], on=DAY)
    for number in (other, 9_998):
        with pytest.raises(NotFound):
            named(homes, CLERK, within=number)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("明", {"黄家", "欧家", "覃家", "韦家"}), ("黄桂花", {"黄家", "欧家"}), ("shanle", {"单家"}), ("oym", {"欧家"}),
        (IDS["单乐"], {"单家"}), ("19900000006", {"欧家"}), ("没有人", set()), ("\0", set()), ("%", set()), ("'", set()), ("𠮷", set()),
    ],
)  # fmt: skip
def test_text_finds_by_name_sound_and_number(homes: Loaded, text: str, found: set[str]) -> None:
    if text in ("\0",):
        # Nothing is left of it, and nothing is asked.
        found = set(homes.households)
    assert named(homes, SYSTEM, text=text) == found


def test_a_household_is_found_by_its_own_number(homes: Loaded) -> None:
    (line,) = roll(SYSTEM, Asked(text="黄桂花", ledger="低保"), on=DAY).lines
    assert line.home is not None
    assert named(homes, SYSTEM, text=line.home.household.number) == {"黄家"}


def test_each_filter_of_people(homes: Loaded) -> None:
    def who(**how: object) -> set[str]:
        ids = {x.key for x in roll(SYSTEM, Asked("person", **how), on=DAY).lines}  # type: ignore[arg-type]
        return {name for name, i in homes.people.items() if i in ids}

    assert who() == set(homes.people) - {"覃小明"}, "the living"
    assert who(age_from=86, age_to=86) == {"黄桂花"}
    assert who(age_from=96) == {"老黄桂花"}
    assert who(age_to=38) == {"欧阳明"}
    assert who(age_to=37) == set()
    assert who(sex="女", area=VILLAGE_CODE) == {"黄桂花", "覃秀英"}
    assert who(ledger="低保") == {"黄桂花", "黄小明"}
    assert who(kind="低保") == {"黄桂花", "黄小明"}
    assert who(waiting=True) == {"单乐", "覃秀英"}
    assert who(people_to=1) == {"单乐", "韦小明"}
    assert who(text="小明") == {"黄小明", "韦小明"}


def test_lines_say_what_is_known(homes: Loaded) -> None:
    (line,) = roll(CLERK, Asked(ledger="低保"), on=DAY).lines
    assert line.home is not None
    assert line.stood is not None
    assert (line.home.household.head, line.home.ledgers, str(line.home.since)) == ("黄桂花", ("低保",), "2026-02-01")
    assert (line.stood.kind, line.stood.due, line.stood.open) == ("低保", 50_000, 0)
    (one,) = roll(OTHER_TOWN, Asked("person", ledger="高龄"), on=DAY).lines
    assert one.one is not None
    assert (one.one.person.name, one.one.number[-4:], one.stood) == ("黄桂花", IDS["老黄桂花"][-4:], None)
    assert "*" in one.one.number


def test_nothing_of_other_areas(homes: Loaded) -> None:
    assert named(homes, CLERK) == {"黄家", "单家", "覃家"}
    assert named(homes, OTHER_COUNTY) == {"韦家"}
    for how in (
        {"area": VILLAGE_CODE},
        {"text": "黄桂花"},
        {"ledger": "低保"},
        {"kind": "低保"},
        {"listed": "应保未保"},
        {"waiting": True},
    ):
        assert named(homes, OTHER_COUNTY, **how) == set(), how
    assert named(homes, CLERK, area="4512") == {"黄家", "单家", "覃家"}
    assert named(homes, CLERK, area=NEXT_VILLAGE) == set()
    # A place in another's list tells nothing: the list begins anew.
    mine = [x.key for x in roll(CLERK, Asked(), on=DAY).lines]
    assert [x.key for x in roll(CLERK, Asked(), on=DAY, after=homes.households["韦家"]).lines] == mine
    assert [x.key for x in roll(CLERK, Asked(), on=DAY, before=homes.households["韦家"]).lines] == mine
    with pytest.raises(NotAllowed):
        roll(PARTNER, Asked(), on=DAY)
    with pytest.raises(NotAllowed):
        count(PARTNER, Asked(), on=DAY)


def test_the_class_is_for_who_may_read_screenings(homes: Loaded) -> None:
    assert {x.stood for x in roll(NO_SCREENINGS, Asked(), on=DAY).lines} == {None}
    with pytest.raises(NotAllowed):
        roll(NO_SCREENINGS, Asked(kind="低保"), on=DAY)


def test_counting_ends_where_nobody_counts(homes: Loaded) -> None:
    every = Asked("household").sieve(SYSTEM, DAY)
    told = [count_roll(SYSTEM, every, of="household", on=DAY, most=n) for n in (1, 4, 5, 6)]
    assert [(c.n, c.more) for c in told] == [(1, True), (4, True), (5, False), (5, False)]
    here = Asked("household", area=TOWN).sieve(SYSTEM, DAY)
    assert [count_roll(SYSTEM, here, of="household", on=DAY, most=n).more for n in (2, 3)] == [True, False]


TEXTS = ("黄", "韦", "明", "小明", "黄小明", "h", "hx", "huang", "没有", "N0000", IDS["黄小明"])


def test_a_common_name_is_sought_line_by_line_and_finds_the_same(
    homes: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lists() -> list[list[list[int]]]:
        return [
            forward(reader, Asked(of, text=text, falling=falling), limit)
            for reader, of, text in product(READERS, ORDERS, TEXTS)
            for limit, falling in ((1, False), (2, True), (50, False))
        ]

    found = lists()
    assert sum(len(pages) > 1 for pages in found) > 10
    monkeypatch.setattr(sought, "FEW", 0)
    for stride in (0, 1, 2, 5, 5_000):
        monkeypatch.setattr(rolls, "STRIDE", stride)
        assert lists() == found, stride


def test_what_else_narrows_a_list_leaves_a_common_name_a_set(homes: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    def alone(**how: object) -> bool:
        return Asked(text="黄", **how).sieve(SYSTEM, DAY).by_text_alone  # type: ignore[arg-type]

    assert alone()
    assert alone(area=TOWN, falling=True)
    assert not Asked().sieve(SYSTEM, DAY).by_text_alone
    for how in (
        {"ledger": "低保"},
        {"order": "people"},
        {"people_from": 2},
        {"kind": "低保"},
        {"listed": "应保未保"},
        {"keys": (1,)},
    ):
        assert not alone(**how), how
    before = named(homes, SYSTEM, text="黄", ledger="低保")
    monkeypatch.setattr(sought, "FEW", 0)
    assert named(homes, SYSTEM, text="黄", ledger="低保") == before


def test_where_a_name_begins_to_be_common(homes: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    with acting(SYSTEM):
        n = sought.matching(SYSTEM.scope, "黄").count()
        for few, many in ((n - 1, True), (n, False)):
            monkeypatch.setattr(sought, "FEW", few)
            assert sought.are_many(SYSTEM.scope, "黄") == many
        monkeypatch.setattr(sought, "FEW", 0)
        assert not sought.are_many(SYSTEM.scope, IDS["黄小明"]), "a number is found whole"


@pytest.mark.parametrize("of", ["household", "person"])
def test_of_whom_a_text_may_mean_few_are_counted(homes: Loaded, monkeypatch: pytest.MonkeyPatch, of: str) -> None:
    what = Asked(of, text="黄").sieve(SYSTEM, DAY)
    n = count_roll(SYSTEM, what, of=of, on=DAY).n
    assert n > 1
    for most, more in ((1, True), (n - 1, True), (n, False), (n + 1, False)):
        monkeypatch.setattr(rolls, "SOUGHT", most)
        told = count_roll(SYSTEM, what, of=of, on=DAY)
        assert (told.n, told.more) == (min(n, most), more)


def test_what_an_address_says_comes_back_the_same() -> None:
    words = {
        "area": "451229",
        "ledger": "低保",
        "class": "-",
        "open": "1",
        "q": "黄",
        "people_from": "2",
        "sort": "-people",
    }
    assert asked("household", words).query() == words
    assert asked("household", words).query(text=False) == {k: v for k, v in words.items() if k != "q"}
    assert asked("household", {}) == Asked()
    for wrong in ({"area": "4x"}, {"sort": "name"}, {"people_from": "-1"}, {"people_to": "٣"}, {"people_from": "1e9"}):
        with pytest.raises(Refused) as refused:
            asked("household", wrong)
        assert refused.value.field in wrong
    with pytest.raises(Refused):
        asked("person", {"age_from": "131"})
