r"""How values are written as YAML 1.2: plain where that is safe, else in double quotes as in JSON.

Texts of several lines become block scalars. Lists and mappings stand in block style, two columns
deeper than their key, or in flow style where the file has them so.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from wirescope.workbench.workspace.nodes import core_value

# Conservative: begins with a letter or digit, and has nothing that means something in YAML.
_PLAIN = re.compile(r"[\w/.](?:[^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff#]|(?<=\S)#)*")
_FLOW_PLAIN = re.compile(r"[A-Za-z0-9_/][\w/.-]*")
# What YAML takes as it is in a text of several lines (YAML 1.2.2 section 5.1, without line breaks
# other than LF and without the byte order mark).
_UNPRINTABLE = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


class Verbatim(str):
    """A scalar as it is written in a file, quotes and all."""

    __slots__ = ()


def plain(value: Any) -> Any:
    """Turn a record into dicts, lists and scalars, without what is as by default."""
    if isinstance(value, msgspec.Struct):
        return {
            field.name: plain(getattr(value, field.name))
            for field in msgspec.structs.fields(value)
            if field.required or getattr(value, field.name) != default_of(field)
        }
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value


def default_of(field: msgspec.structs.FieldInfo) -> Any:
    """Return what a field is when nothing is said; NODEFAULT for one that is required."""
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def entry(key: str, value: Any, column: int) -> str:
    """Write a key with its value, beginning at a column (0-based); ends without a line break."""
    return f"{scalar(key)}:{after_key(value, column)}"


def after_key(value: Any, column: int) -> str:
    """Write what stands behind a key and its colon, for a key at that column."""
    if isinstance(value, (dict, list)) and value:
        pad = " " * (column + 2)
        return "".join(f"\n{pad}{line}" for line in _lines(value, column + 2))
    return f" {_leaf(value, column)}"


def item(value: Any, column: int) -> str:
    """Write an item of a list whose dash is at that column."""
    if isinstance(value, dict) and value:
        pad = " " * (column + 2)
        return "- " + f"\n{pad}".join(_lines(value, column + 2))
    return f"- {_leaf(value, column)}"


def mapping(value: Mapping[str, Any], column: int) -> str:
    """Write keys with values, each on a line, all but the first indented."""
    return f"\n{' ' * column}".join(_lines(value, column))


def flow(value: Any, *, json_too: bool = False) -> str:
    """Write a value on one line; if asked for, with texts quoted, so that it is JSON as well."""
    if isinstance(value, dict):
        pairs = (
            f"{flow(key, json_too=json_too)}: {flow(each, json_too=json_too)}"
            for key, each in value.items()
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each, json_too=json_too) for each in value) + "]"
    if isinstance(value, Verbatim):
        return value
    if isinstance(value, str):
        safe = not json_too and _FLOW_PLAIN.fullmatch(value) and isinstance(core_value(value), str)
        return value if safe else quoted(value)
    return _number(value)


def scalar(value: Any) -> str:
    """Write a single value that is on one line."""
    if isinstance(value, Verbatim):
        return value
    if not isinstance(value, str):
        return _number(value)
    safe = (
        _PLAIN.fullmatch(value)
        and isinstance(core_value(value), str)
        and ": " not in value
        and not value.endswith((":", " "))
    )
    return value if safe else quoted(value)


def quoted(text: str) -> str:
    """Write a text in double quotes; JSON's escapes are a part of YAML's."""
    return _UNPRINTABLE.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    return f"\\U{ord(match[0]):08X}"  # YAML 1.2.2 section 5.7


def _lines(value: Any, column: int) -> list[str]:
    if isinstance(value, list):
        return [item(each, column) for each in value]
    return [entry(key, each, column) for key, each in value.items()]


def _leaf(value: Any, column: int) -> str:
    if isinstance(value, (dict, list)):
        return flow(value)
    if isinstance(value, str) and "\n" in value.rstrip("\n") and not _UNPRINTABLE.search(value):
        return _block(value, column)
    return scalar(value)


def _block(text: str, column: int) -> str:
    """Write lines below a key (YAML 1.2.2 section 8.1.2); in double quotes where that is unsafe."""
    content = text.removesuffix("\n")
    lines = content.split("\n")
    # What ends in empty lines, or has one of blanks alone, cannot be seen to do so.
    if content.endswith("\n") or any(line and not line.strip() for line in lines):
        return quoted(text)
    deep = "2" if lines[0][:1] in ("", " ", "\t") else ""
    chomping = "" if text.endswith("\n") else "-"
    pad = " " * (column + 2)
    return f"|{deep}{chomping}\n" + "\n".join(f"{pad}{line}" if line else "" for line in lines)


def _number(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
