"""What a run sends without a person at a prompt: the messages of `-d`, or the lines of stdin."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wirescope.cli.plan import Outgoing, Plan
from wirescope.cli.talk import Talk
from wirescope.decoders import decode_base64, decode_hex
from wirescope.errors import UsageError
from wirescope.transports.websocket import WebSocketConnection

if TYPE_CHECKING:
    from wirescope.transports.webrtc import DataChannel

_STREAMED_FROM = 1 << 20
_PIECE = 1 << 18


Send = Callable[[Outgoing], Awaitable[None]]
"""Sends one message on whatever is open."""


async def send_lines(send: Send, lines: AsyncIterator[bytes], plan: Plan, talk: Talk) -> float:
    """Send each line of stdin as a message.

    Returns the loop's time when the last one was sent, or when the input ended if there was none.
    """
    loop = asyncio.get_running_loop()
    number, last_sent = 0, None
    async for line in lines:
        number += 1
        await send(_from_line(line, plan, talk, number=number))
        last_sent = loop.time()
        if plan.one_message:
            break
    return loop.time() if last_sent is None else last_sent


async def send(connection: WebSocketConnection, message: Outgoing) -> None:
    """Send one message on a WebSocket as it stands; a large file goes out piece by piece.

    Raises:
        UsageError: the file cannot be read, or not to the end that it had.
    """
    data = message.data
    if isinstance(data, Path):
        length = await asyncio.to_thread(_size_of, data)
        if length >= _STREAMED_FROM:
            pieces = _pieces(data, length)
            await connection.send_stream(length, pieces, binary=message.binary)
            return
        data = await asyncio.to_thread(_whole, data)
    if message.binary:
        await connection.send(data)
    else:
        await connection.send_text(data)


async def send_on(channel: "DataChannel", message: Outgoing) -> None:
    """Send one message on a data channel as it stands.

    Raises:
        MessageTooLongError: the peer takes no message of this length.
        UsageError: the file cannot be read, or text is not UTF-8, which a channel cannot carry.
    """
    data = message.data
    if isinstance(data, Path):
        data = await asyncio.to_thread(_whole, data)
    if message.binary:
        await channel.send(data)
        return
    try:
        await channel.send(data.decode())
    except UnicodeDecodeError:
        raise UsageError(
            "Text of a data channel is UTF-8, and this is not.", hint="--binary sends bytes."
        ) from None


def _size_of(path: Path) -> int:
    with _readable(path), path.open("rb"):
        return path.stat().st_size


def _whole(path: Path) -> bytes:
    with _readable(path):
        return path.read_bytes()


async def _pieces(path: Path, length: int) -> AsyncIterator[bytes]:
    """Yield a file's first bytes; what is written behind them meanwhile was not announced."""
    left = length
    with _readable(path), path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, min(left, _PIECE)):
            left -= len(piece)
            yield piece
    if left:
        raise UsageError(
            f"{str(path)!r} became shorter while it was sent: {left:,} of {length:,} bytes are"
            " missing, so the message could not be completed.",
            hint="Send a copy that nobody writes to.",
        )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{str(path)!r} cannot be read: {reason}.") from None


def _from_line(line: bytes, plan: Plan, talk: Talk, *, number: int) -> Outgoing:
    if plan.encoding in ("hex", "base64"):
        decode = decode_hex if plan.encoding == "hex" else decode_base64
        try:
            return Outgoing(decode(line.decode("ascii", "replace")), binary=not plan.as_text)
        except ValueError as error:
            raise UsageError(f"Line {number} of stdin: {error}.") from None
    if plan.encoding == "text" and not _is_utf8(line):
        # What is given is what is sent; whether the peer takes it is its affair (RFC 6455 8.1).
        talk.status(f"Line {number} of stdin is not UTF-8, as text must be; --binary sends bytes.")
    return Outgoing(line, binary=plan.encoding == "binary")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
