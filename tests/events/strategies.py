"""Any event whatever, for hypothesis."""

from datetime import UTC, datetime
from typing import get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from wirescope.events import (
    INLINE_LIMIT,
    AnyEvent,
    CaptureGap,
    Certificate,
    ClockJumped,
    CloseCause,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    DataChannelClosed,
    DataChannelMessage,
    DataChannelOpened,
    Finding,
    Gain,
    IceCandidate,
    IceError,
    IcePair,
    IceServerAsked,
    IceServersSet,
    Machine,
    MediaTrack,
    PairState,
    PeerState,
    RelayAllocated,
    RelayEnded,
    RelayRefused,
    SdpType,
    Severity,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    TransportAddress,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)

whole = st.integers(0, 2**63 - 1)
text = st.text(st.characters(codec="utf-8"), max_size=40)
latin1 = st.text(st.characters(codec="latin-1"), max_size=40)
direction = st.sampled_from(["sent", "received"])
purpose = st.sampled_from([None, "signaling"])
payload = st.one_of(st.binary(max_size=200), text.map(str.encode))
head = (st.integers(1, 2**63 - 1), whole, text)


@st.composite
def headers(draw: st.DrawFn, length: SearchStrategy[int]) -> bytes:
    """Draw a frame's header, legal or not, in any encoding that can hold the length."""
    announced = draw(length)
    first = draw(st.integers(0, 255))
    masked = draw(st.booleans())
    encodings = [
        bits for bits, limit in ((7, 126), (16, 1 << 16), (64, 1 << 64)) if announced < limit
    ]
    bits = draw(st.sampled_from(encodings))
    short = {7: announced, 16: 126, 64: 127}[bits]
    extended = b"" if bits == 7 else announced.to_bytes(bits // 8, "big")
    key = draw(st.binary(min_size=4, max_size=4)) if masked else b""
    return bytes([first, short | (0x80 if masked else 0)]) + extended + key


@st.composite
def frames(draw: st.DrawFn) -> WebSocketFrame:
    """Draw a whole frame, or one that the connection's end cut off."""
    data = draw(payload)
    header = draw(headers(st.one_of(st.just(len(data)), st.integers(len(data), 2**64 - 1))))
    return WebSocketFrame(*draw(st.tuples(*head)), draw(direction), header, data, draw(whole))


@st.composite
def messages(draw: st.DrawFn) -> WebSocketMessage:
    """Draw a message that its record carries whole."""
    data = draw(payload)
    return WebSocketMessage(
        *draw(st.tuples(*head)),
        draw(direction),
        draw(st.sampled_from(["text", "binary"])),
        len(data),
        draw(whole),
        draw(st.booleans()),
        tuple(draw(st.lists(st.integers(1, 2**63 - 1), max_size=5))),
        data,
    )


@st.composite
def previews(draw: st.DrawFn) -> WebSocketFrame | WebSocketMessage:
    """Draw a frame or a message that its record has the beginning of, cut anywhere."""
    length = draw(st.integers(INLINE_LIMIT + 1, 2**63 - 1))
    data = draw(payload)
    data = data[: draw(st.integers(0, len(data)))]
    fields = draw(st.tuples(*head))
    if draw(st.booleans()):
        header = draw(headers(st.just(length)))
        return WebSocketFrame(*fields, draw(direction), header, data, 0, draw(st.integers(1, 99)))
    numbers = (draw(whole), False, ())
    return WebSocketMessage(*fields, draw(direction), "text", length, *numbers, data)


@st.composite
def channel_messages(draw: st.DrawFn) -> DataChannelMessage:
    """Draw a message of a data channel, whole or, if it is a long one, its beginning."""
    data = draw(payload)
    length = draw(st.just(len(data)) | st.integers(INLINE_LIMIT + 1, 2**63 - 1))
    kind = draw(st.sampled_from(["text", "binary"]))
    fields = draw(st.tuples(*head))
    return DataChannelMessage(*fields, draw(direction), draw(ports), kind, length, data)


side = st.sampled_from(["local", "remote"])
ports = st.integers(0, 65535)
statistic = st.one_of(st.booleans(), whole, st.floats(allow_nan=False, allow_infinity=False), text)
times = st.datetimes(datetime(1950, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
certificates = st.builds(
    Certificate, text, text, st.lists(text, max_size=3), times, times, text, text, text
)

events: SearchStrategy[AnyEvent] = st.one_of(
    st.builds(ConnectionOpening, *head, text, st.just("websocket"), purpose),
    st.builds(ConnectionPhase, *head, text, whole),
    st.builds(ConnectionReached, *head, text, whole, text, whole, st.none() | text),
    st.builds(
        ConnectionSecured,
        *(*head, text, text, text, text, st.booleans()),
        st.lists(certificates, max_size=2),
    ),
    st.builds(WebSocketHandshake, *head, latin1, latin1, whole, text, st.lists(text, max_size=3)),
    st.builds(ConnectionOpened, *head),
    st.builds(
        ConnectionFailed,
        *head,
        text,
        text,
        text,
        text,
        st.none() | st.integers(100, 599),
        st.none() | payload,
    ),
    st.builds(WebSocketViolation, *head, direction, text, whole, whole, text),
    frames(),
    messages(),
    previews(),
    st.builds(
        ConnectionClosed,
        *head,
        st.integers(0, 65535),
        text,
        st.sampled_from(["local", "remote", "network"]),
        st.booleans(),
        st.sampled_from(get_args(CloseCause)),
    ),
    st.builds(ClockJumped, *head, st.integers(-(2**62), 2**62)),
    st.builds(CaptureGap, *head, whole, text),
    st.builds(
        Finding,
        *head,
        text,
        st.sampled_from(get_args(Severity)),
        text,
        text,
        text,
        st.lists(whole, min_size=1, max_size=3),
        st.none() | st.builds(Gain, whole, whole, text),
    ),
    st.builds(SignalingDescription, *head, side, st.sampled_from(get_args(SdpType)), text),
    st.builds(SignalingExchange, *head, text, text, whole, text, text, text, text, whole),
    st.builds(
        IceCandidate,
        *(*head, side, st.sampled_from(["host", "srflx", "prflx", "relay"]), text, ports),
        *(st.sampled_from(["udp", "tcp"]), whole, text, text),
        st.none() | st.builds(TransportAddress, text, ports),
        st.none() | text,
        st.none() | st.sampled_from(["active", "passive", "so"]),
        st.none() | text,
    ),
    st.builds(
        IceServersSet,
        *head,
        st.lists(st.builds(IceServerAsked, text, st.none() | st.floats(-1e6, 1e6)), max_size=3),
        st.sampled_from(["all", "relay"]),
    ),
    st.builds(IceError, *head, text, whole, text, text, ports),
    st.builds(
        IcePair,
        *(*head, text, text, st.sampled_from(get_args(PairState)), st.booleans(), st.booleans()),
    ),
    st.builds(RelayAllocated, *head, text, text, st.sampled_from(["udp", "tcp", "tls"]), whole),
    st.builds(RelayRefused, *head, text, text, whole, text, whole, st.none() | text),
    st.builds(
        RelayEnded,
        *(*head, text, st.sampled_from(["client", "lifetime", "connection", "server"])),
        *(whole, whole, whole, whole),
    ),
    st.builds(PeerState, *head, st.sampled_from(get_args(Machine)), text, text),
    st.builds(
        DataChannelOpened,
        *(*head, ports, text, text, st.booleans()),
        *(st.none() | ports, st.none() | ports, st.booleans(), side),
    ),
    channel_messages(),
    st.builds(DataChannelClosed, *head, ports, st.sampled_from(["local", "remote", "network"])),
    st.builds(
        MediaTrack,
        *(*head, direction, st.sampled_from(["audio", "video"]), text, text),
        st.lists(text, max_size=2),
    ),
    st.builds(
        Statistics,
        *(*head, text, text),
        st.dictionaries(st.sampled_from(["packetsLost", "jitter", "kind", "active"]), statistic),
    ),
)

long_payloads = st.sampled_from(
    [b"a" * (INLINE_LIMIT + 1), b"\xff" * (INLINE_LIMIT + 1), "é".encode() * INLINE_LIMIT]
)
