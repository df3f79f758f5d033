"""What the desk tells of WebRTC connections, from captures of real ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from tests.support.peers import Capture, two_peers, until
from tests.workbench.desk.benches import MS, Maker, PeerMaker, desk_in
from wirescope.analysis.ladder import following
from wirescope.capture import CaptureWriter
from wirescope.errors import UnknownConnectionError, UsageError
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    DataChannelClosed,
    DataChannelMessage,
    DataChannelOpened,
    IcePair,
    PeerState,
    Statistics,
)
from wirescope.transports.webrtc import ChannelOptions, PeerOptions
from wirescope.workbench.desk import peers


async def peer_of(folder, maker, connection="c1"):
    view = maker.save(folder)
    async with desk_in(folder) as desk:
        return await desk.peer(view.capture, connection)


@asynccontextmanager
async def recorded(folder) -> AsyncIterator[str]:
    """Record two peers that talk over a channel; the capture's id."""
    capture = Capture()
    options = PeerOptions(statistics_interval_s=0.1)
    (folder / "captures").mkdir()
    async with two_peers(
        capture,
        options=options,
        prepare=lambda one, _: one.create_channel(ChannelOptions(label="chat")),
    ) as (one, other):
        await asyncio.gather(one.wait_open(), other.wait_open())
        await one.channels[0].send("hello")
        await until(lambda: capture.of(DataChannelMessage, "c2"))
        await until(
            lambda: any("tlsVersion" in each.values for each in capture.of(Statistics, "c1"))
        )
    path = folder / "captures" / "talk.wirescope"
    with CaptureWriter.create(path, timeline=capture.timeline) as writer:
        writer(capture.events)
    yield "talk"


async def test_a_real_connection_is_told_from_both_descriptions_to_its_end(tmp_path):
    async with recorded(tmp_path) as capture, desk_in(tmp_path) as desk:
        peer = await desk.peer(capture, "c1")
        opening, _ = await desk.openings(capture)
    assert [(each.side, each.kind) for each in peer.descriptions] == [
        ("local", "offer"),
        ("remote", "answer"),
    ]
    assert {each.side for each in peer.candidates} == {"local", "remote"}
    assert [each.state for each in peer.pairs if each.selected] == ["succeeded"]
    assert peer.dtls_version.startswith("DTLS 1.")
    assert peer.states["connection"] == "closed"
    (channel,) = peer.channels
    assert (channel.label, channel.initiator) == ("chat", "local")
    assert channel.closed_seq > channel.opened_seq
    assert opening.transport == "webrtc"
    (ladder,) = peer.ladders
    undone = [each.name for each in ladder.rungs if each.state != "done"]
    assert undone == ["source", "signaling", "media"]
    assert ladder.took_ns is not None


async def test_a_pair_is_told_once_as_it_was_said_last(tmp_path):
    made = PeerMaker()
    made.begin()
    pair = ("host udp 192.0.2.1:1", "host udp 192.0.2.2:2")
    first = made.add(IcePair, *pair, "in-progress", False, False)
    last = made.add(IcePair, *pair, "succeeded", True, True)
    peer = await peer_of(tmp_path, made)
    (told,) = peer.pairs
    assert (told.first_seq, told.seq, told.state, told.selected) == (first, last, "succeeded", True)


async def test_a_channel_whose_number_is_used_again_ends_once(tmp_path):
    made = PeerMaker()
    made.begin()
    for label in ("first", "second"):
        made.add(DataChannelOpened, 1, label, "", True, None, None, False, "local")
        if label == "first":
            end = made.add(DataChannelClosed, 1, "remote")
    peer = await peer_of(tmp_path, made)
    assert [(each.label, each.closed_seq) for each in peer.channels] == [
        ("first", end),
        ("second", 0),
    ]


@pytest.mark.parametrize("connection", ["c2", "c1 or 1", "", "c" * 40])
async def test_a_connection_that_is_not_there_is_said_to_be_unknown(tmp_path, connection):
    made = PeerMaker()
    made.begin()
    with pytest.raises(UnknownConnectionError, match="no WebRTC connection"):
        await peer_of(tmp_path, made, connection)


