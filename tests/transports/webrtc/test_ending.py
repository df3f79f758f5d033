"""Why a connection did not come about is read from what was seen on the way."""

from collections.abc import Sequence

import pytest

from wirescope.events import IceCandidate, IceError, Side
from wirescope.transports.webrtc.ending import Seen


def seen(here: Sequence[str], there: Sequence[str]) -> Seen:
    found = Seen(described={"local", "remote"}, agreed=True)
    sides: tuple[tuple[Side, Sequence[str]], ...] = (("local", here), ("remote", there))
    for side, addresses in sides:
        for each in addresses:
            found.note(
                IceCandidate(
                    *(1, 0, "c1", side, "host", each, 9, "udp", 1, "f", "0"), None, None, None
                )
            )
    return found


@pytest.mark.parametrize(
    ("here", "there", "words"),
    [
        (["192.0.2.1"], ["2001:db8::1"], "there is IPv4 here and IPv6 there"),
        (["192.0.2.1", "::1"], ["2001:db8::1", "127.0.0.1"], "IPv4 here and IPv6 there"),
        (["192.0.2.1", "2001:db8::2"], ["2001:db8::1"], "No path between the two sides"),
        (["192.0.2.1"], ["c2ad.local"], "No path between the two sides"),
        (["192.0.2.1"], ["2001:db8::1", "c2ad.local"], "No path between the two sides"),
        (["127.0.0.1"], ["192.0.2.1"], "No path between the two sides"),
        (["192.0.2.1"], [], "told no address"),
        ([], ["192.0.2.1"], "No address was found for this end"),
    ],
)
def test_addresses_that_cannot_reach_each_other_are_said_to_be_so(
    here: list[str], there: list[str], words: str
) -> None:
    reason = seen(here, there).why(waited_s=1)
    assert words in reason.message
    assert reason.hint


def test_the_end_of_the_signaling_is_said_where_addresses_are_missing() -> None:
    found = seen(["192.0.2.1"], [])
    found.signaling_ended = "The server went away."
    assert found.why(waited_s=1).message.endswith("the signaling ended: The server went away.")


@pytest.mark.parametrize(
    ("described", "words"),
    [
        (set(), "before the other side had answered"),
        ({"local"}, "before the other side had answered"),
        ({"remote"}, "before this end had answered"),
    ],
)
def test_signaling_that_ends_early_is_the_reason(described: set[str], words: str) -> None:
    found = Seen(described=described, signaling_ended="The server went away.")
    assert words in found.why(waited_s=1).message


def test_an_offer_that_this_end_has_not_answered_is_not_the_other_side_s_fault() -> None:
    found = seen([], ["192.0.2.1"])
    found.described = {"remote"}
    reason = found.why(waited_s=3)
    assert reason.message == "This end has not answered the other side's offer within 3 s."
    assert (reason.phase, reason.kind) == ("signaling", "timeout")


def test_a_server_s_words_end_with_one_stop() -> None:
    found = seen([], ["192.0.2.1"])
    found.note(IceError(2, 0, "c1", "turn:192.0.2.9", 401, "Unauthorized.", "", 0))
    told = found.why(waited_s=1).message
    assert told == "No address was found for this end: turn:192.0.2.9 said 401 Unauthorized."
