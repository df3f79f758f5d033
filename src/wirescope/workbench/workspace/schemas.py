"""A JSON Schema for each kind of file, made from the model, so that editors complete and check.

Also the same as tables, for the reference. A field's description is what the model's documentation
says of it. A text field takes a plain number or truth as the text that it is, so the schema lets
them through as well.
"""

import inspect
import json
import re
from typing import Any, get_args, get_origin

import msgspec

from wirescope.workbench.workspace.documents import KINDS, SETTINGS, Kind
from wirescope.workbench.workspace.reading import describe, fields_of
from wirescope.workbench.workspace.rendering import default_of, flow, plain

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


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a file, in words.

    Attributes:
        name: the key.
        takes: what its value is.
        default: what it is when it is left out; empty where it must not be.
        meaning: what it means.
    """

    name: str
    takes: str
    default: str
    meaning: str


def key_tables(kind: Kind[Any]) -> dict[str, tuple[str, list[Key]]]:
    """Return the keys of a kind of file, and of each record in it by the key that it stands under.

    The file itself has an empty name; each comes with what it is.
    """
    tables: dict[str, tuple[str, list[Key]]] = {}
    pending: list[tuple[str, type[msgspec.Struct]]] = [("", kind.type)]
    while pending:
        name, type_ = pending.pop(0)
        hints, meanings = fields_of(type_), described(type_)
        tables[name] = (
            _about(type_),
            [
                Key(
                    name=field.name,
                    takes=_takes(hints[field.name]),
                    default="" if field.required else _shown_default(field),
                    meaning=meanings[field.name],
                )
                for field in msgspec.structs.fields(type_)
            ],
        )
        for key, hint in hints.items():
            inner = _record_in(hint)
            if inner is not None:
                pending.append((f"{name}.{key}".lstrip("."), inner))
    return tables


def _record_in(hint: Any) -> type[msgspec.Struct] | None:
    kind = get_args(hint)[0] if get_origin(hint) is tuple else hint
    return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None


def _takes(hint: Any) -> str:
    if get_origin(hint) is tuple:
        return "a list of keys with values" if _record_in(hint) else "a list of texts"
    if get_origin(hint) is dict:
        return "names with texts"
    return "keys with values" if _record_in(hint) else describe(hint)


def _shown_default(field: msgspec.structs.FieldInfo) -> str:
    default = default_of(field)
    if isinstance(default, msgspec.Struct):
        return "as below"
    return f"`{flow(plain(default))}`" if default != "" else "empty"


def _about(type_: type[msgspec.Struct]) -> str:
    return (inspect.getdoc(type_) or "").partition("\n\n")[0].replace("\n", " ")


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
    part["description"] = _about(type_)
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
