"""The API's documentation: the OpenAPI document, and a page made of it on the server, with nothing from outside and no script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.server.api.limits import PER_MINUTE
from doudi.server.api.main import TAGS
from doudi.server.api.problems import english
from doudi.server.api.schema import document

_DEEPEST = 4


@require_safe
def openapi(_: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, in the language of Accept-Language."""
    return JsonResponse(document(english=english()), json_dumps_params={"ensure_ascii": False})


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    schema = document(english=english())
    groups = [
        {"tag": tag, "name": said[english()], "operations": [o for o in _operations(schema) if tag in o["tags"]]}
        for tag, said in TAGS.items()
    ]
    return render(
        request, "api/docs.html", {"schema": schema, "groups": groups, "english": english(), "most": PER_MINUTE}
    )


def _operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in schema["paths"].items():
        for method, o in methods.items():
            status, answer = next((s, r) for s, r in o["responses"].items() if s.startswith("2"))
            media = answer["content"]["application/json"]
            body = o.get("requestBody", {}).get("content", {}).get("application/json")
            yield {
                "id": o["operationId"], "tags": o["tags"], "method": method.upper(), "path": path, "summary": o["summary"],
                "description": o.get("description", ""), "parameters": [_parameter(p) for p in o["parameters"]],
                "takes": _rows(schema, body["schema"]) if body else [], "curl": _curl(method, path, o, body),
                "status": status, "gives": _rows(schema, media["schema"]), "example": _pretty(media["example"]),
                "refusals": [(s, r["description"]) for s, r in o["responses"].items() if s >= "3"],
            }  # fmt: skip


def _parameter(p: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": p["name"], "in": p["in"], "required": p["required"], "type": _type(p["schema"]), "description": p.get("description", ""),
    }  # fmt: skip


def _rows(
    schema: dict[str, Any], of: dict[str, Any], name: str = "", depth: int = 0, *, required: bool = True
) -> list[dict[str, Any]]:
    """A schema as rows of a table: each property by its way from the top."""
    target = _resolved(schema, of)
    rows = []
    if name:
        said = of.get("description") or target.get("description", "")
        rows.append({"name": name, "type": _type(target), "required": required, "description": said})
    if depth >= _DEEPEST:
        return rows
    if target.get("type") == "array":
        inner = _rows(schema, target["items"], f"{name}[]", depth, required=False)
        return rows + inner[1:]
    for key, value in target.get("properties", {}).items():
        here = f"{name}.{key}" if name else key
        rows += _rows(schema, value, here, depth + 1, required=key in target.get("required", ()))
    return rows


def _resolved(schema: dict[str, Any], of: dict[str, Any]) -> dict[str, Any]:
    for one in (of, *of.get("anyOf", ())):
        if "$ref" in one:
            found: dict[str, Any] = schema["components"]["schemas"][one["$ref"].rsplit("/", 1)[1]]
            return found
        if one.get("type") == "array":
            return dict(one)
    return of


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(s) for s in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(str(v) for v in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    kind = schema.get("format") or schema.get("type") or "any"
    return f"{_type(schema['items'])}[]" if kind == "array" and "items" in schema else str(kind)


def _curl(method: str, path: str, o: dict[str, Any], body: dict[str, Any] | None) -> str:
    for p in o["parameters"]:
        if p["in"] == "path":
            path = path.replace(f"{{{p['name']}}}", str(_PLACES.get(p["name"], 4711)))
    lines = [f'curl -H "Authorization: Bearer $TOKEN" "$DOUDI{path}"']
    lines += [f"  -H '{p['name']}: {p['example']}'" for p in o["parameters"] if p["in"] == "header" and p["required"]]
    if method == "post":
        lines[0] = lines[0].replace("curl ", "curl -X POST ")
    if body:
        lines += ["  -H 'Content-Type: application/json'", f"  -d '{_pretty(body['example'])}'"]
    return " \\\n".join(lines)


_PLACES = {"programme": "低保"}


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
