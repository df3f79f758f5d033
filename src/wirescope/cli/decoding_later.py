"""Showing events off the loop's time: where a decoder of another process has a second for each.

The loop goes on meanwhile, so that pings are answered, signals heard and time limits kept. Order
stays: an event is shown when all before it are. What waits is bounded; beyond that the producer
holds its peer back. Decoders of our own are too fast to be worth a thread.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from wirescope.events import Emission, Full, WebSocketMessage

if TYPE_CHECKING:
    from wirescope.cli.decoding import MessageReader

MOST_EVENTS = 1000
MOST_BYTES = 8 << 20
"""What may wait before the peer is held back: events, and bytes of messages."""


class DecodingLater:
    """A sink that decodes in a thread before it shows.

    Args:
        reader: what decodes.
        show: is given each event in order, in the loop's thread, when the reader has watched it.
    """

    def __init__(self, reader: "MessageReader", show: Callable[[Emission], Full | None]) -> None:
        self._reader = reader
        self._show = show
        self._waiting: asyncio.Queue[Emission | None] = asyncio.Queue()
        self._bytes = 0
        self._hurried = self._full = False
        self._room: asyncio.Future[None] | None = None

    def feed(self, emissions: Sequence[Emission]) -> Full | None:
        """Take events; when too much waits, answer what is done once there is room."""
        for emission in emissions:
            self._bytes += _size(emission)
            self._waiting.put_nowait(emission)
        if self._is_roomy():
            return None
        if self._room is None:
            self._room = asyncio.get_running_loop().create_future()
        return self._room

    def hurry(self) -> None:
        """Decode nothing more: what waits is shown as it is."""
        self._hurried = True

    def end(self) -> None:
        """No more events come."""
        self._waiting.put_nowait(None)

    async def run(self) -> None:
        """Decode and show until the end."""
        while (emission := await self._waiting.get()) is not None:
            if not isinstance(emission, WebSocketMessage):
                self._reader.watch(emission)
            elif self._hurried:
                self._reader.pass_over(emission)
            else:
                await asyncio.to_thread(self._reader.watch, emission)
            self._bytes -= _size(emission)
            full = self._show(emission)
            if full is not None:
                self._full = True
                full.add_done_callback(self._on_room)
            self._make_room()

    def _on_room(self, _: object) -> None:
        self._full = False
        self._make_room()

    def _make_room(self) -> None:
        if self._room is not None and self._is_roomy():
            self._room.set_result(None)
            self._room = None

    def _is_roomy(self) -> bool:
        few = self._waiting.qsize() <= MOST_EVENTS and self._bytes <= MOST_BYTES
        return few and not self._full


def _size(emission: Emission) -> int:
    return len(emission.payload) if isinstance(emission, WebSocketMessage) else 0
