"""The pages as a visitor meets them: sign-in, home, search, a household; other people's households do not exist."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from doudi.server.accounts.actions.officials import make_official
from doudi.server.accounts.actions.posts import give_post
from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.audit.models import Entry
from doudi.server.registry.actions.inputs import NewMember, NewStatement
from doudi.server.registry.actions.register import register_household
from tests.server.cast import CLERK, NAMES, OTHER_TOWN, OTHER_VILLAGE, SYSTEM, TOWN, VILLAGE_CODE
from tests.server.exchange.ledgers import IDS

ON = date(2024, 7, 1)
PASSWORD = "correct-horse-battery"


@pytest.fixture
def homes(db: str) -> tuple[int, int]:
    """A household of the clerk's township and one of another; and the clerk's account."""
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()])
    official = make_official(by=SYSTEM, username="huang", name="黄窗", password=PASSWORD, area=TOWN, temporary=False)
    give_post(by=SYSTEM, official=official, role="clerk", area=TOWN, since=ON)
    made = []
    for by, area, name in ((CLERK, VILLAGE_CODE, "韦大山"), (OTHER_TOWN, OTHER_VILLAGE, "覃小花")):
        said = NewStatement("导入", {"健在": True, "劳动能力": "有劳动能力"})
        member = NewMember(name, "户主", head=True, identifiers={"id": IDS[name]}, statements=(said,))
        done = register_household(by=by, area=area, members=[member], on=ON, address="<b>路</b>")
        assert done.household is not None
        made.append(done.household)
    return made[0], made[1]


def visitor() -> Client:
    return Client(SERVER_NAME="localhost", headers={"accept-language": "zh-hans"})


def signed_in(language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language}, SERVER_NAME="localhost")
    answer = client.post("/sign-in", {"username": "huang", "password": PASSWORD})
    assert answer.status_code == 302
    return client


def test_nobody_sees_anything_before_signing_in(homes: tuple[int, int]) -> None:
    for path in ("/", "/find", "/ledgers/households", f"/household/{homes[0]}"):
        answer = visitor().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=%2F")


def test_a_wrong_password_is_said_and_nobody_is_let_in(homes: tuple[int, int]) -> None:
    client = visitor()
    answer = client.post("/sign-in", {"username": "huang", "password": "wrong"})
    assert answer.status_code == 403
    assert "不对" in answer.content.decode()
    assert client.get("/").status_code == 302


def test_sign_in_leads_nowhere_else(homes: tuple[int, int]) -> None:
    for wanted in ("//evil.example", "https://evil.example/", "javascript:alert(1)", "\\\\evil.example"):
        answer = visitor().post("/sign-in", {"username": "huang", "password": PASSWORD, "next": wanted})
        assert answer["Location"] == "/", wanted


def test_home_counts_the_own_areas(homes: tuple[int, int]) -> None:
    page = signed_in().get("/").content.decode()
    assert "岩滩镇" in page
    assert "大化镇" not in page
    assert re.search(r'<a href="/ledgers/households">1</a>', page)


def test_the_record_says_in_chinese_what_was_looked_for(homes: tuple[int, int]) -> None:
    client = signed_in()
    client.post("/find", {"q": "韦大山"})
    client.get("/ledgers/households")
    told = list(
        Entry.objects.filter(verb__in=("registry.find", "registry.list")).order_by("seq").values_list("zh", "en")
    )
    assert len(told) == 2
    assert "查找人员（按姓名）" in told[0][0]
    assert "by name" in told[0][1]
    assert "查看了家庭名单" in told[1][0]
    assert "list of households" in told[1][1]


def test_home_tells_whom_its_table_leaves_out(homes: tuple[int, int]) -> None:
    page = signed_in().get("/").content.decode()
    assert "不在表内" not in page
    member = NewMember("覃搬迁", "户主", head=True)
    register_household(by=OTHER_TOWN, area=OTHER_VILLAGE, other_area=VILLAGE_CODE, members=[member], on=ON)
    page = signed_in().get("/").content.decode()
    assert re.search(r'<a href="/ledgers/households">2</a>', page)
    table = re.findall(r'<td class="n">(\d+)</td>', page)
    assert [int(n) for n in table[::2]] == [1]
    assert re.search(r"另有 1 户、 1 人不在表内", page)


def test_a_household_tells_its_story_and_escapes_what_was_typed(homes: tuple[int, int]) -> None:
    answer = signed_in().get(f"/household/{homes[0]}?as_of=2024-07-01")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "韦大山" in page
    assert "&lt;b&gt;路" in page
    assert "<b>路" not in page
    assert IDS["韦大山"] not in page
    assert "不享受的项目" in page
    assert Entry.objects.filter(verb="registry.see-household", household=homes[0]).count() == 1


def test_what_lies_elsewhere_is_not_there(homes: tuple[int, int]) -> None:
    client = signed_in()
    elsewhere, nowhere = client.get(f"/household/{homes[1]}"), client.get("/household/999999")
    assert elsewhere.status_code == nowhere.status_code == 404
    told = [re.sub(r"\d+", "N", a.content.decode().split("<main")[1]) for a in (elsewhere, nowhere)]
    assert told[0] == told[1]
    assert "覃小花" not in client.post("/find", {"q": "覃"}).content.decode()
    assert "覃小花" not in client.get("/ledgers/households?area=451229101").content.decode()


def test_english(homes: tuple[int, int]) -> None:
    client = signed_in("en")
    for path in ("/", "/find", "/ledgers/households", f"/household/{homes[0]}?as_of=2024-07-01"):
        page = client.get(path).content.decode()
        assert '<html lang="en">' in page
        assert "Sign out" in page


def test_nothing_is_written_into_pages_that_the_policy_forbids(homes: tuple[int, int]) -> None:
    client = signed_in()
    for path in ("/", "/find", "/ledgers/households", f"/household/{homes[0]}?as_of=2024-07-01", "/posts"):
        answer = client.get(path)
        page = answer.content.decode()
        assert not re.search(r"<script(?! src)|<style| style=| on[a-z]+=", page), path
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "no-store"


def test_odd_questions_do_no_harm(homes: tuple[int, int]) -> None:
    client = signed_in()
    for query in (
        "as_of=x",
        "as_of=2024-13-45",
        "knowing=zzz",
        "knowing=2024-99-99T00:00",
        "as_of=0001-01-01",
        "as_of=9999-12-31",
    ):
        assert client.get(f"/household/{homes[0]}?{query}").status_code in (200, 422), query
    for path in (
        "/ledgers/households?after=x",
        "/ledgers/households?after=99999999999999999999",
        "/ledgers/households?area=4a",
    ):
        assert client.get(path).status_code in (200, 422), path
    for sought in ("长" * 500, "\0", "%", "'", "𠮷野"):
        assert client.post("/find", {"q": sought}).status_code in (200, 422), sought
