"""What a run sends without a person at a prompt: the messages of `-d`, or the lines of stdin."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

from wirescope.cli.lines import read_lines
from wirescope.cli.plan import Outgoing, Plan
from wirescope.cli.talk import Talk
from wirescope.decoders import decode_base64, decode_hex
from wirescope.errors import UsageError
from wirescope.transports.websocket import WebSocketConnection

_STREAMED_FROM = 1 << 20
_PIECE = 1 << 18


async def send_messages(connection: WebSocketConnection, messages: tuple[Outgoing, ...]) -> None:
    """Send the messages of `-d` in order."""
    for message in messages:
        await send(connection, message)


async def send_lines(connection: WebSocketConnection, plan: Plan, talk: Talk) -> float:
    """Send each line of stdin as a message, without its line feed.

    Returns the loop's time when the last one was sent, or when the input ended if there was none.
    """
    loop = asyncio.get_running_loop()
    number, last_sent = 0, None
    async with aclosing(read_lines(sys.stdin.fileno())) as lines:
        async for line in lines:
            number += 1
            await send(connection, _from_line(line, plan, talk, number=number))
            last_sent = loop.time()
            if plan.one_message:
                break
    return loop.time() if last_sent is None else last_sent


async def send(connection: WebSocketConnection, message: Outgoing) -> None:
    """Send one message as it stands; a large file goes out piece by piece.

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
