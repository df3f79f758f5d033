"""The connect ladder of real connections: two peers of the engine that meet, or miss each other."""

import asyncio
import socket
import wave
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.astray import ChangingWire, black_hole, with_another_fingerprint
from tests.support.faulty_turn import PASSWORD, USER, faulty_turn, refuses
from tests.support.peers import Capture, Wire, two_peers, until
from wirescope.analysis import Analyzer, Ladder, Ladders
from wirescope.errors import ConnectError, MediaFileError
from wirescope.events import (
    ConnectionPhase,
    DataChannelOpened,
    Emission,
    IceCandidate,
    IcePair,
    Statistics,
)
from wirescope.transports.webrtc import (
    ChannelOptions,
    IceServer,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.media import Tone
from wirescope.workbench.calling import CallOptions, open_call

CHAT = ChannelOptions(label="chat")
PATIENT = PeerOptions(statistics_interval_s=0.1)
SHORT = PeerOptions(open_timeout_s=2.0, statistics_interval_s=0.1)

pytestmark = pytest.mark.slow


def ladder_of(capture: Capture, peer: Peer) -> Ladder:
    ladders = Ladders()
    for event in capture.events:
        ladders.take(event)
    return ladders.of(peer.id)[-1]


@asynccontextmanager
async def two_astray(
    capture: Capture,
    change: Callable[[str], str] | None,
    *,
    options: PeerOptions = SHORT,
) -> AsyncIterator[Peer]:
    """Open two peers whose signaling changes what it carries; the one that offers a channel."""
    one_wire, other_wire = ChangingWire.pair()
    one_wire.change = other_wire.change = change
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as other,
        negotiate(one, one_wire, polite=False),
        negotiate(other, other_wire, polite=True),
    ):
        one.create_channel(CHAT)
        yield one


async def test_all_rungs_of_two_peers_that_meet_are_done() -> None:
    capture = Capture()

    def prepare(one: Peer, _other: Peer) -> None:
        one.create_channel(CHAT)
        one.media.send_audio(Tone())

    async with two_peers(capture, options=PATIENT, prepare=prepare) as (one, other):
        await asyncio.gather(one.wait_open(), other.wait_open())
        await until(lambda: len(capture.of(DataChannelOpened)) == 2)
        await until(lambda: any(e.name == "first-media" for e in capture.of(ConnectionPhase)))
        await until(lambda: _has_sent(capture, one))
        sender, receiver = ladder_of(capture, one), ladder_of(capture, other)
    for ladder, left in ((sender, ["signaling"]), (receiver, ["source", "signaling"])):
        assert [each.name for each in ladder.rungs if each.state != "done"] == left
        assert (ladder.state, ladder.failing) == ("stands", None)
        # The engine may tell of SCTP before it tells of the DTLS below it.
        timed = [each for each in ladder.rungs if each.name not in (*left, "source", "sctp")]
        assert [each.name for each in timed if each.took_ns is None] == []


def _has_sent(capture: Capture, peer: Peer) -> bool:
    samples = capture.of(Statistics, peer.id)
    return any(e.object == "outbound-rtp" and e.values.get("packetsSent") for e in samples)


async def test_a_relay_that_is_not_there_is_missed_at_gathering() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    server = IceServer(f"turn:127.0.0.1:{port}?transport=tcp", "ada", "secret")
    options = PeerOptions(
        ice_servers=(server,), transport_policy="relay", open_timeout_s=2.0, gather_timeout_s=0.5
    )
    capture = Capture()
    async with two_astray(capture, lambda text: text, options=options) as one:
        with pytest.raises(ConnectError):
            await one.wait_open()
    ladder = ladder_of(capture, one)
    assert (ladder.failing, ladder.state) == ("gathering", "failed")
    assert f"wirescope doctor turn:127.0.0.1:{port}?transport=tcp" in ladder.advice


@pytest.mark.parametrize("is_offerer", [True, False], ids=["offers", "answers"])
async def test_a_relay_that_is_not_there_is_not_waited_for(*, is_offerer: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    server = IceServer(f"turn:127.0.0.1:{port}?transport=tcp", "ada", "secret")
    options = PeerOptions(ice_servers=(server,), transport_policy="relay")
    capture = Capture()
    one_wire, other_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as other,
        negotiate(one, one_wire, polite=False),
        negotiate(other, other_wire, polite=True),
    ):
        (one if is_offerer else other).create_channel(CHAT)
        async with asyncio.timeout(options.open_timeout_s / 2):
            with pytest.raises(ConnectError, match="No address was found") as told:
                await one.wait_open()
    assert told.value.phase == "gathering"
    assert ladder_of(capture, one).failing == "gathering"


async def test_a_relay_that_refuses_the_credentials_is_named_as_soon_as_it_does() -> None:
    capture = Capture()
    async with faulty_turn(refuses(403)) as turn:
        server = IceServer(f"turn:127.0.0.1:{turn.port}", USER, PASSWORD)
        options = PeerOptions(ice_servers=(server,), transport_policy="relay")
        async with two_astray(capture, lambda text: text, options=options) as one:
            async with asyncio.timeout(options.open_timeout_s / 2):
                with pytest.raises(ConnectError, match="said 403") as told:
                    await one.wait_open()
    assert told.value.kind == "ice-server"


