"""A WebSocket server of bare bytes whose faults are chosen one by one."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from tests.support.handshakes import upgrade
from tests.support.raw_server import header, read_head

_TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x1, 0x2, 0x8, 0x9, 0xA
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Scripted:
    """A server's talk: an echo, in order unless told otherwise.

    Attributes:
        pong: answer pings, not at all, or with another payload.
        close: answer Close, not at all, with 1011, by ending TCP, or and leave TCP open.
        checks_origin: refuse the Origin of another host.
        checks_host: refuse a Host that is not 127.0.0.1.
        wants_origin: refuse who sends no Origin.
        subprotocol: the only one that is taken; others get 400.
        lines: more lines of the 101.
        limit: bytes of the largest message; larger ones are refused with `limit_code`.
        limit_code: 0 ends the connection without a Close frame.
        strict: whether what breaks RFC 6455 is refused with 1002.
        idle_s: how long a silent connection lives.
        answers: whether messages come back.
        heads: the requests.
    """

    pong: Literal["right", "none", "wrong"] = "right"
    close: Literal["right", "none", "1011", "eof", "open"] = "right"
    checks_origin: bool = False
    checks_host: bool = False
    wants_origin: bool = False
    subprotocol: str = ""
    lines: tuple[str, ...] = ()
    limit: int = 1 << 30
    limit_code: int = 1009
    strict: bool = False
    idle_s: float = 60
    answers: bool = True
    heads: list[bytes] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        self.heads.append(head)
        refusal = self._refusal(head)
        if refusal:
            writer.write(refusal)
            await writer.drain()
            return
        agreed = (f"Sec-WebSocket-Protocol: {self.subprotocol}",) if self.subprotocol else ()
        writer.write(upgrade(head, *self.lines, *agreed))
        with suppress(TimeoutError):
            while await asyncio.wait_for(self._turn(reader, writer), self.idle_s):
                await writer.drain()
        await writer.drain()

    def _refusal(self, head: bytes) -> bytes:
        origin, host = header(head, "Origin"), header(head, "Host")
        if self.checks_origin and origin and "127.0.0.1" not in origin:
            return _FORBIDDEN
        if self.wants_origin and not origin:
            return _FORBIDDEN
        if self.checks_host and "127.0.0.1" not in host:
            return _FORBIDDEN
        offered = header(head, "Sec-WebSocket-Protocol")
        if self.subprotocol and offered and offered != self.subprotocol:
            return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
        return b""

    async def _turn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read a frame and answer it; say whether to go on."""
        first, masked, length = await _header(reader)
        if length > self.limit:
            if self.limit_code:
                writer.write(_frame(_CLOSE, self.limit_code.to_bytes(2, "big")))
            return False
        payload = await _payload(reader, length, masked=masked)
        opcode = first & 0x0F
        if self.strict and _is_illegal(first, payload, masked=masked):
            code = 1007 if opcode == _TEXT else 1002
            writer.write(_frame(_CLOSE, code.to_bytes(2, "big")))
            return False
        if opcode == _PING:
            self._answer_ping(writer, payload)
        elif opcode == _CLOSE:
            return await self._answer_close(reader, writer, payload)
        elif opcode in (_TEXT, _BINARY) and self.answers:
            writer.write(_frame(opcode, payload))
        return True

    def _answer_ping(self, writer: asyncio.StreamWriter, payload: bytes) -> None:
        if self.pong != "none":
            writer.write(_frame(_PONG, payload if self.pong == "right" else b"something else"))

    async def _answer_close(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, payload: bytes
    ) -> bool:
        if self.close == "none":
            return True
        if self.close != "eof":
            code = b"\x03\xf3" if self.close == "1011" else payload
            writer.write(_frame(_CLOSE, code))
        if self.close == "open":
            await writer.drain()
            await reader.read()
        return False


async def _header(reader: asyncio.StreamReader) -> tuple[int, bool, int]:
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length >= 126:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    return first, bool(second & 0x80), length


async def _payload(reader: asyncio.StreamReader, length: int, *, masked: bool) -> bytes:
    key = await reader.readexactly(4) if masked else bytes(4)
    data = await reader.readexactly(length)
    whole = key * (length // 4 + 1)
    return (int.from_bytes(data) ^ int.from_bytes(whole[:length])).to_bytes(length)


def _is_illegal(first: int, payload: bytes, *, masked: bool) -> bool:
    opcode = first & 0x0F
    if not masked or first & 0x70 or 3 <= opcode <= 7 or opcode > _PONG:
        return True
    if opcode >= _CLOSE and len(payload) > 125:
        return True
    try:
        payload.decode()
    except UnicodeDecodeError:
        return opcode == _TEXT
    return False


def _frame(opcode: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        size = bytes([length])
    elif length < 65_536:
        size = b"\x7e" + length.to_bytes(2, "big")
    else:
        size = b"\x7f" + length.to_bytes(8, "big")
    return bytes([0x80 | opcode]) + size + payload
