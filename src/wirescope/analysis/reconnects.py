"""How often one place was connected to: what shows a client that reconnects without a pause.

Attempts are told apart by their address without its query, since a token in it often changes. An
attempt that begins while another still goes on is no reconnect, and neither is one after a
connection that this end closed because it was done. Bounded: the latest attempts of each address,
and so many addresses.
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
        ended: what ended it; None while it goes on.
    """

    seq: int
    began_ns: int
    waited_ns: int | None
    ended: ConnectionFailed | ConnectionClosed | None = None


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
            self._forget()  # connections side by side are wanted
        waited_ns = None if self._ended_ns is None else event.at_ns - self._ended_ns
        self.latest.append(Attempt(event.seq, event.at_ns, waited_ns))
        del self.latest[:-KEPT]
        self.count += 1
        self._open += 1

    def end(self, event: ConnectionFailed | ConnectionClosed) -> None:
        """Take the end of an attempt."""
        self._open = max(0, self._open - 1)
        self._ended_ns = event.at_ns
        if isinstance(event, ConnectionClosed) and _was_wanted(event):
            self._forget()
        elif self.latest:
            self.latest[-1].ended = event

    def _forget(self) -> None:
        self.latest.clear()
        self.count = 0


def _was_wanted(closed: ConnectionClosed) -> bool:
    """Whether this end closed because it was done, as one does that connects for each request."""
    return closed.initiator == "local" and closed.cause not in ("violation", "ping-timeout")


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
