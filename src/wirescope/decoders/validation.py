"""Checks what a decoder returned before anybody sees it.

A decoder may be anybody's code. What it gives has to be a `Decoded` of the promised types, and its
trees within the limits of `tree`; otherwise it counts as a decoder that failed.
"""

from dataclasses import replace
from typing import Any, get_args

from wirescope.decoders.payload import Decoded, Role
from wirescope.decoders.tree import MAX_PARTS, readable
from wirescope.errors import DecodeError

MAX_NESTED = 4
"""Formats inside of formats."""

_LONGEST_LINE = 1000
_LONGEST_NAME = 200
_ROLES = frozenset(get_args(Role))


def validated(returned: object) -> Decoded:
    """Give back what a decoder returned, its one-liners cut, if it keeps its promises.

    Raises:
        TypeError: it is something else than was promised, so the decoder is broken.
        DecodeError: it is more than the limits allow.
    """
    return _decoded(returned, 0)


def _decoded(returned: Any, depth: int) -> Decoded:
    if not isinstance(returned, Decoded):
        raise TypeError(f"It returned a {type(returned).__name__} instead of a Decoded.")
    if depth > MAX_NESTED:
        raise DecodeError(f"It returned more than {MAX_NESTED} formats inside of each other.")
    _check_words(returned)
    parts: Any = returned.parts
    if not isinstance(parts, tuple):
        raise TypeError("`parts` is not a tuple.")
    if len(parts) > MAX_PARTS:
        raise DecodeError(f"It has more than {MAX_PARTS:,} parts.")
    nested = returned.nested
    return replace(
        returned,
        summary=_one_line(returned.summary),
        name=returned.name[:_LONGEST_NAME],
        value=readable(returned.value),
        nested=None if nested is None else _decoded(nested, depth + 1),
        parts=tuple(_decoded(part, depth + 1) for part in parts),
    )


def _check_words(decoded: Any) -> None:
    for name in ("format", "summary", "name", "problem"):
        if not isinstance(getattr(decoded, name), str):
            raise TypeError(f"`{name}` is not a str.")
    if decoded.correlation is not None and not isinstance(decoded.correlation, str):
        raise TypeError("`correlation` is neither a str nor None.")
    if not isinstance(decoded.role, str) or decoded.role not in _ROLES:
        raise TypeError(f"`role` is not one of {', '.join(sorted(_ROLES))}.")


def _one_line(text: str) -> str:
    cut = text[: _LONGEST_LINE + 1]
    line = cut if cut.isprintable() else "".join(" " if each in "\r\n" else each for each in cut)
    return line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "…"
