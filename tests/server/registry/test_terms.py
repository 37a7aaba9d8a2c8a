"""What finds a person, and the readings behind it."""

from __future__ import annotations

import pytest

from doudi.server.lib.acting import acting
from doudi.server.registry.models import Person, Term
from doudi.server.registry.pinyin import MOST, plain, readings
from doudi.server.registry.terms import areas_of, rewrite_terms, terms_of
from tests.server.cast import SYSTEM


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("单小明", {"shan xiao ming"}),
        ("仇英", {"qiu ying"}),
        ("曾国强", {"zeng guo qiang"}),
        ("区少华", {"ou shao hua"}),
        ("覃秀英", {"qin xiu ying", "tan xiu ying"}),
        ("韦桂花", {"wei gui hua"}),
        ("欧阳长河", {"ou yang chang he", "ou yang zhang he"}),
        ("吕绿", {"lv lv"}),
        ("单", {"shan"}),
    ],
)
def test_a_name_is_read_as_people_read_it(name: str, read: set[str]) -> None:
    assert {" ".join(r) for r in readings(name)} == read


def test_readings_are_few() -> None:
    assert len(readings("覃乐朝长")) == MOST


def test_dots_spaces_and_width_do_not_matter() -> None:
    assert plain("阿卜杜·热合曼") == plain("阿卜杜 热合曼") == plain("阿卜杜‧热合曼")
    assert plain("Ｊｏｈｎ Smith") == "johnsmith"


def test_terms_of_a_name_and_a_number() -> None:
    assert terms_of(["韦小明"], [b"\x01" * 32]) == [
        ("b", "01" * 32), ("i", "wxm"),
        ("n", "小明"), ("n", "明"), ("n", "韦小明"),
        ("p", "ming"), ("p", "weixiaoming"), ("p", "xiaoming"),
    ]  # fmt: skip
    assert ("p", "tanxiuying") in terms_of(["覃秀英"])
    assert ("i", "txy") in terms_of(["覃秀英"])
    assert terms_of([]) == []
    assert terms_of(["  "]) == []


def test_a_long_name_gives_few_terms_and_short_ones() -> None:
    terms = terms_of(["买" * 80])
    assert len(terms) <= 30
    assert all(len(term) <= 120 for _, term in terms)


def test_areas() -> None:
    assert areas_of("4512", "4513") == ("4512", "4513")
    assert areas_of("4512", "4512") == ("4512",)
    assert areas_of("4512", "") == ("4512",)
    assert areas_of("", "") == ("",)


def _rows(person: Person) -> list[tuple[str, str, str]]:
    return sorted(Term.objects.filter(person=person).values_list("kind", "term", "area"))


def test_rewriting_follows_name_areas_and_merges(db: str) -> None:
    with acting(SYSTEM):
        _rewriting()


def _rewriting() -> None:
    kept = Person.objects.create(name="韦小明", area="451229101201", other_area="451229102201")
    other = Person.objects.create(name="韦晓明", area="451229101201")
    assert rewrite_terms([kept.id, other.id]) == 14 + 7
    assert ("n", "韦小明", "451229102201") in _rows(kept)
    before = _rows(kept)
    rewrite_terms([other.id, kept.id])
    assert _rows(kept) == before

    Person.objects.filter(id=other.id).update(merged_into=kept.id)
    rewrite_terms([other.id])
    assert _rows(other) == []
    assert ("n", "韦晓明", "451229101201") in _rows(kept)

    Person.objects.filter(id=other.id).update(merged_into=None)
    rewrite_terms([other.id, kept.id])
    assert _rows(kept) == before
    assert len(_rows(other)) == 7

    Person.objects.filter(id=kept.id).update(name="韦明", other_area="")
    rewrite_terms([kept.id])
    assert {a for _, _, a in _rows(kept)} == {"451229101201"}
    assert ("n", "韦小明", "451229101201") not in _rows(kept)
