"""The endpoint that answers a call: signaling over WebSocket, and everything sent back.

Messages go back on the channel that they came on, so that they are as reliable both ways. Sound and
picture go back on the media section that they came on. That takes the engine's tracks: the packet
path passes media on without decoding it, but each of its connections goes one way and has no data
channels, and here both are wanted of one connection. The engine sends a track that it receives
without its frames passing through Python; they are decoded and encoded anew, which costs a fifth of
a core for a small picture, so that calls are few at a time.
"""

import asyncio
from contextlib import suppress

from wirescope.errors import (
    ConnectionClosedError,
    EngineError,
    MessageTooLongError,
    WirescopeError,
)
from wirescope.playground.endpoints.endpoint import Arguments
from wirescope.playground.endpoints.serving import Serving
from wirescope.playground.relaying import relay_access
from wirescope.transports.webrtc import (
    DataChannel,
    IceServer,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.media import ReceivedTrack
from wirescope.transports.webrtc.signaling import MessageSignaling, adapter_of
from wirescope.transports.websocket import Acceptance, Request, WebSocketConnection

OPEN_TIMEOUT_S = 30.0
"""Seconds from the socket until the call stands."""

MAX_CALLS = 16
MAX_CHANNELS = 64
"""Channels of one call that are answered at a time; more are closed."""

TRY_AGAIN_LATER = 1013
"""Of IANA's registry of WebSocket close codes."""

CALL_FAILED = 4000
REASON_BYTES = 123
"""RFC 6455 section 5.5: what is left of a control frame behind the code."""


class Calls:
    """The calls that are answered at the moment."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._under_way = 0

    def answer(self, arguments: Arguments, _: Request) -> Acceptance:
        """Take a call."""
        codec, adapter = arguments.text("codec"), adapter_of(arguments.text("adapter"))
        delay_s = arguments.number("delay_ms") / 1000
        relays = relay_access(self._serving.relay, "echo")
        options = PeerOptions(
            codecs=() if codec == "any" else (codec,),
            open_timeout_s=OPEN_TIMEOUT_S,
            ice_servers=tuple(IceServer(*each) for each in relays),
        )

        async def handle(connection: WebSocketConnection) -> None:
            if self._under_way >= MAX_CALLS:
                await connection.close(TRY_AGAIN_LATER, f"there are {MAX_CALLS} calls already")
                return
            self._under_way += 1
            try:
                signaling = MessageSignaling(connection, adapter)
                await self._call(connection, signaling, options, delay_s)
            finally:
                self._under_way -= 1

        return Acceptance(handler=handle)

    async def _call(
        self,
        connection: WebSocketConnection,
        signaling: MessageSignaling,
        options: PeerOptions,
        delay_s: float,
    ) -> None:
        """Keep one call until it ends, or its signaling does."""
        try:
            async with (
                asyncio.TaskGroup() as echoes,
                open_peer(
                    timeline=self._serving.timeline,
                    sink=self._serving.sink,
                    options=options,
                    url=f"webrtc+{connection.url}",
                ) as peer,
                negotiate(peer, signaling, polite=True),
            ):
                self._serving.on_call(connection.id, peer.id)
                _answer_all(peer, echoes, delay_s)
                await _either(peer, connection)
                if peer.failed is not None:
                    await connection.close(CALL_FAILED, _reason(peer.failed.message))
        except* WirescopeError as errors:  # as where there is no engine; the group wraps it
            await connection.close(CALL_FAILED, _reason(_first(errors).message))


def _answer_all(peer: Peer, echoes: asyncio.TaskGroup, delay_s: float) -> None:
    def on_channel(channel: DataChannel) -> None:
        answered = sum(each.closed is None for each in peer.channels) <= MAX_CHANNELS
        echoes.create_task(_echo(channel, delay_s) if answered else _close(channel))

    def on_track(track: ReceivedTrack) -> None:
        peer.media.send_back(track)

    peer.on_channel = on_channel
    peer.media.on_track = on_track


async def _echo(channel: DataChannel, delay_s: float) -> None:
    async for message in channel:
        if delay_s:
            await asyncio.sleep(delay_s)
        try:
            await channel.send(message.text if message.kind == "text" else message.payload)
        except ConnectionClosedError:
            return
        except MessageTooLongError:  # it takes less than it sends
            continue
        except EngineError:  # whoever waits for the message learns that it does not come
            await channel.close()
            return


async def _close(channel: DataChannel) -> None:
    await channel.close()


async def _either(peer: Peer, connection: WebSocketConnection) -> None:
    """Wait until the call or its signaling has ended."""
    async with asyncio.TaskGroup() as group:
        ends = {group.create_task(peer.wait_ended()), group.create_task(_closed(connection))}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for each in ends:
            each.cancel()


async def _closed(connection: WebSocketConnection) -> None:
    with suppress(ConnectionClosedError):
        await connection.wait_closed()


def _first(errors: BaseExceptionGroup[WirescopeError]) -> WirescopeError:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _reason(text: str) -> str:
    return text.encode()[:REASON_BYTES].decode("utf-8", "ignore")
