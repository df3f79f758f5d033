"""The columns that a terminal has, and sentences folded to them.

Only what a terminal shows is folded: into a pipe or a file a sentence goes in one line, as whoever
reads it there decides how wide it is.
"""

import os
import sys
from typing import TextIO

from wirescope.cli.escape import text_width

_NARROWEST_TABLE = 72
_NARROWEST = 20
_UNKNOWN, _NO_TERMINAL = 80, 160


def terminal_width(stream: TextIO | None = None) -> int:
    """Columns for a table: 80 where the terminal does not say, 160 without one, at least 72."""
    return max(_NARROWEST_TABLE, columns(stream or sys.stdout))


def fitted(text: str, stream: TextIO | None = None) -> str:
    """Fold sentences to the width of the terminal that they go to; stderr is the default."""
    stream = stream or sys.stderr
    return folded(text, max(_NARROWEST, columns(stream))) if stream.isatty() else text


def folded(text: str, width: int) -> str:
    """Break lines between words; lines that begin with a blank are laid out already.

    A word that is longer, an address perhaps, stays whole, so that it can be copied.

    >>> print(folded("* Nothing listens there.", 12))
    * Nothing
      listens
      there.
    """
    return "\n".join(_folded_line(line, width) for line in text.split("\n"))


def _folded_line(line: str, width: int) -> str:
    if line.startswith(" ") or text_width(line) <= width:
        return line
    sign = "* " if line.startswith("* ") else ""
    lines, current = [], sign
    for word in line.removeprefix(sign).split(" "):
        if current != sign and text_width(current + word) > width:
            lines.append(current.rstrip())
            current = " " * len(sign)
        current += f"{word} "
    return "\n".join([*lines, current.rstrip()])


def columns(stream: TextIO) -> int:
    """Columns of a terminal; 160 where there is none."""
    chosen = os.environ.get("COLUMNS", "")
    if chosen.isdecimal() and int(chosen):
        return int(chosen)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _UNKNOWN
    except (OSError, ValueError):
        return _UNKNOWN if stream.isatty() else _NO_TERMINAL
