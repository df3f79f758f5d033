"""A WebSocket server that passes each message on to everybody, and those who take part.

The server is our own, without compression. One participant is whole: our client, as an application
has it. The others speak just enough of RFC 6455 for messages of one length, since many whole ones
would take more of the machine than the server does.
"""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from wirescope.errors import ConnectionClosedError, NetworkError
from wirescope.events import Timeline
from wirescope.lab.scale.listening import HOST, OPTIONS, forget, listening, url_at
from wirescope.lab.scale.orders import Join, Play
from wirescope.lab.scale.side import Side, at_once
from wirescope.transports.websocket import WebSocketConnection, connect

CONNECT_AT_ONCE = 64
CONNECT_TIMEOUT_S = 20.0

_BINARY, _MASKED, _NO_MASK = 0x82, 0x80, bytes(4)
_HEAD_END = b"\r\n\r\n"
_HEAD_BYTES = 2  # of a frame from the server, of up to 125 bytes


class Room(Side):
    """The server: what anybody says goes to everybody, the one who said it among them."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        super().__init__(tasks)
        self._members: list[WebSocketConnection] = []

    async def host(self) -> int:
        """Listen; the port."""
        return await self.hold(listening(self._serve), timeout_s=CONNECT_TIMEOUT_S)

    async def _serve(self, connection: WebSocketConnection) -> None:
        self._members.append(connection)
        try:
            async for message in connection:
                for member in tuple(self._members):
                    with suppress(ConnectionClosedError):  # its own handler sees that
                        await member.send(message.payload)
        finally:
            self._members.remove(connection)


class Members(Side):
    """Participants of a room."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        super().__init__(tasks)
        self._members: list[LightMember | WebSocketConnection] = []

    async def join(self, order: Join) -> None:
        """Have so many participants.

        Raises:
            WirescopeError: one could not connect.
        """
        self.first = order.first
        missing = order.participants - len(self._members)
        if order.whole:
            for _ in range(missing):
                self._members.append(await self.hold(self._whole(order.ports[0]), timeout_s=10))
        else:
            self._members += await at_once(
                (self._light(order.ports[0]) for _ in range(missing)), CONNECT_AT_ONCE
            )

    @asynccontextmanager
    async def _whole(self, port: int) -> AsyncIterator[WebSocketConnection]:
        async with (
            await connect(
                url_at(port), options=OPTIONS, timeline=Timeline(), sink=forget
            ) as connection,
            asyncio.TaskGroup() as tasks,
        ):
            reading = tasks.create_task(self._read(connection))
            yield connection
            reading.cancel()

    async def _read(self, connection: WebSocketConnection) -> None:
        async for message in connection:
            self.take(message.payload)

    async def _light(self, port: int) -> "LightMember":
        loop = asyncio.get_running_loop()
        member = LightMember(self, port)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await loop.create_connection(lambda: member, HOST, port)
                await member.ready.wait()
        except (OSError, TimeoutError) as error:
            raise NetworkError(f"A participant could not connect: {error}.") from None
        return member

    def mine(self, order: Play) -> Iterable[int]:
        """Give the numbers of the messages that this process sends."""
        return self.turns(order, len(self._members))

    async def send(self, number: int, message: bytes, order: Play) -> None:
        """Send a message as the participant whose turn it is."""
        await self._members[number % order.participants - self.first].send(message)

    async def leave(self) -> None:
        """Let go what is held."""
        for each in self._members:
            if isinstance(each, LightMember):
                each.close()
        await super().leave()


class LightMember(asyncio.Protocol):
    """A participant that knows frames of one length, and no others.

    Args:
        side: takes what comes.
        port: of the server, for the request.

    Attributes:
        ready: set once the server has accepted it.
    """

    def __init__(self, side: Side, port: int) -> None:
        self.ready = asyncio.Event()
        self._side = side
        self._port = port
        self._frame_bytes = _HEAD_BYTES + side.message_bytes
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask to be let in."""
        self._transport = transport  # type: ignore[assignment]
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(  # type: ignore[attr-defined]
            f"GET / HTTP/1.1\r\nHost: {HOST}:{self._port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take the answer, and then frames."""
        if self._rest:
            data = self._rest + data
        if not self.ready.is_set():
            answer, end, data = data.partition(_HEAD_END)
            if not end:
                self._rest = answer
                return
            if b" 101 " not in answer.partition(b"\r\n")[0]:
                self.close()
                return
            self.ready.set()
        view, length = memoryview(data), self._frame_bytes
        whole = len(data) // length * length
        for at in range(0, whole, length):
            if view[at] == _BINARY:
                self._side.take(view[at + _HEAD_BYTES : at + length])
        self._rest = data[whole:]

    async def send(self, message: bytes) -> None:
        """Send a message; the mask is of zeros, which leaves it as it is."""
        assert self._transport is not None
        head = bytes((_BINARY, _MASKED | len(message)))
        self._transport.write(head + _NO_MASK + message)

    def close(self) -> None:
        """End it without a word."""
        if self._transport is not None:
            self._transport.abort()