async def test_a_websocket_has_no_peer(tmp_path):
    made = Maker()
    made.opened()
    with pytest.raises(UnknownConnectionError):
        await peer_of(tmp_path, made)


async def test_a_pair_that_is_selected_takes_the_place_of_the_one_before(tmp_path):
    made = PeerMaker()
    made.begin()
    for port in (1, 2):
        made.add(IcePair, f"host udp 192.0.2.1:{port}", "far", "succeeded", True, True)
    peer = await peer_of(tmp_path, made)
    assert [each.selected for each in peer.pairs] == [False, True]


async def test_of_very_many_pairs_the_selected_one_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "MOST_ENTRIES", 3)
    made = PeerMaker()
    made.begin()
    for port in range(1, 4):
        made.add(IcePair, f"host udp 192.0.2.1:{port}", "far", "waiting", False, False)
    made.add(IcePair, "host udp 192.0.2.1:1", "far", "succeeded", True, True)
    made.add(IcePair, "host udp 192.0.2.1:4", "far", "waiting", False, False)
    peer = await peer_of(tmp_path, made)
    assert [each.local[-1] for each in peer.pairs] == ["3", "1", "4"]
    assert [each.selected for each in peer.pairs] == [False, True, False]
    assert peer.left_out == 1


# The ladder


async def test_a_connection_s_ladder_says_where_it_stuck(tmp_path):
    made = PeerMaker()
    made.begin()
    made.add(PeerState, "ice", "new", "checking", after_ns=10 * MS)
    words = ("No path was found.", "Give a TURN server.")
    made.add(ConnectionFailed, "ice", "no-path", *words, after_ns=30 * MS)
    view = made.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        peer = await desk.peer(view.capture, "c1")
        (opening,) = await desk.openings(view.capture)
    (ladder,) = peer.ladders
    assert (ladder.failing, ladder.happened, ladder.advice) == ("first-check", *words)
    assert (opening.transport, opening.steps) == ("webrtc", [])
    assert opening.failure["message"] == "No path was found."


async def test_a_websocket_that_carries_the_signaling_is_a_rung(tmp_path):
    made = PeerMaker()
    made.add(ConnectionOpening, "ws://far.test/signal", "websocket", connection="c1")
    made.add(ConnectionOpened, connection="c1", after_ns=15 * MS)
    made.add(ConnectionOpening, "webrtc+ws://far.test/signal", "webrtc", connection="c2")
    peer = await peer_of(tmp_path, made, "c2")
    rung = peer.ladders[0].rung("signaling")
    assert (rung.state, rung.took_ns) == ("done", 15 * MS)


async def test_a_connection_keeps_its_ladder_beside_very_many_others(tmp_path, monkeypatch):
    monkeypatch.setattr(following, "CONNECTIONS", 3)
    made = PeerMaker()
    made.begin()
    for number in range(2, 9):
        made.add(ConnectionOpening, "webrtc:", "webrtc", connection=f"c{number}")
    peer = await peer_of(tmp_path, made)
    assert [each.connection for each in peer.ladders] == ["c1"]


# Messages of data channels, among everything else


def talk(made):
    """Open a channel that speaks a subprotocol, and say something both ways."""
    made.begin()
    made.add(ConnectionOpened)
    made.add(DataChannelOpened, 1, "rpc", "jsonrpc", True, None, None, False, "local")
    made.add(DataChannelOpened, 3, "raw", "", True, None, None, False, "local")
    request = b'{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}'
    answer = b'{"jsonrpc":"2.0","id":1,"result":3}'
    made.add(DataChannelMessage, "sent", 1, "text", len(request), request, after_ns=100 * MS)
    made.add(DataChannelMessage, "received", 1, "text", len(answer), answer, after_ns=100 * MS)
    made.add(DataChannelMessage, "received", 3, "binary", 2, b"\x00\xff", after_ns=100 * MS)
    return len(request), len(answer)


