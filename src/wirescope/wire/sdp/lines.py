"""The lines of a session description, kept as they came (RFC 8866 section 5).

A line ends in CRLF; LF and CR alone are taken, too, and remembered, so that the text can be given
back to the character. A line that is not a letter and an equals sign is a line all the same.
"""

import re

import msgspec

from wirescope.errors import DescriptionError

MAX_CHARACTERS = 1 << 20
"""Characters of a description; a conference of a hundred people has about a tenth of that."""

MAX_LINES = 1 << 15

CRLF = "\r\n"

_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")
_BREAK = re.compile(r"[\r\n]")


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line.

    Attributes:
        text: all of it but what ends it.
        ending: what ends it; empty only of a text's last line.
    """

    text: str
    ending: str = CRLF

    @property
    def kind(self) -> str:
        """The letter before the equals sign; empty where there is none."""
        return self.text[0] if self.text[1:2] == "=" else ""

    @property
    def value(self) -> str:
        """What follows the equals sign."""
        return self.text[2:] if self.text[1:2] == "=" else ""

    @property
    def name(self) -> str:
        """The name of an attribute (section 5.13); empty of another line."""
        return self.text[2:].partition(":")[0] if self.text.startswith("a=") else ""

    @property
    def attribute_value(self) -> str | None:
        """The value of an attribute, None of one that has none or of another line."""
        if not self.text.startswith("a="):
            return None
        _, colon, value = self.text.partition(":")
        return value if colon else None


def new_line(kind: str, value: str, *, ending: str = CRLF) -> Line:
    """Build a line.

    Raises:
        ValueError: it would not be one line of that kind.
    """
    if len(kind) != 1 or kind in "\r\n" or _BREAK.search(value):
        raise ValueError(f"{kind}={value!r} is not one line of a session description")
    return Line(f"{kind}={value}", ending)


def new_attribute(name: str, value: str | None = None, *, ending: str = CRLF) -> Line:
    """Build the line of an attribute.

    Raises:
        ValueError: it would be read as another attribute, or as several lines.
    """
    if not name or ":" in name:
        raise ValueError(f"{name!r} is not the name of an attribute")
    return new_line("a", name if value is None else f"{name}:{value}", ending=ending)


def split_lines(text: str) -> tuple[Line, ...]:
    """Cut a text into lines; joined they are the text.

    Raises:
        DescriptionError: it has too many characters or lines.
    """
    if len(text) > MAX_CHARACTERS:
        raise DescriptionError(
            f"The description has {len(text):,} characters; {MAX_CHARACTERS:,} are taken at most."
        )
    lines: list[Line] = []
    end = len(text)
    position = 0
    while position < end:
        if len(lines) == MAX_LINES:
            raise DescriptionError(
                f"Line {MAX_LINES + 1}: a description has {MAX_LINES:,} lines at most."
            )
        match = _LINE.match(text, position)
        assert match is not None  # it matches anywhere
        lines.append(Line(match[1], match[2]))
        position = match.end()
    return tuple(lines)


def join_lines(lines: tuple[Line, ...]) -> str:
    """Give the text of lines; one without an ending gets one if another line follows."""
    if not lines:
        return ""
    default = lines[0].ending or CRLF
    parts = [line.text + (line.ending or default) for line in lines[:-1]]
    return "".join([*parts, lines[-1].text, lines[-1].ending])
