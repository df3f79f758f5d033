"""Counts and times of one run, taken from its events as they pass; memory is constant."""

from dataclasses import dataclass, field

from wirescope.events import (
    PING,
    PONG,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    DataChannelMessage,
    Emission,
    SignalingExchange,
    Transport,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)


@dataclass(slots=True)
class Direction:
    """Counts of one direction; bytes on the wire have their frame headers, payload is decoded."""

    frames: int = 0
    messages: int = 0
    wire_bytes: int = 0
    payload_bytes: int = 0


@dataclass(slots=True)
class Tally:
    """What has happened so far.

    Attributes:
        transport: whose connections are counted; of others, which carry signaling, only the status
            and why they failed.
        status: of the answer to the opening handshake, or to the offer; 0 without one.
        phases: end of each step, nanoseconds since the opening began.
        first_message_ns: when the first message came, on the same clock.
        last_ping_ns: how long the last pong took.
    """

    transport: Transport = "websocket"
    url: str = ""
    opening_ns: int = 0
    opened_ns: int | None = None
    ended_ns: int | None = None
    status: int = 0
    subprotocol: str = ""
    extensions: list[str] = field(default_factory=list)
    phases: dict[str, int] = field(default_factory=dict)
    first_message_ns: int | None = None
    last_ping_ns: int | None = None
    violations: int = 0
    sent: Direction = field(default_factory=Direction)
    received: Direction = field(default_factory=Direction)
    failed: ConnectionFailed | None = None
    closed: ConnectionClosed | None = None
    _ping: tuple[bytes, int] | None = None
    _others: set[str] = field(default_factory=set)

    def feed(self, event: Emission) -> None:
        """Take the next event."""
        match event:
            case WebSocketFrame():
                self._frame(event)
            case WebSocketMessage() | DataChannelMessage():
                self._message(event)
            case _:
                self._rare(event)

    def _frame(self, frame: WebSocketFrame) -> None:
        if self.transport != "websocket":
            return
        side = self.sent if frame.direction == "sent" else self.received
        side.frames += 1
        side.wire_bytes += frame.wire_length
        if frame.is_control:
            self._control(frame)

    def _control(self, frame: WebSocketFrame) -> None:
        if frame.opcode == PING and frame.direction == "sent":
            self._ping = (frame.payload, frame.at_ns)
        elif frame.opcode == PONG and frame.direction == "received" and self._ping is not None:
            payload, asked_ns = self._ping
            if payload == frame.payload:
                self.last_ping_ns = frame.at_ns - asked_ns
                self._ping = None

    def _message(self, message: WebSocketMessage | DataChannelMessage) -> None:
        if isinstance(message, DataChannelMessage) != (self.transport == "webrtc"):
            return
        side = self.sent if message.direction == "sent" else self.received
        side.messages += 1
        side.payload_bytes += message.length
        if self.first_message_ns is None and message.direction == "received":
            self.first_message_ns = message.at_ns - self.opening_ns

    def _rare(self, event: Emission) -> None:
        match event:
            case ConnectionOpening():
                self._opening(event)
            case ConnectionFailed():
                self.failed, self.ended_ns = event, event.at_ns
            case SignalingExchange():
                if event.method == "POST":  # later ones are about what stands already
                    self.status = event.status
            case WebSocketHandshake() if event.connection in self._others:
                self.status = event.status
            case _ if getattr(event, "connection", "") in self._others:
                pass
            case ConnectionPhase():
                self.phases[event.name] = event.at_ns - self.opening_ns
            case WebSocketHandshake():
                self.status, self.subprotocol = event.status, event.subprotocol
                self.extensions = event.extensions
            case ConnectionOpened():
                self.opened_ns = event.at_ns
            case WebSocketViolation():
                self.violations += 1
            case ConnectionClosed():
                self.closed, self.ended_ns = event, event.at_ns

    def _opening(self, event: ConnectionOpening) -> None:
        self.failed = None
        if event.transport != self.transport:
            self._others.add(event.connection)
            return
        self.url, self.opening_ns = event.url, event.at_ns
        self.phases.clear()
