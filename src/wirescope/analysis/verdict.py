"""The verdict: one sentence what happened to a connection, one what to do about it.

Here is what is remembered of a connection while its events pass by, and the choice of the words for
its end; the words for a refused or failed opening are in `refusal`, those for close codes in
`closing`. Memory is bounded whatever passes: of frames only the last ones and counts stay.
Close codes are those of RFC 6455 section 7.4 and of IANA's registry.
"""

from collections.abc import Iterable

import msgspec

from wirescope.analysis.closing import Ending, explain_close
from wirescope.analysis.refusal import explain_failure
from wirescope.events import (
    CLOSE,
    PING,
    PONG,
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    Emission,
    Event,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)

_PINGS_REMEMBERED = 64
_VIOLATIONS_REMEMBERED = 64


class Verdict(msgspec.Struct, frozen=True):
    """What happened and what to do.

    Attributes:
        sentence: one sentence that could be sent to a colleague.
        advice: one sentence what to do; empty when there is nothing to be done.
    """

    sentence: str
    advice: str


class VerdictBuilder:
    """Follows the events of one connection and explains its end.

    Args:
        connection: the id to follow; None follows whichever connection the events are of.
    """

    def __init__(self, connection: str | None = None) -> None:
        self._connection = connection
        self._url = ""
        self._request = ""
        self._response = ""
        self._failed: ConnectionFailed | None = None
        self._ending = Ending()
        self._pings: dict[bytes, int] = {}

    def feed(self, events: Iterable[Emission]) -> None:
        """Take the next events, in order; pieces of long payloads are passed over."""
        ending, followed = self._ending, self._connection
        for event in events:
            # The first two are what there is a million of.
            if type(event) is WebSocketFrame:
                if followed is None or event.connection == followed:
                    ending.last_frame = event
                    if event.direction == "received":
                        ending.last_received = event
                    if event.header[0] & 0x08:
                        self._control(event)
            elif type(event) is WebSocketMessage:
                if followed is None or event.connection == followed:
                    if event.direction == "received":
                        ending.messages_received += 1
                    else:
                        ending.messages_sent += 1
            elif isinstance(event, Event) and followed in (None, event.connection):
                self._other(event)

    def _other(self, event: Event) -> None:
        match event:
            case ConnectionOpening():
                self._url, self._failed = event.url, None
            case WebSocketHandshake():
                self._request, self._response = event.request, event.response
            case ConnectionOpened():
                self._ending.opened_ns = event.at_ns
            case ConnectionFailed():
                self._failed = event
            case WebSocketViolation(direction="received"):
                del self._ending.violations[_VIOLATIONS_REMEMBERED - 1 :]
                self._ending.violations.append(event)
            case ConnectionClosed():
                self._ending.closed = event

    def verdict(self) -> Verdict:
        """Explain the end, or say that there was none yet."""
        if self._ending.closed is not None:
            oldest = min(self._pings.values(), default=None)
            self._ending.unanswered_ping_ns = oldest
            return Verdict(*explain_close(self._ending))
        if self._failed is not None:
            request, response = self._request, self._response
            return Verdict(*explain_failure(self._failed, request=request, response=response))
        if self._ending.opened_ns is not None:
            return Verdict("The connection is open.", "")
        if self._url:
            return Verdict(f"The connection to {self._url} is being made.", "")
        return Verdict("No connection was made.", "")

    def _control(self, frame: WebSocketFrame) -> None:
        ending, opcode = self._ending, frame.opcode
        if frame.direction == "received":
            if opcode == PONG:
                self._answered(frame.payload)
            elif opcode == CLOSE and ending.close_received is None:
                ending.close_received = frame
        elif opcode == PING:
            if len(self._pings) < _PINGS_REMEMBERED:
                self._pings.setdefault(frame.payload, frame.at_ns)
        elif opcode == CLOSE and ending.close_sent is None:
            ending.close_sent = frame

    def _answered(self, payload: bytes) -> None:
        # A pong may answer the newest ping alone (RFC 6455 section 5.5.3), so it settles all that
        # were sent before that one.
        asked_ns = self._pings.get(payload)
        if asked_ns is not None:
            self._pings = {ping: at for ping, at in self._pings.items() if at > asked_ns}


def explain(events: Iterable[AnyEvent], *, connection: str | None = None) -> Verdict:
    """Explain how a connection ended; `connection` picks one where the events are of several."""
    builder = VerdictBuilder(connection)
    builder.feed(events)
    return builder.verdict()
