"""What the pack calls things, in the reader's language."""

from __future__ import annotations

from datetime import date

from doudi.server.policybook.naming import Said
from doudi.server.policybook.selectors import policy

ON = date(2026, 7, 1)


def test_classes_and_programmes_have_both_names(db: str) -> None:
    now = policy(ON)
    assert now.said_class("低保户") == Said("低保户", "minimum living guarantee")
    assert now.said_value("人群类别", "特困人员") == Said("特困人员", "destitute")
    assert now.names.name("高龄津贴") == Said("高龄津贴", "Old-age allowance")
    assert [v.zh for v in now.names.values_of(now.plan.household_class)][:2] == ["特困户", "低保户"]


def test_what_the_pack_no_longer_has_is_told_as_it_stands(db: str) -> None:
    now = policy(ON)
    assert now.said_class("从前的类别") == Said("从前的类别", "从前的类别")
    assert now.names.name("没有的项目") == Said("没有的项目", "没有的项目")


def test_every_value_of_every_category_has_english(db: str) -> None:
    now = policy(ON)
    bare = [
        (c.name, value)
        for c in now.pack.book.categories
        for value, _ in c.values
        if not now.said_value(c.name, value).en.isascii()
    ]
    assert bare == []
