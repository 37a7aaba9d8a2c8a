"""Lists, a page at a time: everything once, nothing twice, and a cursor is good for its own question only."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.server.api.conftest import Office, Program
from tests.server.api.test_changing import FAMILY, WORK
from tests.server.cast import VILLAGE_CODE


def whole(program: Program, path: str) -> list[list[Any]]:
    """The pages, one after the other."""
    pages = []
    at: str | None = path
    while at is not None:
        answer = program.get(at)
        assert answer.status == 200, (at, answer.text)
        pages.append(answer.json["items"])
        at = answer.json["next"]
    return pages


def test_everything_once(office: Office) -> None:
    program = office.program("CONFIRMING")
    made = [program.post("households", {**FAMILY, "members": [{"name": f"户{i}"}]}).json["household"] for i in range(4)]
    pages = whole(program, "households?limit=2&area=451229")
    assert [len(p) for p in pages] == [2, 2, 1]
    assert [row["id"] for page in pages for row in page] == [office.here, *made]
    for i in range(3):
        tag = program.get(f"households/{made[0]}").headers["ETag"]
        said = {**WORK, "on": f"2024-07-0{i + 2}", "values": {"城乡": "农村"}}
        assert program.post(f"households/{made[0]}/statements", said, match=tag).status == 201
    happened = whole(program, f"households/{made[0]}/timeline?limit=2")
    assert [[h["kind"] for h in page] for page in happened] == [["state", "state"], ["state", "register"]]
    acts = [h["act"] for page in happened for h in page]
    assert acts == sorted(set(acts), reverse=True)
    for month in (8, 9, 10):
        program.post("screenings", {"area": "451229", "as_of": f"2024-{month:02}-01"})
    jobs = [j["id"] for page in whole(program, "jobs?limit=2&kind=screening") for j in page]
    assert len(jobs) == 4
    assert jobs == sorted(set(jobs), reverse=True)


def test_a_cursor_goes_on_with_its_own_question(office: Office) -> None:
    program = office.program("CONFIRMING")
    program.post("households", FAMILY)
    following = program.get(f"households?limit=1&area={VILLAGE_CODE}").json["next"]
    assert following.startswith("/api/v1/households?")
    cursor = parse_qs(urlsplit(following).query)["cursor"][0]
    for asked in (
        f"households?limit=1&cursor={cursor}", f"households?area=451229&cursor={cursor}", f"jobs?cursor={cursor}",
        f"households?area={VILLAGE_CODE}&cursor={cursor[:-1]}", f"households?area={VILLAGE_CODE}&cursor={cursor}0",
    ):  # fmt: skip
        answer = program.get(asked)
        assert (answer.status, answer.code, answer.json["field"]) == (422, "bad-cursor", "cursor"), asked
    assert program.get(f"households?limit=50&area={VILLAGE_CODE}&cursor={cursor}").status == 200


def test_a_cursor_gives_nobody_more(office: Office) -> None:
    """One token's cursor in another's hands shows what the other may see."""
    county, village = office.program("CONFIRMING"), office.program("OTHER_COUNTY")
    county.post("households", FAMILY)
    following = county.get("households?limit=1").json["next"]
    rows = village.get(following).json["items"]
    assert {row["id"] for row in rows} <= {office.there}
