"""A WebRTC connection has a verdict of its own, and no rule of WebSocket speaks of it."""

import pytest

from wirescope.analysis import Analyzer
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataChannelMessage,
    IcePair,
)

SECOND = 1_000_000_000
OPENING = ConnectionOpening(1, 0, "c1", "webrtc:", "webrtc")
OPENED = ConnectionOpened(2, SECOND, "c1")
MESSAGE = DataChannelMessage(3, 2 * SECOND, "c1", "sent", 1, "text", 2, b"hi")

PAIR = IcePair(
    *(3, SECOND, "c1", "host udp 192.0.2.1:1", "relay udp 192.0.2.2:2", "succeeded"),
    nominated=True,
    selected=True,
)


def closed(initiator: str, cause: str, reason: str = "") -> ConnectionClosed:
    values = (0, reason, initiator, cause == "close", cause)
    return ConnectionClosed(4, 6 * SECOND, "c1", *values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "sentence", "advised"),
    [
        ([OPENING], "The connection to webrtc: is being made.", False),
        (
            [OPENING, OPENED, MESSAGE],
            "The connection to webrtc: is open for 1.0 s, with 1 message sent and 0 received.",
            False,
        ),
        (
            [OPENING, OPENED, closed("local", "close")],
            "This end ended the connection after 5.0 s.",
            False,
        ),
        (
            [OPENING, OPENED, PAIR, MESSAGE, closed("remote", "close")],
            "The other end ended the connection after 5.0 s over a relayed path, with 1 message"
            " sent and 0 received.",
            False,
        ),
        (
            [OPENING, OPENED, closed("network", "ice", "no working path for 45 s")],
            "The network ended the connection after 5.0 s: no working path for 45 s.",
            True,
        ),
        (
            [OPENING, ConnectionFailed(2, SECOND, "c1", "ice", "no-path", "No path.", "Try TURN.")],
            "No path.",
            True,
        ),
    ],
    ids=["opening", "open", "closed", "carried", "lost", "failed"],
)
def test_a_peer_connection_is_told_in_its_own_words(
    events: list[AnyEvent], sentence: str, advised: bool
) -> None:
    analyzer = Analyzer()
    found = analyzer.feed(events) + analyzer.finish()
    assert not [each for each in found if each.code.startswith(("WS", "NET", "TLS"))]
    verdict = analyzer.verdict()
    assert verdict.sentence == sentence
    assert bool(verdict.advice) == advised
    assert analyzer.metrics()["connections"] == {}
