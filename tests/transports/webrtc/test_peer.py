"""Two peers find each other, talk, and part; what happens is written down."""

import asyncio

import pytest

from tests.support.peers import Capture, Wire, two_peers, until
from wirescope.errors import (
    ConnectError,
    ConnectionClosedError,
    DescriptionError,
    SignalingError,
    UsageError,
)
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpening,
    ConnectionPhase,
    DataChannelClosed,
    DataChannelOpened,
    IceCandidate,
    IcePair,
    PeerState,
    SignalingDescription,
    Statistics,
)
from wirescope.states import may_move
from wirescope.transports.webrtc import (
    END_OF_CANDIDATES,
    Candidate,
    ChannelOptions,
    Description,
    IceServer,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)

CHAT = ChannelOptions(label="chat")


def with_chat(one: Peer, _other: Peer) -> None:
    one.create_channel(CHAT)


@pytest.mark.each_loop
async def test_two_peers_connect_and_each_step_is_written_down() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        await one.wait_open()
        await two.wait_open()
        await until(lambda: two.channels)
        await one.channels[0].wait_open()
        for peer in (one, two):
            await until(lambda peer=peer: any(p.selected for p in capture.of(IcePair, peer.id)))
            await until(lambda peer=peer: "remote" in sides(capture, peer))
            await until(lambda peer=peer: any(p.selected for p in capture.of(IcePair, peer.id)))
    for peer in (one, two):
        types = [event.type for event in capture.events if event.connection == peer.id]
        assert types[0] == "connection.opening"
        assert types[-1] == "connection.closed"
        assert types.count("connection.opened") == types.count("connection.closed") == 1
        steps = {phase.name for phase in capture.of(ConnectionPhase, peer.id)}
        assert {"signaling", "gathering", "ice", "dtls", "sctp"} <= steps
        described = [(each.side, each.kind) for each in capture.of(SignalingDescription, peer.id)]
        assert sorted(described) in (
            [("local", "offer"), ("remote", "answer")],
            [("local", "answer"), ("remote", "offer")],
        )
        candidates = capture.of(IceCandidate, peer.id)
        assert {each.side for each in candidates} == {"local", "remote"}
        assert all(each.address and each.port and each.foundation for each in candidates)
        assert any(pair.selected for pair in capture.of(IcePair, peer.id))
    assert capture.of(ConnectionOpening)[0].transport == "webrtc"


def sides(capture: Capture, peer: Peer) -> set[str]:
    return {each.side for each in capture.of(IceCandidate, peer.id)}


async def test_numbers_rise_without_a_gap() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, _):
        await one.wait_open()
    assert [event.seq for event in capture.events] == list(range(1, len(capture.events) + 1))


async def test_machines_move_as_the_specification_lets_them() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        await one.wait_open()
        await two.wait_open()
        one.restart_ice()
        await until(lambda: len(capture.of(SignalingDescription, one.id)) == 4)
    moves = capture.of(PeerState)
    wrong = [each for each in moves if not may_move(each.machine, each.from_, each.to)]
    assert not wrong
    at: dict[tuple[str, str], str] = {}
    for move in moves:
        key = (move.connection, move.machine)
        assert at.get(key, move.from_) == move.from_
        at[key] = move.to
    assert {at[peer.id, "connection"] for peer in (one, two)} == {"closed"}


async def test_statistics_come_whole_first_and_then_what_has_changed() -> None:
    capture = Capture()
    options = PeerOptions(statistics_interval_s=0.1)
    async with two_peers(capture, options=options, prepare=with_chat) as (one, _):
        for _ in range(20):
            await one.channels[0].send("hello")
            await asyncio.sleep(0.05)
    transports = [each for each in samples(capture, one) if each.object == "transport"]
    first, later = transports[0].values, transports[-1].values
    assert {"dtlsState", "selectedCandidatePairChanges"} <= set(first)
    assert len(later) < len(first)
    assert "packetsReceived" in {name for each in transports[1:] for name in each.values}


def samples(capture: Capture, peer: Peer) -> list[Statistics]:
    return capture.of(Statistics, peer.id)


async def test_what_one_side_ends_the_other_notes_as_ended() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        await one.wait_open()
        await two.wait_open()
        closed = await one.close()
        await asyncio.wait_for(two.wait_ended(), 5)
        with pytest.raises(ConnectionClosedError, match="other end"):
            await two.wait_open()
    assert closed is not None
    assert closed.initiator == "local"
    (theirs,) = capture.of(ConnectionClosed, two.id)
    assert (theirs.initiator, theirs.cause, theirs.clean) == ("remote", "close", True)
    assert [each.initiator for each in capture.of(DataChannelClosed, one.id)] == ["local"]


