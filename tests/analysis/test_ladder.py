"""The connect ladder: what each rung says, and on which one a try has stuck."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.analysis import Analyzer, Ladder, Ladders, RungName
from wirescope.analysis.ladder import RUNGS
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    DataChannelMessage,
    DataChannelOpened,
    IceCandidate,
    IceError,
    IcePair,
    MediaTrack,
    PeerState,
    Side,
    SignalingDescription,
    SignalingExchange,
    Statistics,
)

MS = 1_000_000
SECOND = 1_000 * MS
LOCAL, REMOTE = "host udp 192.0.2.1:1", "host udp 192.0.2.2:2"


def sdp(*, ufrag: str, media: str = "sendrecv", channels: bool = True) -> str:
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", f"a=ice-ufrag:{ufrag}"]
    lines += ["a=ice-pwd:0123456789abcdef012345", "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)]
    if media:
        lines += ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", f"a={media}"]
    if channels:
        lines += ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:1"]
    return "\r\n".join(lines) + "\r\n"


class Story:
    """Events of a connection, at the milliseconds at which they are told."""

    def __init__(self, connection: str = "c1") -> None:
        self.connection = connection
        self.events: list[AnyEvent] = []
        self._seq = count(1)

    def tell(self, at_ms: float, kind: Any, *fields: Any, of: str = "", **named: Any) -> "Story":
        at_ns = round(at_ms * MS)
        made = kind(next(self._seq), at_ns, of or self.connection, *fields, **named)
        self.events.append(made)
        return self

    def move(self, at_ms: float, machine: str, to: str) -> "Story":
        return self.tell(at_ms, PeerState, machine, "new", to)

    def pair(self, at_ms: float, state: str, *checks: int, chosen: bool = False) -> "Story":
        return self.tell(at_ms, IcePair, LOCAL, REMOTE, state, chosen, chosen, *checks)

    def candidate(self, at_ms: float, side: Side, *, port: int = 1) -> "Story":
        address = "192.0.2.1" if side == "local" else "192.0.2.2"
        return self.tell(at_ms, IceCandidate, side, "host", address, port, "udp", 1, "f", "0")

    def ladders(self, *, now_ms: float | None = None) -> list[Ladder]:
        ladders = Ladders()
        for event in self.events:
            ladders.take(event)
        now_ns = None if now_ms is None else round(now_ms * MS)
        return ladders.of(self.connection, now_ns=now_ns)

    def ladder(self, *, now_ms: float | None = None) -> Ladder:
        (ladder,) = self.ladders(now_ms=now_ms)
        return ladder


def story(*, until: str = "", media: str = "sendrecv", channels: bool = True) -> Story:
    """Tell of a connection that comes about, up to the step that is named."""
    told = Story()
    told.tell(0, ConnectionOpening, "ws://example.test/signal", "websocket", of="c0")
    for name, tell in _steps(told, media=media, channels=channels):
        if name == until:
            break
        tell()
    return told


def _steps(told: Story, *, media: str, channels: bool) -> Iterator[tuple[str, Any]]:
    yield "signaling", lambda: told.tell(10, ConnectionOpened, of="c0")
    yield (
        "opening",
        lambda: told.tell(10, ConnectionOpening, "webrtc+ws://example.test/signal", "webrtc"),
    )
    offer = sdp(ufrag="aaaa", media=media, channels=channels)
    yield "offer", lambda: told.tell(20, SignalingDescription, "local", "offer", offer)
    yield "source", lambda: told.tell(21, MediaTrack, "sent", "audio", "0", "t", [])
    yield "gathering", lambda: told.move(22, "gathering", "gathering")
    yield "addresses", lambda: told.candidate(25, "local")
    yield "gathered", lambda: told.move(30, "gathering", "complete")
    answer = sdp(ufrag="bbbb", media=media, channels=channels)
    yield "answer", lambda: told.tell(50, SignalingDescription, "remote", "answer", answer)
    yield "remote", lambda: told.candidate(51, "remote")
    yield "checking", lambda: told.move(52, "ice", "checking")
    yield "first-check", lambda: told.pair(100, "in-progress", 1, 0, 0)
    yield "first-answer", lambda: told.pair(150, "succeeded", 3, 1, 2)
    yield "nominated", lambda: told.move(160, "ice", "connected")
    yield "pair", lambda: told.pair(170, "succeeded", 4, 2, 2, chosen=True)
    yield "dtls-began", lambda: told.move(161, "dtls", "connecting")
    yield "dtls", lambda: told.move(180, "dtls", "connected")
    yield "stands", lambda: told.tell(181, ConnectionOpened)
    yield "sctp", lambda: told.move(190, "sctp", "connected")
    chat = (1, "chat", "", True, None, None, False, "local")
    yield "channel", lambda: told.tell(195, DataChannelOpened, *chat)
    yield "media", lambda: told.tell(200, ConnectionPhase, "first-media", 190 * MS)


def states(ladder: Ladder) -> dict[RungName, str]:
    return {each.name: each.state for each in ladder.rungs}


def test_all_rungs_of_a_connection_that_comes_about_are_done() -> None:
    ladder = story().ladder()
    assert set(states(ladder).values()) == {"done"}
    assert [each.name for each in ladder.rungs] == list(RUNGS)
    assert (ladder.state, ladder.failing, ladder.happened, ladder.advice) == (
        *("stands", None, ""),
        "",
    )
    assert (ladder.began_ns, ladder.took_ns) == (0, 181 * MS)


@pytest.mark.parametrize(
    ("rung", "began_ms", "took_ms", "at_most"),
    [
        ("signaling", 0, 10, False),
        ("offer", 10, 10, False),
        ("answer", 20, 30, False),
        ("gathering", 22, 8, False),
        ("first-check", 52, 48, True),
        ("first-answer", 100, 50, True),
        ("nominated", 150, 10, False),
        ("dtls", 161, 19, False),
        ("sctp", 180, 10, False),
        ("channel", 190, 5, False),
        ("media", 181, 19, False),
    ],
)
def test_a_rung_says_when_it_began_and_how_long_it_took(
    rung: RungName, began_ms: int, took_ms: int, at_most: bool
) -> None:
    found = story().ladder().rung(rung)
    assert (found.began_ns, found.took_ns) == (began_ms * MS, took_ms * MS)
    assert found.at_most is at_most


def test_every_rung_that_was_seen_names_its_events() -> None:
    told = story()
    seqs = {each.seq: each for each in told.events}
    for rung in told.ladder().rungs:
        assert rung.evidence
        assert rung.words
        assert all(seq in seqs for seq in rung.evidence)


def test_checks_that_no_sample_saw_take_no_longer_than_the_path() -> None:
    told = Story()
    told.move(52, "ice", "checking").move(57, "ice", "connected")
    ladder = told.ladder()
    for name in ("first-check", "first-answer"):
        rung = ladder.rung(name)
        assert (rung.state, rung.began_ns, rung.took_ns, rung.at_most) == (
            *("done", 52 * MS, 5 * MS),
            True,
        )
    assert ladder.rung("nominated").took_ns == 5 * MS
    assert not ladder.rung("nominated").at_most


def failed(phase: str, kind: str) -> tuple[Any, ...]:
    return ConnectionFailed, phase, kind, "It failed.", "Do this."


FAILURES: list[tuple[str, str, str, RungName]] = [
    ("offer", "source", "media", "source"),
    ("offer", "signaling", "timeout", "offer"),
    ("answer", "signaling", "timeout", "answer"),
    ("answer", "signaling", "reset", "answer"),
    ("remote", "signaling", "rejected", "answer"),
    ("first-check", "ice", "no-path", "first-check"),
    ("remote", "ice", "no-candidates", "first-check"),
    ("first-answer", "ice", "no-path", "first-answer"),
    ("nominated", "ice", "no-path", "nominated"),
    ("dtls", "dtls", "dtls", "dtls"),
    ("dtls", "dtls", "timeout", "dtls"),
    ("checking", "signaling", "aborted", "first-check"),
    ("dtls", "dtls", "aborted", "dtls"),
    ("answer", "dtls", "aborted", "answer"),
    ("dtls", "dtls", "left", "dtls"),
    ("checking", "signaling", "reset", "answer"),
]
"""Up to where each connection came, how it failed then, and on which rung that was."""


@pytest.mark.parametrize(("until", "phase", "kind", "rung"), FAILURES)
def test_a_connection_that_failed_has_stuck_on_one_rung(
    until: str, phase: str, kind: str, rung: RungName
) -> None:
    told = story(until=until).tell(30_000, *failed(phase, kind))
    ladder = told.ladder()
    assert (ladder.failing, ladder.state) == (rung, "failed")
    assert ladder.rung(rung).state == "failed"
    assert ladder.happened.startswith("It failed.")
    assert ladder.advice
    later = ladder.rungs[RUNGS.index(rung) + 1 :]
    assert {each.state for each in later} <= {"waiting", "done", "not-needed"}


def test_without_an_address_of_its_own_it_sticks_at_gathering() -> None:
    told = story(until="addresses").move(30, "gathering", "complete")
    told.tell(31, IceError, "turn:192.0.2.9", 701, "it cannot be reached", "", 0)
    told.tell(50, SignalingDescription, "remote", "answer", sdp(ufrag="bbbb"))
    told.tell(3_000, *failed("gathering", "no-relay"))
    ladder = told.ladder()
    assert ladder.failing == "gathering"
    assert "turn:192.0.2.9 said 701 it cannot be reached." in ladder.rung("gathering").words


@pytest.mark.parametrize(("status", "state"), [(201, "done"), (404, "failed"), (0, "failed")])
def test_http_signaling_is_told_by_its_answer(status: int, state: str) -> None:
    told = Story().tell(0, ConnectionOpening, "whep+https://example.test/", "webrtc")
    told.tell(5, SignalingDescription, "local", "offer", sdp(ufrag="aaaa"))
    asked = ("POST", "https://example.test/", status, "", "", "", "", 20 * MS)
    told.tell(30, SignalingExchange, *asked)
    if status != 201:
        told.tell(31, *failed("signaling", "status" if status else "timeout"))
    told.tell(32, SignalingExchange, "DELETE", "https://example.test/", 404, *[""] * 4, MS)
    rung = told.ladder().rung("signaling")
    assert (rung.state, rung.began_ns) == (state, 10 * MS)


def test_codes_that_people_carry_are_no_rung_of_their_own() -> None:
    told = Story().tell(0, ConnectionOpening, "webrtc:", "webrtc")
    told.tell(5, SignalingDescription, "local", "offer", sdp(ufrag="aaaa"))
    ladder = told.ladder(now_ms=600_000)
    assert ladder.rung("signaling").state == "not-needed"
    assert ladder.rung("answer").state == "running"
    assert ladder.failing is None  # people take as long as they take


@pytest.mark.parametrize(
    ("until", "now_ms", "rung"),
    [
        ("first-answer", 100 + 9_000, None),
        ("first-answer", 100 + 11_000, "first-answer"),
        ("sctp", 181 + 11_000, "sctp"),
        ("channel", 190 + 11_000, "channel"),
        ("media", 181 + 11_000, "media"),
    ],
)
def test_a_rung_that_stands_still_for_too_long_is_stuck(
    until: str, now_ms: int, rung: RungName | None
) -> None:
    ladder = story(until=until).ladder(now_ms=now_ms)
    assert ladder.failing == rung
    if rung is not None:
        assert ladder.happened.endswith(" It has stood there for 11.0 s.")
        assert ladder.state == ("stands" if rung in ("sctp", "channel", "media") else "failed")


def test_what_is_not_agreed_on_is_not_needed() -> None:
    told = story(until="sctp", media="", channels=False)
    told.events = [each for each in told.events if not isinstance(each, MediaTrack)]
    found = states(told.ladder(now_ms=100_000))
    assert [name for name, state in found.items() if state == "not-needed"] == [
        *("source", "sctp", "channel", "media"),
    ]


def test_a_publisher_s_first_media_is_what_goes_out() -> None:
    told = story(until="media", media="sendonly", channels=False)
    told.events = [
        each
        for each in told.events
        if not (isinstance(each, SignalingDescription) and each.kind == "answer")
    ]
    answer = sdp(ufrag="bbbb", media="recvonly", channels=False)
    told.tell(182, SignalingDescription, "remote", "answer", answer)
    assert told.ladder().rung("media").state == "not-needed"  # as long as nothing tells of it
    told.tell(1_000, Statistics, "transport", "T1", {"bytesSent": 5})
    assert told.ladder().rung("media").state == "running"
    told.tell(1_100, Statistics, "outbound-rtp", "O1", {"packetsSent": 50})
    rung = told.ladder().rung("media")
    assert (rung.state, rung.at_most) == ("done", True)


def test_the_counts_of_checks_are_said_where_they_stay_without_an_answer() -> None:
    told = story(until="first-answer").pair(29_000, "in-progress", 40, 0, 12)
    told.tell(30_000, *failed("ice", "no-path"))
    ladder = told.ladder()
    said = "40 checks went over 1 pair of addresses, none was answered; 12 checks came"
    assert said in ladder.happened
    assert said in ladder.rung("first-answer").words


@pytest.mark.parametrize(
    ("checks", "advice"),
    [
        ((40, 0, 12), "What the other side sends arrives, and what this end sends does not"),
        ((40, 0, 0), "Give a TURN server: two sides that are both behind a NAT"),
        ((), "Do this."),
    ],
    ids=["one-way", "silent", "not-counted"],
)
def test_what_the_counts_of_checks_tell_goes_before_the_hint(
    checks: tuple[int, ...], advice: str
) -> None:
    told = story(until="first-check").pair(29_000, "in-progress", *checks)
    told.tell(30_000, *failed("ice", "no-path"))
    assert told.ladder().advice.startswith(advice)


def test_a_turn_server_that_refused_is_to_be_put_right_and_not_given() -> None:
    told = story(until="first-check").tell(28_000, IceError, "turn:192.0.2.9", 401, "No", "", 0)
    told.pair(29_000, "in-progress", 40, 0, 0).tell(30_000, *failed("ice", "no-path"))
    assert told.ladder().advice.startswith("Put the TURN server right first")


def test_a_pair_that_was_not_chosen_is_the_controlling_side_s_to_nominate() -> None:
    told = story(until="nominated").tell(30_000, *failed("ice", "no-path"))
    assert told.ladder().advice.startswith("The controlling side has to nominate one")


def test_the_other_side_s_end_during_the_handshake_is_to_be_looked_for_in_its_log() -> None:
    told = story(until="dtls").tell(300, *failed("dtls", "left"))
    ladder = told.ladder()
    assert (ladder.failing, ladder.happened) == ("dtls", "It failed.")
    assert ladder.advice == "See in the other side's log why it closed the connection."


def test_a_restart_of_ice_is_a_ladder_of_its_own() -> None:
    told = story()
    told.tell(10_000, SignalingDescription, "local", "offer", sdp(ufrag="cccc"))
    told.pair(10_001, "succeeded", 9, 9, 9, chosen=True)  # of the generation before
    told.move(10_002, "gathering", "gathering").candidate(10_003, "local")
    told.move(10_004, "gathering", "complete")
    assert told.ladders()[1].state == "climbing"
    told.tell(10_010, SignalingDescription, "remote", "answer", sdp(ufrag="dddd"))
    told.tell(10_050, IcePair, "host udp 192.0.2.1:77", REMOTE, "succeeded", True, False, 20, 19, 9)
    told.move(10_011, "ice", "checking").pair(10_060, "succeeded", 2, 1, 1, chosen=True)
    first, second = told.ladders()
    assert set(states(first).values()) == {"done"}
    assert (first.state, second.state, second.attempt) == ("ended", "stands", 2)
    assert second.took_ns == 60 * MS
    kept = [each.name for each in second.rungs if each.state == "not-needed"]
    assert kept == ["source", "signaling", "dtls", "sctp", "channel", "media"]
    check = second.rung("first-check")
    assert (check.began_ns, check.took_ns) == (10_010 * MS, 50 * MS)


def test_a_restart_that_finds_no_path_sticks_where_it_stood() -> None:
    told = story()
    told.tell(10_000, SignalingDescription, "local", "offer", sdp(ufrag="cccc"))
    told.candidate(10_001, "local")
    told.tell(10_010, SignalingDescription, "remote", "answer", sdp(ufrag="dddd"))
    told.move(10_011, "ice", "checking").pair(10_060, "in-progress", 1, 0, 0)
    told.tell(55_000, ConnectionClosed, 0, "no working path", "network", False, "ice")
    first, second = told.ladders()
    assert first.failing is None
    assert (second.failing, second.state) == ("first-answer", "failed")


def test_another_round_without_new_credentials_is_no_new_try() -> None:
    told = story()
    told.tell(10_000, SignalingDescription, "local", "offer", sdp(ufrag="aaaa"))
    told.tell(10_010, SignalingDescription, "remote", "answer", sdp(ufrag="bbbb"))
    assert len(told.ladders()) == 1


def test_an_offer_that_gave_way_is_not_the_one_that_counts() -> None:
    told = Story().tell(0, ConnectionOpening, "webrtc:", "webrtc")
    told.tell(5, SignalingDescription, "local", "offer", sdp(ufrag="aaaa"))
    told.tell(6, SignalingDescription, "local", "rollback", "")
    assert told.ladder().rung("offer").state == "running"
    told.tell(7, SignalingDescription, "remote", "offer", sdp(ufrag="bbbb"))
    rung = told.ladder().rung("offer")
    assert (rung.state, rung.took_ns) == ("done", 7 * MS)
    assert rung.words.startswith("It came from the other side")


@pytest.mark.parametrize(
    "event",
    [
        PeerState(9, SECOND, "c1", "connection", "connecting", "connected"),
        DataChannelMessage(9, SECOND, "c1", "sent", 1, "text", 2, b"hi"),
    ],
    ids=["state", "message"],
)
def test_a_capture_that_begins_in_the_middle_shows_what_was_before(event: AnyEvent) -> None:
    told = Story()
    told.events.append(event)
    ladder = told.ladder()
    assert ladder.failing is None
    assert {each.state for each in ladder.rungs} <= {"done", "not-needed"}
    done = [each for each in ladder.rungs if each.state == "done"]
    assert all(each.took_ns is None and each.words for each in done)


def test_a_connection_that_ends_while_it_is_made_has_stuck_where_it_stood() -> None:
    told = story(until="remote").tell(100, ConnectionClosed, 0, "", "remote", True, "close")
    assert told.ladder().failing == "first-check"


def test_one_that_ends_after_it_stood_has_not_failed() -> None:
    told = story(until="media").tell(500, ConnectionClosed, 0, "", "local", True, "close")
    ladder = told.ladder()
    assert (ladder.state, ladder.failing) == ("ended", None)
    assert ladder.rung("media").state == "waiting"


def test_the_analysis_gives_the_ladders_among_its_figures() -> None:
    told = story(until="answer").tell(30_000, *failed("signaling", "timeout"))
    analyzer = Analyzer()
    analyzer.feed(told.events)
    (tried,) = analyzer.metrics()["ladder"]["c1"]
    assert tried["failing"] == "answer"
    assert tried["rungs"][3]["state"] == "failed"


def test_a_description_that_cannot_be_read_is_an_offer_all_the_same() -> None:
    told = Story().tell(0, SignalingDescription, "remote", "offer", "\x00" * 10)
    assert told.ladder().rung("offer").state == "done"


ENDS = (
    failed("ice", "no-path"),
    failed("signaling", "aborted"),
    (ConnectionClosed, 0, "", "network", False, "ice"),
)


@given(data=st.data())
def test_out_of_order_and_with_gaps_one_rung_at_most_has_failed(
    data: st.DataObject,
) -> None:
    told = story().tell(30_000, *data.draw(st.sampled_from(ENDS)))
    told.tell(31_000, SignalingDescription, "local", "offer", sdp(ufrag="cccc"))
    told.events = data.draw(st.permutations(told.events))
    del told.events[data.draw(st.integers(1, len(told.events))) :]
    for ladder in told.ladders(now_ms=data.draw(st.integers(0, 100_000))):
        assert [each.name for each in ladder.rungs] == list(RUNGS)
        assert [each.name for each in ladder.rungs if each.state == "failed"] == (
            [] if ladder.failing is None else [ladder.failing]
        )
        assert bool(ladder.happened) == (ladder.failing is not None)
        assert all((each.took_ns or 0) >= 0 for each in ladder.rungs)


@pytest.mark.parametrize("events", [[], [ConnectionOpening(1, 0, "c1", "ws://x", "websocket")]])
def test_what_is_no_webrtc_connection_has_no_ladder(events: Sequence[AnyEvent]) -> None:
    ladders = Ladders()
    for event in events:
        ladders.take(event)
    assert ladders.connections == []
    assert ladders.of("c1") == []
