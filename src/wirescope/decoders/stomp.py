"""STOMP 1.0, 1.1 and 1.2 over WebSocket.

A frame is a command, headers, an empty line, a body and a NUL (STOMP 1.2, "STOMP Frames"); a line
end between frames is a heart-beat. A message usually holds one frame, but some clients cut a large
one into several messages, so that what is unfinished is kept for its direction. Version 1.0 has no
escapes in headers, and CONNECT and CONNECTED have none in any version.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wirescope.decoders.nested import is_text, nested
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import MAX_PARTS, MAX_PAYLOAD, Tree, at_most, brief
from wirescope.decoders.unfinished import Unfinished
from wirescope.errors import ComposeError, DecodeError

COMMANDS = (
    "CONNECT", "STOMP", "CONNECTED", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN",
    "COMMIT", "ABORT", "DISCONNECT", "MESSAGE", "RECEIPT", "ERROR",
)  # fmt: skip
MAX_HEADERS = 1000
MAX_HEAD = 64 << 10

_ROLES: dict[str, Role] = {
    "CONNECT": "handshake", "STOMP": "handshake", "CONNECTED": "handshake", "SEND": "push",
    "MESSAGE": "push", "RECEIPT": "response", "ERROR": "error",
}  # fmt: skip
_UNESCAPED = {"CONNECT", "CONNECTED"}
_FIRST = re.compile(rb"\n*(?:%s)\r?\n" % "|".join(COMMANDS).encode())
_LENGTH = re.compile(rb"\ncontent-length:([0-9]{1,12})\r?(?:\n|\Z)")
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_ESCAPES = {"n": "\n", "c": ":", "\\": "\\", "r": "\r"}
_WRITTEN = str.maketrans({"\n": "\\n", ":": "\\c", "\\": "\\\\", "\r": "\\r"})
_SHOWN = ("destination", "subscription", "id", "receipt", "receipt-id", "message", "version")


@dataclass(frozen=True, slots=True)
class StompFrame:
    """One frame; headers in order, repeated ones included. An empty command is a heart-beat."""

    command: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Give a header's value; of a repeated one the first counts (STOMP 1.2)."""
        return next((value for key, value in self.headers if key == name), None)


