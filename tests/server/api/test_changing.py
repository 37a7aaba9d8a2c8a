"""Changing by token: once under a key, and only where nobody changed the household in between."""

from __future__ import annotations

import re
from typing import Any

import pytest

from doudi.server.api import replays
from doudi.server.api.models import Answer
from doudi.server.audit.models import Entry
from doudi.server.lib.sealed import unseal
from doudi.server.registry.models import Act
from tests.server.api.conftest import Answered, Office, Program
from tests.server.cast import FAR_VILLAGE, NEXT_VILLAGE, OTHER_VILLAGE, VILLAGE_CODE
from tests.server.exchange.ledgers import IDS

FAMILY: dict[str, Any] = {
    "area": VILLAGE_CODE, "on": "2024-07-01", "address": "下屯 12 号",
    "members": [
        {
            "name": "黄老汉", "relation": "户主", "head": True, "numbers": {"id": IDS["黄老汉"], "phone": "13900000001"},
            "statements": [{"source": "申报", "values": {"健在": True}}],
        },
        {"name": "黄小河", "relation": "子女"},
    ],
    "statements": [{"source": "申报", "values": {"城乡": "农村"}}], "why": "入户走访",
}  # fmt: skip
WORK = {"source": "申报", "on": "2024-07-02", "values": {"劳动能力": "完全丧失"}}


def etag(program: Program, household: int) -> str:
    return program.get(f"households/{household}").headers["ETag"]


def test_a_household_is_registered_and_read_again(office: Office) -> None:
    program = office.program()
    done = program.post("households", FAMILY)
    assert done.status == 201, done.text
    assert done.headers["Location"] == f"/api/v1/households/{done.json['household']}"
    assert done.headers["ETag"] == f'"{done.json["version"]}"'
    read = program.get(done.headers["Location"] + "?as_of=2024-07-15")
    assert [m["name"] for m in read.json["members"]] == ["黄老汉", "黄小河"]
    assert read.json["version"] == done.json["version"]
    assert IDS["黄老汉"] not in read.text
    assert Entry.objects.filter(verb="registry.register", household=done.json["household"], why="入户走访").exists()


def test_the_same_again_is_done_once_and_answered_the_same(office: Office) -> None:
    program = office.program()
    first = program.post("households", FAMILY, key="k-1")
    acts, entries = Act.objects.count(), Entry.objects.count()
    second = program.post("households", FAMILY, key="k-1")
    assert (second.status, second.text) == (first.status, first.text)
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert second.headers[replays.HEADER] == "true"
    assert replays.HEADER not in first.headers
    assert (Act.objects.count(), Entry.objects.count()) == (acts, entries)
    other = program.post("households", {**FAMILY, "address": "别处"}, key="k-1")
    assert (other.status, other.code) == (422, "idempotency-key-reused")
    elsewhere = program.post(f"households/{office.here}/statements", WORK, key="k-1", match='"1"')
    assert elsewhere.code == "idempotency-key-reused"


def test_a_key_is_the_tokens_own(office: Office) -> None:
    one, two = office.program(), office.program()
    first = one.post("households", {**FAMILY, "members": [{"name": "甲"}]}, key="k-1")
    second = two.post("households", {**FAMILY, "members": [{"name": "甲"}]}, key="k-1")
    assert first.json["household"] != second.json["household"]


def test_what_is_kept_is_sealed(office: Office) -> None:
    program = office.program()
    program.post("households", FAMILY, key=IDS["黄老汉"])
    row = Answer.objects.get()
    for column in (row.key, row.request, row.cipher):
        assert IDS["黄老汉"].encode() not in bytes(column or b"")
        assert b"household" not in bytes(column or b"")
    assert '"status": 201' in unseal(bytes(row.cipher or b""), table="api_answer", field="cipher")


def test_what_was_refused_may_come_again_mended(office: Office) -> None:
    program = office.program()
    acts = Act.objects.count()
    wrong = {**FAMILY, "members": [{"name": "黄老汉", "statements": [{"source": "申报", "values": {"健在": "也许"}}]}]}
    refused = program.post("households", wrong, key="k-1")
    assert (refused.status, refused.json["field"]) == (422, "values.健在")
    assert (Act.objects.count(), Answer.objects.count()) == (acts, 0)
    assert program.post("households", FAMILY, key="k-1").status == 201


