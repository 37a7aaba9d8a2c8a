"""The standards in force, for everybody: by place, day, clause and source."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.web.public import standards
from tests.server.cast import NAMES, SYSTEM
from tests.server.decisions.asking.families import policy_of


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, db: str) -> None:
    monkeypatch.setattr(standards, "today", lambda: date(2026, 11, 22))
    monkeypatch.setattr(standards, "policy", lambda _: policy_of("demo"))
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()])


def shown(query: str = "", language: str = "zh-hans") -> str:
    answer = Client(SERVER_NAME="localhost", headers={"accept-language": language}).get(f"/public/standards{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def row(page: str, name: str) -> str:
    body = next(b for b in re.findall(r"<tbody>.*?</tbody>", page, flags=re.S) if f">{name}</th>" in b)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_by_place_and_day() -> None:
    assert "6420 元" in row(shown("?area=451229"), "低保标准")
    assert "6360 元" in row(shown("?area=451229&on=2024-07-01"), "低保标准")
    assert "演示数值，不是真实标准" in row(shown("?area=451229"), "低保标准")


def test_a_typed_place() -> None:
    page = shown("?place=岩滩")
    assert "岩滩镇" in page
    assert "6420 元" in row(page, "低保标准")
    assert "没有找到这个地方" in shown("?place=没有的")
    assert "是哪一个" in shown("?place=1村") or "第1村" not in shown("?place=1村")


def test_by_standard_document_or_clause() -> None:
    assert len(re.findall("<tbody>", shown("?q=高龄"))) < len(re.findall("<tbody>", shown()))
    assert ">低保标准</th>" not in shown("?q=高龄")
    assert "<tbody>" in shown("?q=演示")
    assert "没有查到标准" in shown("?q=zzzz")


def test_english() -> None:
    page = shown("?area=451229", "en")
    assert "Standards in force" in page
    assert "6420 yuan" in page
    assert "a demonstration value, not a real standard" in page


def test_odd_questions_do_no_harm() -> None:
    for query in (
        "?area=x",
        "?area=99",
        "?on=x",
        "?on=2024-13-40",
        "?on=0001-01-01",
        "?q=" + "长" * 500,
        "?place=%00",
        "?area=451229999",
    ):
        shown(query)
