"""Why a connection did not come about is read from what was seen on the way."""

from collections.abc import Sequence

import pytest

from wirescope.events import IceCandidate, IceError, Side
from wirescope.transports.webrtc import IceServer
from wirescope.transports.webrtc.ending import Seen
from wirescope.transports.webrtc.given import Given


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


UDP = IceServer("turn:192.0.2.9:3478", "ada", "pw")
TCP = IceServer("turn:192.0.2.9:3478?transport=tcp", "ada", "pw")
TLS = IceServer("turn:127.0.0.1:4000?transport=tcp", "ada", "pw", stands_for="turns:192.0.2.9")


@pytest.mark.parametrize(
    ("servers", "message", "hint"),
    [
        (
            (UDP,),
            f"{UDP.url} gave no address: asked over UDP, it said nothing within 30 s.",
            f"`wirescope doctor {UDP.url}` says what is wrong there. Name it over TCP or TLS as",
        ),
        (
            (UDP, TLS),
            f"{UDP.url} and turns:192.0.2.9 gave no address: asked over UDP and TLS, they said"
            " nothing within 30 s.",
            f"`wirescope doctor {UDP.url}` and `wirescope doctor turns:192.0.2.9` say what is wrong"
            " there.",
        ),
    ],
)
def test_relays_that_say_nothing_are_named_with_the_way_they_were_asked(
    servers: tuple[IceServer, ...], message: str, hint: str
) -> None:
    found = Seen(Given(servers, relay_only=True), {"local", "remote"})
    reason = found.why(waited_s=30)
    assert reason.message == f"Only relayed paths are wanted, and {message}"
    assert reason.hint.startswith(hint)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (401, "Check user name and password"),
        (403, "See the server's rules"),
        (486, "End allocations that are not used"),
        (508, "Widen the server's range of ports"),
        (701, f"`wirescope doctor {UDP.url}`"),
    ],
)
def test_what_to_do_about_a_server_is_said_by_its_code(code: int, hint: str) -> None:
    found = Seen(Given((UDP,), relay_only=True), {"local", "remote"})
    found.note(IceError(2, 0, "c1", UDP.url, code, "No.", "", 0))
    found.note(IceError(3, 0, "c1", UDP.url, 701, "Not reached from loopback.", "", 0))
    assert found.why(waited_s=30).hint.startswith(hint)


@pytest.mark.parametrize(
    ("servers", "kinds", "code", "hint"),
    [
        ((), {"host"}, 0, "Give a TURN server"),
        (
            (UDP,),
            {"host"},
            0,
            f"Put the TURN server right first: no address came of {UDP.url}. `wirescope doctor"
            f" {UDP.url}` says what is wrong there. Name it over TCP or TLS as well",
        ),
        (
            (TCP,),
            {"host"},
            701,
            f"Put the TURN server right first: no address came of {TCP.url}. `wirescope doctor"
            f" {TCP.url}` says what is wrong there.",
        ),
        (
            (UDP,),
            {"host"},
            401,
            f"Put the TURN server right first: {UDP.url} answered 401. Check user name",
        ),
        ((UDP,), {"host", "relay"}, 0, "UDP may be blocked: try a TURN server over TCP"),
        ((TCP,), {"host", "relay"}, 0, "A TURN server was reached, and nothing came back through"),
    ],
)
def test_the_hint_about_a_path_knows_which_servers_were_given(
    servers: tuple[IceServer, ...], kinds: set[str], code: int, hint: str
) -> None:
    found = seen(["192.0.2.1"], ["192.0.2.2"])
    found.given.servers, found.kinds["local"] = servers, kinds
    if code:
        found.note(IceError(2, 0, "c1", servers[0].url, code, "No.", "", 0))
    reason = found.why(waited_s=30)
    assert reason.kind == "no-path"
    assert reason.hint.startswith(hint)
    assert hint.startswith("UDP") or "UDP may be blocked" not in reason.hint