def test_a_key_is_forgotten_after_its_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    program = office.program()
    program.post("households", {**FAMILY, "members": [{"name": "甲"}]}, key="k-1")
    Answer.objects.update(made_at=Answer.objects.get().made_at - replays.KEPT)
    program.post("households", {**FAMILY, "members": [{"name": "乙"}]}, key="k-2")
    assert Answer.objects.count() == 1
    assert program.post("households", {**FAMILY, "members": [{"name": "丙"}]}, key="k-1").status == 201


def test_a_key_is_demanded(office: Office) -> None:
    program = office.program()
    for key in ("", " ", "x" * 256, "a b"):
        answer = program.post("households", FAMILY, key=key)
        assert (answer.status, answer.code) == (400, "idempotency-key-needed"), key


def test_facts_are_stated_of_the_household_and_of_a_member(office: Office) -> None:
    program = office.program()
    tag = etag(program, office.here)
    first = program.post(f"households/{office.here}/statements", {**WORK, "values": {"城乡": "农村"}}, match=tag)
    assert first.status == 201, first.text
    second = program.post(
        f"households/{office.here}/statements", {**WORK, "person": office.person_here}, match=first.headers["ETag"]
    )
    assert second.json["version"] == first.json["version"] + 1
    told = program.get(f"households/{office.here}/facts?as_of=2024-07-15").json
    assert [f["value"] for f in told["values"]] == ["农村"]
    assert {f["name"]: f["value"] for f in told["members"][0]["values"]}["健在"] is True
    said = next(f for f in told["members"][0]["values"] if f["name"] == "劳动能力")
    # The imported word weighs more than the declared one.
    assert [w["source"] for w in said["said"]] == ["导入", "申报"]


def test_nobody_overwrites_what_another_did(office: Office) -> None:
    one, two = office.program(), office.program("REVIEWER")
    tag = etag(one, office.here)
    path = f"households/{office.here}/statements"
    assert two.post(path, {**WORK, "person": office.person_here}, match=etag(two, office.here)).status == 201
    late = one.post(path, {**WORK, "values": {"城乡": "农村"}}, match=tag)
    assert (late.status, late.code) == (412, "changed")
    assert "劳动能力" in " ".join(late.json["since"])
    assert one.post(path, {**WORK, "values": {"城乡": "农村"}}, match=etag(one, office.here)).status == 201


def test_a_change_names_the_version_that_it_is_meant_for(office: Office) -> None:
    program = office.program()
    for match, status, code in (
        (None, 428, "if-match-needed"), ("*", 412, "if-match-wrong"), ('"x"', 412, "if-match-wrong"), ('"999"', 412, "changed"),
        ("", 412, "if-match-wrong"), ('W/"1"', 412, "if-match-wrong"), ('"9999999999999999999"', 412, "if-match-wrong"),
    ):  # fmt: skip
        answer = program.post(f"households/{office.here}/statements", WORK, match=match)
        assert (answer.status, answer.code) == (status, code), match


def changed(program: Program, office: Office, what: str, body: dict[str, Any]) -> Answered:
    return program.post(f"households/{office.here}/{what}", body, match=etag(program, office.here))


def test_people_come_and_go(office: Office) -> None:
    program = office.program()
    came = changed(
        program,
        office,
        "members",
        {"member": {"name": "韦小溪", "relation": "子女"}, "how": "birth", "on": "2024-07-05"},
    )
    assert came.status == 201, came.text
    (child,) = came.json["people"]
    went = changed(program, office, "departures", {"person": child, "how": "leave", "on": "2024-08-01"})
    assert went.status == 201, went.text
    for day, names in (("2024-07-15", ["韦大山", "韦小溪"]), ("2024-08-02", ["韦大山"])):
        told = program.get(f"households/{office.here}?as_of={day}").json
        assert [m["name"] for m in told["members"]] == names
    died = changed(
        program,
        office,
        "departures",
        {"person": office.person_here, "how": "death", "on": "2024-09-01", "source": "核对"},
    )
    assert died.status == 201, died.text
    assert program.get(f"people/{office.person_here}").json["died"] == "2024-09-01"
    stranger = changed(
        program, office, "departures", {"person": office.person_there, "how": "leave", "on": "2024-08-01"}
    )
    assert stranger.status == 404


