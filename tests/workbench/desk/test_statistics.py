"""What the desk tells of the statistics of WebRTC connections, and learns from them."""

import asyncio
from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbench.desk.benches import MS, SECOND, PeerMaker, desk_in
from wirescope.capture import CaptureWriter
from wirescope.events import ConnectionOpening, MediaTrack, PeerState
from wirescope.workbench.desk import following, series
from wirescope.workbench.desk.peer_phases import PeerProgress
from wirescope.workbench.desk.reading import Deadline
from wirescope.workbench.desk.sampled import SampledObject
from wirescope.workbench.desk.series import StatisticsIndex


async def series_of(folder, maker, **options):
    view = maker.save(folder)
    async with desk_in(folder) as desk:
        found = await desk.statistics(view.capture, "c1", **options)
    return {(each.object, each.name): each for each in found.series}, found


async def test_a_counter_of_bytes_is_given_in_bits_a_second(tmp_path):
    made = PeerMaker()
    made.sample("transport", bytesReceived=1000)
    made.sample("transport", bytesReceived=3500)
    series, _ = await series_of(tmp_path, made)
    assert series["transport", "bytesReceived"].values == [20_000]
    assert series["transport", "bytesReceived"].unit == "bit/s"


async def test_a_counter_that_stood_still_gives_zero_while_others_moved(tmp_path):
    made = PeerMaker()
    made.sample("inbound-rtp", "in", bytesReceived=0)
    for count in range(3):
        made.sample("transport", "t", bytesReceived=count)
    made.sample("inbound-rtp", "in", bytesReceived=500)
    series, found = await series_of(tmp_path, made)
    assert series["inbound-rtp", "bytesReceived"].values == [0, 0, 0, 4000]
    assert found.samples == 5


async def test_a_level_is_not_given_while_its_stream_stands_still(tmp_path):
    made = PeerMaker()
    made.sample("inbound-rtp", "in", jitter=0.01, bytesReceived=1)
    made.sample("inbound-rtp", "in", bytesReceived=2)
    made.sample("transport", "t", bytesReceived=9)
    series, _ = await series_of(tmp_path, made)
    assert series["inbound-rtp", "jitter"].values == [0.01, 0.01]


async def test_the_round_trip_is_that_of_the_pair_that_data_takes(tmp_path):
    made = PeerMaker()
    made.sample("transport", "t", selectedCandidatePairId="used")
    made.sample("candidate-pair", "used", currentRoundTripTime=0.02)
    made.sample("candidate-pair", "other", currentRoundTripTime=0.9)
    _, found = await series_of(tmp_path, made)
    trips = [each for each in found.series if each.name == "currentRoundTripTime"]
    assert [(each.id, each.values) for each in trips] == [("used", [0.02])]


async def test_concealment_is_a_share_of_what_was_played(tmp_path):
    made = PeerMaker()
    made.sample("inbound-rtp", kind="audio", mid="0", totalSamplesReceived=0, concealedSamples=0)
    made.sample("inbound-rtp", totalSamplesReceived=48_000, concealedSamples=480)
    series, _ = await series_of(tmp_path, made)
    share = series["inbound-rtp", "concealedSamples"]
    assert (share.values, share.unit, share.kind, share.label) == ([0.01], "share", "audio", "0")


async def test_many_samples_become_as_many_points_as_were_asked_for(tmp_path):
    made = PeerMaker()
    for count in range(101):
        made.sample("transport", bytesSent=100 * count)
    series, found = await series_of(tmp_path, made, points=10)
    sent = series["transport", "bytesSent"]
    assert found.together == 11
    assert len(sent.values) <= 10
    assert set(sent.values) == {800}


async def test_a_part_of_the_time_is_given_by_itself(tmp_path):
    made = PeerMaker()
    for count in range(11):
        made.sample("transport", bytesSent=100 * count)
    part = {"from_ns": 5 * SECOND, "to_ns": 7 * SECOND}
    series, found = await series_of(tmp_path, made, **part)
    assert series["transport", "bytesSent"].at_ns == [5 * SECOND, 6 * SECOND, 7 * SECOND]
    assert found.samples == 3


VALUES = st.one_of(
    st.integers(-(1 << 62), 1 << 62),
    st.floats(),
    st.text(max_size=5),
    st.booleans(),
    st.lists(st.integers(0, 9), max_size=2),
)
MEMBERS = st.dictionaries(
    st.sampled_from(("bytesReceived", "jitter", "mid", "kind", "selectedCandidatePairId", "label")),
    VALUES,
    max_size=4,
)
OBJECTS = st.sampled_from(("inbound-rtp", "transport", "candidate-pair", "data-channel", "codec"))


@given(
    st.lists(st.tuples(OBJECTS, st.sampled_from("xyz"), MEMBERS), max_size=20),
    st.integers(-5, 50),
)
@settings(max_examples=30, deadline=None)
def test_samples_that_say_anything_give_numbers_in_step_with_their_times(samples, points):
    made = PeerMaker()
    for object_, id_, values in samples:
        made.sample(object_, f"{object_}{id_}", **values)
    index = StatisticsIndex("c1")
    for event in made.events:
        index.take(event)
    found = index.series(from_ns=0, to_ns=0, points=points)
    for each in found.series:
        assert len(each.at_ns) == len(each.values) <= max(1, points)
        assert all(map(isfinite, each.values))
        assert each.at_ns == sorted(set(each.at_ns))