class StompDecoder:
    """STOMP frames."""

    name = "stomp"
    priority = 40
    subprotocols: tuple[str, ...] = ("v10.stomp", "v11.stomp", "v12.stomp", "stomp")

    def recognises(self, payload: Payload) -> float:
        """Look for a command on the first line."""
        return 0.9 if _FIRST.match(payload.data) else 0.0

    def conversation(self) -> Conversation:
        """Begin to remember the version and unfinished frames."""
        return _Conversation(self.name)

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write `{"command": "SEND", "headers": {…}, "body": …}`, or a list of such.

        Headers are escaped, a body gets its `content-length`; `{"command": ""}` is a heart-beat.
        """
        frames = value if isinstance(value, list) else [value]
        written = [_write(frame) for frame in frames]
        kind = "text" if all(is_text(data.replace(b"\0", b"")) for data in written) else "binary"
        return [Payload(data=b"".join(written), kind=kind, direction="sent")]  # type: ignore[arg-type]


class _Conversation:
    def __init__(self, name: str) -> None:
        self._name = name
        self._version = "1.2"
        self._unfinished: dict[str, Unfinished] = {}

    def decode(self, payload: Payload) -> Decoded:
        unfinished = self._unfinished.setdefault(payload.direction, Unfinished())
        data = unfinished.add(payload.data)
        if data is None:
            return self._together([], unfinished.size)
        unfinished.keep(b"")  # unless it is refused
        parts, complete = [], 0
        for frame, end in at_most(MAX_PARTS, read_frames(data, escaped=self._version != "1.0")):
            if frame.command == "CONNECTED":
                self._version = frame.header("version") or "1.0"
            complete = end
            parts.append(self._frame(frame))
        rest = data[complete:]
        unfinished.keep(rest, needed=_needed(rest), ended_by=b"\0")
        return self._together(parts, len(rest))

    def _together(self, parts: list[Decoded], rest: int) -> Decoded:
        if len(parts) == 1 and not rest:
            return parts[0]
        frames = [part for part in parts if part.role != "heartbeat"]
        if len(frames) == 1 and not rest:  # brokers like to end a frame with a line end
            return replace(frames[0], parts=tuple(parts))
        more = f"{rest:,} bytes of a frame that goes on" if rest else ""
        words = "; ".join([*(part.summary for part in parts[:5]), *filter(None, [more])])
        return Decoded(
            format=self._name, summary=words or "nothing", value=[part.value for part in parts],
            name="frames" if parts else "part of a frame", parts=tuple(parts),
        )  # fmt: skip

    def _frame(self, frame: StompFrame) -> Decoded:
        if not frame.command:
            value: Tree = {"command": ""}
            return Decoded(
                format=self._name, summary="heart-beat", value=value, name="heart-beat",
                role="heartbeat",
            )  # fmt: skip
        role, correlation = _role(frame)
        inside = nested(frame.body, content_type=frame.header("content-type") or "")
        shown = [f"{key}:{value}" for key, value in frame.headers if key in _SHOWN]
        summary = " ".join([frame.command, *shown, *([inside.summary] if inside else [])])
        return Decoded(
            format=self._name, summary=summary, value=_value(frame), name=frame.command,
            role=role, correlation=correlation, nested=inside,
        )  # fmt: skip


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
        found = _frame_at(data, at, escaped)
        if found is None:
            return
        frame, at = found
        yield frame, at


def _frame_at(data: bytes, at: int, escaped: bool) -> tuple[StompFrame, int] | None:  # noqa: FBT001
    lines, position = [], at
    while True:
        end = data.find(b"\n", position)
        if end < 0 or position - at > MAX_HEAD:
            _check_beginning(data, at)
            if len(data) - at > MAX_HEAD:
                raise DecodeError(f"The headers have more than {MAX_HEAD:,} bytes.")
            return None
        line = data[position:end].removesuffix(b"\r")
        position = end + 1
        if not line:
            break
        lines.append(line)
        if len(lines) > MAX_HEADERS:
            raise DecodeError(f"It has more than {MAX_HEADERS:,} headers.", where=f"byte {at}")
    _check_beginning(data, at)
    command = lines[0].decode()
    headers = tuple(_headers(lines[1:], escaped=escaped and command not in _UNESCAPED))
    frame = StompFrame(command, headers)
    last = _end_of_body(data, position, frame.header("content-length"))
    if last is None:
        return None
    return StompFrame(command, headers, data[position:last]), last + 1


def _check_beginning(data: bytes, at: int) -> None:
    line = data[at:].partition(b"\n")[0].removesuffix(b"\r")
    complete = b"\n" in data[at : at + 20]
    names = [command.encode() for command in COMMANDS]
    if line not in names if complete else not any(name.startswith(line) for name in names):
        raise DecodeError("A frame begins with a command of STOMP.", where=f"byte {at}")


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
        yield (_plain(name), _plain(value)) if escaped else (name, value)


def _plain(text: str) -> str:
    # An escape that is not defined is fatal for a receiver; here it is shown as it came.
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), text)


def _role(frame: StompFrame) -> tuple[Role, str | None]:
    role = _ROLES.get(frame.command, "other")
    if role in ("response", "error"):
        return role, frame.header("receipt-id")
    # A broker may pass the sender's header on; only clients ask for receipts.
    receipt = None if frame.command in ("MESSAGE", "CONNECTED") else frame.header("receipt")
    return ("request", receipt) if receipt is not None else (role, None)


def _value(frame: StompFrame) -> Tree:
    headers: dict[str, Tree] = {}
    later: list[Tree] = []
    for name, value in frame.headers:
        if name in headers:
            later.append([name, value])
        else:
            headers[name] = value
    body: Tree = frame.body.decode() if is_text(frame.body) else frame.body
    made: dict[str, Tree] = {"command": frame.command, "headers": headers, "body": body}
    return made | {"later_headers": later} if later else made


def _write(value: Tree) -> bytes:
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
