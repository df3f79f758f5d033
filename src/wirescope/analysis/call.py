"""What is remembered of one WebRTC connection beside what every connection has.

Its ways are in `paths`, what the two sides told each other in `agreement`; here are the requests
that carried that, the states, the channels and the streams, of each the first ones.
"""

from typing import TypeVar

import msgspec

from wirescope.analysis.agreement import Agreement
from wirescope.analysis.paths import Paths
from wirescope.events import (
    DataChannelOpened,
    Event,
    PeerState,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    StatisticValue,
)

_T = TypeVar("_T")

MOST = 64
"""Of each thing that is remembered."""


class Stream(msgspec.Struct):
    """One stream that comes, as the last sample of the statistics has it (`inbound-rtp`).

    Attributes:
        first: the event of its first sample.
        last: that of its last one.
        first_ns: when it was first seen.
        last_ns: when it moved last.
        values: the last value of each member.
    """

    first: int
    last: int
    first_ns: int
    last_ns: int
    values: dict[str, StatisticValue]

    def number(self, name: str) -> float:
        """Give a counter; 0 where it is not there."""
        value = self.values.get(name)
        return value if isinstance(value, int | float) else 0

    @property
    def kind(self) -> str:
        """`audio` or `video`; empty if not told."""
        return str(self.values.get("kind", ""))


class Call:
    """One WebRTC connection.

    Attributes:
        paths: the ways between the two sides.
        agreement: the descriptions.
        exchanges: requests of HTTP that carried signaling.
        moves: the moves of its machines but those of ICE and gathering.
        channels: the data channels that opened.
        streams: those that come, by their ids in the statistics.
    """

    def __init__(self) -> None:
        self.paths = Paths()
        self.agreement = Agreement()
        self.exchanges: list[SignalingExchange] = []
        self.moves: list[PeerState] = []
        self.channels: list[DataChannelOpened] = []
        self.streams: dict[str, Stream] = {}

    def note(self, event: Event) -> None:
        """Take an event of the connection that is no message."""
        self.paths.note(event)
        match event:
            case SignalingDescription():
                self.agreement.note(event)
            case SignalingExchange():
                _keep(self.exchanges, _shortened(event))
            case PeerState():
                if event.machine not in ("ice", "gathering"):
                    _keep(self.moves, event)
            case DataChannelOpened():
                _keep(self.channels, event)
            case Statistics():
                self._sample(event)

    def _sample(self, event: Statistics) -> None:
        if event.object != "inbound-rtp":
            return
        stream = self.streams.get(event.id)
        if stream is None and len(self.streams) < MOST:
            self.streams[event.id] = Stream(
                *(event.seq, event.seq, event.at_ns, event.at_ns),
                dict(event.values),
            )
        elif stream is not None:
            stream.last, stream.last_ns = event.seq, event.at_ns
            stream.values.update(event.values)

    def move_to(self, machine: str, *states: str) -> PeerState | None:
        """Give the first move of a machine to one of these states; None without one."""
        return next(
            (each for each in self.moves if each.machine == machine and each.to in states), None
        )


def _keep(kept: list[_T], new: _T) -> None:
    if len(kept) < MOST:
        kept.append(new)


def _shortened(exchange: SignalingExchange) -> SignalingExchange:
    """Leave the texts away, which may be long; descriptions are events of their own."""
    return msgspec.structs.replace(
        exchange, request="", request_body="", response="", response_body=""
    )
