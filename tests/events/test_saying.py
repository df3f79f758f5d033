"""What happened on a WebRTC connection is said in one line."""

from typing import get_args

import pytest

from scripts.reference import EXAMPLES
from wirescope.events import (
    DataChannelOpened,
    IceCandidate,
    RelayEnded,
    RelayRefused,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    TransportAddress,
    WebRtcEvent,
    say,
)

OWN = [example for example in EXAMPLES if isinstance(example, get_args(WebRtcEvent))]


def test_there_is_an_example_of_every_type() -> None:
    assert {type(example) for example in OWN} == set(get_args(WebRtcEvent))


@pytest.mark.parametrize("event", OWN, ids=lambda event: event.type)
def test_every_event_is_said_in_one_line(event: WebRtcEvent) -> None:
    line = say(event)
    assert line
    assert "\n" not in line
    assert "None" not in line


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            SignalingDescription(1, 0, "c1", "remote", "answer", "v=0\r\nm=audio 9 x\r\n"),
            "remote answer of 1 media section",
        ),
        (
            IceCandidate(
                *(1, 0, "c1", "local", "relay", "2001:db8::1", 5000, "udp", 9, "f", "0"),
                TransportAddress("192.0.2.1", 7),
                "turn:t.test",
            ),
            "local candidate relay udp [2001:db8::1]:5000 by way of 192.0.2.1:7, from turn:t.test",
        ),
        (
            DataChannelOpened(1, 0, "c1", 3, "game", "", False, 0, None, False, "remote"),
            'channel 3 "game" open, unordered, 0 retransmissions at most',
        ),
        (
            SignalingExchange(1, 0, "c1", "POST", "http://h/whep", 0, "", "", "", "", 1_500_000),
            "POST http://h/whep: no answer in 1.5 ms",
        ),
        (
            RelayRefused(
                *(1, 0, "c1", "127.0.0.1:7", "CreatePermission", 403, "private address"),
                *(10, "10.0.0.1"),
            ),
            "own TURN server refused CreatePermission for peer 10.0.0.1: 403 private address, 10"
            " times by now",
        ),
        (
            RelayEnded(1, 0, "c1", "127.0.0.1:9", "lifetime", 1_000, 64_000, 2, 20),
            "own TURN server relays no more at 127.0.0.1:9, not refreshed in time: 1,000 datagrams"
            " with 64,000 bytes to peers, 2 with 20 back",
        ),
        (
            Statistics(1, 0, "c1", "transport", "T1", dict.fromkeys("abcdef", 1)),
            "transport: a 1, b 1, c 1, d 1, 2 more",
        ),
        (
            Statistics(
                *(1, 0, "c1", "inbound-rtp", "I1"),
                {"ssrc": 7, "codecId": "C", "x": 1, "packetsLost": 2, "jitter": 0.1, "kind": "a"},
            ),
            "inbound-rtp: kind a, packetsLost 2, jitter 0.1, x 1, 2 more",
        ),
    ],
    ids=lambda value: value.type if not isinstance(value, str) else "",
)
def test_a_line_says_what_matters(event: WebRtcEvent, line: str) -> None:
    assert say(event) == line
