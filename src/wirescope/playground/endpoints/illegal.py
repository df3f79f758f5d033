"""The endpoint that breaks the protocol, one rule at a time (RFC 6455 sections 5 to 8)."""

import asyncio
from collections.abc import Awaitable, Callable

from wirescope.errors import UsageError
from wirescope.playground.endpoints.endpoint import Arguments, Endpoint, Parameter, at_once
from wirescope.transports.websocket import Acceptance, Request, WebSocketConnection

Breaking = Callable[[WebSocketConnection], Awaitable[None]]


async def _interleaved(connection: WebSocketConnection) -> None:
    await connection.send_frame(1, b"one", fin=False)
    await connection.send_frame(1, b"another")


async def _after_close(connection: WebSocketConnection) -> None:
    await connection.send_raw(b"\x88\x02\x03\xe8\x81\x05after")


async def _half_frame(connection: WebSocketConnection) -> None:
    await connection.send_frame(1, b"half", announced_length=8)
    connection.drop()


_BREAKING: dict[str, Breaking] = {
    "reserved-opcode": lambda connection: connection.send_frame(0x3, b"?"),
    "rsv": lambda connection: connection.send_frame(1, b"rsv2", rsv2=True),
    "masked": lambda connection: connection.send_frame(1, b"masked", masked=True),
    "bad-utf8": lambda connection: connection.send_frame(1, b"\xce\xba\xff"),
    "bad-close-code": lambda connection: connection.send_frame(8, b"\x03\xee"),
    "short-close": lambda connection: connection.send_frame(8, b"\x03"),
    "fragmented-ping": lambda connection: connection.send_frame(9, b"", fin=False),
    "long-ping": lambda connection: connection.send_frame(9, bytes(126)),
    "unexpected-continuation": lambda connection: connection.send_frame(0, b"?"),
    "interleaved": _interleaved,
    "nonminimal-length": lambda connection: connection.send_frame(1, b"x", length_encoding=64),
    "huge-length": lambda connection: connection.send_frame(2, b"x", announced_length=1 << 63),
    "after-close": _after_close,
    "half-frame": _half_frame,
}


def _illegal(arguments: Arguments, _: Request) -> Acceptance:
    breaking = _BREAKING[arguments.text("kind")]
    try:
        raw = bytes.fromhex(arguments.text("hex"))
    except ValueError:
        raise UsageError("hex takes pairs of hexadecimal digits.") from None

    async def handle(connection: WebSocketConnection) -> None:
        await connection.send_frame(1, b"The next frame is illegal.")
        if raw:
            await connection.send_raw(raw)
        else:
            await breaking(connection)
        try:
            async with asyncio.timeout(10):
                async for _ in connection:
                    pass
        except TimeoutError:
            await connection.close(1000, "nobody minded")

    return Acceptance(handler=handle, compression=None)


ILLEGAL = Endpoint(
    "/illegal",
    "Breaks one rule of the protocol.",
    (
        Parameter("kind", "reserved-opcode", "which one", choices=tuple(_BREAKING)),
        Parameter("hex", "", "or these bytes, as they are", most=10_000),
    ),
    at_once(_illegal),
)
