"""What producers emit, taken in and made ready for a transaction. Nothing here touches a file.

It runs in the producer's thread, a batch at a time: events are encoded at once, since doing it
later in the writer's thread would cost more (they have to be fetched into the processor's cache
again, and the two threads share one interpreter) and would stop the producer for longer at a time.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeGuard

from wirescope.capture.block import Block, BlockBuilder
from wirescope.capture.inflate import Tail
from wirescope.capture.redaction import Secrets
from wirescope.events import (
    AnyEvent,
    Direction,
    Emission,
    MessageChunk,
    PayloadChunk,
    WebSocketMessage,
)

BLOCK_EVENTS = 4096
"""Events a block at most: the least that a reader decodes to show one of them."""

BLOCK_BYTES = 1 << 20
"""A block that has so many bytes is given no more events."""

WINDOW_INTERVAL = 256 << 10
"""Decoded bytes of compressed messages from one stored window to the next."""

_CHUNK_TYPES = frozenset((PayloadChunk, MessageChunk))

WindowRow = tuple[str, str, int, int, bytes]


class Draft(NamedTuple):
    """What was taken in for one transaction.

    Attributes:
        blocks: its events, in order.
        last_block: its last events, which are still to be put together; None if there are none.
        chunks: pieces of long payloads, in order.
        windows: rows of the table `inflate_window`.
        events: how many events it has.
        last_seq: the number of the last one; that of the draft before if there is none.
    """

    blocks: list[Block]
    last_block: BlockBuilder | None
    chunks: list[PayloadChunk]
    windows: list[WindowRow]
    events: int
    last_seq: int


class Intake:
    """Takes emissions in the order of their numbers and hands them out as drafts.

    Args:
        secrets: are blotted out on the way.
        whole_messages: whether messages keep their payload though their frames may carry it, too.

    Attributes:
        events: how many events wait to be handed out.
    """

    def __init__(self, *, secrets: Secrets = None, whole_messages: bool = False) -> None:
        self.events = 0
        self._secrets = secrets
        self._whole_messages = whole_messages
        self._last_seq = 0
        self._blocks = 0
        self._broken_payloads: set[int] = set()
        self._tails: dict[tuple[str, Direction], _DirectionTail] = {}
        self._builder: BlockBuilder | None = None
        self._draft = self._new_draft()

    def add(self, emissions: Sequence[Emission]) -> int:
        """Take emissions; return how many bytes they take until they are written.

        ValueError when an event comes after one of a higher number: its place is written already.
        """
        if _CHUNK_TYPES.isdisjoint(map(type, emissions)):
            return self._add_events(emissions)  # type: ignore[arg-type]
        # Pieces of messages are left out: the frames' payloads say the same.
        chunks = [each for each in emissions if self._is_kept(each)]
        self._draft.chunks.extend(chunks)
        events = [each for each in emissions if type(each) not in _CHUNK_TYPES]
        size = sum(len(chunk.data) for chunk in chunks)
        return size + self._add_events(events)  # type: ignore[arg-type]

    def keep_whole_messages(self) -> None:
        """Let messages keep their payload from now on, though their frames may carry it, too."""
        self._whole_messages = True
        if self._builder is not None:
            self._builder.whole_messages = True

    def take(self) -> Draft:
        """Hand out what was taken since the last time."""
        draft = self._draft._replace(
            last_block=self._builder, events=self.events, last_seq=self._last_seq
        )
        self._draft, self._builder = self._new_draft(), None
        self.events = 0
        return draft

    def drop(self, emissions: Iterable[Emission]) -> int:
        """Leave emissions out; return how many events that are."""
        for tail in self._tails.values():
            tail.lose()  # no window is known until the streams have gone on for a while
        chunks = [each for each in emissions if isinstance(each, PayloadChunk)]
        self._broken_payloads.update(chunk.payload_id for chunk in chunks)
        return sum(type(each) not in _CHUNK_TYPES for each in emissions)

    def _is_kept(self, emission: Emission) -> TypeGuard[PayloadChunk]:
        # What follows a piece that was left out would stand in its place.
        return (
            isinstance(emission, PayloadChunk) and emission.payload_id not in self._broken_payloads
        )

    def _add_events(self, events: Sequence[AnyEvent]) -> int:
        size = 0
        for part in _parts(events):
            if part[0].seq <= self._last_seq:
                raise ValueError(f"event {part[0].seq} comes after event {self._last_seq}")
            size += self._builder_for(len(part)).add(part)
            self._last_seq = part[-1].seq
        self.events += len(events)
        return size

    def _builder_for(self, count: int) -> BlockBuilder:
        """Return the block that so many events go to."""
        builder = self._builder
        if builder is not None:
            if builder.size < BLOCK_BYTES and builder.count + count <= BLOCK_EVENTS:
                return builder
            # Now, while what it is made of is at hand: the writer's thread would have to ask for
            # the interpreter again after each.
            self._draft.blocks.append(builder.finish())
        self._blocks += 1
        self._builder = BlockBuilder(
            self._blocks,
            secrets=self._secrets,
            whole_messages=self._whole_messages,
            on_compressed=self._note_window,
        )
        return self._builder

    def _note_window(self, message: WebSocketMessage) -> None:
        key = (message.connection, message.direction)
        tail = self._tails.get(key)
        if tail is None:
            tail = self._tails[key] = _DirectionTail()
        window = tail.take(message)
        if window is not None:
            self._draft.windows.append((*key, message.seq, zlib.crc32(window), window))

    @staticmethod
    def _new_draft() -> Draft:
        return Draft([], None, [], [], 0, 0)


class _DirectionTail:
    """What the next compressed message of one direction may refer to, and when to store it."""

    def __init__(self) -> None:
        self._tail = Tail()
        self._since_stored = 0

    def take(self, message: WebSocketMessage) -> bytes | None:
        """Go on by a message; return the window after it when it is time to store one."""
        if message.truncated:
            self._tail.lose()
        else:
            self._tail.add(message.payload)
        self._since_stored += message.length
        if self._since_stored < WINDOW_INTERVAL or not self._tail.known:
            return None
        self._since_stored = 0
        return self._tail.window()

    def lose(self) -> None:
        """Forget all: messages went by that were not seen."""
        self._tail.lose()


def _parts(events: Sequence[AnyEvent]) -> Iterator[Sequence[AnyEvent]]:
    """Cut into what one block may take at a time; a sample says how long the payloads are."""
    sample = events[::16]
    sampled_bytes = sum(len(getattr(event, "payload", b"")) for event in sample)
    fitting = BLOCK_BYTES * len(sample) // max(1, sampled_bytes)
    step = max(1, min(BLOCK_EVENTS, fitting))
    for start in range(0, len(events), step):
        yield events[start : start + step]
