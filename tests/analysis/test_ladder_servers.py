"""The connect ladder where ICE servers were given: what it says of those that gave nothing."""

import pytest

from tests.analysis.test_ladder import failed, sdp, story
from wirescope.events import (
    IceCandidate,
    IceError,
    IceServerAsked,
    IceServersSet,
    SignalingDescription,
)


@pytest.mark.parametrize(
    ("hint", "advice"),
    [
        (True, "Do this."),
        (False, "Put the TURN server right first: `wirescope doctor turn:192.0.2.9`."),
    ],
)
def test_a_turn_server_that_was_given_is_not_to_be_given(hint: bool, advice: str) -> None:
    told = story(until="first-check")
    told.tell(9, IceServersSet, [IceServerAsked("turn:192.0.2.9")], "all")
    told.pair(29_000, "in-progress", 40, 0, 0)
    failure = failed("ice", "no-path")
    told.tell(30_000, *(failure if hint else (*failure[:-1], "")))
    assert told.ladder().advice == advice


def test_what_is_over_is_not_waited_for() -> None:
    told = story(until="addresses")
    told.tell(50, SignalingDescription, "remote", "answer", sdp(ufrag="bbbb"))
    assert told.ladder().rung("gathering").words == "No address was found yet."
    told.tell(30_000, *failed("gathering", "no-relay"))
    rung = told.ladder().rung("gathering")
    assert (rung.state, rung.words) == ("failed", "No address was found.")


def test_an_interface_that_reaches_no_server_is_no_refusal_of_one_that_gave_an_address() -> None:
    server = "turn:192.0.2.9?transport=tcp"
    told = story(until="addresses").tell(24, IceError, server, 701, "No socket.", "127.0.0.x", 0)
    assert "701" in told.ladder().rung("gathering").words
    told.tell(
        25, IceCandidate, "local", "relay", "192.0.2.9", 9, "udp", 1, "f", "0", None, server, None
    )
    assert told.ladder().rung("gathering").words == "1 address of this end: 1 relay."
