"""How often one place was connected to: what shows a client that reconnects without a pause.

Attempts are told apart by their address without its query, since a token in it often changes. An
attempt that begins while another still goes on is no reconnect. Bounded: the latest attempts of
each address, and so many addresses.
"""

from typing import TYPE_CHECKING

import msgspec

from wirescope.events import ConnectionClosed, ConnectionFailed, ConnectionOpening, Event

if TYPE_CHECKING:
    from wirescope.analysis.conversation import Conversation

PLACES = 1000
KEPT = 10
"""Attempts of an address that are remembered; ten in a row are no accident."""


class Attempt(msgspec.Struct):
    """One attempt to connect.

    Attributes:
        seq: the number of its opening's event.
        began_ns: when it began.
        waited_ns: from the end of the attempt before it; None for the first one.
    """

    seq: int
    began_ns: int
    waited_ns: int | None


class Reconnects:
    """The attempts to connect to one address, each begun when no other went on.

    Attributes:
        latest: the latest ones.
        count: how many there were.
    """

    __slots__ = ("_ended_ns", "_open", "count", "latest")

    def __init__(self) -> None:
        self.latest: list[Attempt] = []
        self.count = 0
        self._open = 0
        self._ended_ns: int | None = None

    def begin(self, event: ConnectionOpening) -> None:
        """Take the beginning of an attempt."""
        if self._open:
            self.latest.clear()  # connections side by side are wanted
            self.count = 0
        waited_ns = None if self._ended_ns is None else event.at_ns - self._ended_ns
        self.latest.append(Attempt(event.seq, event.at_ns, waited_ns))
        del self.latest[:-KEPT]
        self.count += 1
        self._open += 1

    def end(self, event: Event) -> None:
        """Take the end of an attempt, failed or closed."""
        self._open = max(0, self._open - 1)
        self._ended_ns = event.at_ns


class Attempts:
    """The attempts to connect, by address."""

    def __init__(self) -> None:
        self._by_place: dict[str, Reconnects] = {}

    def note(self, conversation: "Conversation", event: Event) -> None:
        """Take an event that may begin or end an attempt."""
        if isinstance(event, ConnectionOpening):
            place = event.url.partition("?")[0]
            known = self._by_place.get(place)
            if known is None:
                known = Reconnects()
                if len(self._by_place) < PLACES:
                    self._by_place[place] = known
            conversation.reconnects = known
            known.begin(event)
        elif isinstance(event, ConnectionFailed | ConnectionClosed):
            conversation.reconnects.end(event)
