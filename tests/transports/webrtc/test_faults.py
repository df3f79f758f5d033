"""What comes in wrong, too late, twice or not at all: the reason is said, and nothing hangs."""

import asyncio
from collections.abc import Callable

import pytest

from tests.support.peers import Capture, Said, Wire, two_peers, until
from wirescope.errors import ConnectError, DescriptionError
from wirescope.events import ConnectionFailed, PeerState, SignalingDescription
from wirescope.transports.webrtc import (
    Candidate,
    ChannelOptions,
    Description,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.media import ColourBars, Tone

CHAT = ChannelOptions(label="chat")


def with_chat(one: Peer, _other: Peer) -> None:
    one.create_channel(CHAT)


# Descriptions that a terminal should not see


@pytest.mark.parametrize("bad", ["\x1b[2J", "\x00", "\x07", "\x9b31m", "\x7f", "over\rwritten"])
@pytest.mark.parametrize("where", ["s=-", "a=mid:0", "a=group:BUNDLE 0", "a=setup:actpass"])
async def test_control_characters_of_a_description_do_not_reach_the_engine_or_a_terminal(
    bad: str, where: str, capfd: pytest.CaptureFixture[str]
) -> None:
    capture = Capture()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
    ):
        one.create_channel(CHAT)
        offer = await one.offer()
        assert where in offer.sdp
        with pytest.raises(DescriptionError, match="has the control character") as told:
            await two.take(Description("offer", offer.sdp.replace(where, where + bad)))
        await two.take(offer)  # it lives on
    assert told.value.message.isprintable()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "candidate",
    [
        Candidate("candidate:1 1 udp 1 127.0.0.1 9 typ \x1b[31m", "0", 0),
        Candidate("candidate:1 1 udp 1 127.0.0.1 9 typ host", "\x1b[31m", 0),
        Candidate("candidate:1 1 udp 1 127.0.0.1 9 typ host", "0", 0, "\x1b[31m"),
    ],
    ids=["text", "mid", "fragment"],
)
async def test_control_characters_of_a_candidate_do_not_either(
    candidate: Candidate, capfd: pytest.CaptureFixture[str]
) -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, _):
        await one.wait_open()
        with pytest.raises(DescriptionError, match=r"U\+001B"):
            await one.add_candidate(candidate)
    assert capfd.readouterr().err == ""


# Both want the same role


async def test_two_sides_that_both_control_sort_it_out() -> None:
    capture = Capture()
    agreed = ChannelOptions(label="agreed", id=7)
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
    ):
        ours, theirs = one.create_channel(agreed), two.create_channel(agreed)
        # Whoever makes the first offer controls (RFC 8445 section 6.1.1); here both do.
        first, second = await one.offer(gather=True), await two.offer(gather=True)
        await one.take(Description("answer", second.sdp.replace("actpass", "active")))
        await two.take(Description("answer", first.sdp.replace("actpass", "passive")))
        await one.wait_open()
        await ours.wait_open()
        await ours.send("one of us gave way")
        assert (await theirs.receive()).text == "one of us gave way"
        roles = []
        for peer in (one, two):
            report = await peer.statistics()
            roles += [each["iceRole"] for each in report.values() if each["type"] == "transport"]
    assert sorted(roles) == ["controlled", "controlling"]


# Candidates that come late


async def test_candidates_of_a_generation_that_is_over_harm_nothing() -> None:
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(one, one_wire, polite=False),
        negotiate(two, two_wire, polite=True) as theirs,
    ):
        channel = one.create_channel(CHAT)
        await channel.wait_open()
        old = [each for each in one_wire.sent if isinstance(each, Candidate) and each.text]
        one.restart_ice()
        await until(lambda: len(capture.of(SignalingDescription, one.id)) == 4)
        for each in old * 2:
            await one_wire.send(each)
        await channel.send("all the same")
        await until(lambda: two.channels)
        assert (await two.channels[0].receive()).text == "all the same"
        assert theirs.ended == ""
    states = {each.to for each in capture.of(PeerState) if each.machine == "connection"}
    assert states == {"connecting", "connected", "closed"}


# Nothing in common


