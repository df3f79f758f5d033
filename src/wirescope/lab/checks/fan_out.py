"""One message to n participants, by a server and by a mesh: what it costs, measured small.

The server passes a message on to as many of its participants as it is told. It has a thread for
itself, so that its processor time is told from theirs. The participants are real connections on
another thread. Of the mesh, all peers are in this process, since the engine's threads serve all of
them: its cost is that of sending and receiving together.

Not here: what follows from it (`scalability`).
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import combinations

from wirescope.events import Timeline
from wirescope.lab.checks.pairs import forget, joined
from wirescope.lab.ends.usage import cpu_s
from wirescope.transports.webrtc import ChannelOptions, DataChannel, Peer
from wirescope.transports.websocket import (
    Acceptance,
    ConnectOptions,
    ServerOptions,
    WebSocketConnection,
    connect,
    serve,
)

MESSAGE_BYTES = 100

_OPTIONS = ConnectOptions(compression=None, open_timeout_s=10, close_timeout_s=2)


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time of a message that goes to n participants.

    Attributes:
        participants: how many there were, the sender among them.
        sender_us: of who makes the copies, in microseconds; of a mesh that of all.
        all_us: of everybody together.
        uplinks: copies that the participant sent whose message it was, a message.
        connections: that had been opened, those of larger rounds among them.
    """

    participants: int
    sender_us: float
    all_us: float
    uplinks: float
    connections: int


# A server


@dataclass(slots=True)
class Room:
    """A server's participants, and the rounds in which the first one sends to some of them.

    The first message of a round is text and says to how many its binary ones go; the last round
    has none.

    Attributes:
        messages: that the first one has to say in a round.
        costs: of each round that is over.
    """

    messages: int
    costs: list[Cost] = field(default_factory=list)
    _members: list[WebSocketConnection] = field(default_factory=list)
    _size: int = 0
    _sent: int = 0
    _thread_s: float = 0
    _all_s: float = 0

    async def serve(self, connection: WebSocketConnection) -> None:
        """Keep a participant until it leaves."""
        self._members.append(connection)
        async for message in connection:
            if message.kind == "text":
                self._begin(int(message.text))
                continue
            self._sent += 1
            for member in self._members[: self._size]:
                await member.send(message.payload)

    def _begin(self, size: int) -> None:
        thread_s, all_s = time.thread_time(), cpu_s()
        if self._sent:
            self.costs.append(
                Cost(
                    self._size,
                    1e6 * (thread_s - self._thread_s) / self._sent,
                    1e6 * (all_s - self._all_s) / self._sent,
                    self._sent / self.messages,
                    len(self._members),
                )
            )
        self._size, self._sent, self._thread_s, self._all_s = size, 0, thread_s, all_s


async def through_a_server(rounds: Sequence[int], messages: int) -> list[Cost]:
    """Have a server pass messages on to so many participants in each round.

    Args:
        rounds: the number of participants of each.
        messages: of a round; each goes once the one before has come back to its sender.

    Raises:
        WirescopeError: a participant could not connect, or was closed.
    """
    room = Room(messages)
    async with serve(
        lambda _: Acceptance(handler=room.serve), options=ServerOptions(compression=None)
    ) as server:
        # In the participants' thread there is a loop of their own; it ends at the latest when
        # the server closes their connections.
        await asyncio.to_thread(asyncio.run, _take_part(server.url, rounds, messages))
    return room.costs


async def _take_part(url: str, rounds: Sequence[int], messages: int) -> None:
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as readers:
        connections = []
        for _ in range(max(rounds)):
            connection = await connect(url, options=_OPTIONS, timeline=Timeline(), sink=forget)
            connections.append(await stack.enter_async_context(connection))
        reading = [readers.create_task(_read(each)) for each in connections[1:]]
        sender, payload = connections[0], bytes(MESSAGE_BYTES)
        for size in rounds:
            await sender.send(str(size))
            for _ in range(messages):
                await sender.send(payload)
                await sender.receive()
        await sender.send("0")
        for each in reading:
            each.cancel()


async def _read(connection: WebSocketConnection) -> None:
    async for _ in connection:
        pass


# A mesh


async def through_a_mesh(rounds: Sequence[int], messages: int) -> list[Cost]:
    """Have one peer of a mesh send messages to others of it.

    All pairs of the largest number of peers are connected, whatever the round.

    Args:
        rounds: the number of peers of each, the sender among them.
        messages: of a round; each goes once the one before has come everywhere.

    Raises:
        WirescopeError: two peers could not be joined, or were parted.
    """
    async with AsyncExitStack() as stack:
        pairs = [(pair, await _join(stack)) for pair in combinations(range(max(rounds)), 2)]
        ends = [each for (first, _), each in pairs if first == 0]
        return [await _send_to_all(ends[: size - 1], messages, len(pairs)) for size in rounds]


async def _join(stack: AsyncExitStack) -> tuple[DataChannel, DataChannel]:
    sending: list[DataChannel] = []
    came: asyncio.Queue[DataChannel] = asyncio.Queue()

    def prepare(one: Peer, other: Peer) -> None:
        sending.append(one.create_channel(ChannelOptions(label="mesh")))
        other.on_channel = came.put_nowait

    await stack.enter_async_context(joined(prepare))
    await sending[0].wait_open()
    return sending[0], await came.get()


async def _send_to_all(
    ends: Sequence[tuple[DataChannel, DataChannel]], messages: int, connections: int
) -> Cost:
    payload, before_s, sent = bytes(MESSAGE_BYTES), cpu_s(), 0
    for _ in range(messages):
        for sending, _ in ends:
            await sending.send(payload)
            sent += 1
        for _, receiving in ends:
            await receiving.receive()
    used_us = 1e6 * (cpu_s() - before_s) / messages
    return Cost(len(ends) + 1, used_us, used_us, sent / messages, connections)
