"""Slips of the keyboard in a pack's file: the sign and its place are told, not what the reader of YAML stumbled over later."""

from __future__ import annotations

import time

import pytest

from doudi.packs.located import read_bytes
from doudi.rules import Fault


def refused(text: str) -> Fault:
    faults: list[Fault] = []
    assert read_bytes(text.encode(), "f", faults) is None
    (fault,) = faults
    assert fault.code == "bad-yaml"
    return fault


COLON, SPACE = "冒号要用半角的，后面空一格", "冒号后面要空一格"
ALIGN = "没有对齐；同一层的各行，左边要对齐"


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("户.甲:\n  en: A\n  type：金额\n  formula: 1 元\n", "3:7", COLON),
        ("户.甲：\n  en: A\n", "1:4", COLON),
        ("户.甲:\n  en: A\n  formula：1 元\n户.乙:\n  en: B\n", "3:10", COLON),
        ("a: {x: 1, y：2}\nb: {y：2, x: 1, : :}\n", "2:6", COLON),
        ("户.甲:\n  en: A\n  type:金额\n  formula: 1 元\n", "3:7", SPACE),
        ("户.甲:\n  en:A\n  type: 金额\n", "2:5", SPACE),
        ("a: {x: 1，y: 2}\n", "1:9", "花括号里各项之间要用半角的逗号"),
        ("a: {x: 1, y: 2，z: 3}\n", "1:15", "花括号里各项之间要用半角的逗号"),
        ("a: ｛x: 1, y: 2}\n", "1:4", "括号要用半角的 { 或 ["),
        ("a: {x: 1, y: 2｝\n", "1:15", "括号要用半角的 } 或 ]"),
        ("a:\n  - {x: 1, y: 2\n  - {x: 2, y: 1}\n", "2:5", "“{”没有关上"),
        ("a:\n  - {x: [1, y: 2}\nb: 1\n", "2:17", "这里的“}”与前面的括号不配"),
        ("a:\n  - {x: 1}}\n", "2:11", "多了一个“}”"),
        ('a:\n  - {x: "1, y: 2}\nb: 3\n', "2:9", "这里的引号没有关上"),
        ("a: “x: 1”\n", "1:4", '引号要用半角的 "'),
        ("户.甲:\n  en: A\n\ttype: 金额\n", "3:1", "缩进里有制表符（Tab 键）；缩进只用空格"),
        ("户.甲:\n\ten: A\n", "2:1", "缩进里有制表符（Tab 键）；缩进只用空格"),
        ("户.甲:\n  en: A\n\u3000type: 金额\n  formula: 1\n", "3:1", "缩进里有全角空格；缩进只用半角空格"),
        ("户.甲:\n  en: A\n   type: 金额\n", "3:4", f"这一行与第 2 行{ALIGN}"),
        ("户.甲:\n  en: A\n type: 金额\n", "3:2", f"这一行与第 2 行{ALIGN}"),
        ("户.甲:\n  en: A\ntype: 金额\n\n  formula: 1\n", "5:3", f"这一行与第 3 行{ALIGN}"),
        ("a:\n  c:\n    - {x: 1}\n    -{x: 2}\n", "4:5", "短横后面要空一格"),
        ("a:\n  c:\n    -{x: 1}\n    - {x: 2}\n", "3:5", "短横后面要空一格"),
        ("a:\n  why: 算式: 732\n", "2:10", "文字里有冒号和空格，整段要加引号"),
        ("a:\n  case: [火]较重\n", "2:9", "后面还有文字；整段要加引号"),
        ('a:\n  case: "火"较重\n', "2:9", "后面还有文字；整段要加引号"),
        ('a:\n      {x: 1, y: "甲, 乙"}\n    - {y: 2}\n', "3:5", f"这一行与第 2 行{ALIGN}"),
        ("a:\n  x: %30\n", "2:6", "用这个字符开头的文字，整段要加引号"),
        ("a: 1\n＃ 说明\nb: 2\n", "2:1", "说明文字前面要用半角的 #"),
        ("a:\n  x: 1\n  y\n  z: 2\n", "3:3", "这一行没有冒号；要写成“名称: 内容”"),
    ],
)
def test_the_slip_is_named_where_it_is(text: str, place: str, told: str) -> None:
    found = refused(text)
    assert (str(found.where), found.zh) == (f"f:{place}", f"YAML 写法有误；{told}")
    assert found.en.startswith("This is not well-formed YAML: ")
    assert "did not find" not in found.en


def test_chinese_signs_in_texts_are_nobodys_mistake() -> None:
    text = 'a:\n  - {zh: 甲，乙：丙“丁”, en: "a, b: c {", f: "x：（y"}  # 说明：{没事\n  - {x: 1\nb: 2\n'
    assert (str(refused(text).where), refused(text).zh) == ("f:3:5", "YAML 写法有误；“{”没有关上")


def test_what_fits_nothing_known_is_told_in_yamls_words() -> None:
    found = refused("a: |x\n  b\n")
    assert found.zh == "YAML 写法有误；请看缩进、冒号后的空格、引号和括号"
    assert "did not find expected comment or line break" in found.en


def test_long_lines_and_odd_line_breaks_take_no_time() -> None:
    begun = time.monotonic()
    for text in (
        "{，a" * 300_000,
        "a: [" + "“{x：" * 200_000,
        "\r\x85\u2028".join("a: {b" for _ in range(50)),
        "- {" * 20 + "，" * 100_000,
    ):
        faults: list[Fault] = []
        read_bytes(text.encode(), "f", faults)
        assert faults
    assert time.monotonic() - begun < 5
