"""A session that ended while somebody typed: what was typed is there after signing in, and nothing of it is stored on the way."""

from __future__ import annotations

import re
from html import unescape

from django.contrib.sessions.models import Session
from django.test import Client

from tests.server.web.test_pages import PASSWORD, homes, signed_in, visitor

__all__ = ["homes"]
TYPED = {"q": "韦'大<山>", "csrfmiddlewaretoken": "x"}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return unescape(found[1])


def test_what_was_typed_comes_back_after_signing_in(homes: tuple[int, int]) -> None:
    client = visitor()
    answer = client.post("/find", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "内容没有丢" in page
    form = {"username": "huang", "password": PASSWORD, "next": hidden(page, "next"), "kept": hidden(page, "kept")}
    wrong = client.post("/sign-in", form | {"password": "wrong"})
    assert hidden(wrong.content.decode(), "kept") == form["kept"]
    again = client.post("/sign-in", form)
    page = again.content.decode()
    assert again.status_code == 200
    assert '<form method="post" action="/find"' in page
    assert hidden(page, "q") == TYPED["q"]
    assert "x" not in re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)
    assert not any("大" in str(s.get_decoded()) for s in Session.objects.all())
    assert client.post("/find", {"q": hidden(page, "q")}).status_code == 200


def test_nonsense_for_kept_text_is_nothing(homes: tuple[int, int]) -> None:
    for text in ("{", "[1]", '[["a", 1]]', "x" * 300_000):
        answer = visitor().post("/sign-in", {"username": "huang", "password": PASSWORD, "kept": text})
        assert answer.status_code == 200


def test_a_part_of_a_page_is_told_that_nobody_is_signed_in(homes: tuple[int, int]) -> None:
    assert Client(SERVER_NAME="localhost").get("/", headers={"HX-Request": "true"}).status_code == 401
    answer = signed_in().get("/household/999999", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert answer["Doudi-Told"]
    assert not answer.content


def strict(language: str = "zh-hans") -> Client:
    """A signed-in client that checks forms as the server does in a browser."""
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True, headers={"accept-language": language})
    token = hidden(client.get("/sign-in").content.decode(), "csrfmiddlewaretoken")
    form = {"username": "huang", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/sign-in", form, headers={"origin": "http://localhost"}).status_code == 302
    return client


def test_a_form_older_than_the_sign_in_is_sent_again_with_what_was_typed(homes: tuple[int, int]) -> None:
    client = strict()
    answer = client.post("/find", TYPED, headers={"origin": "http://localhost"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "内容没有丢" in page
    assert '<form method="post" action="/find"' in page
    again = {name: hidden(page, name) for name in ("q", "csrfmiddlewaretoken")}
    assert again["q"] == TYPED["q"]
    assert client.post("/find", again, headers={"origin": "http://localhost"}).status_code == 200


def test_what_another_site_made_up_is_not_offered(homes: tuple[int, int]) -> None:
    for told in (
        {"origin": "https://evil.example"},
        {"origin": "http://localhost", "sec-fetch-site": "cross-site"},
        {},
    ):
        answer = strict("en").post("/find", TYPED, headers=told)
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "nothing was done yet" in page
        assert "大" not in page.split("<main")[1]


def test_a_password_is_never_in_the_page_that_tells_of_an_old_form(homes: tuple[int, int]) -> None:
    form = {"username": "huang", "password": PASSWORD, "csrfmiddlewaretoken": "x"}
    answer = strict().post("/sign-in", form, headers={"origin": "http://localhost"})
    assert answer.status_code == 403
    assert PASSWORD not in answer.content.decode()
    assert 'action="/sign-in"' not in answer.content.decode()


def test_a_part_of_a_page_is_told_that_its_form_is_old(homes: tuple[int, int]) -> None:
    answer = strict().post("/find", TYPED, headers={"origin": "http://localhost", "HX-Request": "true"})
    assert answer.status_code == 403
    assert answer["Doudi-Told"]
    assert not answer.content
