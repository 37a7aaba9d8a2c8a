"""Whatever is sent, the answer is a refusal in plain words and nothing is half-done."""

from __future__ import annotations

from typing import Any

import pytest

from doudi.server.audit.models import Entry
from doudi.server.registry.models import Act
from tests.server.api.conftest import Office
from tests.server.api.test_changing import FAMILY, WORK

HUGE = 10**40
DEEP: list[Any] = []
for _ in range(40):
    DEEP = [DEEP]


BODIES: tuple[tuple[bytes, str, int, str | None], ...] = (
        (b" ", "application/json", 400, "bad-json"),
        (b"", "application/json", 415, "json-only"),
        (b"{", "application/json", 400, "bad-json"),
        (b"\xff\xfe{}", "application/json", 400, "bad-json"),
        (b'{"text": NaN}', "application/json", 400, "bad-json"),
        (b'{"text": "\\ud800"}', "application/json", 400, "bad-json"),
        (b"[" * 100_000, "application/json", 400, "bad-json"),
        (b'{"text": ' + b"[" * 60 + b"]" * 60 + b"}", "application/json", 422, "too-deep"),
        (b'{"text": "a\\u0000b"}', "application/json", 422, "bad-text"),
        (b'{"limit": ' + str(HUGE).encode() + b', "text": "x"}', "application/json", 422, "number-too-large"),
        (b'{"limit": -1, "text": "x"}', "application/json", 422, "greater-than-equal"),
        (b'{"limit": "5", "text": "x"}', "application/json", 422, "int-type"),
        (b'{"limit": true, "text": "x"}', "application/json", 422, "int-type"),
        (b'{"text": "x", "more": 1}', "application/json", 422, "extra-forbidden"),
        (b"[]", "application/json", 422, None),
        (b"null", "application/json", 422, None),
        (b'"x"', "application/json", 422, None),
        (b'{"text": "x"}', "text/plain", 415, "json-only"),
        (b"text=x", "application/x-www-form-urlencoded", 415, "json-only"),
        (b'{"text": "x"}', "", 415, "json-only"),
        (b'{"text": "' + b"x" * 1_100_000 + b'"}', "application/json", 413, "too-large"),
        (b'{"text": "' + b"x" * 3_000_000 + b'"}', "application/json", 413, "too-large"),
)  # fmt: skip


