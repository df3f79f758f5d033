"""What is remembered of one connection while its events pass by, and the verdict on it.

The words for a refused or failed opening are in `refusal`, those for the end in `closing`, what the
messages amount to in `flow`. Memory is bounded whatever passes: of frames only the last ones stay,
of messages counts and a sample, of everything else the first and the last few.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from wirescope.analysis.allowance import Allowance
from wirescope.analysis.answer import Answer, read_answer
from wirescope.analysis.call import Call
from wirescope.analysis.closing import (
    Ending,
    Manner,
    explain_close,
    explain_standing,
    manner_of,
)
from wirescope.analysis.flow import Flow
from wirescope.analysis.metrics.content import Content
from wirescope.analysis.metrics.matching import Pair, Recognised
from wirescope.analysis.peers import Carried, explain_peer
from wirescope.analysis.pings import Pings
from wirescope.analysis.reconnects import Reconnects
from wirescope.analysis.refusal import explain_failure
from wirescope.events import (
    CLOSE,
    CONTINUATION,
    MESSAGES_ONLY,
    PING,
    PONG,
    CaptureGap,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionSecured,
    DataChannelMessage,
    Event,
    IcePair,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)

_REMEMBERED = 64

_OPENED = (
    "The connection was opened; how it ended is not known.",
    "The file that this was imported from has messages only; record the connection with Wirescope"
    " to see pings, the close, and what was on the wire.",
)


class Verdict(msgspec.Struct, frozen=True):
    """What happened and what to do.

    Attributes:
        sentence: one sentence that could be sent to a colleague.
        advice: one sentence what to do; empty when there is nothing to be done.
    """

    sentence: str
    advice: str


class Silence(NamedTuple):
    """A time in which nothing was sent in either direction; the events around it."""

    ns: int
    before: int
    after: int


class Conversation:
    """One connection, from its opening to its end.

    Args:
        connection: its id.
        allowance: what of payloads may be kept.
        content_rate: messages a second whose content is read; None for all.
        protocol: what its messages are read as; None looks for it.
        on_pair: is given each request, and each ping of this end, with its first answer.

    Attributes:
        id: the connection's id; empty before there is one.
        opening: where it leads, or came from; None if that was not seen.
        phases: the steps of connecting.
        secured: what TLS agreed on and what the peer showed; None if that was not seen.
        handshake: the opening handshake that was seen last, a refused one, too.
        opened: when it could be used; None if it never could.
        failed: why it came to nothing; None if it did not.
        sent: what this end sent.
        received: what the peer sent.
        content: what was learnt from the content of messages.
        pings: pings and their pongs.
        silence: the longest time in which neither end sent anything, until the last message.
        reconnects: the connections to the same place.
        violations: the first breaches of the specification.
        ending: what its end is explained by.
        carried: what a WebRTC connection carried.
        call: what else was seen of one, None of a WebSocket.
        carries: the WebRTC connection whose signaling goes over this WebSocket, None without one.
        last: the event that was seen last.
        is_over: whether no more will be known of it, though it may not have ended.
        lacks_frames: whether the capture says that it has messages only, as one made of a HAR.
    """

    def __init__(
        self,
        connection: str = "",
        *,
        allowance: Allowance | None = None,
        content_rate: int | None = None,
        protocol: Recognised | None = None,
        on_pair: Callable[[Pair], None] | None = None,
    ) -> None:
        self.id = connection
        self.opening: ConnectionOpening | None = None
        self.phases: list[ConnectionPhase] = []
        self.secured: ConnectionSecured | None = None
        self.handshake: WebSocketHandshake | None = None
        self.opened: ConnectionOpened | None = None
        self.failed: ConnectionFailed | None = None
        allowance = allowance or Allowance()
        self.sent = Flow(allowance)
        self.received = Flow(allowance)
        self.content = Content(
            content_rate, protocol=protocol, allowance=allowance, on_pair=on_pair
        )
        self.pings = Pings(on_pair=on_pair)
        self.silence = Silence(0, 0, 0)
        self.reconnects = Reconnects()
        self.violations: list[WebSocketViolation] = []
        self.ending = Ending()
        self.carried = Carried()
        self.carries: Conversation | None = None
        self.call: Call | None = None
        self.last: Event | None = None
        self.lacks_frames = self.is_over = False
        self._active_ns, self._active_seq = 0, 0

    @property
    def url(self) -> str:
        """Where it leads; empty if that was not seen."""
        return self.opening.url if self.opening is not None else ""

    @property
    def place(self) -> str:
        """Where it leads without the query, which may be long or secret."""
        return self.url.partition("?")[0]

    @property
    def wire_is_unknown(self) -> bool:
        """Whether the bytes that messages took on the wire are not known, nor if compressed."""
        agreed = self.handshake is not None and bool(self.handshake.extensions)
        return self.lacks_frames and agreed

    @property
    def closed(self) -> ConnectionClosed | None:
        """How it ended; None while it has not."""
        return self.ending.closed

    @property
    def last_event(self) -> Event | None:
        """The event of any kind that was seen last; None without any."""
        both = self.sent, self.received
        last = [self.last, *(flow.last_frame for flow in both), *(flow.last for flow in both)]
        return max(filter(None, last), key=_seq, default=None)

    @property
    def last_frame(self) -> WebSocketFrame | None:
        """The last frame of either direction; None without frames."""
        frames = filter(None, (self.sent.last_frame, self.received.last_frame))
        return max(frames, key=_seq, default=None)

    def add(self, messages: Sequence[WebSocketMessage]) -> None:
        """Take messages that follow each other, of either direction, at least one."""
        first, last = messages[0], messages[-1]
        self._note_activity(first.at_ns, first.seq)
        if last.at_ns - first.at_ns > self.silence.ns:
            for message in messages:
                self._note_activity(message.at_ns, message.seq)
        self._active_ns, self._active_seq = last.at_ns, last.seq
        sent = [message for message in messages if message.direction == "sent"]
        if sent:
            self.sent.add(sent)
        if not sent:
            self.received.add(messages)
        elif len(sent) < len(messages):
            self.received.add([each for each in messages if each.direction != "sent"])
        self.content.add(messages)

    def _note_activity(self, at_ns: int, seq: int) -> None:
        if self._active_seq and at_ns - self._active_ns > self.silence.ns:
            self.silence = Silence(at_ns - self._active_ns, self._active_seq, seq)
        self._active_ns, self._active_seq = at_ns, seq

    def note_control(self, frame: WebSocketFrame) -> None:
        """Take a control frame."""
        self._note_activity(frame.at_ns, frame.seq)
        opcode, ending = frame.opcode, self.ending
        if opcode in (PING, PONG):
            self.pings.add(frame)
        elif opcode == CLOSE and frame.direction == "received":
            if ending.close_received is None:
                ending.close_received, ending.sent_before_close = frame, self.sent.last_frame
        elif opcode == CLOSE:
            ending.close_sent = ending.close_sent or frame

    def note_fragment(self, frame: WebSocketFrame) -> None:
        """Take a frame that is a part of a message."""
        self._note_activity(frame.at_ns, frame.seq)
        if frame.opcode == CONTINUATION:
            (self.sent if frame.direction == "sent" else self.received).fragments += 1

    def note_gap(self, gap: CaptureGap) -> None:
        """Take word that events are missing: nothing is counted from before to behind them."""
        self.lacks_frames = self.lacks_frames or gap.reason == MESSAGES_ONLY
        if gap.count and self.closed is None:
            self._active_seq = 0
            self.sent.interrupt()
            self.received.interrupt()
            self.pings.interrupt()
            self.content.leave_out()
            self.ending.gap = gap

    def note(self, event: Event) -> None:
        """Take an event that is neither frame nor message."""
        self.last = event
        if self.call is not None and not isinstance(event, DataChannelMessage):
            self.call.note(event)
        match event:
            case DataChannelMessage() | IcePair():
                self.carried.note(event)
            case ConnectionOpening():
                self.opening, self.failed = event, None
                self.content.url = event.url
                if event.transport == "webrtc":
                    self.call = self.call or Call()
            case ConnectionPhase():
                if len(self.phases) < _REMEMBERED:
                    self.phases.append(event)
            case ConnectionSecured():
                self.secured = event
            case WebSocketHandshake():
                self.handshake = event
                self.content.set_subprotocol(event.subprotocol)
                self.sent.may_compress = self.received.may_compress = bool(event.extensions)
            case ConnectionOpened():
                self.opened = event
                self._active_ns, self._active_seq = event.at_ns, event.seq
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
        self.content.conclude()
        self.ending.unanswered_ping_ns = self.pings.unanswered_since_ns

    @property
    def answer(self) -> Answer:
        """What was answered to the opening handshake, as far as it was seen."""
        request, response = "", ""
        if self.handshake is not None:
            request, response = self.handshake.request, self.handshake.response
        status = self.failed.status if self.failed is not None else None
        body = self.failed.body if self.failed is not None else None
        return read_answer(status or 0, request=request, response=response, body=body)

    @property
    def peer(self) -> str:
        """Who is at the other end: `server` or `client`."""
        return self.filled_ending.peer

    @property
    def is_server(self) -> bool:
        """Whether this end is the server."""
        return self.peer == "client"

    @property
    def accepted(self) -> bool:
        """Whether this end accepted the connection, known as soon as it is open.

        A client goes through steps to its opening handshake, a server through none.
        """
        return self.handshake is not None and not self.phases

    @property
    def manner(self) -> Manner | None:
        """In which manner it ended; None while it has not."""
        return None if self.closed is None else manner_of(self.filled_ending)

    @property
    def is_websocket(self) -> bool:
        """Whether it is a WebSocket, which all rules and figures are about."""
        return self.opening is None or self.opening.transport == "websocket"

    def verdict(self) -> Verdict:
        """Explain the end, or say that there was none yet."""
        if not self.is_websocket:
            told = explain_peer(
                self.url,
                opened=self.opened,
                failed=self.failed,
                closed=self.closed,
                last=self.last_event,
                carried=self.carried,
            )
            return Verdict(*told)
        if self.closed is not None:
            return Verdict(*explain_close(self.filled_ending))
        if self.failed is not None:
            request, response = "", ""
            if self.handshake is not None:
                request, response = self.handshake.request, self.handshake.response
            return Verdict(*explain_failure(self.failed, request=request, response=response))
        if self.opened is not None and self.lacks_frames:
            return Verdict(*_OPENED)
        last = self.last_event
        if last is not None and (self.opened is not None or self.last_frame is not None):
            return Verdict(
                explain_standing(
                    self.filled_ending, seen_ns=last.at_ns, url=self.place, over=self.is_over
                ),
                "",
            )
        if self.url:
            state = "was still being made at the end of the capture" if self.is_over else ""
            return Verdict(f"The connection to {self.url} {state or 'is being made'}.", "")
        return Verdict("No connection was made.", "")

    @property
    def filled_ending(self) -> Ending:
        """What its end is explained by, with what the flows know."""
        ending = self.ending
        ending.opened_ns = self.opened.at_ns if self.opened is not None else None
        ending.is_client = bool(self.phases)  # only a client goes through them
        ending.last_sent, ending.last_received = self.sent.last_frame, self.received.last_frame
        ending.last_frame = self.last_frame
        ending.messages_sent, ending.messages_received = self.sent.messages, self.received.messages
        return ending


def _seq(event: Event) -> int:
    return event.seq
