"""What is remembered of one connection while its events pass by, and the verdict on it.

The words for a refused or failed opening are in `refusal`, those for the end in `closing`, what the
messages amount to in `flow`. Memory is bounded whatever passes: of frames only the last ones stay,
of messages counts and a sample, of everything else the first and the last few.
"""

from collections import deque

import msgspec

from wirescope.analysis.closing import Ending, explain_close
from wirescope.analysis.flow import Flow
from wirescope.analysis.pings import Pings
from wirescope.analysis.refusal import explain_failure
from wirescope.events import (
    CLOSE,
    PING,
    PONG,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    Event,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketViolation,
)

_REMEMBERED = 64


class Verdict(msgspec.Struct, frozen=True):
    """What happened and what to do.

    Attributes:
        sentence: one sentence that could be sent to a colleague.
        advice: one sentence what to do; empty when there is nothing to be done.
    """

    sentence: str
    advice: str


class Conversation:
    """One connection, from its opening to its end.

    Attributes:
        id: the connection's id; empty before there is one.
        opening: where it leads, or came from; None if that was not seen.
        phases: the steps of connecting.
        handshake: the opening handshake that was seen last, a refused one, too.
        opened: when it could be used; None if it never could.
        failed: why it came to nothing; None if it did not.
        sent: what this end sent.
        received: what the peer sent.
        pings: pings and their pongs.
        violations: the first breaches of the specification.
        ending: what its end is explained by.
        last: the event that was seen last.
    """

    def __init__(self, connection: str = "") -> None:
        self.id = connection
        self.opening: ConnectionOpening | None = None
        self.phases: list[ConnectionPhase] = []
        self.handshake: WebSocketHandshake | None = None
        self.opened: ConnectionOpened | None = None
        self.failed: ConnectionFailed | None = None
        self.sent = Flow()
        self.received = Flow()
        self.pings = Pings()
        self.violations: deque[WebSocketViolation] = deque(maxlen=_REMEMBERED)
        self.ending = Ending()
        self.last: Event | None = None

    @property
    def url(self) -> str:
        """Where it leads; empty if that was not seen."""
        return self.opening.url if self.opening is not None else ""

    @property
    def closed(self) -> ConnectionClosed | None:
        """How it ended; None while it has not."""
        return self.ending.closed

    @property
    def last_frame(self) -> WebSocketFrame | None:
        """The last frame of either direction; None without frames."""
        frames = filter(None, (self.sent.last_frame, self.received.last_frame))
        return max(frames, key=_seq, default=None)

    def note_control(self, frame: WebSocketFrame) -> None:
        """Take a control frame."""
        opcode, ending = frame.opcode, self.ending
        if opcode in (PING, PONG):
            self.pings.add(frame)
        elif opcode == CLOSE and frame.direction == "received":
            ending.close_received = ending.close_received or frame
        elif opcode == CLOSE:
            ending.close_sent = ending.close_sent or frame

    def note(self, event: Event) -> None:
        """Take an event that is neither frame nor message."""
        self.last = event
        match event:
            case ConnectionOpening():
                self.opening, self.failed = event, None
            case ConnectionPhase():
                if len(self.phases) < _REMEMBERED:
                    self.phases.append(event)
            case WebSocketHandshake():
                self.handshake = event
            case ConnectionOpened():
                self.opened = event
            case ConnectionFailed():
                self.failed = event
            case WebSocketViolation():
                if len(self.violations) < _REMEMBERED:
                    self.violations.append(event)
                if event.direction == "received":
                    del self.ending.violations[_REMEMBERED - 1 :]
                    self.ending.violations.append(event)
            case ConnectionClosed():
                self._note_end(event)

    def _note_end(self, closed: ConnectionClosed) -> None:
        self.ending.closed = closed
        self.ending.unanswered_ping_ns = self.pings.unanswered_since_ns

    def verdict(self) -> Verdict:
        """Explain the end, or say that there was none yet."""
        if self.closed is not None:
            return Verdict(*explain_close(self._filled_ending()))
        if self.failed is not None:
            request, response = "", ""
            if self.handshake is not None:
                request, response = self.handshake.request, self.handshake.response
            return Verdict(*explain_failure(self.failed, request=request, response=response))
        if self.opened is not None:
            return Verdict("The connection is open.", "")
        if self.url:
            return Verdict(f"The connection to {self.url} is being made.", "")
        return Verdict("No connection was made.", "")

    def _filled_ending(self) -> Ending:
        ending = self.ending
        ending.opened_ns = self.opened.at_ns if self.opened is not None else None
        ending.last_frame, ending.last_received = self.last_frame, self.received.last_frame
        ending.messages_sent, ending.messages_received = self.sent.messages, self.received.messages
        return ending


def _seq(frame: WebSocketFrame) -> int:
    return frame.seq