async def test_a_connection_that_stands_is_given_up_as_one_that_this_end_closes() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, _):
        await one.wait_open()
        one.give_up(SignalingError("The server refused with 500."))
        with pytest.raises(ConnectionClosedError, match="by this end: The server refused with 500"):
            await one.wait_open()
    (closed,) = capture.of(ConnectionClosed, one.id)
    assert (closed.initiator, closed.cause, closed.clean) == ("local", "aborted", False)
    assert capture.of(ConnectionFailed) == []


async def test_nothing_comes_after_the_end() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        await one.wait_open()
        await one.close()
        await two.wait_ended()
        await asyncio.sleep(0.2)
    for peer in (one, two):
        assert [e for e in capture.events if e.connection == peer.id][-1].type.startswith(
            "connection."
        )


async def test_a_peer_that_gets_no_answer_says_so_in_time() -> None:
    capture = Capture()
    options = PeerOptions(open_timeout_s=0.3)
    async with open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as peer:
        peer.create_channel(CHAT)
        await peer.offer()
        with pytest.raises(ConnectError, match="sent no description") as caught:
            await peer.wait_open()
    assert (caught.value.phase, caught.value.kind) == ("signaling", "timeout")
    (failed,) = capture.of(ConnectionFailed)
    assert failed.hint


async def test_sides_that_tell_no_addresses_find_no_path_and_the_reason_is_said() -> None:
    capture = Capture()
    options = PeerOptions(open_timeout_s=0.6)
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as two,
    ):
        one.create_channel(CHAT)
        await two.take(without_candidates(await one.offer()))
        await one.take(without_candidates(await two.answer()))
        with pytest.raises(ConnectError, match="told no address") as caught:
            await one.wait_open()
    assert (caught.value.phase, caught.value.kind) == ("ice", "no-candidates")


def without_candidates(description: Description) -> Description:
    lines = description.sdp.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("a=candidate")]
    return Description(description.kind, "".join(kept))


async def test_relayed_paths_without_a_relay_do_not_wait_for_ever() -> None:
    capture = Capture()
    dead = IceServer("turn:127.0.0.1:9?transport=tcp", "user", "password")
    options = PeerOptions(ice_servers=(dead,), transport_policy="relay", open_timeout_s=1)
    async with two_peers(capture, options=options, prepare=with_chat) as (one, _):
        with pytest.raises(ConnectError) as caught:
            await one.wait_open()
    assert caught.value.phase == "gathering"
    assert "turn:127.0.0.1:9" in caught.value.message


async def test_a_wrong_fingerprint_is_refused_and_said() -> None:
    capture = Capture()
    options = PeerOptions(open_timeout_s=5)
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as two,
    ):
        one.create_channel(CHAT)
        await two.take(await one.offer(gather=True))
        answer = await two.answer(gather=True)
        await one.take(Description("answer", other_fingerprint(answer.sdp)))
        with pytest.raises(ConnectError, match="fingerprint") as caught:
            await one.wait_open()
    assert caught.value.phase == "dtls"


def other_fingerprint(sdp: str) -> str:
    lines = []
    for line in sdp.splitlines():
        if line.startswith("a=fingerprint:"):
            head, _, value = line.rpartition(" ")
            first = "00" if not value.startswith("00") else "11"
            line = f"{head} {first}{value[2:]}"
        lines.append(line)
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize("sdp", ["", "nonsense", "v=0\r\n", "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\n"])
async def test_a_description_that_is_none_is_an_error_and_the_peer_lives_on(sdp: str) -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        with pytest.raises(DescriptionError):
            await peer.take(Description("offer", sdp))
        peer.create_channel(CHAT)
        assert (await peer.offer()).sdp.startswith("v=0")


async def test_a_description_with_half_a_character_is_an_error_in_words() -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        with pytest.raises(DescriptionError, match="surrogate"):
            await peer.take(Description("offer", "v=0\r\ns=\ud800\r\n"))


async def test_an_answer_that_nobody_asked_for_is_an_error() -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        with pytest.raises(DescriptionError):
            await peer.take(Description("answer", "v=0\r\n"))


