"""The fields that a filter can name: what they are, which events have them, what a block knows.

A field is read from an event (`read`) or, for skipping blocks, from a summary's group (`known`): as
the least and the greatest value that any event of the group can have, both the same where it is
certain.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple

from wirescope.capture.summary import Group
from wirescope.events import (
    CLOSE,
    INLINE_LIMIT,
    PREVIEW_LENGTH,
    AnyEvent,
    ConnectionClosed,
    DataChannelMessage,
    RelayRefused,
    WebSocketFrame,
    WebSocketMessage,
)

Value = str | int | float | bytes
"""What a field can hold; a truth value is an int, a duration is in nanoseconds, and a number with a
fraction stands in JSON alone."""


class Kind(Enum):
    """How the value beside a field is written."""

    TEXT = "a text"
    NUMBER = "a number"
    SIZE = "a size in bytes, such as 500, 1kB or 4KiB"
    DURATION = "a duration with its unit, such as 20ms or 1.5s"
    TRUTH = "true or false"
    BYTES = "a text or, as 0x…, bytes in hex"
    OPCODE = "an opcode, such as text, ping or 0x3"
    JSON = "a number, true, false, null or a text; in quotes it is always a text"


class Bounds(NamedTuple):
    """Between which numbers and times the events of a block lie, both ends included."""

    first_seq: int
    last_seq: int
    first_at_ns: int
    last_at_ns: int


Range = tuple[Value, Value]


class Field(NamedTuple):
    """A field of the filter language.

    Attributes:
        name: as it is written.
        kind: what it is compared with.
        about: one line for people.
        types: the event types that have it; empty for all.
        read: its value in an event, None where the event has none.
        known: between which values it lies in a group; None when the group does not tell.
        choices: all values there are, when they are few.
    """

    name: str
    kind: Kind
    about: str
    types: frozenset[str]
    read: Callable[[AnyEvent], Value | None]
    known: Callable[[Group, Bounds], Range | None]
    choices: tuple[str, ...] = ()

    def absent(self, group: Group) -> bool:
        """Whether no event of the group has this field."""
        if self.types and group.type not in self.types:
            return True
        if group.type != "websocket.frame":
            return False
        if self.name in ("code", "reason"):  # of frames, only Close frames have them
            return group.opcode != CLOSE
        return (self.name == "text" or self.kind is Kind.JSON) and group.rsv1


FRAME = "websocket.frame"
MESSAGE = "websocket.message"
VIOLATION = "websocket.violation"
HANDSHAKE = "websocket.handshake"
OPENING = "connection.opening"
PHASE = "connection.phase"
REACHED = "connection.reached"
SECURED = "connection.secured"
FAILED = "connection.failed"
CLOSED = "connection.closed"
GAP = "capture.gap"
DESCRIPTION = "signaling.description"
EXCHANGE = "signaling.exchange"
ICE_SERVERS = "ice.servers"
CANDIDATE = "ice.candidate"
ICE_ERROR = "ice.error"
PAIR = "ice.pair"
RELAY_ALLOCATED = "relay.allocated"
RELAY_REFUSED = "relay.refused"
RELAY_ENDED = "relay.ended"
STATE = "peer.state"
CHANNEL_OPENED = "data_channel.opened"
CHANNEL_MESSAGE = "data_channel.message"
CHANNEL_CLOSED = "data_channel.closed"
TRACK = "media.track"
STATISTICS = "stats"

TYPES = (
    *(OPENING, PHASE, REACHED, SECURED, HANDSHAKE, "connection.opened", FAILED, VIOLATION),
    *(FRAME, MESSAGE, CLOSED, "clock.jumped", GAP, "finding"),
    *(DESCRIPTION, EXCHANGE, ICE_SERVERS, CANDIDATE, ICE_ERROR, PAIR, STATE),
    *(RELAY_ALLOCATED, RELAY_REFUSED, RELAY_ENDED),
    *(CHANNEL_OPENED, CHANNEL_MESSAGE, CHANNEL_CLOSED, TRACK, STATISTICS),
)


def _attribute(name: str) -> Callable[[AnyEvent], Value | None]:
    def read(event: AnyEvent) -> Value | None:
        value: Value | None = getattr(event, name, None)
        return value

    return read


def _of_type(kind: type[AnyEvent], name: str) -> Callable[[AnyEvent], Value | None]:
    def read(event: AnyEvent) -> Value | None:
        value: Value | None = getattr(event, name) if type(event) is kind else None
        return value

    return read


def _length(event: AnyEvent) -> int | None:
    if type(event) is WebSocketFrame:
        return event.payload_length
    return event.length if isinstance(event, WebSocketMessage | DataChannelMessage) else None


def _payload(event: AnyEvent) -> bytes | None:
    if type(event) is WebSocketFrame:
        return event.payload
    if not isinstance(event, WebSocketMessage | DataChannelMessage):
        return None
    # A capture keeps the beginning of a long message at hand; live, no more is looked at either.
    return event.payload[:PREVIEW_LENGTH] if event.length > INLINE_LIMIT else event.payload


def text_of(event: AnyEvent) -> bytes | None:
    """Return a payload as it reads; None of a compressed frame and of what has none."""
    if type(event) is WebSocketFrame and event.rsv1:  # compressed (RFC 7692 section 6)
        return None
    return _payload(event)


def _code(event: AnyEvent) -> int | None:
    if type(event) is WebSocketFrame:
        return event.close_code
    return event.code if isinstance(event, ConnectionClosed | RelayRefused) else None


def _reason(event: AnyEvent) -> str | None:
    if type(event) is WebSocketFrame:
        is_close = event.opcode == CLOSE and len(event.payload) >= 2
        return event.payload[2:].decode("utf-8", "replace") if is_close else None
    reason: str | None = getattr(event, "reason", None)
    return reason


def _unknown(_group: Group, _bounds: Bounds) -> Range | None:
    return None


def _exactly(name: str) -> Callable[[Group, Bounds], Range | None]:
    def known(group: Group, _bounds: Bounds) -> Range | None:
        value: Value = getattr(group, name)
        return value, value

    return known


def _lengths(group: Group, _bounds: Bounds) -> Range:
    return group.min_length, group.max_length


def _wire_lengths(group: Group, _bounds: Bounds) -> Range:
    return 0, group.wire_bytes


def _kinds(group: Group, _bounds: Bounds) -> Range | None:
    is_message = group.type in (MESSAGE, CHANNEL_MESSAGE)
    return (group.kind, group.kind) if is_message else None


def _seqs(_group: Group, bounds: Bounds) -> Range:
    return bounds.first_seq, bounds.last_seq


def _times(_group: Group, bounds: Bounds) -> Range:
    return bounds.first_at_ns, bounds.last_at_ns


def _frame_flag(name: str, about: str) -> Field:
    types = frozenset({FRAME})
    return Field(name, Kind.TRUTH, about, types, _of_type(WebSocketFrame, name), _exactly(name))


def _plain(
    name: str, kind: Kind, about: str, *types: str, attribute: str = "", choices: str = ""
) -> Field:
    read = _attribute(attribute or name)
    return Field(name, kind, about, frozenset(types), read, _unknown, tuple(choices.split()))


_DIRECTED = frozenset({FRAME, MESSAGE, VIOLATION, CHANNEL_MESSAGE, TRACK})
WITH_PAYLOAD = frozenset({FRAME, MESSAGE, CHANNEL_MESSAGE})
_WITH_WIRE_LENGTH = frozenset({FRAME, MESSAGE})
_OF_A_KIND = frozenset({MESSAGE, FAILED, DESCRIPTION, CANDIDATE, CHANNEL_MESSAGE, TRACK})

_ANY = frozenset[str]()
_FRAMES = frozenset({FRAME})
_MESSAGES = frozenset({MESSAGE})

# fmt: off
_ALL = (
    Field("type", Kind.TEXT, "the event type",
          _ANY, _attribute("type"), _exactly("type"), TYPES),
    Field("connection", Kind.TEXT, "the connection's id, as `c1`",
          _ANY, _attribute("connection"), _exactly("connection")),
    Field("seq", Kind.NUMBER, "the event's number",
          _ANY, _attribute("seq"), _seqs),
    Field("at", Kind.DURATION, "time since the start of the capture",
          _ANY, _attribute("at_ns"), _times),
    Field("direction", Kind.TEXT, "which way it went",
          _DIRECTED, _attribute("direction"), _exactly("direction"), ("sent", "received")),
    Field("opcode", Kind.OPCODE, "what a frame is",
          _FRAMES, _of_type(WebSocketFrame, "opcode"), _exactly("opcode")),
    Field("kind", Kind.TEXT, "of a message `text` or `binary`; of a failure its cause; of a"
          " description, candidate or track what it is",
          _OF_A_KIND, _attribute("kind"), _kinds),
    Field("length", Kind.SIZE, "payload length of a frame, decoded length of a message",
          WITH_PAYLOAD, _length, _lengths),
    Field("wire_length", Kind.SIZE, "bytes on the wire, headers included",
          _WITH_WIRE_LENGTH, _attribute("wire_length"), _wire_lengths),
    Field("text", Kind.BYTES, "the payload as text; not of a compressed frame",
          WITH_PAYLOAD, text_of, _unknown),
    Field("payload", Kind.BYTES, "the payload, of a compressed frame as on the wire",
          WITH_PAYLOAD, _payload, _unknown),
    Field("compressed", Kind.TRUTH, "whether a message was compressed",
          _MESSAGES, _attribute("compressed"), _exactly("compressed")),
    _frame_flag("fin", "the last frame of a message"),
    _frame_flag("rsv1", "bit RSV1: a compressed message begins"),
    _frame_flag("rsv2", "bit RSV2"),
    _frame_flag("rsv3", "bit RSV3"),
    _frame_flag("masked", "a masking key is present"),
    Field("code", Kind.NUMBER, "the close code, of a Close frame or of the connection; the error"
          " of the own TURN server",
          frozenset({CLOSED, FRAME, RELAY_REFUSED}), _code, _unknown),
    Field("reason", Kind.TEXT, "the close reason; why there is a gap; why the own TURN server"
          " refused or ended",
          frozenset({CLOSED, FRAME, GAP, RELAY_REFUSED, RELAY_ENDED}), _reason, _unknown),
    _plain("initiator", Kind.TEXT, "who began the close", CLOSED, CHANNEL_CLOSED,
           choices="local remote network"),
    _plain("cause", Kind.TEXT, "what ended the connection", CLOSED),
    _plain("clean", Kind.TRUTH, "whether it ended as it should", CLOSED),
    _plain("status", Kind.NUMBER, "the HTTP status", HANDSHAKE, FAILED, EXCHANGE),
    _plain("phase", Kind.TEXT, "the step that failed", FAILED),
    _plain("name", Kind.TEXT, "the step that is done", PHASE),
    _plain("duration", Kind.DURATION, "how long a step took", PHASE, EXCHANGE,
           attribute="duration_ns"),
    _plain("clause", Kind.TEXT, "the section that was broken", VIOLATION),
    _plain("message", Kind.TEXT, "what happened", VIOLATION, FAILED, ICE_ERROR),
    _plain("url", Kind.TEXT, "the address", OPENING, EXCHANGE, CANDIDATE, ICE_ERROR),
    _plain("address", Kind.TEXT, "whom TCP leads to; a candidate's address", REACHED, CANDIDATE),
    _plain("port", Kind.NUMBER, "its port", REACHED, CANDIDATE),
    _plain("local_address", Kind.TEXT, "this end of TCP", REACHED),
    _plain("local_port", Kind.NUMBER, "its port", REACHED),
    _plain("proxy", Kind.TEXT, "the proxy's URL", REACHED),
    _plain("version", Kind.TEXT, "the TLS version", SECURED),
    _plain("cipher", Kind.TEXT, "the cipher suite", SECURED),
    _plain("alpn", Kind.TEXT, "the protocol that TLS chose", SECURED),
    _plain("server_name", Kind.TEXT, "the name that was asked for", SECURED),
    _plain("verified", Kind.TRUTH, "whether the certificate was accepted", SECURED),
    _plain("side", Kind.TEXT, "whose description or candidate it is", DESCRIPTION, CANDIDATE,
           choices="local remote"),
    _plain("sdp", Kind.TEXT, "the text of a description", DESCRIPTION),
    _plain("protocol", Kind.TEXT, "a candidate's transport; a channel's subprotocol",
           CANDIDATE, CHANNEL_OPENED),
    _plain("mid", Kind.TEXT, "the media section", CANDIDATE, TRACK),
    _plain("local", Kind.TEXT, "a pair's candidate of this end", PAIR),
    _plain("remote", Kind.TEXT, "a pair's candidate of the other end", PAIR),
    _plain("state", Kind.TEXT, "how far a pair's checks are", PAIR,
           choices="frozen waiting in-progress failed succeeded"),
    _plain("selected", Kind.TRUTH, "whether data takes this pair's way", PAIR),
    _plain("nominated", Kind.TRUTH, "whether the controlling side chose this pair", PAIR),
    _plain("relayed", Kind.TEXT, "the relayed address of the own TURN server",
           RELAY_ALLOCATED, RELAY_ENDED),
    _plain("peer", Kind.TEXT, "the address that it refused", RELAY_REFUSED),
    _plain("machine", Kind.TEXT, "what has moved", STATE,
           choices="connection ice gathering signaling dtls sctp"),
    _plain("from", Kind.TEXT, "the state that was left", STATE, attribute="from_"),
    _plain("to", Kind.TEXT, "the state that was reached", STATE),
    _plain("channel", Kind.NUMBER, "a data channel's id",
           CHANNEL_OPENED, CHANNEL_MESSAGE, CHANNEL_CLOSED),
    _plain("label", Kind.TEXT, "a data channel's label", CHANNEL_OPENED),
    _plain("object", Kind.TEXT, "what statistics are about, as `inbound-rtp`", STATISTICS),
)
# fmt: on

FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}
"""All fields by name."""
