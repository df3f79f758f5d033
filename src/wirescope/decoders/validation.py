"""Checks what a decoder returned before anybody sees it.

A decoder may be anybody's code. What it gives has to be a `Decoded` of the promised types, and its
trees within the limits of `tree`; otherwise it counts as a decoder that failed.
"""

from dataclasses import replace
from typing import Any, get_args

from wirescope.decoders.payload import Decoded, Role
from wirescope.decoders.tree import readable
from wirescope.errors import DecodeError

MAX_PARTS = 1000
"""Messages of a protocol in one payload."""

MAX_NESTED = 4
"""Formats inside of formats."""

_LONGEST_LINE = 1000
_LONGEST_NAME = 200
_ROLES = frozenset(get_args(Role))


def validated(returned: object) -> Decoded:
    """Give back what a decoder returned, its one-liners cut, if it keeps its promises.

    Raises:
        DecodeError: it does not; the message says in what.
    """
    return _decoded(returned, 0)


def _decoded(returned: Any, depth: int) -> Decoded:
    if not isinstance(returned, Decoded):
        raise DecodeError(f"It returned a {type(returned).__name__} instead of a Decoded.")
    if depth > MAX_NESTED:
        raise DecodeError(f"It returned more than {MAX_NESTED} formats inside of each other.")
    _check_words(returned)
    parts: Any = returned.parts
    if not isinstance(parts, tuple) or len(parts) > MAX_PARTS:
        raise DecodeError(f"`parts` is not a tuple of at most {MAX_PARTS:,}.")
    nested = returned.nested
    return replace(
        returned,
        summary=_one_line(returned.summary),
        name=returned.name[:_LONGEST_NAME],
        value=_checked_tree(returned.value),
        nested=None if nested is None else _decoded(nested, depth + 1),
        parts=tuple(_decoded(part, depth + 1) for part in parts),
    )


def _check_words(decoded: Any) -> None:
    for name in ("format", "summary", "name", "problem"):
        if not isinstance(getattr(decoded, name), str):
            raise DecodeError(f"`{name}` is not a str.")
    if decoded.correlation is not None and not isinstance(decoded.correlation, str):
        raise DecodeError("`correlation` is neither a str nor None.")
    if not isinstance(decoded.role, str) or decoded.role not in _ROLES:
        raise DecodeError(f"`role` is not one of {', '.join(sorted(_ROLES))}.")


def _checked_tree(value: object) -> Any:
    try:
        return readable(value)
    except DecodeError as error:
        raise DecodeError(f"`value`: {error.message}") from None


def _one_line(text: str) -> str:
    cut = text[: _LONGEST_LINE + 1]
    line = cut if cut.isprintable() else "".join(" " if each in "\r\n" else each for each in cut)
    return line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "…"
