"""A command line as the words that a shell would make of it: POSIX shells and PowerShell.

Nothing is run or expanded. A variable of the shell becomes `{{NAME}}`; a command in a command stays
as it is written; both are told. POSIX shells after POSIX.1-2024 (with `$'…'`). The rules of cmd.exe
are in `cmd_words`.
"""

import re
from bisect import bisect_left
from typing import Literal

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.cmd_words import Command, split_cmd

Shell = Literal["posix", "cmd", "powershell"]

_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "E": "\x1b",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}
_CODED = re.compile(
    r"x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|c([\x40-\x7f])"
)
_SHELL_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}|env:([A-Za-z_]\w*))")
_CMD = re.compile(r"\s*curl(?:\.exe)?\s+(?:-\S+\s+)*\^", re.IGNORECASE)
_LINE_END = re.compile(r"[ \t]*\n")
_ENDS = "|;&<>()"


def shell_of(text: str) -> Shell:
    r"""Tell the shell that a command was written for, by what continues its lines.

    >>> shell_of('curl ^"https://x^"'), shell_of("curl 'x' -k"), shell_of("curl x `\n -k")
    ('cmd', 'posix', 'powershell')
    """
    # What stands in single quotes is POSIX's, whatever it is; cmd.exe has no such quotes.
    outside = re.sub(r"'[^']*'", "", text)
    if _CMD.match(text) or re.search(r"(?m)\s\^\r?$", outside):
        return "cmd"
    return "powershell" if re.search(r"(?m)`\r?$|^\s*curl\.exe\b", outside) else "posix"


def split_commands(text: str) -> list[Command]:
    """Part a text into commands.

    Raises:
        ForeignFormatError: a quote is not closed; `where` is the line.
    """
    shell = shell_of(text)
    text = text.replace("\r\n", "\n")
    if shell == "cmd":
        return split_cmd(text)
    splitter = _PosixSplitter(text) if shell == "posix" else _PowerShellSplitter(text)
    return splitter.commands()


