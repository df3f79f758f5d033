"""Endpoints that refuse, fall silent, read slowly or end in every way that connections end."""

import asyncio

from wirescope.playground.endpoints.endpoint import Arguments, Endpoint, Parameter, at_once
from wirescope.transports.websocket import Acceptance, Refusal, Request, WebSocketConnection


async def _linger(connection: WebSocketConnection, seconds: float) -> None:
    """Take what comes until the peer is done, or the time is over."""
    try:
        async with asyncio.timeout(seconds):
            async for _ in connection:
                pass
    except TimeoutError:
        return


def _close(arguments: Arguments, _: Request) -> Acceptance:
    code, reason = arguments.number("code"), arguments.text("reason")
    after_s, mode = arguments.number("after_ms") / 1000, arguments.text("mode")

    async def handle(connection: WebSocketConnection) -> None:
        await _linger(connection, after_s)
        if connection.closed is not None:
            return
        if mode == "close":
            await connection.close(code or None, reason)
        elif mode == "drop":
            connection.drop()
        else:
            connection.reset()
        await connection.wait_closed()

    return Acceptance(handler=handle)


CLOSE = Endpoint(
    "/close",
    "Ends the connection: with a Close frame, without one, or with a reset.",
    (
        Parameter("code", 1000, "the close code, legal or not; 0 sends none", most=65_535),
        Parameter("reason", "", "the close reason", most=123),
        Parameter("after_ms", 0, "milliseconds to wait before", most=600_000),
        Parameter(
            "mode",
            "close",
            "a Close frame, a FIN alone, a RST",
            choices=("close", "drop", "reset"),
        ),
    ),
    at_once(_close),
)


def _slow(arguments: Arguments, _: Request) -> Acceptance:
    pause_s = arguments.number("pause_ms") / 1000

    async def handle(connection: WebSocketConnection) -> None:
        connection.pause_receiving()
        await asyncio.sleep(pause_s)
        connection.resume_receiving()
        count = length = 0
        async for message in connection:
            count += 1
            length += message.length
            await connection.send(f"{count} messages, {length} bytes read")

    return Acceptance(handler=handle)


SLOW = Endpoint(
    "/slow",
    "Reads nothing for a while, then everything, and counts it.",
    (Parameter("pause_ms", 5000, "milliseconds without reading", most=600_000),),
    at_once(_slow),
)


def _idle(arguments: Arguments, _: Request) -> Acceptance:
    after_s = arguments.number("after_ms") / 1000

    async def handle(connection: WebSocketConnection) -> None:
        await _linger(connection, after_s)
        if connection.closed is None:
            connection.drop()
            await connection.wait_closed()

    return Acceptance(handler=handle)


IDLE = Endpoint(
    "/idle",
    "Says nothing and hangs up after a while, as a proxy does with an idle connection.",
    (Parameter("after_ms", 60_000, "milliseconds", most=3_600_000),),
    at_once(_idle),
)


def _reject(arguments: Arguments, _: Request) -> Refusal:
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    if arguments.text("location"):
        headers.append(("Location", _one_line(arguments.text("location"))))
    if arguments.number("retry_after"):
        headers.append(("Retry-After", str(arguments.number("retry_after"))))
    if arguments.number("status") == 401:
        headers.append(("WWW-Authenticate", 'Basic realm="test endpoints"'))
    return Refusal(
        arguments.number("status"), f"{arguments.text('body')}\n".encode(), tuple(headers)
    )


def _one_line(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


REJECT = Endpoint(
    "/reject",
    "Refuses the opening handshake.",
    (
        Parameter("status", 403, "the HTTP status", least=200, most=599),
        Parameter("body", "This is refused because it was asked to be.", "the body", most=10_000),
        Parameter("location", "", "where to redirect to", most=2000),
        Parameter("retry_after", 0, "seconds, in Retry-After", most=86_400),
    ),
    at_once(_reject),
)
