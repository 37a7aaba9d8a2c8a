"""Reading by token: what is there, what is masked, what is recorded, and in which language an error is said."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from doudi.server.audit.models import Entry
from tests.server.api.conftest import Office, Program
from tests.server.cast import TOWN
from tests.server.exchange.ledgers import IDS

READS = (
    "me", "households", "households/{here}", "households/{here}?as_of=2024-07-15&knowing=2099-01-01T00:00:00%2B08:00",
    "households/{here}/facts?as_of=2024-07-15", "households/{here}/timeline", "households/{here}/decision?as_of=2024-07-15",
    "households/{here}/decision/低保?as_of=2024-07-15", "people/{person_here}", "people/{person_here}/timeline", "lists/items",
    "lists/items/{item}", "lists/counts", "runs", "runs/{run}", "jobs", "jobs/{job}", "programmes", "facts", "standards",
    "standards/values?area=451229&on=2024-07-15",
)  # fmt: skip


def path(office: Office, said: str) -> str:
    return said.format(
        here=office.here,
        there=office.there,
        person_here=office.person_here,
        person_there=office.person_there,
        **office.ids,
    )


def test_everything_can_be_read_by_who_may(office: Office) -> None:
    program = office.program("CONFIRMING")
    for said in READS:
        with CaptureQueriesContext(connection) as queries:
            answer = program.get(path(office, said))
        assert answer.status == 200, (said, answer.text)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["ETag"].startswith('"')
        asked = [q["sql"][:150] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(asked) <= 25, said + "\n".join(asked)
        again = program.get(path(office, said), If_None_Match=answer.headers["ETag"])
        assert (again.status, again.text) == (304, ""), said
        assert again.headers["ETag"] == answer.headers["ETag"]


def test_nothing_without_a_token(office: Office) -> None:
    for token in ("", "doudi_" + "x" * 43, office.token("CLERK")[:-1]):
        for said in READS:
            answer = Program(token).get(path(office, said))
            assert answer.status == 401, said
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token(office: Office) -> None:
    from tests.server.web.world import client_of

    program = Program(client=client_of(office.who["CLERK"]))
    assert program.get("households").status == 401


def test_a_household(office: Office) -> None:
    answer = office.program().get(f"households/{office.here}?as_of=2024-07-15")
    told = answer.json
    assert [m["name"] for m in told["members"]] == ["韦大山"]
    assert IDS["韦大山"] not in answer.text
    assert told["members"][0]["numbers"][0]["shown"].startswith("990***")
    assert answer.headers["ETag"].startswith(f'"{told["version"]}-')
    entry = Entry.objects.filter(verb="registry.see-household", household=office.here).get()
    assert "token" in entry.address


def test_finding_is_by_body_and_leaves_nothing_in_the_address(office: Office) -> None:
    program = office.program()
    for text in ("韦大山", "wds", IDS["韦大山"]):
        answer = program.post("people/find", {"text": text})
        assert [f["name"] for f in answer.json["items"]] == ["韦大山"]
        assert IDS["韦大山"] not in answer.text
    assert program.post("people/find", {"text": "覃小花"}).json == {"items": []}
    assert program.get("people/find?text=韦大山").status == 405


def test_a_number_is_shown_with_a_reason_and_on_record(office: Office) -> None:
    program = office.program()
    number = program.get(f"people/{office.person_here}").json["numbers"][0]["id"]
    assert program.post(f"identifiers/{number}/reveal", {"why": "  "}).code == "why-needed"
    assert program.post(f"identifiers/{number}/reveal", {}).status == 422
    answer = program.post(f"identifiers/{number}/reveal", {"why": "核对"})
    assert answer.json == {"identifier": number, "number": IDS["韦大山"]}
    assert answer.headers["Cache-Control"] == "no-store"
    assert Entry.objects.filter(verb="registry.reveal", why="核对").count() == 1
    assert office.program("VILLAGE").post(f"identifiers/{number}/reveal", {"why": "x"}).code == "not-allowed"


def test_facts_say_where_they_are_from(office: Office) -> None:
    told = office.program().get(f"households/{office.here}/facts?as_of=2024-07-15").json
    member = told["members"][0]
    fact = next(f for f in member["values"] if f["name"] == "劳动能力")
    assert (fact["value"], fact["source"], fact["since"], fact["disputed"]) == (
        "有劳动能力",
        "导入",
        "2024-07-01",
        False,
    )
    assert "收入" not in {f["name"] for f in member["values"] + member["tables"]}


def test_unknown_is_unknown(office: Office) -> None:
    told = office.program().get(f"households/{office.here}/decision?as_of=2024-07-15").json
    answers = {o["programme"]: o for o in told["outcomes"] if o["person"] is None}
    assert answers["低保"]["granted"] == "unknown"
    assert answers["低保"]["missing"]
    assert told["monthly"]["least"] < told["monthly"]["most"]


def test_why_in_both_languages(office: Office) -> None:
    zh = office.program()
    en = Program(zh.token, language="en")
    at = f"households/{office.here}/decision/低保?as_of=2024-07-15"
    assert zh.get(at).json["steps"]["lang"] == "zh"
    assert en.get(at).json["steps"]["lang"] == "en"
    assert en.get(f"households/{office.here}/decision/没有的项目").code == "no-outcome"


def test_a_supposed_family_leaves_no_trace(office: Office) -> None:
    program = office.program()
    before = Entry.objects.count()
    family = {
        "as_of": "2024-07-15", "household": {"values": {"城乡": "农村"}},
        "members": [{"relation": "户主", "values": {"出生日期": "1950-01-01", "健在": True}}, {"relation": "子女"}],
    }  # fmt: skip
    answer = program.post("decisions/suppose", family)
    assert answer.status == 200, answer.text
    assert {o["person"] for o in answer.json["outcomes"]} >= {None, 1, 2}
    assert Entry.objects.count() == before
    family["members"] = [{"values": {"健在": "也许", "没有的事实": 1}}]
    refused = program.post("decisions/suppose", family)
    assert refused.status == 422
    assert [e["field"] for e in refused.json["errors"]] == ["members[0].values.健在", "members[0].values.没有的事实"]


def test_errors_in_the_language_that_was_asked_for(office: Office) -> None:
    token = office.token("CLERK")
    said = {}
    for language in ("zh-CN", "en", "fr", ""):
        answer = Program(token, language).get("households/999999999")
        assert answer.status == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
        told = answer.json
        assert (told["status"], told["code"], told["type"]) == (404, "no-household", "urn:doudi:problem:no-household")
        said[language] = told["detail"]
    assert said["zh-CN"] == said["fr"] == said[""]
    assert said["en"].startswith("There is no household")


def test_who_asks(office: Office) -> None:
    told = office.program("CLERK", permissions=["registry.read"]).get("me").json
    assert (told["areas"], told["permissions"], told["role"]) == ([TOWN], ["registry.read"], "clerk")
    assert told["official"] == office.who["CLERK"].official
