"""Every thing that can happen on a wire, as frozen records: those of connections and of WebSocket.

The records are what producers emit, what a capture keeps, what analysis reads and what faces show.
Those of WebRTC stand in `wirescope.events.webrtc`, their NDJSON form in `wirescope.events.ndjson`.
Payloads are bytes as they were on the wire but unmasked (RFC 6455 section 5.3): compressed stays
compressed on a frame, a message's is decoded.

A payload longer than `INLINE_LIMIT` is not carried by its record: the record holds a preview, and
the bytes travel before it in `PayloadChunk`s, which are no events: they have no number and no line
of their own in NDJSON.
"""

from datetime import datetime
from typing import Literal

import msgspec

from wirescope.events.event import Direction, Event, Initiator, MessageKind
from wirescope.events.header import CLOSE, FrameHeader
from wirescope.events.webrtc import WebRtcEvent

CloseCause = Literal[
    "close",
    "violation",
    "eof",
    "reset",
    "tls",
    "ping-timeout",
    "close-timeout",
    "aborted",
    "ice",
    "dtls",
]
Transport = Literal["websocket", "webrtc"]
Purpose = Literal["signaling"]


class ConnectionOpening(Event, frozen=True, tag="connection.opening"):
    """A connection is about to be made (client) or was accepted (server).

    `purpose` is what a client makes it for, left out where that is not known: `signaling`, to carry
    a WebRTC connection's. That connection begins only once this one is open, so that nothing else
    tells of it where this one comes to nothing.
    """

    url: str
    transport: Transport
    purpose: Purpose | None = None


class ConnectionPhase(Event, frozen=True, tag="connection.phase"):
    """A step of connecting is done.

    Of a WebSocket: `dns`, `tcp`, `proxy`, `tls`, `upgrade`. Of WebRTC, each from the beginning of
    the connection on: `signaling` (both descriptions are known), `gathering` (this end's addresses
    are found), `ice` (a path works), `dtls` (it is encrypted), `sctp` (data channels can be opened)
    and `first-media` (a packet of sound or of a picture has come). Of a STUN or TURN server that is
    asked by itself: `dns`, `tcp`, `tls`, then each request that was answered rightly, as `binding`
    or `allocate`; `challenge` is the 401 that asks for credentials and is no error.
    """

    name: str
    duration_ns: int


class ConnectionReached(Event, frozen=True, tag="connection.reached"):
    """The TCP connection stands: with whom, and from where.

    `address` and `port` are those that were connected to; through a proxy they are the proxy's, and
    `proxy` is its URL without credentials. In a server's capture they are the client's, or those of
    what stands before it. Over a Unix socket there are none, and no such event.
    """

    address: str
    port: int
    local_address: str
    local_port: int
    proxy: str | None = None


class Certificate(msgspec.Struct, frozen=True):
    """What a certificate says about itself (RFC 5280 section 4.1).

    Attributes:
        subject: whom it is about: common name, else organization, else unit.
        issuer: who signed it, the same way.
        names: the DNS names and addresses that it is for.
        not_before: when it begins to hold, UTC.
        not_after: when it ceases to, UTC.
        serial: the number that its issuer gave it, in hex.
        sha256: its fingerprint: the SHA-256 of its DER form, in hex.
        key: kind and size of its public key, as `RSA 2048` or `ECDSA P-256`; empty for a kind that
            is not known.
    """

    subject: str
    issuer: str
    names: list[str]
    not_before: datetime
    not_after: datetime
    serial: str
    sha256: str
    key: str


class ConnectionSecured(Event, frozen=True, tag="connection.secured"):
    """The TLS handshake is done: what was agreed on, and what the peer showed.

    `version` and `cipher` are as OpenSSL names them, `alpn` is the protocol that was chosen, empty
    for none. `server_name` is the name that was asked for (RFC 6066 section 3) and is to stand in
    the certificate, empty in a server's capture. `verified` says that this end checked the peer's
    certificate and accepted it. `certificates` are those that the peer sent, in its order, its own
    first; a client usually sends none. Each has `subject` and `issuer` (common name, else
    organization, else unit), `names` (the DNS names and addresses that it is for), `not_before`
    and `not_after`, `serial` and `sha256` (the fingerprint) in hex, and `key`, as `RSA 2048`.

    Before a `connection.failed` that is about the server's certificate, this is what a second look
    got that checked nothing, since TLS does not give what it has refused.
    """

    version: str
    cipher: str
    alpn: str
    server_name: str
    verified: bool
    certificates: list[Certificate]


