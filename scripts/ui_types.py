"""Writes the page's types from the records of Python: `ui/src/protocol/generated.ts`.

JSON Schema of msgspec is the way between. Part of `just docs`; a test compares.
"""

import enum
import inspect
import re
from pathlib import Path
from typing import Any

import msgspec

from wirescope.capture import SECRET_PARAMETERS
from wirescope.web import messages
from wirescope.web.operations import OPERATIONS
from wirescope.web.requests import Failure
from wirescope.workbench.desk import Flags
from wirescope.workbench.workspace.literals import SECRET_HEADER

TARGET = Path(__file__).resolve().parent.parent / "ui/src/protocol/generated.ts"

HEAD = """\
// Written by `just docs` from the records of Python; do not edit.

"""

_LIVE = (*messages.FromPage.__args__, messages.FromServer)


def typescript() -> str:
    """Return the whole file."""
    types = all_types()
    schemas, components = msgspec.json.schema_components(types, ref_template="#/{name}")
    parts = [HEAD]
    parts += [_declaration(name, schema) for name, schema in sorted(components.items())]
    parts.append(_flags())
    parts.append(_secrets())
    parts.append(_operations(dict(zip(map(_key, types), schemas, strict=True))))
    return "\n".join(parts)


def _secrets() -> str:
    names = "".join(f'  "{name}",\n' for name in SECRET_PARAMETERS)
    return (
        "/** Names of headers that usually carry a secret. */\n"
        f"export const SECRET_HEADER = /^(?:{SECRET_HEADER.pattern})$/i;\n\n"
        "/** Names of parameters and cookies that usually do, in small letters. */\n"
        f"export const SECRET_PARAMETERS: readonly string[] = [\n{names}];\n"
    )


def all_types() -> list[Any]:
    """List the records that travel between page and server, each once."""
    wanted: list[Any] = [*_LIVE, Failure]
    for operation in OPERATIONS:
        wanted += [t for t in (operation.takes, operation.gives) if t not in (None, bytes)]
    return [t for i, t in enumerate(wanted) if t not in wanted[:i]]


def _key(type_: Any) -> str:
    return str(type_)


def _declaration(name: str, schema: dict[str, Any]) -> str:
    doc = _comment(schema.get("description", ""))
    if schema.get("type") == "object" and "properties" in schema:
        return f"{doc}export interface {name} {_object(schema)}\n"
    return f"{doc}export type {name} = {type_text(schema)};\n"


def _comment(text: str) -> str:
    """Take the record's docstring, which describes its members as well."""
    if not text:
        return ""
    lines = "\n".join(f" * {line}".rstrip() for line in inspect.cleandoc(text).splitlines())
    return f"/**\n{lines}\n */\n"


def _object(schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    members = [
        f"  {name}{'' if name in required or 'default' not in each else '?'}: {type_text(each)};"
        for name, each in schema["properties"].items()
    ]
    return "{\n" + "\n".join(members) + "\n}"


def type_text(schema: dict[str, Any]) -> str:
    """Write the type of a schema as TypeScript does."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return msgspec.json.encode(schema["const"]).decode()
    if "enum" in schema:
        return " | ".join(msgspec.json.encode(each).decode() for each in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(type_text(each) for each in schema["anyOf"])
    match schema.get("type"):
        case "array" if "prefixItems" in schema:
            return "[" + ", ".join(type_text(each) for each in schema["prefixItems"]) + "]"
        case "array":
            inner = type_text(schema.get("items", {}))
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case "object":
            return f"Record<string, {type_text(schema.get('additionalProperties') or {})}>"
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "string":
            return "string"
        case "null":
            return "null"
    return "unknown"


def _flags() -> str:
    members = "\n".join(f"  {flag.name}: {flag.value}," for flag in Flags)
    return f"/** {enum_doc(Flags)} */\nexport const Flags = {{\n{members}\n}} as const;\n"


def enum_doc(kind: type[enum.Enum]) -> str:
    """Return the first line of an enum's docstring."""
    return (kind.__doc__ or "").strip().splitlines()[0]


def _operations(schemas: dict[str, dict[str, Any]]) -> str:
    entries, paths = [], []
    for operation in OPERATIONS:
        takes = _of(operation.takes, schemas, none="undefined")
        gives = _of(operation.gives, schemas, none="undefined")
        names = re.findall(r"{(\w+)}", operation.path)
        where = (
            "{ " + "; ".join(f"{each}: string" for each in names) + " }" if names else "undefined"
        )
        entries.append(
            f"  /** {operation.summary} */\n"
            f"  {operation.name}: {{ path: {where}; takes: {takes}; gives: {gives} }};"
        )
        end = ", bytes: true }," if operation.gives is bytes else " },"
        head = f'  {operation.name}: {{ method: "{operation.method}", '
        paths.append(f'{head}path: "{operation.path}"{end}')
    return (
        "/** What can be asked of the server: parameters of the path, body, answer. */\n"
        "export interface Operations {\n" + "\n".join(entries) + "\n}\n\n"
        "export const OPERATIONS: {\n"
        "  readonly [name in keyof Operations]: {\n"
        '    readonly method: "GET" | "POST";\n    readonly path: string;\n'
        "    readonly bytes?: true;\n  };\n} = {\n" + "\n".join(paths) + "\n};\n"
    )


def _of(type_: Any, schemas: dict[str, dict[str, Any]], *, none: str) -> str:
    if type_ is None:
        return none
    return "Blob" if type_ is bytes else type_text(schemas[_key(type_)])
