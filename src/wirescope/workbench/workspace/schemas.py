"""A JSON Schema for each kind of file, made from the model, so that editors complete and check.

A field's description is what the model's documentation says of it. A text field takes a plain
number or truth as the text that it is, so the schema lets them through as well.
"""

import inspect
import json
import re
from typing import Any

import msgspec

from wirescope.workbench.workspace.documents import KINDS, SETTINGS, Kind

_ITEM = re.compile(r"^(\w+): ", re.MULTILINE)
_TEXTS = ["string", "number", "boolean"]


def schemas() -> dict[str, str]:
    """Return the schemas' texts by the names of their files, as `endpoint.json`."""
    return {f"{kind.name}.json": _text(kind) for kind in (*KINDS, SETTINGS)}


def schema_of(kind: Kind[Any]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of file."""
    (reference,), parts = msgspec.json.schema_components([kind.type], ref_template="#/$defs/{name}")
    types = {each.__name__: each for each in _records(kind.type)}
    for name, part in parts.items():
        _complete(part, types[name])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Wirescope {kind.name}",
        **reference,
        "$defs": {name: _lenient(part) for name, part in parts.items()},
    }


def described(type_: type[msgspec.Struct]) -> dict[str, str]:
    """Return what a record's documentation says of its fields."""
    text = inspect.getdoc(type_) or ""
    attributes = inspect.cleandoc(text.partition("Attributes:\n")[2])
    parts = _ITEM.split(attributes)[1:]
    return {
        name: re.sub(r"\s+", " ", meaning).strip()
        for name, meaning in zip(parts[::2], parts[1::2], strict=True)
    }


def _records(type_: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """List the records that a record is made of, itself included."""
    found: list[type[msgspec.Struct]] = []
    pending: list[Any] = [msgspec.inspect.type_info(type_)]
    while pending:
        info = pending.pop()
        if isinstance(info, msgspec.inspect.StructType):
            found.append(info.cls)
            pending += [field.type for field in info.fields]
        elif isinstance(info, msgspec.inspect.VarTupleType):
            pending.append(info.item_type)
    return found


def _complete(part: dict[str, Any], type_: type[msgspec.Struct]) -> None:
    """Describe a record in its schema."""
    part["description"] = (inspect.getdoc(type_) or "").partition("\n\n")[0].replace("\n", " ")
    part["additionalProperties"] = False
    for name, meaning in described(type_).items():
        part["properties"][name]["description"] = meaning


def _lenient(schema: Any) -> Any:
    """Let plain numbers and truths stand for texts."""
    if isinstance(schema, list):
        return [_lenient(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: each if name == "default" else _lenient(each) for name, each in schema.items()}
    if changed.get("type") == "string" and "enum" not in changed:
        changed["type"] = _TEXTS
    return changed


def _text(kind: Kind[Any]) -> str:
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"
