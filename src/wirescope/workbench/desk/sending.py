"""Something to send, as it was typed, made ready: variables replaced, spelled bytes read.

What is typed is what goes on the wire. Text need not be JSON because it was meant to be, and a
frame may be one that the protocol forbids; what is wrong is said, and sent all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import msgspec

from wirescope.decoders import decode_base64, decode_hex
from wirescope.errors import UsageError
from wirescope.events import CLOSE, INLINE_LIMIT, MessageKind, Transport
from wirescope.transports.websocket import WebSocketConnection
from wirescope.wire.websocket import build_header
from wirescope.workbench.desk.states import Outgoing, Preview
from wirescope.workbench.desk.words import size
from wirescope.workbench.workspace import HIDDEN, Resolver, Span

MOST_FRAGMENTS = 10_000
INLINE_FILE = 1 << 20
"""A file of so many bytes at most is read and sent as any message, compressed too; a longer one
goes out as it is read."""

LARGEST_FILE = 1 << 30

ONLY_WHOLE = "A data channel carries whole messages: it has no frames, opcodes or fragments."

_SHOWN = 4096
_WHERE = "the message"
_PIECE = 256 << 10
_KEY = bytes(4)


class Ready(msgspec.Struct, frozen=True):
    """What will go out.

    Attributes:
        payload: the bytes; empty for a file that is sent as it is read.
        kind: of the message.
        shown: the payload for people, secrets hidden.
        summary: the same in a few words.
        file: the file to be read; None for everything else.
        length: bytes of payload.
        secrets: values of the secrets in it.
    """

    payload: bytes
    kind: MessageKind
    shown: str
    summary: str
    file: Path | None
    length: int
    secrets: tuple[str, ...] = ()


def prepare(outgoing: Outgoing, resolver: Resolver, *, root: Path) -> Ready:
    """Replace variables and read what was typed.

    Args:
        outgoing: what was typed.
        resolver: what variables stand for.
        root: the folder that a file's path begins at.

    Raises:
        UsageError: it cannot be sent, or a variable has no value.
    """
    return _ready(outgoing, resolver.resolve(outgoing.body, where=_WHERE).spans, root)


def _ready(outgoing: Outgoing, spans: Sequence[Span], root: Path) -> Ready:
    _check(outgoing)
    text = "".join(each.text for each in spans)
    shown = "".join(HIDDEN if each.source == "secret" else each.text for each in spans)
    if outgoing.opcode == CLOSE:
        payload = _close_payload(outgoing)
        summary = f"Close {outgoing.code if outgoing.code is not None else 'without a code'}"
        return Ready(payload, "binary", outgoing.reason, summary, None, len(payload))
    if outgoing.form == "file":
        return _prepared_file(outgoing, _path(text, root))
    payload = _read(outgoing, text)
    kind = _kind(outgoing)
    secrets = tuple(each.text for each in spans if each.source == "secret")
    if secrets and len(payload) > INLINE_LIMIT:
        raise UsageError(
            f"A message with a secret has {size(INLINE_LIMIT)} at most, and this one"
            f" {size(len(payload))}: a longer one could not be recorded without it.",
            hint="Take the secret out of it, or send it by itself.",
        )
    return Ready(payload, kind, shown[:_SHOWN], _brief(shown), None, len(payload), secrets)


def _kind(outgoing: Outgoing) -> MessageKind:
    binary = outgoing.binary
    if binary is None:
        binary = outgoing.form in ("hex", "base64", "file")
    return "binary" if binary else "text"


def _check(outgoing: Outgoing) -> None:
    if outgoing.opcode is not None and not 0 <= outgoing.opcode <= 0xF:
        raise UsageError(f"An opcode has four bits, {outgoing.opcode} does not fit.")
    if not 0 <= outgoing.rsv <= 7:
        raise UsageError(f"There are three reserved bits, {outgoing.rsv} does not fit.")
    if not 1 <= outgoing.fragments <= MOST_FRAGMENTS:
        raise UsageError(
            f"A message can be cut into 1 to {MOST_FRAGMENTS:,} frames, not {outgoing.fragments}."
        )
    check_code(outgoing.code)


def check_code(code: int | None) -> None:
    """See whether a Close frame can have this code.

    Raises:
        UsageError: it does not fit into two bytes.
    """
    if code is not None and not 0 <= code <= 0xFFFF:
        raise UsageError(
            f"A close code has two bytes, {code} does not fit.",
            hint="Codes from 1000 to 1014 and from 3000 to 4999 mean something.",
        )


def _close_payload(outgoing: Outgoing) -> bytes:
    if outgoing.code is None:
        return b""
    return outgoing.code.to_bytes(2, "big") + outgoing.reason.encode()


def _read(outgoing: Outgoing, text: str) -> bytes:
    # What was typed is not repeated in a sentence: a secret may stand in it by now.
    if outgoing.form == "hex":
        try:
            return decode_hex(text)
        except ValueError:
            raise UsageError(
                "This is not hex.", hint="Write two of 0 to 9 and a to f for each byte."
            ) from None
    if outgoing.form == "base64":
        try:
            return decode_base64(text)
        except ValueError:
            raise UsageError(
                "This is not base64.", hint="Write letters, digits, + and /, or - and _ for these."
            ) from None
    return text.encode("utf-8", "surrogatepass")


def _path(text: str, root: Path) -> Path:
    if "\0" in text:
        raise UsageError("The path of a file has no zero bytes, and this one does.")
    try:
        return root / Path(text).expanduser()
    except RuntimeError:
        raise UsageError(
            f"There is no home folder {text.partition('/')[0]} on this machine.",
            hint="Write the path from / or from the workspace's folder on.",
        ) from None


def _prepared_file(outgoing: Outgoing, path: Path) -> Ready:
    try:
        length = path.stat().st_size
        if not path.is_file():
            raise UsageError(f"{path} is not a file.")
        if length > LARGEST_FILE:
            raise UsageError(f"{path.name} has {size(length)}; {size(LARGEST_FILE)} are sent.")
        split = outgoing.opcode is not None or outgoing.fragments > 1
        if split and length > INLINE_FILE:
            raise UsageError(
                f"{path.name} has {size(length)}; as a frame of its own, or cut into frames, at"
                f" most {size(INLINE_FILE)} are sent.",
                hint="Send it as one message.",
            )
        payload = path.read_bytes() if length <= INLINE_FILE else b""
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    summary = f"the file {path.name}"
    whole = length <= INLINE_FILE
    return Ready(payload, _kind(outgoing), summary, summary, None if whole else path, length)


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def preview(
    outgoing: Outgoing, resolver: Resolver, *, root: Path, transport: Transport = "websocket"
) -> Preview:
    """Say what would go out, and what is wrong with it.

    It is asked while a person types, so secrets are not fetched for it, and not counted.
    """
    previewed = _previewed(outgoing, resolver, root)
    if transport == "websocket" or previewed.problem:
        return previewed
    if has_frames(outgoing):
        return _nothing(ONLY_WHOLE)
    return msgspec.structs.replace(previewed, wire_length=-1)


def has_frames(outgoing: Outgoing) -> bool:
    """Whether something is to go out as frames of its own choice, which only a WebSocket has."""
    return outgoing.opcode is not None or outgoing.fragments > 1


def _previewed(outgoing: Outgoing, resolver: Resolver, root: Path) -> Preview:
    try:
        spans = resolver.preview(outgoing.body, where=_WHERE).spans
        unknown = list(dict.fromkeys(each.name for each in spans if each.source == "unknown"))
        if unknown:
            return _unresolved("".join(each.text for each in spans), unknown)
        secrets = list(dict.fromkeys(each.name for each in spans if each.source == "secret"))
        if secrets:
            return _without_secrets(outgoing, spans, secrets, root)
        ready = _ready(outgoing, spans, root)
    except UsageError as error:
        problem = f"{error.message} {error.hint}".rstrip()
        return _nothing(problem)
    return _preview(outgoing, ready, _warning(outgoing, ready))


def _preview(outgoing: Outgoing, ready: Ready, warning: str) -> Preview:
    return Preview(
        length=ready.length,
        wire_length=_wire_length(outgoing, ready),
        text=ready.shown,
        problem="",
        warning=warning,
        unresolved=[],
    )


def _nothing(problem: str, *, text: str = "", unresolved: Sequence[str] = ()) -> Preview:
    return Preview(
        length=0,
        wire_length=0,
        text=text,
        problem=problem,
        warning="",
        unresolved=list(unresolved),
    )


def _unresolved(text: str, unknown: Sequence[str]) -> Preview:
    names = ", ".join(unknown)
    verb = "has" if len(unknown) == 1 else "have"
    problem = f"{names} {verb} no value. Give it one in the environment, or take it out."
    return _nothing(problem, text=text[:_SHOWN], unresolved=unknown)


def _without_secrets(
    outgoing: Outgoing, spans: Sequence[Span], secrets: Sequence[str], root: Path
) -> Preview:
    """Count what is no secret; what a secret is a part of can be read only when it is sent."""
    shown = "".join(HIDDEN if each.source == "secret" else each.text for each in spans)[:_SHOWN]
    names = ", ".join(secrets)
    if outgoing.form not in ("text", "json"):
        warning = f"What it amounts to is known when it is sent, with the value of {names}."
        return msgspec.structs.replace(_nothing("", text=shown), warning=warning)
    rest = "".join(each.text for each in spans if each.source != "secret")
    ready = _ready(outgoing, [Span(rest, "literal")], root)
    warning = f"The length is that without {names}, whose value is asked for when it is sent."
    return _preview(outgoing, msgspec.structs.replace(ready, shown=shown), warning)


def _wire_length(outgoing: Outgoing, ready: Ready) -> int:
    if outgoing.opcode is not None:
        key = _KEY if outgoing.masked else None
        header = build_header(outgoing.opcode, ready.length, masking_key=key)
        return len(header) + ready.length
    parts = _lengths(ready.length, outgoing.fragments)
    return sum(len(build_header(1, length, masking_key=_KEY)) + length for length in parts)


def _lengths(length: int, parts: int) -> list[int]:
    edges = [length * number // parts for number in range(parts + 1)]
    return [after - before for before, after in pairwise(edges)]


def _warning(outgoing: Outgoing, ready: Ready) -> str:
    if outgoing.form == "json" and outgoing.opcode is None:
        try:
            msgspec.json.decode(ready.payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return f"This is not JSON: {error}. It can be sent as text."
    is_text = outgoing.opcode == 1 or (outgoing.opcode is None and ready.kind == "text")
    if is_text and ready.file is None and outgoing.fin:
        try:
            ready.payload.decode()
        except UnicodeDecodeError as error:
            return f"Text has to be UTF-8 (RFC 6455 section 8.1); byte {error.start} is not."
    return ""


async def send(connection: WebSocketConnection, outgoing: Outgoing, ready: Ready) -> None:
    """Send it; waits while the peer is slow.

    Raises:
        ConnectionClosedError: the connection is closing or closed.
        UsageError: the file changed while it was sent.
    """
    if outgoing.opcode is not None:
        await connection.send_frame(
            outgoing.opcode,
            ready.payload,
            fin=outgoing.fin,
            rsv1=bool(outgoing.rsv & 4),
            rsv2=bool(outgoing.rsv & 2),
            rsv3=bool(outgoing.rsv & 1),
            masked=outgoing.masked,
        )
    elif ready.file is not None:
        await _send_file(connection, ready)
    elif outgoing.fragments > 1:
        await connection.send_fragments(_cut(ready.payload, outgoing.fragments), kind=ready.kind)
    elif ready.kind == "text":
        await connection.send_text(ready.payload)
    else:
        await connection.send(ready.payload)


def _cut(payload: bytes, parts: int) -> list[bytes]:
    pieces, start = [], 0
    for length in _lengths(len(payload), parts):
        pieces.append(payload[start : start + length])
        start += length
    return pieces


async def _send_file(connection: WebSocketConnection, ready: Ready) -> None:
    assert ready.file is not None
    stream = await asyncio.to_thread(ready.file.open, "rb")
    try:
        pieces = _pieces(stream, ready.length)
        await connection.send_stream(ready.length, pieces, binary=ready.kind == "binary")
    except ValueError:
        raise UsageError(
            f"{ready.file.name} became shorter while it was sent, so the connection was ended."
        ) from None
    finally:
        await asyncio.to_thread(stream.close)


async def _pieces(stream: BinaryIO, length: int) -> AsyncIterator[bytes]:
    while length > 0:
        piece = await asyncio.to_thread(stream.read, min(_PIECE, length))
        if not piece:
            return
        length -= len(piece)
        yield piece