async def test_no_codec_in_common_is_the_reason_that_is_said() -> None:
    capture = Capture()
    options = PeerOptions(codecs=("VP9",), open_timeout_s=0.5)
    other = PeerOptions(codecs=("VP8",), open_timeout_s=0.5)

    def with_video(one: Peer, _: Peer) -> None:
        one.media.send_video(ColourBars())

    async with two_peers(capture, options=options, other=other, prepare=with_video) as (one, two):
        for peer in (one, two):
            with pytest.raises(ConnectError, match=r"refused all that was offered \(video\)") as no:
                await peer.wait_open()
            assert (no.value.phase, no.value.kind) == ("signaling", "rejected")


async def test_sound_goes_on_where_pictures_have_no_codec_in_common() -> None:
    capture = Capture()

    def with_both(one: Peer, _: Peer) -> None:
        one.media.send_audio(Tone())
        one.media.send_video(ColourBars())

    async with two_peers(
        capture,
        options=PeerOptions(codecs=("VP9", "opus")),
        other=PeerOptions(codecs=("VP8", "opus")),
        prepare=with_both,
    ) as (one, two):
        await one.wait_open()
        await until(lambda: two.media.received)
        assert [each.kind for each in await one.media.codecs()] in ([], ["audio"])


# Signaling that dies half-way


class Frail(Wire):
    """A signaling that carries so many messages and is cut then, or loses all candidates."""

    carries = 1000
    loses_candidates = False

    async def send(self, message: Said) -> None:
        """Send to the other end, while there is one."""
        if self.loses_candidates and isinstance(message, Candidate):
            return
        self.cut = self.cut or self.carries == 0
        self.carries -= 1
        await super().send(message)


@pytest.mark.parametrize(
    ("by", "carries", "words"),
    [
        ("offerer", 0, "ended before the other side had answered: The signaling was cut"),
        ("answerer", 0, "sent no description"),
        ("answerer", 1, "told no address at which it can be reached"),
    ],
    ids=["no offer", "no answer", "no addresses"],
)
async def test_signaling_that_dies_half_way_is_the_reason_that_is_said(
    by: str, carries: int, words: str
) -> None:
    capture = Capture()
    options = PeerOptions(open_timeout_s=0.6)
    one_wire, two_wire = Frail.pair()
    one_wire.loses_candidates = True  # the answerer would begin with them
    (one_wire if by == "offerer" else two_wire).carries = carries
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as two,
        negotiate(one, one_wire, polite=False),
        negotiate(two, two_wire, polite=True),
    ):
        one.create_channel(CHAT)
        with pytest.raises(ConnectError, match=words):
            await one.wait_open()
        await two.wait_ended()
    assert len(capture.of(ConnectionFailed)) == 2
    assert all(each.hint for each in capture.of(ConnectionFailed))


async def test_an_answer_that_cannot_be_made_ends_the_attempt_at_once() -> None:
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(two, two_wire, polite=True),
    ):
        await one_wire.send(Description("offer", "v=0\r\nnonsense\r\n"))
        with pytest.raises(ConnectError, match="refused it") as caught:
            await asyncio.wait_for(two.wait_open(), 5)
    assert (caught.value.phase, caught.value.kind) == ("signaling", "description")


# Handlers that raise


@pytest.mark.parametrize("name", ["on_candidate", "on_negotiation_needed", "on_channel"])
async def test_a_handler_that_raises_is_told_of_and_the_connection_goes_on(name: str) -> None:
    complaints: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, told: complaints.append(str(told["exception"])))
    capture = Capture()

    def raising(call: Callable[..., object]) -> Callable[..., None]:
        def handler(*values: object) -> None:
            call(*values)
            raise RuntimeError(f"{name} of my own")

        return handler

    def prepare(one: Peer, two: Peer) -> None:
        for peer in (one, two):
            setattr(peer, name, raising(getattr(peer, name)))
        one.create_channel(CHAT)

    async with two_peers(capture, prepare=prepare) as (one, two):
        await one.channels[0].wait_open()
        await one.channels[0].send("hello")
        await until(lambda: two.channels)
        assert (await two.channels[0].receive()).text == "hello"
    assert set(complaints) == {f"{name} of my own"}
