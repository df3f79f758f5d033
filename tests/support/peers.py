"""Two ends of a WebRTC connection in one process, and what carries their signaling."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self, TypeVar

import msgspec

from wirescope.errors import SignalingError
from wirescope.events import AnyEvent, Emission, Event, Timeline
from wirescope.transports.webrtc import (
    Candidate,
    Description,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)

Said = Description | Candidate
E = TypeVar("E", bound=Event)


class Wire:
    """One end of a signaling that goes through memory, and can be cut."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Said | None] = asyncio.Queue()
        self._other: Wire = self
        self.cut = False
        self.sent: list[Said] = []

    @classmethod
    def pair(cls) -> tuple[Self, Self]:
        """Make two ends."""
        one, other = cls(), cls()
        one._other, other._other = other, one
        return one, other

    async def send(self, message: Said) -> None:
        """Send to the other end."""
        if self.cut:
            raise SignalingError("The signaling was cut.")
        self.sent.append(message)
        await self._other._queue.put(message)

    def end(self) -> None:
        """Take leave of the other end."""
        self._other._queue.put_nowait(None)

    def __aiter__(self) -> AsyncIterator[Said]:
        return self._said()

    async def _said(self) -> AsyncIterator[Said]:
        while (message := await self._queue.get()) is not None:
            yield message


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(AnyEvent).decode


@dataclass
class Capture:
    """Keeps the events of both ends, each of which has to be one that can be read back."""

    events: list[AnyEvent] = field(default_factory=list)
    timeline: Timeline = field(default_factory=Timeline)

    def sink(self, emissions: Sequence[Emission]) -> None:
        """Take events."""
        for each in emissions:
            if isinstance(each, Event):
                assert _decode(_encode(each)) == each
                self.events.append(each)

    def of(self, kind: type[E], connection: str = "") -> list[E]:
        """Give the events of a kind, of one connection or all."""
        return [
            each
            for each in self.events
            if isinstance(each, kind) and connection in ("", each.connection)
        ]


async def until(condition: Callable[[], object], timeout_s: float = 30) -> None:
    """Wait until something holds that no event tells of."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def two_peers(
    capture: Capture,
    *,
    options: PeerOptions | None = None,
    other: PeerOptions | None = None,
    prepare: Callable[[Peer, Peer], None] = lambda _one, _other: None,
) -> AsyncIterator[tuple[Peer, Peer]]:
    """Open two peers that negotiate with each other; `prepare` makes channels and tracks."""
    one_wire, other_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink, options=other or options) as two,
        negotiate(one, one_wire, polite=False),
        negotiate(two, other_wire, polite=True),
    ):
        prepare(one, two)
        yield one, two