async def test_messages_of_channels_are_counted_and_measured_by_their_payload(tmp_path):
    made = PeerMaker()
    sent_bytes, answer_bytes = talk(made)
    view = made.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        state = await desk.capture_state(view.capture)
        overview = await desk.overview(view, bins=1)
        charts = await desk.charts(view, bins=1)
    told = (state.sent, state.received, state.sent_bytes, state.received_bytes)
    assert told == (1, 2, sent_bytes, answer_bytes + 2)
    assert (overview.sent, overview.received, overview.control) == ([1], [2], [0])
    assert (overview.sent_bytes, overview.received_bytes) == ([sent_bytes], [answer_bytes + 2])
    assert sum(charts.sizes["received"].values()) == 2
    assert charts.compression == {"sent": (0, 0), "received": (0, 0)}


async def test_a_message_of_a_channel_is_a_row_without_frames_or_a_size_on_the_wire(tmp_path):
    made = PeerMaker()
    talk(made)
    view = made.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        window = await desk.rows(view)
        found = await desk.rows(msgspec.structs.replace(view, filter="channel == 3"))
    rows = [each for each in window.rows if each.layer == "message"]
    assert [(each.direction, each.channel, each.count) for each in rows] == [
        ("sent", 1, 0),
        ("received", 1, 0),
        ("received", 3, 0),
    ]
    assert {(each.wire_length, each.flags) for each in rows} == {(0, 0)}
    assert [each.kind for each in found.rows] == ["data_channel.opened", "binary"]


async def test_a_message_of_a_channel_is_decoded_by_its_subprotocol(tmp_path):
    made = PeerMaker()
    talk(made)
    view = made.save(tmp_path)
    seq = made.events[-3].seq
    async with desk_in(tmp_path) as desk:
        detail = await desk.detail(view.capture, seq)
        payload = await desk.payload(view.capture, seq)
        copied = await desk.copy(view.capture, [seq], "text")
        with pytest.raises(UsageError, match="WebRTC"):
            await desk.copy(view.capture, [seq], "wscat")
    assert detail.decoding.decoder == "jsonrpc"
    assert "add" in detail.decoding.summary
    assert detail.frames == []
    assert detail.payload_length == len(payload) > 0
    assert payload.startswith(b'{"jsonrpc"')
    assert copied.text == payload.decode()


async def test_rows_say_how_far_a_connection_has_come(tmp_path):
    made = PeerMaker()
    made.begin()
    made.add(PeerState, "ice", "new", "checking")
    made.add(PeerState, "connection", "new", "connecting")
    made.add(ConnectionPhase, "dtls", 50 * MS)
    made.add(ConnectionPhase, "signaling", 50 * MS)
    view = made.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        window = await desk.rows(view)
    assert [each.text for each in window.rows[1:]] == [
        "ICE checking, was new",
        "Connection connecting, was new",
        "DTLS connected after 50.0 ms",
        "Descriptions exchanged after 50.0 ms",
    ]


async def test_the_end_of_a_webrtc_connection_has_no_code(tmp_path):
    made = PeerMaker()
    made.begin()
    made.add(ConnectionOpened)
    made.add(ConnectionClosed, 0, "", "remote", True, "close")
    view = made.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        window = await desk.rows(view)
        overview = await desk.overview(view, bins=1)
    assert window.rows[-1].text == "Closed by the peer"
    assert [mark.label for mark in overview.marks] == ["c1 closed"]


async def test_captures_of_calls_are_compared_by_what_they_can_have(tmp_path):
    for name in ("before", "after"):
        made = PeerMaker()
        talk(made)
        made.save(tmp_path, name)
    socket = Maker()
    socket.opened()
    socket.message("hello")
    socket.save(tmp_path, "socket")
    async with desk_in(tmp_path) as desk:
        calls = await desk.compare_captures("before", "after")
        mixed = await desk.compare_captures("before", "socket")
    told = {name: (before, after) for name, before, after in calls.figures}
    assert told["Messages received on data channels"] == ("2", "2")
    assert "Messages received" not in told
    assert not any("wire" in name for name in told)
    both = {name: (before, after) for name, before, after in mixed.figures}
    assert both["Messages received"] == ("0", "1")
    assert both["Messages received on data channels"] == ("2", "0")
