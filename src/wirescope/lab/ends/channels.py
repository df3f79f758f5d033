"""Ends over a data channel, signaled over a WebSocket that takes the same way as the datagrams.

The client makes the channel and the offer; who it reaches answers, be it the server that it has
connected to or another client of a server in the middle. Through that, datagrams take its TURN
server alone. The WebSocket stays open beside the channel, as it does in applications.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from wirescope.clock import SystemClock
from wirescope.errors import ConnectError, EngineError
from wirescope.lab.cells import TransportName
from wirescope.lab.ends.carrier import Carrier, taking
from wirescope.lab.ends.orders import (
    Candidate,
    Channel,
    Facts,
    Join,
    Listen,
    Look,
    Open,
    Pair,
    Turn,
)
from wirescope.lab.ends.recording import Record
from wirescope.lab.ends.websockets import dial
from wirescope.transports import webrtc
from wirescope.transports.webrtc import (
    ChannelOptions,
    DataChannel,
    Description,
    IceServer,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.signaling import JsonAdapter, MessageSignaling
from wirescope.transports.websocket import WebSocketConnection

CLOSE_TIMEOUT_S = 3.0

OPTIONS: dict[TransportName, ChannelOptions] = {
    "data-channel-reliable": ChannelOptions(label="reliable"),
    "data-channel-unreliable": ChannelOptions(label="unreliable", ordered=False, max_retransmits=0),
    "media": ChannelOptions(label="beside-media"),  # as calls have one; nothing goes over it
}
"""The channels by the names of their transports."""


class ChannelCarrier(Carrier):
    """Carries messages over a data channel."""

    def __init__(self, peer: Peer, channel: DataChannel) -> None:
        super().__init__()
        self.connection: DataChannel = channel
        self.peer: Peer = peer

    async def facts(self) -> Facts:
        """Say what was agreed on, and which path is taken."""
        channel, pair = self.connection, None
        if channel.closed is None:
            with suppress(EngineError):
                pair = selected_pair(await self.peer.statistics())
        return Facts(
            channel=Channel(
                id=channel.id,
                label=channel.label,
                ordered=channel.ordered,
                max_retransmits=channel.max_retransmits,
                max_packet_life_time_ms=channel.max_packet_life_time_ms,
            ),
            pair=pair,
        )

    def look(self) -> Look:
        """See how it stands at this moment; the engine tells no window."""
        return Look(SystemClock.monotonic_ns(), self._buffered())

    def has_left(self) -> bool:
        """Whether all that was sent has left the engine's queue."""
        return not self._buffered()

    def _buffered(self) -> int:
        return 0 if self.connection.closed else self.connection.buffered_bytes

    async def close(self) -> None:
        """Close the connection."""
        self.leave.set()
        await self.peer.close()


class _Counting(MessageSignaling):
    """Signaling that counts its messages.

    Attributes:
        count: descriptions and candidates, both ways.
    """

    def __init__(self, connection: WebSocketConnection) -> None:
        super().__init__(connection, JsonAdapter())
        self.count = 0

    async def send(self, message: Description | webrtc.Candidate) -> None:
        """Send a message."""
        self.count += 1
        await super().send(message)

    def __aiter__(self) -> AsyncIterator[Description | webrtc.Candidate]:
        return self._counted(super().__aiter__())

    async def _counted(
        self, messages: AsyncIterator[Description | webrtc.Candidate]
    ) -> AsyncIterator[Description | webrtc.Candidate]:
        async for each in messages:
            self.count += 1
            yield each


@asynccontextmanager
async def open_channel(order: Open, record: Record) -> AsyncIterator[Carrier]:
    """Be the client; everything is closed when the context ends."""
    began_ns = SystemClock.monotonic_ns()
    async with await dial(order, record) as connection:
        peer_options = options(order.turn, order.timeout_s, record)
        async with open_peer(
            timeline=record.timeline, sink=record.sink, options=peer_options, url=connection.url
        ) as peer:
            channel = peer.create_channel(OPTIONS[order.transport])
            signaling = _Counting(connection)
            async with negotiate(peer, signaling, polite=False):
                await peer.wait_open()  # which knows why it fails
                async with _carried(
                    peer, channel, signaling, record, transport=order.transport, began_ns=began_ns
                ) as carrier:
                    yield carrier


@asynccontextmanager
async def carry_channel(
    connection: WebSocketConnection, order: Listen | Join, record: Record
) -> AsyncIterator[Carrier]:
    """Be the far side of a client that has come, or that will over a server in the middle.

    Raises:
        ConnectError: nobody made a channel in time, or it did not open.
    """
    turn = order.turn if isinstance(order, Join) else None
    peer_options = options(turn, order.timeout_s, record)
    made: asyncio.Queue[DataChannel] = asyncio.Queue()
    async with open_peer(
        timeline=record.timeline, sink=record.sink, options=peer_options, url=connection.url
    ) as peer:
        began_ns = SystemClock.monotonic_ns()
        peer.on_channel = made.put_nowait
        signaling = _Counting(connection)
        async with negotiate(peer, signaling, polite=True):
            await peer.wait_open()
            try:
                async with asyncio.timeout(order.timeout_s):
                    channel = await made.get()
            except TimeoutError:
                raise ConnectError(
                    f"The other side made no channel within {order.timeout_s:g} s.",
                    phase="sctp",
                    kind="timeout",
                ) from None
            async with _carried(
                peer, channel, signaling, record, transport=order.transport, began_ns=began_ns
            ) as carrier:
                yield carrier


@asynccontextmanager
async def _carried(
    peer: Peer,
    channel: DataChannel,
    signaling: _Counting,
    record: Record,
    *,
    transport: TransportName,
    began_ns: int,
) -> AsyncIterator[Carrier]:
    """Carry messages over a channel once it is open; how that came about is noted."""
    await channel.wait_open()
    carrier = ChannelCarrier(peer, channel)
    await carrier.note_opened(
        SystemClock.monotonic_ns() - began_ns,
        transport=transport,
        phases_ms=record.phases_ms,
        signaling_messages=signaling.count,
    )
    async with taking(carrier):
        yield carrier


def options(turn: Turn | None, timeout_s: float, record: Record) -> PeerOptions:
    """Say how a peer behaves: by the TURN server alone or not, unwatched if nothing is kept."""
    servers = () if turn is None else (IceServer(turn.url, turn.username, turn.credential),)
    return PeerOptions(
        ice_servers=servers,
        transport_policy="all" if turn is None else "relay",
        open_timeout_s=timeout_s,
        close_timeout_s=CLOSE_TIMEOUT_S,
        statistics_interval_s=1 if record.keeps else 0,
    )


def selected_pair(report: dict[str, dict[str, Any]]) -> Pair | None:
    """Find the pair that is selected in a sample of statistics (W3C webrtc-stats section 8.14)."""
    for values in report.values():
        if values.get("type") != "transport":
            continue
        pair = report.get(str(values.get("selectedCandidatePairId")))
        if pair is not None:
            local, remote = (
                _candidate(report.get(str(pair.get(f"{side}CandidateId")), {}))
                for side in ("local", "remote")
            )
            return Pair(local=local, remote=remote)
    return None


def _candidate(values: dict[str, Any]) -> Candidate:
    return Candidate(
        kind=str(values.get("candidateType", "")),
        protocol=str(values.get("protocol", "")),
        address=str(values.get("address") or ""),
        port=int(values.get("port") or 0),
        relay_protocol=str(values.get("relayProtocol") or ""),
    )
