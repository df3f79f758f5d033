"""What a client holds on a TURN server: a relayed address, and whom it may talk to.

Nothing is refreshed by itself: who holds an allocation for longer than its lifetime refreshes it,
and sees how the server answers.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from wirescope.errors import PacketError, UsageError, WirescopeError
from wirescope.transports.turn.exchanges import Exchange
from wirescope.transports.turn.flow import Address
from wirescope.transports.turn.opening import new_transaction_id
from wirescope.wire.stun import (
    ChannelNumber,
    Data,
    Lifetime,
    MessageClass,
    Method,
    StunMessage,
    Value,
    XorPeerAddress,
    build_stun,
    make_message,
)
from wirescope.wire.turn import CHANNEL_NUMBERS, ChannelData

if TYPE_CHECKING:
    from wirescope.transports.turn.client import TurnClient

MOST_WAITING = 1024
"""Datagrams that wait to be received; what comes beyond them is dropped and counted."""

_RELEASE_S = 2.0


class Allocation:
    """A relayed address. `TurnClient.allocate` gets one.

    Attributes:
        relayed: the address that peers send to.
        mapped: this end's address, as the server sees it; None if it did not say.
        lifetime_s: how long the server granted, from then on.
        exchange: the request that got it, and the answer.
        dropped: datagrams that nobody received in time.
    """

    def __init__(
        self,
        client: "TurnClient",
        *,
        relayed: Address,
        mapped: Address | None,
        lifetime_s: int,
        exchange: Exchange,
    ) -> None:
        self.relayed = relayed
        self.mapped = mapped
        self.lifetime_s = lifetime_s
        self.exchange = exchange
        self.dropped = 0
        self._client = client
        self._channels: dict[Address, int] = {}
        self._reserved: dict[Address, int] = {}
        self._peers: dict[int, Address] = {}
        self._came: deque[tuple[Address, bytes]] = deque()
        self._news = asyncio.Event()

    async def refresh(self, lifetime_s: int | None = None) -> int:
        """Prolong it, or end it with 0 (RFC 8656 section 8); what the server granted, in seconds.

        Raises:
            ConnectError: no answer came.
            PacketError: the answer cannot be read.
            StunRefusedError: the server refused.
        """
        values: list[Value] = [] if lifetime_s is None else [Lifetime(lifetime_s)]
        exchange = await self._client.request(Method.REFRESH, *values)
        assert exchange.answer is not None
        granted = exchange.answer.find(Lifetime)
        if granted is None:
            message = "The server's Refresh answer has no LIFETIME."
            raise PacketError(message, clause="RFC 8656 8.2", offset=0)
        self.lifetime_s = granted.seconds
        return granted.seconds

    async def permit(self, *peers: Address) -> Exchange:
        """Let peers send to it, each from any port of its host (RFC 8656 section 10).

        The port is told all the same: a server may relay to its own relayed addresses and to no
        other port of its own host.

        Raises:
            ConnectError: no answer came.
            PacketError: the answer cannot be read.
            StunRefusedError: the server refused, with 403 where it relays to no such address.
        """
        values = [XorPeerAddress(*peer) for peer in peers]
        return await self._client.request(Method.CREATE_PERMISSION, *values)

    async def bind_channel(self, peer: Address) -> Exchange:
        """Bind a channel to a peer, so that each datagram costs 4 bytes (RFC 8656 section 12).

        Raises:
            ConnectError: no answer came.
            PacketError: the answer cannot be read.
            StunRefusedError: the server refused.
            UsageError: all channels are bound.
        """
        number = self._reserved.get(peer) or self._free_channel()
        # before the request, so that another one meanwhile takes another number
        self._reserved[peer], self._peers[number] = number, peer
        values = (ChannelNumber(number), XorPeerAddress(*peer))
        try:
            exchange = await self._client.request(Method.CHANNEL_BIND, *values)
        except BaseException:
            if peer not in self._channels:
                self._reserved.pop(peer, None)
                self._peers.pop(number, None)
            raise
        self._channels[peer] = self._reserved[peer] = number
        self._peers[number] = peer
        return exchange

    def _free_channel(self) -> int:
        for number in CHANNEL_NUMBERS:
            if number not in self._peers:
                return number
        raise UsageError("All channels of the allocation are bound.")

    def send(self, peer: Address, data: bytes) -> None:
        """Send a datagram to a peer, over its channel if there is one (RFC 8656 section 11)."""
        flow = self._client.flow
        if (number := self._channels.get(peer)) is not None:
            flow.send_channel_data(ChannelData(number, data))
            return
        indication = make_message(
            MessageClass.INDICATION,
            Method.SEND,
            new_transaction_id(),
            XorPeerAddress(*peer),
            Data(data),
        )
        flow.send(build_stun(indication))

    async def receive(self, *, within_s: float) -> tuple[Address, bytes] | None:
        """Take the next datagram and whom it is from; None if none comes in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not self._came:
                    self._news.clear()
                    await self._news.wait()
        return self._came.popleft() if self._came else None

    def take(self, message: StunMessage | ChannelData) -> None:
        """Take what came for it: ChannelData or a Data indication; other things are passed over."""
        if isinstance(message, ChannelData):
            peer, data = self._peers.get(message.channel), message.data
        else:
            peer, data = _of_indication(message)
        if peer is None:
            return
        if len(self._came) >= MOST_WAITING:
            self.dropped += 1
            return
        self._came.append((peer, data))
        self._news.set()

    async def give_back(self) -> None:
        """End it; a server that does not answer has forgotten it, or will (RFC 8656 section 8)."""
        with suppress(WirescopeError, TimeoutError):
            async with asyncio.timeout(_RELEASE_S):
                await self.refresh(0)


def _of_indication(message: StunMessage) -> tuple[Address | None, bytes]:
    is_data = message.method == Method.DATA
    if not is_data or message.message_class is not MessageClass.INDICATION:
        return None, b""
    try:
        peer, data = message.find(XorPeerAddress), message.find(Data)
    except PacketError:
        return None, b""
    if peer is None or data is None:  # what came back by ICMP has no data (section 11.6)
        return None, b""
    return (peer.host, peer.port), data.data
