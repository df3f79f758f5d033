"""STOMP frames: out of bytes that may be cut anywhere, and back.

A frame is a command, headers, an empty line, a body and a NUL (STOMP 1.2, "STOMP Frames"); a line
end between frames is a heart-beat. Version 1.0 has no escapes in headers, and CONNECT and CONNECTED
have none in any version. What their headers say already is who asks and who answers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wirescope.decoders.marks import PUSH, Mark, Relation, bounded
from wirescope.decoders.tree import MAX_PARTS, MAX_PAYLOAD, Tree, at_most, brief
from wirescope.decoders.unfinished import Unfinished
from wirescope.errors import ComposeError, DecodeError
from wirescope.events import Direction

COMMANDS = (
    "CONNECT", "STOMP", "CONNECTED", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN",
    "COMMIT", "ABORT", "DISCONNECT", "MESSAGE", "RECEIPT", "ERROR",
)  # fmt: skip
_COMMANDS = frozenset(each.encode() for each in COMMANDS)
_LONGEST_COMMAND = max(map(len, COMMANDS)) + len("\r\n")
MAX_HEADERS = 1000
MAX_HEAD = 64 << 10

_UNESCAPED = {"CONNECT", "CONNECTED"}
_LENGTH = re.compile(rb"\ncontent-length:([0-9]{1,12})\r?(?:\n|\Z)")
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_ESCAPES = {"n": "\n", "c": ":", "\\": "\\", "r": "\r"}
_WRITTEN = str.maketrans({"\n": "\\n", ":": "\\c", "\\": "\\\\", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class StompFrame:
    """One frame; headers in order, repeated ones included. An empty command is a heart-beat."""

    command: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Give a header's value; of a repeated one the first counts (STOMP 1.2)."""
        return next((value for key, value in self.headers if key == name), None)


class Frames:
    """Cuts the frames of one connection out of its messages, both directions.

    Attributes:
        connected: whether CONNECTED has passed.
    """

    def __init__(self) -> None:
        self.connected = False
        self._escaped = True
        self._unfinished: dict[Direction, Unfinished] = {}

    def cut(self, data: bytes, direction: Direction) -> tuple[list[StompFrame], int]:
        """Give the frames that end in a message, and how many bytes wait for the next one.

        Raises:
            DecodeError: it is not STOMP; what was kept is forgotten.
        """
        unfinished = self._unfinished.setdefault(direction, Unfinished())
        joined = unfinished.add(data)
        if joined is None:
            return [], unfinished.size
        if unfinished.size:
            unfinished.keep(b"")  # unless it is refused
        frames, complete = [], 0
        for frame, end in at_most(MAX_PARTS, read_frames(joined, escaped=self._escaped)):
            if frame.command == "CONNECTED":
                self._escaped = (frame.header("version") or "1.0") != "1.0"
            complete = end
            frames.append(frame)
        rest = joined[complete:]
        if rest:
            unfinished.keep(rest, needed=_needed(rest), ended_by=b"\0")
        return frames, len(rest)

    def mark(self, frame: StompFrame) -> Mark:
        """Say what a frame asks or answers; to be called for each in order."""
        command = frame.command
        if command in ("RECEIPT", "ERROR"):
            receipt = frame.header("receipt-id")
            if receipt is None and command == "ERROR" and not self.connected:
                return Relation.STREAM, "CONNECT"  # it is what a refused CONNECT gets
            return PUSH if receipt is None else (Relation.RESPONSE, bounded(receipt))
        if command == "CONNECTED":
            self.connected = True
            return Relation.RESPONSE, "CONNECT"
        if command in ("CONNECT", "STOMP"):
            self.connected = False
            return Relation.REQUEST, "CONNECT"
        # A broker may pass the sender's header on; only clients ask for receipts.
        receipt = None if command in ("MESSAGE", "") else frame.header("receipt")
        return PUSH if receipt is None else (Relation.REQUEST, bounded(receipt))


def read_frames(data: bytes, *, escaped: bool = True) -> Iterator[tuple[StompFrame, int]]:
    """Yield the frames that are complete, heart-beats too, and where each ends.

    Raises:
        DecodeError: it is not STOMP.
    """
    at = 0
    while at < len(data):
        if data[at : at + 1] == b"\n" or data[at : at + 2] == b"\r\n":
            at += 1 if data[at] == 10 else 2
            yield StompFrame(""), at
            continue
        found = _frame_at(data, at, escaped=escaped)
        if found is None:
            return
        frame, at = found
        yield frame, at


