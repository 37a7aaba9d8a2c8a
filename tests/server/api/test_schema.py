"""The OpenAPI document: complete, true to itself, in both languages; and the page made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from doudi.server.api.language import BAR
from doudi.server.api.problems import TITLES
from doudi.server.api.resources import examples
from doudi.server.api.schema import document

WRITES = {
    "register-household", "state-facts", "add-member", "member-goes", "move-household", "decide-item", "cancel-job", "start-screening",
}  # fmt: skip
"""POSTs that change something."""
READS_BY_BODY = {"find-people", "suppose", "reveal-number"}


def operations(*, english: bool = True) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document(english=english)["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def texts(value: Any) -> Iterator[str]:
    """Every text for readers: summaries, descriptions, titles of what there is."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("summary", "description") and isinstance(one, str):
                yield one
            elif key not in ("example", "examples"):
                yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def holds(schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": document(english=True)["components"]}
    jsonschema_rs.validate(whole, value)


def test_it_is_openapi_3_1_in_two_languages() -> None:
    zh, en = document(english=False), document(english=True)
    assert (zh["openapi"], en["openapi"]) == ("3.1.0", "3.1.0")
    assert zh["paths"].keys() == en["paths"].keys()
    assert len(list(operations())) >= 30
    for said in texts(en):
        assert BAR.strip() not in said
    for _, _, operation in operations():
        for said in texts({**operation, "parameters": operation["parameters"]}):
            assert said.isascii() or re.search("[a-z]{3}", said), said
        assert re.search("[a-z]{2}", operation["summary"])
    for _, _, operation in operations(english=False):
        assert re.search("[\u4e00-\u9fff]", operation["summary"])


def test_every_operation_has_examples_that_hold() -> None:
    for path, method, operation in operations():
        name = operation["operationId"]
        (status,) = [s for s in operation["responses"] if s.startswith("2")]
        answer = operation["responses"][status]["content"]["application/json"]
        holds(answer["schema"], answer["example"])
        if method == "post" and "requestBody" in operation:
            body = operation["requestBody"]["content"]["application/json"]
            holds(body["schema"], body["example"])
        assert method in ("get", "post"), (path, name)
        for parameter in operation["parameters"]:
            assert parameter.get("description"), (name, parameter["name"])
            assert "anyOf" not in parameter["schema"], (name, parameter["name"])
            if "example" in parameter:
                holds(parameter["schema"], parameter["example"])


def test_every_refusal_is_documented_as_a_problem() -> None:
    for _, method, operation in operations():
        name, answers = operation["operationId"], operation["responses"]
        assert {"401", "403", "422", "429", "500", "503"} <= answers.keys(), name
        for status, said in answers.items():
            assert said["description"], (name, status)
            if int(status) >= 400:
                media = said["content"]["application/problem+json"]
                holds(media["schema"], media["example"])
                assert media["example"]["status"] == int(status)
                assert int(status) in TITLES
        if "{" in next(p for p, _, o in operations() if o["operationId"] == name) and name != "standard-values":
            assert "404" in answers, name
        assert ("304" in answers) == (method == "get"), name


def test_every_act_demands_a_key_and_every_change_of_a_household_its_version() -> None:
    for path, method, operation in operations():
        name = operation["operationId"]
        headers = {p["name"] for p in operation["parameters"] if p["in"] == "header" and p["required"]}
        if method == "post":
            assert name in WRITES | READS_BY_BODY, f"{name}: does it change something?"
            assert ("Idempotency-Key" in headers) == (name in WRITES), name
        changes = method == "post" and path.startswith("/api/v1/households/{")
        assert ("If-Match" in headers) == changes, name
        assert operation["security"] == [{"Token": []}], name


def test_nothing_personal_goes_into_an_address() -> None:
    personal = re.compile("name|phone|number|text|card|identity|born|address")
    for _, _, operation in operations():
        for parameter in operation["parameters"]:
            if parameter["in"] in ("query", "path"):
                assert not personal.search(parameter["name"]) or parameter["name"] == "programme_name"


def test_every_number_is_bounded_and_every_text() -> None:
    def look(schema: Any, where: str) -> None:
        if not isinstance(schema, dict):
            return
        kind = schema.get("type")
        if kind == "integer":
            assert "maximum" in schema or "exclusiveMaximum" in schema, where
            assert "minimum" in schema or "exclusiveMinimum" in schema, where
        if kind == "string" and not {"enum", "const", "pattern", "format"} & schema.keys():
            assert "maxLength" in schema, where
        if kind == "array":
            assert "maxItems" in schema, where
        for key in ("properties", "items", "anyOf", "additionalProperties"):
            inner = schema.get(key)
            for name, one in (
                (inner.items() if key == "properties" else enumerate(inner if isinstance(inner, list) else [inner]))
                if inner
                else ()
            ):
                look(one, f"{where}.{name}")
        if "$ref" in schema:
            look(document(english=True)["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], where)

    for _, _, operation in operations():
        for parameter in operation["parameters"]:
            if parameter["in"] != "header":
                look(parameter["schema"], f"{operation['operationId']} {parameter['name']}")
        for media in operation.get("requestBody", {}).get("content", {}).values():
            look(media["schema"], operation["operationId"])


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "怎样使用"), ("en", "How it works")])
def test_the_page_needs_nothing_but_itself(db: str, language: str, words: str) -> None:
    client = Client(SERVER_NAME="localhost", headers={"accept-language": language})
    answer = client.get("/api/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in page
    assert f'<html lang="{language}">' in page
    assert not re.search(r"<script|<style| style=| on\w+=|https?://(?!www\.w3)", page.split("<main")[0])
    assert not re.search(r"<script|<style| style=| on\w+=", page)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert BAR not in page
    for _, _, operation in operations(english=language == "en"):
        assert f'id="{operation["operationId"]}"' in page
        assert escape(operation["summary"]) in page
    # As large as what it says of thirty operations, and no larger.
    assert len(answer.content) < 400_000
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] in page


def test_examples_are_of_nobody() -> None:
    said = str(vars(examples))
    for number in re.findall(r"\d{17}[\dX]", said):
        assert number.startswith("99")
