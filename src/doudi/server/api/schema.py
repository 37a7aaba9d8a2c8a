"""The OpenAPI document (3.1), in the language that was asked for."""

from __future__ import annotations

from functools import cache
from typing import Any

from doudi.server.api.language import in_language
from doudi.server.api.main import api
from doudi.server.api.shapes.common import Problem

_NULL = {"type": "null"}


@cache
def document(*, english: bool) -> dict[str, Any]:
    """The same for everybody, made once in each language."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="api/v1/"))
    made["components"] = dict(made["components"])
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    made["components"]["schemas"] = {**made["components"]["schemas"], **problem.pop("$defs"), "Problem": problem}
    made["servers"] = [{"url": "/"}]
    for operations in made["paths"].values():
        for one in operations.values():
            one["responses"] = {
                str(status): _described(status, said) for status, said in sorted(one["responses"].items())
            }
            for parameter in one["parameters"]:
                parameter["schema"] = _without_null(parameter["schema"])
                if isinstance(parameter.get("examples"), list):
                    parameter["example"] = parameter.pop("examples")[0]
    told: dict[str, Any] = in_language(_plain(made), english=english)
    return told


def _described(status: int, said: dict[str, Any]) -> dict[str, Any]:
    return {"description": "OK" if status < 300 else "", **said}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """In an address a parameter is there or it is not: none is null."""
    if "anyOf" not in schema:
        return {k: v for k, v in schema.items() if not (k == "default" and v is None)}
    kinds = [s for s in schema["anyOf"] if s != _NULL]
    rest = {k: v for k, v in schema.items() if k != "anyOf" and not (k == "default" and v is None)}
    return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, "anyOf": kinds}


def _plain(value: Any) -> Any:
    """Dictionaries of Python's own, with names that are text."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value
