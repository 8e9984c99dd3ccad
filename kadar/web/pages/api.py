"""The page of the REST API: every endpoint, from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.web.openapi import document
from kadar.web.page import Page

if TYPE_CHECKING:
    from kadar.web.visit import Visit

Schema = dict[str, Any]


def view(visit: Visit) -> dict[str, Any]:
    """Return the endpoints with their parameters, fields and errors."""
    told = document()
    schemas = told["components"]["schemas"]
    return {
        "about": told["info"]["description"],
        "operations": [
            _operation(path, operation["get"], schemas) for path, operation in told["paths"].items()
        ],
        "schemas": [
            {"name": name, "about": schema.get("description", ""), "fields": _fields(schema)}
            for name, schema in sorted(schemas.items())
            if schema.get("properties") and "Validation" not in name
        ],
        "until": visit.t(N_("data version {version}"), version=visit.version or "-"),
    }


def _operation(path: str, operation: Schema, schemas: Schema) -> dict[str, Any]:
    responses = operation["responses"]
    answer = responses["200"]["content"]["application/json"]["schema"]
    name = answer["$ref"].rpartition("/")[2]
    return {
        "id": operation["operationId"],
        "path": path,
        "summary": operation["summary"],
        "parameters": [
            {
                "name": one["name"],
                "required": one["required"],
                "kind": kind(one["schema"]),
                "about": one.get("description") or one["schema"].get("description", ""),
                "example": _example(one),
            }
            for one in operation.get("parameters", [])
        ],
        "answer": name,
        "errors": [
            (status, response["description"]) for status, response in sorted(responses.items())
        ],
        "example": _address(path, operation),
    }


def _fields(schema: Schema) -> list[dict[str, str]]:
    return [
        {"name": name, "kind": kind(one), "about": one.get("description", "")}
        for name, one in schema["properties"].items()
    ]


def kind(schema: Schema) -> str:
    """Return what a schema allows, in a few words."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind(schema['additionalProperties'])}"
    return str(schema.get("format") or schema.get("type") or "any")


def _example(parameter: Schema) -> str:
    schema = parameter["schema"]
    found = schema.get("examples") or next(
        (one["examples"] for one in schema.get("anyOf", ()) if "examples" in one), None
    )
    if not found:
        return ""
    first = found[0]
    return ", ".join(first) if isinstance(first, list) else str(first)


def _address(path: str, operation: Schema) -> str:
    from urllib.parse import urlencode

    wanted = [one for one in operation.get("parameters", []) if one["required"]]
    pairs = [(one["name"], _example(one)) for one in wanted if one["in"] == "query"]
    filled = path.replace("{name}", "win_rate")
    return f"{filled}?{urlencode(pairs)}" if pairs else filled


PAGE = Page("/api", "api.html", N_("The REST API"), view)
