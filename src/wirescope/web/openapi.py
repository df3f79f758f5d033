"""The OpenAPI description of `/api`, made from the table of operations."""

import re
from functools import cache
from typing import Any

import msgspec

from wirescope.web.operations import OPERATIONS, Operation
from wirescope.web.requests import Failure

_REFERENCE = "#/components/schemas/{name}"


@cache
def describe() -> dict[str, Any]:
    """Return the description (OpenAPI 3.1.0)."""
    types = [t for each in OPERATIONS for t in (each.takes, each.gives) if t not in (None, bytes)]
    schemas, components = msgspec.json.schema_components([*types, Failure], ref_template=_REFERENCE)
    schema_of = {str(t): schema for t, schema in zip([*types, Failure], schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        entry = paths.setdefault(operation.path, {})
        entry[operation.method.lower()] = _operation(operation, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wirescope workbench",
            "version": "1",
            "description": "What the page asks its server. Orders go here; what happens comes on "
            "the WebSocket /api/live as MessagePack, see wirescope.web.messages.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "cookie": {"type": "apiKey", "in": "cookie", "name": "wirescope-PORT"}
            },
        },
        "security": [{"cookie": []}],
    }


def _operation(operation: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", operation.path)
        ],
        "responses": {
            "200": {"description": "Done.", "content": _content(operation.gives, schema_of)},
            "default": {
                "description": "Why it was not done.",
                "content": _content(Failure, schema_of),
            },
        },
    }
    if operation.takes is not None:
        content = _content(operation.takes, schema_of)
        described["requestBody"] = {"required": True, "content": content}
    return described


def _content(type_: Any, schema_of: dict[str, Any]) -> dict[str, Any]:
    if type_ is bytes:
        return {"application/octet-stream": {}}
    return {"application/json": {"schema": schema_of[str(type_)]}}
