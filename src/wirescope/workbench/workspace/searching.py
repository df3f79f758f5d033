"""A text found in the names and the lines of files."""

from collections.abc import Iterator

from msgspec import Struct

_SHOWN = 120
"""Characters of a line that are shown around what was found."""


class Match(Struct, frozen=True, kw_only=True):
    """A place where a text was found.

    Attributes:
        kind: the kind of the file.
        name: its name.
        line: 1-based; 0 where it is in the name.
        column: 1-based, in the line or the name.
        excerpt: the line, cut where it is long.
    """

    kind: str
    name: str
    line: int
    column: int
    excerpt: str


def matches_in(kind: str, name: str, content: str, text: str) -> Iterator[Match]:
    """Find a text in a file's name and in its lines, once in each, in any case."""
    wanted = text.casefold()
    for number, line in enumerate((name, *content.splitlines())):
        at = line.casefold().find(wanted)
        if at >= 0:
            start = max(0, at - _SHOWN // 2)
            excerpt = line[start : start + _SHOWN].strip()
            yield Match(kind=kind, name=name, line=number, column=at + 1, excerpt=excerpt)
