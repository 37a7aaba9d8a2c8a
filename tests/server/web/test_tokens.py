"""Tokens of one's own programs: made on a page, shown once, used, revoked."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from doudi.server.accounts.models import Token
from doudi.server.lib.actor import Actor
from tests.server.cast import COUNTY, TOWN, VILLAGE_CODE, settled
from tests.server.web.world import FAST, client_of


@pytest.fixture
def who(db: str) -> dict[str, Actor]:
    with FAST:
        return settled()


def form(client: Client, **more: object) -> dict[str, object]:
    """As the page sends it where nothing is changed but what ``more`` says."""
    page = client.get("/tokens").content.decode()
    key = re.search(r'name="once" value="([^"]+)"', page)
    assert key is not None
    may = re.findall(r'name="permissions" value="([^"]+)" checked', page)
    return {"name": "县平台", "days": "90", "permissions": may, "areas": "", "once": key[1], **more}


def secret_in(page: str) -> str:
    found = re.search(r">(doudi_[^<]+)<", page)
    return found[1] if found else ""


def calls(token: str) -> int:
    return Client(SERVER_NAME="localhost").get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_made_shown_once_used_and_revoked(who: dict[str, Actor]) -> None:
    client = client_of(who["CLERK"])
    sent = form(client)
    answer = client.post("/tokens/new", sent)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    secret = secret_in(answer.content.decode())
    assert calls(secret) == 200
    listed = client.get("/tokens").content.decode()
    assert secret not in listed
    assert f"…{secret[-4:]}" in listed
    again = client.post("/tokens/new", sent).content.decode()
    assert secret_in(again) == ""
    assert "不能再显示" in again
    row = Token.objects.get()
    assert row.permissions is None
    assert client.post(f"/tokens/{row.id}/revoke").status_code == 302
    assert calls(secret) == 401
    assert "已撤销" in client.get("/tokens").content.decode()


def test_narrowed(who: dict[str, Actor]) -> None:
    client = client_of(who["CLERK"])
    client.post("/tokens/new", form(client, permissions=["registry.read"], areas=f"{VILLAGE_CODE}，{TOWN}"))
    row = Token.objects.get()
    assert (row.permissions, row.areas) == (["registry.read"], [TOWN, VILLAGE_CODE])
    client.post("/tokens/new", form(client, permissions=[]))
    assert Token.objects.latest("id").permissions == []


def test_what_cannot_be_comes_back_as_it_was_typed(who: dict[str, Actor]) -> None:
    client = client_of(who["CLERK"])
    for wrong, told in (
        ({"areas": COUNTY}, "不在"), ({"permissions": ["audit.read"]}, "没有权限"), ({"name": ""}, "姓名"), ({"days": "9999"}, "有效期"),
        ({"days": "x"}, "有效期"), ({"areas": "\0"}, "不在"),
    ):  # fmt: skip
        answer = client.post("/tokens/new", form(client, **wrong))
        assert answer.status_code == 422, wrong
        page = answer.content.decode()
        assert told in page
        assert "name" in wrong or 'value="县平台"' in page
    assert not Token.objects.exists()


def test_others_tokens_are_not_there(who: dict[str, Actor]) -> None:
    own, other = client_of(who["CLERK"]), client_of(who["REVIEWER"])
    own.post("/tokens/new", form(own))
    token = Token.objects.get()
    assert token.ends not in other.get("/tokens").content.decode()
    assert other.post(f"/tokens/{token.id}/revoke").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_post_that_demands_a_code_gives_no_token_without(who: dict[str, Actor]) -> None:
    client = client_of(who["CONFIRMING"])
    sent = form(client)
    plain = Client(SERVER_NAME="localhost")
    user = get_user_model().objects.get(pk=who["CONFIRMING"].official or 0)
    plain.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert plain.post("/tokens/new", sent).status_code in (302, 401, 403)
    assert not Token.objects.exists()
    assert secret_in(client.post("/tokens/new", sent).content.decode())