class _PosixSplitter:
    """Goes through the text once."""

    escape = "\\"

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [at for at, char in enumerate(text) if char == "\n"]
        self._at = 0
        self._word: list[str] | None = None
        self._commands: list[Command] = []
        self._command = Command(1)

    def commands(self) -> list[Command]:
        while self._at < len(self._text):
            self._step(self._text[self._at])
        self._end_command()
        return [command for command in self._commands if command.words]

    def _step(self, char: str) -> None:
        if char == "\n":
            self._at += 1
            self._end_command()
        elif char.isspace():
            self._at += 1
            self._end_word()
        elif char == "#" and self._word is None:
            end = self._next("\n", len(self._text))
            if not self._command.words:
                self._command.comment = self._text[self._at + 1 : end].strip()
            self._at = end
        elif char in _ENDS and not (char == "&" and self._is_in_url()):
            self._end_with(char)
        elif char == self.escape:
            self._escaped()
        elif char == "'":
            self._single()
        elif char == '"':
            self._at += 1
            self._double()
        elif char == "$":
            self._dollar()
        else:
            self._add(char)
            self._at += 1

    def _is_in_url(self) -> bool:
        """People paste URLs without quotes; a shell would part them at the first `&`."""
        following = self._text[self._at + 1 : self._at + 2]
        return self._word is not None and following not in ("&", " ", "\n", "")

    def _add(self, text: str) -> None:
        if self._word is None:
            self._word = []
            if not self._command.words:
                self._command.line = self._line(self._at)
        self._word.append(text)

    def _end_word(self) -> None:
        if self._word is not None:
            self._command.words.append("".join(self._word))
            self._word = None

    def _end_command(self) -> None:
        self._end_word()
        self._commands.append(self._command)
        comment = "" if self._command.words else self._command.comment
        self._command = Command(self._line(self._at), comment=comment)

    def _end_with(self, char: str) -> None:
        """What follows `|`, `>` and the like is about curl's output or another program."""
        if char in ";&" and self._text[self._at : self._at + 1] == char:
            self._at += 2 if self._text[self._at : self._at + 2] == "&&" else 1
            self._end_command()
            return
        end = self._next("\n", len(self._text))
        rest = self._text[self._at : end].strip()
        self._end_word()
        self._command.notes.append(f"What follows the command, {rest[:40]!r}, is left out.")
        self._at = end

    def _escaped(self) -> None:
        # At the end of a line it continues the line. Blanks behind it come of pasting: to a shell
        # they would be a word, and the rest of the command another one.
        if end := _LINE_END.match(self._text, self._at + 1):
            self._at = end.end()
            return
        following = self._text[self._at + 1 : self._at + 2]
        if following or self._word is not None:
            self._add(following or self.escape)
        self._at += 2

    def _single(self) -> None:
        end = self._closing("'", self._at + 1)
        self._add(self._text[self._at + 1 : end])
        self._at = end + 1

    def _double(self) -> None:
        start, self._word = self._at, self._word if self._word is not None else []
        if not self._command.words and not self._word:
            self._command.line = self._line(start)
        while True:
            char = self._text[self._at : self._at + 1]
            if char == '"':
                self._at += 1
                return
            if not char:
                self._unclosed(start)
            if char == "\\" and self._text[self._at + 1 : self._at + 2] in ("$", "`", '"', "\\"):
                self._add(self._text[self._at + 1])
                self._at += 2
            elif char == "\\" and self._text[self._at + 1 : self._at + 2] == "\n":
                self._at += 2
            elif char == "$":
                self._dollar(quoted=True)
            else:
                self._add(char)
                self._at += 1

    def _dollar(self, *, quoted: bool = False) -> None:
        following = self._text[self._at + 1 : self._at + 2]
        match = _SHELL_VARIABLE.match(self._text, self._at)
        if following == "'" and not quoted:
            self._ansi_c()
        elif following == '"' and not quoted:
            self._at += 2
            self._double()
        elif match is not None:
            name = match[1] or match[2] or match[3]
            self._command.notes.append(f"The shell's {match[0]} became {{{{{name}}}}}.")
            self._add(f"{{{{{name}}}}}")
            self._at = match.end()
        else:
            if following == "(":
                self._command.notes.append("A command in the command, $(…), is not run.")
                self._take_substitution()
                return
            self._add("$")
            self._at += 1

    def _take_substitution(self) -> None:
        end = self._text.find(")", self._at)
        end = len(self._text) if end < 0 else end + 1
        self._add(self._text[self._at : end])
        self._at = end

    def _ansi_c(self) -> None:
        start = self._at
        self._at += 2
        self._add("")
        while (char := self._text[self._at : self._at + 1]) != "'":
            if not char:
                self._unclosed(start)
            if char != "\\":
                self._add(char)
                self._at += 1
                continue
            self._ansi_c_escape()
        self._at += 1

    def _ansi_c_escape(self) -> None:
        match = _CODED.match(self._text, self._at + 1)
        char = self._text[self._at + 1 : self._at + 2]
        if match is None:
            self._add(_ESCAPES.get(char, f"\\{char}"))
            self._at += 2
            return
        hexadecimal, octal, control = match[1] or match[2] or match[3], match[4], match[5]
        code = int(hexadecimal or octal, 16 if hexadecimal else 8) if hexadecimal or octal else 0
        code = ord(control) & 0x1F if control else code
        is_text = code <= 0x10FFFF and not 0xD800 <= code < 0xE000
        self._add(chr(code) if is_text else "\ufffd")
        self._at = match.end()

    def _line(self, at: int) -> int:
        return bisect_left(self._breaks, at) + 1

    def _next(self, char: str, otherwise: int) -> int:
        found = self._text.find(char, self._at)
        return otherwise if found < 0 else found

    def _closing(self, quote: str, start: int) -> int:
        end = self._text.find(quote, start)
        if end < 0:
            self._unclosed(start)
        return end

    def _unclosed(self, start: int) -> None:
        line = self._line(start)
        raise ForeignFormatError("A quote is opened and not closed.", where=f"line {line}")


class _PowerShellSplitter(_PosixSplitter):
    """A backtick escapes, and a quote is written twice within quotes."""

    escape = "`"

    def _single(self) -> None:
        end = self._closing("'", self._at + 1)
        self._add(self._text[self._at + 1 : end])
        self._at = end + 1
        if self._text[self._at : self._at + 1] == "'":
            self._add("'")

    def _double(self) -> None:
        start, self._word = self._at, self._word if self._word is not None else []
        while (char := self._text[self._at : self._at + 1]) != '"' or (
            self._text[self._at + 1 : self._at + 2] == '"'
        ):
            if not char:
                self._unclosed(start)
            if char == "`":
                escaped = self._text[self._at + 1 : self._at + 2]
                self._add({"n": "\n", "t": "\t", "r": "\r", "0": "\0"}.get(escaped, escaped))
                self._at += 2
            elif char == '"':
                self._add(char)
                self._at += 2
            elif char == "$":
                self._dollar(quoted=True)
            else:
                self._add(char)
                self._at += 1
        self._at += 1
