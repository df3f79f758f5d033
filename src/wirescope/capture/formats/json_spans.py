"""Where values stand in JSON text, so that one can be blotted out and the rest stays as it was.

A field is named by its name, or by a path of JSONPath (RFC 9535) made of `.name`, `['name']`,
`[0]`, `.*`, `[*]` and `..name`. Names are found in any text that has `"name":` in it, also in JSON
behind a prefix; paths in text that is JSON as a whole.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wirescope.errors import UsageError

_TOKEN = re.compile(
    r'[ \t\r\n]*(?P<token>[{}\[\],:]|"(?:[^"\\]|\\.)*"?|-?[0-9][0-9.eE+-]*|true|false|null)'
)
_SEGMENT = re.compile(
    r"(?P<deep>\.\.)(?P<below>[\w-]+|\*)|\.(?P<name>[\w-]+|\*)"
    r"|\[(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<index>\d+)|(?P<every>\*))\]"
)

_DEEPEST = 512

Place = tuple[str | int, ...]
"""The names and indices that lead to a value."""

Span = tuple[int, int]


class Segment(NamedTuple):
    """A step of a path.

    Attributes:
        wanted: a name or an index; None for any.
        deep: whether any number of steps may lie before it.
    """

    wanted: str | int | None
    deep: bool = False


def parse_path(text: str) -> tuple[Segment, ...]:
    """Read a path; UsageError when it is none that is known here."""
    segments: list[Segment] = []
    at = 1
    while at < len(text):
        match = _SEGMENT.match(text, at)
        if match is None:
            raise UsageError(
                f"{text!r} is not a path: {text[at:]!r} cannot be read.",
                hint="A path is made of .name ['name'] [0] .* [*] and ..name, as $.user.email.",
            )
        segments.append(_segment(match))
        at = match.end()
    if not segments:
        raise UsageError("The path $ is the whole payload.", hint="Use --redact-payloads for that.")
    return tuple(segments)


def _segment(match: re.Match[str]) -> Segment:
    if match["index"]:
        return Segment(int(match["index"]))
    if match["every"]:
        return Segment(None)
    for group in ("single", "double"):
        if match[group] is not None:
            return Segment(_bytewise(match[group]))
    name = match["below"] or match["name"]
    wanted = None if name == "*" else _bytewise(name)
    return Segment(wanted, deep=match["deep"] is not None)


def _bytewise(name: str) -> str:
    # Payloads are looked at a character a byte.
    return name.encode("utf-8", "surrogateescape").decode("latin-1")


def names_pattern(names: Sequence[str]) -> re.Pattern[str]:
    """Match what stands before the value of a member with one of these names, in any case."""
    either = "|".join(re.escape(_bytewise(name)) for name in names)
    return re.compile(rf'(?i)"(?:{either})"[ \t\r\n]*:')


def spans_of_names(text: str, pattern: re.Pattern[str]) -> Iterator[Span]:
    """Yield where the values of the named members stand."""
    at = 0
    while match := pattern.search(text, at):
        at = end_of_value(text, match.end())
        yield match.end(), at


def end_of_value(text: str, at: int) -> int:
    """Find the end of the value that begins here; the end of the text where it has none."""
    depth = 0
    while match := _TOKEN.match(text, at):
        at = match.end()
        sign = match["token"]
        if sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
        if depth <= 0:
            return at
    return len(text)


def spans_of_paths(text: str, paths: Sequence[tuple[Segment, ...]]) -> Iterator[Span]:
    """Yield where the values stand that a path leads to; ValueError when the text is no JSON."""
    for place, span in values(text):
        if any(_leads_to(path, place) for path in paths):
            yield span


def _leads_to(path: tuple[Segment, ...], place: Place) -> bool:
    if not path:
        return not place
    if not place:
        return False
    wanted, deep = path[0]
    if (wanted is None or wanted == place[0]) and _leads_to(path[1:], place[1:]):
        return True
    return deep and _leads_to(path, place[1:])


def values(text: str) -> Iterator[tuple[Place, Span]]:
    """Yield each value with its place, a container behind what is in it; ValueError for no JSON."""
    stack: list[list[str | int]] = []  # of each open container its start and the current step
    starts: list[int] = []
    at, expects_key = 0, False
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"no JSON at {at}")
        at, sign = match.end(), match["token"]
        start = match.start("token")
        if sign in "{[":
            if len(stack) == _DEEPEST:
                raise ValueError("nested too deeply")
            starts.append(start)
            stack.append(["" if sign == "{" else 0])
            expects_key = sign == "{"
        elif sign in "}]":
            if not stack:
                raise ValueError("a bracket too many")
            stack.pop()
            yield _place(stack), (starts.pop(), at)
            expects_key = False
        elif sign == ",":
            if not stack:
                raise ValueError("a comma outside")
            step = stack[-1][0]
            expects_key = isinstance(step, str)
            if isinstance(step, int):
                stack[-1][0] = step + 1
        elif sign == ":":
            expects_key = False
        elif expects_key:
            stack[-1][0] = sign[1:-1]
        else:
            yield _place(stack), (start, at)
    if stack:
        raise ValueError("a bracket is not closed")


def _place(stack: list[list[str | int]]) -> Place:
    return tuple(step[0] for step in stack)
