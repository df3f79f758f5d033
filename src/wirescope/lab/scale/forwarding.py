"""A forwarder of media, its publisher and its viewers: RTP passed on without decoding.

The publisher sends packets as long as those of Opus at 64 kbit/s, at whose rate they go. Publisher
and viewers are bare ends, which decrypt what comes and decode nothing: a decoder's cost is that of
its codec, and the same however many watch. Who comes is answered over a WebSocket.
"""

import asyncio
import struct
from collections.abc import Iterable
from typing import ClassVar

import msgspec

from wirescope.errors import UsageError
from wirescope.events import Timeline
from wirescope.lab.scale.listening import OPTIONS, forget, listening, url_at
from wirescope.lab.scale.orders import Join, Play, Question
from wirescope.lab.scale.side import Side, at_once
from wirescope.transports.webrtc import BareEnd, Forwarder, ForwarderOptions, open_forwarder
from wirescope.transports.websocket import WebSocketConnection, connect

JOIN_AT_ONCE = 16
JOIN_TIMEOUT_S = 20.0

PAYLOAD_BYTES = 160
SAMPLES = 960
"""Of 48 kHz in the 20 ms of a packet (RFC 7587)."""

_HEADER = struct.Struct("!BBHII")
_VERSION, _PAYLOAD_TYPE, _SSRC = 0x80, 111, 77
_OPTIONS = ForwarderOptions(max_viewers=1 << 16)
_read_question = msgspec.json.Decoder(Question).decode


class Forwarding(Side):
    """The forwarder."""

    async def host(self) -> int:
        """Listen; the port."""
        self._forwarder: Forwarder = await self.hold(
            open_forwarder(timeline=Timeline(), sink=forget, options=_OPTIONS),
            timeout_s=JOIN_TIMEOUT_S,
        )
        return await self.hold(listening(self._answer), timeout_s=JOIN_TIMEOUT_S)

    async def _answer(self, connection: WebSocketConnection) -> None:
        async for message in connection:
            question = _read_question(message.payload)
            forwarder = self._forwarder
            session = await (forwarder.publish() if question.publishes else forwarder.watch())
            await connection.send(await session.answer(question.offer))


class Viewers(Side):
    """Viewers, and in one process the publisher."""

    message_bytes: ClassVar[int] = PAYLOAD_BYTES

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        super().__init__(tasks)
        self._publisher: BareEnd | None = None
        self._viewers: list[BareEnd] = []
        self._packets = 0

    async def join(self, order: Join) -> None:
        """Have so many viewers, and before them the publisher if there is to be one.

        Raises:
            WirescopeError: one could not connect.
        """
        if order.publishes and self._publisher is None:
            self._publisher = await self._connected(order.ports[0], publishes=True)
        missing = order.participants - len(self._viewers)
        self._viewers += await at_once(
            (self._connected(order.ports[0], publishes=False) for _ in range(missing)), JOIN_AT_ONCE
        )

    async def _connected(self, port: int, *, publishes: bool) -> BareEnd:
        end = BareEnd(self._take_packet)
        offer = await end.offer("sendonly" if publishes else "recvonly")
        async with await connect(
            url_at(port), options=OPTIONS, timeline=Timeline(), sink=forget
        ) as connection:
            question = Question(publishes=publishes, offer=offer)
            await connection.send(msgspec.json.encode(question).decode())
            answer = (await connection.receive()).text
        await end.take(answer, timeout_s=JOIN_TIMEOUT_S)
        return end

    def _take_packet(self, packet: bytes) -> None:
        self.take(memoryview(packet)[len(packet) - PAYLOAD_BYTES :])

    def mine(self, order: Play) -> Iterable[int]:
        """Give the numbers of the packets that this process sends: all, or none."""
        return range(0 if self._publisher is None else order.messages)

    async def send(self, number: int, message: bytes, order: Play) -> None:
        """Send a packet."""
        if self._publisher is None:
            raise UsageError(f"This process publishes nothing, so not {number} either.")
        self._packets += 1
        header = _HEADER.pack(
            _VERSION,
            _PAYLOAD_TYPE,
            self._packets & 0xFFFF,
            self._packets * SAMPLES & 0xFFFFFFFF,
            _SSRC,
        )
        self._publisher.send(header + message)

    async def leave(self) -> None:
        """Let go what is held."""
        for each in (*self._viewers, *([] if self._publisher is None else [self._publisher])):
            await each.close()
        await super().leave()
