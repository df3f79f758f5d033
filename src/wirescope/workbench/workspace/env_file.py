"""The text of a `.env` file: `NAME=value` lines, read and changed in place.

As other tools write it: `export` before a name, blanks around `=`, comments behind ` #`, values in
single quotes as they stand and in double quotes with escapes, both over several lines, as the PEM
of a key. Nothing is filled in, and nothing is run. What is not an assignment is left alone.
"""

import json
import re
from collections.abc import Iterator

NAME = re.compile(r"[A-Za-z_][\w.-]*")

# What goes over several lines has nothing behind it: a quote that is not closed would otherwise
# swallow the lines up to the next one.
_ASSIGNMENT = re.compile(
    rf"""
    ^[^\S\n]*(?:export[^\S\n]+)?(?P<name>{NAME.pattern})[^\S\n]*=[^\S\n]*
    (?:
        (?: "(?P<double>(?:[^"\\\n]|\\[^\n])*+)" | '(?P<single>[^'\n]*+)' ) [^\S\n]*(?:\#[^\n]*)?
      | (?: "(?P<long_double>(?:[^"\\]|\\.)*+)" | '(?P<long_single>[^']*+)' ) [^\S\n]*
      | (?P<plain>[^\n]*)
    )$
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(r"(?:^|\s)#")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_OF_JSON = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_OF_SHELLS = {"$": "$", "`": "`", "'": "'", "\n": ""}  # the last one joins lines
_ESCAPES = _OF_JSON | _OF_SHELLS


def parse_env(text: str) -> dict[str, str]:
    r"""Return the values by name; the last of a name counts.

    >>> parse_env('A=1 # one\nexport B="two\\n"\nC=\'x # y\'\n# D=4\nE="a\nb"\n')
    {'A': '1', 'B': 'two\n', 'C': 'x # y', 'E': 'a\nb'}
    """
    return {match["name"]: _value(match) for match in _assignments(text)}


def badly_quoted(text: str) -> list[tuple[int, str]]:
    r"""Return line and name where a value begins with a quote and does not end with it.

    >>> badly_quoted('A="x"\nB="x\nC=\'it\\\'s\'\n')
    [(2, 'B'), (3, 'C')]
    """
    return [
        (text.count("\n", 0, match.start()) + 1, match["name"])
        for match in _assignments(text)
        if (match["plain"] or "").startswith(('"', "'"))
    ]


def with_value(text: str, name: str, value: str) -> str:
    r"""Return a text in which a name has a value, where it had one, else at the end.

    >>> with_value("# mine\nA=1\nB=2\nA=3\n", "A", "new")
    '# mine\nB=2\nA="new"\n'
    >>> with_value("B=2", "A", "x")
    'B=2\nA="x"\n'
    """
    line = f"{name}={json.dumps(value)}"
    places = [match.span() for match in _assignments(text) if match["name"] == name]
    for number, (start, end) in enumerate(reversed(places)):
        if number == 0:
            rest = "\r" if text[start:end].endswith("\r") else ""
            text = text[:start] + line + rest + text[end:]
        else:  # an earlier one did not count
            text = text[:start] + text[end:].removeprefix("\n")
    if places:
        return text
    ends = "\r\n" if "\r\n" in text else "\n"
    return f"{text}{ends if text and not text.endswith(chr(10)) else ''}{line}{ends}"


def _assignments(text: str) -> Iterator[re.Match[str]]:
    return _ASSIGNMENT.finditer(text)


def _value(match: re.Match[str]) -> str:
    if (plain := match["plain"]) is not None:
        return _COMMENT.split(plain, maxsplit=1)[0].strip()
    escaped = match["double"] or match["long_double"] or ""
    raw = match["single"] or match["long_single"] or ""
    return _unescaped(escaped.replace("\r\n", "\n")) or raw.replace("\r\n", "\n")


def _unescaped(text: str) -> str:
    """Replace escapes; what is none keeps its backslash."""
    plain = _ESCAPE.sub(_character, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _character(match: re.Match[str]) -> str:
    escape = match[1]
    if len(escape) > 1:
        return chr(int(escape[1:], 16))
    return _ESCAPES.get(escape, match[0])
