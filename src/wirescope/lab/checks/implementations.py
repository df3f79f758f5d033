"""The applications that there are, each used once over its transport, and use cases without one.

Each is used as somebody would who comes with the transport alone: a WebSocket to `/echo`, `/push`
and `/jsonrpc`, a call to `/webrtc/echo`, a stream published by WHIP and watched by WHEP, and the
picture that is shown. One that fails is told of as such, and the others are tried all the same.
For which use cases there is none is looked up in the list that the server gives of its paths.

Not here: the playground, which the caller runs; what workloads that stand for use cases showed.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from statistics import median

from wirescope.clock import SystemClock
from wirescope.errors import LabError, UpgradeRefusedError, WirescopeError
from wirescope.events import Timeline
from wirescope.lab.checks.deadlines import within
from wirescope.lab.checks.pairs import NO_ENGINE, forget, quiet_options
from wirescope.lab.results import Row
from wirescope.transports.messages import MessageConnection
from wirescope.transports.webrtc import (
    ChannelOptions,
    Peer,
    is_there,
    make_ready,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.media import ColourBars, Tone, read_number
from wirescope.transports.webrtc.signaling import JsonAdapter, MessageSignaling, dial
from wirescope.transports.websocket import ConnectOptions, WebSocketConnection, connect

ASPECT = "Typical implementations"
LIMIT_S = 15.0
"""Seconds that each application may take."""

ROUND_TRIPS = 20
PUSHED = 50
PICTURES = 15

USE_CASES = {
    "chat": "chat",
    "ticker": "stock ticker",
    "game": "game",
    "conference": "video conference",
    "file": "file sharing",
}
"""By the word that the path of their application has; live streaming is WHIP and WHEP."""

Tried = Callable[[str], Awaitable[str]]
"""Uses an application of the server at an address; says what came of it."""


async def implementations(serve: Callable[[], AbstractAsyncContextManager[str]]) -> Row:
    """Use each application once.

    Args:
        serve: runs the playground; gives its address, `http://127.0.0.1:PORT`.

    Raises:
        WirescopeError: the playground could not be run, or could not be asked for its list.
    """
    if engine := is_there():
        await make_ready()
    async with serve() as base:
        websocket = [await _tried(name, use, base) for name, use in _WEBSOCKET]
        webrtc = await _all_webrtc(base) if engine else [NO_ENGINE]
        listed = await _listed(base)
    return Row(
        aspect=ASPECT,
        websocket=" ".join((*websocket, without_application(listed))).rstrip(),
        webrtc=" ".join(webrtc),
        evidence="The playground's endpoints, used in this run, and its list of them.",
    )


def without_application(listed: str) -> str:
    """Say for which use cases there is no application; empty where that is not known.

    Args:
        listed: the paths that the server has, with words between.
    """
    if "/echo" not in listed:
        return ""  # what has just been used is not in it, so it is no list
    missing = [title for word, title in USE_CASES.items() if word not in listed]
    return f"No application yet: {', '.join(missing)}." if missing else ""


async def _listed(base: str) -> str:
    """Ask for a WebSocket where there is none: the refusal names the paths that there are."""
    async with within(LIMIT_S, "the playground's list"):
        try:
            async with await _connected(base, "/"):
                return ""
        except UpgradeRefusedError as refused:
            return refused.body.decode("utf-8", "replace")


async def _tried(name: str, use: Tried, base: str) -> str:
    try:
        async with within(LIMIT_S, name):
            return f"{name}: {await use(base)}."
    except WirescopeError as error:
        return f"{name} failed: {error.message.rstrip('.')}."


async def _all_webrtc(base: str) -> list[str]:
    """Use them all; those that wait for pictures do so beside each other."""
    said = [await _tried("/webrtc/echo", _call, base)]
    async with asyncio.TaskGroup() as group:
        picture = partial(_watch, "/whep/picture?size=320x180")
        tasks = [
            group.create_task(_tried("/whip/sink", _stream, base)),
            group.create_task(_tried("/whep/picture", picture, base)),
        ]
    return said + [each.result() for each in tasks]


async def round_trip_ms(connection: MessageConnection) -> float:
    """Send a message again and again, each once the last has come back; the median.

    Raises:
        LabError: something else came back.
    """
    took_ns = []
    for number in range(ROUND_TRIPS):
        began_ns, sent = SystemClock.monotonic_ns(), f"message {number}"
        await connection.send(sent)
        if (await connection.receive()).text != sent:
            raise LabError("Something else came back than what was sent.")
        took_ns.append(SystemClock.monotonic_ns() - began_ns)
    return median(took_ns) / 1e6


# Over WebSocket


async def _connected(base: str, path: str) -> WebSocketConnection:
    return await connect(
        base.replace("http", "ws", 1) + path,
        options=ConnectOptions(open_timeout_s=10, close_timeout_s=2),
        timeline=Timeline(),
        sink=forget,
    )


async def _echo(base: str) -> str:
    async with await _connected(base, "/echo") as connection:
        took_ms = await round_trip_ms(connection)
    return f"{ROUND_TRIPS} of {ROUND_TRIPS} back, {took_ms:.1f} ms"


async def _push(base: str) -> str:
    began_ns = SystemClock.monotonic_ns()
    async with await _connected(base, f"/push?count={PUSHED}") as connection:
        came = sum([1 async for _ in connection])
    if came != PUSHED:
        raise LabError(f"{came} of {PUSHED} messages came.")
    return f"{came} of {PUSHED} came within {(SystemClock.monotonic_ns() - began_ns) / 1e6:.0f} ms"


async def _jsonrpc(base: str) -> str:
    call = {"jsonrpc": "2.0", "id": 1, "method": "add", "params": [2, 3]}
    async with await _connected(base, "/jsonrpc") as connection:
        await connection.send(json.dumps(call))
        answer = json.loads((await connection.receive()).text)
    if answer.get("result") != 5:
        raise LabError(f"2 + 3 was answered with {answer}.")
    return "2 + 3 = 5"


# Over WebRTC


async def _call(base: str) -> str:
    """Call the echo by its WebSocket: a round trip on a channel, and the own picture back."""
    async with (
        await _connected(base, "/webrtc/echo") as connection,
        open_peer(timeline=Timeline(), sink=forget, options=quiet_options()) as peer,
    ):
        channel = peer.create_channel(ChannelOptions(label="echo"))
        peer.media.send_video(ColourBars(width=320, height=180))
        signaling = MessageSignaling(connection, JsonAdapter())
        async with negotiate(peer, signaling, polite=False):
            await peer.wait_open()
            took_ms = await round_trip_ms(channel)
            seen = await _pictures(peer)
    return f"{ROUND_TRIPS} of {ROUND_TRIPS} back, {took_ms:.1f} ms, {seen} own pictures back"


async def _stream(base: str) -> str:
    """Publish by WHIP what is watched by WHEP at the same time."""
    async with (
        open_peer(timeline=Timeline(), sink=forget, options=quiet_options()) as publisher,
        asyncio.TaskGroup() as watching,
    ):
        publisher.media.send_video(ColourBars(width=320, height=180))
        publisher.media.send_audio(Tone())
        async with dial(publisher, f"{base}/whip/sink", kind="whip"):
            await publisher.wait_open()
            seen = await watching.create_task(_watch("/whep/sink", base))
    return f"live streaming, published and watched at /whep/sink, {seen}"


async def _watch(path: str, base: str) -> str:
    """Watch what is shown somewhere."""
    async with open_peer(timeline=Timeline(), sink=forget, options=quiet_options()) as peer:
        peer.media.receive("video")
        peer.media.receive("audio")
        began_ns = SystemClock.monotonic_ns()
        async with dial(peer, f"{base}{path}", kind="whep"):
            await peer.wait_open()
            seen = await _pictures(peer)
            took_s = (SystemClock.monotonic_ns() - began_ns) / 1e9
    return f"{seen} pictures within {took_s:.1f} s"


async def _pictures(peer: Peer) -> int:
    """Count pictures whose number can be read, until there are enough."""
    track = next(each for each in peer.media.received if each.kind == "video")
    seen = 0
    async for frame in track.frames():
        seen += read_number(frame) is not None
        if seen == PICTURES:
            break
    return seen


_WEBSOCKET: tuple[tuple[str, Tried], ...] = (
    ("/echo", _echo),
    ("/push", _push),
    ("/jsonrpc", _jsonrpc),
)