class WebSocketHandshake(Event, frozen=True, tag="websocket.handshake"):
    """The opening handshake (RFC 6455 section 4), byte for byte.

    `request` and `response` are the two heads up to the empty line, each byte as the character of
    the same number (latin-1); `status` is 0 and `response` empty when nothing came back.
    """

    request: str
    response: str
    status: int
    subprotocol: str
    extensions: list[str]


class ConnectionOpened(Event, frozen=True, tag="connection.opened"):
    """The opening handshake succeeded; messages can flow."""


class ConnectionFailed(Event, frozen=True, tag="connection.failed"):
    """No connection came about.

    `phase` is the step that failed, `kind` the cause in one word, `message` what happened and
    `hint` what to do. `status` and `body` are those of a refused upgrade. Kinds, by what failed:

    - the way: `resolve`, `refused`, `unreachable`, `timeout`, `reset`, `proxy` (it refused, or is
      none) and `proxy-authentication` (it wants credentials).
    - TLS: `not-tls` (the port does not speak it), `tls-version` and `tls-cipher` (nothing in
      common), `tls-name` (the server knows no such name), `client-certificate` (one is wanted, or
      another one) and `tls`, whatever else.
    - the certificate: `certificate-expired`, `certificate-early` (not valid yet),
      `certificate-name` (for other names), `certificate-self-signed`, `certificate-untrusted` (of
      an unknown authority) and `certificate`, whatever else.
    - the answer: `status` (another than 101), `redirects` (too many, or to nowhere), `not-http`,
      `tls-expected` (a TLS record), `http2`, `accept` (a wrong Sec-WebSocket-Accept), `subprotocol`
      and `extension` (something that was not offered) and `handshake`, any other breach.
    - of WebRTC: `media` (what is to be sent cannot be read, in the phase `source`), `reset` (the
      signaling ended too early), `rejected` (all that was offered: no codec
      in common), `ice-server` (one that did not answer rightly), `no-relay` (the only path wanted),
      `no-candidates` (addresses of one side), `no-path` (between those of both), `dtls` (another
      certificate than the description has, or no version in common) and `left` (the other side
      ended it before it stood).
    - nothing is wrong: `redirected` and `challenged` (a further attempt follows), `aborted` (this
      end did not go on).
    """

    phase: str
    kind: str
    message: str
    hint: str
    status: int | None = None
    body: bytes | None = None


class WebSocketViolation(Event, frozen=True, tag="websocket.violation"):
    """A breach of the specification, with the clause and where it was seen.

    `offset` counts bytes of the direction's stream after the opening handshake; `frame` is the
    number of the frame's event, 0 when there is none.
    """

    direction: Direction
    clause: str
    offset: int
    frame: int
    message: str


class WebSocketFrame(Event, FrameHeader, frozen=True, gc=False, tag="websocket.frame"):
    """One frame (RFC 6455 section 5.2).

    `header` is the frame's header as on the wire, masking key included; `offset` is where it began
    in the direction's byte stream. `payload` is unmasked and whole up to `INLINE_LIMIT`; above it,
    it is a preview and `payload_id` names the chunks. A payload shorter than `payload_length`
    without a `payload_id` is one that the connection's end cut off.
    """

    direction: Direction
    header: bytes
    payload: bytes
    offset: int
    payload_id: int = 0

    @property
    def close_code(self) -> int | None:
        """The close code in the payload's first two bytes; None without one (section 5.5.1)."""
        if self.opcode != CLOSE or len(self.payload) < 2:
            return None
        return int.from_bytes(self.payload[:2], "big")

    @property
    def incomplete(self) -> bool:
        """Whether the connection ended inside this frame."""
        return self.payload_id == 0 and len(self.payload) < self.payload_length