def _frame_at(data: bytes, at: int, *, escaped: bool) -> tuple[StompFrame, int] | None:
    head = _head_at(data, at)
    if head is None:
        _check_beginning(data[at : at + _LONGEST_COMMAND])
        return None
    lines, begin = head
    if lines[0] not in _COMMANDS:
        raise DecodeError("A frame begins with a command of STOMP.", where=f"byte {at}")
    command = lines[0].decode()
    headers = tuple(_headers(lines[1:], escaped=escaped and command not in _UNESCAPED))
    announced = next((value for name, value in headers if name == "content-length"), None)
    last = _end_of_body(data, begin, announced)
    if last is None:
        return None
    return StompFrame(command, headers, data[begin:last]), last + 1


def _head_at(data: bytes, at: int) -> tuple[list[bytes], int] | None:
    """Give the lines before the body and where it begins; None where they go on."""
    lines: list[bytes] = []
    begin = at
    while (end := data.find(b"\n", begin, at + MAX_HEAD)) >= 0:
        line = data[begin:end].removesuffix(b"\r")
        begin = end + 1
        if not line:
            return lines, begin
        lines.append(line)
        if len(lines) > MAX_HEADERS:
            raise DecodeError(f"It has more than {MAX_HEADERS:,} headers.", where=f"byte {at}")
    if len(data) - at >= MAX_HEAD:
        raise DecodeError(f"The headers have more than {MAX_HEAD:,} bytes.", where=f"byte {at}")
    return None


def _check_beginning(data: bytes) -> None:
    """Refuse what goes on but cannot become a frame."""
    line, ended, _ = data.partition(b"\n")
    line = line.removesuffix(b"\r")
    if line not in _COMMANDS if ended else not any(each.startswith(line) for each in _COMMANDS):
        raise DecodeError("A frame begins with a command of STOMP.")


def _end_of_body(data: bytes, begin: int, announced: str | None) -> int | None:
    if announced is not None and announced.isascii() and announced.isdigit():
        end = begin + int(announced[:12])
        if end < len(data) and data[end]:
            raise DecodeError(
                "The body is not as long as content-length says.", where=f"byte {end}"
            )
        return end if end < len(data) else None
    end = data.find(b"\0", begin)
    return end if end >= 0 else None


def _needed(rest: bytes) -> int:
    """Give how many bytes the frame has at least that goes on."""
    found = _LENGTH.search(rest.partition(b"\n\n")[0][:MAX_HEAD])
    return min(int(found[1]), MAX_PAYLOAD) if found else 0


def _headers(lines: list[bytes], *, escaped: bool) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.decode("utf-8", "backslashreplace").partition(":")
        if not colon:
            raise DecodeError(f"The header {brief(name, 40)} has no colon.")
        yield (_plain(name), _plain(value)) if escaped and b"\\" in line else (name, value)


def _plain(text: str) -> str:
    # An escape that is not defined is fatal for a receiver; here it is shown as it came.
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), text)


def write_frame(value: Tree) -> bytes:
    """Write a frame given by its fields; an empty command is a heart-beat.

    Raises:
        ComposeError: a field has a value that it cannot have.
    """
    if not isinstance(value, dict) or not isinstance(command := value.get("command"), str):
        raise ComposeError("A STOMP frame is an object with a command.", where="command")
    if not command:
        return b"\n"
    if command not in COMMANDS:
        listed = ", ".join(COMMANDS)
        raise ComposeError(
            f"There is no command {brief(command, 40)}.", where="command",
            hint=f"There are {listed}.",
        )  # fmt: skip
    body = value.get("body", "")
    if not isinstance(body, str | bytes):
        raise ComposeError("A body is a text or bytes.", where="body")
    data = body.encode("utf-8", "replace") if isinstance(body, str) else body
    pairs = list(_pairs(value))
    if data and not any(name == "content-length" for name, _ in pairs):
        pairs.append(("content-length", str(len(data))))
    plain = command in _UNESCAPED
    lines = [command, *(f"{_written(name, plain)}:{_written(text, plain)}" for name, text in pairs)]
    return "\n".join([*lines, "", ""]).encode("utf-8", "replace") + data + b"\0"


def _pairs(value: dict[str, Tree]) -> Iterator[tuple[str, str]]:
    headers, later = value.get("headers") or {}, value.get("later_headers") or []
    if not isinstance(headers, dict) or not isinstance(later, list):
        raise ComposeError("Headers are an object of texts.", where="headers")
    for name, text in [
        *headers.items(),
        *(each for each in later if isinstance(each, list) and len(each) == 2),
    ]:
        if not isinstance(name, str) or not isinstance(text, str | int):
            raise ComposeError(f"The header {brief(name, 40)} is no text.", where="headers")
        yield name, str(text)


def _written(text: str, plain: bool) -> str:  # noqa: FBT001
    if plain and set(text) & {"\n", "\r"}:
        raise ComposeError("A header of CONNECT has no line ends.", where="headers")
    return text if plain else text.translate(_WRITTEN)