async def test_a_question_reads_what_has_come_since_the_one_before_and_nothing_twice(
    tmp_path, monkeypatch
):
    taken = []
    take = following.Follower.extend

    def extend(self, capture, deadline):
        before = self.read_seq
        done = take(self, capture, deadline)
        taken.append((type(self).__name__, before, self.read_seq))
        return done

    monkeypatch.setattr(following.Follower, "extend", extend)
    made = PeerMaker()
    made.begin()
    made.sample("transport", bytesReceived=1000, tlsVersion="FEFC")
    path = tmp_path / "captures" / "grows.wirescope"
    path.parent.mkdir()
    with CaptureWriter.create(path, timeline=made.timeline) as writer:
        writer(made.events)
        await writer.wait_saved(made.events[-1].seq)
        known = len(made.events)
        async with desk_in(tmp_path) as desk:
            first = await desk.peer("grows", "c1")
            await desk.statistics("grows", "c1")
            made.sample("transport", bytesReceived=3500)
            made.add(PeerState, "ice", "new", "checking")
            writer(made.events[known:])
            await writer.wait_saved(made.events[-1].seq)
            second = await desk.peer("grows", "c1")
            found = await desk.statistics("grows", "c1")
    assert (first.dtls_version, first.moves) == ("DTLS 1.3", [])
    assert [move.after for move in second.moves] == ["checking"]
    assert [each.values for each in found.series if each.name == "bytesReceived"] == [[20_000]]
    for kind in ("PeerIndex", "StatisticsIndex"):
        parts = [each[1:] for each in taken if each[0] == kind]
        assert all(start == end for (_, end), (start, _) in pairwise(parts))


async def test_a_long_capture_is_read_by_pieces_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(following, "Deadline", lambda: Deadline(0))
    made = PeerMaker()
    made.begin()
    for count in range(40):
        made.sample("transport", bytesSent=100 * count)
    view = made.save(tmp_path, block=4)
    async with desk_in(tmp_path) as desk:
        found = await desk.statistics(view.capture, "c1")
        peer = await desk.peer(view.capture, "c1")
    assert found.samples == 40
    assert found.last_seq == peer.last_seq == made.events[-1].seq


async def test_many_that_ask_at_once_of_a_long_capture_all_get_their_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(following, "Deadline", lambda: Deadline(0))
    connections = [f"c{number}" for number in range(1, following.KEPT + 4)]
    made = PeerMaker()
    made.begin()
    for _ in range(10):
        for connection in connections:
            made.add(PeerState, "ice", "new", "checking", connection=connection)
    view = made.save(tmp_path, block=4)
    async with desk_in(tmp_path) as desk, asyncio.timeout(10), asyncio.TaskGroup() as group:
        asked = [group.create_task(desk.statistics(view.capture, each)) for each in connections]
    assert {each.result().last_seq for each in asked} == {made.events[-1].seq}


def taken_in(made):
    """Take in what was made, without a file."""
    index = StatisticsIndex("c1")
    for event in made.events:
        index.take(event)
    return index


def values_of(index, name, **options):
    told = index.series(**{"from_ns": 0, "to_ns": 0, "points": 600, **options}).series
    return {each.id: each.values for each in told if each.name == name}


def test_a_counter_that_begins_anew_takes_nothing_away():
    made = PeerMaker()
    for count in (0, 1000, 500, 1500):
        made.sample("transport", bytesReceived=count)
    assert values_of(taken_in(made), "bytesReceived") == {"x": [8000, 0, 8000]}
    together = values_of(taken_in(made), "bytesReceived", from_ns=2 * SECOND, points=1)
    assert together == {"x": [16_000 / 3]}


def test_a_packet_that_comes_late_after_all_makes_no_loss_below_none():
    made = PeerMaker()
    for lost in (0, 4, 2, 4, 7):
        made.sample("inbound-rtp", packetsLost=lost)
    assert values_of(taken_in(made), "packetsLost") == {"x": [4, 0, 0, 3]}


def test_a_stream_that_another_has_gone_on_with_ends_where_it_moved_last():
    made = PeerMaker()
    section = {"kind": "video", "mid": "0"}
    for count in range(3):
        made.sample("inbound-rtp", "one", ssrc=1, bytesReceived=100 * count, **section)
    for count in range(3):
        made.sample("inbound-rtp", "other", ssrc=2, bytesReceived=200 * count, **section)
    values = values_of(taken_in(made), "bytesReceived")
    assert values == {"one": [800, 800], "other": [1600, 1600]}


def test_two_samples_at_once_are_two():
    made = PeerMaker()
    made.sample("transport", bytesReceived=0)
    for count in (100, 300):
        made.sample("transport", after_ns=50 * MS, bytesReceived=count)
    assert values_of(taken_in(made), "bytesReceived") == {"x": [16_000, 32_000]}


