"""Whatever comes, in whatever batches: the analysis says the same and breaks at nothing."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.analysis import Analyzer
from wirescope.events import (
    CaptureGap,
    ClockJumped,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)
from wirescope.wire.websocket import build_header

CONNECTIONS = st.sampled_from(["c1", "c1", "c1", "c2", "c10", ""])
DIRECTIONS = st.sampled_from(["sent", "received"])
PAUSES_NS = st.sampled_from([0, 0, 1, 1000, 10**6, 10**6, 10**7, 3 * 10**8, 10**9, 61 * 10**9])
TEXTS = st.sampled_from(["", "x", "eof", "ping", "RFC 6455 5.2", "The frame is wrong."])
HEADS = st.sampled_from(
    ["", "GET /x HTTP/1.1\r\n", "HTTP/1.1 101 X\r\nServer: aiohttp/3\r\n", "\r\n:\r\nUpgrade"]
)
EXTENSIONS = st.sampled_from([[], ["permessage-deflate"], ["permessage-deflate; x=;"], ["\x00"]])
CODES = st.sampled_from([1000, 1001, 1005, 1006, 1009, 1011, 3000, 4001, 0, 70000])
KINDS = st.sampled_from(["status", "refused", "redirected", "challenged", "nothing-known", "tls"])
PAYLOADS = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([b"", b'{"type":"ping"}', b'{"jsonrpc":"2.0","method":"m"}', b"2"]),
    st.builds(b'{"jsonrpc":"2.0","id":%d,"method":"m"}'.__mod__, st.integers(0, 5)),
    st.builds(b'{"jsonrpc":"2.0","id":%d,"result":1}'.__mod__, st.integers(0, 5)),
    st.builds(b'{"n":%d,"pad":"%s"}'.__mod__, st.tuples(st.integers(0, 99), st.just(b"x" * 300))),
)


@st.composite
def frames(draw):
    payload = draw(PAYLOADS)
    header = build_header(
        draw(st.sampled_from([0, 1, 2, 3, 8, 8, 9, 9, 10, 10, 15])),
        len(payload) + draw(st.sampled_from([0, 0, 0, 5])),
        fin=draw(st.booleans()),
        rsv1=draw(st.booleans()),
        masking_key=draw(st.sampled_from([None, b"abcd"])),
    )
    return WebSocketFrame, (draw(DIRECTIONS), header, payload, 0)


@st.composite
def messages(draw):
    payload = draw(PAYLOADS)
    length = len(payload) + draw(st.sampled_from([0, 0, 0, 10**6, 1 << 62]))
    wire_length, compressed = draw(st.sampled_from([0, 10, length])), draw(st.booleans())
    kind, numbers = draw(st.sampled_from(["text", "binary"])), draw(st.sampled_from([(), (1, 2)]))
    fields = (draw(DIRECTIONS), kind, length, wire_length, compressed, numbers, payload)
    return WebSocketMessage, fields


def of(kind, *fields):
    return st.tuples(st.just(kind), st.tuples(*fields))


KINDS_OF_EVENTS = st.one_of(
    frames(),
    frames(),
    messages(),
    messages(),
    messages(),
    of(ConnectionOpening, st.sampled_from(["ws://h/?t=1", "wss://h/", ""]), st.just("websocket")),
    of(ConnectionPhase, st.sampled_from(["dns", "tcp", "upgrade"]), st.integers(0, 10**10)),
    of(WebSocketHandshake, HEADS, HEADS, st.sampled_from([0, 101, 403]), TEXTS, EXTENSIONS),
    of(ConnectionOpened),
    of(ConnectionFailed, st.sampled_from(["dns", "tcp", "upgrade", ""]), KINDS, TEXTS, TEXTS,
       st.sampled_from([None, 101, 302, 400, 403, 999]), st.sampled_from([None, b"", b"\xff<p>x"])),
    of(WebSocketViolation, DIRECTIONS, TEXTS, st.just(0), st.integers(0, 3), TEXTS),
    of(ConnectionClosed, CODES, TEXTS, st.sampled_from(["local", "remote", "network"]),
       st.booleans(), st.sampled_from(["close", "violation", "eof", "reset", "tls", "ping-timeout",
                                       "close-timeout", "aborted"])),
    of(CaptureGap, st.integers(0, 3), TEXTS),
    of(ClockJumped, st.integers(-5, 5)),
)  # fmt: skip


@st.composite
def captures(draw, pauses_ns=PAUSES_NS):
    """Events in the order of their numbers and, unless pauses are below 0, of time."""
    made, at_ns = [], 0
    several = st.tuples(CONNECTIONS, pauses_ns, KINDS_OF_EVENTS, st.sampled_from([1, 1, 1, 5, 30]))
    for connection, pause_ns, (kind, fields), times in draw(st.lists(several, max_size=25)):
        for _ in range(times):
            at_ns += pause_ns
            name = connection if kind not in (CaptureGap, ClockJumped) else ""
            made.append(kind(len(made) + 1, at_ns, name, *fields))
    return made


def said(events, ends, **options):
    """Feed the events in parts that end at these places; return all that the analysis says."""
    analyzer = Analyzer(**options)
    found, start = [], 0
    for end in [*ends, len(events)]:
        found += analyzer.feed(events[start:end])
        start = end
    found += analyzer.finish()
    told = sorted((each.connection, each.code, each.cause, each.evidence) for each in found)
    verdicts = [each.verdict() for each in analyzer.conversations]
    return told, msgspec.json.encode(analyzer.metrics()), verdicts


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(captures(), st.lists(st.integers(0, 200), max_size=8), st.sampled_from([None, 0, 3, 20]))
def test_in_whatever_batches_events_come_the_analysis_says_the_same(events, cuts, rate):
    ends = sorted(min(cut, len(events)) for cut in cuts)
    whole = said(events, [], content_rate=rate)
    assert said(events, ends, content_rate=rate) == whole
    assert said(events, range(1, len(events)), content_rate=rate) == whole


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(captures(PAUSES_NS | st.sampled_from([-1, -(10**9), 2 * 10**18, -(2 * 10**18)])))
def test_times_that_cannot_be_break_nothing(events):
    assert said(events, [])
