"""The whole API against its own schema: generated requests, right and wrong, with a token and without, on real people. Nothing may fail on our
side, and every answer is one that the schema promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi import checks

from doudi.server.api import limits
from tests.server.api.conftest import Office

CHECKS: list[CheckFunction] = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_headers_conformance,
    checks.response_schema_conformance, checks.negative_data_rejection, checks.unsupported_method,
]  # fmt: skip
"""Not that right data is always taken: a family may be written as the schema says and still be refused by the policy or by the record."""
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What is asked for here is the same on both; and it takes a minute."""
BOUNDED = settings(
    deadline=None, database=None, derandomize=True, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def schema(office: Office, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(limits, "PER_MINUTE", 10**9)
    # Between requests a server closes connections that are left within a transaction; here the test's own is.
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: None)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), headers={"Host": "localhost"})


def operations(schema: Any) -> Iterator[Any]:
    for found in schema.get_all_operations():
        yield found.ok()


def tried(cases: Any, known: Any, send: Callable[[Case[Any], bool], None], *, examples: int) -> None:
    @settings(BOUNDED, max_examples=examples)
    @given(cases, known)
    def one(case: Case[Any], known: bool) -> None:
        send(case, known)

    one()


@ON_SQLITE
def test_every_operation_keeps_its_word(office: Office, schema: Any) -> None:
    token = office.token("CONFIRMING")
    real = {
        "household_id": str(office.here), "person_id": str(office.person_here), "item": str(office.ids["item"]),
        "run_id": str(office.ids["run"]), "job_id": str(office.ids["job"]), "identifier": "1", "programme": "低保",
    }  # fmt: skip
    version = office.program().get(f"households/{office.here}").headers["ETag"]
    answered: dict[str, set[int]] = {}

    def send(case: Case[Any], known: bool) -> None:
        if known:
            case.path_parameters = {k: real[k] for k in case.path_parameters or {}}
            if "If-Match" in (case.headers or {}):
                case.headers["If-Match"] = version
        answer = case.call(headers={"Authorization": f"Bearer {token}", "Host": "localhost"})
        # A version that is not the household's is refused before anything else is looked at.
        wanted = [c for c in CHECKS if answer.status_code != 412 or c is not checks.negative_data_rejection]
        case.validate_response(answer, checks=wanted)
        answered.setdefault(case.operation.definition.raw["operationId"], set()).add(answer.status_code)

    for operation in operations(schema):
        tried(operation.as_strategy(), st.booleans(), send, examples=10)
        tried(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), st.just(False), send, examples=6)
    # What is drawn at random is rarely a family that is to be had, or a moment at which it was known; but most is answered.
    never = {name for name, statuses in answered.items() if not statuses & {200, 201, 202}}
    assert len(never) < len(answered) / 2, sorted(never)
    assert len(answered) == sum(1 for _ in operations(schema))


@ON_SQLITE
def test_nothing_is_answered_without_a_token(office: Office, schema: Any) -> None:
    def send(case: Case[Any], _: bool) -> None:
        answer = case.call_and_validate(headers={"Authorization": "", "Host": "localhost"}, checks=CHECKS[:5])
        assert answer.status_code == 401

    for operation in operations(schema):
        tried(operation.as_strategy(), st.just(False), send, examples=2)
