r"""A command line of cmd.exe as the words that a program gets.

cmd.exe takes the carets away, outside of double quotes, and hands the rest over as one text; the C
library of the program parts it into arguments, with rules of its own for backslashes before quotes.
"""

import re
from dataclasses import dataclass, field

from wirescope.errors import ForeignFormatError


@dataclass(slots=True)
class Command:
    """One command.

    Attributes:
        line: where it begins, from 1.
        words: its words, the first being the program.
        notes: what is to be said about it.
        comment: the comment above it.
    """

    line: int
    words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    comment: str = ""


def split_cmd(text: str) -> list[Command]:
    """Part a text into commands.

    Raises:
        ForeignFormatError: a quote is not closed; `where` is the line.
    """
    commands = []
    for line, marked in _cmd_lines(text):
        command = Command(line, _cmd_arguments(marked, line))
        if command.words:
            commands.append(command)
    return commands


def _cmd_lines(text: str) -> list[tuple[int, str]]:
    """Take the carets away as cmd.exe does, and part the text into lines."""
    lines: list[tuple[int, str]] = []
    made: list[str] = []
    first, number, at, quoted = 1, 1, 0, False
    while at < len(text):
        char = text[at]
        if char == "^" and not quoted:
            at += 1
            if text[at : at + 1] == "\n":  # joins the lines; the next character is taken as it is
                number += 1
                at += 1
            made.append(text[at : at + 1])
            number += text[at : at + 1] == "\n"
        elif char == "\n":
            lines.append((first, "".join(made)))
            made, quoted = [], False
            number += 1
            first = number
        else:
            quoted ^= char == '"'
            made.append(char)
        at += 1
    return [*lines, (first, "".join(made))]


_ARGUMENT = re.compile(r'(\\*)"|(\\+)|([ \t]+)|([^\\" \t]+)', re.DOTALL)


def _cmd_arguments(line: str, number: int) -> list[str]:
    r"""Part a line into arguments as Microsoft's C library does.

    >>> _cmd_arguments(r'curl "a \"b\" c\\" d\e', 1)
    ['curl', 'a "b" c\\', 'd\\e']
    """
    words: list[str] = []
    word: list[str] | None = None
    quoted, at = False, 0
    while at < len(line):
        match = _ARGUMENT.match(line, at)
        if match is None:  # a newline within quotes
            break
        at = match.end()
        before, slashes, blanks, plain = match.groups()
        if blanks is not None and not quoted:
            if word is not None:
                words.append("".join(word))
            word = None
            continue
        word = [] if word is None else word
        if before is None:
            word.append(slashes or blanks or plain)
            continue
        word.append("\\" * (len(before) // 2))
        if len(before) % 2:
            word.append('"')
        elif quoted and line[at : at + 1] == '"':  # two of them within quotes are one
            word.append('"')
            at += 1
        else:
            quoted = not quoted
    if quoted:
        raise ForeignFormatError("A quote is opened and not closed.", where=f"line {number}")
    return words if word is None else [*words, "".join(word)]