class WebSocketMessage(Event, frozen=True, gc=False, tag="websocket.message"):
    """One message, made of one or more frames (RFC 6455 section 5.4).

    `length` is its length decoded, `wire_length` the sum of its frames' on the wire;
    `frames` are the numbers of its frames' events. `payload` is decoded and whole, except that of
    a message too long to be held in memory: then it is shorter than `length`.
    """

    direction: Direction
    kind: MessageKind
    length: int
    wire_length: int
    compressed: bool
    frames: tuple[int, ...]
    payload: bytes

    @property
    def text(self) -> str:
        """The payload as text; bytes that are not UTF-8 become U+FFFD."""
        return self.payload.decode("utf-8", "replace")

    @property
    def truncated(self) -> bool:
        """Whether `payload` is only the beginning of the message."""
        return len(self.payload) < self.length


class ConnectionClosed(Event, frozen=True, tag="connection.closed"):
    """The connection is over.

    `code` is that of the first Close frame received, else of the one sent when the peer need not
    answer; 1005 for a Close frame without a code, 1006 without a Close frame (RFC 6455 section
    7.1.5). `initiator` says who began: this end, the other, or the network. `clean` means Close
    frames went both ways. `cause` is what ended it: `close` (a Close frame), `violation` (this end
    failed the connection), `eof` (the peer's FIN without a Close frame), `reset` (its RST), `tls`
    (TLS ended it), `ping-timeout`, `close-timeout` or `aborted` (this end gave up at once).

    A WebRTC connection has no close codes, so `code` is 0; `clean` means that one side said that
    it ends. Its causes are `close`, `ice` (no path worked any more), `dtls` (the encryption failed
    or the peer ended it) and `aborted`.
    """

    code: int
    reason: str
    initiator: Initiator
    clean: bool
    cause: CloseCause


class ClockJumped(Event, frozen=True, tag="clock.jumped"):
    """Somebody moved the machine's wall clock; the capture's own times are not touched by it."""

    by_ns: int


class CaptureGap(Event, frozen=True, tag="capture.gap"):
    """`count` events could not be kept, or could not be read back."""

    count: int
    reason: str


MESSAGES_ONLY = (
    "Whole messages are all that is known: each frame here is made of a message, uncompressed, with"
    " a masking key of zeros where one was sent; pings, pongs, Close frames, fragments, the end and"
    " what was on the wire are not known."
)
"""The reason of a gap in a connection that was imported from a file that has no frames."""


Severity = Literal["error", "warning", "info"]


class Gain(msgspec.Struct, frozen=True):
    """What following a finding's advice would save, computed on the very traffic it is about.

    Attributes:
        before_bytes: bytes that the messages took.
        after_bytes: bytes that they would have taken.
        method: how that was computed, one sentence.
    """

    before_bytes: int
    after_bytes: int
    method: str


class Finding(Event, frozen=True, tag="finding"):
    """What something means: its cause, the evidence, the fix.

    `code` names the rule, as `WS203`; `wirescope explain` has a page for each. `evidence` are the
    numbers of the events that show it, at least one.
    """

    code: str
    severity: Severity
    title: str
    cause: str
    fix: str
    evidence: list[int]
    gain: Gain | None = None


AnyEvent = (
    ConnectionOpening
    | ConnectionPhase
    | ConnectionReached
    | ConnectionSecured
    | WebSocketHandshake
    | ConnectionOpened
    | ConnectionFailed
    | WebSocketViolation
    | WebSocketFrame
    | WebSocketMessage
    | ConnectionClosed
    | ClockJumped
    | CaptureGap
    | Finding
    | WebRtcEvent
)


class PayloadChunk(msgspec.Struct, frozen=True, gc=False):
    """A piece of a frame's payload that is longer than `INLINE_LIMIT`, unmasked, in order.

    `payload_id` is unique in the capture; the frame's own record follows its last chunk.
    """

    payload_id: int
    connection: str
    direction: Direction
    data: bytes


class MessageChunk(msgspec.Struct, frozen=True, gc=False):
    """A piece of a message that is too long to be held in memory, decoded, in order.

    The first chunk begins with the message's first byte; the message's own record follows the
    last one. A capture has no use for it, since the frames' payloads say the same.
    """

    connection: str
    direction: Direction
    kind: MessageKind
    data: bytes


Emission = AnyEvent | PayloadChunk | MessageChunk
"""What a producer gives to its sink."""
