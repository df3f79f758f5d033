"""What the rules on traffic share: sizes in words, and what counts as much.

A saving is told when it is a twentieth of the traffic looked at and not tiny; it is a warning when
it is so large that a person would change something for it.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from wirescope.analysis.metrics.compressing import Habit, agreed, habit_of_server, is_masked
from wirescope.events import Direction, Severity, WebSocketMessage

if TYPE_CHECKING:
    from wirescope.analysis.conversation import Conversation
    from wirescope.analysis.flow import Flow

WORTHWHILE = 0.05
"""A saving below a twentieth does not pay for the change."""

LEAST_BYTES = 10_000
"""Traffic below ten kilobytes proves nothing about what a connection carries."""

LEAST_MESSAGES = 10
"""So few messages may be the exception."""

LARGE_SHARE = 0.3
LARGE_BYTES = 1_000_000
"""From these two on a saving is a warning: a third of the traffic, and a megabyte or more."""

LOOKED_AT_BYTES = 1 << 19
"""Payload that a rule works through: half a megabyte takes zlib about 10 ms."""


class Way(NamedTuple):
    """One direction of a connection.

    Attributes:
        direction: which.
        flow: its figures.
        masked: whether its sender is the client.
    """

    direction: Direction
    flow: "Flow"
    masked: bool

    @property
    def sender(self) -> str:
        """Who sends, in words."""
        return "this end" if self.direction == "sent" else "the peer"


class Window(NamedTuple):
    """What was agreed on about the compression of one direction.

    Attributes:
        parameter: the name of the parameter that forbids context takeover.
        kept: whether messages are compressed with the memory of earlier ones.
        bits: the largest window.
    """

    parameter: str
    kept: bool
    bits: int


def window(conversation: "Conversation", way: Way) -> Window | None:
    """Return what was agreed on; None if that was not seen, or no compression was."""
    handshake = conversation.handshake
    parameters = agreed(handshake.extensions) if handshake is not None else None
    if parameters is None:
        return None
    if way.masked:
        kept, bits = not parameters.client_no_context_takeover, parameters.client_max_window_bits
        return Window("client_no_context_takeover", kept, bits)
    kept, bits = not parameters.server_no_context_takeover, parameters.server_max_window_bits
    return Window("server_no_context_takeover", kept, bits)


def ways(conversation: "Conversation") -> Iterator[Way]:
    """Give the directions in which messages went."""
    directions: tuple[Direction, Direction] = ("sent", "received")
    for direction in directions:
        flow = conversation.sent if direction == "sent" else conversation.received
        if flow.messages:
            masked = is_masked(direction, is_server=conversation.is_server)
            yield Way(direction, flow, masked)


def of_the_other_end(conversation: "Conversation", way: Way) -> "Flow":
    """Give the figures of the other direction."""
    return conversation.received if way.direction == "sent" else conversation.sent


def looked_at(flow: "Flow") -> Sequence[WebSocketMessage]:
    """Give the first messages, as many as a rule may work through."""
    left = LOOKED_AT_BYTES
    for index, message in enumerate(flow.sample):
        left -= len(message.payload)
        if left < 0:
            return flow.sample[: index + 1]
    return flow.sample


def habit(conversation: "Conversation") -> Habit:
    """Tell how the server of a connection compresses."""
    handshake = conversation.handshake
    return habit_of_server(handshake.response if handshake is not None else "")


def of_the_first(flow: "Flow", count: int) -> str:
    """Say how much of the messages were looked at."""
    return f"all {count:,} messages" if count == flow.messages else f"the first {count:,} messages"


def severity_of(saved: float, total_bytes: int) -> Severity:
    """Judge a saving by its share and by what it comes to over the whole connection."""
    large = saved >= LARGE_SHARE and saved * total_bytes >= LARGE_BYTES
    return "warning" if large else "info"


def size(count: float) -> str:
    """Write a number of bytes.

    >>> size(999), size(15_300), size(4_000_000)
    ('999 B', '15.3 kB', '4.0 MB')
    """
    if count < 1000:
        return f"{count:.0f} B"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def milliseconds(ns: float) -> str:
    """Write a time that may be short.

    >>> milliseconds(1_250_000), milliseconds(48_000_000), milliseconds(2_500_000_000)
    ('1.2 ms', '48 ms', '2.5 s')
    """
    if ns >= 1e9:
        return f"{ns / 1e9:.1f} s"
    return f"{ns / 1e6:.0f} ms" if ns >= 1e7 else f"{ns / 1e6:.1f} ms"