def test_a_marriage_is_one_change(office: Office) -> None:
    program = office.program()
    made = program.post(
        "households",
        {"area": VILLAGE_CODE, "on": "2024-07-02", "members": [{"name": "覃大", "head": True}, {"name": "覃小"}]},
    )
    head, child = made.json["people"]
    marrying = {"member": {"person": head, "relation": "配偶"}, "how": "marry-in", "on": "2024-08-01"}
    refused = changed(program, office, "members", marrying)
    assert (refused.status, refused.json["field"]) == (422, "new_head")
    came = changed(program, office, "members", marrying | {"new_head": child, "relations": {}})
    assert came.status == 201, came.text
    told = program.get(f"households/{made.json['household']}?as_of=2024-08-01").json
    assert [(m["name"], m["head"]) for m in told["members"]] == [("覃小", True)]
    told = program.get(f"households/{office.here}?as_of=2024-08-01").json
    assert [m["name"] for m in told["members"]] == ["韦大山", "覃大"]


def test_a_household_moves(office: Office) -> None:
    program = office.program()
    moved = changed(program, office, "moves", {"area": NEXT_VILLAGE, "address": "新村", "on": "2024-08-01"})
    assert moved.status == 201, moved.text
    assert program.get(f"households/{office.here}").json["area"] == NEXT_VILLAGE
    away = changed(program, office, "moves", {"area": OTHER_VILLAGE, "on": "2024-09-01"})
    assert (away.status, away.json["version"]) == (201, None)
    assert program.get(f"households/{office.here}").status == 404


def test_not_where_one_may_not(office: Office) -> None:
    program = office.program()
    refused = program.post("households", {**FAMILY, "area": FAR_VILLAGE})
    assert (refused.status, refused.code, refused.json["field"]) == (403, "area-not-yours", "area")
    for what, body in (
        ("statements", WORK), ("statements", {**WORK, "person": office.person_there}), ("moves", {"area": VILLAGE_CODE, "on": "2024-08-01"}),
        ("members", {"member": {"name": "甲"}, "how": "join", "on": "2024-08-01"}),
        ("departures", {"person": office.person_there, "how": "leave", "on": "2024-08-01"}),
    ):  # fmt: skip
        there = program.post(f"households/{office.there}/{what}", body, match='"1"')
        nowhere = program.post(f"households/987654321/{what}", body, match='"1"')
        assert (there.status, nowhere.status) == (404, 404), what
        assert re.sub(r"#\d+", "N", there.text) == re.sub(r"#\d+", "N", nowhere.text)
    readers = office.program("CLERK", permissions=["registry.read"])
    assert readers.post("households", FAMILY).code == "not-allowed"


def test_an_item_of_a_list_is_decided(office: Office) -> None:
    program = office.program()
    at = f"lists/items/{office.ids['item']}/decide"
    assert program.post(at, {"state": "done", "why": " "}).status == 422
    done = program.post(at, {"state": "done", "why": "已受理"})
    assert (done.status, done.json["state"], done.json["decided_by"]) == (200, "done", "黄窗")
    assert program.get("lists/items").json["items"] == []
    assert program.post(f"lists/items/{office.ids['far_item']}/decide", {"state": "done", "why": "x"}).status == 404


def test_a_screening_is_started_and_cancelled(office: Office) -> None:
    program = office.program("CONFIRMING")
    begun = program.post("screenings", {"area": "451229", "as_of": "2024-08-01"})
    assert begun.status == 202, begun.text
    read = program.get(begun.headers["Location"])
    assert (read.json["kind"], read.json["state"], read.json["area"]) == ("screening", "waiting", "451229")
    ended = program.post(begun.headers["Location"] + "/cancel")
    assert (ended.status, ended.json["state"]) == (200, "cancelled")
    assert program.post("screenings", {"area": "451228", "as_of": "2024-08-01"}).status == 403
    assert office.program("CLERK").post("screenings", {"area": "451229103", "as_of": "2024-08-01"}).status == 403
