"""The connect ladder and the way on which descriptions travel: requests of HTTP, WebSockets."""

from typing import Any

import pytest

from tests.analysis.test_ladder import MS, Story, failed, sdp, story
from wirescope.analysis import Ladders
from wirescope.analysis.ladder.facts import Facts
from wirescope.events import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionOpening,
    PeerState,
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


SIGNAL = "ws://example.test/signal"


def ladders_of(told: Story, **options: str) -> Ladders:
    ladders = Ladders(**options)
    for event in told.events:
        ladders.take(event)
    return ladders


def opened(told: Story, connection: str, began_ms: int, open_ms: int) -> None:
    told.tell(began_ms, ConnectionOpening, SIGNAL, "websocket", of=connection)
    told.tell(open_ms, ConnectionOpened, of=connection)


def signaling_of(ladders: Ladders, connection: str) -> tuple[str, int | None]:
    rung = ladders.of(connection)[0].rung("signaling")
    return rung.state, rung.began_ns


def test_two_calls_to_one_address_have_each_its_own_signaling() -> None:
    told = Story()
    opened(told, "c1", 0, 5)
    opened(told, "c2", 1, 6)
    told.tell(7, ConnectionOpening, f"webrtc+{SIGNAL}", "webrtc", of="c3")
    told.tell(8, ConnectionOpening, f"webrtc+{SIGNAL}", "webrtc", of="c4")
    for ladders in (ladders_of(told), ladders_of(told, only="c4")):
        assert signaling_of(ladders, "c4") == ("done", 1 * MS)
    assert signaling_of(ladders_of(told), "c3") == ("done", 0)


@pytest.mark.parametrize(
    "end",
    [failed("tcp", "refused"), (ConnectionClosed, 1000, "", "local", True, "close")],
    ids=["failed", "closed"],
)
def test_a_way_that_is_over_carries_no_later_signaling(end: tuple[Any, ...]) -> None:
    told = Story().tell(0, ConnectionOpening, SIGNAL, "websocket", of="c1").tell(2, *end, of="c1")
    opened(told, "c2", 10, 15)
    told.tell(16, ConnectionOpening, f"webrtc+{SIGNAL}", "webrtc", of="c3")
    assert signaling_of(ladders_of(told), "c3") == ("done", 10 * MS)


def test_what_is_not_asked_for_is_followed_no_further() -> None:
    told = story()
    told.tell(300, ConnectionOpening, "webrtc:", "webrtc", of="c7")
    told.tell(301, PeerState, "ice", "new", "checking", of="c8")
    assert ladders_of(told, only="c1").connections == ["c1"]


def test_of_a_call_that_never_was_described_nothing_is_missed_but_its_steps() -> None:
    told = whip(404, 20).tell(26, *failed("signaling", "status"))
    waiting = [each.name for each in told.ladder().rungs if each.state == "waiting"]
    assert waiting == [
        *("answer", "gathering", "first-check", "first-answer", "nominated", "dtls"),
    ]


def refused(*fail: Any, purpose: str | None = "signaling") -> Story:
    told = Story().tell(2, ConnectionOpening, SIGNAL, "websocket", purpose)
    return told.tell(11, *fail)


@pytest.mark.parametrize(
    ("phase", "kind"),
    [
        *(("dns", "resolve"), ("proxy", "proxy"), ("tcp", "refused"), ("tls", "not-tls")),
        *(("upgrade", "status"), ("upgrade", "not-http"), ("upgrade", "redirect")),
    ],
)
def test_a_websocket_for_signaling_that_is_refused_sticks_at_signaling(
    phase: str, kind: str
) -> None:
    ladder = refused(*failed(phase, kind)).ladder()
    assert (ladder.state, ladder.began_ns) == ("failed", 2 * MS)
    assert (ladder.failing, ladder.happened, ladder.advice) == (
        *("signaling", "It failed."),
        "Do this.",
    )
    rung = ladder.rung("signaling")
    assert (rung.took_ns, rung.evidence, rung.words) == (9 * MS, [1, 2], "It failed.")
    assert {each.state for each in ladder.rungs} == {"failed", "waiting", "not-needed"}


def test_a_websocket_that_may_have_been_for_anything_has_no_ladder() -> None:
    assert refused(*failed("tcp", "refused"), purpose=None).ladders() == []


@pytest.mark.parametrize("kind", ["redirected", "challenged"])
def test_an_attempt_that_only_leads_on_has_no_ladder_but_the_next_one(kind: str) -> None:
    told = refused(*failed("upgrade", kind))
    other = ("ws://example.test/other", "websocket", "signaling")
    told.tell(12, ConnectionOpening, *other, of="c2").tell(
        13, *failed("upgrade", "status"), of="c2"
    )
    ladders = ladders_of(told)
    assert ladders.connections == ["c2"]
    assert ladders.of("c2")[0].failing == "signaling"


def test_signaling_that_is_given_up_has_not_been_answered() -> None:
    ladder = refused(*failed("upgrade", "aborted")).ladder()
    assert (ladder.failing, ladder.happened) == (
        "signaling",
        "It failed. The signaling's server has not answered.",
    )