def test_a_negative_beginning_is_counted_back_from_the_last_sample():
    made = PeerMaker()
    for count in range(11):
        made.sample("transport", bytesSent=100 * count)
    assert len(values_of(taken_in(made), "bytesSent", from_ns=-2 * SECOND)["x"]) == 3


def test_very_many_samples_take_no_more_room_and_say_the_same(monkeypatch):
    monkeypatch.setattr(series, "MOST_SAMPLES", 16)
    made = PeerMaker()
    for count in range(100):
        made.sample("transport", bytesSent=100 * count)
        made.sample("inbound-rtp", "in", after_ns=MS, jitter=0.02, bytesReceived=1)
    index = taken_in(made)
    found = index.series(from_ns=0, to_ns=0, points=600)
    assert found.together > 1
    assert 8 <= found.samples // found.together < 16
    sent = values_of(index, "bytesSent")["x"]
    assert sent == pytest.approx([800] * len(sent), rel=0.01)
    assert len(sent) == -(-found.samples // found.together) - 1
    assert set(values_of(index, "jitter")["in"]) == {0.02}


@pytest.mark.parametrize("count", [16, 17, 24, 40, 100])
def test_of_very_many_samples_as_many_are_told_as_there_were(monkeypatch, count):
    monkeypatch.setattr(series, "MOST_SAMPLES", 16)
    made = PeerMaker()
    for number in range(count):
        made.sample("inbound-rtp", "in", jitter=float(number))
    index = taken_in(made)
    found = index.series(from_ns=0, to_ns=0, points=600)
    (jitter,) = [each for each in found.series if each.name == "jitter"]
    together = found.together
    parts = [range(begin, count)[:together] for begin in range(0, count, together)]
    assert found.samples == count
    assert jitter.values == pytest.approx([sum(part) / len(part) for part in parts])
    assert jitter.at_ns == [made.events[part[-1]].at_ns for part in parts]


def test_of_too_many_series_the_others_are_counted_and_not_made(monkeypatch):
    made = PeerMaker()
    for _ in range(3):
        for number in range(6):
            made.sample("data-channel", f"d{number}", after_ns=MS, messagesSent=1, bytesSent=2)
        made.sample("transport", bytesSent=1)
    index = taken_in(made)
    everything = index.series(from_ns=0, to_ns=0, points=600)
    monkeypatch.setattr(series, "MOST_SERIES", 5)
    asked = set()
    make = SampledObject.series

    def noted(each, *arguments):
        asked.add(each.key)
        return make(each, *arguments)

    monkeypatch.setattr(SampledObject, "series", noted)
    found = index.series(from_ns=0, to_ns=0, points=600)
    assert asked == {"d0", "d1", "d2"}
    assert everything.left_out == 0
    assert found.series == everything.series[:5]
    assert found.left_out == len(everything.series) - 5


def test_objects_that_moved_last_are_followed_of_very_many(monkeypatch):
    monkeypatch.setattr(series, "MOST_OBJECTS", 3)
    made = PeerMaker()
    for number in range(10):
        made.sample("data-channel", f"d{number}", messagesSent=0)
        made.sample("data-channel", f"d{number}", messagesSent=1)
    assert list(values_of(taken_in(made), "messagesSent")) == ["d7", "d8", "d9"]


# Codecs


def progress_over(made):
    progress = PeerProgress(lambda _: None, way="whep", attempts=0)
    for event in made.events:
        progress.note(event)
    return [(each.mid, each.codec) for each in progress.media]


def receiving(made, codec, *, stream="in", **more):
    made.sample("codec", codec, mimeType=f"video/{codec}")
    made.sample("inbound-rtp", stream, codecId=codec, **more)


def test_the_codec_of_a_track_is_the_one_that_its_stream_has_become():
    made = PeerMaker()
    made.begin()
    made.add(MediaTrack, "received", "video", "0", "t", [])
    receiving(made, "VP8", mid="0", bytesReceived=1)
    assert progress_over(made) == [("0", "VP8")]
    receiving(made, "H264")
    assert progress_over(made) == [("0", "H264")]


def test_the_codec_of_a_track_is_that_of_the_stream_that_still_moves():
    made = PeerMaker()
    made.begin()
    made.add(MediaTrack, "received", "video", "0", "t", [])
    receiving(made, "VP8", mid="0", bytesReceived=1)
    receiving(made, "AV1", stream="other", mid="0", bytesReceived=1)
    made.sample("inbound-rtp", "other", bytesReceived=2)
    assert progress_over(made) == [("0", "AV1")]


def test_another_connection_has_codecs_of_its_own():
    made = PeerMaker()
    made.begin()
    made.add(MediaTrack, "received", "video", "0", "t", [])
    receiving(made, "VP8", mid="0")
    made.add(ConnectionOpening, "whep+https://sfu.test/", "webrtc", connection="c2")
    made.add(MediaTrack, "received", "video", "0", "t", [], connection="c2")
    assert progress_over(made) == [("0", "")]