async def test_candidates_too_early_or_garbled_are_errors_and_twice_the_same_is_none() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        with pytest.raises(DescriptionError):
            await one.add_candidate(Candidate("candidate:garbage", "0", 0))
        await one.wait_open()
        told = capture.of(IceCandidate, two.id)[0]
        line = (
            f"candidate:{told.foundation} 1 udp {told.priority} {told.address} {told.port} typ host"
        )
        for _ in range(3):
            await one.add_candidate(Candidate(line, told.mid, 0))
        await one.add_candidate(END_OF_CANDIDATES)
        assert one.is_open


async def test_offers_that_collide_are_sorted_out() -> None:
    capture = Capture()

    def both(one: Peer, two: Peer) -> None:
        one.create_channel(CHAT)
        two.create_channel(ChannelOptions(label="game"))

    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(one, one_wire, polite=False) as stubborn,
        negotiate(two, two_wire, polite=True),
    ):
        both(one, two)
        await one.wait_open()
        await two.wait_open()
        assert stubborn.collisions == 1
        await until(lambda: len(one.channels) == len(two.channels) == 2)
        for channel in (*one.channels, *two.channels):
            await channel.wait_open()
    assert {each.label for each in capture.of(DataChannelOpened)} == {"chat", "game"}


async def test_an_offer_can_be_taken_back() -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        peer.create_channel(CHAT)
        await peer.offer()
        assert peer.state("signaling") == "have-local-offer"
        await peer.roll_back()
        await until(lambda: peer.state("signaling") == "stable")
    assert capture.of(SignalingDescription)[-1].kind == "rollback"


async def test_a_signaling_that_is_cut_leaves_the_connection_alone() -> None:
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as two,
        negotiate(one, one_wire, polite=False) as negotiator,
        negotiate(two, two_wire, polite=True),
    ):
        channel = one.create_channel(CHAT)
        await one.wait_open()
        one_wire.cut = two_wire.cut = True
        one.create_channel(ChannelOptions(label="later"))
        one.restart_ice()
        await until(lambda: negotiator.ended)
        assert negotiator.ended == "The signaling was cut."
        await channel.send("still here")
        await until(lambda: two.channels)
        assert (await two.channels[0].receive()).text == "still here"


async def test_a_handler_that_raises_hurts_nobody() -> None:
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
    capture = Capture()

    def bad(_: object) -> None:
        raise RuntimeError("my own fault")

    def prepare(one: Peer, two: Peer) -> None:
        two.on_channel = bad
        one.create_channel(CHAT)

    async with two_peers(capture, prepare=prepare) as (one, two):
        await one.channels[0].wait_open()
        await one.channels[0].send("hello")
        await until(lambda: two.channels)
        assert (await two.channels[0].receive()).text == "hello"
    assert [str(each["exception"]) for each in complaints] == ["my own fault"]


async def test_a_task_that_waits_for_the_peer_can_be_cancelled_at_any_point() -> None:
    for turns in range(0, 40, 3):
        capture = Capture()

        async def connect(capture: Capture = capture) -> None:
            async with two_peers(capture, prepare=with_chat) as (one, _):
                await one.wait_open()
                await one.channels[0].wait_open()
                await one.channels[0].receive()

        async with asyncio.TaskGroup() as group:
            task = group.create_task(connect())
            await asyncio.sleep(turns / 1000)
            task.cancel()
        assert task.cancelled()
        ends = [e for e in capture.events if isinstance(e, ConnectionClosed | ConnectionFailed)]
        assert len(ends) == len(capture.of(ConnectionOpening))


async def test_closing_while_a_description_is_made_is_said_as_the_end() -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        peer.create_channel(CHAT)
        async with asyncio.TaskGroup() as group:
            offering = group.create_task(refused(peer))
            await asyncio.sleep(0)
            await peer.close()
        assert isinstance(offering.result(), ConnectError | DescriptionError)


async def refused(peer: Peer) -> Exception:
    with pytest.raises((ConnectError, DescriptionError)) as caught:
        await peer.offer()
    return caught.value


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (PeerOptions(codecs=("Sorenson",)), "no codec 'Sorenson'"),
        (PeerOptions(ice_servers=(IceServer("stun:%zz"),)), "makes no connection"),
    ],
    ids=["codec", "server"],
)
async def test_what_the_engine_cannot_be_asked_for_is_said_and_no_connection_begins(
    options: PeerOptions, words: str
) -> None:
    capture = Capture()
    with pytest.raises(UsageError, match=words):
        async with open_peer(timeline=capture.timeline, sink=capture.sink, options=options):
            pass
    assert capture.events == []
