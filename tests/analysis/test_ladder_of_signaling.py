"""The connect ladder and the way on which descriptions travel: requests of HTTP, WebSockets."""

import pytest

from tests.analysis.test_ladder import MS, Story, failed, sdp
from wirescope.analysis.ladder.facts import Facts
from wirescope.events import (
    ConnectionOpening,
    SignalingDescription,
    SignalingExchange,
)


def whip(status: int, took_ms: int) -> Story:
    """Tell of a client whose offer is set only once it is answered."""
    told = Story().tell(0, ConnectionOpening, "whip+https://example.test/", "webrtc")
    asked = ("POST", "https://example.test/", status, "", "", "v=0", "body", took_ms * MS)
    return told.tell(5 + took_ms, SignalingExchange, *asked)


def test_a_slow_server_s_time_is_the_answer_s_and_not_the_offer_s() -> None:
    told = whip(201, 3_000)
    told.tell(3_006, SignalingDescription, "local", "offer", sdp(ufrag="aaaa"))
    told.tell(3_010, SignalingDescription, "remote", "answer", sdp(ufrag="bbbb"))
    ladder = told.ladder()
    offer, answer = ladder.rung("offer"), ladder.rung("answer")
    assert (offer.state, offer.began_ns, offer.took_ns) == ("done", 0, 5 * MS)
    assert (answer.state, answer.began_ns, answer.took_ns) == ("done", 5 * MS, 3_005 * MS)


def test_of_a_request_no_body_is_kept() -> None:
    facts = Facts("c1")
    for event in whip(404, 20).events:
        facts.take(event)
    assert facts.exchange is not None
    assert "body" not in repr(facts)


@pytest.mark.parametrize(("status", "kind"), [(404, "status"), (0, "refused")])
def test_an_offer_that_was_posted_in_vain_was_made_all_the_same(status: int, kind: str) -> None:
    told = whip(status, 20).tell(26, *failed("signaling", kind))
    ladder = told.ladder()
    assert ladder.failing == "signaling"
    offer, answer = ladder.rung("offer"), ladder.rung("answer")
    assert (offer.state, offer.took_ns, offer.words) == ("done", 5 * MS, "This end made it.")
    assert (answer.state, answer.began_ns) == ("waiting", None)


@pytest.mark.parametrize("url", ["whep+https://example.test/", "webrtc+ws://example.test/signal"])
def test_no_offer_is_missed_before_the_signaling_is_there(url: str) -> None:
    told = Story()
    if url.startswith("webrtc+"):
        told.tell(0, ConnectionOpening, url.removeprefix("webrtc+"), "websocket", of="c0")
    told.tell(1, ConnectionOpening, url, "webrtc")
    if url.startswith("webrtc+"):
        told.tell(5, *failed("tcp", "refused"), of="c0")
    told.tell(30_000, *failed("signaling", "timeout"))
    ladder = told.ladder()
    assert ladder.failing == "signaling"
    assert (ladder.rung("offer").state, ladder.rung("offer").began_ns) == ("waiting", None)
