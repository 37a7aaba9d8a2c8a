"""Numbers of people: one normal form for each, a mask, a blind index, and none of them in text that is kept."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.server.lib.blind import SHOWN, blind, mask, normal, normal_card, normal_id, normal_phone
from doudi.server.lib.idnumber import check_character, eighteen, fifteen, read, sex
from doudi.server.lib.refusals import Refused
from doudi.server.lib.scrub import scrub

SEVENTEEN = "99010219800102123"
WHOLE = SEVENTEEN + check_character(SEVENTEEN)
DAY = date(2026, 11, 22)

few = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
kinds = st.sampled_from(["id", "phone", "card", "disability"])
digits = st.text("0123456789", min_size=1, max_size=30)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c in string.ascii_letters + string.digits else c for c in text)


@few
@given(kinds, st.text(max_size=60))
def test_a_normal_form_is_its_own(kind: str, text: str) -> None:
    once = normal(kind, text)
    assert normal(kind, once) == once


@few
@given(kinds, digits)
def test_spellings_of_one_number_are_one(kind: str, number: str) -> None:
    spelt = " " + full_width(number[:3]) + "　" + number[3:6] + "-" + number[6:] + "\n"
    assert normal(kind, spelt) == normal(kind, number)


@few
@given(kinds, st.text(string.ascii_uppercase + string.digits, max_size=60))
def test_a_mask_hides_and_keeps_the_length(kind: str, number: str) -> None:
    shown = mask(kind, number)
    assert len(shown) == min(len(number), SHOWN) or len(number) < 8
    assert sum(c != "*" for c in shown) <= 7
    assert shown.count("*") >= min(3, len(number))
    assert len(shown) <= SHOWN


def test_masks_as_offices_write_them() -> None:
    assert mask("id", WHOLE) == "990" + "*" * 11 + WHOLE[-4:]
    assert mask("phone", "13800138000") == "138****8000"
    assert mask("card", "6222020200012345678") == "*" * 15 + "5678"
    assert mask("id", "123") == "***"
    assert mask("phone", "123456789") == "*" * 9


@pytest.mark.parametrize(
    ("spelt", "number"),
    [
        ("+86 138-0013-8000", "13800138000"), ("0086 13800138000", "13800138000"), ("8613800138000", "13800138000"),
        ("(0771) 580-1234", "07715801234"), ("１３８００１３８０００", "13800138000"), ("8601234", "8601234"),
    ],
)  # fmt: skip
def test_phones(spelt: str, number: str) -> None:
    assert normal_phone(spelt) == number


def test_ids_and_cards() -> None:
    assert normal_id("'" + WHOLE.lower()) == WHOLE
    assert normal_id("11010119800101001x") == "11010119800101001X"
    assert normal_card("6222 0202-0001 2345 678") == "6222020200012345678"


def test_fifteen_digits_find_the_same_person() -> None:
    old = fifteen(WHOLE)
    assert old == WHOLE[:6] + "800102123"
    assert normal_id(old) == WHOLE
    assert blind("id", normal_id(old)) == blind("id", normal_id(WHOLE))
    assert eighteen("990102809902123") is None  # no such day
    assert normal_id("990102809902123") == "990102809902123"
    assert fifteen("990102200001021234") is None


@few
@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_every_number_of_the_last_century_has_its_old_form(born: date, order: int) -> None:
    seventeen = f"990102{born:%Y%m%d}{order:03}"
    whole = seventeen + check_character(seventeen)
    old = fifteen(whole)
    assert old is not None
    assert eighteen(old) == whole
    number = read(whole, on=DAY)
    assert (number.birth, sex(number)) == (born, "男" if order % 2 else "女")
    assert read(old, on=DAY).text == whole


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("123", "id-length"), ("99010219800102123A", "id-characters"), ("990102198013021234", "id-birth"),
        (SEVENTEEN + ("0" if WHOLE[-1] != "0" else "1"), "id-checksum"), ("990102209901021234", "id-future"),
    ],
)  # fmt: skip
def test_what_is_no_id_number_is_said_without_it(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(text, on=DAY)
    assert (refused.value.code, refused.value.field) == (code, "id")
    assert text not in str(refused.value)


@few
@given(kinds, digits, digits)
def test_blind_indexes_tell_numbers_and_kinds_apart(kind: str, one: str, other: str) -> None:
    assert len(blind(kind, one)) == 32
    assert (blind(kind, one) == blind(kind, other)) == (one == other)
    assert blind("id", one) != blind("phone", one)


@few
@given(st.text(), st.text())
def test_no_id_number_stays_in_text(before: str, after: str) -> None:
    text = f"{before} {WHOLE}，{after}"
    assert WHOLE not in scrub(text)
    assert WHOLE.lower() not in scrub(text)


def test_scrubbed() -> None:
    assert scrub("电话13800138000，卡6222021234567890128") == "电话138****8000，卡***************0128"
    assert scrub("旧证990102800102123。") == "旧证990********2123。"
    kept = (
        "区划990102003004、网格990102003004001、金额1234567890123、2026-11-22、第12345678901号、文号123456789012345678"
    )
    assert scrub(kept) == kept
    assert scrub("990102800102123", codes=True) == "990102800102123"
    digest = "0" * 17 + "5" + "abc"
    assert scrub(digest) == digest
