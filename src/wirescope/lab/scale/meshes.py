"""A participant of a mesh of data channels: it is joined with each other, and sends each a copy.

It has a process to itself, as it would have a machine. Whoever comes later calls those who are
there, over a WebSocket for signaling that stays open. Channels are ordered and reliable, as a
chat's.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from wirescope.events import Timeline
from wirescope.lab.scale.listening import OPTIONS, forget, listening, url_at
from wirescope.lab.scale.orders import Join, Play, Played
from wirescope.lab.scale.side import Side, at_once
from wirescope.transports.webrtc import (
    ChannelOptions,
    DataChannel,
    PeerOptions,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.signaling import JsonAdapter, MessageSignaling
from wirescope.transports.websocket import WebSocketConnection, connect

CALL_AT_ONCE = 8
"""Calls at a time: more only wait for each other's handshakes."""

CALL_TIMEOUT_S = 30.0

_PEER = PeerOptions(open_timeout_s=CALL_TIMEOUT_S, statistics_interval_s=0)


class Mesh(Side):
    """One participant."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        super().__init__(tasks)
        self._channels: list[DataChannel] = []
        self._changed = asyncio.Condition()

    async def host(self) -> int:
        """Listen for those who come later; the port."""
        return await self.hold(listening(self._welcome), timeout_s=CALL_TIMEOUT_S)

    async def join(self, order: Join) -> None:
        """Call those who are there.

        Raises:
            WirescopeError: one could not be joined.
        """
        self.first = order.first
        await at_once((self._call(port) for port in order.ports), CALL_AT_ONCE)

    async def _call(self, port: int) -> None:
        await self._add(await self.hold(self._called(port), timeout_s=CALL_TIMEOUT_S))

    async def _add(self, channel: DataChannel) -> None:
        self._tasks.create_task(self._read(channel))
        async with self._changed:
            self._channels.append(channel)
            self._changed.notify_all()

    async def _read(self, channel: DataChannel) -> None:
        async for message in channel:
            self.take(message.payload)

    @asynccontextmanager
    async def _called(self, port: int) -> AsyncIterator[DataChannel]:
        async with (
            await connect(
                url_at(port), options=OPTIONS, timeline=Timeline(), sink=forget
            ) as connection,
            open_peer(timeline=Timeline(), sink=forget, options=_PEER) as peer,
        ):
            channel = peer.create_channel(ChannelOptions(label="mesh"))
            signaling = MessageSignaling(connection, JsonAdapter())
            async with negotiate(peer, signaling, polite=False):
                await peer.wait_open()
                await channel.wait_open()
                yield channel

    async def _welcome(self, connection: WebSocketConnection) -> None:
        came: asyncio.Queue[DataChannel] = asyncio.Queue()
        async with open_peer(timeline=Timeline(), sink=forget, options=_PEER) as peer:
            peer.on_channel = came.put_nowait
            signaling = MessageSignaling(connection, JsonAdapter())
            async with negotiate(peer, signaling, polite=True):
                await peer.wait_open()
                await self._add(await came.get())
                await peer.wait_ended()

    async def play(self, order: Play) -> Played:
        """Send and take messages once it is joined with everybody else."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._channels) == order.participants - 1)
        return await super().play(order)

    def mine(self, order: Play) -> Iterable[int]:
        """Give the numbers of the messages that it sends."""
        return self.turns(order, 1)

    async def send(self, number: int, message: bytes, order: Play) -> None:
        """Send everybody else a copy."""
        for each in self._channels:
            await each.send(message)
