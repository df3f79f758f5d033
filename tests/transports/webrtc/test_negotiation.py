"""Both sides agree anew at any time, and what goes wrong with one description spoils no other."""

import asyncio

import pytest

from tests.support.peers import Capture, Said, Wire, until
from wirescope.errors import ConnectError
from wirescope.events import IceCandidate, SignalingDescription
from wirescope.transports.webrtc import (
    Candidate,
    ChannelOptions,
    Description,
    Peer,
    PeerOptions,
    negotiate,
    negotiation,
    open_peer,
)

CHAT = ChannelOptions(label="chat")
NONSENSE = "v=0\r\nnonsense\r\n"


def described(capture: Capture, peer: Peer) -> list[tuple[str, str]]:
    return [(each.side, each.kind) for each in capture.of(SignalingDescription, peer.id)]


async def said_hello(one: Peer, two: Peer) -> None:
    await one.channels[0].send("hello")
    await until(lambda: two.channels)
    assert (await two.channels[0].receive()).text == "hello"


# What the engine refuses


async def test_a_later_offer_that_is_refused_is_said_and_the_next_one_is_taken() -> None:
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(one, one_wire, polite=False),
        negotiate(two, two_wire, polite=True) as theirs,
    ):
        one.create_channel(CHAT)
        await one.wait_open()
        await one_wire.send(Description("offer", NONSENSE))
        await until(lambda: theirs.notes)
        assert theirs.notes[0].startswith("A description of the other side was not taken. ")
        one.restart_ice()
        await until(lambda: described(capture, one).count(("remote", "answer")) == 2)
        assert theirs.ended == ""
        await said_hello(one, two)


class Garbling(Wire):
    """A signaling that makes nonsense of so many answers."""

    garbles = 0

    async def send(self, message: Said) -> None:
        """Send to the other end."""
        if isinstance(message, Description) and message.kind == "answer" and self.garbles:
            self.garbles -= 1
            message = Description("answer", NONSENSE)
        await super().send(message)


async def test_an_offer_whose_answer_is_refused_is_taken_back_and_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(negotiation, "PAUSE_S", 0.02)
    capture = Capture()
    one_wire, two_wire = Garbling.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(one, one_wire, polite=False) as ours,
        negotiate(two, two_wire, polite=True),
    ):
        one.create_channel(CHAT)
        await one.wait_open()
        two_wire.garbles = 2
        one.restart_ice()
        await until(lambda: described(capture, one).count(("remote", "answer")) == 2)
        assert described(capture, one).count(("local", "rollback")) == 2
        assert "The engine refused" in ours.notes[0]
        assert ours.ended == ""
        await said_hello(one, two)


# Nobody has told the roles


@pytest.mark.each_loop
async def test_two_sides_without_roles_whose_offers_meet_agree_all_the_same() -> None:
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(one, one_wire, polite=None) as ours,
        negotiate(two, two_wire, polite=None) as theirs,
    ):
        one.create_channel(CHAT)
        two.create_channel(ChannelOptions(label="game"))
        await one.wait_open()
        await two.wait_open()
        assert ours.collisions == theirs.collisions == 1
        await until(lambda: len(one.channels) == len(two.channels) == 2)
        for channel in (*one.channels, *two.channels):
            await channel.wait_open()
        assert ours.notes == theirs.notes == []


@pytest.mark.parametrize("polite", [True, False])
async def test_a_side_without_a_role_agrees_with_one_that_has_one(
    polite: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(negotiation, "PATIENCE_S", (0.1, 0.4))
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(one, one_wire, polite=None) as ours,
        negotiate(two, two_wire, polite=polite),
    ):
        one.create_channel(CHAT)
        two.create_channel(ChannelOptions(label="game"))
        await one.wait_open()
        await two.wait_open()
        assert ours.collisions == 1
        await until(lambda: len(one.channels) == len(two.channels) == 2)
        for channel in (*one.channels, *two.channels):
            await channel.wait_open()


async def test_two_that_were_both_told_to_give_way_are_told_at_once() -> None:
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(one, one_wire, polite=True),
        negotiate(two, two_wire, polite=True),
    ):
        one.create_channel(CHAT)
        two.create_channel(ChannelOptions(label="game"))
        for peer in (one, two):
            with pytest.raises(ConnectError, match="each gave way to the other"):
                await asyncio.wait_for(peer.wait_open(), 5)


# Nothing is lost, and nothing comes too early


class Slow(Wire):
    """A signaling that takes its time for what is long."""

    async def send(self, message: Said) -> None:
        """Send to the other end."""
        if isinstance(message, Description):
            await asyncio.sleep(0.05)
        await super().send(message)


async def test_no_candidate_goes_out_before_the_description_that_it_belongs_to() -> None:
    capture = Capture()
    one_wire, two_wire = Slow.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(one, one_wire, polite=False),
        negotiate(two, two_wire, polite=True),
    ):
        one.create_channel(CHAT)
        await one.wait_open()
        await until(lambda: all(any(not isinstance(each, Description) for each in wire.sent)
                                for wire in (one_wire, two_wire)))  # fmt: skip
    for wire in (one_wire, two_wire):
        known = ""
        for said in wire.sent:
            if isinstance(said, Description):
                known += said.sdp
            else:
                assert said.fragment is None or f"a=ice-ufrag:{said.fragment}" in known


async def test_what_came_up_before_the_negotiation_is_negotiated() -> None:
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
    ):
        one.create_channel(CHAT)
        await asyncio.sleep(0.05)  # the engine says at once that there is something to agree on
        async with (
            negotiate(one, one_wire, polite=False),
            negotiate(two, two_wire, polite=True),
        ):
            await one.wait_open()
            await said_hello(one, two)


async def test_candidates_that_were_found_before_the_negotiation_are_told() -> None:
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
    ):
        one.create_channel(CHAT)
        offer = await one.offer()
        await until(lambda: one.state("gathering") == "complete")
        found = [each.priority for each in capture.of(IceCandidate, one.id)]
        await one_wire.send(offer)
        async with (
            negotiate(one, one_wire, polite=False),
            negotiate(two, two_wire, polite=True),
        ):
            await one.wait_open()
        told = [each for each in one_wire.sent if isinstance(each, Candidate) and each.text]
        assert len(told) == len(found) > 0
        assert [each for each in one_wire.sent if isinstance(each, Description)] == [offer]


class Stuck(Wire):
    """A signaling that takes nothing more."""

    async def send(self, message: Said) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


async def test_candidates_that_the_signaling_does_not_take_are_said_to_be_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(negotiation, "QUEUE_LIMIT", 1)
    capture = Capture()
    wire, _ = Stuck.pair()
    async with (
        open_peer(
            timeline=capture.timeline, sink=capture.sink, options=PeerOptions(open_timeout_s=5)
        ) as one,
        negotiate(one, wire, polite=False) as ours,
    ):
        one.create_channel(CHAT)
        await until(lambda: ours.notes)
    assert ours.notes == [
        "More than 1 candidates waited for the signaling; the other side was not told the later"
        " ones."
    ]
