"""A record as dicts and lists, with what a file says beyond it: the keys that the model lacks.

For what is written anew, in a file that has been there before.
"""

import difflib
from collections.abc import Iterator
from typing import Any

import msgspec

from wirescope.workbench.workspace.nodes import Mapping, Node, Sequence
from wirescope.workbench.workspace.rendering import Verbatim, default_of, plain


def keeping(node: Node | None, old: Any, new: Any, text: str) -> Any:
    """Return `new` as dicts, lists and scalars, with the unknown keys of a node that says `old`."""
    if isinstance(node, Mapping) and isinstance(new, msgspec.Struct):
        return dict(_fields(node, old, new, text))
    if isinstance(node, Sequence) and isinstance(new, tuple):
        return [
            plain(new[here])
            if there is None
            else keeping(node.items[there], old[there], new[here], text)
            for here, there in pairs(old, new)
        ]
    return plain(new)


def pairs(old: tuple[Any, ...], new: tuple[Any, ...]) -> list[tuple[int, int | None]]:
    """Return for each new item its number and that of the old item whose place it takes, if any."""
    found: list[tuple[int, int | None]] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        for number in range(new_to - new_from):
            there = old_from + number
            found.append((new_from + number, there if there < old_to else None))
    return found


def has_unknown(node: Node, value: Any) -> bool:
    """Whether a mapping, or one in it, has keys that its record does not know."""
    if not isinstance(node, Mapping) or not isinstance(value, msgspec.Struct):
        return False
    return any(
        key.text not in value.__struct_fields__ or has_unknown(inner, getattr(value, key.text))
        for key, inner in node.entries
    )


def _fields(
    node: Mapping, old: msgspec.Struct, new: msgspec.Struct, text: str
) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(new):
        entry = node.get(field.name)
        wanted = getattr(new, field.name)
        needed = field.required or wanted != default_of(field)
        if needed or (entry is not None and has_unknown(entry[1], wanted)):
            before = getattr(old, field.name)
            yield field.name, keeping(entry[1] if entry else None, before, wanted, text)
    for key, value in node.entries:
        if key.text not in new.__struct_fields__:
            yield key.text, _as_it_is(value, text)


def _as_it_is(node: Node, text: str) -> Any:
    if isinstance(node, Mapping):
        return {key.text: _as_it_is(value, text) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [_as_it_is(item, text) for item in node.items]
    written = text[node.span.start : node.span.end]
    as_it_is = written and "\n" not in written and written[0] not in "|>"
    return Verbatim(written) if as_it_is else node.text