def test_bodies(office: Office) -> None:
    program = office.program()
    for body, media, status, code in BODIES:
        answer = program.send("POST", "people/find", body, {}, media)
        assert answer.status == status, (body[:80], answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert code is None or answer.code == code, body[:80]


ADDRESSES = (
        f"households/{HUGE}", "households/-1", "households/0", "households/x", "households/1.0", "households/%00", "households/1%00",
        "households/%F0%9F%92%A3", "people/9223372036854775808", "jobs/99999999999999999999", "lists/items/--1", "runs/1_0", "runs/+1",
        "households?limit=0", "households?limit=201", f"households?limit={HUGE}", "households?limit=1e3", "households?limit=", "households?area=4a",
        "households?area=45122", "households?area=%00", "households?on=2024-13-45", "households?on=1720000000", "households?on=0001-01-01",
        "households?cursor=x", "households?cursor=%ED%A0%80", "households?nothing=1", "households?limit=1&limit=2", "households?closed=perhaps",
        "households?ledger=%00", "households/1?knowing=2024-07-01", "households/1?knowing=9999-12-31T23:59:59-14:00", "lists/counts?level=7",
        "lists/items?state=lost", "lists/items?household=0", f"lists/items?household={HUGE}", "runs/1/differences", "runs/1/differences?after=0",
        "jobs?state=x", "standards/values?standard=" + "x" * 100, "households/1/decision/低保?path=1,x",
)  # fmt: skip


def test_addresses(office: Office) -> None:
    program = office.program("CONFIRMING")
    for said in ADDRESSES:
        answer = program.get(said)
        assert answer.status == 422, (said, answer.status, answer.text)
        assert answer.json["detail"]


def test_no_such_address(office: Office) -> None:
    program = office.program()
    for said in (
        "",
        "nothing",
        "households/1/nothing",
        "households/",
        "../v2/households",
        "me/",
        "households/1/decision/a/b",
    ):
        answer = program.get(said)
        assert (answer.status, answer.code) == (404, "no-page"), said


def test_methods_that_there_are_not(office: Office) -> None:
    program = office.program()
    for method, said, allowed in (
        ("DELETE", "households", {"GET", "POST"}), ("PUT", "households/1", {"GET"}), ("GET", "people/find", {"POST"}), ("PATCH", "me", {"GET"}),
        ("OPTIONS", "me", {"GET"}), ("HEAD", "me", {"GET"}),
    ):  # fmt: skip
        answer = program.send(method, said, None, {})
        assert answer.status == 405
        assert set(answer.headers["Allow"].split(", ")) == allowed


def test_tokens(office: Office) -> None:
    for token in ("Bearer", "Bearer ", "Basic YTpi", "Bearer \x00", "bearer doudi_x", "Bearer " + "x" * 10_000, "长"):
        assert office.program().get("me", Authorization=token).status == 401


BAD_FACTS: tuple[Any, ...] = (
    {"劳动能力": HUGE}, {"劳动能力": 2**62}, {"劳动能力": 1.5}, {"劳动能力": {"lo": 1, "hi": 0}}, {"劳动能力": DEEP}, {"没有": 1}, {"劳动能力": "x" * 90_000},
    {"劳动能力": {}}, {"劳动能力": {"lo": None, "hi": None}}, {"健在": "是"}, {"出生日期": "2024-02-30"}, {"出生日期": "1000-01-01"}, {"户籍地": {"a": 1}},
    {"户籍地": [1]}, {"居住证月数": -5}, {"居住证月数": 1e300}, {"\u0000": 1}, {"x" * 90: 1}, {str(i): 1 for i in range(500)}, [], "x", None, 7,
)  # fmt: skip
BAD_TABLES: tuple[Any, ...] = (
    {"收入": 1}, {"收入": {"rows": 1}}, {"收入": {"rows": [1]}}, {"收入": {"rows": [{}] * 1000}}, {"收入": {"rows": [], "complete": "x"}},
    {"收入": {"rows": [], "complete": [[]]}}, {"收入": {"complete": {"a": 1}}}, {"没有": {}}, {"收入": {"rows": [{"金额": "x"}]}}, {"户": {"rows": [{}]}},
)  # fmt: skip


@pytest.mark.parametrize("part", ["values", "tables"])
def test_facts_that_cannot_be(office: Office, part: str) -> None:
    program = office.program()
    tag = program.get(f"households/{office.here}").headers["ETag"]
    acts, entries = Act.objects.count(), Entry.objects.exclude(verb__contains="see").count()
    for bad in BAD_FACTS if part == "values" else BAD_TABLES:
        body = {**WORK, "person": office.person_here, "values": {}, part: bad}
        answer = program.post(f"households/{office.here}/statements", body, match=tag)
        assert answer.status == 422, (bad, answer.status, answer.text)
        assert len(answer.text) < 60_000
        family = {"as_of": "2024-07-01", "members": [{part: bad}]}
        supposed = program.post("decisions/suppose", family)
        assert supposed.status == 422, (bad, supposed.status, supposed.text)
    assert (Act.objects.count(), Entry.objects.exclude(verb__contains="see").count()) == (acts, entries)


BAD_FAMILIES: tuple[dict[str, Any], ...] = (
        {"area": ""}, {"area": "451229103299"}, {"area": "45"}, {"on": "1850-01-01"}, {"on": "2099-01-01"}, {"members": []},
        {"members": [{"name": "甲"}] * 61}, {"members": [{"name": ""}]}, {"members": [{"name": "甲", "head": True}, {"name": "乙", "head": True}]},
        {"members": [{"name": "甲", "numbers": {"id": "123"}}]}, {"members": [{"name": "甲", "numbers": {"passport": "123456"}}]},
        {"members": [{"name": "甲", "relation": "邻居"}]}, {"members": [{"person": 2**63 - 1}]}, {"members": [{"person": -1}]},
        {"members": [{"name": "甲", "statements": [{"source": "街谈"}]}]}, {"number": "x" * 31}, {"address": "x" * 201}, {"why": "x" * 501},
        {"statements": [{"source": "申报", "since": "2024-07-01", "until": "2024-06-01", "values": {"城乡": "农村"}}]},
)  # fmt: skip


def test_families_that_cannot_be(office: Office) -> None:
    program = office.program()
    acts = Act.objects.count()
    for wrong in BAD_FAMILIES:
        answer = program.post("households", {**FAMILY, **wrong})
        assert answer.status in (403, 404, 422), (wrong, answer.text)
        assert answer.json["detail"]
    assert Act.objects.count() == acts


def test_names_of_every_kind(office: Office) -> None:
    program = office.program()
    for name in ("O'Neill-Ŝan", "𠮷野𡈽", "阿卜杜热西提·阿不都拉", "<script>alert(1)</script>", "\u202e倒", "김"):
        done = program.post("households", {**FAMILY, "members": [{"name": name}]})
        assert done.status == 201, (name, done.text)
        assert program.get(done.headers["Location"]).json["members"][0]["name"] == name
    many = program.post("households", {**FAMILY, "members": [{"name": f"成员{i}"} for i in range(20)]})
    assert many.status == 201
    assert len(program.get(many.headers["Location"]).json["members"]) == 20
