"""cURL command lines, as people and browsers' "Copy as cURL" write them.

Each `curl` command is an endpoint, called as the comment above it or after its host. `http:` and
`https:` become `ws:` and `wss:`, since what is copied is the upgrade of a WebSocket (RFC 6455
section 4.1). The options of a command are in `curl_request`.
"""

import re
from itertools import groupby, takewhile
from pathlib import PurePosixPath

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.cmd_words import Command
from wirescope.workbench.exchange.curl_request import endpoints_of
from wirescope.workbench.exchange.encodings import text_of
from wirescope.workbench.exchange.handshake import host_of
from wirescope.workbench.exchange.model import Imported, Tell
from wirescope.workbench.exchange.reading import Reading, join_name, parts_of
from wirescope.workbench.exchange.shells import split_commands

FORM = "curl"
MAX_BYTES = 1 << 20

_BEGINS = re.compile(
    rb"(?:\s|#[^\n]*\n)*(?:\$\s+|>\s+)?(?:\w+=\S*\s+)*(?:[\w.~/-]*/)?curl(?:\.exe)?[\s^`]",
    re.IGNORECASE,
)
_ASSIGNMENT = re.compile(r"\w+=.*", re.DOTALL)


def recognise(data: bytes) -> bool:
    """Say whether a file begins with a curl command."""
    return bool(_BEGINS.match(data))


def read(data: bytes, name: str) -> Imported:
    """Read each curl command as an endpoint.

    Raises:
        ForeignFormatError: there is none, a quote is not closed, or it is not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise ForeignFormatError(f"It is longer than {MAX_BYTES >> 20} MiB.")
    reading = Reading(FORM)
    found = False
    for command in split_commands(text_of(data)):
        words = _arguments(command, reading.note)
        if words is not None:
            found = True
            _read_command(command, words, name, reading)
    if not found:
        raise ForeignFormatError("There is no curl command in it.")
    return reading.done()


def _arguments(command: Command, tell: Tell) -> list[str] | None:
    """Give what stands behind `curl`; None where it is another program."""
    place = f"line {command.line}"
    words = command.words[1:] if command.words[0] in ("$", ">") else command.words
    assigned = list(takewhile(_ASSIGNMENT.fullmatch, words))
    words = words[len(assigned) :]
    if not words or PurePosixPath(words[0]).name.lower() not in ("curl", "curl.exe"):
        # A value that is assigned may be a secret.
        shown = (assigned or words or command.words)[0].partition("=")[0]
        tell(place, f"{shown[:40]!r} is not curl; the line is left out.")
        return None
    for each in assigned:
        tell(place, f"The value of the shell's {each.partition('=')[0]} is left out.")
    return words[1:]


def _read_command(command: Command, words: list[str], name: str, reading: Reading) -> None:
    place = f"line {command.line}"
    for text in command.notes:
        reading.note(place, text)
    # Behind --next stands another request, to which nothing of the one before goes.
    for is_next, part in groupby(words, lambda word: word in ("-:", "--next")):
        for endpoint in [] if is_next else endpoints_of(list(part), place, reading.note):
            wanted = command.comment or host_of(endpoint.url) or name
            reading.endpoint(join_name(*parts_of(wanted)), endpoint)