@pytest.mark.parametrize(
    ("is_answered", "phase"), [(False, "signaling"), (True, "ice")], ids=["answer", "path"]
)
async def test_what_is_given_up_is_so_at_the_step_where_it_stands(
    *, is_answered: bool, phase: str
) -> None:
    capture = Capture()
    with black_hole() as change:
        async with two_astray(capture, change if is_answered else None) as one:
            reached = "remote" if is_answered else "local"
            await until(lambda: any(e.side == reached for e in _candidates(capture, one)))
            one.abort("It was given up.")
            assert one.failed is not None
            assert (one.failed.phase, one.failed.kind) == (phase, "aborted")


class Impatient(Capture):
    """Gives the first side up as soon as it has a path."""

    peer: Peer | None = None

    def sink(self, emissions: Sequence[Emission]) -> None:
        super().sink(emissions)
        for each in emissions:
            is_path = isinstance(each, ConnectionPhase) and each.name == "ice"
            if is_path and self.peer is not None and each.connection == self.peer.id:
                self.peer.abort("It was given up.")


async def test_what_this_end_gives_up_during_the_handshake_is_its_own_doing() -> None:
    capture = Impatient()

    def prepare(one: Peer, _other: Peer) -> None:
        capture.peer = one
        one.create_channel(CHAT)

    async with two_peers(capture, prepare=prepare) as (one, _):
        async with asyncio.timeout(10):
            await one.wait_ended()
    assert one.failed is not None
    assert (one.failed.phase, one.failed.kind) == ("dtls", "aborted")
    analyzer = Analyzer()
    found = [*analyzer.feed(capture.events), *analyzer.finish()]
    assert "DTLS104" not in [each.code for each in found if each.connection == one.id]


def _candidates(capture: Capture, peer: Peer) -> Sequence[IceCandidate]:
    return capture.of(IceCandidate, peer.id)


async def test_a_file_that_is_gone_meanwhile_is_missed_at_the_source(tmp_path: Path) -> None:
    tone = tmp_path / "tone.wav"
    with wave.open(str(tone), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(bytes(9_600))
    capture = Capture()

    def sink(emissions: Sequence[Emission]) -> None:
        tone.unlink(missing_ok=True)  # it was there when it was asked for
        capture.sink(emissions)

    with pytest.raises(MediaFileError):
        async with open_call(
            "webrtc:",
            options=CallOptions(audio=tone),
            timeline=capture.timeline,
            sink=sink,
        ):
            pass
    ladders = Ladders()
    for event in capture.events:
        ladders.take(event)
    (ladder,) = ladders.of("c1")
    assert (ladder.failing, ladder.state) == ("source", "failed")
    assert str(tone) in ladder.happened


async def test_another_certificate_is_refused_at_dtls() -> None:
    capture = Capture()
    async with two_astray(capture, with_another_fingerprint, options=PATIENT) as one:
        with pytest.raises(ConnectError):
            await one.wait_open()
    ladder = ladder_of(capture, one)
    assert ladder.failing == "dtls"
    assert ladder.rung("nominated").state == "done"
    assert "fingerprint" in ladder.advice


async def test_signaling_that_loses_everything_is_missed_at_the_answer() -> None:
    capture = Capture()
    async with two_astray(capture, None) as one:
        with pytest.raises(ConnectError):
            await one.wait_open()
    ladder = ladder_of(capture, one)
    assert ladder.failing == "answer"
    assert ladder.rung("offer").state == "done"
    assert (ladder.rung("answer").took_ns or 0) > 1e9


async def test_checks_that_nobody_answers_are_missed_at_the_first_answer() -> None:
    capture = Capture()
    with black_hole() as change:
        async with two_astray(capture, change) as one:
            with pytest.raises(ConnectError):
                await one.wait_open()
    ladder = ladder_of(capture, one)
    assert ladder.failing == "first-answer"
    check = ladder.rung("first-check")
    assert (check.state, check.at_most) == ("done", True)
    assert "none was answered" in ladder.happened
    told = [each for each in capture.of(IcePair, one.id) if each.checks_sent]
    assert (told[0].checks_sent or 0) < (told[-1].checks_sent or 0)  # the first, and all at the end
    assert told[-1].checks_answered == 0


async def test_a_restart_of_ice_climbs_anew() -> None:
    capture = Capture()

    def prepare(one: Peer, _other: Peer) -> None:
        one.create_channel(CHAT)

    async with two_peers(capture, options=PATIENT, prepare=prepare) as (one, other):
        await asyncio.gather(one.wait_open(), other.wait_open())
        one.restart_ice()
        await until(lambda: ladder_of(capture, one).attempt == 2)
        await until(lambda: ladder_of(capture, one).state == "stands")
        again = ladder_of(capture, one)
    assert again.failing is None
    assert again.took_ns is not None
    states = {each.name: each.state for each in again.rungs}
    assert [name for name, state in states.items() if state == "done"] == [
        *("offer", "answer", "gathering", "first-check", "first-answer", "nominated"),
    ]


async def test_no_more_samples_are_taken_once_there_is_a_path() -> None:
    capture = Capture()
    options = PeerOptions(statistics_interval_s=0)
    prepare: Callable[[Peer, Peer], object] = lambda one, _: one.create_channel(CHAT)  # noqa: E731
    async with two_peers(capture, options=options, prepare=prepare) as (one, other):
        await asyncio.gather(one.wait_open(), other.wait_open())
        assert not one._checking.is_set()
        assert not other._checking.is_set()
